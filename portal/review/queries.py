"""Reads of the desk: the queue's page, its counts, the next case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Date, FromClause, Integer, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement

from ..accounts.models import Account
from ..casework.models import Case, Remark
from ..catalogue.entries import Entry
from ..catalogue.queries import catalogue_at, catalogue_today, version
from ..catalogue.snapshot import Catalogue
from ..database.scope import Confined
from ..kernel.bilingual import Bilingual, both
from ..kernel.period import Quarter
from ..kernel.workflow import IN_REVIEW, Kind, State
from .rules import COUNT_CAP, SOON_DAYS, Due, Filters, Flags, Section, Tab, section_of

PAGE = 50
Beside = Callable[[FromClause], ColumnElement[bool]]
Position = tuple[date, int]
FIRST: Position = (date.min, 0)
LAST: Position = (date.max, 2**62)
NEWEST_FIRST = frozenset({Tab.APPROVED, Tab.CLOSED})


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `due_on` is the office's day, or the enterprise's for a returned case."""

    id: int
    kind: Kind
    state: State
    version: int
    quarter: int | None
    enterprise_name: str
    credit_code: str
    county: str
    chain: str
    segment: str
    flags: int
    headline: Decimal | None
    headline_growth: Decimal | None
    submitted_at: datetime | None
    due_on: date | None
    is_late: bool
    claimed_by_id: int | None
    reviewer: str | None
    questions: int

    @property
    def is_open(self) -> bool:
        return self.state in IN_REVIEW


def _among(column: Any, members: Iterable[Enum]) -> ColumnElement[bool]:
    # Written into the SQL, not bound: only then can SQLite prove that the partial index serves.
    values = sorted(members, key=lambda member: str(member.value))
    test: ColumnElement[bool] = column.in_(bindparam(None, values, expanding=True, literal_execute=True, unique=True))
    return test


def _stands(table: Any, section: Section, tab: Tab) -> list[ColumnElement[bool]]:
    tests = [_among(table.c.kind, section.kinds), _among(table.c.state, tab.states)]
    if tab is Tab.MINE:
        tests.append(table.c.claimed_by_id == bindparam("me", type_=table.c.claimed_by_id.type))
    if tab is Tab.OVERDUE:
        tests.append(table.c.due_on < bindparam("today", type_=Date()))
    return tests


def _due(table: Any, tab: Tab) -> Any:
    return table.c.reply_due_on if tab is Tab.RETURNED else table.c.due_on


# --- the rows ----------------------------------------------------------------------------------------------------


@cache
def _rows(
    section: Section, tab: Tab, has_text: bool, has_chain: bool, has_quarter: bool, flags: Flags, due: Due
) -> Confined:
    """The statement of one list, built once: the parts that a filter adds are in its shape, never its values."""
    table = Case.__table__.alias("c")
    asked = Remark.__table__.alias("r")
    at = _due(table, tab)

    def build(beside: Beside) -> Select[Any]:
        questions = (
            select(func.count())
            .select_from(asked)
            .where(
                asked.c.case_id == table.c.id,
                asked.c.author_side == "officer",
                asked.c.reply.is_(None),
                asked.c.closed_at.is_(None),
                beside(asked),
            )
        )
        names = [name for name in QueueRow.__dataclass_fields__ if name not in ("due_on", "reviewer", "questions")]
        statement = (
            select(
                *(table.c[name] for name in names),
                at.label("due_on"),
                Account.__table__.c.display_name.label("reviewer"),
                questions.scalar_subquery().label("questions"),
            )
            .select_from(table.outerjoin(Account.__table__, Account.__table__.c.id == table.c.claimed_by_id))
            .where(
                *_stands(table, section, tab), *_wanted(table, has_text, has_chain, has_quarter, flags), beside(table)
            )
            .where(*_due_between(at, due))
        )
        return _ordered(statement, table, at, tab in NEWEST_FIRST)

    return Confined.nested(build)


def _ordered(statement: Select[Any], table: Any, at: Any, newest_first: bool) -> Select[Any]:
    key = tuple_(at, table.c.id)
    mark = tuple_(bindparam("after_day", type_=Date()), bindparam("after_id", type_=table.c.id.type))
    if newest_first:
        statement = statement.where(key < mark).order_by(at.desc(), table.c.id.desc())
    else:
        statement = statement.where(key > mark).order_by(at, table.c.id)
    return statement.limit(bindparam("size", type_=Integer()))


def _wanted(table: Any, has_text: bool, has_chain: bool, has_quarter: bool, flags: Flags) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if has_text:
        sought = bindparam("sought", type_=table.c.enterprise_name.type)
        tests.append(
            func.lower(table.c.enterprise_name).like(sought, escape="\\")
            | func.lower(table.c.credit_code).like(sought, escape="\\")
        )
    if has_chain:
        tests.append(table.c.chain == bindparam("chain", type_=table.c.chain.type))
    if has_quarter:
        tests.append(table.c.quarter == bindparam("quarter", type_=Integer()))
    if flags is not Flags.ANY:
        tests.append(table.c.flags > 0 if flags is Flags.FLAGGED else table.c.flags == 0)
    return tests


def _due_between(at: Any, due: Due) -> list[ColumnElement[bool]]:
    today, soon = bindparam("today", type_=Date()), bindparam("soon", type_=Date())
    tests: dict[Due, list[ColumnElement[bool]]] = {
        Due.ANY: [],
        Due.OVERDUE: [at < today],
        Due.SOON: [at >= today, at <= soon],
        Due.LATER: [at > soon],
    }
    return tests[due]


def queue(
    session: Session,
    section: Section,
    tab: Tab,
    *,
    me: int | None,
    today: date,
    filters: Filters | None = None,
    after: Position | None = None,
    size: int = PAGE,
) -> Sequence[QueueRow]:
    """Up to `size` rows after the position `after`, by due day (newest first where all is decided)."""
    filters = filters or Filters()
    start = after or (LAST if tab in NEWEST_FIRST else FIRST)
    asks = bool(filters.text), bool(filters.chain), filters.quarter is not None
    statement = _rows(section, tab, *asks, filters.flags, filters.due)
    values = {
        "me": me,
        "today": today,
        "soon": today + timedelta(days=SOON_DAYS),
        "sought": f"%{_escaped(filters.text.lower())}%",
        "chain": filters.chain,
        "quarter": filters.quarter.code if filters.quarter else None,
        "after_day": start[0],
        "after_id": start[1],
        "size": size,
    }
    return [QueueRow(**row) for row in statement.execute(session, values).mappings()]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def next_case_id(session: Session, kind: Kind, due_on: date | None, case_id: int, today: date) -> int | None:
    """The case after this one in its list of all that waits."""
    rows = queue(session, section_of(kind), Tab.ALL, me=None, today=today, after=(due_on or date.min, case_id), size=1)
    return rows[0].id if rows else None


# --- the counts --------------------------------------------------------------------------------------------------


def _count_all(beside: Beside) -> Select[Any]:
    columns = []
    for section in Section:
        for tab in Tab:
            table = Case.__table__.alias(f"{section.value}_{tab.value}")
            found = select(table.c.id).where(*_stands(table, section, tab), beside(table)).limit(COUNT_CAP + 1)
            number = select(func.count()).select_from(found.subquery(f"n_{section.value}_{tab.value}"))
            columns.append(number.scalar_subquery().label(f"{section.value}.{tab.value}"))
    return select(*columns)


_COUNTS = Confined.nested(_count_all)
Counts = dict[tuple[Section, Tab], int]


def counts(session: Session, me: int | None, today: date) -> Counts:
    """How many cases each tab of each section holds, counted up to one above COUNT_CAP. One statement a session."""
    kept: Counts | None = session.info.get("review_counts")
    if kept is None:
        row = _COUNTS.execute(session, {"me": me, "today": today}).mappings().one()
        kept = {(section, tab): row[f"{section.value}.{tab.value}"] for section in Section for tab in Tab}
        session.info["review_counts"] = kept
    return kept


def waiting(session: Session, me: int | None, today: date) -> dict[str, int]:
    """What waits in each section, by its name: for the side navigation."""
    found = counts(session, me, today)
    return {section.value: found[section, Tab.ALL] for section in Section}


@dataclass(frozen=True, slots=True)
class Names:
    """What chains, segments and units are called in the quarter a page is about, by code."""

    chains: Mapping[str, Bilingual]
    segments: Mapping[str, Bilingual]
    units: Mapping[str, Bilingual]

    def chain(self, code: str) -> Bilingual:
        return self.chains.get(code) or both(code)

    def segment(self, code: str) -> Bilingual:
        return self.segments.get(code) or both(code)

    def unit(self, code: str) -> Bilingual:
        return self.units.get(code) or both(code)


def names_of(catalogue: Catalogue) -> Names:
    kinds: tuple[Mapping[str, Entry], ...] = (catalogue.chains, catalogue.segments, catalogue.units)
    return Names(*({code: entry.title for code, entry in entries.items()} for entries in kinds))


def names_then(session: Session, quarters: Iterable[int | None], stamp: str | None = None) -> dict[int | None, Names]:
    """The names of each quarter (None: today's) as they were then: an earlier quarter keeps its old ones.

    One statement, and none with the `stamp` of a catalogue read before.
    """
    stamp = version(session) if stamp is None else stamp
    return {
        code: names_of(
            catalogue_today(session, stamp) if code is None else catalogue_at(session, Quarter.from_code(code), stamp)
        )
        for code in {None, *quarters}
    }
