"""Reads of the desk: the queue's page, its counts, the next case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Date, FromClause, Integer, Select, bindparam, func, literal_column, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement

from ..accounts.models import Account
from ..casework.models import Case, Remark
from ..database.scope import Confined
from ..enterprises.models import Enterprise
from ..filing.models import FilingVersion
from ..kernel.workflow import IN_REVIEW, Kind, State
from .rules import COUNT_CAP, SOON_DAYS, Due, Filters, Flags, Section, Tab

PAGE = 50
Beside = Callable[[FromClause], ColumnElement[bool]]
Position = tuple[date, int]
FIRST: Position = (date.min, 0)
LAST: Position = (date.max, 2**62)
NEWEST_FIRST = frozenset({Tab.APPROVED, Tab.CLOSED})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list's statement is made of: which list, and which filters are set - never their values."""

    section: Section
    tab: Tab
    has_text: bool
    has_chain: bool
    has_quarter: bool
    flags: Flags
    due: Due


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `due_on` is the office's day, or the enterprise's for a returned case.

    `enterprise_name_en` is the enterprise's English name while its Chinese one is that of the case. `flag_keys` are of
    the newest submission, by the `edition` and `rule_set` it was checked by.
    """

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
    enterprise_name_en: str | None = None
    flag_keys: list[str] | None = None
    edition: str | None = None
    rule_set: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in IN_REVIEW


def _among(column: Any, members: Iterable[Enum]) -> ColumnElement[bool]:
    # Written into the SQL, not bound: only then can SQLite prove that the partial index serves. Our own words alone.
    values = sorted(f"'{member.value}'" for member in members)
    test: ColumnElement[bool] = column.in_([literal_column(value, column.type) for value in values])
    return test


def _stands(table: Any, section: Section, tab: Tab) -> list[ColumnElement[bool]]:
    tests = [_among(table.c.kind, section.kinds), _among(table.c.state, tab.states)]
    if tab is Tab.MINE:
        tests.append(table.c.claimed_by_id == bindparam("me", type_=table.c.claimed_by_id.type))
    if tab is Tab.OVERDUE:
        tests.append(table.c.due_on < bindparam("today", type_=Date()))
    return tests


def due_column(table: Any, tab: Tab) -> Any:
    return table.c.reply_due_on if tab is Tab.RETURNED else table.c.due_on


# --- the rows ----------------------------------------------------------------------------------------------------


@cache
def _rows(shape: Shape) -> Confined:
    """The statement of one list, built once: the parts that a filter adds are in its shape, never its values."""
    table, section, tab = Case.__table__.alias("c"), shape.section, shape.tab
    known, at = Enterprise.__table__.alias("e"), due_column(table, tab)

    def build(beside: Beside) -> Select[Any]:
        source: Any = table.outerjoin(Account.__table__, Account.__table__.c.id == table.c.claimed_by_id)
        source = source.outerjoin(known, named_as_in(table, known) & beside(known))
        others: dict[str, Any] = {
            "due_on": at.label("due_on"),
            "reviewer": Account.__table__.c.display_name.label("reviewer"),
            "questions": _questions(table, beside).label("questions"),
            "enterprise_name_en": known.c.name_en.label("enterprise_name_en"),
        }
        if section is Section.FILING:
            sent, is_newest = _newest(table, beside)
            source = source.outerjoin(sent, is_newest)
            said = sent.c.content
            others["flag_keys"] = said["flags"].as_json().label("flag_keys")
            others |= {name: said[name].as_string().label(name) for name in ("edition", "rule_set")}
        names = [name for name in QueueRow.__dataclass_fields__ if name in others or name in table.c]
        statement = (
            select(*(others[name] if name in others else table.c[name] for name in names))  # in the row's own order
            .select_from(source)
            .where(*belongs(table, known, shape), beside(table))
        )
        return _ordered(statement, table, at, tab in NEWEST_FIRST)

    return Confined.nested(build)


def _questions(table: Any, beside: Beside) -> Any:
    """How many questions the enterprise has not answered."""
    asked = Remark.__table__.alias("r")
    is_open = (asked.c.author_side == "officer", asked.c.reply.is_(None), asked.c.closed_at.is_(None))
    found = select(func.count()).select_from(asked).where(asked.c.case_id == table.c.id, *is_open, beside(asked))
    return found.scalar_subquery()


def _newest(table: Any, beside: Beside) -> tuple[Any, ColumnElement[bool]]:
    """The newest submission of a flagged filing, and what joins it: a clean one has no flags to be named."""
    sent, other = FilingVersion.__table__.alias("v"), FilingVersion.__table__.alias("o")
    number = select(func.max(other.c.number)).where(other.c.case_id == table.c.id, beside(other)).scalar_subquery()
    return sent, (table.c.flags > 0) & (sent.c.case_id == table.c.id) & (sent.c.number == number) & beside(sent)


def _ordered(statement: Select[Any], table: Any, at: Any, newest_first: bool) -> Select[Any]:
    key = tuple_(at, table.c.id)
    mark = tuple_(bindparam("after_day", type_=Date()), bindparam("after_id", type_=table.c.id.type))
    if newest_first:
        statement = statement.where(key < mark).order_by(at.desc(), table.c.id.desc())
    else:
        statement = statement.where(key > mark).order_by(at, table.c.id)
    return statement.limit(bindparam("size", type_=Integer()))


def named_as_in(table: Any, known: Any) -> ColumnElement[bool]:
    """The register's enterprise of a case, while it is called what it is called there."""
    is_its: ColumnElement[bool] = (known.c.id == table.c.enterprise_id) & (known.c.name_zh == table.c.enterprise_name)
    return is_its


def belongs(table: Any, known: Any, shape: Shape) -> list[ColumnElement[bool]]:
    """What makes a case one of the list; `known` is looked at only where the list is searched for a text."""
    tests = _stands(table, shape.section, shape.tab)
    if shape.has_text:
        sought = bindparam("sought", type_=table.c.enterprise_name.type)
        tests.append(
            func.lower(table.c.enterprise_name).like(sought, escape="\\")
            | func.lower(table.c.credit_code).like(sought, escape="\\")
            | func.lower(known.c.name_en).like(sought, escape="\\")
        )
    if shape.has_chain:
        tests.append(table.c.chain == bindparam("chain", type_=table.c.chain.type))
    if shape.has_quarter:
        tests.append(table.c.quarter == bindparam("quarter", type_=Integer()))
    if shape.flags is not Flags.ANY:
        tests.append(table.c.flags > 0 if shape.flags is Flags.FLAGGED else table.c.flags == 0)
    return [*tests, *_due_between(due_column(table, shape.tab), shape.due)]


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
    values = {**asked(filters, me, today), "after_day": start[0], "after_id": start[1], "size": size}
    statement = _rows(shape_of(section, tab, filters))
    return [QueueRow(*row) for row in statement.execute(session, values)]  # type: ignore[call-arg]


def shape_of(section: Section, tab: Tab, filters: Filters) -> Shape:
    asks = bool(filters.text), bool(filters.chain), filters.quarter is not None
    return Shape(section, tab, *asks, filters.flags, filters.due)


def asked(filters: Filters, me: int | None, today: date) -> dict[str, Any]:
    """The values that the tests of `belongs` are bound to."""
    return {
        "me": me,
        "today": today,
        "soon": today + timedelta(days=SOON_DAYS),
        "sought": f"%{_escaped(filters.text.lower())}%",
        "chain": filters.chain,
        "quarter": filters.quarter.code if filters.quarter else None,
    }


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- the counts --------------------------------------------------------------------------------------------------


def _count_each(lists: Sequence[tuple[Section, Tab]]) -> Callable[[Beside], Select[Any]]:
    """One statement that counts each of the lists up to one above the cap, each along the index of its rows."""

    def build(beside: Beside) -> Select[Any]:
        columns = []
        for section, tab in lists:
            name = f"{section.value}_{tab.value}"
            table = Case.__table__.alias(name)
            found = select(table.c.id).where(*_stands(table, section, tab), beside(table)).limit(COUNT_CAP + 1)
            number = select(func.count()).select_from(found.subquery(f"n_{name}"))
            columns.append(number.scalar_subquery().label(f"{section.value}.{tab.value}"))
        return select(*columns)

    return build


EACH_LIST = _count_each([(section, tab) for section in Section for tab in Tab])
_COUNTS = Confined.nested(EACH_LIST)
_WAITING = Confined.nested(_count_each([(section, Tab.ALL) for section in Section]))
Counts = dict[tuple[Section, Tab], int]


def counts(session: Session, me: int | None, today: date) -> Counts:
    """How many cases each tab of each section holds, counted up to one above COUNT_CAP. One statement a session."""
    kept: Counts | None = session.info.get("review_counts")
    if kept is None:
        row = _COUNTS.execute(session, {"me": me, "today": today}).mappings().one()
        kept = session.info["review_counts"] = by_list(row)
    return kept


def by_list(row: Mapping[Any, Any]) -> Counts:
    return {(section, tab): row[f"{section.value}.{tab.value}"] for section in Section for tab in Tab}


def waiting(session: Session, me: int | None, today: date) -> dict[str, int]:
    """What waits in each section, by its name: for the side navigation, which stands on every page of an officer."""
    kept: Counts | None = session.info.get("review_counts")
    if kept is not None:
        return {section.value: kept[section, Tab.ALL] for section in Section}
    row = _WAITING.execute(session).mappings().one()
    return {section.value: row[f"{section.value}.all"] for section in Section}
