"""What leaves as CSV or XLSX comes back as it was, and no text of anybody's becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal.kernel.bilingual import Bilingual, both
from portal.spreadsheet.write import BOM, FORMULA_STARTS, Column, Sheet, Workbook, csv_bytes, neutral, xlsx_bytes

COLUMNS = (
    Column("name", Bilingual("名称", "Name"), Bilingual("企业名称", "Name of the enterprise")),
    Column("value", Bilingual("数值", "Value")),
)
TEXTS = st.text(max_size=40)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)


def book(*rows: tuple[object, object], asked: tuple[tuple[Bilingual, str], ...] = ()) -> Workbook:
    return Workbook(Sheet(both("表"), COLUMNS, rows), asked)  # type: ignore[arg-type]


def read_csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def read_xlsx(content: bytes, sheet: int = 0) -> list[list[object]]:
    found: list[list[object]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()
    )
    return found


@given(TEXTS)
def test_no_text_begins_like_a_formula(text: str) -> None:
    safe = neutral(text)
    assert not safe.lstrip(" \u00a0\u3000\ufeff").startswith(FORMULA_STARTS)
    assert len(safe) <= 32_767


@given(st.sampled_from(FORMULA_STARTS), TEXTS, st.sampled_from(["", " ", "\u3000"]))
def test_a_formula_of_any_kind_is_neutralised_in_every_file(start: str, rest: str, gap: str) -> None:
    made = book((gap + start + rest, 1))
    for cell in (read_csv(csv_bytes(made))[3][0], str(read_xlsx(xlsx_bytes(made))[3][0])):
        assert cell.startswith("'")


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    content = xlsx_bytes(book(('=HYPERLINK("http://x")', 1), ("＝1+1", 2), ("http://example.org", 3)))
    assert b"<f>" not in content
    rows = read_xlsx(content)
    assert [row[0] for row in rows[3:]] == ['\'=HYPERLINK("http://x")', "'＝1+1", "http://example.org"]


@given(NUMBERS)
def test_numbers_are_exact_in_csv_and_stay_numbers_in_both(value: Decimal) -> None:
    made = book(("甲", value))
    written = read_csv(csv_bytes(made))[3][1]
    assert Decimal(written) == value
    assert "E" not in written and not written.startswith("'")
    cell = read_xlsx(xlsx_bytes(made))[3][1]
    assert isinstance(cell, float)
    assert Decimal(str(cell)) == value


def test_a_negative_number_stays_a_number() -> None:
    assert read_csv(csv_bytes(book(("甲", Decimal("-120.50")))))[3] == ["甲", "-120.50"]


def test_a_number_too_long_for_a_spreadsheet_is_written_out_instead_of_changed() -> None:
    value = Decimal("12345678901234567.8901")
    assert read_xlsx(xlsx_bytes(book(("甲", value))))[3][1] == "12345678901234567.8901"


def test_lines_end_with_crlf_and_begin_with_codes_and_headings_in_both_languages() -> None:
    content = csv_bytes(book(("甲", 1)))
    assert content.count(b"\r\n") == content.count(b"\n") == 4
    assert read_csv(content)[:3] == [["name", "value"], ["名称", "数值"], ["Name", "Value"]]


def test_the_workbook_carries_definitions_and_the_echo_of_the_question() -> None:
    content = xlsx_bytes(book(("甲", 1), asked=((Bilingual("期间", "Period"), "=2026Q3"),)))
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names == ["表 Table", "说明 Definitions", "查询条件 Query"]
    assert read_xlsx(content, 1)[3] == ["name", "名称", "Name", "企业名称", "Name of the enterprise"]
    assert read_xlsx(content, 2)[3] == ["期间", "Period", "'=2026Q3"]


@pytest.mark.parametrize(
    ("value", "in_csv"),
    [
        (None, ""),
        (7, "7"),
        (date(2026, 10, 30), "2026-10-30"),
        (Bilingual("亿元", "m yuan"), "亿元 / m yuan"),
        (True, "1"),
    ],
)
def test_each_kind_of_value_has_one_way_of_being_written(value: object, in_csv: str) -> None:
    assert read_csv(csv_bytes(book(("甲", value))))[3][1] == in_csv


def test_days_are_days_in_the_workbook() -> None:
    assert read_xlsx(xlsx_bytes(book(("甲", date(2026, 10, 30)))))[3][1] == date(2026, 10, 30)


def test_the_same_table_gives_the_same_bytes() -> None:
    assert xlsx_bytes(book(("甲", 1))) == xlsx_bytes(book(("甲", 1)))
