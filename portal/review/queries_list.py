"""What makes a case one of a list: the parts of statements that the desk's reads of lists share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Date, FromClause, Integer, Select, bindparam, func, literal_column, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement

from ..casework.models import Case
from ..catalogue.queries import work_calendar
from ..enterprises.models import Enterprise
from ..kernel.workflow import Kind
from ..support.models import Application, ApplicationStep
from .rules import COUNT_CAP, NEAR, SOON_DAYS, Due, Filters, Flags, Section, Tab

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
    matter: Kind | None = None
    has_policy: bool = False
    is_numbered: bool = False  # whether it says how many rows stand before, and in the list


def among(column: Any, members: Iterable[Enum]) -> ColumnElement[bool]:
    # Written into the SQL, not bound: only then can SQLite prove that the partial index serves. Our own words alone.
    values = sorted(f"'{member.value}'" for member in members)
    test: ColumnElement[bool] = column.in_([literal_column(value, column.type) for value in values])
    return test


def stands(table: Any, section: Section, tab: Tab) -> list[ColumnElement[bool]]:
    tests = [among(table.c.kind, section.kinds), among(table.c.state, tab.states)]
    if tab is Tab.MINE:
        tests.append(table.c.claimed_by_id == bindparam("me", type_=table.c.claimed_by_id.type))
    if tab is Tab.OVERDUE:
        tests.append(table.c.due_on < bindparam("today", type_=Date()))
    return tests


def due_column(table: Any, tab: Tab) -> Any:
    return table.c.reply_due_on if tab is Tab.RETURNED else table.c.due_on


def named_as_in(table: Any, known: Any) -> ColumnElement[bool]:
    """The register's enterprise of a case, while it is called what it is called there."""
    is_its: ColumnElement[bool] = (known.c.id == table.c.enterprise_id) & (known.c.name_zh == table.c.enterprise_name)
    return is_its


def belongs(table: Any, known: Any, shape: Shape, beside: Beside) -> list[ColumnElement[bool]]:
    """What makes a case one of the list; `known` is looked at only where the list is searched for a text."""
    tests = stands(table, shape.section, shape.tab)
    if shape.matter is not None:
        tests.append(among(table.c.kind, [shape.matter]))
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
    if shape.has_policy:
        tests.append(_of_policy(table, beside))
    return [*tests, *_due_between(due_column(table, shape.tab), shape.due)]


def _of_policy(table: Any, beside: Beside) -> ColumnElement[bool]:
    step, applied = ApplicationStep.__table__.alias(f"{table.name}s"), Application.__table__.alias(f"{table.name}a")
    found = select(step.c.case_id).join(applied, applied.c.id == step.c.application_id)
    is_asked = applied.c.policy_code == bindparam("policy", type_=applied.c.policy_code.type)
    test: ColumnElement[bool] = table.c.id.in_(found.where(is_asked, beside(step), beside(applied)))
    return test


def _due_between(at: Any, due: Due) -> list[ColumnElement[bool]]:
    today, soon = bindparam("today", type_=Date()), bindparam("soon", type_=Date())
    tests: dict[Due, list[ColumnElement[bool]]] = {
        Due.ANY: [],
        Due.OVERDUE: [at < today],
        Due.SOON: [at >= today, at <= soon],
        Due.LATER: [at > soon],
    }
    return tests[due]


def shape_of(section: Section, tab: Tab, filters: Filters, *, is_numbered: bool = False) -> Shape:
    asks = bool(filters.text), bool(filters.chain), filters.quarter is not None
    matter = filters.matter if filters.matter in section.matters else None
    has_policy = bool(filters.policy) and section is Section.APPLICATION
    return Shape(section, tab, *asks, filters.flags, filters.due, matter, has_policy, is_numbered)


def asked(filters: Filters, me: int | None, today: date, soon: date) -> dict[str, Any]:
    """The values that the tests of `belongs` are bound to; `soon` is the last day that counts as near."""
    return {
        "me": me,
        "today": today,
        "soon": soon,
        "sought": f"%{_escaped(filters.text.lower())}%",
        "chain": filters.chain,
        "quarter": filters.quarter.code if filters.quarter else None,
        "policy": filters.policy,
    }


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def soon_of(session: Session, filters: Filters, today: date) -> date:
    """The last day that is near, in working days as on every deadline. A statement only where the filter asks."""
    if filters.due not in NEAR:
        return today
    return work_calendar(session).last_day_within(today, SOON_DAYS)


@dataclass(frozen=True, slots=True)
class Members:
    """The cases of a list under an alias of their own. A `mark` is a position (due day, id) bound by two names."""

    table: Any
    rows: Select[Any]
    shape: Shape

    def before(self, day: str, number: str, *, inclusive: bool = False) -> ColumnElement[bool]:
        """Those that stand before the mark (with the one at it) in the list's own order."""
        key, mark = self._key, self._mark(day, number)
        if self.shape.tab in NEWEST_FIRST:
            newer: ColumnElement[bool] = key >= mark if inclusive else key > mark
            return newer
        earlier: ColumnElement[bool] = key <= mark if inclusive else key < mark
        return earlier

    def after(self, day: str, number: str) -> ColumnElement[bool]:
        key, mark = self._key, self._mark(day, number)
        test: ColumnElement[bool] = key < mark if self.shape.tab in NEWEST_FIRST else key > mark
        return test

    @property
    def _key(self) -> Any:
        return tuple_(due_column(self.table, self.shape.tab), self.table.c.id)

    def order(self, *, backwards: bool = False) -> tuple[Any, Any]:
        at, number = due_column(self.table, self.shape.tab), self.table.c.id
        return (at.desc(), number.desc()) if backwards is not (self.shape.tab in NEWEST_FIRST) else (at, number)

    def _mark(self, day: str, number: str) -> Any:
        return tuple_(bindparam(day, type_=Date()), bindparam(number, type_=self.table.c.id.type))


def members(name: str, shape: Shape, beside: Beside) -> Members:
    table, known = Case.__table__.alias(name), Enterprise.__table__.alias(f"{name}e")
    rows = select(table.c.id).where(*belongs(table, known, shape, beside), beside(table))
    if shape.has_text:
        rows = rows.select_from(table.outerjoin(known, named_as_in(table, known) & beside(known)))
    return Members(table, rows, shape)


def counted_rows(rows: Select[Any], name: str) -> Any:
    """How many, counted up to one above the cap: never a whole table."""
    return select(func.count()).select_from(rows.limit(COUNT_CAP + 1).subquery(name)).scalar_subquery()
