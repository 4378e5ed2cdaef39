"""The deed that locks a county's quarter, and the one that takes the lock back.

The lock stands on every case of the quarter, because whoever moves a case holds its row: a filing that is being sent
and a quarter that is being accepted wait for each other there. What has no case yet waits at the quarter's window.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..kernel.clock import local, now
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import Kind
from .models_lock import QuarterAcceptance
from .rules import Window


def held_window(session: Session, quarter: Quarter, *, alone: bool = False) -> Window:
    """The quarter's window, held until the transaction ends: shared by those who begin filings, `alone` by whoever
    locks the quarter. Raises Missing where no window was ever opened."""
    statement = select(FilingWindow).where(FilingWindow.quarter == quarter.code)
    row = session.scalars(
        statement.with_for_update(read=not alone).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise Missing()
    return Window(row.opens_at, row.due_on, row.locks_on)


def hold_cases(session: Session, quarter: Quarter, county: str) -> None:
    """Waits for whoever moves one of the county's filings, and keeps everybody else from it until the end."""
    session.execute(select(Case.id).where(*_cases(quarter, county)).order_by(Case.id).with_for_update()).all()


def lock_quarter(
    session: Session, actor: Actor, quarter: Quarter, county: str, *, due: int, approved: int
) -> QuarterAcceptance:
    """Accepts the quarter for the county and locks its filings. Window and cases must be held by the caller."""
    at = now()
    row = QuarterAcceptance(
        quarter=quarter.code,
        county=county,
        due=due,
        approved=approved,
        missing=due - approved,
        accepted_at=at,
        accepted_by_id=actor.account_id,
        accepted_by_name=actor.name,
    )
    session.add(row)
    session.flush()
    _mark(session, quarter, county, local(at).date())
    return row


def unlock_quarter(session: Session, actor: Actor, row: QuarterAcceptance, reason: str, *, was_released: bool) -> None:
    """Takes an acceptance back; its row stays, with the reason."""
    row.taken_back_at, row.taken_back_by_id, row.taken_back_by_name = now(), actor.account_id, actor.name
    row.taken_back_reason, row.was_released = reason, was_released
    session.flush()
    _mark(session, row.period, row.county, None)


def _mark(session: Session, quarter: Quarter, county: str, day: date | None) -> None:
    session.execute(
        update(Case).where(*_cases(quarter, county)).values(locked_on=day).execution_options(synchronize_session=False)
    )


def _cases(quarter: Quarter, county: str) -> tuple[ColumnElement[bool], ...]:
    return Case.kind == Kind.FILING, Case.quarter == quarter.code, Case.county == county
