"""A workbook to fill in: locked headings, drop-downs, rows filled already, a hidden mark of which form it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

SPARE_ROWS = 2_000  # empty rows below the filled ones that take entries and offer the drop-downs
Value = str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """`choices` make a drop-down; with `is_free` others may be typed as well. Days are written as days."""

    heading: str
    width: int
    choices: tuple[str, ...] = ()
    is_free: bool = False
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class BlankForm:
    """What the workbook holds. `form` and `version` stand on the hidden sheet and are looked at when it comes back."""

    form: str
    version: str
    form_sheet: str
    sheet: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    notes_sheet: str
    notes: Sequence[str]


def written_form(blank: BlankForm) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - a web worker that writes no workbook does without

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet, notes, hidden = (book.add_worksheet(n) for n in (blank.sheet, blank.notes_sheet, blank.form_sheet))
    _head(book, sheet, blank)
    _fill(book, sheet, blank)
    _offer(sheet, hidden, blank)
    notes.set_column(0, 0, 110)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for row, sentence in enumerate(blank.notes):
        notes.write_string(row, 0, sentence, wrap)
    hidden.write_string(0, 0, blank.form)
    hidden.write_string(1, 0, blank.version)
    hidden.very_hidden()
    allowed = ("format_cells", "format_columns", "insert_rows", "delete_rows", "sort", "autofilter")
    sheet.protect("", dict.fromkeys(allowed, True))
    book.close()
    return buffer.getvalue()


def _head(book: Any, sheet: Any, blank: BlankForm) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DBEEE8", "border": 1, "text_wrap": True, "locked": True})
    text = book.add_format({"num_format": "@", "locked": False})
    day = book.add_format({"num_format": "yyyy-mm-dd", "locked": False})
    for place, column in enumerate(blank.columns):
        sheet.set_column(place, place, column.width, day if column.is_day else text)
        sheet.write_string(0, place, column.heading, head)
    sheet.freeze_panes(1, 0)


def _fill(book: Any, sheet: Any, blank: BlankForm) -> None:
    text = book.add_format({"num_format": "@", "locked": False})
    day = book.add_format({"num_format": "yyyy-mm-dd", "locked": False})
    for row, values in enumerate(blank.rows, start=1):
        for place, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(row, place, value, day)
            elif value:
                sheet.write_string(row, place, value, text)


def _offer(sheet: Any, hidden: Any, blank: BlankForm) -> None:
    """Choices lie on the hidden sheet: written into the rule itself they may have 255 characters only."""
    last = len(blank.rows) + SPARE_ROWS
    for place, column in enumerate(blank.columns):
        for row, choice in enumerate(column.choices):
            hidden.write_string(row, place + 2, choice)
        if column.choices:
            letter = chr(ord("A") + place + 2)
            source = f"='{blank.form_sheet}'!${letter}$1:${letter}${len(column.choices)}"
            rule: dict[str, Any] = {"validate": "list", "source": source}
            if column.is_free:
                rule["error_type"] = "information"
            sheet.data_validation(1, place, last, place, rule)
