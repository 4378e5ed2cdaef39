"""Every page a role can open, and what each of its forms answers to nonsense: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from portal.accounts.limits import TooMany
from portal.kernel.bilingual import Bilingual
from portal.kernel.errors import Busy, Denied, Full
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits, take_session
from tests.fixtures.every_page import NOT_SENT, PEOPLE, SHOWN_TO, case_kinds, pages, shape_of, signed_in

pytestmark = pytest.mark.content("walked")


# Each language once and each width once: the walk and the form's own tests open their pages in all four.
SCREENS = (("zh", 1360), ("en", 390))


@pytest.mark.parametrize(("lang", "width"), SCREENS)
def test_every_page_is_clean(app: Flask, open_browser: Callable[..., BrowserContext], lang: str, width: int) -> None:
    """One test a screen, on one portal: people share most of their pages, and what one was shown is known to be clean."""
    faults, screen, kinds = [], f"{lang} {width}", case_kinds()
    for username in PEOPLE:
        context = open_browser(lang=lang, width=width)
        client, permissions = signed_in(app, username)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN" if lang == "zh" else "en-GB"
        take_session(client, context)
        page = context.new_page()
        for path in pages(app, permissions):
            if is_new(client, path, screen):
                faults += faults_of(page, path, screen) + faults_of_forms(page, path, screen, kinds)
        context.close()
    assert not faults, "\n\n".join(faults)
    assert {(screen, path) for path in SHOWN_TO} <= SEEN


FAULTS = {
    400: BadRequest(),
    403: Denied("no", Bilingual("不行", "No")),
    413: RequestEntityTooLarge(),
    429: TooMany(900),
    500: ZeroDivisionError(),
    503: Busy("busy", Bilingual("请稍候", "Wait")),
    507: Full(),
}


@pytest.mark.parametrize(("lang", "width"), SCREENS)
def test_every_fault_is_a_clean_page(
    app: Flask, open_browser: Callable[..., BrowserContext], lang: str, width: int
) -> None:
    """For somebody of the public and for somebody at work: as if what stands at the address had failed that way."""

    def broken() -> str:
        raise FAULTS[int(request.args["fault"])]

    broken.portal_audience = app.view_functions["home.privacy"].portal_audience  # type: ignore[attr-defined]
    app.view_functions["home.privacy"] = broken
    faults = []
    for username in (None, "preparer-jinyun-1"):
        context = open_browser(lang=lang, width=width)
        take_session(signed_in(app, username)[0], context)
        page = context.new_page()
        asked = {f"/privacy?fault={status}": status for status in FAULTS} | {"/sign-out": 405}
        for path, status in (asked | ({} if username is None else {"/administration/jobs": 403})).items():
            answer = page.goto(path)
            assert answer is not None
            faults += [] if answer.status == status else [f"{path}: {answer.status}"]
            faults += judged(page)
        context.close()
    assert not faults, "\n\n".join(faults)


# Roles share most of their pages. What stands in `main` and was judged in this language and width is not judged again:
# from one look to the next only numbers and one-time values differ. The frame around it is judged with every new page.
FLEETING = re.compile(r'(?:csrf_token|key)" value="[^"]*"|nonce="[^"]*"|\d+')
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
JUDGED: set[tuple[str, str]] = set()
OPENED: set[tuple[str, str]] = set()
SENT: set[tuple[str, str]] = set()
SEEN: set[tuple[str, str]] = set()  # addresses that were judged themselves, not where they sent on to


def first_look(screen: str, path: str, html: str) -> bool:
    """Whether a page like this was not judged yet in that language and width; remembers it."""
    found = MAIN.search(html)
    seen = (screen, FLEETING.sub("", found[0]) if found else path)
    is_first = seen not in JUDGED
    JUDGED.add(seen)
    return is_first


def is_new(client: FlaskClient, path: str, screen: str) -> bool:
    """An address that somebody opened before is read without a browser first: most look the same to everybody."""
    if (screen, path) not in OPENED:
        OPENED.add((screen, path))
        return True
    answer = client.get(path, follow_redirects=True)
    html = answer.get_data(as_text=True)
    answer.close()
    return first_look(screen, path, html)


def faults_of(page: Page, path: str, screen: str) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    first_look(screen, path, answer.text())
    SEEN.add((screen, urlsplit(page.url).path))
    return ([] if answer.status < 500 else [f"{path}: {answer.status}"]) + judged(page)


def judged(page: Page) -> list[str]:
    faults = []
    for judge in (assert_fits, axe):
        try:
            judge(page)
        except AssertionError as fault:
            faults.append(str(fault))
    return faults


ACTIONS = """[...document.querySelectorAll('form')].map((form, place) => form.method === 'post' && [...form.elements]
  .some(e => e.matches('textarea, input:is([type=text], [type=tel], [type=email], [type=date], [type=number], '
    + '[type=password], :not([type]))')) ? new URL(form.getAttribute('action') ?? '', location.href).href : '')"""
SEND = """place => {
  const form = document.querySelectorAll('form')[place];
  for (const e of form.elements) if (e.matches('textarea, input') && !/hidden|checkbox|radio|file|submit/.test(e.type))
    e.value = '12o0 abc';
  form.noValidate = true;
  HTMLFormElement.prototype.submit.call(form);
}"""


def faults_of_forms(page: Page, path: str, screen: str, kinds: Mapping[str, str]) -> list[str]:
    """Sends every form that was not sent yet, with nonsense in every field, and judges what answers."""
    faults, was_left = [], False
    for place, action in enumerate(page.evaluate(ACTIONS)):
        shape = (screen, shape_of(action, kinds))
        if not action or urlsplit(action).path in NOT_SENT or shape in SENT:
            continue
        SENT.add(shape)
        if was_left:
            page.goto(path)
        was_left = True
        with page.expect_navigation() as navigation:
            page.evaluate(SEND, place)
        answer = navigation.value
        if answer is not None and answer.status >= 400:
            said = f"{path} → {shape[1]}: {answer.status}"
            faults += [] if answer.status in (409, 422) else [said]
            faults += [f"{said}\n{fault}" for fault in judged(page)]
    return faults
