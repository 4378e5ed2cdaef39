"""The walk of a registration on real databases: start, draft, submission, decision, and who may act afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.models import Post
from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.casework.models import Case
from portal.database.session import Database, looking, reading, transaction
from portal.enterprises import commands, commands_members, commands_register
from portal.enterprises.commands import Proof
from portal.enterprises.models import EnrolmentCode, Enterprise, Membership, Position, PurposeAcceptance
from portal.enterprises.queries import enterprise, profile_at, registration_sheet
from portal.enterprises.queries_register import dossier
from portal.enterprises.queries_registration import versions
from portal.enterprises.registration import blank
from portal.home.queries import load_session
from portal.kernel.clock import now, today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import Action, Kind, State
from portal.review.commands import decide
from portal.review.decide_one import Order
from portal.review.effects import Choices
from portal.uploads.models import Upload
from portal.uploads.queries import upload
from portal.web.sessions import begin, token_hash
from tests.fixtures.applicants import (
    applicant,
    code_of,
    enterprise_of,
    filled,
    licence,
    registrations,
    standing,
    started,
    stored,
    submitted,
    typed,
    version,
)
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_account, person

pytestmark = pytest.mark.content("catalogue")
OFFICER, LEAD, STRANGER = (
    person(Role.COUNTY_OFFICER, 1),
    person(Role.COUNTY_LEAD, 2),
    person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE),
)
JUNK = blank() | {"credit_code": "不知道", "revenue": "大约两千", "founded_on": "去年", "products": ["", "锯"]}
FAMILY = "N2331122MF0000001H"


@pytest.fixture(autouse=True)
def offices(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number, role, county in (
            (1, Role.COUNTY_OFFICER, HERE),
            (2, Role.COUNTY_LEAD, HERE),
            (3, Role.COUNTY_OFFICER, ELSEWHERE),
        ):
            add_account(session, number, f"审核员{number}")
            session.add(Post(account_id=number, role=role.value, county=county, since_on=today()))


@pytest.fixture
def seen() -> Iterator[Session]:
    with reading(EVERYTHING) as session:
        yield session


def approve(actor: Actor, case_id: int, county: str = HERE, override: str = "") -> State:
    return decide(actor, Order(case_id, Action.APPROVE, choices=Choices(county, override)))


def returned(actor: Actor, case_id: int) -> State:
    return decide(actor, Order(case_id, Action.RETURN, reason="请更正行业代码", remarks=(("gb_class", "应为3424"),)))


def admitted(account_id: int, folder: Path, **changes: Any) -> int:
    found = submitted(account_id, folder, **changes)
    approve(OFFICER, found.case.id)
    return found.registration.enterprise_id


def as_signed_in(account_id: int) -> Actor:
    with transaction(EVERYTHING) as session:
        token = begin(
            session, account_id, proved_at=now(), second_factor_done=True, address="192.0.2.1", agent="a test"
        )
    with looking(EVERYTHING) as connection:  # as the portal does: the look-up tells whose scope the request will have
        facts = load_session(connection, token_hash(token))
    assert facts is not None
    return facts.actor


def verbs(case_id: int) -> list[str]:
    assert verify() == []
    with reading(EVERYTHING) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.stream == f"case:{case_id}"))
        return [event.verb for event in events]


# --- the walk ----------------------------------------------------------------------------------------------------


def test_from_an_empty_form_to_a_person_who_may_prepare_and_certify(seen: Session, tmp_path: Path) -> None:
    actor = started(90)
    assert commands.save(actor, JUNK, version(actor), Proof(tmp_path)) == {}
    assert standing(actor).registration.document == JUNK
    commands.save(actor, typed(90), version(actor), licence(tmp_path))
    commands.submit(actor, version(actor), "a-key", declares=True)
    case = standing(actor).case
    assert (case.state, case.kind, case.county, case.chain) == (State.SUBMITTED, Kind.REGISTRATION, HERE, "01")
    assert approve(OFFICER, case.id) is State.APPROVED
    row = stored(actor.enterprise_id)
    assert (row.status, row.county, row.segment, row.size_class) == ("registered", HERE, "01-M1", "M")
    assert (row.size_class_on.month, row.size_class_on.day) == (1, 1) if row.size_class_on else False
    assert (row.name_en, row.registered_on) == ("Lishui Sample Machines No. 90", today())
    member = as_signed_in(90)
    assert member.roles == {Role.PREPARER, Role.CERTIFIER} and member.enterprise_id == row.id
    places = seen.scalars(select(Position).where(Position.enterprise_id == row.id).order_by(Position.segment)).all()
    assert [(p.segment, p.is_primary) for p in places] == [("01-M1", True), ("01-M2", False)]
    assert [p.name for p in dossier(seen, row.id).products] == ["带锯床", "锯条"]
    assert profile_at(seen, row.id, today()).respondent_class == "S"
    assert verbs(case.id) == ["registration.started", "case.save", "case.save", "case.submit", "case.approve"]


def test_starting_again_changes_nothing(database: Database) -> None:
    started(90)
    commands.start(applicant(90))
    assert len(registrations()) == 1


def test_two_clicks_at_once_start_one_registration(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, 90, "申请人", is_office=False)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: commands.start(applicant(90)), range(8)))
    assert len(registrations()) == 1


def test_a_repeated_submission_makes_one_version(seen: Session, tmp_path: Path) -> None:
    actor = filled(90, tmp_path)
    number = version(actor)
    for _ in range(3):
        commands.submit(actor, number, "the-same-key", declares=True)
    assert len(versions(seen, standing(actor).registration.id)) == 1


def test_two_people_may_bring_the_same_key(tmp_path: Path) -> None:
    for account_id in (90, 91):
        actor = filled(account_id, tmp_path)
        commands.submit(actor, version(actor), "the-same-key", declares=True)
        assert standing(actor).case.state is State.SUBMITTED


def test_a_draft_changed_in_another_window_is_not_overwritten(tmp_path: Path) -> None:
    actor = started(90)
    old = version(actor)
    commands.save(actor, typed(1), old, Proof(tmp_path))
    with pytest.raises(Conflict):
        commands.save(actor, typed(2), old, Proof(tmp_path))
    assert standing(actor).registration.document == typed(1)
    with pytest.raises(Conflict):
        commands.submit(actor, old, "a-key", declares=True)


@pytest.mark.parametrize(
    ("change", "proof", "declares", "field"),
    [
        ({"revenue": "大约两千"}, True, True, "revenue"),
        ({"purposes": ["P3"]}, True, True, "purposes"),
        ({}, False, True, "licence"),
        ({}, True, False, "declares"),
    ],
    ids=["number", "purpose", "proof", "declaration"],
)
def test_a_submission_that_is_not_right_names_the_field_and_changes_nothing(
    tmp_path: Path, change: dict[str, Any], proof: bool, declares: bool, field: str
) -> None:
    actor = started(90)
    commands.save(actor, typed(1, **change), version(actor), licence(tmp_path) if proof else Proof(tmp_path))
    with pytest.raises(Invalid) as refused:
        commands.submit(actor, version(actor), "a-key", declares=declares)
    assert set(refused.value.fields) == {field}
    assert (standing(actor).case.state, standing(actor).case.county) == (State.DRAFT, "")


def test_a_returned_registration_is_mended_and_comes_back_with_what_changed(seen: Session, tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    actor = applicant(90)
    returned(OFFICER, found.case.id)
    assert [remark.text for remark in standing(actor).remarks_at("gb_class")] == ["应为3424"]
    commands.save(actor, typed(90, gb_class="3424"), version(actor), Proof(tmp_path))
    commands.submit(actor, version(actor), "second", declares=True)
    assert registration_sheet(seen, standing(actor).case).changed == {"gb_class"}
    assert approve(OFFICER, found.case.id) is State.APPROVED
    assert stored(actor.enterprise_id).gb_class == "3424"


def test_a_withdrawn_registration_is_a_draft_again_and_a_decided_one_is_not(tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    commands.withdraw(applicant(90))
    commands.save(applicant(90), JUNK, version(applicant(90)), Proof(tmp_path))
    assert standing(applicant(90)).case.state is State.WITHDRAWN
    with pytest.raises(Illegal):
        approve(OFFICER, found.case.id)


def test_who_was_rejected_may_start_anew_and_nothing_of_the_old_comes_along(tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    decide(OFFICER, Order(found.case.id, Action.REJECT, reason="不在本市经营"))
    commands.start(applicant(90))
    fresh = standing(applicant(90))
    assert fresh.case.id != found.case.id and fresh.registration.document == blank()
    assert fresh.case.state is State.DRAFT


# --- the code ----------------------------------------------------------------------------------------------------


def test_a_second_claimant_becomes_a_request_to_the_county_of_the_first(seen: Session, tmp_path: Path) -> None:
    first = admitted(90, tmp_path)
    found = submitted(91, tmp_path, number=90, county=ELSEWHERE)
    assert (found.case.kind, found.case.county) == (Kind.ACCESS, HERE)
    assert as_signed_in(91).roles == {Role.APPLICANT}
    sheet = registration_sheet(seen, found.case)
    assert sheet.is_second_claim and [row[0] for row in sheet.similar] == [first]
    approve(OFFICER, found.case.id)
    joined = as_signed_in(91)
    assert (joined.roles, joined.enterprise_id) == ({Role.PREPARER}, first)
    assert stored(found.registration.enterprise_id).status == "merged"
    assert len(seen.scalars(select(Enterprise).where(Enterprise.status == "registered")).all()) == 1


def test_two_who_submit_the_same_code_are_not_both_admitted(tmp_path: Path) -> None:
    first, second = submitted(90, tmp_path, number=5), submitted(91, tmp_path, number=5)
    approve(OFFICER, first.case.id)
    with pytest.raises(Illegal):
        approve(OFFICER, second.case.id)
    assert standing(applicant(91)).case.state is State.SUBMITTED


def test_the_database_itself_refuses_a_registered_code_that_cannot_be(database: Database) -> None:
    row = {"name_zh": "示例", "status": "registered", "county": HERE, "chain": "00"}
    for wrong in (
        code_of(1)[:17] + ("A" if code_of(1)[17] != "A" else "B"),
        FAMILY[:-1] + "A",
        "",
        "91331122MAIOSVZ000",
    ):
        with pytest.raises(IntegrityError), transaction(EVERYTHING) as session:
            session.add(Enterprise(**row, credit_code=wrong))
    with transaction(EVERYTHING) as session:
        session.add(Enterprise(**row, credit_code=code_of(1)))
        session.add(Enterprise(**row, credit_code=FAMILY, override_reason="证照如此"))
        session.add(Enterprise(**row | {"status": "prospective"}, credit_code="不知道"))
    with pytest.raises(IntegrityError), transaction(EVERYTHING) as session:
        session.add(Enterprise(**row, credit_code=code_of(1)))


def test_only_the_county_lead_lets_an_uncheckable_code_through_and_only_with_a_reason(tmp_path: Path) -> None:
    found = submitted(90, tmp_path, credit_code=FAMILY)
    with pytest.raises(Invalid):
        approve(LEAD, found.case.id)
    with pytest.raises(Denied):
        approve(OFFICER, found.case.id, override="证照如此")
    assert approve(LEAD, found.case.id, override="证照如此") is State.APPROVED
    assert stored(found.registration.enterprise_id).override_reason == "证照如此"


# --- scope -------------------------------------------------------------------------------------------------------


def test_an_officer_of_another_county_finds_nothing_of_it(tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    number = found.registration.enterprise_id
    assert found.licence is not None
    with pytest.raises(Missing):
        approve(STRANGER, found.case.id)
    approve(OFFICER, found.case.id)
    with reading(STRANGER.scope) as session:
        for read in (enterprise, dossier):
            with pytest.raises(Missing):
                read(session, number)
        with pytest.raises(Missing):
            upload(session, found.licence.id)
    with reading(OFFICER.scope) as session:
        assert upload(session, found.licence.id).filename == "营业执照.pdf"


def test_an_officer_admits_only_under_a_unit_of_their_own(tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    for county in (ELSEWHERE, "331199"):
        with pytest.raises(Invalid) as refused:
            approve(OFFICER, found.case.id, county=county)
        assert set(refused.value.fields) == {"county"}


def test_nobody_but_the_applicant_reaches_a_draft(database: Database, tmp_path: Path) -> None:
    actor = filled(90, tmp_path)
    for other in (OFFICER, started(91)):
        with reading(other.scope) as session, pytest.raises(Missing):
            enterprise(session, actor.enterprise_id or 0)


# --- proof -------------------------------------------------------------------------------------------------------


def test_an_enrolment_code_proves_instead_of_a_licence_and_only_once(seen: Session, tmp_path: Path) -> None:
    plain = commands_register.issue_code(OFFICER, HERE, code_of(90), "丽水示例90号")
    actor = started(90)
    assert commands.save(actor, typed(90), version(actor), Proof(tmp_path, code=plain.lower())) == {}
    commands.submit(actor, version(actor), "a-key", declares=True)
    assert plain not in {row.code_hash for row in seen.scalars(select(EnrolmentCode))}
    assert registration_sheet(seen, standing(actor).case).enrolment is not None
    other = started(91)
    assert set(commands.save(other, typed(90), version(other), Proof(tmp_path, code=plain))) == {"enrolment_code"}


def test_an_enrolment_code_of_another_enterprise_or_too_old_is_no_proof(tmp_path: Path) -> None:
    plain = commands_register.issue_code(OFFICER, HERE, code_of(90), "丽水示例90号")
    actor = started(91)
    assert set(commands.save(actor, typed(91), version(actor), Proof(tmp_path, code=plain))) == {"enrolment_code"}
    with transaction(EVERYTHING) as session:
        session.execute(update(EnrolmentCode).values(expires_at=now() - timedelta(seconds=1)))
    assert set(commands.save(actor, typed(90), version(actor), Proof(tmp_path, code=plain))) == {"enrolment_code"}


def test_guessing_enrolment_codes_shuts_the_door_even_for_the_right_one(tmp_path: Path) -> None:
    plain = commands_register.issue_code(OFFICER, HERE, code_of(90), "丽水示例90号")
    actor = started(90)
    for _ in range(6):
        commands.save(actor, typed(90), version(actor), Proof(tmp_path, code="2222-2222-2222-2222"))
    assert set(commands.save(actor, typed(90), version(actor), Proof(tmp_path, code=plain))) == {"enrolment_code"}
    assert standing(actor).enrolment is None


def test_an_officer_gives_codes_only_for_a_unit_of_their_own(database: Database) -> None:
    with pytest.raises(Invalid) as refused:
        commands_register.issue_code(OFFICER, ELSEWHERE, code_of(1), "丽水示例")
    assert set(refused.value.fields) == {"county"}


def test_a_file_that_is_no_licence_is_refused_and_the_text_is_kept(seen: Session, tmp_path: Path) -> None:
    actor = started(90)
    wrong = Proof(tmp_path, "licence.pdf", io.BytesIO(b"PK\x03\x04"))
    assert set(commands.save(actor, typed(90), version(actor), wrong)) == {"licence"}
    assert standing(actor).registration.document == typed(90)
    assert not seen.scalars(select(Upload)).all() and not list(tmp_path.rglob("*"))


# --- afterwards --------------------------------------------------------------------------------------------------


def test_purposes_are_accepted_one_by_one_with_version_and_time_and_can_be_taken_back(
    seen: Session, tmp_path: Path
) -> None:
    number = admitted(90, tmp_path)
    commands_members.choose_purposes(as_signed_in(90), ("P1", "P3"))
    rows = seen.scalars(select(PurposeAcceptance).where(PurposeAcceptance.enterprise_id == number)).all()
    assert {(row.purpose, row.withdrawn_at is None) for row in rows} == {("P1", True), ("P2", False), ("P3", True)}
    assert all(row.version and row.accepted_at for row in rows)
    with pytest.raises(Invalid):
        commands_members.choose_purposes(as_signed_in(90), ("P3",))


def test_the_last_certifier_stays(seen: Session, tmp_path: Path) -> None:
    number = admitted(90, tmp_path)
    member = as_signed_in(90)
    posts = {m.post: m.id for m in seen.scalars(select(Membership).where(Membership.enterprise_id == number))}
    commands_members.end(member, posts["preparer"])
    with pytest.raises(Illegal):
        commands_members.end(member, posts["certifier"])
    assert as_signed_in(90).roles == {Role.CERTIFIER}


def test_a_certifier_ends_no_membership_of_another_enterprise(seen: Session, tmp_path: Path) -> None:
    admitted(90, tmp_path)
    other = admitted(91, tmp_path)
    theirs = seen.scalars(select(Membership.id).where(Membership.enterprise_id == other)).all()
    for membership_id in theirs:
        with pytest.raises(Missing):
            commands_members.end(as_signed_in(90), membership_id)
    assert enterprise_of(91) == other


def test_the_above_scale_status_is_a_dated_fact_with_a_source(seen: Session, tmp_path: Path) -> None:
    number = admitted(90, tmp_path)
    entry = commands_register.StatusEntry("yes", f"{today().year}-01-01", "2026年规上名单")
    commands_register.enter_status(OFFICER, number, entry)
    assert profile_at(seen, number, today()).respondent_class == "L"
    assert profile_at(seen, number, today().replace(month=1, day=1) - timedelta(days=1)).respondent_class == "S"
    with pytest.raises(Missing):
        commands_register.enter_status(STRANGER, number, entry)
    with pytest.raises(Invalid) as refused:
        commands_register.enter_status(OFFICER, number, commands_register.StatusEntry("", "昨天", ""))
    assert set(refused.value.fields) == {"is_above_scale", "since_on", "source"}


def test_a_designation_needs_its_document(seen: Session, tmp_path: Path) -> None:
    number = admitted(90, tmp_path)
    bureau = person(Role.BUREAU_LEAD, 4)
    wrong = commands_register.DesignationEntry("best", "00", "2999-01-01", "", "2000-01-01")
    with pytest.raises(Invalid) as refused:
        commands_register.designate(bureau, number, wrong)
    assert set(refused.value.fields) == {"kind", "for_chain", "decided_on", "document_no", "until_on"}
    right = commands_register.DesignationEntry("chain-leading", "01", "2026-03-01", "丽经信〔2026〕0号", "")
    commands_register.designate(bureau, number, right)
    assert [row.document_no for row in dossier(seen, number).designations] == ["丽经信〔2026〕0号"]
    case = seen.scalars(select(Case).where(Case.enterprise_id == number)).one()
    assert verbs(case.id)[-1] == "case.approve"
