"""The whole walk in a browser: an enterprise registers, is admitted, files its quarter, is approved - and it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from portal.accounts.commands import create_user
from portal.accounts.hashing import Hasher
from portal.accounts.models import Account
from portal.accounts.open_account import Details, PostGiven
from portal.catalogue.commands import extend_window, open_window
from portal.catalogue.queries import window, work_calendar
from portal.database.seal import seal
from portal.database.session import reading, transaction
from portal.demo.figures import figures
from portal.demo.people import Person, credit_code
from portal.kernel.bilingual import both
from portal.kernel.clock import today
from portal.kernel.measure import plain
from portal.kernel.period import Quarter
from portal.kernel.roles import Role, Scope, system
from portal.statistics.commands import compare, list_due
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits

UNIT = "331122"
PASSWORD = "bridges over the river 27"
CODE = credit_code(UNIT, 77001)
NAME = "瓯禾拓精密传动有限公司（示例）"
NAME_EN = "Ouhetuo Precision Drive Co., Ltd. (sample)"
EITHER_NAME = re.compile(f"{re.escape(NAME)}|{re.escape(NAME_EN)}")  # pages in English call it by its English name
QUARTER = Quarter.containing(today()) - 1
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ENTERPRISE = Person(
    77001, CODE, both(NAME), UNIT, "05-M1", "3425", date(2011, 5, 18), 120, Decimal("8200.50"), Decimal("8100.00"),
    Decimal("26.40"), True, False, Decimal("1.09"), Decimal("0.22"), Decimal("0.16"),
)  # fmt: skip

pytestmark = pytest.mark.content("catalogue")


@dataclass
class Office:
    """An officer's way in: name, and a code that was not used before."""

    username: str
    secret: str

    def code(self) -> str:
        """The code of this moment; each test has an officer of its own, so it was not used before."""
        return pyotp.TOTP(self.secret).now()


@pytest.fixture
def officer(app: Flask) -> Office:
    hasher = Hasher(1, 8, 1)
    account_id = create_user(
        system("test"), "officer-jinyun", Details("审核员乙", "", "", "zh"), PASSWORD, hasher, is_office=True,
        posts=[PostGiven(Role.COUNTY_OFFICER, UNIT)],
    )  # fmt: skip
    secret = pyotp.random_base32()
    with transaction(Scope.everything("test")) as session:
        account = session.get(Account, account_id)
        assert account is not None
        account.totp_secret = seal(secret)
    open_window(system("test"), QUARTER)
    with reading(Scope.nobody()) as session:
        day = work_calendar(session).working_days_after(max(today(), open_due(session)), 7)
    extend_window(system("test"), QUARTER, day, "浏览器走查用，延长填报期限")
    return Office("officer-jinyun", secret)


def open_due(session: Session) -> date:
    found = window(session, QUARTER)
    assert found is not None
    return found.due_on


def sign_in(page: Page, office: Office) -> None:
    page.goto("/sign-in")
    page.fill("#username", office.username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.fill("#code", office.code())
    page.click("main form:has(#code) button[type=submit]")
    expect(page).to_have_url(re.compile(r"/$"))


WITHOUT_SCRIPTS: set[int] = set()
# By language and width; test_every_page judges the other two.
JUDGED = {("zh", 390), ("en", 1360)}
UNJUDGED: set[int] = set()


def check(page: Page) -> None:
    """What every page of the walk has to stand. With scripts off the engine cannot run; the walk itself is the test."""
    assert_fits(page, scripts=id(page) not in WITHOUT_SCRIPTS)
    if id(page) not in UNJUDGED:
        axe(page)


def turn(page: Page, tongue: str, wide: int) -> None:
    """Without scripts one walk shows both: from here on the other language, on the other screen."""
    if id(page) in WITHOUT_SCRIPTS:
        page.set_viewport_size({"width": wide, "height": 900})
        page.goto(f"/?lang={tongue}")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if tongue == "zh" else "en")


WALKS = [("zh", 1360, True), ("en", 1360, True), ("zh", 390, True), ("en", 390, True), ("en", 390, False)]


@pytest.mark.parametrize(
    ("tongue", "wide", "scripts"), WALKS, ids=[f"{t}-{w}-{'js' if s else 'nojs'}" for t, w, s in WALKS]
)
def test_from_register_to_figures(
    open_page: Callable[..., Page], officer: Office, tmp_path: Path, tongue: str, wide: int, scripts: bool
) -> None:
    clerk = open_page("/", lang=tongue, width=wide, scripts=scripts)
    desk = open_page("/", lang=tongue, width=wide, scripts=scripts)
    if not scripts:
        WITHOUT_SCRIPTS.update((id(clerk), id(desk)))
    if not scripts or (tongue, wide) not in JUDGED:
        UNJUDGED.update((id(clerk), id(desk)))
    register(clerk, tmp_path)
    turn(desk, "zh", 1360)
    sign_in(desk, officer)
    admit(desk)
    receipt = file_quarter(clerk)
    assert receipt
    turn(desk, "en", 390)
    approve(desk)
    turn(desk, "zh", 1360)
    read_figures(desk)
    assert compare() == []


def register(page: Page, tmp_path: Path) -> None:
    page.click("a.btn[href*='/register']")
    check(page)
    page.click("main form button[type=submit]")
    expect(page.locator(".summary")).to_be_visible()
    check(page)
    for name, text in {
        "username": "clerk-1", "display_name": "测试填报员", "email": "clerk@example.org", "password": PASSWORD,
        "repeat": PASSWORD,
    }.items():  # fmt: skip
        field = page.locator(f"#{name}")
        if field.count():
            field.fill(text)
    for box in page.locator("main input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main input[type=checkbox]").first.check()
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile("/registration"))
    page.click("main form button[type=submit]")
    check(page)
    licence = tmp_path / "licence.pdf"
    licence.write_bytes(PDF)
    page.fill("#credit_code", CODE[:-1])
    page.click("button[name=action][value=check]")
    check(page)
    page.goto("/registration")
    expect(page.locator("#credit_code")).to_have_value(CODE[:-1])
    fill_registration(page)
    page.set_input_files("#licence", str(licence))
    page.click("button[name=action][value=check]")
    expect(page).to_have_url(re.compile("/registration/check"))
    check(page)
    page.check("#declares")
    page.click("form[action*='/registration/submit'] button[type=submit]")
    check(page)


def fill_registration(page: Page) -> None:
    for name, text in {
        "credit_code": f" {CODE[:8].lower()} {CODE[8:]}", "name_zh": NAME, "name_en": NAME_EN,
        "address": "示例路1号", "founded_on": "2011-05-18", "representative": "钱示例", "contact_name": "孙示例",
        "contact_phone": "0578-0000000", "gb_class": "3425", "staff": "１２０", "revenue": "8,200.50",
        "base_output": "8100",
    }.items():  # fmt: skip
        page.fill(f"#{name}", text)
    for name in ("registered_county", "county"):
        page.select_option(f"#{name}", UNIT)
    page.select_option("#figures_year", str(today().year - 1))
    page.select_option("#primary_segment", "05-M1")
    page.fill("#products-0", "滚珠丝杠")
    page.check("#purposes-P1")


def admit(page: Page) -> None:
    page.goto("/review?kind=registration")
    check(page)
    page.get_by_role("link", name=EITHER_NAME).click()
    check(page)
    page.select_option("#county", UNIT)
    page.click("button[form=admit], form#admit button[type=submit]")
    page.goto("/review?kind=registration&tab=approved")
    expect(page.get_by_role("link", name=EITHER_NAME)).to_be_visible()


def file_quarter(page: Page) -> str:
    page.goto("/")
    check(page)
    page.goto("/filings")
    check(page)
    page.click(f"form[action*='/filings/{QUARTER}/start'] button[type=submit]")
    check(page)
    page.fill("#f101", "12o0")
    page.fill("#f105", "NaN")
    page.click("button[name=go][value=check]:visible")
    expect(page.locator(".summary")).to_be_visible()
    check(page)
    turn(page, "zh", 1360)
    if page.locator("#f101").count() == 0:
        page.goto(f"/filings/{QUARTER}")
    expect(page.locator("#f101")).to_have_value("12o0")
    fill_filing(page)
    page.click("button[name=go][value=check]:visible")
    explain(page)
    expect(page).to_have_url(re.compile("/check"))
    check(page)
    page.check("#declaration")
    page.click(f"form[action*='/filings/{QUARTER}/submit'] button")
    number = page.locator("[data-receipt]")
    expect(number).to_be_visible()
    check(page)
    if id(page) not in WITHOUT_SCRIPTS:
        assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 1  # to be kept on paper
    return number.get_attribute("data-receipt") or ""


def fill_filing(page: Page) -> None:
    for details in page.locator("details.sec:not([open]) > summary").all():
        details.click()
    for code, value in figures(ENTERPRISE, QUARTER, 1).items():
        field = page.locator(f"#f{code}")
        if field.count():
            field.fill(plain(value))
    # The first filing asks what went before: a flow of nothing is a figure too.
    for box in page.locator("input[id^='b'][name^='b'], input[id^='y'][name^='y']").all():
        box.fill("0")


def explain(page: Page) -> None:
    """Gives a reason wherever the portal asks for one, as long as it asks."""
    for _ in range(3):
        page.wait_for_load_state()  # what is not there yet is not missing
        if "/check" in page.url and not page.locator(".summary").count():
            return
        page.goto(f"/filings/{QUARTER}")
        for box in page.locator("textarea[id^='why-']").all():
            box.fill("新建产线投产，经核实无误。")
        for choice in page.locator("select[name^='c']").all():
            choice.select_option(index=1)
        page.click("button[name=go][value=check]:visible")


def approve(page: Page) -> None:
    page.goto("/review?kind=filing")
    check(page)
    page.get_by_role("link", name=EITHER_NAME).first.click()
    check(page)
    page.locator("form[action$='/approve'] button, button[form=approve]").first.click()
    page.goto("/review?kind=filing&tab=approved")
    expect(page.get_by_role("link", name=EITHER_NAME).first).to_be_visible()


def read_figures(page: Page) -> None:
    list_due(QUARTER)
    page.goto(f"/figures?by=chain&frame=all&quarter={QUARTER}")
    check(page)
    line = page.locator("tr", has=page.locator("th", has_text=re.compile("滚动功能部件|olling functional")))
    expect(line).to_contain_text("1/1")
