"""Reading the trail: lists for the auditor, anchors for the file. Never writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import end_of
from ..kernel.errors import Missing
from ..kernel.roles import Role
from .anchor_file import Anchor
from .models import AuditAnchor, AuditEvent
from .rules import OUTCOMES
from .verbs import verb_title

SCREEN = 50
_NO_EVENT = Bilingual("审计日志里没有这条记录。", "The audit trail has no such event.")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the auditor asks for; an empty text asks for nothing. `person` is a name or an account's number."""

    stream: str = ""
    person: str = ""
    verb: str = ""
    subject: str = ""
    since_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the list."""

    id: int
    recorded_at: datetime
    stream: str
    seq: int
    actor_id: int | None
    actor_name: str
    roles: str
    address: str
    verb: str
    subject: str
    outcome: str

    @property
    def roles_title(self) -> Bilingual:
        titles = [Role(value).title for value in self.roles.split()]
        return Bilingual("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))

    @property
    def verb_title(self) -> Bilingual:
        return verb_title(self.verb)

    @property
    def outcome_title(self) -> Bilingual:
        return OUTCOMES[self.outcome]


@dataclass(frozen=True, slots=True)
class EventSheet:
    """One event in full."""

    row: EventRow
    detail: tuple[tuple[str, str], ...]
    previous: str
    digest: str
    anchor_seq: int | None


_COLUMNS = tuple(getattr(AuditEvent, name) for name in EventRow.__dataclass_fields__)


def events(
    session: Session, wanted: EventFilter, before_id: int | None = None, limit: int = SCREEN
) -> Sequence[EventRow]:
    """The newest first; `before_id` is the id of the last one already shown."""
    statement = select(*_COLUMNS).where(*_conditions(wanted)).order_by(AuditEvent.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(AuditEvent.id < before_id)
    return [EventRow(**row._mapping) for row in session.execute(statement)]


def newest_of(session: Session, stream: str, limit: int) -> Sequence[AuditEvent]:
    """What was done last in a stream, the newest first; refusals are left out."""
    wanted = select(AuditEvent).where(AuditEvent.stream == stream, AuditEvent.outcome == "done")
    return session.scalars(wanted.order_by(AuditEvent.seq.desc()).limit(limit)).all()


def _conditions(wanted: EventFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.stream:
        yield AuditEvent.stream == wanted.stream
    if wanted.person:
        yield _person(wanted.person)
    if wanted.verb:
        yield AuditEvent.verb == wanted.verb
    if wanted.subject:
        yield AuditEvent.subject == wanted.subject
    if wanted.since_on:
        yield AuditEvent.recorded_at >= end_of(wanted.since_on - timedelta(days=1))
    if wanted.until_on:
        yield AuditEvent.recorded_at < end_of(wanted.until_on)


def _person(text: str) -> ColumnElement[bool]:
    is_number = text.isascii() and text.isdigit() and len(text) <= 18
    return AuditEvent.actor_id == int(text) if is_number else AuditEvent.actor_name == text


def event(session: Session, event_id: int) -> EventSheet:
    """One event with its detail and the anchor that holds it. Raises Missing."""
    found = session.get(AuditEvent, event_id)
    if found is None:
        raise Missing("event", _NO_EVENT)
    row = EventRow(**{name: getattr(found, name) for name in EventRow.__dataclass_fields__})
    detail = tuple(_flat(found.detail))
    return EventSheet(row, detail, found.previous, found.digest, _anchor_over(session, found.recorded_at, row))


def _flat(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A detail as lines `a.b.0: value`, in the order of names."""
    if isinstance(detail, dict) and detail:
        for key in sorted(detail):
            yield from _flat(detail[key], f"{name}.{key}" if name else key)
    elif isinstance(detail, list) and detail:
        for place, item in enumerate(detail):
            yield from _flat(item, f"{name}.{place}")
    elif name:
        yield name, "" if detail is None or detail in ({}, []) else str(detail)


def _anchor_over(session: Session, recorded_at: datetime, row: EventRow) -> int | None:
    """The first of the next few anchors in which the event's stream had come as far as the event."""
    later = (
        select(AuditAnchor.seq, AuditAnchor.heads)
        .where(AuditAnchor.recorded_at >= recorded_at)
        .order_by(AuditAnchor.recorded_at)
        .limit(3)
    )
    for anchor in session.execute(later):
        if any(stream == row.stream and seq >= row.seq for stream, seq, _ in anchor.heads):
            return int(anchor.seq)
    return None


def anchors_after(session: Session, seq: int) -> Iterator[Anchor]:
    """Anchors in order, from the one after `seq`, a few at a time."""
    statement: Select[Any] = select(AuditAnchor).where(AuditAnchor.seq > seq).order_by(AuditAnchor.seq)
    for row in session.scalars(statement.execution_options(yield_per=100)):
        heads = tuple((str(s), int(n), str(d)) for s, n, d in row.heads)
        yield Anchor(row.seq, row.recorded_at, heads, row.root, row.previous, row.digest)
