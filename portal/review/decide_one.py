"""The deed behind every decision, single or in a batch: the only approval in the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework import remark
from ..casework.models import Case
from ..casework.move import move
from ..casework.queries import decision_by_key, decisions, handed_in, locked
from ..casework.rules import refuse_locked
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Denied, Illegal
from ..kernel.roles import Actor
from ..kernel.workflow import DECISIONS, Action, Kind, State
from .effects import EFFECTS, Choices
from .tell import parties, tell

DEFAULT_WINDOW = timedelta(minutes=10)
PLAIN = Choices()


@dataclass(frozen=True, slots=True)
class Order:
    """What the officer asks for, as they saw it.

    `version` is the case's when the page was made (None: whatever it is now). `key` comes with the form and lets a
    repeated post find its own decision. `remarks` are (field or None, text). `only_clean` refuses what must be looked
    at one by one.
    """

    case_id: int
    action: Action
    version: int | None = None
    reason: str = ""
    remarks: tuple[tuple[str | None, str], ...] = ()
    choices: Choices = PLAIN
    key: str | None = None
    only_clean: bool = False
    window: timedelta = DEFAULT_WINDOW


def decide_one(session: Session, actor: Actor, order: Order) -> Case:
    """Locks the case, holds the order against what it is now, moves it, does what follows, tells and records it.

    Raises Missing, Denied (permission, own entry), Illegal (state, too late to undo), Invalid (reason, remarks),
    Conflict (stale, claimed).
    """
    if order.action not in DECISIONS:
        raise ValueError(f"{order.action} is no decision")
    case = handed_in(locked(session, order.case_id))
    if order.key and decision_by_key(session, case.id, order.key):
        return case
    refuse_locked(case.locked_on)
    if order.action is Action.UNDO and case.state is State.UNDER_REVIEW:
        _refuse_second_undo(session, case)
    _refuse_unfit(case, order)
    _refuse_unproved(case, actor, order.action)
    before, seen, concerned = case.state, case.version, parties(session, case)
    said = order.reason
    move(session, case, actor, order.action, reason=said, expected_version=order.version, idempotency_key=order.key)
    asked = [
        remark.ask(session, case, actor, field, text, at_field=f"remark_{place}")
        for place, (field, text) in enumerate(order.remarks)
        if text.strip()
    ]
    effect = EFFECTS.get((case.kind, order.action))
    followed = effect(session, case, actor, order.choices) if effect is not None else None
    tell(session, case, order.action, concerned, said.strip(), order.window)
    detail: dict[str, Any] = {"from": before.value, "to": case.state.value, "version": seen, "reason": said}
    detail |= {"remarks": [row.id for row in asked], "unit": order.choices.county, **(followed or {})}
    record(session, actor, stream=f"case:{case.id}", verb=f"case.{order.action.value}", detail=detail)
    return case


def _refuse_second_undo(session: Session, case: Case) -> None:
    made = decisions(session, case.id)
    if made and made[-1].action is Action.UNDO:
        raise Illegal("undone-already", Bilingual("这次通过已经撤销。", "The approval was undone already."))


def _refuse_unfit(case: Case, order: Order) -> None:
    if order.only_clean and case.kind is not Kind.FILING:
        message = Bilingual("登记和申请须单独审核。", "Registrations and applications are reviewed one by one.")
        raise Illegal("one-by-one", message)
    if order.only_clean and case.flags:
        raise Illegal("flagged", Bilingual("有异常的须单独审核。", "What has flags is reviewed on its own page."))
    if order.action is Action.UNDO and (case.decided_at is None or now() - case.decided_at > order.window):
        message = Bilingual(
            "已过可以撤销的时间。需要更正时，由县级负责人重新打开。",
            "It is too late to undo. If it has to be corrected, the county lead can reopen it.",
        )
        raise Illegal("too-late", message)


def _refuse_unproved(case: Case, actor: Actor, action: Action) -> None:
    """Money is granted only by somebody who has just proved who they are (rulings 25)."""
    if case.kind is Kind.AWARD and action is Action.APPROVE and not actor.is_fresh(now()):
        message = Bilingual("请先重新验证身份，再作出决定。", "Prove who you are once more before you decide.")
        raise Denied("not-fresh", message)
