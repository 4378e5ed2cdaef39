"""An address that leads nowhere: a plain page in the reader's language, on every screen, with or without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits

HEADINGS = {"zh": "没有这一页", "en": "Page not found"}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_lost_reader_is_told_so_in_their_language(
    open_page: Callable[..., Page], lang: str, width: int, scripts: bool
) -> None:
    page = open_page("/no-such-page", lang=lang, width=width, scripts=scripts)
    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS[lang])
    assert_fits(page, scripts=scripts)
    if scripts:  # the engine is a script itself; without any the page is the same page
        axe(page)
