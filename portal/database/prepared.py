"""Hot Core statements without SQLAlchemy's own look at them each time: compiled once a database, sent as they are.

A statement of the hot pages has up to forty columns and as many binds, nearly all of them constants of its own;
SQLAlchemy walks through them all at each execution. What is sent is the same SQL, and the guard reads it as ever.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Enum
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


class Prepared:
    """A SELECT, or a write with or without RETURNING, that binds no list of values.

    >>> WINDOW = Prepared(select(t.c.quarter, t.c.due_on).where(t.c.quarter == bindparam("quarter")))
    >>> WINDOW.rows(session.connection(), {"quarter": 20263})
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self.names = [column.name for column in getattr(statement, "exported_columns", ())]
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any], make: Convert | None = None) -> list[Any]:
        """Every row: what `make` makes of the list of its cells, else a named tuple."""
        ready = self._for(connection)
        cursor = ready.sent(connection, values)
        try:
            return ready.read(cursor, make or ready.make)
        finally:
            cursor.close()

    def changed(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows a write changed."""
        cursor = self._for(connection).sent(connection, values)
        number: int = cursor.rowcount
        cursor.close()
        return number

    def _for(self, connection: Connection) -> _Ready:
        name = connection.dialect.name
        found = self._ready.get(name)
        if found is None:
            found = self._ready[name] = _Ready(self.statement, connection.dialect)
        return found


class _Ready:
    """The statement as one database takes it: its SQL, its constants, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a list of bound values cannot be prepared: write its members into the SQL")
        self._dialect, self.sql = dialect, str(compiled)
        self._error: Any = dialect.loaded_dbapi.Error
        self._order: Sequence[str] | None = compiled.positiontup
        self._constants: dict[str, Any] = {}
        self._asked: list[tuple[str, Convert | None]] = []
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._asked.append((name, convert))
            else:
                self._constants[name] = convert(bind.effective_value) if convert else bind.effective_value
        columns = list(getattr(statement, "exported_columns", ()))
        self._types = [column.type for column in columns]
        names = [column.name for column in columns]
        self.make: Convert = namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined]
        self._converts: list[tuple[int, Convert]] | None = None

    def sent(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor after the statement: seen by the guard before, its errors made SQLAlchemy's own."""
        parameters, cursor = self._sendable(values), connection.connection.cursor()
        try:
            for look_at in connection.dispatch.before_cursor_execute:
                look_at(connection, cursor, self.sql, parameters, None, False)
            cursor.execute(self.sql, parameters)
        except self._error as error:
            cursor.close()
            raise DBAPIError.instance(self.sql, None, error, self._error, dialect=self._dialect) from error
        except BaseException:
            cursor.close()
            raise
        return cursor

    def _sendable(self, values: Mapping[str, Any]) -> Any:
        found = dict(self._constants)
        for name, convert in self._asked:
            value = values[name]
            found[name] = value if convert is None else convert(value)
        return found if self._order is None else tuple([found[name] for name in self._order])

    def read(self, cursor: Any, make: Convert) -> list[Any]:
        converts = self._converts
        if converts is None:
            converts = self._converts = self._learned(cursor)
        found = []
        for row in cursor.fetchall():
            cells = list(row)
            for place, convert in converts:
                if cells[place] is not None:  # no type of ours makes a value of NULL
                    cells[place] = convert(cells[place])
            found.append(make(cells))
        return found

    def _learned(self, cursor: Any) -> list[tuple[int, Convert]]:
        """How each column that does not come as it is has to be read; a driver may say of what type it is."""
        found = []
        for place, (kind, column) in enumerate(zip(self._types, cursor.description, strict=True)):
            convert = kind.dialect_impl(self._dialect).result_processor(self._dialect, column[1])
            if convert is not None:
                found.append((place, _by_word(kind, convert) if isinstance(kind, Enum) else convert))
        return found


def _by_word(kind: Enum, convert: Convert) -> Convert:
    """A column of words holds few of them: each is looked up, and one that is none of them is refused as ever."""
    return {word: convert(word) for word in kind.enums}.__getitem__
