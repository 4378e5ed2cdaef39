"""The officer's intentions: claim, release, assign, ask, decide, undo. One function, one transaction, one event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from ..accounts.queries import officers_of
from ..audit.trail import record
from ..casework import remark as remarks
from ..casework.models import Case
from ..casework.move import move, stale
from ..casework.queries import handed_in, locked, open_remarks
from ..casework.queries import remark as remark_of
from ..casework.rules import refuse_locked, refuse_own_entry, written
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Invalid, Missing, Refusal
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW, Action, State
from .decide_one import DEFAULT_WINDOW, Order, decide_one
from .rules import APPLIED, BATCH_LIMIT
from .tell import tell_assignee


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a batch: `applied`, or the code of the refusal."""

    case_id: int
    code: str

    @property
    def is_applied(self) -> bool:
        return self.code == APPLIED


@dataclass(frozen=True, slots=True)
class Pick:
    """One ticked line of the list, with the version it showed."""

    case_id: int
    version: int


def claim(actor: Actor, case_id: int) -> None:
    """Makes the case the actor's to review; claiming one's own claim again changes nothing."""
    with transaction(actor) as session:
        _claim_one(session, actor, case_id)


def claim_many(actor: Actor, picks: Sequence[Pick]) -> tuple[Outcome, ...]:
    """Claims each on its own: one that is refused holds up no other."""
    return _each(actor, picks, lambda session, pick: _claim_one(session, actor, pick.case_id))


def release(actor: Actor, case_id: int, version: int) -> None:
    with transaction(actor) as session:
        case = handed_in(locked(session, case_id))
        move(session, case, actor, Action.RELEASE, expected_version=version)
        _record(session, actor, case, Action.RELEASE)


def assign(actor: Actor, case_id: int, version: int, assignee_id: int) -> None:
    """Gives the case to another officer of its county. Raises Invalid (field `assignee`) for anybody else."""
    with transaction(actor) as session:
        case = handed_in(locked(session, case_id))
        officers = {officer.account_id for officer in officers_of(session, case.county, today())}
        if assignee_id not in officers or assignee_id in case.entered_by_ids:
            message = Bilingual("请选择本县的一位审核员。", "Choose an officer of this county.")
            raise Invalid("assignee", message, {"assignee": message})
        move(session, case, actor, Action.ASSIGN, expected_version=version, assignee_id=assignee_id)
        tell_assignee(session, case, assignee_id)
        _record(session, actor, case, Action.ASSIGN, to=assignee_id)


def ask(actor: Actor, case_id: int, version: int, field: str | None, text: str) -> int:
    """Puts a question on a case that the actor may decide; the question's id. Asked again in the same words while it is
    open (a second press, a page that failed after the deed) it is the same question."""
    with transaction(actor) as session:
        case = handed_in(locked(session, case_id))
        refuse_locked(case.locked_on)
        if case.state not in IN_REVIEW or case.version != version:
            raise stale(case)
        refuse_own_entry(case.entered_by_ids, actor.account_id)
        mine = (actor.account_id, field, written(text, "question"))
        for row in open_remarks(session, case.id):
            if (row.author_id, row.field, row.text) == mine:
                return row.id
        asked = remarks.ask(session, case, actor, field, text, at_field="question")
        record(session, actor, stream=f"case:{case.id}", verb="case.ask", detail={"remark": asked.id, "field": field})
        return asked.id


def close_remark(actor: Actor, case_id: int, remark_id: int) -> None:
    with transaction(actor) as session:
        case = handed_in(locked(session, case_id))
        asked = remark_of(session, remark_id)
        if asked.case_id != case.id:
            raise Missing()
        refuse_locked(case.locked_on)
        remarks.close(session, asked, actor)
        record(session, actor, stream=f"case:{case.id}", verb="case.close-remark", detail={"remark": remark_id})


def decide(actor: Actor, order: Order) -> State:
    """One decision; the state it led to."""
    with transaction(actor) as session:
        return decide_one(session, actor, order).state


def decide_many(
    actor: Actor, action: Action, picks: Sequence[Pick], *, key: str, window: timedelta = DEFAULT_WINDOW
) -> tuple[Outcome, ...]:
    """One decision on each clean case, each in a transaction of its own: applied, or skipped and why."""
    order = Order(0, action, only_clean=True, window=window)
    return _each(
        actor,
        picks,
        lambda session, pick: decide_one(
            session, actor, replace(order, case_id=pick.case_id, version=pick.version, key=f"{key}:{pick.case_id}")
        ),
    )


def _each(actor: Actor, picks: Iterable[Pick], act: Callable[[Session, Pick], object]) -> tuple[Outcome, ...]:
    outcomes = []
    for pick in list(dict.fromkeys(picks))[:BATCH_LIMIT]:
        try:
            with transaction(actor) as session:
                act(session, pick)
        except Refusal as refusal:
            outcomes.append(Outcome(pick.case_id, refusal.code))
        else:
            outcomes.append(Outcome(pick.case_id, APPLIED))
    return tuple(outcomes)


def _claim_one(session: Session, actor: Actor, case_id: int) -> None:
    case = handed_in(locked(session, case_id))
    if case.state is State.UNDER_REVIEW and case.claimed_by_id == actor.account_id:
        return
    move(session, case, actor, Action.CLAIM)
    _record(session, actor, case, Action.CLAIM)


def _record(session: Session, actor: Actor, case: Case, action: Action, **detail: int) -> None:
    record(session, actor, stream=f"case:{case.id}", verb=f"case.{action.value}", detail=detail)
