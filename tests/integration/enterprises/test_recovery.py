"""An officer gives somebody of an enterprise of the own county a way back; nobody else does, and all concerned are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import commands_recovery as recovery
from portal.accounts.hashing import Hasher
from portal.accounts.limits import TAKEN_NAME, TooMany
from portal.accounts.models import Account, Post
from portal.accounts.open_account import Details, Taken
from portal.accounts.passwords import NewPassword
from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.config import Settings
from portal.database.session import reading, transaction
from portal.enterprises import commands_members, tasks
from portal.enterprises.commands_recovery import issue_recovery
from portal.enterprises.models import Enterprise, Membership
from portal.jobs.run import Runner
from portal.kernel.clock import today
from portal.kernel.errors import Illegal, Invalid, Missing
from portal.kernel.roles import ANONYMOUS, GRANTS, OFFICE_ROLES, Permission, Role, Scope
from portal.notices.models import Notice
from portal.web.sessions import WebSession, begin
from tests.fixtures.applicants import submitted
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_account, person
from tests.fixtures.registered import OFFICER, OWNER, REGISTERED
from tests.integration.enterprises.desk import member, signed_in

DECLARING = (tasks,)  # importing it is what declares its handler
pytestmark = pytest.mark.content("registered")
CHECKED = "本人到场，核对居民身份证"
TYPED = "another long sentence"
NEW = NewPassword(TYPED, TYPED)
HASHER = Hasher(1, 8, 1)
COLLEAGUE, STRANGER = 91, 92


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    """Admitted, with an owner, a colleague who prepares, and a stranger who has nothing to do with it."""
    found = REGISTERED.given(tmp_path)
    with transaction(EVERYTHING) as session:
        for account_id, name in ((COLLEAGUE, "填报同事"), (STRANGER, "外人")):
            add_account(session, account_id, name, is_office=False)
        session.add(Membership(account_id=COLLEAGUE, enterprise_id=found, post="preparer", state="active"))
        begin(session, COLLEAGUE, proved_at=session.get_one(Account, OWNER).created_at, second_factor_done=True)
    return found


def told(account_id: int) -> list[str]:
    with reading(EVERYTHING) as session:
        kinds = session.scalars(select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)).all()
    return [kind for kind in kinds if "recovery" in kind or "credential" in kind]


def test_the_officer_of_the_county_issues_one_and_the_person_comes_back(enterprise_id: int, settings: Settings) -> None:
    handed = issue_recovery(OFFICER, enterprise_id, COLLEAGUE, CHECKED)
    assert (told(COLLEAGUE), told(OWNER), told(STRANGER)) == (["account-recovery"], ["colleague-recovery"], [])
    recovery.recover(ANONYMOUS, handed.username, handed.code, NEW, HASHER)
    Runner(settings).sweep()
    assert told(COLLEAGUE) == ["account-recovery", "account-credential"]
    assert told(OWNER) == ["colleague-recovery", "colleague-recovery"]
    with reading(EVERYTHING) as session:
        assert HASHER.verify(session.get_one(Account, COLLEAGUE).password_hash, TYPED)
        assert session.scalars(select(WebSession).where(WebSession.account_id == COLLEAGUE)).all() == []


def test_the_leads_of_the_county_are_told_who_handed_out_a_code_and_on_what_proof(enterprise_id: int) -> None:
    leads = {904: HERE, 905: HERE, 906: ELSEWHERE}
    with transaction(EVERYTHING) as session:
        for account_id, county in leads.items():
            add_account(session, account_id, f"负责人{account_id}")
            post = Post(account_id=account_id, role=Role.COUNTY_LEAD.value, county=county, since_on=today())
            session.add(post)
        session.get_one(Enterprise, enterprise_id).name_en = "Sample Ltd"
    issue_recovery(OFFICER, enterprise_id, COLLEAGUE, CHECKED)
    assert [told(account_id) for account_id in leads] == [["recovery-by-officer"], ["recovery-by-officer"], []]
    with reading(EVERYTHING) as session:
        notice = session.scalars(select(Notice).where(Notice.account_id == 904)).one()
    assert CHECKED in notice.body_zh and OFFICER.name in notice.body_en
    assert "Sample Ltd" in notice.body_en and "Sample Ltd" not in notice.body_zh
    issue_recovery(person(Role.COUNTY_LEAD, 904), enterprise_id, COLLEAGUE, CHECKED)  # nobody is told of their own deed
    assert [len(told(account_id)) for account_id in leads] == [1, 2, 0]


def test_it_stands_in_the_trail_of_the_account(enterprise_id: int) -> None:
    issue_recovery(OFFICER, enterprise_id, COLLEAGUE, CHECKED)
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "recovery.issued")).one()
    assert (event.stream, event.subject) == (f"account:{COLLEAGUE}", f"enterprise:{enterprise_id}")
    assert (event.actor_id, event.detail["identity"]) == (OFFICER.account_id, CHECKED)
    assert verify() == []


@pytest.mark.parametrize("account_id", [STRANGER, OFFICER.account_id, 987654, 10**14])
def test_who_does_not_act_for_the_enterprise_gets_none(enterprise_id: int, account_id: int) -> None:
    with pytest.raises(Missing):
        issue_recovery(OFFICER, enterprise_id, account_id, CHECKED)


def test_who_left_the_enterprise_gets_none(enterprise_id: int) -> None:
    with transaction(EVERYTHING) as session:
        session.query(Membership).filter_by(account_id=COLLEAGUE).update({"state": "ended"})
    with pytest.raises(Missing):
        issue_recovery(OFFICER, enterprise_id, COLLEAGUE, CHECKED)


def test_an_office_account_gets_none_from_a_county_even_as_a_member(enterprise_id: int) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, 95, "负责人", is_office=True)
        session.add(Membership(account_id=95, enterprise_id=enterprise_id, post="preparer", state="active"))
    with pytest.raises(Missing):
        issue_recovery(OFFICER, enterprise_id, 95, CHECKED)


def test_another_county_finds_nothing_even_with_a_post_of_the_city(enterprise_id: int) -> None:
    elsewhere = person(Role.COUNTY_OFFICER, 903, county=ELSEWHERE)
    both = replace(elsewhere, roles=frozenset({Role.COUNTY_OFFICER, Role.BUREAU_OFFICER}), scope=EVERYTHING)
    for actor in (elsewhere, both, replace(elsewhere, scope=Scope.everything("test"), counties=frozenset())):
        with pytest.raises(Missing):
            issue_recovery(actor, enterprise_id, COLLEAGUE, CHECKED)


def test_an_applicant_whose_registration_waits_can_come_back_too(enterprise_id: int, tmp_path: Path) -> None:
    waiting = submitted(93, tmp_path)
    handed = issue_recovery(OFFICER, waiting.registration.enterprise_id, 93, CHECKED)
    recovery.recover(ANONYMOUS, handed.username, handed.code, NEW, HASHER)
    assert told(93) == ["account-recovery", "account-credential"] and told(OWNER) == []
    with reading(EVERYTHING) as session:
        assert HASHER.verify(session.get_one(Account, 93).password_hash, TYPED)


def test_a_disabled_account_and_an_empty_reason_are_refused(enterprise_id: int) -> None:
    with pytest.raises(Invalid):
        issue_recovery(OFFICER, enterprise_id, COLLEAGUE, " ")
    with transaction(EVERYTHING) as session:
        session.get_one(Account, COLLEAGUE).state = "disabled"
    with pytest.raises(Illegal):
        issue_recovery(OFFICER, enterprise_id, COLLEAGUE, CHECKED)
    assert told(OWNER) == []


def test_only_the_officers_of_a_county_may(app: Flask, enterprise_id: int) -> None:
    assert {r for r in Role if Permission.ACCOUNT_RECOVER in GRANTS[r]} == {Role.COUNTY_OFFICER, Role.COUNTY_LEAD}
    path = f"/enterprises/{enterprise_id}/people/{COLLEAGUE}/recovery"
    for role in Role:
        expected = 200 if Permission.ACCOUNT_RECOVER in GRANTS[role] else 403
        assert signed_in(app, person(role)).get(path).status == expected, role
    assert signed_in(app, person(Role.COUNTY_OFFICER, 903, county=ELSEWHERE)).get(path).status == 404


def test_it_asks_once_more_who_sits_there(app: Flask, enterprise_id: int) -> None:
    path = f"/enterprises/{enterprise_id}/people/{COLLEAGUE}/recovery"
    answer = signed_in(app, OFFICER, fresh=False).client.get(path)
    assert (answer.status_code, "/confirm-identity" in answer.headers["Location"]) == (302, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_the_code_once_and_keeps_what_was_typed(app: Flask, enterprise_id: int, lang: str) -> None:
    visitor, path = signed_in(app, OFFICER), f"/enterprises/{enterprise_id}/people/{COLLEAGUE}/recovery"
    assert visitor.get(f"/enterprises/{enterprise_id}?lang={lang}").having(href=path)
    visitor.get(path)
    wrong = visitor.submit(path, identity="来过")
    assert wrong.status == 422 and len(wrong.errors) == 1 and "来过" in wrong.text
    shown = visitor.submit(path, identity=CHECKED)
    (code,) = ["".join(e.itertext()) for e in shown.having(id="code")]
    assert f"p{COLLEAGUE}" in shown.text and "/recover" in shown.text
    assert code not in visitor.get(path).text
    recovery.recover(ANONYMOUS, f"p{COLLEAGUE}", code, NEW, HASHER)


def test_inviting_does_not_tell_usernames_without_end(enterprise_id: int) -> None:
    certifier, details = member(enterprise_id, OWNER), Details("同事", "a@lishui.example", "", "zh")
    for _ in range(TAKEN_NAME.most):
        with pytest.raises(Taken):
            commands_members.invite(certifier, f"p{STRANGER}", details, "preparer")
    with pytest.raises(TooMany):
        commands_members.invite(certifier, f"p{STRANGER}", details, "preparer")


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.COUNTY_OFFICER, Role.COUNTY_LEAD}, key=str))
def test_nobody_else_is_offered_it(app: Flask, enterprise_id: int, role: Role) -> None:
    page = signed_in(app, person(role)).get(f"/enterprises/{enterprise_id}")
    assert "/recovery" not in page.html
