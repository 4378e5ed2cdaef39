"""Where a case stands in the list it was opened from: the one before, the one after, the how-manyth of how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..database.scope import Confined
from ..kernel.workflow import IN_REVIEW
from .queries_list import Beside, Shape, asked, counted_rows, members, shape_of, soon_of
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

    One statement (and the calendar's, where the list is filtered by what is near), and none for a case of no list.
    """
    view, waits = view or View(), case.state in IN_REVIEW
    if case.state not in view.tab.states and not (waits and view.tab.states <= IN_REVIEW):
        if not waits:
            return Place()
        view = View()
    shape = shape_of(section_of(case.kind), view.tab, view.filters)
    at = (case.reply_due_on if view.tab is Tab.RETURNED else case.due_on) or date.min
    values = asked(view.filters, me, today, soon_of(session, view.filters, today))
    values |= {"own_day": at, "own_id": case.id}
    row = _place(shape).execute(session, values).one()
    is_counted = row.own and row.others <= COUNT_CAP
    return Place(
        row.previous, row.following, row.before + 1 if is_counted else None, row.others if is_counted else None
    )


@cache
def _place(shape: Shape) -> Confined:
    """Walks along the index that the list itself is read by, each no longer than the cap."""

    def build(beside: Beside) -> Select[Any]:
        previous, following, own, earlier, others = (members(name, shape, beside) for name in "pfobn")
        is_own = own.table.c.id == bindparam("own_id", type_=own.table.c.id.type)
        mark = "own_day", "own_id"
        return select(
            _first(previous.rows.where(previous.before(*mark)), previous.order(backwards=True)).label("previous"),
            _first(following.rows.where(following.after(*mark)), following.order()).label("following"),
            own.rows.where(is_own).scalar_subquery().label("own"),
            counted_rows(earlier.rows.where(earlier.before(*mark)), "n_before").label("before"),
            counted_rows(others.rows, "n_all").label("others"),
        )

    return Confined.nested(build)


def _first(rows: Select[Any], order: tuple[Any, Any]) -> Any:
    return rows.order_by(*order).limit(1).scalar_subquery()
