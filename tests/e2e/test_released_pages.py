"""What the public reads of a release stands on every screen, in both languages, with or without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.released import released

pytestmark = [pytest.mark.content("years"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("address", ["/", "/statistics", "/statistics/2026Q2"])
def test_a_released_page_fits_and_is_clean(open_page: Callable[..., Page], lang: str, width: int, address: str) -> None:
    released()
    page = open_page(address, lang=lang, width=width)
    assert_fits(page)
    axe(page)
    assert page.locator("table").count() >= 1
