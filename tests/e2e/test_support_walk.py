"""From match to award letter in a browser: an enterprise applies, the county checks, the city decides, the letter is there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from portal.certificates import tasks
from portal.certificates.rules import PaperKind
from portal.config import Settings
from portal.jobs.run import Runner
from portal.notices import tasks as mail
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.every_page import sign_in

DECLARING = (tasks, mail)  # importing them is what declares their handlers
pytestmark = pytest.mark.content("demo")
POLICY = "P303"
APPLICANT = "enterprise-0009"  # one person with both posts, of the county whose officer is listed
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
KINDS = ("proposal", "budget", "cooperation")
ANSWERS = {
    "statement": "承担产业链关键技术攻关项目，已完成样机。", "claim": "1,000,000", "contact_name": "张示例",
    "contact_phone": "0578-0000000", "account_name": "示例企业", "bank": "示例银行",
}  # fmt: skip
WALKS = [("zh", 1360, True), ("en", 390, True), ("zh", 390, False)]


class Walk:
    """Who takes part, each in a browser of their own, in one language and width."""

    def __init__(self, app: Flask, opened: Callable[..., BrowserContext], lang: str, width: int, *, scripts: bool):
        self.app, self.opened, self.scripts = app, opened, scripts
        self.wishes = {"lang": lang, "width": width, "scripts": scripts}

    def person(self, username: str) -> Page:
        context = self.opened(**self.wishes)
        sign_in(self.app, context, username)
        page = context.new_page()
        page.goto(f"/?lang={self.wishes['lang']}")
        return page

    def check(self, page: Page) -> None:
        assert_fits(page, scripts=self.scripts)
        if self.scripts:
            axe(page)


@pytest.mark.parametrize(
    ("tongue", "wide", "scripts"), WALKS, ids=[f"{t}-{w}-{'js' if s else 'nojs'}" for t, w, s in WALKS]
)
def test_from_match_to_award_letter(
    app: Flask,
    settings: Settings,
    open_browser: Callable[..., BrowserContext],
    tmp_path: Path,
    tongue: str,
    wide: int,
    scripts: bool,
) -> None:
    walk = Walk(app, open_browser, tongue, wide, scripts=scripts)
    clerk = walk.person(APPLICANT)
    receipt = apply(walk, clerk, tmp_path)
    page = clerk.url.removesuffix("/receipt")
    decide(walk, walk.person("officer-jinyun"), receipt)
    decide(walk, walk.person("bureau-lead"), receipt)
    clerk.goto(page)
    walk.check(clerk)
    expect(clerk.locator(".note.ok")).to_contain_text("300,000.00")
    expect(clerk.locator(".note.ok li")).to_contain_text(["120,000.00", "120,000.00", "60,000.00"])  # as promised
    clerk.locator(".note.ok a").click()
    walk.check(clerk)
    clerk.locator("main a[href*='/papers/']", has_text=getattr(PaperKind.AWARD_LETTER.title, tongue)).first.click()
    expect(clerk.locator("main")).to_contain_text("300,000.00")
    walk.check(clerk)
    if (tongue, wide) == ("zh", 1360):  # the letter is in both languages: once is enough
        reads_its_letter(clerk, settings, tmp_path)


def reads_its_letter(page: Page, settings: Settings, folder: Path) -> None:
    """The applicant takes the letter home as PDF: it names the holder and the amount, and bears the code."""
    code, letter = page.locator("main a.mono").inner_text(), page.url
    page.locator("form[action$='/print'] button").click()
    Runner(settings).sweep()
    page.goto(letter)
    with page.expect_download() as download:
        page.locator("a[href$='/file']").click()
    file = folder / "letter.pdf"
    download.value.save_as(file)
    said = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
    page.goto("/enterprise")
    words = bare(said)
    assert bare(page.locator("h1").inner_text()) in words
    assert "300,000.00" in words and "叁拾万元整" in words
    assert code in words


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def apply(walk: Walk, page: Page, folder: Path) -> str:
    """From the list of policies to the receipt; its number. What is refused on the way loses nothing."""
    page.goto("/support")
    walk.check(page)
    page.click(f"form[action='/support/{POLICY}/begin'] button")
    walk.check(page)
    for name, text in ANSWERS.items():
        page.fill(f"#{name}", text)
    # The upload button brings the answers with it; the account number is still missing.
    page.set_input_files("#doc-proposal", pdf(folder, "proposal"))
    page.click("button[name=go][value=upload]")
    expect(page.locator("#claim")).to_have_value(ANSWERS["claim"])
    walk.check(page)
    for kind in KINDS[1:]:
        page.set_input_files(f"#doc-{kind}", pdf(folder, kind))
    page.check("#declaration")
    page.click("button[formaction$='/submit']")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("#account_no-error")).to_be_visible()
    expect(page.locator("#declaration")).to_be_checked()
    walk.check(page)
    page.fill("#account_no", "6200 0000 0009")
    page.click("button[formaction$='/submit']")
    expect(page).to_have_url(re.compile("/receipt$"))
    walk.check(page)
    found = re.search(r"LS-SQ\d{4}-\w{4}-\w{4}-\w", page.locator("main").inner_text())
    assert found is not None
    return found.group()


def pdf(folder: Path, kind: str) -> str:
    file = folder / f"{kind}.pdf"
    file.write_bytes(PDF)
    return str(file)


def decide(walk: Walk, page: Page, receipt: str) -> None:
    """Opens the waiting case of that receipt from the queue and approves it."""
    page.goto("/review?kind=application")
    walk.check(page)
    links = {str(link.get_attribute("href")) for link in page.locator("main a[href^='/review/']").all()}
    for address in sorted(link for link in links if re.match(r"/review/\d+", link)):
        page.goto(address)
        if receipt in page.locator("main").inner_text():
            break
    expect(page.locator("main")).to_contain_text(receipt)
    walk.check(page)
    page.locator("button[form=award], form[action*='/approve'] button").first.click()
    expect(page.locator("main h1")).to_be_visible()
    walk.check(page)
