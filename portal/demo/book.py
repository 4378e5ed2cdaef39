"""The book: rows on their way into the database, with ids given out in order, written table by table. A deed.

Nothing in it looks at the clock: a column that would be filled with the present instant is refused. Pages that were
written elsewhere are bound in: their cases are whole, the ids nobody points at are given here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.orm import Session, class_mapper

from ..audit.models import AuditEvent, AuditHead
from ..audit.rules import FIRST, event_digest
from ..database.base import Base
from ..database.bulk import Packed, packer, send

CHUNK = 2000
WHOLE = "case:"  # streams that begin and end within one writing
Row = dict[str, Any]
_Model = TypeVar("_Model", bound=Base)


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
    """Packed rows by the table's name, and events of streams that are whole, each with its place in its stream."""

    rows: Mapping[str, list[Packed]]
    events: list[Packed]
    heads: Heads


class Book:
    """Rows by table, for one `kind` of database. `add` takes unsaved objects (they get their id), `add_rows` plain rows
    of one table, which it keeps.

    `ids` are the last ones given elsewhere, by the table's name.
    """

    def __init__(self, kind: str, ids: Mapping[str, int] | None = None) -> None:
        self.kind = kind
        self._rows: dict[str, list[Row]] = {}
        self._bound: dict[str, list[Packed]] = {}
        self._ids: Counter[str] = Counter(ids)
        self._events: list[Row] = []
        self._bound_events: list[Packed] = []
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
        name = row.__tablename__
        if row.id is None:
            row.id = self.next_id(row)
        self._ids[name] = max(self._ids[name], row.id)
        self._rows.setdefault(name, []).append(_values(row))
        return row

    def amend(self, row: Any) -> None:
        """Takes an object that was added, and not written yet, as it stands now."""
        rows = self._rows[row.__tablename__]
        place = next(n for n in range(len(rows) - 1, -1, -1) if rows[n]["id"] == row.id)
        rows[place] = _values(row)

    def add_rows(self, kind: type[Base], rows: Iterable[Row]) -> None:
        name = kind.__tablename__
        taken, number = self._rows.setdefault(name, []), self._ids[name]
        for number, row in enumerate(rows, number + 1):  # noqa: B020 - counts on from the last
            row["id"] = number
            taken.append(row)
        self._ids[name] = number

    def tell(self, event: Row) -> None:
        """Notes an audit event of `trail.event_of`; it gets its place in its stream when the book is written."""
        self._events.append(event)

    def pages(self, numbered: Collection[str]) -> Pages:
        """All that stands in it, to be bound into another book: every stream in it begins and ends here.

        Rows of all tables but the `numbered` ones get their ids there.
        """
        rows = {
            name: packer(_tables()[name], self.kind, int(name not in numbered)).pack(rows)
            for name, rows in self._rows.items()
        }
        return Pages(rows, self._packed_events(), self._heads)

    def bind(self, pages: Pages, numbered: Collection[str]) -> None:
        """Takes pages in that were made with the same `numbered` tables."""
        for name, rows in pages.rows.items():
            if name in numbered:
                self._ids[name] = max(self._ids[name], rows[-1][0])
            else:
                rows = [(number, *row) for number, row in enumerate(rows, self._ids[name] + 1)]
                self._ids[name] += len(rows)
            self._bound.setdefault(name, []).extend(rows)
        self._bound_events += pages.events
        self._whole |= pages.heads

    def write(self, session: Session) -> None:
        """Everything so far, parents before children. Called as often as memory asks for, between two cases."""
        for name, table in _tables().items():
            if name in self._rows or name in self._bound:
                own = packer(table, self.kind).pack(self._rows.pop(name, ()))
                send(session, table, [*own, *self._bound.pop(name, ())])
        self._write_events(session)

    def finish(self, session: Session) -> None:
        """Writes the rest and the trail, and lets the database count on from the last id."""
        self.write(session)
        self._insert_heads(session, self._heads)
        self._write_trail(session)
        if session.get_bind().dialect.name == "postgresql":
            for name, last in self._ids.items():
                session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))

    def _packed_events(self) -> list[Packed]:
        return packer(_WAITING, self.kind, 1).pack(_chained(self._events, self._heads))

    def _write_events(self, session: Session) -> None:
        """Each stream from its first event. A case's is whole within one writing, so that its head stands at once."""
        events = [*self._bound_events, *self._packed_events()]
        if events and not self._waiting:
            _WAITING.create(session.connection())
        send(session, _WAITING, [(place, *event) for place, event in enumerate(events, self._waiting)])
        self._waiting, self._events, self._bound_events = self._waiting + len(events), [], []
        whole = {stream: head for stream, head in self._heads.items() if stream.startswith(WHOLE)}
        self._insert_heads(session, self._whole | whole)
        self._heads = {stream: head for stream, head in self._heads.items() if stream not in whole}
        self._whole = {}

    def _insert_heads(self, session: Session, heads: Heads) -> None:
        table: Any = AuditHead.__table__
        send(session, table, [(stream, seq, digest, 0) for stream, (seq, digest) in heads.items()])

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


# --- rows ----------------------------------------------------------------------------------------------------------


@cache
def _tables() -> Mapping[str, Table]:
    """Parents before children."""
    return {table.name: table for table in Base.metadata.sorted_tables}


class _Light:
    """What all drafted rows are; a column that nothing was said of reads as its default."""

    __tablename__: str
    model: type[Base]


def drafted(model: type[_Model], /, **said: Any) -> _Model:
    """An object with the columns of `model` as its attributes and nothing else: it is walked and added like one of
    `model`, at a tenth of the cost, and no session can take it."""
    row = _light(model)()
    row.__dict__.update(said)
    return cast(_Model, row)


@cache
def _light(kind: type[Base]) -> type[_Light]:
    return type(kind.__name__, (_Light,), {"__tablename__": kind.__tablename__, "model": kind, **_defaults(kind)[0]})


@cache
def _defaults(kind: type[Base]) -> tuple[Row, tuple[str, ...]]:
    """Each column with its plain default, and those whose default would be made anew for each row."""
    found: Row = {}
    made = []
    for prop in class_mapper(kind).column_attrs:
        column = prop.columns[0]
        if column.name != prop.key:
            raise TypeError(f"{kind.__tablename__}.{column.name} goes by another name")
        default: Any = column.default
        found[prop.key] = default.arg if default is not None and default.is_scalar else None
        if default is not None and not default.is_scalar:
            made.append(prop.key)
    return found, tuple(made)


def _values(row: Any) -> Row:
    """Every column of the object, with the column's own plain default where nothing was said."""
    if isinstance(row, _Light):
        defaults, made = _defaults(row.model)
        found = defaults | row.__dict__
    else:
        kind: type[Base] = type(row)
        defaults, made = _defaults(kind)
        found = {name: value if (value := getattr(row, name)) is not None else defaults[name] for name in defaults}
    for name in made:
        if found[name] is None:
            raise ValueError(f"{row.__tablename__}.{name} has to be said")
    return found
