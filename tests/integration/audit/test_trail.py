"""Appending to a stream: in the caller's transaction, one after another, and never otherwise."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, event, func, select, update
from sqlalchemy.exc import DBAPIError

from portal.audit.anchor import append_anchor
from portal.audit.models import AuditAnchor, AuditEvent, AuditHead
from portal.audit.rules import SECRETS
from portal.audit.trail import record, record_access, record_at_door
from portal.audit.verify import verify
from portal.database.session import Database, reading, transaction
from portal.kernel.bilingual import both
from portal.kernel.errors import Busy
from portal.kernel.roles import ANONYMOUS, Actor, Role, Scope, system

OFFICER = Actor(
    7, "officer-jinyun", "王某", frozenset({Role.COUNTY_OFFICER}), Scope.counties("331122"), address="192.0.2.1"
)


def note(stream: str, **values: Any) -> None:
    with transaction(OFFICER) as session:
        record(session, OFFICER, stream=stream, **{"verb": "approve", **values})


def seqs(stream: str) -> list[int]:
    with reading(Scope.nobody()) as session:
        return list(session.scalars(select(AuditEvent.seq).where(AuditEvent.stream == stream).order_by(AuditEvent.id)))


def test_an_event_says_who_when_from_where_what_and_to_what(database: Database) -> None:
    note("case:1", subject="filing:3", detail={"from": "submitted", "value": Decimal("12345.67")})
    with reading(Scope.nobody()) as session:
        row = session.scalars(select(AuditEvent)).one()
    assert (row.actor_id, row.actor_name, row.roles, row.address) == (7, "王某", "county_officer", "192.0.2.1")
    assert (row.verb, row.subject, row.outcome) == ("approve", "filing:3", "done")
    assert row.detail == {"from": "submitted", "value": "12345.67"}
    assert verify() == []


def test_an_event_disappears_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError, match="no"), transaction(OFFICER) as session:
        record(session, OFFICER, stream="case:1", verb="approve")
        raise RuntimeError("no")
    assert seqs("case:1") == []
    note("case:1")
    assert seqs("case:1") == [1]
    assert verify() == []


def test_an_event_costs_two_statements(database: Database) -> None:
    note("case:1")
    sent: list[str] = []
    listen = lambda connection, cursor, sql, *rest: sent.append(sql)  # noqa: E731
    event.listen(database.engine, "before_cursor_execute", listen)
    note("case:1")
    event.remove(database.engine, "before_cursor_execute", listen)
    assert len([sql for sql in sent if not sql.startswith(("BEGIN", "COMMIT"))]) == 2


def test_threads_that_append_to_one_stream_leave_no_gap_and_no_fork(database: Database) -> None:
    def work() -> None:
        for _ in range(12):
            note("case:1")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seqs("case:1")) == list(range(1, 73))
    assert verify() == []


def test_anchoring_while_others_append_disturbs_nobody(database: Database) -> None:
    done = threading.Event()

    def work(stream: str) -> None:
        for _ in range(15):
            note(stream)

    def anchor() -> None:
        while not done.is_set():
            with transaction(Scope.nobody()) as session:
                append_anchor(session)

    writers = [threading.Thread(target=work, args=(f"case:{number}",)) for number in range(4)]
    anchorer = threading.Thread(target=anchor)
    for thread in (*writers, anchorer):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    anchorer.join()
    with transaction(Scope.nobody()) as session:
        append_anchor(session)
    with reading(Scope.nobody()) as session:
        assert session.scalars(select(AuditHead.seq - AuditHead.anchored_seq)).all() == [0, 0, 0, 0]
    assert verify() == []


@pytest.mark.parametrize("table", [AuditEvent, AuditAnchor])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_itself_refuses_to_change_the_past(database: Database, table: Any, verb: str) -> None:
    note("case:1")
    with transaction(Scope.nobody()) as session:
        append_anchor(session)
    statement = delete(table) if verb == "delete" else update(table).values(digest="0" * 64)
    engine = create_engine(database.url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


@pytest.mark.parametrize("statement", [delete(AuditHead), update(AuditHead).values(seq=0)])
def test_the_database_itself_refuses_to_turn_a_head_back(database: Database, statement: Any) -> None:
    note("case:1")
    engine = create_engine(database.url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


def test_hostile_texts_are_recorded_without_harm(database: Database) -> None:
    hostile = "x\x00\x1b[2J\u202e\ud800𠮷" * 100
    note("case:1", subject=hostile, detail={"typed": hostile, hostile: 1})
    assert verify() == []
    with reading(Scope.nobody()) as session:
        row = session.scalars(select(AuditEvent)).one()
    assert len(row.subject) == 200
    assert "𠮷" in row.detail["typed"]
    assert "\x00" not in row.detail["typed"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=8).filter(lambda key: key.lower() not in SECRETS), values, max_size=4))
def test_whatever_detail_can_be_recorded_verifies_on_both_databases(database: Database, detail: dict[str, Any]) -> None:
    note("case:1", detail=detail)
    assert verify() == []


def test_a_reading_goes_to_the_readers_stream_and_a_refusal_to_the_door_of_the_day(database: Database) -> None:
    record_access(OFFICER, subject="case:9")
    record_access(ANONYMOUS, subject="case:9")
    record_at_door(ANONYMOUS, verb="sign-in", subject="someone")
    with reading(Scope.nobody()) as session:
        rows = session.execute(select(AuditEvent.stream, AuditEvent.verb, AuditEvent.outcome).order_by(AuditEvent.id))
        found = [tuple(row) for row in rows]
    assert found[0] == ("account:7", "read", "done")
    assert found[1][0] == found[2][0]
    assert found[1][0].startswith("door:")
    assert found[2][1:] == ("sign-in", "refused")
    assert verify() == []


def test_the_system_signs_with_its_reason(database: Database) -> None:
    with transaction(system("nightly")) as session:
        record(session, system("nightly"), stream="window:20263", verb="remind")
    with reading(Scope.nobody()) as session:
        assert session.scalar(select(AuditEvent.actor_name)) == "system: nightly"
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_a_reading_that_cannot_be_written_down_is_logged_and_harms_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(scope: Scope) -> Any:
        raise Busy("gate", both("busy"))

    monkeypatch.setattr("portal.audit.trail.transaction", refuse)
    record_access(OFFICER, subject="case:9")
    assert "read by account 7 was not written down" in caplog.text
