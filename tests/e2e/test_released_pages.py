"""What the public reads of a release stands on every screen and in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.released import released

pytestmark = [pytest.mark.content("years"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


# As the walk: test_every_page opens what the demo released the other way round.
@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1360)])
def test_released_pages_fit_and_are_clean(open_page: Callable[..., Page], lang: str, width: int) -> None:
    released()
    page = open_page("/", lang=lang, width=width)
    for address in ("/", "/statistics", "/statistics/2026Q2"):
        page.goto(address)
        assert_fits(page)
        axe(page)
        assert page.locator("table").count() >= 1
