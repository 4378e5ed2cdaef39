"""The bureau releases a quarter: one freezes, a second person signs off, the public reads it and takes it home."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from python_calamine import CalamineWorkbook

from portal.database.session import Database
from portal.kernel.clock import now
from portal.kernel.roles import Actor
from portal.web.sessions import SessionFacts, token_hash
from tests.fixtures.axe import axe
from tests.fixtures.browser import assert_fits
from tests.fixtures.released import LONELY_UNIT, lead, officer

pytestmark = pytest.mark.content("years")
WORDS = {
    "zh": ("已发布", "2026年第二季度", "规模以上工业企业", "少于3家", "非统计部门数据"),
    "en": ("Released", "Q2 2026", "Above-scale", "fewer than 3", "Not data of the statistics bureau"),
}
CARRIED = ("period", "released_on", "version", "unit", "definition", "coverage", "source")


@pytest.fixture
def sit_down(app: Flask, live_server: str, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Several people at once, each in a browser of their own; without a person, somebody of the public."""
    people: dict[str, SessionFacts] = {}
    app.extensions["portal_session_loader"] = lambda db, token: people.get(token)

    def open_one(actor: Actor | None, lang: str, width: int) -> Page:
        context = open_browser(lang=lang, width=width)
        if actor is not None:
            token = f"token-{actor.account_id}"
            people[token_hash(token)] = SessionFacts(actor, 1, False, now(), now(), lang)
            signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            cookie = {"name": "portal", "value": signer.dumps({"_user_id": token}), "url": live_server}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    return open_one


def clean(page: Page) -> None:
    assert_fits(page)
    axe(page)


@pytest.mark.parametrize(("lang", "width"), [("zh", 1360), ("en", 390)])
def test_a_quarter_goes_from_frozen_to_the_publics_own_file(
    database: Database, sit_down: Callable[..., Page], tmp_path: Path, lang: str, width: int
) -> None:
    public = sit_down(None, lang, width)
    prepares(sit_down(officer(), lang, width))
    answer = public.goto("/statistics/2026Q2")
    assert answer is not None and answer.status == 404  # frozen is not yet public
    signs_off(sit_down(replace(lead(), proved_at=now()), lang, width), lang)
    public.goto("/")
    public.locator("a[href='/statistics/2026Q2']").first.click()
    reads(public, lang)
    files = [taken(public, ending, tmp_path) for ending in ("csv", "xlsx")]
    assert len(files[0]) == len(files[1]) > 100
    for rows in files:
        carries_what_it_means(rows)
    assert [{name: row[name] for name in CARRIED} for row in files[0]] == [
        {name: row[name] for name in CARRIED} for row in files[1]
    ]


def prepares(page: Page) -> None:
    page.goto("/releases")
    clean(page)
    page.select_option("#quarter", "2026Q2")
    page.click("form[action$='/releases/prepare'] button[type=submit]")
    expect(page).to_have_url("/releases/1")
    clean(page)
    assert page.locator("form[action$='/sign-off']").count() == 0  # nobody signs what they prepared


def signs_off(page: Page, lang: str) -> None:
    page.goto("/releases")
    page.locator("main a[href='/releases/1']").first.click()
    clean(page)
    page.click("form[action$='/sign-off'] button")
    expect(page.locator("main")).to_contain_text(WORDS[lang][0])
    clean(page)


def reads(page: Page, lang: str) -> None:
    for words in WORDS[lang][1:]:
        expect(page.locator("main")).to_contain_text(words)
    clean(page)


def taken(page: Page, ending: str, folder: Path) -> list[dict[str, str]]:
    """The rows of the file behind the button, by the codes in its first line."""
    with page.expect_download() as download:
        page.locator(f"main a[href*='/open-data/2026Q2.{ending}']").first.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == f"lishui-2026Q2-v1.{ending}"
    if ending == "csv":
        text = io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")
        lines: list[list[Any]] = [list(line) for line in csv.reader(text)]
    else:
        lines = [list(line) for line in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()]
    for line in lines[1:3]:  # under the codes the headings, in each language
        assert all(line)
    return [dict(zip(map(str, lines[0]), map(written, line), strict=True)) for line in lines[3:]]


def written(value: object) -> str:
    """Days and whole numbers as the CSV writes them."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def carries_what_it_means(rows: list[dict[str, str]]) -> None:
    assert {row["period"] for row in rows} == {"2026Q2"}
    for row in rows:
        assert all(row[name] for name in CARRIED)
        assert all(" / " in row[name] for name in ("definition", "coverage", "source"))  # both languages
    hidden = [row for row in rows if row["line"] == LONELY_UNIT and row["figure"] == "output"]
    assert [row["value"] for row in hidden] == [""]
