"""A change of a policy in a browser: drafted, refused once, mended, submitted, published by a second person, read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.every_page import sign_in

pytestmark = pytest.mark.content("demo")
CODE = "P102"
BASELESS, MENDED = "f(101) >= 2000 万元", "f(101, ttm) >= 2000 万元"
REASON = "市局示例文件〔2026〕8号"
WORDS = {
    "zh": ("第3行：第6个字符处缺少期间", "12万元", "近四个季度"),
    "en": ("Line 3", "120,000 yuan", "last four quarters"),
}


@pytest.fixture
def sit_down(app: Flask, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Several people at once, each in a browser of their own; without a name, somebody of the public."""

    def open_one(username: str | None, lang: str, width: int) -> Page:
        context = open_browser(lang=lang, width=width)
        if username is not None:
            sign_in(app, context, username)
        page = context.new_page()
        page.goto(f"/?lang={lang}")
        return page

    return open_one


def clean(page: Page) -> None:
    """For pages that only this walk comes to; the others are judged by `test_every_page.py`."""
    assert_fits(page)
    axe(page)


@pytest.mark.parametrize(("lang", "width"), [("zh", 1360), ("en", 390)])
def test_a_policy_goes_from_draft_to_what_everybody_reads(sit_down: Callable[..., Page], lang: str, width: int) -> None:
    officer = sit_down("bureau", lang, width)
    typed = drafts(officer, WORDS[lang][0])
    mends(officer, typed)
    public = sit_down(None, lang, width)
    public.goto(f"/policies/{CODE}")
    expect(public.locator("main")).not_to_contain_text(WORDS[lang][1])  # what is submitted changes nothing yet
    publishes(sit_down("bureau-lead", lang, width))
    public.goto("/policies")
    assert_fits(public)
    public.locator(f"a[href='/policies/{CODE}']").click()
    for words in WORDS[lang][1:]:
        expect(public.locator("main")).to_contain_text(words)
    clean(public)
    is_matched(sit_down("enterprise-0009", lang, width), *WORDS[lang][1:])


def drafts(page: Page, told: str) -> str:
    """Opens the list, types an amount and a condition without its base; the conditions as they were typed."""
    page.goto("/support/policies")
    assert_fits(page)
    page.locator(f"main a[href='/support/policies/{CODE}']").click()
    page.locator(f"main a[href$='/{CODE}/change']").click()
    assert_fits(page)
    typed = f"{page.input_value('#conditions')}\n{BASELESS}"
    page.fill("#conditions", typed)
    page.fill("#amount_value", "120,000")
    page.fill("#reason", REASON)
    page.click("main form button[type=submit]")
    expect(page.locator("#conditions-error")).to_contain_text(told)
    expect(page.locator(".summary a[href='#conditions']")).to_contain_text(told)
    for field, text in (("#conditions", typed), ("#amount_value", "120,000"), ("#reason", REASON)):
        expect(page.locator(field)).to_have_value(text)
    clean(page)
    return typed


def mends(page: Page, typed: str) -> None:
    """Puts the base in, reads what changes, hands it to a second person."""
    page.fill("#conditions", typed.replace(BASELESS, MENDED))
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile(r"/support/policies/drafts/\d+$"))
    clean(page)
    assert {line.strip() for line in page.locator("table.diff ins").all_inner_texts()} == {MENDED, "120,000"}
    assert page.locator("table.diff del").all_inner_texts() == ["100,000"]
    page.click("form[action$='/submit'] button")
    expect(page.locator("form[action$='/reopen']")).to_be_visible()
    assert page.locator("form[action$='/publish']").count() == 0  # nobody publishes what they drafted
    clean(page)


def publishes(page: Page) -> None:
    """Finds the draft among what there is to do, and publishes it."""
    page.locator("main a[href*='/support/policies/drafts/']", has_text=CODE).click()
    clean(page)
    page.click("form[action$='/publish'] button")
    expect(page.locator("form[action$='/publish']")).to_have_count(0)
    clean(page)


def is_matched(page: Page, amount: str, condition: str) -> None:
    """The applicant reads the new condition with the enterprise's own figure, and the new amount."""
    page.goto("/support?task=1")
    place = page.locator(".card, details", has=page.locator(f"#p-{CODE}, a[href='/policies/{CODE}']")).last
    for words in (amount, condition):
        expect(place).to_contain_text(words)
    clean(page)
