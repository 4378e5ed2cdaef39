"""The filing form in a browser: it saves by itself, loses nothing, and reads well on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from portal.casework import remark
from portal.casework.models import Case
from portal.database.session import Database, transaction
from portal.kernel.clock import now
from portal.kernel.roles import Actor, Role
from portal.web.sessions import SessionFacts
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.filers import (
    FIGURES,
    Q2,
    Q3,
    add_window,
    begun,
    current,
    fields,
    ground,
    preparer,
    saved,
    submitted,
)

pytestmark = [
    pytest.mark.content("catalogue"),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]
FORM = "/filings/2026Q3"
Open = Callable[..., BrowserContext]


@pytest.fixture(autouse=True)
def _ground(database: Database) -> None:
    ground()
    with transaction(EVERYTHING) as session:
        add_window(session, Q2, due=-5)
    submitted(Q2, FIGURES | {"101": "8000", "302": "968.5", "303": "330"})
    begun()


@pytest.fixture
def sit_down(app: Flask, live_server: str, open_browser: Open) -> Callable[..., Page]:
    """A page of somebody who is signed in, in a browser of their own."""

    def open_one(actor: Actor | None = None, **wishes: Any) -> Page:
        facts = SessionFacts(actor or preparer(), 1, False, now(), now(), wishes.get("lang", "zh"))
        app.extensions["portal_session_loader"] = lambda db, token: facts
        context = open_browser(**wishes)
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookies = {"portal": signer.dumps({"_user_id": "token"}), "portal_lang": wishes.get("lang", "zh")}
        context.add_cookies([{"name": n, "value": v, "url": live_server} for n, v in cookies.items()])
        return context.new_page()

    return open_one


def status(page: Page) -> Any:
    return page.locator("[data-save-status]")


def saved_by_itself(page: Page, version: int) -> None:
    """Waits, no longer than the three seconds that are promised and a little for the way."""
    page.locator(f"input[name='draft_version'][value='{version}']").wait_for(state="attached", timeout=4000)


@pytest.mark.parametrize(
    ("lang", "width"), [("zh", 390), ("en", 1360)]
)  # test_every_page opens them the other way round
def test_every_page_is_clean_and_fits(sit_down: Callable[..., Page], lang: str, width: int) -> None:
    saved(fields(FIGURES | {"104": "81020", "106": "", "202": "-30"}))
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case).where(Case.quarter == Q3.code)).one()
        remark.ask(session, case, person(Role.COUNTY_OFFICER), "107", "请按生产法计算。")
    page = sit_down(lang=lang, width=width)
    for path in (
        "/filings",
        FORM,
        f"{FORM}?check=1",
        f"{FORM}/check",
        "/filings/2026Q2/receipt",
        "/filings/2026Q2/versions/1",
    ):
        page.goto(path)
        assert_fits(page)
        axe(page)


def test_a_figure_is_saved_within_three_seconds_and_echoed_in_its_unit(sit_down: Callable[..., Page]) -> None:
    page = sit_down()
    page.goto(FORM)
    version = current().draft_version
    page.select_option("#scale", "YUAN")
    page.fill("#f101", "84265000")
    page.focus("#f103")
    saved_by_itself(page, version + 1)
    assert page.input_value("#f101") == "8,426.50"
    assert current().draft["f101"] == "8,426.50"


def test_a_browser_that_is_killed_loses_nothing_that_was_saved(sit_down: Callable[..., Page]) -> None:
    page = sit_down()
    page.goto(FORM)
    version = current().draft_version
    page.fill("#f101", "8426.5")
    saved_by_itself(page, version + 1)
    page.context.close()
    again = sit_down()
    again.goto(FORM)
    assert again.input_value("#f101") == "8,426.50"


def test_figures_typed_without_a_line_are_kept_on_the_computer_and_saved_later(sit_down: Callable[..., Page]) -> None:
    page = sit_down()
    page.goto(FORM)
    version = current().draft_version
    page.context.set_offline(True)
    page.fill("#f105", "8500")
    status(page).filter(has_text="网络断开").wait_for(timeout=5000)
    page.context.set_offline(False)
    saved_by_itself(page, version + 1)
    assert current().draft["f105"] == "8,500.00"


def test_a_page_that_was_closed_without_a_line_puts_its_figures_back(sit_down: Callable[..., Page]) -> None:
    page = sit_down()
    page.goto(FORM)
    version = current().draft_version
    page.context.set_offline(True)
    page.fill("#f105", "8500")
    status(page).filter(has_text="网络断开").wait_for(timeout=5000)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(FORM)
    saved_by_itself(page, version + 1)
    assert current().draft["f105"] == "8,500.00"


def test_the_change_beside_a_figure_follows_what_is_typed(sit_down: Callable[..., Page]) -> None:
    page = sit_down()
    page.goto(FORM)
    page.fill("#f101", "8,400")
    page.focus("#f103")
    expect(page.locator("#r101 .chg span")).to_have_text("+5.0%")


def test_two_browsers_on_one_row_see_both_figures(sit_down: Callable[..., Page]) -> None:
    first = sit_down()
    first.goto(FORM)
    version = current().draft_version
    saved({"f101": "2.00"})
    first.fill("#f101", "3")
    status(first).filter(has_text="他人").wait_for(timeout=5000)
    assert current().draft["f101"] == "2.00" and current().draft_version == version + 1
    first.get_by_role("button", name="保存并检查").click()
    first.get_by_label("3.00").check()
    first.get_by_role("button", name="保存选择").click()
    first.wait_for_url(f"**{FORM}*")
    assert current().draft["f101"] == "3.00"
