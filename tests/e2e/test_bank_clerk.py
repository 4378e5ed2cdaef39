"""A bank clerk with a paper in hand: scans the printed code or types it, and learns what counts - on a telephone."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from portal.accounts.models import Account
from portal.certificates import tasks
from portal.certificates.commands import revoke_paper
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind, spaced
from portal.config import Settings
from portal.database.session import reading
from portal.enterprises.commands_roster import ListFile, load_list, offer_list
from portal.enterprises.models import Enterprise, Membership, RegistrationVersion
from portal.enterprises.queries_roster import plan_for, register_import
from portal.enterprises.roster_rules import FIELDS
from portal.jobs.run import Runner
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.roles import Role
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.cases import EVERYTHING, HERE, person
from tests.fixtures.every_page import sign_in
from tests.fixtures.qr import read_qr
from tests.fixtures.workbooks import workbook

DECLARING = (tasks,)  # importing it is what declares its handler
pytestmark = pytest.mark.content("demo")
WHO = "certifier-jinyun-1"
LEAD = person(Role.COUNTY_LEAD, 2)
REASON = "内部理由"
SAID = {
    "valid": {"zh": "本平台出具", "en": "is valid"},
    "superseded": {"zh": "已被取代", "en": "Superseded"},
    "revoked": {"zh": "已撤销", "en": "revoked"},
    "unknown": {"zh": "查无此凭证", "en": "No such paper"},
}


@dataclass(frozen=True)
class Printed:
    """A paper as it lies on the counter: its words, and the address its code holds."""

    serial: str
    token: str
    address: str
    text: str


@pytest.fixture
def printed(
    app: Flask, settings: Settings, open_browser: Callable[..., BrowserContext], tmp_path: Path
) -> Callable[[str], Printed]:
    """The enterprise asks for its record of registration, the job makes it, it is printed and scanned."""

    def print_out(lang: str) -> Printed:
        record = record_of(WHO)
        context = open_browser(lang=lang)
        sign_in(app, context, WHO)
        page = context.new_page()
        page.goto(f"/papers/{record.serial}")
        page.locator(f"form[action$='/{record.serial}/print'] button").click()
        Runner(settings).sweep()
        page.goto(f"/papers/{record.serial}")
        with page.expect_download() as download:
            page.locator("a[href$='/file']").click()
        file = tmp_path / "record.pdf"
        download.value.save_as(file)
        subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", file, tmp_path / "record"], check=True)
        said = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
        return Printed(record.serial, record.token, read_qr(tmp_path / "record.png"), said)

    return print_out


def record_of(username: str) -> Paper:
    with reading(EVERYTHING) as session:
        mine = select(Membership.enterprise_id).join(Account, Account.id == Membership.account_id)
        of = Paper.enterprise_id.in_(mine.where(Account.username == username))
        return session.scalars(
            select(Paper).where(of, Paper.kind == PaperKind.REGISTRATION_RECORD).order_by(Paper.id.desc())
        ).first()  # type: ignore[return-value]


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def state_of(page: Page, state: str, lang: str) -> None:
    """The page says this state, in the reader's language, and is a clean page."""
    if state != "unknown":
        expect(page.locator(f"[data-paper-state={state}]")).to_be_visible()
    expect(page.locator("main")).to_contain_text(SAID[state][lang])
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert REASON not in page.content()
    assert_fits(page)
    axe(page)


def type_code(page: Page, code: str) -> None:
    page.goto("/verify")
    page.fill("#code", code)
    page.click("main form button[type=submit]")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_on_the_counter_is_checked_by_telephone(
    app: Flask,
    settings: Settings,
    open_browser: Callable[..., BrowserContext],
    printed: Callable[[str], Printed],
    lang: str,
) -> None:
    paper = printed(lang)
    assert paper.address == f"{settings.public_url}/verify/{paper.token}"
    assert spaced(paper.token) in paper.text
    clerk = open_browser(lang=lang, width=390).new_page()
    clerk.goto(urlsplit(paper.address).path)
    state_of(clerk, "valid", lang)
    shows_the_paper_and_no_more(clerk, paper)
    a, b, c, d = spaced(paper.token).lower().split("-")
    type_code(clerk, f"  {a} {b}  {c}{d} ")
    state_of(clerk, "valid", lang)
    expect(clerk.locator("main")).to_contain_text(paper.serial)
    newer = renamed(settings.data_dir)
    assert newer.snapshot["holder"][0].startswith("更名后的")
    clerk.goto(urlsplit(paper.address).path)
    state_of(clerk, "superseded", lang)
    assert newer.serial not in clerk.content()  # another paper is not this one's business
    revoke_paper(LEAD, newer.serial, REASON)
    type_code(clerk, spaced(newer.token))
    state_of(clerk, "revoked", lang)
    type_code(clerk, "0000 0000 0000 0000")
    state_of(clerk, "unknown", lang)
    clerk.goto("/verify/0000000000000000")
    state_of(clerk, "unknown", lang)


def shows_the_paper_and_no_more(page: Page, paper: Printed) -> None:
    """Every fact of the page stands on the paper, and nothing else the portal knows of the enterprise is there."""
    facts = [fact.strip() for dd in page.locator("main dl dd").all_inner_texts() for fact in dd.splitlines()]
    dated = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2} \w+ \d{4}|\d{4}年\d{1,2}月\d{1,2}日")
    said = bare(paper.text)
    assert len(facts) >= 5
    assert [fact for fact in facts if not dated.fullmatch(fact) and bare(fact) not in said] == []
    with reading(EVERYTHING) as session:
        whose = select(Paper.enterprise_id).where(Paper.serial == paper.serial).scalar_subquery()
        stated = session.scalars(
            select(RegistrationVersion.content).where(RegistrationVersion.enterprise_id == whose)
        ).first()
        assert stated is not None
        unsaid = [stated[name] for name in ("address", "representative", "contact_name", "contact_phone")]
    assert all(unsaid)
    shown = page.locator("main").inner_html()
    assert [words for words in unsaid if words in shown] == []


def renamed(folder: Path) -> Paper:
    """The county's list has another name for the enterprise, and it is ticked: the record that stands since."""
    with reading(EVERYTHING) as session:
        row = session.get_one(Enterprise, record_of(WHO).enterprise_id)
    line = [row.credit_code, f"更名后的{row.name_zh}", "", "", row.gb_class]
    head = [f"{title.zh} / {title.en}" for title in FIELDS.values()]
    file = io.BytesIO(workbook([head, line]))
    number = offer_list(LEAD, ListFile(folder, "名录.xlsx", file, HERE, "缙经信〔2026〕1号", "2026-10-01", False))
    with reading(EVERYTHING) as session:
        fingerprint = plan_for(session, register_import(session, number)).fingerprint
    load_list(LEAD, number, fingerprint, {f"name:{row.id}"})
    return record_of(WHO)
