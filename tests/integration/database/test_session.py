"""The one transaction door: whole or not at all, one writer at a time, a polite no when it stays shut."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from portal.database.columns import ExactDecimal
from portal.database.session import Database, after_commit, current, reading, transaction
from portal.kernel.clock import now
from portal.kernel.errors import Busy
from portal.kernel.roles import Scope
from portal.web.sessions import WebSession, begin

ALL = Scope.everything("test")


def count() -> int:
    with reading(ALL) as session:
        return session.scalar(select(func.count()).select_from(WebSession)) or 0


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction(ALL) as session:
        begin(session, 1, proved_at=now(), second_factor_done=True)
        raise ZeroDivisionError
    assert count() == 0


def test_a_hint_is_given_after_the_commit_and_never_after_a_rollback(database: Database) -> None:
    seen: list[int] = []
    with transaction(ALL) as session:
        begin(session, 1, proved_at=now(), second_factor_done=True)
        after_commit(session, lambda: seen.append(count()))
        assert seen == []
    with pytest.raises(ZeroDivisionError), transaction(ALL) as session:
        after_commit(session, lambda: seen.append(-1))
        raise ZeroDivisionError
    assert seen == [1]


def test_a_reading_session_writes_nothing(database: Database) -> None:
    with reading(ALL) as session:
        begin(session, 1, proved_at=now(), second_factor_done=True)
    assert count() == 0


def test_many_writers_at_once_all_get_through(database: Database) -> None:
    failures: list[BaseException] = []

    def write(account: int) -> None:
        try:
            for _ in range(5):
                with transaction(ALL) as session:
                    begin(session, account, proved_at=now(), second_factor_done=True)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count() == 50


def test_instants_come_back_as_they_went(database: Database) -> None:
    instant = now()
    with transaction(ALL) as session:
        begin(session, 1, proved_at=instant, second_factor_done=True)
    with reading(ALL) as session:
        assert session.scalars(select(WebSession.proved_at)).one() == instant


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_gate_that_stays_shut_is_a_polite_no(database: Database) -> None:
    database.gate.timeout = 0.05
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with database.gate.entered():
            entered.set()
            leave.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    try:
        with pytest.raises(Busy), transaction(ALL):
            pass
    finally:
        leave.set()
        holder.join()
    with transaction(ALL):
        pass


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_sqlite_connection_is_durable_also_after_the_pool_was_emptied(database: Database) -> None:
    for _ in range(2):
        with current().engine.connect() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        database.engine.dispose()


@pytest.mark.parametrize("value", ["0", "0.01", "-99999999999.9999", "12345.67", "10000000"])
def test_decimals_are_kept_to_the_last_digit(value: str) -> None:
    column = ExactDecimal(4)
    stored = column.process_bind_param(Decimal(value), None)  # type: ignore[arg-type]
    assert column.process_result_value(stored, None) == Decimal(value)  # type: ignore[arg-type]


def test_a_decimal_with_too_many_places_is_refused_not_rounded() -> None:
    with pytest.raises(ValueError):
        ExactDecimal(2).process_bind_param(Decimal("0.005"), None)  # type: ignore[arg-type]
