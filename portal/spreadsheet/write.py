"""Writing tables as CSV and XLSX that are safe to open: what is text stays text, what is a number stays a number.

A spreadsheet programme takes a cell that begins with `=` and its kin for a formula, whoever typed it. Such texts get an
apostrophe in front; numbers never do, so that a negative one can still be summed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import LANGUAGES, Bilingual
from ..kernel.measure import plain

Value = str | int | Decimal | date | bool | Bilingual | None
BOM = "\ufeff"
# Full-width forms too: programmes for Chinese users take ＝ for = (ASVS 1.2.10).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
_WIDEST, _NARROWEST = 48, 8
_EXACT_DIGITS = 15  # a spreadsheet keeps a number as a float: more digits than these would change on the way


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a stable ASCII code, its heading in both languages and what it means."""

    code: str
    title: Bilingual
    definition: Bilingual = field(default_factory=lambda: Bilingual("", ""))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its columns. A Bilingual value stands in one cell in both languages."""

    title: Bilingual
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """A sheet, what its columns mean, and the echo of what was asked for: (label, value) pairs."""

    sheet: Sheet
    asked: tuple[tuple[Bilingual, Value], ...] = ()


def neutral(text: str) -> str:
    """`text` so that no spreadsheet programme takes it for a formula; control characters that no file may hold go."""
    clean = "".join(c for c in text if c in "\t\r\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe"))
    shown = clean.lstrip(" \u00a0\u3000\ufeff")
    safe = f"'{clean}" if shown.startswith(FORMULA_STARTS) else clean
    return safe[:LONGEST_CELL]


def csv_bytes(book: Workbook) -> bytes:
    """UTF-8 with BOM and CRLF, so that every programme reads the Chinese. Line 1: codes; 2 and 3: headings.

    Numbers are exact: no exponent, no grouping, no rounding.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for line in _headings(book.sheet):
        writer.writerow(line)
    for row in book.sheet.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return (BOM + stream.getvalue()).encode("utf-8")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool | int):
        return str(int(value))
    return _text(value)


def _text(value: str | date | Bilingual) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return neutral(value if isinstance(value, str) else _spoken_twice(value))


def _spoken_twice(value: Bilingual) -> str:
    return value.zh if value.zh == value.en else f"{value.zh} / {value.en}"


def _headings(sheet: Sheet) -> Iterator[list[str]]:
    yield [column.code for column in sheet.columns]
    for language in LANGUAGES:
        yield [neutral(column.title.text(language)) for column in sheet.columns]


def xlsx_bytes(book: Workbook) -> bytes:
    """Three sheets: the table under its codes and headings, the definitions of its columns, and what was asked for."""
    import xlsxwriter  # noqa: PLC0415 - a web worker that writes no workbook does without

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as file:
        # Fixed, so that the same table gives the same bytes.
        file.set_properties({"created": _EPOCH, "title": neutral(_spoken_twice(book.sheet.title))})
        head = file.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        _write_table(file, "表 Table", book.sheet, head)
        _write_table(file, "说明 Definitions", _definitions(book.sheet), head)
        _write_table(file, "查询条件 Query", _query(book.asked), head)
    return stream.getvalue()


_EPOCH = date(2000, 1, 1)


def _write_table(file: Any, name: str, sheet: Sheet, head: Any) -> None:
    page = file.add_worksheet(name)
    day = file.add_format({"num_format": "yyyy-mm-dd"})
    headings = list(_headings(sheet))
    for number, line in enumerate([*headings, *sheet.rows]):
        for place, value in enumerate(line):
            _write_cell(page, number, place, value, head if number < len(headings) else day)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _width(column))
    page.freeze_panes(len(headings), 0)


def _write_cell(page: Any, row: int, place: int, value: Value, look: Any) -> None:
    if value is None:
        return
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        digits = len(Decimal(value).as_tuple().digits)
        if digits <= _EXACT_DIGITS:
            page.write_number(row, place, value)
        else:
            page.write_string(row, place, plain(Decimal(value)))
    elif isinstance(value, date):
        page.write_datetime(row, place, value, look)
    elif isinstance(value, bool):
        page.write_number(row, place, int(value))
    else:
        page.write_string(row, place, _text(value), look if row < len(LANGUAGES) + 1 else None)


def _width(column: Column) -> int:
    longest = max(len(column.code), 2 * len(column.title.zh), len(column.title.en))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _definitions(sheet: Sheet) -> Sheet:
    columns = (
        Column("column", Bilingual("列", "Column")),
        Column("title_zh", Bilingual("中文名称", "Chinese heading")),
        Column("title_en", Bilingual("英文名称", "English heading")),
        Column("definition_zh", Bilingual("中文说明", "Meaning, Chinese")),
        Column("definition_en", Bilingual("英文说明", "Meaning, English")),
    )
    rows = [(c.code, c.title.zh, c.title.en, c.definition.zh, c.definition.en) for c in sheet.columns]
    return Sheet(Bilingual("说明", "Definitions"), columns, rows)


def _query(asked: tuple[tuple[Bilingual, Value], ...]) -> Sheet:
    columns = (
        Column("asked_zh", Bilingual("条件", "Condition, Chinese")),
        Column("asked_en", Bilingual("条件（英文）", "Condition, English")),
        Column("value", Bilingual("取值", "Value")),
    )
    return Sheet(Bilingual("查询条件", "Query"), columns, [(label.zh, label.en, value) for label, value in asked])
