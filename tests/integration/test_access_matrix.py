"""Every address for every role, own and other county, own and other enterprise: exactly what was declared, never a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.accounts.models import Account, Post
from portal.casework.models import Case, Remark
from portal.database.session import Database, transaction
from portal.enterprises.models import Enterprise, Membership
from portal.kernel.clock import now, today
from portal.kernel.roles import FRESH_PERMISSIONS, GRANTS, OFFICE_ROLES, Permission, Role, Scope
from portal.kernel.workflow import Kind, State
from portal.notices.models import Notice
from portal.support.commands_apply import begin as begin_application
from portal.uploads.models import Upload
from portal.web.access import audience
from portal.web.sessions import begin
from tests.fixtures.cases import add_account, add_case, add_registration
from tests.fixtures.filers import filer
from tests.fixtures.papers import issued

HERE, THERE = "331122", "331102"
ALL = Scope.everything("test")
COUNTY = {Role.COUNTY_OFFICER, Role.COUNTY_LEAD}
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
# What would end a session or a post of those who ask.
OTHERS = {"post_id": 987654, "session_id": 987654}

pytestmark = pytest.mark.content("catalogue")


@dataclass(frozen=True)
class World:
    """Tokens by (role, place), and the ids of what lies in HERE."""

    tokens: dict[tuple[Role, str], str]
    ids: dict[str, int]
    owned: dict[str, Any] = field(default_factory=dict)  # what else lies in HERE, with its serial


@pytest.fixture
def world(app: Flask, database: Database) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    tokens: dict[tuple[Role, str], str] = {}
    with transaction(ALL) as session:
        add_account(session, 90, "填报甲", is_office=False)
        for place, number in ((HERE, 7), (THERE, 8)):
            session.add(_enterprise(number, place))
        session.flush()
        for index, (role, place) in enumerate((role, place) for role in Role for place in (HERE, THERE)):
            account_id = 200 + index
            _add_person(session, role, place, account_id)
            tokens[role, place] = begin(session, account_id, proved_at=now(), second_factor_done=True)
        filing = add_case(session, State.SUBMITTED, Kind.FILING)
        other = add_case(session, State.SUBMITTED, Kind.REGISTRATION, enterprise_id=9, credit_code="91331122MADEM0046J")
        add_registration(session, other)
        owned = _owned(session, filing)
    applied = begin_application(filer(Role.PREPARER, account_id=90, enterprise_id=7), "P102")
    ids = {"case_id": filing.id, "enterprise_id": 7, "account_id": 90, "registration_id": other.id}
    return World(tokens, ids | {"application_id": applied}, owned)


def _owned(session: Session, filing: Case) -> dict[str, Any]:
    """A paper, a file, a question, a message and a membership of HERE's enterprise."""
    whose = {"enterprise_id": 7, "county": HERE, "chain": "01"}
    file = {"filename": "执照.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64, "stored_name": "x"}
    upload = Upload(purpose="licence", created_by_id=90, **file, **whose)
    asked = {"text": "为何？", "author_id": 1, "author_side": "officer", "version_no": 3, "opened_at": now()}
    remark = Remark(case_id=filing.id, field="101", **asked, **whose)
    said = {"title_zh": "甲", "title_en": "A", "body_zh": "甲", "body_en": "A", "created_at": now(), "due_at": now()}
    notice = Notice(account_id=90, kind="case-returned", **said)
    member = Membership(account_id=90, enterprise_id=7, post=Role.PREPARER.value, state="active")
    session.add_all((upload, remark, notice, member))
    session.flush()
    serial = issued(session, filer(Role.PREPARER, account_id=90, enterprise_id=7))
    ids = {"upload_id": upload.id, "remark_id": remark.id, "notice_id": notice.id, "membership_id": member.id}
    return ids | {"serial": serial}


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
    browser = app.test_client()
    if token is not None:
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
    return browser


def addresses(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method


def path_of(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    values = {name: ids.get(name, SAMPLES.get(name, 1)) for name in rule.arguments}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def send(browser: FlaskClient, method: str, path: str) -> tuple[int, str]:
    answer = browser.get(path) if method == "GET" else browser.post(path, data={})
    answer.close()
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_answers_every_role_as_it_declared(app: Flask, world: World) -> None:
    """One application and database for all roles; first all look, then all press, for a press changes what is there.
    Nobody's own way in is among what the addresses name."""
    ids = world.ids | world.owned | OTHERS
    asked = [(rule, method, path_of(app, rule, ids)) for rule, method in addresses(app)]
    wrong, tried = [], 0
    for wanted_method in ("GET", "POST"):
        for role in (None, *Role):
            granted = GRANTS[role] | {Permission.PUBLIC, Permission.SIGNED_IN} if role else {Permission.PUBLIC}
            browser = client(app, world.tokens[role, HERE] if role else None)
            for rule, method, path in asked:
                if method != wanted_method or rule.endpoint in NOT_ASKED:
                    continue
                status, location = send(browser, method, path)
                tried += 1
                if not _expected(audience(app, rule.endpoint), frozenset(granted), role, status, location):
                    wrong.append(f"{role} {method} {rule.rule}: {status} {location}")
    assert not wrong, "\n".join(wrong)
    assert tried > 1000


def _expected(
    wanted: frozenset[Permission], granted: frozenset[Permission], role: Role | None, status: int, location: str
) -> bool:
    to_sign_in = status == 302 and location.startswith("/sign-in")
    if wanted & granted:
        return status < 500 and not to_sign_in and (status != 403 or wanted <= FRESH_PERMISSIONS or role is None)
    return to_sign_in if role is None else status == 403


def test_what_lies_in_another_county_does_not_exist(app: Flask, world: World) -> None:
    wrong = []
    for role in sorted(COUNTY, key=lambda role: role.value):
        stranger = client(app, world.tokens[role, THERE])
        for name in ("case_id", "enterprise_id"):
            for rule, method in addresses(app):
                if name not in rule.arguments or not audience(app, rule.endpoint) & GRANTS[role]:
                    continue
                path = path_of(app, rule, world.ids)
                status, _ = send(stranger, method, path)
                if status != 404:
                    wrong.append(f"{role} {method} {path}: {status}")
                ghost = path_of(app, rule, {**world.ids, name: 987654})
                if send(stranger, method, ghost)[0] != 404:
                    wrong.append(f"{role} {method} {ghost}: an absent one answers differently")
    assert not wrong, "\n".join(wrong)


MEMBERS = (Role.PREPARER, Role.CERTIFIER)
NOBODYS = {"serial": "LS-DJ-0000-0000-0000-0"}


def test_what_belongs_to_another_enterprise_or_chain_does_not_exist(app: Flask, world: World) -> None:
    """Whatever an address names by number or serial: a foreign one and an absent one give the same 404."""
    there = world.ids | world.owned
    wrong = []
    for role in (*MEMBERS, Role.CHAIN_OFFICER):
        stranger = client(app, world.tokens[role, THERE if role in MEMBERS else HERE])  # the chain officer has chain 05
        asked = 0
        for rule, method in addresses(app):
            wanted = audience(app, rule.endpoint)
            if not set(there) & rule.arguments or not wanted & (GRANTS[role] | {Permission.SIGNED_IN}):
                continue
            asked += 1
            path = path_of(app, rule, there)
            ghost = path_of(app, rule, dict.fromkeys(there, 987654) | NOBODYS)
            answers = [send(stranger, method, address)[0] for address in (path, ghost)]
            if answers != [404, 404]:
                wrong.append(f"{role} {method} {path}: {answers}")
        assert asked > 1, f"nothing was asked as {role}"
    assert not wrong, "\n".join(wrong)


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
