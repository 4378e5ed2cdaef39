"""Confinement: what a session may see is decided once, when it is opened, and holds for every statement.

Three layers: criteria on every ORM statement, `Confined` for hot Core statements, and the guard (`guard.py`), which
reads the SQL about to be sent on a restricted connection and refuses what carries no criterion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, CursorResult, FromClause, Result, Select, Update, bindparam, event, true
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from ..kernel.roles import Scope
from .columns import Scoped
from .prepared import Prepared

SCOPE_COLUMNS = {"enterprises": "enterprise_id", "counties": "county", "chains": "chain", "nobody": "enterprise_id"}


class OutOfScope(RuntimeError):
    """A statement or row reaches beyond the session's scope."""


class confined_to(FunctionElement[bool]):  # noqa: N801 - reads as a SQL function where it is used
    """A membership test that leaves its mark in the SQL, so that the guard can tell it from any other."""

    type = Boolean()
    inherit_cache = True
    name = "confined_to"

    def self_group(self, against: Any = None) -> Any:
        # Else it would read `… = 1` where the database has no booleans, and SQLite would use no index for it.
        return self


@compiles(confined_to)
def _with_mark(element: confined_to, compiler: SQLCompiler, **kw: Any) -> str:
    (test,) = element.clauses
    return f"{compiler.process(test, **kw)} /*scope {compiler.process(test.left, **kw)}*/"


def _loader_criteria(scope: Scope) -> LoaderCriteriaOption:
    """The criterion for every mapped Scoped class and alias.

    One lambda per kind: SQLAlchemy caches the SQL by the lambda's code and takes `values` anew at each call.
    """
    values = sorted(scope.values, key=str)
    by_kind: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "enterprises": lambda cls: confined_to(cls.enterprise_id.in_(values)),
        "nobody": lambda cls: confined_to(cls.enterprise_id.in_(values)),
        "counties": lambda cls: confined_to(cls.county.in_(values)),
        "chains": lambda cls: confined_to(cls.chain.in_(values)),
    }
    return with_loader_criteria(Scoped, by_kind[scope.kind], include_aliases=True)


class ConfinedSession(Session):
    """A session that is confined for its whole life. Its listeners stand on the class: a request opens several."""

    def __init__(self, bind: Engine, scope: Scope) -> None:
        super().__init__(bind, expire_on_commit=False, info={"scope": scope})


def scope_of(session: Session) -> Scope:
    scope: Scope = session.info["scope"]
    return scope


def mark(connection: Connection, scope: Scope) -> None:
    """Tells the guard what the connection is for, until it goes back to the pool."""
    info = connection.info
    info["restricted"] = scope.is_restricted
    info["may_write"] = info["may_load_columns"] = False


def _mark_connection(session: Session, transaction: Any, connection: Connection) -> None:
    mark(connection, scope_of(session))


def _add_criteria(state: ORMExecuteState) -> Result[Any] | None:
    scope = scope_of(state.session)
    if not scope.is_restricted:
        return None
    if state.is_column_load:
        return _load_columns(state)
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(_loader_criteria(scope))
    return None


def _load_columns(state: ORMExecuteState) -> Result[Any]:
    """Reads columns of a row that this session already holds; SQLAlchemy puts no criteria on such statements."""
    info = state.session.connection().info
    info["may_load_columns"] = True
    try:
        return state.invoke_statement()
    finally:
        info["may_load_columns"] = False


def row_in_scope(row: Any, scope: Scope) -> bool:
    """Whether one row (an object, or a mapping of values) lies within `scope`."""
    if not scope.is_restricted:
        return True
    name = SCOPE_COLUMNS[scope.kind]
    value = row.get(name) if isinstance(row, dict) else getattr(row, name)
    return value in scope.values


def _check_rows(session: Session, context: UOWTransaction, instances: Any) -> None:
    scope = scope_of(session)
    if not scope.is_restricted:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Scoped) and not row_in_scope(row, scope):
            raise OutOfScope(f"{type(row).__name__} lies outside {scope.kind}")
    session.connection().info["may_write"] = True


def _end_flush(session: Session, context: UOWTransaction) -> None:
    if scope_of(session).is_restricted:
        session.connection().info["may_write"] = False


event.listen(ConfinedSession, "after_begin", _mark_connection)
event.listen(ConfinedSession, "do_orm_execute", _add_criteria)
event.listen(ConfinedSession, "before_flush", _check_rows)
event.listen(ConfinedSession, "after_flush", _end_flush)


# --- hot Core statements -----------------------------------------------------------------------------------------


def _within(table: FromClause, name: str) -> ColumnElement[bool]:
    column = table.c.get(name, table.c.id)  # an enterprise's own row is its own enterprise's
    return confined_to(column.in_(bindparam("scope_values", expanding=True)))


def _is_the_one(table: FromClause, name: str) -> ColumnElement[bool]:
    """The same where the scope holds one value, as nearly every scope does: SQL of fixed length can be prepared."""
    column = table.c.get(name, table.c.id)
    return confined_to(column == bindparam("scope_value", type_=column.type))


# As SQLAlchemy writes what an UPDATE sets; a comparison has spaces.
_MOVES = re.compile(rf"\b({'|'.join(sorted(set(SCOPE_COLUMNS.values())))})=")


Build = Callable[[Callable[[FromClause], ColumnElement[bool]]], Select[Any] | Update]


class Confined:
    """A Core SELECT or UPDATE of Scoped tables with its variants per kind of scope, each built once, when it is needed.

    >>> RECENT = Confined(select(Filing.__table__.c.id), Filing.__table__)
    >>> RECENT.execute(session, {"limit": 50})
    """

    def __init__(self, statement: Select[Any] | Update, *tables: FromClause) -> None:
        if not tables:
            raise ValueError("name the Scoped tables of the statement")
        if isinstance(statement, Update) and _MOVES.search(str(statement)):
            raise ValueError("whose row it is is not changed here")
        self._begin(lambda beside: statement.where(*(beside(table) for table in tables)))

    @classmethod
    def nested(cls, build: Build) -> Confined:
        """For statements whose Scoped tables stand in subqueries: `build` is given a test to put beside each table."""
        confined = cls.__new__(cls)
        confined._begin(build)
        return confined

    def _begin(self, build: Build) -> None:
        self._build, self._prepared = build, dict[str, Prepared]()
        self._variants: dict[str, Select[Any] | Update] = {}  # of five kinds a worker meets two or three

    def written_for(self, kind: str) -> Select[Any] | Update:
        """The statement as a reader of this kind of scope sends it."""
        found = self._variants.get(kind)
        if found is None:
            name = "" if kind == "everything" else SCOPE_COLUMNS[kind]  # a kind nobody knows is refused
            found = self._variants[kind] = self._build(lambda table: _within(table, name) if name else true())
        return found

    def execute(self, session: Session, params: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        scope = scope_of(session)
        values = dict(params or {})
        if scope.is_restricted:
            values["scope_values"] = sorted(scope.values, key=str)
        return session.connection().execute(self.written_for(scope.kind), values)

    def rows(
        self, session: Session, params: Mapping[str, Any] | None = None, make: Callable[[Any], Any] | None = None
    ) -> Sequence[Any]:
        """Every row: what `make` makes of its cells, else with its columns as attributes. A scope of one value, or of
        everything, costs least."""
        prepared, values = self._for(session, params)
        if prepared is not None:
            return prepared.rows(session.connection(), values, make)
        found = self.execute(session, params).all()
        return [make(row) for row in found] if make else found

    def mappings(self, session: Session, params: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
        """Every row as a mapping by the names of its columns, whatever they are."""
        prepared, values = self._for(session, params)
        if prepared is None:
            return [dict(row) for row in self.execute(session, params).mappings()]
        rows = prepared.rows(session.connection(), values, list)
        return [dict(zip(prepared.names, row, strict=True)) for row in rows]

    def changed(self, session: Session, params: Mapping[str, Any] | None = None) -> int:
        """How many rows an UPDATE changed."""
        prepared, values = self._for(session, params)
        if prepared is None:
            return self.execute(session, params).rowcount
        return prepared.changed(session.connection(), values)

    def _for(self, session: Session, params: Mapping[str, Any] | None) -> tuple[Prepared | None, Mapping[str, Any]]:
        scope, values = scope_of(session), params or {}
        if scope.is_restricted:
            if len(scope.values) != 1:
                return None, values
            (only,) = scope.values
            values = {**values, "scope_value": only}
        return self._prepared.get(scope.kind) or self._prepare(scope.kind), values

    def _prepare(self, kind: str) -> Prepared:
        if kind == "everything":
            statement = self.written_for(kind)
        else:
            statement = self._build(lambda table: _is_the_one(table, SCOPE_COLUMNS[kind]))
        found = self._prepared[kind] = Prepared(statement)
        return found

    @staticmethod
    def insert(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Inserts plain rows into a Scoped table after checking each against the session's scope."""
        scope = scope_of(session)
        for row in rows:
            if not row_in_scope(row, scope):
                raise OutOfScope(f"a row for {table.name} lies outside {scope.kind}")
        if not rows:
            return
        connection = session.connection()
        before = connection.info.get("may_write", False)
        connection.info["may_write"] = True
        try:
            connection.execute(table.insert(), list(rows))
        finally:
            connection.info["may_write"] = before
