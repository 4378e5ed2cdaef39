"""Every page a role can open, in both languages: axe finds nothing and nothing sticks out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from portal.accounts.models import Account
from portal.casework.models import Case
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind
from portal.database.session import reading, transaction
from portal.enterprises.models import Enterprise
from portal.kernel.clock import now
from portal.kernel.roles import Permission, Scope
from portal.kernel.workflow import Kind
from portal.web.access import audience
from portal.web.sessions import begin
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits

ALL = Scope.everything("test")
PEOPLE = (
    None, "preparer-jinyun-1", "certifier-jinyun-1", "officer-jinyun", "lead-jinyun", "bureau", "bureau-lead",
    "chain-officer", "auditor", "admin",
)  # fmt: skip
# Addresses that need something of their own in the path; the rest is opened as it is.
PATHS = (
    "/review/{filing}", "/review/{filing}?show=all", "/review/{filing}/return", "/review/{registration}",
    "/review/{registration}/return", "/enterprises/{enterprise}", "/filings/{quarter}", "/filings/{quarter}/check",
    "/filings/{quarter}/receipt", "/catalogue/chain", "/catalogue/chain/05", "/catalogue/chain/05/change",
    "/catalogue/segment", "/review?kind=registration", "/review?tab=approved", "/figures?by=chain&span=ytd&frame=all",
    "/papers/{paper}", "/verify/{token}", "/verify/0000000000000000", "/no-such-page",
)  # fmt: skip
# Pictures, signs of life, files and what is no page.
NO_PAGES = {
    "static",
    "home.healthz",
    "home.readyz",
    "home.security_txt",
    "home.session_alive",
    "accounts.second_factor_image",
    "review.export",
    "enterprises.list_template",
}

pytestmark = pytest.mark.content("demo")


# Each language once and each width once: the walk and the form's own tests open their pages in all four.
SCREENS = (("zh", 1360), ("en", 390))


@pytest.mark.parametrize(("lang", "width"), SCREENS)
@pytest.mark.parametrize("username", PEOPLE, ids=lambda name: name or "anybody")
def test_every_page_is_clean(
    app: Flask, open_browser: Callable[..., BrowserContext], username: str | None, lang: str, width: int
) -> None:
    context = open_browser(lang=lang, width=width)
    permissions = sign_in(app, context, username)
    page = context.new_page()
    faults = []
    for path in pages(app, permissions):
        faults += faults_of(page, path)
    assert not faults, "\n\n".join(faults)


def sign_in(app: Flask, context: BrowserContext, username: str | None) -> frozenset[Permission]:
    """Puts a live session into the browser's cookies; gives back what the person may do."""
    if username is None:
        return frozenset({Permission.PUBLIC})
    with transaction(ALL) as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        token = begin(session, account.id, proved_at=now(), second_factor_done=True)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    value = browser.get_cookie("portal")
    assert value is not None
    context.add_cookies([{"name": "portal", "value": value.value, "domain": "127.0.0.1", "path": "/"}])
    loader = app.extensions["portal_session_loader"]
    from portal.web.sessions import token_hash

    with reading(ALL) as session:
        found = loader(session, token_hash(token))
    permissions: frozenset[Permission] = found.actor.permissions
    return permissions


def pages(app: Flask, permissions: frozenset[Permission]) -> list[str]:
    with app.test_request_context():
        plain = [
            url_for(rule.endpoint)
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NO_PAGES
            and audience(app, rule.endpoint) & permissions
        ]  # fmt: skip
    if Permission.SIGNED_IN not in permissions:
        return [*plain, *_with_values(app, permissions)]
    return [*(p for p in plain if p not in ("/sign-in", "/register")), *_with_values(app, permissions)]


def _with_values(app: Flask, permissions: frozenset[Permission]) -> list[str]:
    with reading(ALL) as session:
        waiting = (
            select(Case.id).where(Case.county == "331122", Case.submitted_at.is_not(None)).order_by(Case.id.desc())
        )
        own = select(Paper).where(Paper.county == "331122", Paper.kind == PaperKind.REGISTRATION_RECORD)
        paper = session.scalars(own.order_by(Paper.id)).first()
        assert paper is not None
        values = {
            "filing": session.scalars(waiting.where(Case.kind == Kind.FILING)).first(),
            "registration": session.scalars(waiting.where(Case.kind == Kind.REGISTRATION)).first(),
            "enterprise": session.scalars(select(Enterprise.id).where(Enterprise.county == "331122")).first(),
            "quarter": "2026Q3",
            "paper": paper.serial,
            "token": paper.token,
        }
    matched = app.url_map.bind("127.0.0.1")
    found = []
    for path in (p.format(**values) for p in PATHS):
        if path == "/no-such-page":
            found.append(path)
            continue
        endpoint, _ = matched.match(path.split("?")[0])
        if audience(app, endpoint) & permissions:
            found.append(path)
    return found


# Roles share most of their pages. What stands in `main` and was judged in this language and width is not judged again:
# from one look to the next only numbers and one-time values differ. The frame around it is judged with every new page.
FLEETING = re.compile(r'(?:csrf_token|key)" value="[^"]*"|nonce="[^"]*"|\d+')
JUDGED: set[tuple[str, str]] = set()


def is_new(page: Page) -> bool:
    said = page.evaluate("(document.querySelector('main') || document.body).outerHTML")
    seen = (str(page.viewport_size), FLEETING.sub("", said))
    is_first = seen not in JUDGED
    JUDGED.add(seen)
    return is_first


def faults_of(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    faults = [] if answer.status < 500 else [f"{path}: {answer.status}"]
    for judge in (assert_fits, axe) if is_new(page) else (assert_fits,):
        try:
            judge(page)
        except AssertionError as fault:
            faults.append(str(fault))
    return faults
