"""Papers through what happens to the things they are about: submitted, sent anew, withdrawn, void, admitted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.models import AuditEvent
from portal.casework.models import Case
from portal.certificates import commands
from portal.certificates.issue import revoke, supersede
from portal.certificates.models import Paper
from portal.certificates.queries import Sheet, paper, paper_by_token, papers
from portal.certificates.rules import MOVES, PaperKind, PaperState
from portal.certificates.snapshot import canonical_hash
from portal.database.session import Database, current, reading, transaction
from portal.filing.commands import withdraw
from portal.filing.commands_submit import submit
from portal.filing.models import FilingVersion
from portal.filing.receipt import subject_of
from portal.kernel.clock import now
from portal.kernel.errors import Illegal, Invalid, Missing
from portal.kernel.roles import Role, Scope
from portal.kernel.workflow import Action, Kind
from portal.review import commands as desk
from portal.review.decide_one import Order
from portal.review.effects import Choices
from tests.fixtures.cases import EVERYTHING, HERE, add_account, add_case, add_registration, person
from tests.fixtures.filers import Q3, both_posts, certifier, order, receipt_no, submitted
from tests.fixtures.papers import issued

pytestmark = pytest.mark.content("catalogue")
OFFICER, LEAD = person(Role.COUNTY_OFFICER, 1), person(Role.COUNTY_LEAD, 2)
WINDOW = timedelta(minutes=10)


@pytest.fixture
def people(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number in (1, 2):
            add_account(session, number, f"审核员{number}")


def all_papers() -> list[Sheet]:
    with reading(EVERYTHING) as session:
        return papers(session)[::-1]


def case_id() -> int:
    with reading(EVERYTHING) as session:
        return session.scalars(select(Case.id)).one()


def given_back() -> None:
    """The officer gives the filing back."""
    desk.decide(OFFICER, Order(case_id(), Action.RETURN, reason="请核对"))


@pytest.mark.content("begun")
def test_a_submission_gives_a_receipt_under_its_own_number(database: Database) -> None:
    number = submitted()
    receipt = all_papers()[0]
    assert (receipt.serial, receipt.kind, receipt.subject) == (number, PaperKind.FILING_RECEIPT, subject_of(Q3))
    assert receipt.is_in_force(now())
    assert receipt.snapshot.holder.zh == "丽水示例7号机械有限公司"
    figures = {row.label.zh: row.values for row in receipt.snapshot.figures}
    assert ("8,426.50", "–") in figures.values()
    with reading(EVERYTHING) as session:
        version = session.scalars(select(FilingVersion)).one()
        row = session.scalars(select(Paper)).one()
        assert receipt.snapshot.fingerprint == version.sha256
        assert row.sha256 == canonical_hash(row.snapshot)
        assert row.token not in str(row.snapshot) and row.serial[-1] != row.token


@pytest.mark.content("begun")
def test_the_same_press_twice_gives_one_receipt(database: Database) -> None:
    number = submitted(key="k" * 24)
    assert submit(certifier(), Q3, order("k" * 24)) == number
    assert len(all_papers()) == 1


@pytest.mark.content("begun")
def test_a_submission_pays_two_statements_for_its_receipt(database: Database) -> None:
    sent: list[str] = []

    def listen(connection: object, cursor: object, sql: str, *rest: object) -> None:
        if "paper" in sql:
            sent.append(sql)

    event.listen(current().engine, "before_cursor_execute", listen)
    submitted()
    event.remove(current().engine, "before_cursor_execute", listen)
    assert len(sent) == 2


@pytest.mark.content("filed")
def test_sent_anew_after_a_return_the_former_receipt_is_superseded(database: Database, people: None) -> None:
    first = receipt_no()
    given_back()
    assert all_papers()[0].state is PaperState.VALID  # that the figures were received stays true
    second = submit(both_posts(), Q3, order("n" * 24))
    states = {sheet.serial: sheet.state for sheet in all_papers()}
    assert states == {first: PaperState.SUPERSEDED, second: PaperState.VALID}
    with reading(EVERYTHING) as session:
        assert paper(session, first).replaced_by == second


@pytest.mark.content("filed")
def test_a_withdrawn_filing_has_no_valid_receipt_and_sent_again_it_has_a_new_one(database: Database) -> None:
    first = receipt_no()
    withdraw(certifier(), Q3)
    with reading(EVERYTHING) as session:
        assert paper(session, first).state is PaperState.REVOKED
    second = submit(both_posts(), Q3, order("n" * 24))
    with reading(EVERYTHING) as session:
        assert paper(session, second).state is PaperState.VALID
        assert paper(session, first).replaced_by is None


@pytest.mark.content("filed")
def test_a_void_filing_has_no_valid_receipt(database: Database, people: None) -> None:
    number = receipt_no()
    desk.decide(LEAD, Order(case_id(), Action.VOID, reason="报错了季度"))
    with reading(EVERYTHING) as session:
        assert paper(session, number).state is PaperState.REVOKED


def test_an_admission_gives_a_record_that_is_in_force_at_once(database: Database, people: None) -> None:
    """An admission cannot be undone, so nobody has to wait until it cannot be (decision 016)."""
    with transaction(EVERYTHING) as session:
        add_account(session, 90, "填报人", is_office=False)
        case = add_case(session, kind=Kind.REGISTRATION)
        add_registration(session, case)
    desk.decide(OFFICER, Order(case_id(), Action.APPROVE, 3, choices=Choices(HERE), window=WINDOW))
    record = all_papers()[0]
    assert (record.kind, record.state) == (PaperKind.REGISTRATION_RECORD, PaperState.VALID)
    assert record.is_in_force(now())
    assert [line.value.en for line in record.snapshot.lines][1] == "Jinyun County"
    commands.prepare(person(Role.CERTIFIER, 90), record.serial)


def test_a_paper_of_a_later_day_is_printed_once_it_is_in_force(database: Database, people: None) -> None:
    with transaction(EVERYTHING) as session:
        serial = issued(session, OFFICER)
        session.execute(update(Paper).values(valid_from=now() + WINDOW))
    with pytest.raises(Illegal):
        commands.prepare(OFFICER, serial)
    with time_machine.travel(now() + WINDOW):
        commands.prepare(OFFICER, serial)


# --- the papers themselves ---------------------------------------------------------------------------------------


def end(session: Session, row: Paper, target: PaperState) -> None:
    if target is PaperState.SUPERSEDED:
        supersede(session, OFFICER, row)
    elif target is PaperState.REVOKED:
        revoke(session, OFFICER, row, "因由")


@pytest.mark.parametrize("state", PaperState)
@pytest.mark.parametrize("target", [PaperState.SUPERSEDED, PaperState.REVOKED])
def test_a_paper_walks_its_law_and_no_other_way(database: Database, state: PaperState, target: PaperState) -> None:
    with transaction(EVERYTHING) as session:
        serial = issued(session, OFFICER)
        row = session.scalars(select(Paper).where(Paper.serial == serial)).one()
        end(session, row, state)
        if target in MOVES[state]:
            end(session, row, target)
            assert (row.state, row.ended_by_id) == (target, 1)
        else:
            with pytest.raises(Illegal):
                end(session, row, target)


def test_of_one_subject_one_paper_is_valid_whatever_the_code_does(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        first = issued(session, OFFICER)
        second = issued(session, OFFICER)
        assert paper(session, first).replaced_by == second
    with pytest.raises(IntegrityError), transaction(EVERYTHING) as session:
        row = session.scalars(select(Paper).where(Paper.serial == first)).one()
        row.state, row.ended_at = PaperState.VALID, None


def test_the_code_opens_its_own_paper_and_no_other_code_does(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        serial = issued(session, OFFICER)
    token = all_papers()[0].token
    found = paper_by_token(token)
    assert found is not None
    assert found.serial == serial
    assert paper_by_token(token[::-1] + "0") is None


def test_the_lead_revokes_with_a_reason_that_the_trail_keeps(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        serial = issued(session, OFFICER)
    for blank in ("", "  \n", "x" * 501):
        with pytest.raises(Invalid) as refused:
            commands.revoke_paper(LEAD, serial, blank)
        assert set(refused.value.fields) == {"reason"}
    commands.revoke_paper(LEAD, serial, " 企业已迁出 ")
    with reading(EVERYTHING) as session:
        assert paper(session, serial).reason == "企业已迁出"
        row = session.scalars(select(AuditEvent).where(AuditEvent.verb == "paper.revoke")).one()
        assert row.detail["reason"] == "企业已迁出"
    with pytest.raises(Illegal):
        commands.revoke_paper(LEAD, serial, "再一次")


def test_a_paper_of_another_county_or_enterprise_is_not_there(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        serial = issued(session, OFFICER, enterprise_id=8, county="331102")
    with pytest.raises(Missing):
        commands.revoke_paper(LEAD, serial, "因由")
    with pytest.raises(Missing):
        commands.prepare(person(Role.CERTIFIER, 90, enterprise_id=7), serial)
    for scope in (Scope.counties(HERE), Scope.enterprises(7), Scope.nobody()):
        with reading(scope) as session:
            assert papers(session) == []
