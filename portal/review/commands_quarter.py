"""A county accepts and locks its quarter; the bureau lead takes the lock back. One transaction, one event each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework.rules import written
from ..catalogue.queries import window
from ..database.session import transaction
from ..filing.lock import held_window, hold_cases, lock_quarter, unlock_quarter
from ..filing.queries_lock import acceptance
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Conflict, Denied, Illegal, Invalid, Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from ..statistics.queries_release import states_of
from .acceptance import CHANGED, CONFIRM, LONGEST_REASON, Tally, taking_back_fault
from .queries_quarter import unit_quarters
from .tell_quarter import tell_accepted, tell_taken_back

_NOT_YOURS = Bilingual(
    "你没有锁定或解除锁定的权限。", "You are not permitted to lock a quarter or to take a lock back."
)
_REASON = Bilingual("请写明理由。", "Give a reason.")
_NOT_LOCKED = Bilingual("这个季度已不在锁定状态。", "This quarter is not locked any more.")
_RELEASED = Bilingual(
    "这个季度已经发布。请勾选确认：改动只在下一次发布时作为修订公布。",
    "This quarter is released. Tick the box to confirm that changes are published as a revision, with the next "
    "release.",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the lead's page showed when they pressed: the numbers they accept, and whether the missing are confirmed."""

    approved: int | None
    missing: int | None
    confirms_missing: bool


def accept_quarter(actor: Actor, quarter: Quarter, county: str, seen: Seen) -> None:
    """Accepts the quarter for the county and locks it; what is accepted already stays as it is.

    Raises Denied, Missing (no window, another county), Illegal (why it cannot be locked now), Conflict (the numbers
    are no longer those of the page), Invalid (field `confirm`).
    """
    _demand(actor, Permission.WINDOW_LOCK)
    if county not in actor.counties:
        raise Missing()
    with transaction(actor) as session:
        held_window(session, quarter, alone=True)
        hold_cases(session, quarter, county)
        if acceptance(session, quarter, county) is not None:
            return
        numbers = _acceptable(session, quarter, county, seen)
        row = lock_quarter(session, actor, quarter, county, due=numbers.due, approved=numbers.approved)
        tell_accepted(session, row)
        detail = {"due": row.due, "approved": row.approved, "open": numbers.open, "missing": row.missing}
        _record(session, actor, quarter, county, "quarter.accept", detail)


def _acceptable(session: Session, quarter: Quarter, county: str, seen: Seen) -> Tally:
    found = window(session, quarter)
    if found is None:
        raise Missing()
    (line,) = unit_quarters(session, [found], [county])
    if line.hindrances:
        raise Illegal("quarter-open", line.hindrances[0])
    numbers = line.numbers
    if (seen.approved, seen.missing) != (numbers.approved, numbers.missing):
        raise Conflict("quarter-changed", CHANGED)
    if numbers.missing and not seen.confirms_missing:
        raise Invalid("quarter-missing", CONFIRM, {"confirm": CONFIRM})
    return numbers


def take_lock_back(actor: Actor, quarter: Quarter, county: str, reason: str, *, knows_released: bool = False) -> None:
    """Opens a locked quarter of a county again, with a reason that the county reads.

    Once the quarter is released, `knows_released` says that the actor knows what a change will be. Raises Denied,
    Missing, Illegal (not locked, a release waits, the year is closed), Invalid (fields `reason`, `confirm`).
    """
    _demand(actor, Permission.WINDOW_OPEN)
    said = written(reason, "reason", LONGEST_REASON)
    if not said:
        raise Invalid("reason-missing", _REASON, {"reason": _REASON})
    with transaction(actor) as session:
        held_window(session, quarter, alone=True)
        hold_cases(session, quarter, county)
        row = acceptance(session, quarter, county)
        if row is None:
            raise Illegal("not-locked", _NOT_LOCKED)
        states = states_of(session, quarter)
        fourth = acceptance(session, Quarter(quarter.year, 4), county)
        fault = taking_back_fault(quarter, has_draft="draft" in states, is_year_closed=fourth is not None)
        if fault is not None:
            raise Illegal("lock-stays", fault)
        was_released = "released" in states
        if was_released and not knows_released:
            raise Invalid("released", _RELEASED, {"confirm": _RELEASED})
        unlock_quarter(session, actor, row, said, was_released=was_released)
        tell_taken_back(session, row)
        _record(session, actor, quarter, county, "quarter.unlock", {"reason": said, "released": was_released})


def _demand(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise Denied("quarter", _NOT_YOURS)


def _record(
    session: Session, actor: Actor, quarter: Quarter, county: str, verb: str, detail: Mapping[str, object]
) -> None:
    record(session, actor, stream=f"window:{quarter.code}", verb=verb, subject=f"unit:{county}", detail=detail)
