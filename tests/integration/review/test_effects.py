"""What decisions do beyond the case: facts and cells, members and places on the register, in one transaction."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.casework.models import Case, Decision
from portal.certificates.models import Paper
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise, Membership
from portal.filing.models import Fact
from portal.kernel.clock import now
from portal.kernel.errors import Denied, Illegal, Invalid, Missing
from portal.kernel.roles import Role
from portal.kernel.workflow import DECISIONS, TRANSITIONS, Action, Kind, State
from portal.notices.models import Mail, Notice
from portal.review import commands
from portal.review.commands import Pick
from portal.review.decide_one import Order
from portal.review.effects import EFFECTS, Choices
from portal.review.rules import APPLIED
from portal.statistics.cells import add_due
from portal.statistics.commands import compare
from portal.statistics.models import Cell, CellDue, DueEnterprise
from tests.fixtures.cases import EVERYTHING, HERE, add_account, add_case, add_filing, add_registration, person

pytestmark = pytest.mark.content("catalogue")
OFFICER, LEAD = person(Role.COUNTY_OFFICER, 1), person(Role.COUNTY_LEAD, 2)
CODE, UNUSUAL_CODE = "91331122MA2E1H8U6K", "N2331122MA2E1H8U63"


@pytest.fixture
def people(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number in (1, 2):
            add_account(session, number, f"审核员{number}")
        add_account(session, 90, "填报人", is_office=False)


def filed(enterprise_id: int = 7, **values: Any) -> int:
    with transaction(EVERYTHING) as session:
        case = add_case(session, enterprise_id=enterprise_id, **values)
        add_filing(session, case, r101="100.25", r104="20.00", r501="120")
        return case.id


def facts() -> dict[tuple[int, str], Decimal]:
    with reading(EVERYTHING) as session:
        return {(f.enterprise_id, f.indicator): f.value for f in session.scalars(select(Fact))}


def cells() -> dict[str, tuple[Decimal, int]]:
    with reading(EVERYTHING) as session:
        return {c.indicator: (c.total, c.contributors) for c in session.scalars(select(Cell))}


def order(case_id: int, action: Action, version: int | None = None, **given: Any) -> Order:
    return Order(case_id, action, version, **{"reason": "因由", **given})


def test_every_effect_belongs_to_a_decision_the_law_knows() -> None:
    lawful = {(kind, row.action) for row in TRANSITIONS for kind in row.kinds}
    assert set(EFFECTS) <= lawful
    assert {action for _kind, action in EFFECTS} <= DECISIONS
    assert {kind for kind, action in EFFECTS if action is Action.APPROVE} == set(Kind)


def test_an_approval_publishes_facts_and_cells_and_reopening_withdraws_them(database: Database, people: None) -> None:
    first, second = filed(7), filed(8)
    commands.decide(OFFICER, order(first, Action.APPROVE, 3))
    commands.decide(OFFICER, order(second, Action.APPROVE, 3))
    assert facts()[7, "101"] == Decimal("100.25")
    assert cells()["101"] == (Decimal("200.50"), 2)
    commands.decide(LEAD, order(first, Action.REOPEN))
    assert {enterprise for enterprise, _ in facts()} == {8}
    assert cells()["101"] == (Decimal("100.25"), 1)


def test_an_approval_within_a_minute_of_a_new_status_counts_where_its_figures_count(
    database: Database, people: None
) -> None:
    """The list of the due still says S: it is brought up to date once a minute, and an approved row never again."""
    where = {"quarter": 20263, "county": HERE, "segment": "01-M1", "size_class": "M"}
    with transaction(EVERYTHING) as session:
        for number in (7, 8):
            row = DueEnterprise(
                enterprise_id=number, chain="01", respondent_class="S", weight=Decimal(9), is_approved=False, **where
            )
            session.add(row)
            add_due(session, [row])
    case_id = filed()  # by the form of class L, which its enterprise is in by now
    commands.decide(OFFICER, order(case_id, Action.APPROVE, 3))
    with reading(EVERYTHING) as session:
        counted = {c.respondent_class: (c.due, c.approved, c.weight_approved) for c in session.scalars(select(CellDue))}
        assert counted == {"L": (1, 1, Decimal(9)), "S": (1, 0, Decimal(0))}
        assert session.scalars(select(Cell.respondent_class).distinct()).all() == ["L"]
    assert compare() == []


@pytest.mark.parametrize("minutes", [0, 9])
def test_an_undo_takes_back_facts_cells_and_the_notice_that_was_not_told_yet(
    database: Database, people: None, minutes: int
) -> None:
    case_id = filed()
    commands.decide(OFFICER, order(case_id, Action.APPROVE, 3))
    with transaction(EVERYTHING) as session:
        assert session.scalars(select(Notice)).one().due_at > now()
        session.get_one(Case, case_id).decided_at = now() - timedelta(minutes=minutes)
    commands.decide(OFFICER, Order(case_id, Action.UNDO))
    assert (facts(), cells()) == ({}, {})
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Notice)).all() == []
        case = session.get_one(Case, case_id)
        assert (case.state, case.claimed_by_id) == (State.UNDER_REVIEW, 1)
        assert [d.action for d in session.scalars(select(Decision).order_by(Decision.id))] == [
            Action.APPROVE,
            Action.UNDO,
        ]
    with pytest.raises(Illegal) as refused:
        commands.decide(OFFICER, Order(case_id, Action.UNDO))
    assert refused.value.code == "undone-already"


@pytest.mark.parametrize("overtaking", [Action.REOPEN, Action.RETURN])
def test_what_overtakes_an_approval_takes_back_the_notice_and_mail_not_told_yet(
    database: Database, people: None, overtaking: Action
) -> None:
    """Nobody is told “approved” of figures that are withdrawn; what was told before stays told."""
    case_id = filed()
    with transaction(EVERYTHING) as session:
        session.get_one(Account, 90).email = "filer@example.test"
    commands.decide(OFFICER, order(case_id, Action.APPROVE, 3))
    commands.decide(LEAD, order(case_id, Action.REOPEN))
    if overtaking is Action.RETURN:
        commands.decide(LEAD, order(case_id, Action.RETURN))
    told = ["case-reopen", "case-return"][: 1 + (overtaking is Action.RETURN)]
    with reading(EVERYTHING) as session:
        assert [n.kind for n in session.scalars(select(Notice).order_by(Notice.id))] == told
        assert session.scalar(select(func.count()).select_from(Mail)) == len(told)
        assert session.scalar(select(func.count()).select_from(Mail).where(Mail.due_at > now())) == 0
    with transaction(EVERYTHING) as session:  # an approval told ten minutes ago is not untold
        session.add_all([Notice(**_told("case-approve", case_id))])
    commands.decide(LEAD, order(case_id, Action.VOID))
    with reading(EVERYTHING) as session:
        assert "case-approve" in set(session.scalars(select(Notice.kind)))


def _told(kind: str, case_id: int) -> dict[str, Any]:
    texts = dict.fromkeys(("title_zh", "title_en", "body_zh", "body_en", "link"), "x")
    before = now() - timedelta(minutes=1)
    return {"account_id": 90, "kind": kind, "reference": f"case:{case_id}", **texts} | {
        "created_at": before - timedelta(minutes=10),
        "due_at": before,
    }


def test_an_approval_whose_effect_fails_leaves_nothing_behind(database: Database, people: None) -> None:
    with transaction(EVERYTHING) as session:
        empty = add_case(session).id  # nothing was ever submitted to it
    with pytest.raises(Missing):
        commands.decide(OFFICER, order(empty, Action.APPROVE, 3))
    with reading(EVERYTHING) as session:
        assert session.get_one(Case, empty).state is State.SUBMITTED
        for table in (Decision, Notice, AuditEvent, Fact):
            where = AuditEvent.stream == f"case:{empty}" if table is AuditEvent else True
            assert session.scalar(select(func.count()).select_from(table).where(where)) == 0


def test_one_failure_in_a_batch_rolls_back_no_other(database: Database, people: None) -> None:
    first, last = filed(7), filed(9)
    with transaction(EVERYTHING) as session:
        empty = add_case(session, enterprise_id=8).id
    picks = [Pick(i, 3) for i in (first, empty, last)]
    outcomes = commands.decide_many(OFFICER, Action.APPROVE, picks, key="0123456789abcdef")
    assert [o.code for o in outcomes] == [APPLIED, "missing", APPLIED]
    assert {enterprise for enterprise, _ in facts()} == {7, 9}
    again = commands.decide_many(OFFICER, Action.APPROVE, picks, key="0123456789abcdef")
    assert [o.code for o in again] == [APPLIED, "missing", APPLIED]
    assert cells()["101"][1] == 2


# --- registrations -----------------------------------------------------------------------------------------------


def applied_for(code: str = CODE, kind: Kind = Kind.REGISTRATION, enterprise_id: int = 7) -> int:
    with transaction(EVERYTHING) as session:
        case = add_case(session, kind=kind, credit_code=code, enterprise_id=enterprise_id)
        add_registration(session, case)
        return case.id


def members(session: Session, enterprise_id: int) -> dict[str, str]:
    rows = session.scalars(select(Membership).where(Membership.enterprise_id == enterprise_id))
    return {row.post: row.state for row in rows}


def test_admission_registers_the_enterprise_and_its_people(database: Database, people: None) -> None:
    case_id = applied_for()
    commands.decide(OFFICER, order(case_id, Action.APPROVE, 3, choices=Choices(HERE)))
    with reading(EVERYTHING) as session:
        row = session.get_one(Enterprise, 7)
        assert (row.status, row.county, row.size_class) == ("registered", HERE, "S")
        assert members(session, 7) == {"preparer": "active", "certifier": "active"}
        notice, paper = session.scalars(select(Notice)).one(), session.scalars(select(Paper)).one()
        assert notice.link == "/registration"
        assert max(notice.due_at, paper.valid_from) <= now()  # nothing can be undone, so nobody waits


def test_an_officer_sets_no_unit_of_another_county(database: Database, people: None) -> None:
    case_id = applied_for()
    with pytest.raises(Invalid) as refused:
        commands.decide(OFFICER, order(case_id, Action.APPROVE, 3, choices=Choices("331102")))
    assert set(refused.value.fields) == {"county"}


def test_an_unusual_code_is_let_through_by_the_lead_with_a_reason_only(database: Database, people: None) -> None:
    case_id = applied_for(UNUSUAL_CODE)
    with pytest.raises(Denied):
        commands.decide(OFFICER, order(case_id, Action.APPROVE, 3, choices=Choices(HERE, "事业单位旧码")))
    with pytest.raises(Invalid) as refused:
        commands.decide(LEAD, order(case_id, Action.APPROVE, 3, choices=Choices(HERE, " ")))
    assert set(refused.value.fields) == {"override_reason"}
    commands.decide(LEAD, order(case_id, Action.APPROVE, 3, choices=Choices(HERE, "事业单位旧码")))
    with reading(EVERYTHING) as session:
        assert session.get_one(Enterprise, 7).override_reason == "事业单位旧码"


def test_a_second_enterprise_with_the_same_code_is_not_admitted(database: Database, people: None) -> None:
    first, second = applied_for(), applied_for(enterprise_id=8)
    commands.decide(OFFICER, order(first, Action.APPROVE, 3))
    with pytest.raises(Illegal):
        commands.decide(OFFICER, order(second, Action.APPROVE, 3))
    with reading(EVERYTHING) as session:
        assert session.get_one(Case, second).state is State.SUBMITTED


def test_a_second_claimant_joins_the_registered_enterprise(database: Database, people: None) -> None:
    first, second = applied_for(), applied_for(kind=Kind.ACCESS, enterprise_id=8)
    commands.decide(OFFICER, order(first, Action.APPROVE, 3))
    with transaction(EVERYTHING) as session:
        add_account(session, 91, "第二人", is_office=False)
        session.query(Membership).filter_by(enterprise_id=8).update({"account_id": 91})
    commands.decide(OFFICER, order(second, Action.APPROVE, 3))
    with reading(EVERYTHING) as session:
        joined = session.scalars(select(Membership).where(Membership.account_id == 91, Membership.state == "active"))
        assert joined.one().enterprise_id == 7
        assert session.get_one(Enterprise, 8).status == "merged"
