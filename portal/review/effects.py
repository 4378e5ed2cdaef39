"""What a decision does beyond the case itself: membership, facts, cells - in the decision's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..certificates.issue import revoke_standing
from ..certificates.rules import PaperKind
from ..enterprises.admit import admit
from ..enterprises.issue_record import issue_record
from ..enterprises.join import join
from ..filing.ask_for_size import ask_for_size
from ..filing.facts import FactChanges, publish, withdraw
from ..filing.receipt import VOID, subject_of
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Denied
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import Action, Kind
from ..statistics.cells import mark_approved, refresh
from ..statistics.pairs import with_parts
from ..support.decide import forward, grant


@dataclass(frozen=True, slots=True)
class Choices:
    """What the officer sets while admitting: the reporting unit, and why an unusual credit code is let through."""

    county: str = ""
    override_reason: str = ""


Effect = Callable[[Session, Case, Actor, Choices], Mapping[str, Any] | None]
"""Gives back what the trail says of it beside the decision, where that is anything."""


def _admit(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    if choices.override_reason and not actor.may(Permission.CREDIT_CODE_OVERRIDE):
        raise Denied(
            "override", Bilingual("只有县级负责人可以放行这个代码。", "Only the county lead can let this code through.")
        )
    admit(session, case, actor, county=choices.county or case.county, override_reason=choices.override_reason or None)
    issue_record(session, case, actor)  # in force at once: an admission cannot be undone (decision 016)


def _join(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    join(session, case, actor)


def _publish(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    _count(session, case, publish(session, case), is_approved=True)
    ask_for_size(session, case)


def _withdraw(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    _count(session, case, withdraw(session, case), is_approved=False)


def _end_receipt(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    revoke_standing(
        session,
        actor,
        enterprise_id=case.enterprise_id,
        kind=PaperKind.FILING_RECEIPT,
        subject=subject_of(Quarter.from_code(case.quarter or 0)),
        reason=VOID,
    )


def _count(session: Session, case: Case, changes: FactChanges, *, is_approved: bool) -> None:
    refresh(session, with_parts(changes.before), with_parts(changes.after))
    mark_approved(session, case.enterprise_id, changes.quarter, is_approved, changes.counted_as)


def _forward(session: Session, case: Case, actor: Actor, choices: Choices) -> None:
    forward(session, case, actor)


def _grant(session: Session, case: Case, actor: Actor, choices: Choices) -> Mapping[str, Any]:
    return grant(session, case, actor)


EFFECTS: dict[tuple[Kind, Action], Effect] = {
    (Kind.REGISTRATION, Action.APPROVE): _admit,
    (Kind.ACCESS, Action.APPROVE): _join,
    (Kind.FILING, Action.APPROVE): _publish,
    (Kind.FILING, Action.REOPEN): _withdraw,
    (Kind.FILING, Action.UNDO): _withdraw,
    (Kind.FILING, Action.VOID): _end_receipt,
    (Kind.APPLICATION, Action.APPROVE): _forward,
    (Kind.AWARD, Action.APPROVE): _grant,
}
