"""An officer loads the county's list in a browser, wrong cells and all: clean pages in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from portal.enterprises.roster_rules import FIELDS
from tests.fixtures import workbooks as made
from tests.fixtures.applicants import code_of
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.every_page import sign_in

pytestmark = pytest.mark.content("demo")


def proven(page: Page) -> None:
    axe(page)
    assert_fits(page)


@pytest.mark.parametrize(("lang", "width"), [("zh", 1360), ("en", 390)])
def test_a_list_is_sent_looked_at_and_loaded(
    app: Flask, open_browser: Callable[..., BrowserContext], lang: str, width: int
) -> None:
    context = open_browser(lang=lang, width=width)
    sign_in(app, context, "officer-jinyun")
    page = context.new_page()
    lines = [
        [title.zh for title in FIELDS.values()],
        [code_of(700), "丽水示例新企业有限公司（虚构）", "缙云县", "2026-01-01", "3425"],
        [913311000123456789, "丽水示例错号有限公司（虚构）", "莲都区", "明天", ""],
    ]
    page.goto(f"/enterprises/import?lang={lang}")
    page.fill("[name=document_no]", "缙经信〔2026〕1号")
    page.fill("[name=listed_on]", "2026-06-01")
    page.set_input_files("[name=file]", {"name": "list.xlsx", "mimeType": "", "buffer": made.workbook(lines)})
    page.click("main form button[type=submit]")
    assert "/enterprises/imports/" in page.url
    proven(page)
    with page.expect_download() as download:
        page.click("a[href$='/marked']")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    proven(page)
    page.goto("/enterprises/roster")
    assert "丽水示例新企业有限公司" in page.inner_text("main")
    proven(page)
    page.goto("/")
    proven(page)
