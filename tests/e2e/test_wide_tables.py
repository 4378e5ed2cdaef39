"""The widest tables, in the language with the longest words: at a desk no column is cut or has to be scrolled to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext

from tests.fixtures.browser import assert_fits
from tests.fixtures.every_page import sign_in

pytestmark = [pytest.mark.content("demo"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SIDEWAYS = "[...document.querySelectorAll('main .scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
WIDE = ("/definitions", "/figures?quarter=2026Q2&span=ttm", "/catalogue/source", "/releases", "/review?kind=filing")


def test_every_column_is_there_in_english_at_a_desk(app: Flask, open_browser: Callable[..., BrowserContext]) -> None:
    context = open_browser(lang="en", width=1360)
    sign_in(app, context, "bureau")
    page = context.new_page()
    for address in WIDE:
        page.goto(address)
        assert_fits(page)
        assert page.evaluate(SIDEWAYS) == 0, address
