"""What of one enterprise is not enjoyed together with a policy: what it was granted this year, what is under way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..kernel.workflow import Kind, State
from .models import Application, ApplicationStep, Award, PolicyVersion
from .policy import Policy, exclude
from .queries import standing_of

CLOSED = frozenset({State.REJECTED, State.VOID})
_UNSENT = frozenset({State.DRAFT, State.WITHDRAWN})


def is_finished(case: Case) -> bool:
    """Of the newest step's case: whether its application is at its end."""
    return case.state in CLOSED or (case.kind is Kind.AWARD and case.state is State.APPROVED)


@dataclass(frozen=True, slots=True)
class Beside:
    """An application granted this year or under way, with its policy as it reads for it. `decision_no` is empty while
    nothing is decided."""

    application_id: int
    case_id: int
    policy: Policy
    state: State
    decision_no: str

    @property
    def is_granted(self) -> bool:
        return bool(self.decision_no)

    @property
    def is_sent(self) -> bool:
        """Whether an office has it, or had it already."""
        return self.state not in _UNSENT


def beside(session: Session, enterprise_id: int, year: int) -> list[Beside]:
    """Everything of the enterprise in the session's scope that can exclude a policy, oldest first. One statement."""
    rows = session.execute(
        select(Application.id, PolicyVersion, Case, Award.year, Award.decision_no)
        .join(PolicyVersion, PolicyVersion.id == Application.policy_version_id)
        .join(ApplicationStep, ApplicationStep.application_id == Application.id)
        .join(Case, Case.id == ApplicationStep.case_id)
        .outerjoin(Award, Award.application_id == Application.id)
        .where(Application.enterprise_id == enterprise_id)
        .order_by(Application.id, ApplicationStep.number)
    )
    newest = {row[0]: row for row in rows}
    return [
        Beside(number, case.id, standing_of(version).policy, case.state, decision_no or "")
        for number, version, case, granted_in, decision_no in newest.values()
        if granted_in == year or not is_finished(case)
    ]


def excluded_by(found: Iterable[Beside], policy: Policy, but: int | None = None) -> list[Beside]:
    """Those not enjoyed together with the policy, granted ones first; never the application `but` itself."""
    others = [one for one in found if one.application_id != but and exclude(policy, one.policy)]
    return sorted(others, key=lambda one: not one.is_granted)


def at_the_desk(session: Session, found: Application, policy: Policy, year: int) -> list[Beside]:
    """What the offices have of the same enterprise that is not given together with the application."""
    others = excluded_by(beside(session, found.enterprise_id, year), policy, found.id)
    return [one for one in others if one.is_sent]
