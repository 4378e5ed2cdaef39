"""Whole rows by the thousand: packed as tuples that the driver takes as they are, sent by one statement a table.

Rows can be packed where there is no connection, in another process. SQLAlchemy would walk through every value of every
row once more, in the process that has most to do.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Date, Dialect, Table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from .base import Base
from .columns import Instant
from .scope import OutOfScope, scope_of
from .session import KEPT_OF_THE_FILE, Database, current

ROOM = 64 * 1024  # KiB of pages that SQLite holds: indexes of random numbers fit in
Convert = Callable[[Any], Any]
Packed = tuple[Any, ...]
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Json(str):
    """A document that was written out already: it goes into the column as it is."""

    __slots__ = ()


class Packer:
    """How rows of a table become tuples, each value in the place of its column, for one kind of database.

    `first` leaves that many columns out: those the rows do not have yet. What is None becomes NULL.
    """

    def __init__(self, table: Table, kind: str, first: int = 0) -> None:
        columns = list(table.columns)[first:]
        names = [column.name for column in columns]
        self._take: Callable[[Mapping[str, Any]], Any] = itemgetter(*names, names[0])  # two names at least: a tuple
        self._converts = [(n, convert) for n, c in enumerate(columns) if (convert := _convert(c, kind)) is not None]

    def pack(self, rows: Iterable[Mapping[str, Any]]) -> list[Packed]:
        """Raises KeyError for a row that lacks a column."""
        take, converts, found = self._take, self._converts, []
        for row in rows:
            cells = [*take(row)]
            cells.pop()
            for place, convert in converts:
                value = cells[place]
                if value is not None:
                    cells[place] = convert(value)
            found.append(tuple(cells))
        return found


@lru_cache(maxsize=512)
def packer(table: Table, kind: str, first: int = 0) -> Packer:
    return Packer(table, kind, first)


def send(session: Session, table: Table, rows: Sequence[Packed], first: int = 0) -> None:
    """Inserts packed rows; the `first` columns, which they lack, are the database's to fill.

    Raises OutOfScope on a session that may not see everything.
    """
    if scope_of(session).is_restricted:
        raise OutOfScope(f"rows of {table.name} are sent by the thousand under the whole database only")
    if not rows:
        return
    connection = session.connection()
    error: Any = connection.dialect.loaded_dbapi.Error
    sql, cursor = _sql(table, connection.dialect.name, first), connection.connection.cursor()
    try:
        for look_at in connection.dispatch.before_cursor_execute:
            look_at(connection, cursor, sql, rows, None, True)
        _SEND[connection.dialect.name](cursor, sql, rows)
    except error as failed:
        raise DBAPIError.instance(sql, None, failed, error, dialect=connection.dialect) from failed
    finally:
        cursor.close()


def _executed(cursor: Any, sql: str, rows: Sequence[Packed]) -> None:
    cursor.executemany(sql, rows)


def _copied(cursor: Any, sql: str, rows: Sequence[Packed]) -> None:
    with cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


_SEND: Mapping[str, Callable[[Any, str, Sequence[Packed]], None]] = {"sqlite": _executed, "postgresql": _copied}


@contextmanager
def unindexed(session: Session, kind: type[Base]) -> Iterator[None]:
    """For a table that is filled from nothing: its indexes are made when the rows are in, which is half the work of
    keeping them in order row by row. Keys and what is unique are held all the while; a search would walk the table.

    Raises OutOfScope on a session that may not see everything.
    """
    if scope_of(session).is_restricted:
        raise OutOfScope("indexes are taken away under the whole database only")
    session.flush()
    connection = session.connection()
    cursor = connection.connection.cursor()
    cursor.execute(_INDEXES[connection.dialect.name].format(kind.__tablename__))
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    session.flush()
    # As they were, in the order they were: where two serve as well, SQLite takes the younger one.
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.close()


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{}' AND sql IS NOT NULL "
    "AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY rowid",
    "postgresql": "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
    "WHERE indrelid = '{}'::regclass AND NOT indisunique ORDER BY indexrelid",
}


@contextmanager
def undisturbed() -> Iterator[None]:
    """For one great transaction into a database that nobody else has open: on SQLite its pages go straight into the
    file instead of through the WAL, which would grow to the size of the whole and slow every read down.

    Undone as safely as ever, also when the process is killed: SQLite keeps what stood there before in its journal. With
    somebody else at the database it stays as it is. On PostgreSQL nothing is done.
    """
    database = current()
    if not database.is_sqlite:
        yield
        return
    _set(database, "journal_mode=DELETE", f"cache_size=-{ROOM}")
    try:
        yield
    finally:
        _set(database, "journal_mode=WAL", KEPT_OF_THE_FILE)


def _set(database: Database, *pragmas: str) -> None:
    """On the one connection that a process which does nothing else has."""
    connection = database.engine.raw_connection()
    try:
        for pragma in pragmas:
            with suppress(sqlite3.OperationalError):  # somebody else is there
                connection.cursor().execute(f"PRAGMA {pragma}").close()
        # The journal of the new kind is opened by the first read; before it SQLite calls a checkpoint locked.
        connection.cursor().execute("SELECT name FROM sqlite_schema LIMIT 1").fetchall()
    finally:
        connection.close()


@lru_cache(maxsize=512)
def _sql(table: Table, kind: str, first: int) -> str:
    prepare = _dialect(kind).identifier_preparer
    names = [prepare.format_column(column) for column in list(table.columns)[first:]]
    whole = f"{prepare.format_table(table)} ({', '.join(names)})"
    if kind == "postgresql":
        return f"COPY {whole} FROM STDIN"
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {whole} VALUES ({places})"  # noqa: S608  names of our own tables, values are bound


@lru_cache(maxsize=4)
def _dialect(kind: str) -> Dialect:
    return make_url({"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[kind]).get_dialect()()


def _convert(column: Any, kind: str) -> Convert | None:
    """As SQLAlchemy would bind the value; what it spends most time on is done here."""
    if isinstance(column.type, JSON):
        return _written
    if kind == "sqlite":
        if isinstance(column.type, Instant):
            return _instant
        if isinstance(column.type, Date):
            return date.isoformat
    dialect = _dialect(kind)
    found: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _written(value: Any) -> str:
    return value if isinstance(value, Json) else _JSON(value)


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
