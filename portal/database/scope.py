"""Confinement: what a session may see is decided once, when it is opened, and holds for every statement.

Three layers: criteria on every ORM statement, `Confined` for hot Core statements, and a guard that reads the SQL about
to be sent on a restricted connection and refuses what carries no criterion. A refused statement is a fault of the
programme, not of the user.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
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
from .base import Base
from .columns import Scoped

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


def _mark_connection(session: Session, transaction: Any, connection: Connection) -> None:
    connection.info["restricted"] = scope_of(session).is_restricted
    connection.info["may_write"] = connection.info["may_load_columns"] = False


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


# As SQLAlchemy writes what an UPDATE sets; a comparison has spaces.
_MOVES = re.compile(rf"\b({'|'.join(sorted(set(SCOPE_COLUMNS.values())))})=")


class Confined:
    """A Core SELECT or UPDATE of Scoped tables with its variants per kind of scope built once, at import.

    >>> RECENT = Confined(select(Filing.__table__.c.id), Filing.__table__)
    >>> RECENT.execute(session, {"limit": 50})
    """

    def __init__(self, statement: Select[Any] | Update, *tables: FromClause) -> None:
        if not tables:
            raise ValueError("name the Scoped tables of the statement")
        if isinstance(statement, Update) and _MOVES.search(str(statement)):
            raise ValueError("whose row it is is not changed here")
        self._variants: dict[str, Select[Any] | Update] = {"everything": statement}
        for kind, name in SCOPE_COLUMNS.items():
            self._variants[kind] = statement.where(*(_within(table, name) for table in tables))

    @classmethod
    def nested(cls, build: Callable[[Callable[[FromClause], ColumnElement[bool]]], Select[Any]]) -> Confined:
        """For statements whose Scoped tables stand in subqueries: `build` is given a test to put beside each table."""
        confined = cls.__new__(cls)
        confined._variants = {"everything": build(lambda table: true())}
        for kind, name in SCOPE_COLUMNS.items():
            confined._variants[kind] = build(lambda table, name=name: _within(table, name))  # type: ignore[misc]
        return confined

    def execute(self, session: Session, params: dict[str, Any] | None = None) -> CursorResult[Any]:
        scope = scope_of(session)
        values = dict(params or {})
        if scope.is_restricted:
            values["scope_values"] = sorted(scope.values, key=str)
        return session.connection().execute(self._variants[scope.kind], values)

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


# --- the guard ---------------------------------------------------------------------------------------------------

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_MARK = re.compile(r"/\*scope \"?(\w+)\"?\.\"?\w+\"?\*/")
_WRITE = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
# PostgreSQL names the tables whose rows it locks once more at the end; each stands in FROM already.
_LOCKED = re.compile(r"\bFOR UPDATE OF [\w\", ]+\s*$", re.IGNORECASE)
_WORDS = frozenset(
    "on where set join left right inner outer full cross natural using group order having limit offset union except "
    "intersect values returning for select window default as lateral".split()
)


def scoped_tables() -> frozenset[str]:
    return frozenset(
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Scoped)
    )


class Guard:
    """Reads SQL about to be sent on a restricted connection; a verdict is kept per SQL text."""

    def __init__(self) -> None:
        self._tables: frozenset[str] = frozenset()
        self.verdict = lru_cache(maxsize=4096)(self._verdict)

    def refresh(self) -> None:
        """Takes note of the tables that are Scoped; called once every room is imported."""
        tables = scoped_tables()
        if tables != self._tables:
            self._tables = tables
            self.verdict.cache_clear()

    def _verdict(self, sql: str) -> str | None:
        """None when the statement is confined, `write` when only a checked flush may send it, else the offence."""
        text = _LITERAL.sub("''", sql)
        lowered = text.lower()
        named = {t for t in self._tables if re.search(rf"\b{t}\b", lowered)}
        if not named:
            return None
        marks = Counter(_MARK.findall(text))
        body = _LOCKED.sub("", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
        standing = _aliases(body, named)
        missing = standing - marks
        write = _WRITE.match(body)
        target = write[1].lower() if write else None
        if target in named and set(missing) <= {target} and missing[target] <= 1:
            return "write" if missing or body.lstrip()[:6].lower() == "insert" else None
        if missing or not standing:
            return f"no scope on {sorted(missing or named)}"
        return None


def _aliases(sql: str, named: Iterable[str]) -> Counter[str]:
    """How often each name of one of the `named` tables stands in FROM, JOIN, UPDATE or a comma list."""
    found: Counter[str] = Counter()
    for table in named:
        pattern = rf"(?<![\w.\"])\"?{table}\"?(?!\w|\"?\s*\.)(?:\s+(?:AS\s+)?\"?(\w+)\"?)?"
        for match in re.finditer(pattern, sql, re.IGNORECASE):
            before = sql[: match.start()].rstrip().lower()
            if not before.endswith(("from", "join", "update", "using", "into", ",", "(")):
                continue
            alias = match[1]
            found[table if alias is None or alias.lower() in _WORDS else alias] += 1
    return found


GUARD = Guard()


def install_guard(engine: Engine) -> None:
    """Puts the guard on every statement of `engine`. A connection nobody marked counts as restricted."""

    @event.listens_for(engine, "before_cursor_execute")
    def _inspect(connection: Connection, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if not connection.info.get("restricted", True):
            return
        verdict = GUARD.verdict(sql)
        if verdict is None or (verdict == "write" and connection.info.get("may_write", False)):
            return
        if connection.info.get("may_load_columns", False):
            return
        raise OutOfScope(f"refused on a restricted connection ({verdict}): {sql[:300]}")

    @event.listens_for(engine.pool, "checkin")
    def _forget(dbapi_connection: Any, record: Any) -> None:
        for mark in ("restricted", "may_write", "may_load_columns"):
            record.info.pop(mark, None)
