"""Deeds on filing windows: open one with its computed dates, extend it with a reason."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import ZONE, now
from ..kernel.errors import Illegal, Invalid, Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .deadlines import due_on, locks_on
from .models import FilingWindow
from .queries import catalogue_at, window, work_calendar
from .rules import extension_fault, reason_faults

_OPEN = Bilingual("{quarter}的报送期已经开启。", "The window of {quarter} has been opened already.")
_CANNOT = Bilingual("报送期没有延长。", "The window was not extended.")


def open_window(session: Session, actor: Actor, quarter: Quarter, *, opens_at: datetime | None = None) -> FilingWindow:
    """Opens the window of `quarter` with the catalogue's dates and form edition.

    It takes filings from the first day after the quarter, or from now when that is past, unless `opens_at` says
    otherwise. Raises Illegal when it was opened before.
    """
    if window(session, quarter) is not None:
        raise Illegal("window-open", _OPEN.fill(quarter=quarter.title))
    schedule, calendar = catalogue_at(session, quarter).schedule, work_calendar(session)
    first = datetime.combine((quarter + 1).first_day, time(0), ZONE)
    due = due_on(calendar, schedule, quarter)
    made = FilingWindow(
        quarter=quarter.code,
        opens_at=opens_at or max(first, now()),
        due_on=due,
        first_due_on=due,
        locks_on=locks_on(calendar, schedule, quarter),
        edition=schedule.edition,
        opened_by_id=actor.account_id,
    )
    session.add(made)
    session.flush()
    return made


def extend_window(
    session: Session, actor: Actor, quarter: Quarter, new_due_on: date | None, reason: str
) -> FilingWindow:
    """Moves the due day to a later working day; the lock never falls before it. Raises Missing or Invalid."""
    found = session.scalars(select(FilingWindow).where(FilingWindow.quarter == quarter.code).with_for_update()).first()
    if found is None:
        raise Missing
    faults = reason_faults(reason)
    fault = extension_fault(new_due_on, found.due_on, work_calendar(session))
    if fault is not None:
        faults["due_on"] = fault
    if new_due_on is None or faults:
        raise Invalid("window-extension", _CANNOT, faults)
    found.due_on = new_due_on
    found.locks_on = max(found.locks_on, new_due_on)
    found.extended_at, found.extended_by_id, found.extension_reason = now(), actor.account_id, reason.strip()
    session.flush()
    return found
