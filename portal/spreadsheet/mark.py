"""Hands a person's own workbook back with the wrong cells marked: red, with comments, and a list of them all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..kernel.bilingual import PORTAL, Bilingual
from .read_parts import packed, parts_of
from .read_types import Table
from .read_workbook import position_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_CELLS = 200_000  # beyond this a plain copy is marked: the library keeps every cell of a workbook in memory
MOST_MARKS = 5_000
_RED = "FFF4C7C3"
_HEADS = ("单元格 Cell", "类别 Kind", "原内容 Content", "问题（中文）", "Problem (English)")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FOREIGN = (KeyError, ValueError, TypeError, AttributeError, IndexError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell that is wrong, and why."""

    address: str
    kind: Bilingual
    found: str
    message: Bilingual


def marked(content: bytes, table: Table, marks: Sequence[Mark], faults_sheet: str) -> bytes:
    """The workbook that was brought, marked; a copy of what was read where it is CSV or too large to keep whole."""
    book = _own(content, table) if table.is_workbook and table.cells_stored <= MOST_CELLS else None
    if book is None:
        book = _copy(table)
    sheet = book[table.sheet] if table.sheet in book.sheetnames else book.worksheets[0]
    if faults_sheet in book.sheetnames:
        del book[faults_sheet]
    for mark in marks[:MOST_MARKS]:
        _mark(sheet, mark)
    _list(book.create_sheet(faults_sheet), marks)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _own(content: bytes, table: Table) -> Any:
    """None where the library cannot open what the reader could."""
    import openpyxl  # noqa: PLC0415 - a web worker that marks no workbook does without
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(io.BytesIO(packed(parts_of(content))), keep_links=False)
    except (*_FOREIGN, InvalidFileException):
        return None
    return book if table.sheet in book.sheetnames else None


def _copy(table: Table) -> Any:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = table.sheet or "CSV"
    for row in table.rows:
        for cell in row.cells:
            _write(sheet, cell.row, cell.column, cell.text)
    return book


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Always as text: nothing that came from outside may become a formula."""
    from openpyxl.styles import Alignment  # noqa: PLC0415

    cell = sheet.cell(row, column)
    cell.value = _UNWRITABLE.sub("", text)
    cell.data_type, cell.number_format, cell.alignment = "s", "@", Alignment(vertical="top", wrap_text=True)


def _mark(sheet: Worksheet, mark: Mark) -> None:
    from openpyxl.cell.cell import MergedCell  # noqa: PLC0415
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    place = position_of(mark.address)
    if place is None:
        return
    cell = sheet.cell(*place)
    if isinstance(cell, MergedCell):
        top = next((area for area in sheet.merged_cells.ranges if mark.address in area), None)
        if top is None:
            return
        cell = sheet.cell(top.min_row, top.min_col)
    cell.fill = PatternFill("solid", start_color=_RED, end_color=_RED)
    said = f"{mark.message.zh}\n{mark.message.en}"
    if cell.comment is not None and said not in cell.comment.text:
        said = f"{cell.comment.text}\n{said}"
    cell.comment = Comment(_UNWRITABLE.sub("", said)[:2000], PORTAL.zh, height=140, width=320)


def _list(sheet: Worksheet, marks: Sequence[Mark]) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    for column, (head, width) in enumerate(zip(_HEADS, (12, 28, 28, 52, 60), strict=True), start=1):
        sheet.cell(1, column, head).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    for row, mark in enumerate(marks, start=2):
        kind = f"{mark.kind.zh} / {mark.kind.en}"
        for column, text in enumerate((mark.address, kind, mark.found, mark.message.zh, mark.message.en), start=1):
            _write(sheet, row, column, text)
    sheet.freeze_panes = "A2"
