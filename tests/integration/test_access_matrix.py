"""Every address for every role, own and other county, own and other enterprise: exactly what was declared, never a fault."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.accounts.models import Account, Post
from portal.casework.models import Case, Remark
from portal.database.session import Database, looking, transaction
from portal.enterprises.models import Enterprise, Membership
from portal.enterprises.models_roster import RegisterImport
from portal.kernel.clock import now, today
from portal.kernel.roles import FRESH_PERMISSIONS, GRANTS, OFFICE_ROLES, Permission, Role, Scope
from portal.kernel.workflow import Kind, State
from portal.notices.models import Notice
from portal.support.commands_apply import begin as begin_application
from portal.support.commands_apply import save as save_application
from portal.support.draft import Chosen
from portal.support.draft import Page as ApplicationPage
from portal.support.models import ApplicationDocument, ApplicationStep
from portal.uploads.store import keep, receive
from portal.web.access import audience
from portal.web.sessions import begin, token_hash
from tests.fixtures.cases import add_account, add_case, add_filing, add_registration
from tests.fixtures.filers import add_window, filer
from tests.fixtures.papers import issued

HERE, THERE = "331122", "331102"
PDF = b"%PDF-1.4\n%%EOF\n"
ALL = Scope.everything("test")
COUNTY = {Role.COUNTY_OFFICER, Role.COUNTY_LEAD}
OUTRANKED = {Role.COUNTY_OFFICER: Role.COUNTY_LEAD, Role.BUREAU_OFFICER: Role.BUREAU_LEAD}
SAMPLES: dict[str, Any] = {
    "quarter": "2026Q3", "kind": "chain", "code": "01", "link": "no-such-link", "word": "return", "step": "submit",
    "filename": "css/app.css", "receipt_no": "nothing", "serial": "no-such-paper", "number": 1, "period": "2026Q3",
    "policy_code": "P201", "unit": HERE,
}  # fmt: skip
NOT_ASKED = {
    "accounts.sign_out": "ends the very session that asks",
    "accounts.end_session": "ends the very session that asks",
    "accounts.end_other_sessions": "ends the other sessions of this test",
    "home.readyz": "public, and rightly says 503 while nobody consumes the jobs",
}
# They have nothing in HERE: an applicant without an enterprise, and the officer of another chain.
STRANGERS = {Role.APPLICANT, Role.CHAIN_OFFICER}
NOBODYS_YET = {"enterprises.check"}  # an applicant has begun no registration here
# Of these nothing lies in the world; the tests of their rooms open them.
NOT_THERE = {
    "accounts.second_factor_picture": "nobody is setting up a second step",
    "catalogue.draft": "no change is being drafted",
    "policies.draft": "no change is being drafted",
    "releases.release": "nothing is released",
    "published.quarter": "nothing is released",
    "published.csv_file": "nothing is released",
    "published.xlsx_file": "nothing is released",
    "support.list_preview": "the list that was sent in is the county's",
    "support.list_marked": "the list that was sent in is the county's",
    "support.receipt": "the application is not sent yet",
    "certificates.verified": "the code in the address is an entry's of the catalogue",
}
# What a look answers those whom it is open to, where that is not the page itself: status, and where it sends on to.
SENDS_ON = {
    "accounts.sign_in": (303, "/"),
    "accounts.register": (303, "/"),
    "accounts.code": (303, "/sign-in?next=/"),
    "accounts.new_factor": (303, "/account/second-factor"),
    "accounts.reset_link": (410, ""),
    "accounts.invitation": (410, ""),
    "certificates.file": (303, "/papers/"),
    "enterprises.registration": (303, "/enterprise"),
    "enterprises.check": (303, "/registration"),
    "enterprises.transfer": (409, ""),
    "enterprises.list_marked": (422, ""),
}
ALWAYS = {"accounts.code", "accounts.new_factor", "accounts.reset_link", "accounts.invitation"}  # never the page
# What would end a session or a post of those who ask.
OTHERS = {"post_id": 987654, "session_id": 987654}

pytestmark = pytest.mark.content("catalogue")


@dataclass(frozen=True)
class World:
    """Tokens by (role, place), and the ids of what lies in HERE; `drafted` are the case and file of an application that
    was not sent."""

    tokens: dict[tuple[Role, str], str]
    ids: dict[str, int]
    drafted: dict[str, int]
    owned: dict[str, Any] = field(default_factory=dict)  # what else lies in HERE, with its serial


@pytest.fixture
def world(app: Flask, database: Database) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    tokens: dict[tuple[Role, str], str] = {}
    with transaction(ALL) as session:
        add_account(session, 90, "填报甲", is_office=False)
        for place, number in ((HERE, 7), (THERE, 8)):
            session.add(_enterprise(number, place))
        add_window(session)
        session.flush()
        for index, (role, place) in enumerate((role, place) for role in Role for place in (HERE, THERE)):
            account_id = 200 + index
            _add_person(session, role, place, account_id)
            tokens[role, place] = begin(session, account_id, proved_at=now(), second_factor_done=True)
        filing = add_case(session, State.SUBMITTED, Kind.FILING)
        add_filing(session, filing, r101="100.00")
        other = add_case(session, State.SUBMITTED, Kind.REGISTRATION, enterprise_id=9, credit_code="91331122MADEM0046J")
        add_registration(session, other)
        owned = _owned(session, filing, app.config["PORTAL"].data_dir)
    applied, drafted = _drafted(app.config["PORTAL"].data_dir)
    ids = {"case_id": filing.id, "enterprise_id": 7, "account_id": 90, "registration_id": other.id}
    return World(tokens, ids | {"application_id": applied}, drafted, owned)


def _drafted(folder: Path) -> tuple[int, dict[str, int]]:
    """An application that the enterprise of HERE has begun, with a document."""
    person = filer(Role.PREPARER, account_id=90, enterprise_id=7)
    number = begin_application(person, "P102")
    chosen = {"capital": Chosen(io.BytesIO(PDF), "资本金.pdf")}
    save_application(person, number, ApplicationPage({}, 1, chosen, folder))
    with looking(ALL) as connection, Session(connection) as session:
        step = session.scalars(select(ApplicationStep).where(ApplicationStep.application_id == number)).one()
        document = session.scalars(select(ApplicationDocument).where(ApplicationDocument.application_id == number))
        return number, {"case_id": step.case_id, "upload_id": document.one().upload_id}


def _owned(session: Session, filing: Case, folder: Path) -> dict[str, Any]:
    """A paper, a file, a question, a message, a list sent in and a membership of HERE and its enterprise."""
    whose: dict[str, Any] = {"enterprise_id": 7, "county": HERE, "chain": "01"}
    person = filer(Role.PREPARER, account_id=90, enterprise_id=7)
    received = receive(io.BytesIO(PDF), folder=folder, filename="执照.pdf", purpose="licence")
    upload = keep(session, received, actor=person, **whose)
    asked = {"text": "为何？", "author_id": 1, "author_side": "officer", "version_no": 3, "opened_at": now()}
    remark = Remark(case_id=filing.id, field="101", **asked, **whose)
    said = {"title_zh": "甲", "title_en": "A", "body_zh": "甲", "body_en": "A", "created_at": now(), "due_at": now()}
    notice = Notice(account_id=90, kind="case-returned", **said)
    member = Membership(account_id=90, enterprise_id=7, post=Role.PREPARER.value, state="active")
    session.add_all((remark, notice, member))
    session.flush()
    sent = _list_sent(session, upload.id)
    ids = {"upload_id": upload.id, "remark_id": remark.id, "notice_id": notice.id, "membership_id": member.id}
    return ids | {"import_id": sent.id, "serial": issued(session, person)}


def _list_sent(session: Session, upload_id: int) -> RegisterImport:
    """A list of the county's enterprises that was read and not loaded yet."""
    read = {"lines": [], "faults": [], "columns": {}, "mentioned": [], "knows_all": False}
    about = {"document_no": "1号", "listed_on": today(), "is_complete": False, "rows": 0, "wrong": 0}
    whose = {"enterprise_id": 0, "county": HERE, "chain": "", "created_by_id": 90}
    row = RegisterImport(upload_id=upload_id, sha256="0" * 64, content=read, result={}, **about, **whose)
    session.add(row)
    session.flush()
    return row


def _enterprise(number: int, county: str) -> Enterprise:
    code = {7: "91331122MADEM0046J", 8: "91331102MADEM002XQ"}[number]
    return Enterprise(
        id=number, status="registered", credit_code=code, name_zh=f"虚构企业{number}", county=county, chain="01",
        segment="01-M1", gb_class="3972",
    )  # fmt: skip


def _add_person(session: Any, role: Role, place: str, account_id: int) -> None:
    add_account(session, account_id, role.value, is_office=role in OFFICE_ROLES)
    if role in OFFICE_ROLES:
        county = place if role in COUNTY else None
        chain = "05" if role is Role.CHAIN_OFFICER else None
        session.add(Post(account_id=account_id, role=role.value, county=county, chain=chain, since_on=today()))
    elif role is not Role.APPLICANT:
        number = 7 if place == HERE else 8
        session.add(Membership(account_id=account_id, enterprise_id=number, post=role.value, state="active"))
    session.flush()


def client(app: Flask, token: str | None) -> FlaskClient:
    """A browser that holds a session's cookie, signed as the portal signs it but without a request for it."""
    browser = app.test_client()
    if token is not None:
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        browser.set_cookie(app.config["SESSION_COOKIE_NAME"], str(signer.dumps({"_user_id": token})))
    return browser


def addresses(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method


def path_of(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    values = {name: ids.get(name, SAMPLES.get(name, 1)) for name in rule.arguments}
    return app.url_map.bind("127.0.0.1").build(rule.endpoint, values)


def send(browser: FlaskClient, method: str, path: str) -> tuple[int, str]:
    answer = browser.get(path) if method == "GET" else browser.post(path, data={})
    answer.close()
    return answer.status_code, answer.headers.get("Location", "")


@dataclass(frozen=True)
class Asked:
    """An address as one role asks it, and whether it was declared for that role."""

    role: Role | None
    method: str
    rule: Rule
    path: str
    is_theirs: bool


def matrix(app: Flask, ids: dict[str, Any]) -> Iterator[Asked]:
    """Every address for every role; first all look, then all press, for a press changes what is there."""
    asked = [(rule, method, path_of(app, rule, ids)) for rule, method in addresses(app)]
    for wanted_method in ("GET", "POST"):
        for role in (None, *Role):
            granted = _granted(role)
            for rule, method, path in asked:
                if method == wanted_method and rule.endpoint not in NOT_ASKED:
                    yield Asked(role, method, rule, path, bool(audience(app, rule.endpoint) & granted))


def _granted(role: Role | None) -> frozenset[Permission]:
    return GRANTS[role] | {Permission.PUBLIC, Permission.SIGNED_IN} if role else frozenset({Permission.PUBLIC})


def _without_what_tells_nothing(asked: Iterable[Asked]) -> Iterator[Asked]:
    """What PostgreSQL need not be asked once more.

    A refusal: that it asks the database for nothing but who is asking, `test_every_address…[sqlite]` sees at each
    address, so each role is refused once here. What has the same scope and no right that another of that scope lacks:
    the other's page or deed asks PostgreSQL all that this one's would; that each role is answered as declared is of
    the roles, not of the database, and seen on SQLite.
    """
    refused = set()
    for one in asked:
        if not one.is_theirs:
            if (one.role, one.method) in refused:
                continue
            refused.add((one.role, one.method))
        if one.role is None or one.role not in OUTRANKED or not one.is_theirs:
            yield one


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked, as it is asked; whoever looks may empty it. The engine is the application's."""
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def test_every_address_answers_every_role_as_it_declared(
    app: Flask, world: World, statements: list[str], database_kind: str
) -> None:
    """One application and database for all roles. Nobody's own way in is among what the addresses name."""
    whole = list(matrix(app, world.ids | world.owned | OTHERS))
    wrong, at_door, browsers = [], defaultdict(set), {}
    for one in whole if database_kind == "sqlite" else _without_what_tells_nothing(whole):
        if (one.role, one.method) not in browsers:
            browsers[one.role, one.method] = client(app, world.tokens[one.role, HERE] if one.role else None)
        statements.clear()
        status, location = send(browsers[one.role, one.method], one.method, one.path)
        wanted = audience(app, one.rule.endpoint)
        if not one.is_theirs:
            at_door[one.role].add(tuple(statements))
        if not _expected(wanted, _granted(one.role), one.role, status, location):
            wrong.append(f"{one.role} {one.method} {one.rule.rule}: {status} {location}")
        elif one.method == "GET" and one.is_theirs and not _is_shown(one, status, location):
            wrong.append(f"{one.role} {one.path}: {status} {location}, not what is theirs")
    assert not wrong, "\n".join(wrong)
    assert len(whole) > 1000
    assert set(at_door) == {None, *Role}
    for role, ways in at_door.items():
        assert len(ways) == 1, f"{role} is refused after asking for different things: {ways}"
        assert role or ways == {()}, "who is not signed in is sent to sign in without a look at the database"


def test_who_is_outranked_has_the_scope_and_no_right_but_those_of_another(app: Flask, world: World) -> None:
    """What `_without_what_tells_nothing` stands on."""
    with looking(ALL) as connection:
        load = app.extensions["portal_session_loader"]
        found = {role: load(connection, token_hash(world.tokens[role, HERE])).actor for role in Role}
    for role, other in OUTRANKED.items():
        assert found[role].scope == found[other].scope
        assert found[role].permissions <= found[other].permissions


def _expected(
    wanted: frozenset[Permission], granted: frozenset[Permission], role: Role | None, status: int, location: str
) -> bool:
    to_sign_in = status == 302 and location.startswith("/sign-in")
    if wanted & granted:
        return status < 500 and not to_sign_in and (status != 403 or wanted <= FRESH_PERMISSIONS or role is None)
    return to_sign_in if role is None else status == 403


def _is_shown(one: Asked, status: int, location: str) -> bool:
    """Whether who may look sees the page, or what is named above in its place."""
    endpoint = one.rule.endpoint
    if status == 404:
        return endpoint in NOT_THERE or (one.role in STRANGERS and bool(one.rule.arguments or endpoint in NOBODYS_YET))
    named, target = SENDS_ON.get(endpoint, (0, ""))
    is_named = status == named and (location == target or (target == "/papers/" and location.startswith(target)))
    return is_named or (status == 200 and endpoint not in ALWAYS)


MEMBERS = (Role.PREPARER, Role.CERTIFIER)
NOBODYS = {"serial": "LS-DJ-0000-0000-0000-0"}


def found_by_a_stranger(app: Flask, world: World, role: Role, place: str) -> list[str]:
    """Whatever an address names by number or serial: a foreign one and an absent one give the same 404."""
    stranger, there, wrong, asked = client(app, world.tokens[role, place]), world.ids | world.owned, [], set()
    for rule, method in addresses(app):
        named = set(there) & rule.arguments
        if not named or not audience(app, rule.endpoint) & (GRANTS[role] | {Permission.SIGNED_IN}):
            continue
        asked |= named
        foreign = [there, there | {"case_id": there["registration_id"]}] if "case_id" in named else [there]
        for ids in (*foreign, dict.fromkeys(there, 987654) | NOBODYS):
            path = path_of(app, rule, ids)
            status, _ = send(stranger, method, path)
            if status != 404:
                wrong.append(f"{role} {method} {path}: {status}")
    missed = ASKED_OF.get(role, {"enterprise_id"}) - asked
    return wrong + [f"nothing was asked of {name} as {role}" for name in sorted(missed)]


# What a role has addresses for: each is tried with what is another's.
_MEMBERS_OWN = {"upload_id", "serial", "remark_id", "application_id", "notice_id"}
_COUNTYS_OWN = {"case_id", "enterprise_id", "account_id", "upload_id", "serial", "remark_id", "import_id"}
ASKED_OF = dict.fromkeys(MEMBERS, _MEMBERS_OWN) | dict.fromkeys(COUNTY, _COUNTYS_OWN)


def test_what_lies_in_another_county_does_not_exist(app: Flask, world: World) -> None:
    county = sorted(COUNTY, key=lambda role: role.value)
    wrong = [found for role in county for found in found_by_a_stranger(app, world, role, THERE)]
    assert not wrong, "\n".join(wrong)


def test_what_belongs_to_another_enterprise_or_chain_does_not_exist(app: Flask, world: World) -> None:
    wrong = [found for role in MEMBERS for found in found_by_a_stranger(app, world, role, THERE)]
    wrong += found_by_a_stranger(app, world, Role.CHAIN_OFFICER, HERE)  # of chain 05
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES, key=lambda role: role.value))
def test_a_draft_of_an_application_and_its_document_are_the_enterprises_alone(
    app: Flask, world: World, role: Role
) -> None:
    """Whatever an office asks of their numbers, in the county they will go to, they are as missing as a draft filing."""
    there, reader = world.ids | world.owned | world.drafted, client(app, world.tokens[role, HERE])
    for rule, method in addresses(app):
        if set(world.drafted) & rule.arguments and audience(app, rule.endpoint) & GRANTS[role]:
            path = path_of(app, rule, there)
            assert send(reader, method, path)[0] == 404, f"{method} {path}"
    own = client(app, world.tokens[Role.PREPARER, HERE])
    assert send(own, "GET", f"/files/{world.drafted['upload_id']}")[0] == 200


def test_what_lies_in_ones_own_scope_is_there(app: Flask, world: World) -> None:
    for role in (Role.COUNTY_OFFICER, Role.AUDITOR, Role.BUREAU_OFFICER):
        browser = client(app, world.tokens[role, HERE])
        assert send(browser, "GET", f"/review/{world.ids['registration_id']}")[0] == 200, role
        assert send(browser, "GET", "/enterprises/7")[0] == 200, role


def test_a_disabled_account_and_an_ended_post_lose_access_at_the_next_request(app: Flask, world: World) -> None:
    browser = client(app, world.tokens[Role.COUNTY_OFFICER, HERE])
    assert send(browser, "GET", "/review")[0] == 200
    with transaction(ALL) as session:
        account = session.query(Account).filter_by(display_name="county_officer", id=_id(world, session)).one()
        session.query(Post).filter_by(account_id=account.id).update({"until_on": today()})
    assert send(browser, "GET", "/review")[0] == 403
    with transaction(ALL) as session:
        session.query(Account).filter_by(id=account.id).update({"state": "disabled"})
    status, location = send(browser, "GET", "/review")
    assert (status, location.startswith("/sign-in")) == (302, True)


def _id(world: World, session: Any) -> int:
    from portal.web.sessions import WebSession, token_hash

    token = world.tokens[Role.COUNTY_OFFICER, HERE]
    found: int = session.query(WebSession).filter_by(token_hash=token_hash(token)).one().account_id
    return found
