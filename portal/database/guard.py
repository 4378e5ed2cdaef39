"""The guard: reads the SQL about to be sent on a restricted connection and refuses what carries no criterion of scope.

A refused statement is a fault of the programme, not of the user.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from .base import Base
from .columns import Scoped
from .scope import OutOfScope

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
