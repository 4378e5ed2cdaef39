"""Deeds of a decision on an application: the county's puts it before the city, the city's grants it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..casework.move import move
from ..casework.open_case import open_case
from ..catalogue.entries import NO_CHAIN
from ..certificates.issue import Owner, issue
from ..certificates.rules import PaperKind
from ..enterprises.enter_designation import DesignationFact, enter_designation
from ..enterprises.models import Enterprise
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Illegal
from ..kernel.roles import Actor
from ..kernel.workflow import Action, Kind
from .amount import Reckoned
from .evaluate import years_after
from .letter import Holder, letter_snapshot, letter_subject
from .match import Match
from .models import Application, ApplicationStep, Award, BudgetLine
from .policy import AmountRule, Policy, exclude
from .queries import policy_version
from .queries_application import application_of
from .queries_desk import assessed, sent_last
from .rules import money

_NOT_NOW = Bilingual(
    "现在还不能通过：有条件不满足或尚不清楚。",
    "It cannot be approved now: a condition is not met, or not known yet.",
)
_EXCLUSIVE = Bilingual(
    "本年度已获得与这项政策不重复享受的支持（{code}）。",
    "The enterprise was granted {code} this year, which excludes this policy.",
)
_NOTHING = Bilingual("核定金额为0，不能给予。", "The amount comes to nothing.")
_ON_NO_CHAIN = Bilingual(
    "这家企业不在任何产业链上，不能认定。", "The enterprise is on no chain; it cannot be designated."
)
_NO_BUDGET = Bilingual("{year}年没有录入这项政策的预算。", "No budget was entered for this policy in {year}.")
_EXCEEDED = Bilingual("预算不足：还剩{left}。", "The budget does not suffice: {left} left.")


def forward(session: Session, case: Case, actor: Actor) -> None:
    """The county's approval: opens the city's case. Raises Illegal while anything is not met or not known."""
    found = application_of(session, case.id)
    standing = policy_version(session, found.policy_version_id)
    sent = sent_last(session, found.id)
    now, _ = assessed(session, sent, standing, today())
    _refuse_ungrantable(now)
    opened = open_case(
        session,
        actor,
        Kind.AWARD,
        enterprise_id=found.enterprise_id,
        county=found.county,
        chain=found.chain,
        enterprise_name=case.enterprise_name,
        credit_code=case.credit_code,
        segment=case.segment,
    )
    opened.entered_by_ids = sorted({*case.entered_by_ids, *opened.entered_by_ids})
    session.add(
        ApplicationStep(
            application_id=found.id,
            number=2,
            case_id=opened.id,
            enterprise_id=found.enterprise_id,
            county=found.county,
            chain=found.chain,
        )
    )
    session.flush()
    move(session, opened, actor, Action.SUBMIT, due_on=sent.decide_by)


def grant(session: Session, case: Case, actor: Actor) -> dict[str, Any]:
    """The city's decision: reckons the amount, takes it from the budget line, writes the award, its letter and what it
    designates the enterprise as. What the trail says beside the decision.

    Raises Illegal where a condition is not met or not known, an exclusive policy was granted this year, the amount
    comes to nothing, or the budget does not suffice; or the enterprise is on no chain that it could lead.
    """
    found = application_of(session, case.id)
    # One decision at a time for one enterprise: its caps and exclusions are read before they are used up.
    session.execute(select(Enterprise.id).where(Enterprise.id == found.enterprise_id).with_for_update())
    standing = policy_version(session, found.policy_version_id)
    now, reckoned = assessed(session, sent_last(session, found.id), standing, today())
    _refuse_ungrantable(now)
    _refuse_exclusive(session, found, standing.policy)
    line = None if standing.policy.is_designation else _commit(session, standing.policy, reckoned)
    award = Award(
        application_id=found.id,
        case_id=case.id,
        policy_code=found.policy_code,
        policy_version_id=found.policy_version_id,
        budget_line_id=line,
        year=today().year,
        amount=reckoned.amount,
        reckoning={"steps": [{"zh": step.zh, "en": step.en} for step in reckoned.steps]},
        decision_no=f"LS-ZC-{today().year}-{found.id:05d}",
        decided_on=today(),
        holder=case.enterprise_name,
        credit_code=case.credit_code,
        enterprise_id=found.enterprise_id,
        county=found.county,
        chain=found.chain,
        created_by_id=actor.account_id,
    )
    session.add(award)
    session.flush()
    _issue_letter(session, actor, standing.policy, award)
    return _designated(session, actor, standing.policy.amount, award)


def _designated(session: Session, actor: Actor, rule: AmountRule, award: Award) -> dict[str, Any]:
    """What the award makes of its holder in the register, from this day and for the years that the policy says."""
    if not rule.designates:
        return {}
    holder, day = session.get_one(Enterprise, award.enterprise_id), award.decided_on
    if holder.chain == NO_CHAIN:
        raise Illegal("no-chain", _ON_NO_CHAIN)
    until = years_after(day, rule.years) if rule.years else None
    fact = DesignationFact(rule.designates, holder.chain, day, award.decision_no, until)
    return {"designation": enter_designation(session, actor, holder, fact)}


def _issue_letter(session: Session, actor: Actor, policy: Policy, award: Award) -> None:
    """The award's paper, in this decision's own transaction; its PDF is made when somebody asks for it."""
    enterprise = session.get_one(Enterprise, award.enterprise_id)
    snapshot = letter_snapshot(
        policy,
        Holder(Bilingual(award.holder, enterprise.name_en), award.credit_code),
        amount=award.amount,
        year=award.year,
        decision_no=award.decision_no,
        decided_on=award.decided_on,
    )
    owner = Owner(award.enterprise_id, award.county, award.chain)
    kind, subject = PaperKind.AWARD_LETTER, letter_subject(award.id)
    issue(session, actor, kind=kind, owner=owner, subject=subject, snapshot=snapshot, case_id=award.case_id)


def _refuse_ungrantable(now: Match) -> None:
    if not now.may_be_granted:
        raise Illegal("not-grantable", _NOT_NOW)


def _refuse_exclusive(session: Session, found: Application, policy: Policy) -> None:
    """Each policy counts as it read for its own award or application."""
    mine = select(Award).where(Award.enterprise_id == found.enterprise_id, Award.year == today().year)
    for award in session.scalars(mine.order_by(Award.id)):
        if exclude(policy, policy_version(session, award.policy_version_id).policy):
            raise Illegal("exclusive", _EXCLUSIVE.fill(code=award.policy_code))


def _commit(session: Session, policy: Policy, reckoned: Reckoned) -> int:
    """Takes the amount from the year's line in one conditional statement: never more than there is, however many
    decide at once. The line's id."""
    year = today().year
    if reckoned.amount <= 0:
        raise Illegal("nothing", _NOTHING)
    taken = session.execute(
        update(BudgetLine)
        .where(
            BudgetLine.policy_code == policy.code,
            BudgetLine.year == year,
            BudgetLine.committed + reckoned.amount <= BudgetLine.amount,
        )
        .values(committed=BudgetLine.committed + reckoned.amount)
        .returning(BudgetLine.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is not None:
        return taken
    left = session.execute(
        select(BudgetLine.amount, BudgetLine.committed).where(
            BudgetLine.policy_code == policy.code, BudgetLine.year == year
        )
    ).one_or_none()
    if left is None:
        raise Illegal("no-budget", _NO_BUDGET.fill(year=year))
    rest: Decimal = left.amount - left.committed
    raise Illegal("budget", _EXCEEDED.fill(left=money(rest)))
