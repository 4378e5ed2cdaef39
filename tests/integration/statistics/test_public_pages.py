"""The public reads what was released and nothing else: as pages in both languages and as open data, digit for digit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event

from portal.config import ROOT
from portal.database.session import Database, current, reading
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.measure import rounded, written
from portal.kernel.period import Quarter
from portal.statistics.commands_release import drop_release, prepare_release, sign_off
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
    assert f"{written(value / 100, 2, 'en')} m yuan" in texts[1] or f"{written(value / 100, 2, 'en')}m yuan" in texts[1]


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
    return {"全市": "city", "产业集群": "cluster", "县（市、区）": "unit"}[said.split(" / ")[0]]


@pytest.mark.content("years")
def test_csv_and_workbook_say_what_the_page_says(app: Flask, database: Database) -> None:
    shown = table(released())
    client = app.test_client()
    rows = csv_rows(client.get("/open-data/2026Q2.csv").data)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/open-data/2026Q2.xlsx").data))
    sheet: list[list[Any]] = book.get_sheet_by_index(0).to_python()
    assert len(rows) == len(sheet) - 3 == len(list(figures(shown)))
    place = sheet[0].index("value")
    for row, cells, (_, code, figure) in zip(rows, sheet[3:], figures(shown), strict=True):
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
    ("address", "most"), [("/", 8), (ADDRESS, 5), ("/statistics", 6), ("/open-data/2026Q2.csv", 5)]
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
