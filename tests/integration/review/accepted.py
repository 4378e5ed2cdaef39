"""A county whose quarter can be accepted: one enterprise approved, its people, its officers, the bureau's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import Account, Post
from portal.casework.models import Case
from portal.database.session import reading, transaction
from portal.filing.models_lock import QuarterAcceptance
from portal.kernel.clock import today
from portal.kernel.period import Quarter
from portal.kernel.roles import Role
from portal.kernel.workflow import Action, State
from portal.review import commands
from portal.review.commands_quarter import Seen, accept_quarter
from portal.review.decide_one import Order
from portal.statistics.commands import list_due
from tests.fixtures.cases import EVERYTHING, HERE, add_account, person
from tests.fixtures.filers import ENTERPRISE, Q3, add_enterprise, ground, submitted

OFFICER, LEAD = person(Role.COUNTY_OFFICER, 1), person(Role.COUNTY_LEAD, 2)
BUREAU, BUREAU_LEAD = person(Role.BUREAU_OFFICER, 3), person(Role.BUREAU_LEAD, 4)
SECOND = 8  # an enterprise that never begins
CLOSED = {"due": -3, "lock": 40, "opened": 60}


def county(*, with_second: bool = False, approved: bool = True, **window: int) -> None:
    """Q3 past its day to file; ENTERPRISE has sent its filing, and it is approved unless it is said otherwise."""
    ground(**(CLOSED | window))
    with transaction(EVERYTHING) as session:
        for actor, role in ((OFFICER, "county_officer"), (LEAD, "county_lead"), (BUREAU, "bureau_officer")):
            add_account(session, actor.account_id or 0, actor.name)
            where = HERE if role.startswith("county") else None
            session.add(Post(account_id=actor.account_id, role=role, county=where, since_on=today()))
        if with_second:
            add_enterprise(session, SECOND)
    list_due(Q3)
    submitted()
    if approved:
        commands.decide(OFFICER, Order(the_case().id, Action.APPROVE))


def the_case(enterprise_id: int = ENTERPRISE) -> Case:
    with reading(EVERYTHING) as session:
        mine = select(Case).where(Case.enterprise_id == enterprise_id).order_by(Case.id.desc())
        return session.scalars(mine).first() or Case()


def accept(approved: int = 1, missing: int = 0, *, confirms: bool = False, quarter: Quarter = Q3) -> None:
    accept_quarter(LEAD, quarter, HERE, Seen(approved, missing, confirms))


def acceptances() -> list[QuarterAcceptance]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(QuarterAcceptance).order_by(QuarterAcceptance.id)))


def put(state: State, reply_due_on: date | None = None, **values: Any) -> Case:
    """The enterprise's case in `state`, whatever led to it, and not locked."""
    is_decided = state in (State.RETURNED, State.APPROVED, State.VOID)
    claimed = {"claimed_by_id": 1} if state is State.UNDER_REVIEW else {"claimed_by_id": None, "claimed_at": None}
    if state is State.RETURNED:
        reply_due_on = reply_due_on or today() - timedelta(days=1)
    decided = {"decided_at": Case.submitted_at, "decided_by_id": 1} if is_decided else {"decided_at": None}
    given = {"state": state, "reply_due_on": reply_due_on, "locked_on": None, **claimed, **decided, **values}
    with transaction(EVERYTHING) as session:
        session.execute(update(Case).values(**given).execution_options(synchronize_session=False))
    return the_case()


def language_of(account_id: int, language: str, email: str) -> None:
    with transaction(EVERYTHING) as session:
        account = session.get_one(Account, account_id)
        account.language, account.email = language, email
