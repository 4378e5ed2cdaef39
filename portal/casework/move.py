"""The deed that moves a case: the only place that writes its state, its owner and its decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_today, work_calendar
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Denied
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import (
    AFTER_DECISION,
    DECIDED,
    DECISIONS,
    Action,
    State,
    advance,
)
from .models import Case, Decision
from .rules import (
    REPLY_WORKING_DAYS,
    REVIEW_WORKING_DAYS,
    refuse_locked,
    refuse_own_entry,
    written,
)

ENTERING = frozenset({Action.SAVE, Action.HAND_OVER, Action.SUBMIT})


def move(
    session: Session,
    case: Case,
    actor: Actor,
    action: Action,
    *,
    reason: str | None = None,
    expected_version: int | None = None,
    assignee_id: int | None = None,
    due_on: date | None = None,
    idempotency_key: str | None = None,
) -> State:
    """Walks one row of TRANSITIONS and keeps the case's dates and people in order. Take the case with `locked`.

    `due_on` is the office's day on SUBMIT and the enterprise's on RETURN; by default working days from today.
    `assignee_id` is who receives an ASSIGN. Raises Denied (permission, or the actor's own entry), Illegal (state),
    Invalid (reason), Conflict (`stale`: another version than the expected; `claimed`: somebody else reviews it).
    """
    refuse_locked(case.locked_on)
    if expected_version is not None and expected_version != case.version:
        raise stale(case)
    said = written(reason, "reason")
    advance(case.kind, case.state, action, actor.permissions, said)
    if due_on is None and action in (Action.SUBMIT, Action.RETURN):
        due_on = _by_default(session, case, action)
    decision = step(case, actor, action, now(), said=said, due_on=due_on, assignee_id=assignee_id)
    if decision is not None:
        session.add(Decision(**decision, idempotency_key=idempotency_key))
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict("stale", _STALE) from error
    return case.state


def step(
    case: Case,
    actor: Actor,
    action: Action,
    at: datetime,
    *,
    said: str = "",
    due_on: date | None = None,
    assignee_id: int | None = None,
) -> dict[str, Any] | None:
    """The step itself at the instant `at`, without a session; the decision to be kept, by its columns, if it is one."""
    refuse_locked(case.locked_on)
    before, seen = case.state, case.version
    after = advance(case.kind, before, action, actor.permissions, said)
    _refuse_wrong_person(case, actor, action)
    _keep_in_order(case, actor, action, after, at, due_on, assignee_id)
    case.state, case.version = after, seen + 1
    return _decision(case, actor, action, before, said, seen, at) if action in DECISIONS else None


_STALE = Bilingual(
    "你打开这一页之后，这份材料有了变化，刚才的操作没有执行。",
    "This changed after you opened it; nothing was done.",
)


def stale(case: Case) -> Conflict:
    """The refusal of somebody who looked at an older version, with what the case is now. What happened meanwhile is in
    the trail."""
    return Conflict("stale", _STALE, {"state": case.state.title})


def _refuse_wrong_person(case: Case, actor: Actor, action: Action) -> None:
    if action in DECISIONS or action in (Action.CLAIM, Action.RELEASE):
        if action in DECISIONS or action is Action.CLAIM:
            refuse_own_entry(case.entered_by_ids, actor.account_id)
        claimed_by_another = case.claimed_by_id is not None and case.claimed_by_id != actor.account_id
        lead_releases = action is Action.RELEASE and actor.may(Permission.CASE_ASSIGN)
        if claimed_by_another and not lead_releases:
            raise Conflict(
                "claimed",
                Bilingual(
                    "这份材料正由另一位审核员审核。",
                    "Another officer is reviewing this.",
                ),
                {"state": case.state.title},
            )
    if action is Action.UNDO and case.decided_by_id != actor.account_id:
        raise Denied("not-yours", Bilingual("只能撤销你本人的决定。", "You can undo only your own decision."))
    if action is Action.CLAIM and actor.account_id is None:
        raise Denied(
            "nobody",
            Bilingual("只有登录的审核员可以认领。", "Only a signed-in officer can claim."),
        )


def _by_default(session: Session, case: Case, action: Action) -> date:
    """The office's day after SUBMIT, the enterprise's after RETURN: working days from today, by the catalogue.

    A return takes nothing away of the time that everybody has: never a day before the quarter's own."""
    schedule = catalogue_today(session).schedules.get("quarterly")
    if action is Action.SUBMIT:
        count = schedule.review_days if schedule else REVIEW_WORKING_DAYS
    else:
        count = schedule.return_days if schedule else REPLY_WORKING_DAYS
    day = work_calendar(session).working_days_after(today(), count)
    window = session.get(FilingWindow, case.quarter) if action is Action.RETURN and case.quarter is not None else None
    return day if window is None else max(day, window.due_on)


def _keep_in_order(
    case: Case,
    actor: Actor,
    action: Action,
    after: State,
    at: datetime,
    due_on: date | None,
    assignee_id: int | None,
) -> None:
    if action in ENTERING and actor.account_id is not None and actor.account_id not in case.entered_by_ids:
        case.entered_by_ids = [*case.entered_by_ids, actor.account_id]
    if action is Action.SUBMIT:
        case.submitted_at, case.first_submitted_at = at, case.first_submitted_at or at
        case.due_on = due_on
    if action is Action.WITHDRAW:
        case.submitted_at = case.due_on = None
    _set_claim(case, actor, after, at, assignee_id)
    if after in AFTER_DECISION:
        if action in DECISIONS:
            case.decided_at, case.decided_by_id = at, actor.account_id
    else:
        case.decided_at = case.decided_by_id = None
    if action is Action.RETURN:
        case.reply_due_on = due_on
    elif after in DECIDED:
        case.reply_due_on = None


def _set_claim(case: Case, actor: Actor, after: State, at: datetime, assignee_id: int | None) -> None:
    if after is not State.UNDER_REVIEW:
        case.claimed_by_id = case.claimed_at = None
    else:
        case.claimed_by_id, case.claimed_at = assignee_id or actor.account_id, at


def _decision(
    case: Case,
    actor: Actor,
    action: Action,
    before: State,
    said: str,
    seen: int,
    at: datetime,
) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "enterprise_id": case.enterprise_id,
        "county": case.county,
        "chain": case.chain,
        "action": action,
        "from_state": before,
        "to_state": case.state,
        "reason": said,
        "version_no": seen,
        "decided_by_id": actor.account_id,
        "decided_at": at,
    }
