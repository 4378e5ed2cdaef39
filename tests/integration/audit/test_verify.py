"""Whoever changes the trail is found out, even with the database's own guards taken off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, select, update

from portal.audit.anchor import append_anchor
from portal.audit.anchor_file import append_anchors, last_seq, read_anchors
from portal.audit.models import AuditAnchor, AuditEvent, AuditHead
from portal.audit.queries import anchors_after
from portal.audit.rules import CHAINED, FIRST, event_digest
from portal.audit.trail import record
from portal.audit.verify import verify
from portal.database.session import Database, reading, transaction
from portal.kernel.roles import Scope, system

EVENTS = 5
SYSTEM = system("test")
CHANGES: dict[str, Any] = {
    "recorded_at": datetime(2020, 1, 1, tzinfo=UTC),
    "stream": "case:99",
    "seq": 77,
    "actor_id": 5,
    "outcome": "refused",
    "detail": {"to": "rejected"},
    "previous": "1" * 64,
}


def note(stream: str, count: int = 1) -> None:
    for _ in range(count):
        with transaction(SYSTEM) as session:
            record(session, SYSTEM, stream=stream, verb="approve", detail={"to": "approved"})


def anchor(folder: Path | None = None) -> None:
    with transaction(Scope.nobody()) as session:
        append_anchor(session)
    if folder is not None:
        with reading(Scope.nobody()) as session:
            append_anchors(folder, anchors_after(session, last_seq(folder)))


def tamper(database: Database, *statements: Any) -> None:
    """What an attacker with all rights over the database can do, whom no trigger stops."""
    engine = create_engine(database.url)
    with engine.begin() as connection:
        _take_guards_off(connection, database.is_sqlite)
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


def _take_guards_off(connection: Any, is_sqlite: bool) -> None:
    if is_sqlite:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        for table in ("audit_event", "audit_head", "audit_anchor"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def one(seq: int, stream: str = "case:1") -> Any:
    return (AuditEvent.stream == stream) & (AuditEvent.seq == seq)


def about(differences: Sequence[str], stream: str = "case:1") -> list[str]:
    return [line for line in differences if line.startswith(f"{stream}:")]


@pytest.fixture
def stream(database: Database) -> Database:
    """One stream of five events beside an untouched one."""
    note("case:1", EVENTS)
    note("case:2", 2)
    assert verify() == []
    return database


@pytest.mark.parametrize("seq", [1, 3, EVENTS])
def test_a_changed_column_of_any_event_is_found(stream: Database, seq: int) -> None:
    with reading(Scope.everything("test")) as session:
        event = session.scalars(select(AuditEvent).where(one(seq))).one()
        true, mine = {column: getattr(event, column) for column in CHAINED}, AuditEvent.id == event.id
    for column in CHAINED:
        tamper(stream, update(AuditEvent).where(mine).values({column: CHANGES.get(column, "something else")}))
        assert about(verify()), column
        assert not about(verify(), "case:2"), column
        tamper(stream, update(AuditEvent).where(mine).values({column: true[column]}))
        assert verify() == [], column


@pytest.mark.parametrize("seq", range(1, EVENTS + 1))
def test_a_removed_event_is_found_and_named(stream: Database, seq: int) -> None:
    tamper(stream, delete(AuditEvent).where(one(seq)))
    assert about(verify())[0].startswith(f"case:1: event {seq} is missing")


@pytest.mark.parametrize("seq", range(1, EVENTS))
def test_two_events_that_changed_places_are_found(stream: Database, seq: int) -> None:
    tamper(
        stream,
        update(AuditEvent).where(one(seq)).values(seq=1000),
        update(AuditEvent).where(one(seq + 1)).values(seq=seq),
        update(AuditEvent).where(one(1000)).values(seq=seq + 1),
    )
    assert about(verify()) == [f"case:1: event {seq} was changed"]


def test_a_stream_that_is_gone_is_found_by_its_head(stream: Database) -> None:
    tamper(stream, delete(AuditEvent).where(AuditEvent.stream == "case:1"))
    assert about(verify()) == [f"case:1: all {EVENTS} events are missing"]


def test_a_head_that_is_gone_or_altered_is_found(stream: Database) -> None:
    tamper(stream, update(AuditHead).where(AuditHead.stream == "case:1").values(digest=FIRST))
    assert about(verify()) == ["case:1: the head says otherwise than event 5"]
    tamper(stream, delete(AuditHead).where(AuditHead.stream == "case:1"))
    assert about(verify()) == ["case:1: the head is missing"]


def rewrite(database: Database, values: dict[str, Any]) -> None:
    """The cunning attacker: changes event 3 and computes every later digest and the head anew."""
    with reading(Scope.nobody()) as session:
        rows = session.execute(select(AuditEvent.__table__).where(AuditEvent.stream == "case:1")).mappings().all()
    previous = FIRST
    statements: list[Any] = []
    for row in sorted(rows, key=lambda row: row["seq"]):
        new = {**row, **(values if row["seq"] == 3 else {}), "previous": previous}
        previous = event_digest(new)
        new["digest"] = previous
        statements.append(update(AuditEvent).where(AuditEvent.id == row["id"]).values(new))
    statements.append(update(AuditHead).where(AuditHead.stream == "case:1").values(digest=previous))
    tamper(database, *statements)


def cut_tail(database: Database, after: int) -> None:
    """The other cunning attacker: takes the last events away and turns the head back."""
    with reading(Scope.nobody()) as session:
        digest = session.scalar(select(AuditEvent.digest).where(one(after)))
    tamper(
        database,
        delete(AuditEvent).where(AuditEvent.stream == "case:1", AuditEvent.seq > after),
        update(AuditHead).where(AuditHead.stream == "case:1").values(seq=after, digest=digest, anchored_seq=after),
    )


def test_a_rewritten_chain_is_found_by_the_anchor(stream: Database) -> None:
    anchor()
    rewrite(stream, {"verb": "reject"})
    assert about(verify()) == ["case:1: event 5 is not the one that was anchored"]


def test_an_anchored_tail_that_is_cut_off_is_found_by_the_anchor(stream: Database) -> None:
    anchor()
    cut_tail(stream, 3)
    assert about(verify()) == ["case:1: event 4 is missing at the end"]


def test_whoever_removes_the_anchors_too_is_found_by_their_copy_outside(stream: Database, tmp_path: Path) -> None:
    anchor(tmp_path)
    note("case:2")
    anchor(tmp_path)
    assert verify(tmp_path) == []
    cut_tail(stream, 3)
    tamper(stream, delete(AuditAnchor))
    assert about(verify()) == []
    found = verify(tmp_path)
    assert found[0] == "anchor 1 is in the file but missing in the database"
    assert about(found) == ["case:1: event 4 is missing at the end"]


def test_an_anchor_that_is_changed_or_missing_is_found(stream: Database, tmp_path: Path) -> None:
    for _ in range(3):
        note("case:2")
        anchor(tmp_path)
    with reading(Scope.nobody()) as session:
        heads = session.scalar(select(AuditAnchor.heads).where(AuditAnchor.seq == 2))
    tamper(stream, update(AuditAnchor).where(AuditAnchor.seq == 2).values(heads=[*heads, ["case:3", 1, FIRST]]))
    assert verify()[0] == "anchor 2 was changed"
    tamper(stream, delete(AuditAnchor).where(AuditAnchor.seq == 2))
    assert verify()[0] == "anchor 2 is missing"


def test_an_anchor_holds_the_heads_that_moved_and_nothing_moved_means_no_anchor(stream: Database) -> None:
    anchor()
    anchor()
    note("case:2")
    anchor()
    with reading(Scope.nobody()) as session:
        held = [[(s, n) for s, n, _ in heads] for heads in session.scalars(select(AuditAnchor.heads))]
    assert held == [[("case:1", 5), ("case:2", 2)], [("case:2", 3)]]


def test_a_file_that_missed_an_anchor_is_completed_by_the_next(stream: Database, tmp_path: Path) -> None:
    anchor()
    assert verify(tmp_path) == []
    note("case:2")
    anchor()
    assert verify(tmp_path) == ["anchor 1 is missing in the file"]
    note("case:2")
    anchor(tmp_path)
    assert [found.seq for found in read_anchors(tmp_path)] == [1, 2, 3]
    assert verify(tmp_path) == []


def test_half_a_line_left_by_a_crash_is_mended_and_a_changed_line_is_found(stream: Database, tmp_path: Path) -> None:
    anchor(tmp_path)
    (file,) = tmp_path.glob("*.jsonl")
    with file.open("ab") as handle:
        handle.write(b'{"seq": 2, "recorded')
    assert verify(tmp_path) == []
    note("case:2")
    anchor(tmp_path)
    assert verify(tmp_path) == []
    lines = file.read_text("utf-8").splitlines()
    values = json.loads(lines[0])
    values["heads"][0][1] -= 1
    file.write_text("\n".join([json.dumps(values), lines[1], ""]), "utf-8")
    assert verify(tmp_path)[0] == "anchor in the file 1 was changed"
    file.write_text("gone\n", "utf-8")
    assert verify(tmp_path)[0].startswith("anchor file: ")
