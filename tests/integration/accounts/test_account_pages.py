"""The pages of accounts as a person meets them: both languages, wrong input, one-time links, the administrator's desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import tasks as account_tasks
from portal.accounts.limits import ACCOUNT
from portal.accounts.models import Account
from portal.config import Settings
from portal.database.seal import unseal
from portal.database.session import reading, transaction
from portal.jobs.run import Runner
from portal.kernel.roles import ANONYMOUS, Role
from portal.notices import tasks as mail_tasks
from portal.notices.models import Mail
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor
from tests.integration.accounts.people import NOBODY, PASSWORD, events, open_one, sessions, stored

pytestmark = ON_SQLITE
DECLARING = (account_tasks, mail_tasks)
NEW = "another long sentence"
LANGUAGES = ("zh", "en")
HOSTILE = [
    "\x00", "a\u202eb\u202c", "a\u200bb", "x" * 65_536, "{{ 7*7 }}", "<script>alert(1)</script>", "' OR 1=1 --", "𠮷" * 50,
    "１２３", "NaN", "1e400", "a\r\nb",
]  # fmt: skip


def code_on(page: Page) -> str:
    found = re.search(r'data-demo-code="(\d{6})"', page.html)
    assert found, page.text
    return found[1]


def sign_in(visitor: Visitor, username: str, password: str = PASSWORD) -> Page:
    visitor.get("/sign-in")
    page = visitor.submit("/sign-in", username=username, password=password)
    if page.having(data_demo_code=""):
        return page
    if "data-demo-code" in page.html:
        page = visitor.submit("/sign-in/code", code=code_on(page))
    return page


@pytest.fixture
def admin(visitor: Visitor) -> Visitor:
    open_one("admin-1", role=Role.ADMINISTRATOR)
    sign_in(visitor, "admin-1")
    return visitor


@pytest.fixture
def run_jobs(settings: Settings) -> Callable[[], int]:
    return Runner(settings).sweep


PUBLIC = ["/sign-in", "/register", "/password-reset", "/password-reset?asked=1", "/demo/mail"]
OWN = ["/account", "/account/password", "/account/second-factor", "/confirm-identity", "/messages"]
DESK = ["/administration/accounts", "/administration/accounts/new"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC)
def test_strangers_pages_stand_in_both_languages(visitor: Visitor, path: str, lang: str) -> None:
    page = visitor.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert page.status == 200
    (heading,) = [words(e) for e in page.tree.iter("h1")]
    assert bool(re.search("[\u4e00-\u9fff]", heading)) is (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.content("catalogue")
def test_ones_own_pages_and_the_administrators_stand_in_both_languages(admin: Visitor, lang: str) -> None:
    with reading(NOBODY) as session:
        account_id = session.scalars(select(Account.id)).one()
    for path in (*OWN, *DESK, f"/administration/accounts/{account_id}"):
        page = admin.get(f"{path}?lang={lang}")
        assert page.status == 200, path
        assert page.url.startswith(path)


@pytest.mark.parametrize("path", [*OWN, *DESK])
def test_strangers_are_sent_to_sign_in_and_on_to_where_they_wanted(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    assert page.url.startswith("/sign-in?next=")
    assert page.form("/sign-in").values["next"] == [path]


def test_an_enterprise_account_signs_in_with_one_step_and_lands_where_it_wanted(visitor: Visitor) -> None:
    open_one()
    visitor.get("/account")
    page = visitor.submit("/sign-in", username="zhang", password=PASSWORD)
    assert page.url == "/account"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_lands_on_a_foreign_page(visitor: Visitor, target: str) -> None:
    open_one()
    response = visitor.client.get("/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', response.get_data(as_text=True))
    assert token
    answer = visitor.client.post(
        "/sign-in", data={"csrf_token": token[1], "username": "zhang", "password": PASSWORD, "next": target}
    )
    assert (answer.status_code, answer.location) == (303, "/")


def without_what_was_typed(page: Page) -> str:
    html = re.sub(r'(name="csrf_token"|id="username"|nonce=)[^>]*', "", page.html)
    return re.sub(r'value="[^"]*"', "", html)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_wrong_name_and_wrong_password_give_the_same_page(app: Flask, lang: str) -> None:
    open_one()
    pages = []
    for name in ("zhang", "nobody-1"):
        visitor = Visitor(app.test_client())
        visitor.get(f"/sign-in?lang={lang}")
        pages.append(visitor.submit("/sign-in", username=name, password="wrong password"))
    assert [p.status for p in pages] == [422, 422]
    assert without_what_was_typed(pages[0]) == without_what_was_typed(pages[1])
    assert pages[0].form("/sign-in").values["username"] == ["zhang"]
    assert "wrong password" not in pages[0].html


def test_too_many_tries_say_so_with_429_and_keep_the_name(visitor: Visitor) -> None:
    open_one()
    visitor.get("/sign-in?lang=en")
    for _ in range(ACCOUNT.most):
        page = visitor.submit("/sign-in", username="zhang", password="wrong password")
    page = visitor.submit("/sign-in", username="zhang", password=PASSWORD)
    assert page.status == 429
    assert "Too many tries" in page.text
    assert page.form("/sign-in").values["username"] == ["zhang"]


def test_any_text_in_any_field_gets_a_page_with_a_message(visitor: Visitor) -> None:
    for number, text in enumerate(HOSTILE):
        visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"  # each a person of their own, none throttled
        visitor.get("/sign-in?lang=en")
        assert visitor.submit("/sign-in", username=text, password=text).status == 422, text[:40]
        visitor.get("/register")
        typed = dict.fromkeys(("username", "display_name", "email", "phone", "new_password"), text)
        page = visitor.submit("/register", **typed, repeat_password="x")
        assert page.status == 422, text[:40]
        assert page.errors, text[:40]
        visitor.get("/password-reset")
        assert visitor.submit("/password-reset", identity=text).status == 200, text[:40]
        assert visitor.get("/administration/accounts", query_string={"text": text, "after": text}).status == 200


@pytest.mark.content("catalogue")
def test_any_text_in_the_administrators_fields_gets_a_page_with_a_message(admin: Visitor) -> None:
    for text in HOSTILE:
        filters = {"text": text, "kind": text, "state": text, "role": text, "after": text}
        assert admin.get("/administration/accounts", query_string=filters).status == 200, text[:40]
        admin.get("/administration/accounts/new")
        typed = dict.fromkeys(("username", "display_name", "email", "phone", "role", "county", "chain"), text)
        page = admin.submit("/new", **typed)
        assert page.status == 422, text[:40]
        assert page.errors, text[:40]
        admin.get("/account")
        assert admin.submit("/account", display_name=text, email=text, phone=text).status == 422, text[:40]


def test_errors_stand_beside_their_fields_and_everything_typed_but_passwords_stays(visitor: Visitor) -> None:
    visitor.get("/register?lang=en")
    page = visitor.submit(
        "/register", username="a b", display_name="王小明", email="x@", phone="", new_password=NEW, repeat_password=NEW
    )
    assert page.status == 422
    form = page.form("/register")
    assert form.values["display_name"] == ["王小明"]
    assert form.values["email"] == ["x@"]
    assert NEW not in page.html
    described = {e.get("name"): e.get("aria-describedby", "") for e in page.having(aria_invalid="true")}
    assert {"username", "email", "accepts"} <= set(described)
    assert all(f"{name}-error" in ids for name, ids in described.items())


def test_who_registers_is_signed_in(visitor: Visitor) -> None:
    visitor.get("/register?lang=zh")
    visitor.submit(
        "/register", username="wang-1", display_name="王小明", email="w@example.com", new_password=NEW,
        repeat_password=NEW, accepts="y",
    )  # fmt: skip
    assert visitor.get("/account").url == "/account"


# --- the second step ---------------------------------------------------------------------------------------------


def test_half_a_session_opens_no_page(visitor: Visitor) -> None:
    open_one("lead-1", role=Role.COUNTY_LEAD)
    visitor.get("/sign-in")
    page = visitor.submit("/sign-in", username="lead-1", password=PASSWORD)
    assert page.url.startswith("/sign-in/code")
    assert visitor.get("/account").url.startswith("/sign-in")
    assert visitor.get("/account/second-factor.svg").status == 404
    visitor.get("/sign-in/code")
    visitor.submit("/sign-in/code", code=code_on(visitor.page or page))
    assert visitor.get("/account").url == "/account"


def test_the_first_sign_in_of_an_office_shows_a_picture_to_scan(visitor: Visitor) -> None:
    account = open_one("lead-1", role=Role.COUNTY_LEAD)
    _without_factor(account.id)
    visitor.get("/sign-in?lang=en")
    page = visitor.submit("/sign-in", username="lead-1", password=PASSWORD)
    assert unseal(stored(account.id).totp_pending or "") in page.text
    picture = visitor.client.get("/account/second-factor.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<svg" in picture.data
    page = visitor.submit("/sign-in/code", code="12")
    assert page.status == 422
    assert page.errors
    visitor.submit("/sign-in/code", code=code_on(page))
    assert stored(account.id).totp_secret is not None
    assert visitor.get("/account/second-factor.svg").status == 404


def _without_factor(account_id: int) -> None:
    with transaction(ANONYMOUS) as session:
        row = session.get(Account, account_id)
        assert row is not None
        row.totp_secret = None


def test_the_code_page_is_nothing_without_half_a_session(visitor: Visitor) -> None:
    assert visitor.get("/sign-in/code").url.startswith("/sign-in")


# --- sessions ----------------------------------------------------------------------------------------------------


def test_after_signing_out_the_old_cookie_opens_nothing(app: Flask) -> None:
    open_one()
    visitor = Visitor(app.test_client())
    sign_in(visitor, "zhang")
    cookie = visitor.client.get_cookie("portal")
    assert cookie is not None
    form = visitor.get("/account").forms[0]
    assert visitor.client.post(form.action, data=form.values).location == "/sign-in"
    thief = app.test_client()
    thief.set_cookie("portal", cookie.value)
    assert thief.get("/account").status_code == 302


def test_a_disabled_account_is_out_at_its_next_request(app: Flask) -> None:
    account = open_one()
    open_one("admin-1", role=Role.ADMINISTRATOR)
    visitor, admin = Visitor(app.test_client()), Visitor(app.test_client())
    sign_in(visitor, "zhang")
    sign_in(admin, "admin-1")
    admin.get(f"/administration/accounts/{account.id}")
    admin.submit("/disable")
    assert visitor.get("/account").url.startswith("/sign-in")
    assert sessions(account.id) == []


def test_sessions_are_listed_and_ended_one_by_one(app: Flask) -> None:
    open_one()
    here, there = Visitor(app.test_client()), Visitor(app.test_client())
    sign_in(there, "zhang")
    sign_in(here, "zhang")
    here.get("/account?lang=en")
    here.submit("/end")
    assert there.get("/account").url.startswith("/sign-in")
    assert here.get("/account").url == "/account"


def test_a_changed_password_is_asked_for_from_then_on(app: Flask) -> None:
    open_one()
    visitor = Visitor(app.test_client())
    sign_in(visitor, "zhang")
    visitor.get("/account/password?lang=en")
    page = visitor.submit("/password", current_password="wrong", new_password=NEW, repeat_password=NEW)
    assert page.status == 422
    assert [e.get("name") for e in page.having(aria_invalid="true")] == ["current_password"]
    assert (
        visitor.submit("/password", current_password=PASSWORD, new_password=NEW, repeat_password=NEW).url == "/account"
    )
    other = Visitor(app.test_client())
    assert sign_in(other, "zhang").status == 422
    assert sign_in(other, "zhang", NEW).status == 200


def test_identity_is_confirmed_with_password_and_code(admin: Visitor) -> None:
    page = admin.get("/confirm-identity?next=/account&lang=en")
    page = admin.submit("/confirm-identity", current_password="wrong", code=code_on(page))
    assert page.status == 422
    page = admin.submit("/confirm-identity", current_password=PASSWORD, code=code_on(page))
    assert page.url == "/account"


def test_another_second_factor_is_set_up_page_by_page(admin: Visitor) -> None:
    page = admin.get("/account/second-factor?lang=en")
    page = admin.submit("/second-factor", current_password=PASSWORD, code=code_on(page))
    assert page.url == "/account/second-factor/new"
    assert admin.client.get("/account/second-factor.svg").status_code == 200
    page = admin.submit("/second-factor/new", code=code_on(page))
    assert page.url == "/account"


# --- links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail(
    visitor: Visitor, run_jobs: Callable[[], int], lang: str
) -> None:
    open_one()
    visitor.get(f"/password-reset?lang={lang}")
    assert visitor.submit("/password-reset", identity="zhang@example.com").url == "/password-reset?asked=1"
    run_jobs()
    page = visitor.get("/demo/mail")
    (link,) = [e.get("href") for e in page.having(class_="mono") if e.tag == "a"]
    assert link
    visitor.get(link)
    page = visitor.submit(link, new_password="12345678", repeat_password="12345678")
    assert (page.status, len(page.errors)) == (422, 1)
    assert visitor.submit(link, new_password=NEW, repeat_password=NEW).url == "/sign-in"
    assert sign_in(visitor, "zhang", NEW).status == 200
    dead = visitor.get(link)
    assert dead.status == 410


def test_asking_for_a_link_answers_the_same_to_everybody(app: Flask) -> None:
    open_one()
    answers = []
    for typed in ("zhang", "nobody-1", "zhang@example.com", "n@example.com"):
        visitor = Visitor(app.test_client())
        visitor.get("/password-reset?lang=zh")
        answers.append(without_what_was_typed(visitor.submit("/password-reset", identity=typed)))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("path", ["/invitation/x", "/password-reset/x", f"/invitation/{'x' * 3000}", "/invitation/%00"])
def test_a_link_that_never_was_is_as_dead_as_a_used_one(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 410


def test_production_shows_no_mail_and_no_code(settings: Settings, app: Flask) -> None:
    open_one("lead-1", role=Role.COUNTY_LEAD)
    app.config["PORTAL"] = replace(settings, mode="production")
    visitor = Visitor(app.test_client())
    assert visitor.get("/demo/mail").status == 404
    visitor.get("/sign-in")
    page = visitor.submit("/sign-in", username="lead-1", password=PASSWORD)
    assert page.url.startswith("/sign-in/code")
    assert "data-demo-code" not in page.html
    assert "/demo/mail" not in page.html


# --- the administrator's desk ------------------------------------------------------------------------------------


@pytest.mark.content("catalogue")
def test_an_officer_is_invited_by_page_and_comes_in_by_the_link(app: Flask, admin: Visitor) -> None:
    admin.get("/administration/accounts/new?lang=zh")
    page = admin.submit(
        "/new", username="officer-9", display_name="陈某", email="chen@example.com", role="county_officer"
    )
    assert [e.get("name") for e in page.having(aria_invalid="true")] == ["county"]
    page = admin.submit("/new", county="331122")
    assert "officer-9" in page.text
    assert "chen@example.com" not in page.html
    with reading(NOBODY) as session:
        link = unseal(session.scalars(select(Mail.link)).one())
    officer = Visitor(app.test_client())
    officer.get(link)
    officer.submit(link, new_password=NEW, repeat_password=NEW)
    page = sign_in(officer, "officer-9", NEW)
    assert officer.get("/account").url == "/account"
    assert "invitation.accepted" in [e.verb for e in events()]


@pytest.mark.content("catalogue")
def test_posts_are_given_and_ended_by_page(admin: Visitor) -> None:
    account = open_one("lead-1", role=Role.COUNTY_LEAD)
    admin.get(f"/administration/accounts/{account.id}?lang=en")
    page = admin.submit("/posts", role="county_officer")
    assert (page.status, [e.get("name") for e in page.having(aria_invalid="true")]) == (422, ["county"])
    page = admin.submit("/posts", county="331102")
    assert page.status == 200
    ends = [f.action for f in page.forms if f.action.endswith("/end") and "/posts/" in f.action]
    assert len(ends) == 2
    page = admin.submit(ends[0].partition("localhost")[2] or ends[0])
    assert page.status == 200


def test_the_administrators_own_page_offers_nothing_to_press(admin: Visitor) -> None:
    with reading(NOBODY) as session:
        account_id = session.scalars(select(Account.id)).one()
    page = admin.get(f"/administration/accounts/{account_id}")
    assert [f.action for f in page.forms if "/administration/" in f.action] == []


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.APPLICANT, Role.PREPARER, Role.CERTIFIER}, key=str)
)
def test_only_administrators_reach_the_accounts(visitor: Visitor, role: Role) -> None:
    open_one("someone-1", role=role)
    sign_in(visitor, "someone-1")
    for path in (*DESK, "/administration/accounts/1"):
        assert visitor.get(path).status == 403
