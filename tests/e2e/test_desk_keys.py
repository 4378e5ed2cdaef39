"""The officer's keys: down the list, into a case, back to the same line, on to the next – and none while typing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from portal.kernel.bilingual import LANGUAGES
from tests.fixtures.axe import axe
from tests.fixtures.every_page import sign_in

pytestmark = pytest.mark.content("demo")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_is_walked_by_keys_and_keeps_its_place(
    app: Flask, open_browser: Callable[..., BrowserContext], lang: str
) -> None:
    context = open_browser(lang=lang, width=1360)
    sign_in(app, context, "officer-jinyun")
    page = context.new_page()
    page.goto("/review")
    lines = page.locator("table[data-keys] tbody tr")
    assert lines.count() > 1
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = lines.nth(1).get_attribute("id")
    expect(page.locator("tr.cur")).to_have_id(str(second))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/review/{str(second).removeprefix('case-')}$"))
    page.wait_for_load_state()  # the keys are heard once the page is there
    page.keyboard.press("?")
    expect(page.locator("#keyhelp")).to_be_focused()
    page.locator("details.card summary").click()
    axe(page)
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile(rf"/review\?kind=filing#{second}$"))
    page.wait_for_load_state()
    page.keyboard.press("k")  # from the line that was left
    expect(page.locator("tr.cur")).to_have_id(str(lines.nth(0).get_attribute("id")))
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.locator("#q")).to_have_value("jk")
