"""An address that leads nowhere: a plain page in the reader's language, on every screen, without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.fixtures.browser import assert_fits

HEADINGS = {"zh": "没有这一页", "en": "Page not found"}


# With scripts test_every_page opens it, and judges it.
def test_a_lost_reader_without_scripts_is_told_so_in_their_language(
    open_page: Callable[..., Page], lang: str, width: int
) -> None:
    page = open_page("/no-such-page", lang=lang, width=width, scripts=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS[lang])
    assert_fits(page, scripts=False)
