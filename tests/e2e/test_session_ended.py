"""A session that ended while somebody typed: sign in in another tab, come back, and one press sends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal.accounts.commands import register
from portal.accounts.hashing import Hasher
from portal.accounts.open_account import Details
from portal.accounts.passwords import NewPassword
from portal.kernel.roles import ANONYMOUS
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits

PASSWORD = "bridges over the river 27"

pytestmark = pytest.mark.content("catalogue")


def sign_in(page: Page, username: str = "clerk-1") -> None:
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main form:has(#password) button[type=submit]")


def test_one_press_sends_what_was_kept_while_the_person_signed_in_anew(
    app: Flask, open_page: Callable[..., Page]
) -> None:
    words = NewPassword(PASSWORD, PASSWORD)
    register(ANONYMOUS, "clerk-1", Details("测试甲", "clerk@example.org", "", "zh"), words, True, Hasher(1, 8, 1), "")
    page = open_page("/sign-in?next=/account", lang="en", width=390)
    sign_in(page)
    page.fill("#display_name", "测试甲乙")
    page.context.clear_cookies(name="portal")
    page.click("form:has(#display_name) button[type=submit]")
    expect(page.locator("dd", has_text="测试甲乙")).to_be_visible()
    assert_fits(page)
    axe(page)
    with page.context.expect_page() as opened:
        page.click("main a[target=_blank]")
    sign_in(opened.value)
    expect(opened.value).to_have_url(f"{page.url.rsplit('/', 1)[0]}/proved")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the browser's own where tabs are real
    expect(page.locator("[data-as]")).to_have_text("You send it as 测试甲")
    page.click("form[data-renew] button")
    expect(page.locator("#display_name")).to_have_value("测试甲乙")
    expect(page.locator(".who")).to_contain_text("测试甲乙")


def test_who_is_another_person_by_now_is_shown_before_anything_is_sent(
    app: Flask, open_page: Callable[..., Page]
) -> None:
    words = NewPassword(PASSWORD, PASSWORD)
    for name, title in (("clerk-1", "测试甲"), ("clerk-2", "测试乙")):
        register(ANONYMOUS, name, Details(title, f"{name}@example.org", "", "zh"), words, True, Hasher(1, 8, 1), "")
    page = open_page("/sign-in?next=/account", lang="zh")
    sign_in(page)
    page.fill("#display_name", "测试甲乙")
    page.context.clear_cookies(name="portal")
    page.click("form:has(#display_name) button[type=submit]")
    with page.context.expect_page() as opened:
        page.click("main a[target=_blank]")
    sign_in(opened.value, "clerk-2")
    expect(opened.value).to_have_url(f"{page.url.rsplit('/', 1)[0]}/proved")
    page.click("form[data-renew] button")
    expect(page.locator("[data-as]")).to_contain_text("测试乙")
    expect(page.locator("dd", has_text="测试甲乙")).to_be_visible()
    page.goto("/account")
    expect(page.locator("#display_name")).to_have_value("测试乙")
