"""The book: rows on their way into the database, with ids given out in order, written in chunks. A deed.

Nothing in it looks at the clock: a column that would be filled with the present instant is refused. Pages that were
written elsewhere are bound in: their cases are whole, the ids nobody points at are given here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.orm import Session, class_mapper

from ..audit.models import AuditEvent, AuditHead
from ..audit.rules import FIRST, event_digest
from ..database.base import Base
from ..database.scope import Confined

CHUNK = 2000
WHOLE = "case:"  # streams that begin and end within one writing
Row = dict[str, Any]


# Events wait here until all are known: ids follow the instants, and no more than a batch is ever held in memory.
_WAITING = Table(
    "demo_event_waiting",
    MetaData(),
    Column("place", Integer, primary_key=True),
    *(Column(column.name, column.type) for column in AuditEvent.__table__.columns if column.name != "id"),
    prefixes=["TEMPORARY"],
)


Heads = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows by the table's name, and events of streams that are whole, each with its place in its stream."""

    rows: Mapping[str, list[Row]]
    events: list[Row]
    heads: Heads


class Book:
    """Rows by table. `add` takes unsaved objects (they get their id), `add_rows` plain rows of one table.

    `ids` are the last ones given elsewhere, by the table's name.
    """

    def __init__(self, ids: Mapping[str, int] | None = None) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._ids: Counter[str] = Counter(ids)
        self._events: list[Row] = []
        self._bound: list[Row] = []
        self._heads: Heads = {}
        self._whole: Heads = {}
        self._waiting = 0

    def last_id(self, kind: type[Base]) -> int:
        return self._ids[kind.__tablename__]

    def next_id(self, kind: type[Base]) -> int:
        name = kind.__tablename__
        self._ids[name] += 1
        return self._ids[name]

    def add(self, row: Any) -> Any:
        """Takes the object as it stands now; later changes to it are not seen."""
        name = type(row).__tablename__
        if row.id is None:
            row.id = self.next_id(type(row))
        self._ids[name] = max(self._ids[name], row.id)
        self._rows.setdefault(name, []).append(_values(row))
        return row

    def amend(self, row: Any) -> None:
        """Takes an object that was added, and not written yet, as it stands now."""
        rows = self._rows[type(row).__tablename__]
        place = next(n for n in range(len(rows) - 1, -1, -1) if rows[n]["id"] == row.id)
        rows[place] = _values(row)

    def add_rows(self, kind: type[Base], rows: Iterable[Row]) -> None:
        self._rows.setdefault(kind.__tablename__, []).extend(row | {"id": self.next_id(kind)} for row in rows)

    def tell(self, event: Row) -> None:
        """Notes an audit event of `trail.event_of`; it gets its place in its stream when the book is written."""
        self._events.append(event)

    def pages(self) -> Pages:
        """All that stands in it, to be bound into another book: every stream in it begins and ends here."""
        return Pages(self._rows, _chained(self._events, self._heads), self._heads)

    def bind(self, pages: Pages, numbered: Collection[str]) -> None:
        """Takes pages in; rows of all tables but the `numbered` ones get their ids now."""
        for name, rows in pages.rows.items():
            if name in numbered:
                self._ids[name] = max(self._ids[name], rows[-1]["id"])
            else:
                for row in rows:
                    self._ids[name] += 1
                    row["id"] = self._ids[name]
            self._rows.setdefault(name, []).extend(rows)
        self._bound += pages.events
        self._whole |= pages.heads

    def write(self, session: Session) -> None:
        """Everything so far, parents before children. Called as often as memory asks for, between two cases."""
        for table in Base.metadata.sorted_tables:
            _in_chunks(session, table, self._rows.pop(table.name, []))
        self._write_events(session)

    def finish(self, session: Session) -> None:
        """Writes the rest and the trail, and lets the database count on from the last id."""
        self.write(session)
        _insert_heads(session, self._heads)
        self._write_trail(session)
        if session.get_bind().dialect.name == "postgresql":
            for name, last in self._ids.items():
                session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))

    def _write_events(self, session: Session) -> None:
        """Each stream from its first event. A case's is whole within one writing, so that its head stands at once."""
        rows = [*self._bound, *_chained(self._events, self._heads)]
        for place, event in enumerate(rows, start=self._waiting):
            event["place"] = place
        if rows and not self._waiting:
            _WAITING.create(session.connection())
        self._waiting, self._events, self._bound = self._waiting + len(rows), [], []
        _in_chunks(session, _WAITING, rows)
        whole = {stream: head for stream, head in self._heads.items() if stream.startswith(WHOLE)}
        _insert_heads(session, self._whole | whole)
        self._heads = {stream: head for stream, head in self._heads.items() if stream not in whole}
        self._whole = {}

    def _write_trail(self, session: Session) -> None:
        """Ids follow the instants, so that the newest stands last."""
        order = (_WAITING.c.recorded_at, _WAITING.c.place)
        columns = [column for column in _WAITING.columns if column.name != "place"]
        in_order = select(*columns).order_by(*order)
        session.execute(insert(AuditEvent).from_select([column.name for column in columns], in_order))
        _WAITING.drop(session.connection())


def _chained(events: Iterable[Row], heads: Heads) -> list[Row]:
    """The events in the order of their instants, each with its place in its stream; `heads` move on."""
    rows = sorted(events, key=lambda event: event["recorded_at"])
    for event in rows:
        seq, previous = heads.get(event["stream"], (0, FIRST))
        event |= {"seq": seq + 1, "previous": previous}
        event["digest"] = event_digest(event)
        heads[event["stream"]] = (seq + 1, event["digest"])
    return rows


def _insert_heads(session: Session, heads: Heads) -> None:
    rows = [{"stream": s, "seq": seq, "digest": d, "anchored_seq": 0} for s, (seq, d) in heads.items()]
    _in_chunks(session, AuditHead.__table__, rows)


def _in_chunks(session: Session, table: Any, rows: list[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        Confined.insert(session, table, rows[start : start + CHUNK])


@cache
def _columns(kind: type[Any]) -> tuple[tuple[str, str, Any], ...]:
    """Name, attribute and default of each column."""
    names = {prop.columns[0].name: prop.key for prop in class_mapper(kind).column_attrs}
    return tuple((c.name, names[c.name], c.default) for c in kind.__table__.columns)


def _values(row: Any) -> Row:
    """Every column of the object, with the column's own plain default where nothing was said."""
    found: Row = {}
    kind: Any = type(row)
    for name, key, default in _columns(kind):
        value = getattr(row, key)
        if value is None and default is not None:
            if not default.is_scalar:
                raise ValueError(f"{kind.__tablename__}.{name} has to be said")
            value = default.arg
        found[name] = value
    return found
