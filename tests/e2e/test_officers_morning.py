"""An officer's morning in a browser: what waits, a question and a return, the answer, approved, undone, reminders."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from portal.audit.verify import verify
from portal.casework.models import Remark
from portal.database.session import Database, reading, transaction
from portal.filing.commands import reply
from portal.filing.commands_submit import submit
from portal.kernel.clock import now
from portal.kernel.workflow import State
from portal.notices.models import Notice
from portal.statistics.commands import compare
from portal.web.sessions import SessionFacts
from tests.fixtures.accepted import OFFICER, SECOND, county, second, the_case
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import FIGURES, Q3, add_people, both_posts, fields, order, saved

pytestmark = pytest.mark.content("catalogue")
NAME = re.compile("丽水示例7号机械有限公司")


@pytest.fixture
def desk(
    app: Flask, database: Database, live_server: str, open_browser: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    county(approved=False)
    second()
    with transaction(EVERYTHING) as session:
        add_people(session, SECOND, 80)

    def sit_down(lang: str, width: int) -> Page:
        app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(OFFICER, 1, False, now(), now(), lang)
        context = open_browser(lang=lang, width=width)
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookies = {"portal": signer.dumps({"_user_id": "token"}), "portal_lang": lang}
        context.add_cookies([{"name": n, "value": v, "url": live_server} for n, v in cookies.items()])  # type: ignore[list-item]
        return context.new_page()

    return sit_down


def check(page: Page) -> None:
    assert_fits(page)
    axe(page)


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1360)])
def test_from_what_waits_to_who_is_missing(desk: Callable[..., Page], lang: str, width: int) -> None:
    page = desk(lang, width)
    page.goto("/")
    page.locator("ul.tasks a[href*='/review']").first.click()
    check(page)
    page.get_by_role("link", name=NAME).first.click()
    page.locator(".actionbar form[action*='/claim'] button").click()
    ask_and_return(page)
    answered()
    page.goto("/review")
    page.get_by_role("link", name=NAME).first.click()
    row = page.locator("tr", has=page.locator("a.qbtn[href*='field=107']"))
    expect(row.locator("del")).to_contain_text("2,190.4")  # what stood there before
    row.locator("a.qbtn").click()
    expect(page.locator("#panel .bubble", has_text="已按生产法重算")).to_have_count(2)
    check(page)
    approve_undo_and_approve_again(page)
    remind(page)
    assert compare() == []
    assert verify() == []


def ask_and_return(page: Page) -> None:
    page.locator("a[href*='show=all']").first.click()
    page.locator("a.qbtn[href*='field=107']").click()
    page.locator("#panel textarea[name=question]").fill("107与营业收入相比偏高，请说明。")
    page.locator("#panel form button").last.click()
    expect(page.locator("#panel .bubble.me")).to_contain_text("107与营业收入相比偏高")
    page.locator(".actionbar a[data-key=r]").click()
    page.locator("main form button[type=submit]").click()  # without a reason
    expect(page.locator(".summary")).to_be_visible()
    check(page)
    page.fill("#reason", "请按生产法计算增加值。")
    page.select_option("#field_0", "107")
    page.fill("#remark_0", "请按生产法计算。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    assert the_case().state is State.RETURNED


def answered() -> None:
    """The enterprise's part, which has journeys of its own."""
    who = both_posts()
    saved(fields(FIGURES | {"107": "2150.0"}), actor=who)
    with reading(EVERYTHING) as session:
        asked = session.scalars(select(Remark.id).where(Remark.closed_at.is_(None))).all()
    assert len(asked) == 2
    for remark_id in asked:
        reply(who, Q3, remark_id, "已按生产法重算。")
    assert submit(who, Q3, order("key-of-the-answer-of-the-morning"))


def approve_undo_and_approve_again(page: Page) -> None:
    approve = page.locator(".actionbar form[action*='/approve'] button")
    approve.click()
    undo = page.locator("form[action*='/undo'] button").first
    expect(undo).to_be_visible()
    assert the_case().state is State.APPROVED
    check(page)
    undo.click()
    page.wait_for_load_state()
    assert the_case().state is not State.APPROVED
    page.goto(f"/review/{the_case().id}")
    approve.click()
    expect(page.locator("form[action*='/undo'] button").first).to_be_visible()
    assert the_case().state is State.APPROVED


def remind(page: Page) -> None:
    page.goto("/review")
    page.locator("a[href*='/review/remind']").first.click()
    check(page)
    expect(page.locator("input[name=enterprise]:checked")).to_have_count(1)
    page.locator("form[action*='/remind'] button").last.click()
    page.wait_for_load_state()
    with reading(EVERYTHING) as session:
        told = session.scalar(select(func.count()).where(Notice.kind == "filing-reminder"))
    assert told == 2, "both who act for the one that has not begun"
