"""The book: rows on their way into the database, with ids given out in order, written in chunks. A deed.

Nothing in it looks at the clock: a column that would be filled with the present instant is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session, class_mapper

from ..audit.models import AuditEvent, AuditHead
from ..audit.rules import FIRST, event_digest
from ..database.base import Base
from ..database.scope import Confined

CHUNK = 2000
Row = dict[str, Any]


class Book:
    """Rows by table. `add` takes unsaved objects (they get their id), `add_rows` plain rows of one table."""

    def __init__(self) -> None:
        self._rows: dict[Table, list[Row]] = {}
        self._ids: Counter[str] = Counter()
        self.events: list[Row] = []
        self.counts: Counter[str] = Counter()

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
        table: Any = type(row).__table__
        self._rows.setdefault(table, []).append(_values(row, table))
        return row

    def add_rows(self, kind: type[Base], rows: Iterable[Row]) -> None:
        table: Any = kind.__table__
        self._rows.setdefault(table, []).extend(row | {"id": self.next_id(kind)} for row in rows)

    def tell(self, event: Row) -> None:
        """Notes an audit event of `trail.event_of`; it gets its place in its stream when the book is written."""
        self.events.append(event)

    def write(self, session: Session) -> None:
        """Everything so far, parents before children. Called as often as memory asks for."""
        for table in Base.metadata.sorted_tables:
            rows = self._rows.pop(table, [])
            self.counts[table.name] += len(rows)
            for start in range(0, len(rows), CHUNK):
                Confined.insert(session, table, rows[start : start + CHUNK])

    def finish(self, session: Session) -> None:
        """Writes the rest and the trail, and lets the database count on from the last id."""
        self.write(session)
        self._write_trail(session)
        if session.get_bind().dialect.name == "postgresql":
            for name, last in self._ids.items():
                session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))

    def _write_trail(self, session: Session) -> None:
        """Each stream chained from its first event; ids follow the instants, so that the newest stands last."""
        heads: dict[str, tuple[int, str]] = {}
        rows = sorted(self.events, key=lambda event: event["recorded_at"])
        for event in rows:
            seq, previous = heads.get(event["stream"], (0, FIRST))
            event |= {"seq": seq + 1, "previous": previous}
            event["digest"] = event_digest(event)
            heads[event["stream"]] = (seq + 1, event["digest"])
        standing = [{"stream": s, "seq": seq, "digest": d, "anchored_seq": 0} for s, (seq, d) in heads.items()]
        _in_chunks(session, AuditHead.__table__, standing)
        _in_chunks(session, AuditEvent.__table__, rows)
        self.counts["audit_event"] += len(rows)
        self.events = []


def _in_chunks(session: Session, table: Any, rows: list[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        Confined.insert(session, table, rows[start : start + CHUNK])


def _values(row: Any, table: Table) -> Row:
    """Every column of the object, with the column's own plain default where nothing was said."""
    names = {prop.columns[0].name: prop.key for prop in class_mapper(type(row)).column_attrs}
    found = {name: getattr(row, key) for name, key in names.items()}
    for column in table.columns:
        if found[column.name] is None and column.default is not None:
            if not column.default.is_scalar:
                raise ValueError(f"{table.name}.{column.name} has to be said")
            found[column.name] = column.default.arg  # type: ignore[attr-defined]
    return found
