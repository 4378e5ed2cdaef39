"""The public reads what was released and nothing else: as pages in both languages and as open data, digit for digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event, select

from portal.config import ROOT
from portal.database.session import Database, current, reading, transaction
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import now
from portal.kernel.measure import rounded, written
from portal.kernel.period import Quarter
from portal.statistics.commands_release import drop_release, prepare_release, sign_off
from portal.statistics.enter_official import enter_official
from portal.statistics.models_release import Release, ReleaseCell
from portal.statistics.official import OfficialEntry
from portal.statistics.queries_release import published, release
from portal.statistics.release_table import ReleasedFigure, ReleasedTable
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.released import LONELY_UNIT, Q2, RULE, correct, ground, lead, officer, released, standing
from tests.fixtures.visitor import Visitor

pytestmark = pytest.mark.content("catalogue")
ADDRESS = "/statistics/2026Q2"
ONLY_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def table(release_id: int) -> ReleasedTable:
    with reading(EVERYTHING) as session:
        return published(session, release(session, release_id)).table


def figures(shown: ReleasedTable) -> Iterator[tuple[str, str, ReleasedFigure]]:
    for line in shown.lines:
        for figure in line.figures:
            yield line.margin, line.code, figure


def csv_rows(content: bytes) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[3:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_first_release_the_home_says_so_and_what_comes_when(
    app: Flask, database: Database, language: Language
) -> None:
    page = Visitor(app.test_client(), language).get("/")
    said = {"zh": ("还没有发布过数据", "计划"), "en": ("No figures have been released yet", "planned for")}[language]
    assert all(words in page.text for words in said)
    assert "open-data" not in page.html
    assert Visitor(app.test_client(), language).get("/statistics").status == 200


@ONLY_SQLITE
@pytest.mark.content("figures")
def test_live_cells_and_drafts_are_not_public(app: Flask, visitor: Visitor, database: Database) -> None:
    drafted = prepare_release(officer(), Q2, RULE)
    for address in (ADDRESS, f"{ADDRESS}?version=1", "/open-data/2026Q2.csv", "/open-data/2026Q2.xlsx?version=1"):
        assert visitor.get(address).status == 404
    assert "2026Q2" not in visitor.get("/").html
    drop_release(officer(), drafted)
    assert visitor.get(f"{ADDRESS}?version=1").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.content("years")
def test_the_page_shows_each_public_figure_and_its_period_day_and_coverage(
    app: Flask, database: Database, language: Language
) -> None:
    shown = table(released())
    page = Visitor(app.test_client(), language).get(ADDRESS)
    for _, _, figure in figures(shown):
        if not figure.is_hidden:
            assert figure.said(language) in page.text
    assert "+" in page.text
    about = {
        "zh": ("2026年第二季度", "发布，第1版", "规模以上工业企业", "少于3家"),
        "en": ("Q2 2026", "version 1", "Above-scale", "fewer than 3"),
    }
    assert all(words in page.text for words in about[language])


@ONLY_SQLITE
@pytest.mark.content("released")
def test_english_converts_the_units(app: Flask, database: Database) -> None:
    value = table(standing()).city.figure("output").value
    assert value is not None
    texts = [Visitor(app.test_client(), language).get(ADDRESS).text for language in LANGUAGES]
    assert f"{rounded(value / 10_000, 2)}亿元" in texts[0].replace(" ", "")
    said = written(rounded(value / 100_000, 3), 3, "en")
    assert f"{said} bn yuan" in texts[1] or f"{said}bn yuan" in texts[1]


@pytest.mark.content("years")
def test_nothing_of_a_hidden_figure_is_in_any_form_of_the_release(app: Flask, database: Database) -> None:
    shown = table(released())
    hidden = {(m, c, f.shown.code) for m, c, f in figures(shown) if f.is_hidden}
    assert ("unit", LONELY_UNIT, "output") in hidden
    client = app.test_client()
    rows = csv_rows(client.get("/open-data/2026Q2.csv").data)
    seen = {(_margin(row["margin"]), row["line"], row["figure"]): row for row in rows}
    for place in hidden:
        row = seen[place]
        assert (row["value"], row["growth_percent"]) == ("", "")
        assert row["value_status"].startswith("不公布")
    page = Visitor(client).get(ADDRESS)
    for row_element in page.tree.iter("tr"):
        words = "".join(row_element.itertext())
        if "庆元县" in words:
            numbers = [c for c in words if c.isdigit()]
            assert "".join(numbers) in ("", "111000")  # approved of due and the share of them, nothing else


def _margin(said: str) -> str:
    margins = {"全市": "city", "产业集群": "cluster", "县（市、区）": "unit", "目标": "target"}
    return margins[said.split(" / ")[0]]


@pytest.mark.content("years")
def test_csv_and_workbook_say_what_the_page_says(app: Flask, database: Database) -> None:
    shown = table(released())
    client = app.test_client()
    rows = csv_rows(client.get("/open-data/2026Q2.csv").data)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/open-data/2026Q2.xlsx").data))
    sheet: list[list[Any]] = book.get_sheet_by_index(0).to_python()
    assert len(rows) == len(sheet) - 3
    assert [row["figure"] for row in rows[len(list(figures(shown))) :]] == [
        "sum"
    ] * 5  # the targets, nothing else known
    place = sheet[0].index("value")
    for row, cells, (_, code, figure) in zip(rows, sheet[3:], figures(shown), strict=False):
        assert (row["line"], row["figure"]) == (code, figure.shown.code)
        assert (
            row["period"] == "2026Q2" and row["released_on"] and row["unit"] and row["definition"] and row["coverage"]
        )
        if figure.value is None:
            assert row["value"] == "" and cells[place] == ""
            continue
        value = Decimal(row["value"])
        assert Decimal(str(cells[place])) == value
        in_page_unit = value if figure.shown.code == "rd_share" else value * figure.shown.factor_zh
        assert written(in_page_unit, figure.shown.places, "zh") == figure.said("zh")


@ONLY_SQLITE
@pytest.mark.content("released")
def test_a_later_approval_changes_no_public_page(app: Flask, visitor: Visitor, database: Database) -> None:
    before = [visitor.get(address).text for address in (ADDRESS, "/")]
    content = app.test_client().get("/open-data/2026Q2.csv").data
    correct(Q2, *range(24))
    assert [visitor.get(address).text for address in (ADDRESS, "/")] == before
    assert app.test_client().get("/open-data/2026Q2.csv").data == content


@ONLY_SQLITE
@pytest.mark.content("released")
def test_open_data_is_kept_by_caches_until_a_revision(app: Flask, database: Database) -> None:
    client = app.test_client()
    first = client.get("/open-data/2026Q2.csv")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    mark = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/open-data/2026Q2.csv", headers=mark).status_code == 304
    correct(Q2, *range(24))
    released(Q2, "企业更正")
    second = client.get("/open-data/2026Q2.csv", headers=mark)
    assert (second.status_code, second.headers["ETag"] != first.headers["ETag"]) == (200, True)
    old = client.get("/open-data/2026Q2.csv?version=1")
    assert (old.data, "immutable" in old.headers["Cache-Control"]) == (first.data, True)
    assert client.get("/open-data/2026Q2.csv?lang=en").headers["Cache-Control"] == "no-store"


@ONLY_SQLITE
@pytest.mark.content("released")
def test_a_revision_is_listed_with_its_reason_and_the_old_version_says_it_was_revised(
    app: Flask, visitor: Visitor, database: Database
) -> None:
    correct(Q2, *range(24))
    released(Q2, "二十四家企业更正了产值")
    page = visitor.get("/statistics")
    assert "二十四家企业更正了产值" in page.text
    assert "已被修订" in page.text
    old = visitor.get(f"{ADDRESS}?version=1")
    assert "这一版已被修订" in old.text
    assert visitor.get(f"{ADDRESS}?version=9").status == visitor.get(f"{ADDRESS}?version=x").status == 404


@ONLY_SQLITE
@pytest.mark.parametrize(
    "address", ["/statistics/2026Q5", "/statistics/heute", "/open-data/2019Q1.csv", "/statistics/2031Q1"]
)
def test_an_address_without_a_release_is_not_found(visitor: Visitor, database: Database, address: str) -> None:
    assert visitor.get(address).status == 404


@ONLY_SQLITE
def test_a_provisional_release_says_how_much_is_in(app: Flask, visitor: Visitor, database: Database) -> None:
    ground(Q2, lock=20)
    released()
    assert "应报25家中已有25家审核通过" in visitor.get(ADDRESS).text


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("address", "most"), [("/", 9), (ADDRESS, 5), ("/statistics", 6), ("/open-data/2026Q2.csv", 5)]
)
@pytest.mark.content("released")
def test_a_public_read_takes_few_statements(app: Flask, database: Database, address: str, most: int) -> None:
    client = app.test_client()
    client.get(address)
    statements: list[str] = []
    event.listen(current().engine, "before_cursor_execute", lambda c, cur, sql, *rest: statements.append(sql))
    assert client.get(address).status_code == 200
    counted = [sql for sql in statements if sql.split()[0] not in ("BEGIN", "COMMIT", "PRAGMA")]
    assert 0 < len(counted) <= most, "\n".join(counted)


@ONLY_SQLITE
@pytest.mark.content("figures")
def test_the_home_shows_the_targets_with_the_years_sum(app: Flask, visitor: Visitor, database: Database) -> None:
    first = Quarter(2026, 1)
    ground(first)
    shown = [table(released(first)), table(released())]
    total = sum((t.city.figure("value_added").value or Decimal(0)) for t in shown)
    page = visitor.get("/")
    assert f"{rounded(total / 10_000, 1)}亿元" in page.text.replace(" ", "")
    assert "2026年1–6月" in page.text
    assert "非统计部门数据" in page.text
    assert "应报25家中25家已通过" in page.text
    assert "没有进度线" in page.text and 'class="pace"' not in page.html
    assert page.text.count("准备这一版时还没有录入官方数据") == 5


ENTRY = OfficialEntry("T1", 2025, 0, Decimal("520.46"), Decimal("8.5"), "市统计局2025年公报", date(2026, 3, 6), False)
SAYS = {
    "zh": ("官方数据：2025年520.46亿元，同比+8.5%", "市统计局2025年公报，2026年3月6日", "待确认", "时间进度40.0%"),
    "en": ("Official: 2025 52.05 bn yuan, +8.5% on the year before", "市统计局2025年公报, 6 March 2026",
           "to be confirmed", "pace by now 40.0%"),
}  # fmt: skip


@pytest.mark.content("figures")
def test_two_series_and_the_pace_are_frozen_with_the_release(app: Flask, database: Database) -> None:
    """The official figure with its source and day, last year's course as released, the coverage; in pages and files.
    What is entered or revised later shows with the next release only."""
    for number, value in enumerate((1000, 3000, 2000, 4000)):
        lightly_released(Quarter(2025, number + 1), Decimal(value))
    lightly_released(Quarter(2026, 1), Decimal(1500))
    enter(ENTRY)
    enter(replace(ENTRY, year=2026, quarter=3, value=Decimal(999)))  # of a period that the release does not reach
    first = released()
    client = app.test_client()
    addresses = ["/?lang=zh", "/?lang=en", f"{ADDRESS}?version=1&lang=zh", f"{ADDRESS}?version=1&lang=en"]
    before = [Visitor(client).get(address).text for address in addresses]
    for text, language in zip(before, ("zh", "en") * 2, strict=True):
        assert all(words in text for words in SAYS[language]), text
        assert "999" not in text
    file = client.get("/open-data/2026Q2.csv?version=1").data
    said = {(row["line"], row["figure"]): row for row in csv_rows(file) if _margin(row["margin"]) == "target"}
    official, own, pace = (said["T1", kind] for kind in ("official", "sum", "pace"))
    assert (Decimal(official["value"]), official["period"], own["period"]) == (ENTRY.value, "2025", "2026Q2")
    assert "市统计局2025年公报，2026-03-06" in official["source"] and "公报" not in own["source"]
    assert (own["approved"], own["due"], official["due"]) == ("25", "25", "")
    assert Decimal(pace["value"]) == 40 and ("T2", "pace") not in said  # tax of last year was not released
    enter(replace(ENTRY, value=Decimal("521.00"), is_confirmed=True, note="公报更正"))
    lightly_released(Quarter(2025, 1), Decimal(9000))
    assert [Visitor(client).get(address).text for address in addresses[:2]] == before[:2]
    assert client.get("/open-data/2026Q2.csv?version=1").data == file
    second = released(Q2, "官方数据更正")
    newest = Visitor(client).get("/?lang=zh").text
    assert second > first and "521.00亿元" in newest and "时间进度66.7%" in newest
    assert client.get("/open-data/2026Q2.csv?version=1").data == file


def enter(entry: OfficialEntry) -> None:
    with transaction(officer()) as session:
        enter_official(session, officer(), entry)


def test_no_page_or_file_can_show_how_near_is_too_near() -> None:
    asking = [
        file.name
        for folder in ("templates", "portal/home", "portal/statistics")
        for file in (ROOT / folder).rglob("*.*")
        if file.suffix in (".html", ".py") and "release_share" in file.read_text("utf-8")
    ]
    assert asking == ["views_release.py"]
    assert "rule" not in (ROOT / "templates/releases/release.html").read_text("utf-8").lower()


@pytest.mark.content("figures")
def test_signing_off_makes_it_public(app: Flask, visitor: Visitor, database: Database) -> None:
    drafted = prepare_release(officer(), Q2, RULE)
    assert visitor.get(ADDRESS).status == 404
    sign_off(lead(), drafted)
    assert visitor.get(ADDRESS).status == 200


def lightly_released(quarter: Quarter, value_added: Decimal) -> None:
    """A standing release of one figure, and the one before it superseded."""
    with transaction(EVERYTHING) as session:
        before = session.scalars(select(Release).where(Release.quarter == quarter.code)).all()
        for row in before:
            row.state = "superseded"
        session.flush()
        made = Release(
            quarter=quarter.code, number=len(before) + 1, state="released", smallest_n=3, is_provisional=False, held=0,
            prepared_by_id=31, released_by_id=32, released_at=now(), sha256="",
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add(ReleaseCell(release_id=made.id, margin="city", indicator="107", value=value_added))
