"""What an administrator may do with other people's accounts, and what nobody may do with their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts import commands
from portal.accounts import commands_administration as administration
from portal.accounts.commands_administration import WantedPost
from portal.accounts.models import Account, Post
from portal.accounts.open_account import Details, PostGiven, give_post
from portal.accounts.passwords import NewPassword
from portal.accounts.queries import account_rows, held, names, officers_of
from portal.accounts.rules import CHAIN_ROLES, COUNTY_ROLES
from portal.database.seal import unseal
from portal.database.session import reading, transaction
from portal.kernel.clock import today
from portal.kernel.errors import Denied, Illegal, Invalid, Missing
from portal.kernel.roles import ANONYMOUS, OFFICE_ROLES, Actor, Role
from portal.notices.models import Mail
from portal.web.sessions import begin
from tests.integration.accounts.people import (
    HASHER,
    NOBODY,
    PASSWORD,
    acting,
    events,
    guest,
    open_one,
    sessions,
    stored,
)

pytestmark = pytest.mark.usefixtures("database")
DETAILS = Details("陈某", "chen@example.com", "", "en")
CHECKED = "came in person, known for years"
NEW = NewPassword("another long sentence", "another long sentence")


def post(role: str = "county_officer", county: str = "331122", chain: str = "") -> WantedPost:
    return WantedPost(role, county, chain, ("331122", "331102"), ("01", "02"))


@pytest.fixture
def admin() -> Actor:
    return acting(open_one("admin-1", role=Role.ADMINISTRATOR), Role.ADMINISTRATOR)


def invitation() -> str:
    with reading(NOBODY) as session:
        return unseal(session.scalars(select(Mail.link).order_by(Mail.id.desc())).first() or "")


def test_an_invited_officer_sets_a_password_and_holds_the_post(admin: Actor) -> None:
    account_id = administration.invite(admin, "officer-1", DETAILS, post())
    assert stored(account_id).state == "invited"
    commands.set_password_by_link(guest(), "invitation", invitation().rpartition("/")[2], NEW, HASHER)
    account = stored(account_id)
    assert (account.state, account.is_office, account.created_by_id) == ("active", True, admin.account_id)
    with reading(NOBODY) as session:
        assert held(session, account_id, today()) == {(Role.COUNTY_OFFICER, "331122", None)}
    assert [e.verb for e in events()] == ["account.invited", "invitation.accepted"]


def test_the_trail_of_an_invitation_names_the_post(admin: Actor) -> None:
    administration.invite(admin, "officer-1", DETAILS, post("chain_officer", "", "01"))
    (event,) = events("account.invited")
    assert event.detail == {"username": "officer-1", "role": "chain_officer", "county": None, "chain": "01"}
    assert event.actor_id == admin.account_id


@pytest.mark.parametrize(
    ("details", "wanted", "fields"),
    [
        (Details("", "chen@example.com", "", "zh"), post(), {"display_name"}),
        (Details("陈某", "", "", "zh"), post(), {"email"}),
        (DETAILS, post(""), {"role"}),
        (DETAILS, post("preparer"), {"role"}),
        (DETAILS, post(county="999999"), {"county"}),
        (DETAILS, post("chain_officer", "", "99"), {"chain"}),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_at_its_field(
    admin: Actor, details: Details, wanted: WantedPost, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        administration.invite(admin, "officer-1", details, wanted)
    assert set(caught.value.fields) == fields
    with reading(NOBODY) as session:
        assert session.scalars(select(Mail)).all() == []


def seated(role: Role = Role.COUNTY_LEAD) -> Account:
    account = open_one("lead", role=role)
    with transaction(ANONYMOUS) as session:
        begin(session, account.id, proved_at=account.created_at, second_factor_done=True)
    return account


def test_disabling_ends_every_session_and_enabling_lets_in_again(admin: Actor) -> None:
    account = seated()
    administration.disable(admin, account.id)
    assert sessions(account.id) == []
    with pytest.raises(Invalid):
        commands.sign_in(guest(), "lead", PASSWORD, HASHER, agent="", old_token=None)
    administration.enable(admin, account.id)
    assert commands.sign_in(guest(), "lead", PASSWORD, HASHER, agent="", old_token=None).needs_code


def test_who_never_set_a_password_is_invited_again_after_being_disabled(admin: Actor) -> None:
    account_id = administration.invite(admin, "officer-1", DETAILS, post())
    administration.disable(admin, account_id)
    with pytest.raises(Illegal):
        administration.send_new_link(admin, account_id)
    administration.enable(admin, account_id)
    administration.send_new_link(admin, account_id)
    assert invitation().startswith("/invitation/")


def test_who_has_a_password_gets_a_link_for_another_one(admin: Actor) -> None:
    administration.send_new_link(admin, seated().id)
    assert invitation().startswith("/password-reset/")


def test_without_an_e_mail_address_there_is_no_link(admin: Actor) -> None:
    account = open_one("lead", role=Role.COUNTY_LEAD, email="")
    with pytest.raises(Illegal):
        administration.send_new_link(admin, account.id)


def test_sessions_end_and_a_lost_second_factor_is_set_up_anew(admin: Actor) -> None:
    account = seated()
    administration.end_sessions_of(admin, account.id)
    assert sessions(account.id) == []
    administration.reset_factor(admin, account.id, CHECKED)
    assert stored(account.id).totp_secret is None
    commands.sign_in(guest(), "lead", PASSWORD, HASHER, agent="", old_token=None)
    assert stored(account.id).totp_pending is not None


def test_a_post_is_given_and_ended_and_both_stand_in_the_trail(admin: Actor) -> None:
    account = seated()
    administration.appoint(admin, account.id, post(county="331102"))
    with reading(NOBODY) as session:
        row = session.scalars(select(Post).where(Post.county == "331102")).one()
    administration.dismiss(admin, account.id, row.id)
    with reading(NOBODY) as session:
        assert held(session, account.id, today()) == {(Role.COUNTY_LEAD, "331122", None)}
    with pytest.raises(Missing):
        administration.dismiss(admin, account.id, row.id)
    assert [e.verb for e in events()] == ["post.given", "post.ended"]


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.ADMINISTRATOR}, key=str))
def test_no_other_post_is_added_to_an_administrators(admin: Actor, role: Role) -> None:
    other = open_one("admin-2", role=Role.ADMINISTRATOR)
    with pytest.raises(Invalid):
        administration.appoint(admin, other.id, post(role.value, "331122", "01"))


def test_an_account_of_an_enterprise_holds_no_post(admin: Actor) -> None:
    account = open_one()
    with pytest.raises(Illegal):
        administration.appoint(admin, account.id, post())
    with pytest.raises(ValueError, match="no post"), transaction(ANONYMOUS) as session:
        give_post(session, account, PostGiven(Role.AUDITOR), None)


@pytest.mark.parametrize("role", sorted(COUNTY_ROLES | CHAIN_ROLES, key=str))
def test_a_post_without_its_place_is_refused_whoever_gives_it(role: Role) -> None:
    account = open_one("auditor-1", role=Role.AUDITOR)
    with pytest.raises(Invalid), transaction(ANONYMOUS) as session:
        give_post(session, account, PostGiven(role, "", ""), None)


OWN: list[Callable[[Actor, int], object]] = [
    administration.disable,
    administration.enable,
    lambda actor, account_id: administration.reset_factor(actor, account_id, CHECKED),
    lambda actor, account_id: administration.issue_recovery(actor, account_id, CHECKED),
    administration.end_sessions_of,
    administration.send_new_link,
    lambda actor, account_id: administration.appoint(actor, account_id, post()),
    lambda actor, account_id: administration.dismiss(actor, account_id, 1),
]


@pytest.mark.parametrize("deed", OWN)
def test_nobody_administers_their_own_account(admin: Actor, deed: Callable[[Actor, int], object]) -> None:
    with pytest.raises(Denied):
        deed(admin, admin.account_id or 0)
    assert events() == []


@pytest.mark.parametrize("deed", OWN)
@pytest.mark.parametrize("account_id", [987654, 10**30])
def test_an_account_that_is_not_there_is_missing(
    admin: Actor, deed: Callable[[Actor, int], object], account_id: int
) -> None:
    with pytest.raises(Missing):
        deed(admin, account_id)


def test_the_last_administrator_stays(admin: Actor) -> None:
    with pytest.raises(Illegal):
        administration.disable(acting(open_one("ghost"), Role.ADMINISTRATOR), admin.account_id or 0)
    assert stored(admin.account_id or 0).state == "active"


def test_the_list_finds_by_name_kind_state_and_post_and_masks_contacts(admin: Actor) -> None:
    open_one("zhang")
    open_one("lead-1", role=Role.COUNTY_LEAD)
    day = today()
    with reading(NOBODY) as session:
        assert [r.username for r in account_rows(session, day)] == ["admin-1", "lead-1", "zhang"]
        assert [r.username for r in account_rows(session, day, after="admin-1", most=1)] == ["lead-1"]
        assert [r.username for r in account_rows(session, day, text="ZHA")] == ["zhang"]
        assert account_rows(session, day, text="%") == []
        assert [r.username for r in account_rows(session, day, kind="office")] == ["admin-1", "lead-1"]
        assert [r.username for r in account_rows(session, day, role="county_lead")] == ["lead-1"]
        assert account_rows(session, day, state="disabled") == []
        (row,) = account_rows(session, day, text="lead")
    assert row.roles == (Role.COUNTY_LEAD.title,)
    assert row.email == "z***@example.com"


def test_the_officers_of_a_county_are_those_who_hold_a_post_there_today(admin: Actor) -> None:
    lead = open_one("lead-1", role=Role.COUNTY_LEAD)
    gone = open_one("lead-2", role=Role.COUNTY_LEAD)
    open_one("bureau-1", role=Role.BUREAU_LEAD)
    administration.disable(admin, gone.id)
    with reading(NOBODY) as session:
        assert [o.account_id for o in officers_of(session, "331122", today())] == [lead.id]
        assert officers_of(session, "331102", today()) == []
        assert names(session, [lead.id, None, 987654]) == {lead.id: lead.display_name}


IMPOSSIBLE = [
    Post(account_id=1, role="preparer", since_on=today()),
    Post(account_id=1, role="county_lead", since_on=today()),
    Post(account_id=1, role="auditor", county="331122", since_on=today()),
    Post(account_id=1, role="chain_officer", county="331122", since_on=today()),
    Account(username="Big", display_name="x", is_office=False, state="invited", language="zh"),
    Account(username="aaa", display_name="x", is_office=False, state="active", language="zh"),
    Account(username="aaa", display_name="x", is_office=False, state="invited", language="fr"),
    Account(username="aaa", display_name="x", is_office=False, state="gone", language="zh"),
]


@pytest.mark.parametrize("number", range(len(IMPOSSIBLE)))
def test_the_database_itself_refuses_impossible_posts_and_accounts(number: int) -> None:
    open_one()
    source = IMPOSSIBLE[number]
    values = {c.name: getattr(source, c.name) for c in source.__table__.columns if getattr(source, c.name) is not None}
    with pytest.raises(IntegrityError), transaction(ANONYMOUS) as session:
        session.add(type(source)(**values))
        session.flush()
