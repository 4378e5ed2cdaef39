"""Where a case stands in the list it was opened from: the one before, the one after, the how-manyth of how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement

from ..casework.models import Case
from ..database.scope import Confined
from ..enterprises.models import Enterprise
from ..kernel.workflow import IN_REVIEW
from .queries import NEWEST_FIRST, Beside, Shape, asked, belongs, due_column, named_as_in, shape_of
from .rules import COUNT_CAP, Tab, View, section_of


@dataclass(frozen=True, slots=True)
class Place:
    """`number` of `count`, from 1; both None where the case itself is not (or no longer) one of the list, or the list
    is longer than is counted."""

    previous_id: int | None = None
    next_id: int | None = None
    number: int | None = None
    count: int | None = None


def place_of(session: Session, case: Case, today: date, *, view: View | None = None, me: int | None = None) -> Place:
    """In the list the case was opened from; a waiting case opened from no list of its own stands in all that wait.

    One statement, and none for a case of no list.
    """
    view, waits = view or View(), case.state in IN_REVIEW
    if case.state not in view.tab.states and not (waits and view.tab.states <= IN_REVIEW):
        if not waits:
            return Place()
        view = View()
    shape = shape_of(section_of(case.kind), view.tab, view.filters)
    at = (case.reply_due_on if view.tab is Tab.RETURNED else case.due_on) or date.min
    values = asked(view.filters, me, today) | {"own_day": at, "own_id": case.id}
    row = _place(shape).execute(session, values).one()
    is_counted = row.own and row.others <= COUNT_CAP
    return Place(
        row.previous, row.following, row.before + 1 if is_counted else None, row.others if is_counted else None
    )


@cache
def _place(shape: Shape) -> Confined:
    """Walks along the index that the list itself is read by, each no longer than the cap."""

    def build(beside: Beside) -> Select[Any]:
        previous, following, own, before, others = (_members(name, shape, beside) for name in "pfobn")
        is_own = own.table.c.id == bindparam("own_id", type_=own.table.c.id.type)
        return select(
            previous.nearest(is_after=False).label("previous"),
            following.nearest(is_after=True).label("following"),
            own.rows.where(is_own).scalar_subquery().label("own"),
            _counted(before.rows.where(before.is_before), "n_before").label("before"),
            _counted(others.rows, "n_all").label("others"),
        )

    return Confined.nested(build)


@dataclass(frozen=True, slots=True)
class _Members:
    """The cases of the list under an alias of their own, beside the case that is asked about."""

    table: Any
    rows: Select[Any]
    order: tuple[Any, ...]
    backwards: tuple[Any, ...]
    is_before: ColumnElement[bool]
    is_after: ColumnElement[bool]

    def nearest(self, *, is_after: bool) -> Any:
        side, order = (self.is_after, self.order) if is_after else (self.is_before, self.backwards)
        return self.rows.where(side).order_by(*order).limit(1).scalar_subquery()


def _members(name: str, shape: Shape, beside: Beside) -> _Members:
    table, known = Case.__table__.alias(name), Enterprise.__table__.alias(f"{name}e")
    rows = select(table.c.id).where(*belongs(table, known, shape), beside(table))
    if shape.has_text:
        rows = rows.select_from(table.outerjoin(known, named_as_in(table, known) & beside(known)))
    at, number = due_column(table, shape.tab), table.c.id
    key = tuple_(at, number)
    own = tuple_(bindparam("own_day", type_=Date()), bindparam("own_id", type_=number.type))
    upwards, downwards = (at, number), (at.desc(), number.desc())
    if shape.tab in NEWEST_FIRST:
        return _Members(table, rows, downwards, upwards, key > own, key < own)
    return _Members(table, rows, upwards, downwards, key < own, key > own)


def _counted(rows: Select[Any], name: str) -> Any:
    return select(func.count()).select_from(rows.limit(COUNT_CAP + 1).subquery(name)).scalar_subquery()
