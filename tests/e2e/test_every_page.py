"""Every page a role can open, in both languages: axe finds nothing and nothing sticks out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from portal.kernel.roles import Permission
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.every_page import PEOPLE, pages, signed_in

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
    browser, permissions = signed_in(app, username)
    value = browser.get_cookie("portal")
    if value is not None:
        context.add_cookies([{"name": "portal", "value": value.value, "domain": "127.0.0.1", "path": "/"}])
    return permissions


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
