"""Rows by the thousand: refused where a session is confined, and gone without a trace when the process is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from portal.audit.models import AuditHead
from portal.audit.rules import FIRST
from portal.database import bulk
from portal.database.bulk import packer, send, undisturbed, unindexed
from portal.database.scope import OutOfScope
from portal.database.session import Database, reading, transaction, use
from portal.kernel.roles import Scope

ALL = Scope.everything("test")
HEADS = AuditHead.__table__
GROWN = 1_000_000  # bytes of the file while nothing is committed


def heads(number: int) -> list[dict[str, object]]:
    return [{"stream": f"case:{n}", "seq": n, "digest": FIRST, "anchored_seq": 0} for n in range(number)]


def write(database: Database, number: int) -> None:
    with undisturbed(), transaction(ALL) as session:
        send(session, HEADS, packer(HEADS, "sqlite").pack(heads(number)))  # type: ignore[arg-type]
        if Path(str(database.url.database)).stat().st_size > GROWN:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_a_killed_process_wrote_into_the_file_is_undone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ROOM", 64)
    database.dispose()
    child = os.fork()
    if child == 0:
        write(use(Database(database.url)), 20_000)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the file had grown"
    with reading(ALL) as session:
        assert session.scalar(select(func.count()).select_from(AuditHead)) == 0
    write(database, 3)
    with reading(ALL) as session:
        assert session.scalar(select(func.count()).select_from(AuditHead)) == 3
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_confined_session_sends_nothing_by_the_thousand(database: Database) -> None:
    kind = "sqlite" if database.is_sqlite else "postgresql"
    with pytest.raises(OutOfScope), transaction(Scope.nobody()) as session:
        send(session, HEADS, packer(HEADS, kind).pack(heads(1)))  # type: ignore[arg-type]


def indexes(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        found = inspect(connection).get_indexes(HEADS.name)  # type: ignore[attr-defined]
    return sorted(f"{index['name']} {index['column_names']}" for index in found)


def test_a_table_that_is_filled_without_its_indexes_has_them_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = indexes(database)
    assert before
    with transaction(ALL) as session:
        with unindexed(session, AuditHead):
            assert not inspect(session.connection()).get_indexes(HEADS.name)  # type: ignore[attr-defined]
            session.add(AuditHead(**heads(1)[0]))
        assert session.scalar(select(func.count()).select_from(AuditHead)) == 1
    assert indexes(database) == before
    with pytest.raises(RuntimeError), transaction(ALL) as session, unindexed(session, AuditHead):
        raise RuntimeError
    assert indexes(database) == before
    with pytest.raises(OutOfScope), transaction(Scope.nobody()) as session, unindexed(session, AuditHead):
        pass
