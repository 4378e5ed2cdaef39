"""XLSX: first an outline of each sheet (how far it reaches, formulas, hidden rows, merged cells), then its values."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from .read_parts import Parts, Walker, packed, parts_of, sheets_of
from .read_types import (
    LONGEST_CELL,
    MOST_AREA,
    MOST_COLUMNS,
    MOST_ROWS,
    Area,
    Cell,
    CellKind,
    Row,
    Table,
    address_of,
    unreadable,
)

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_MERGED = 10_000
_CALAMINE = (CalamineError, PasswordError, XmlError, ZipError, ValueError, OSError)


def read_workbook(content: bytes, ignored: Collection[str] = (), form_sheet: str = "") -> Table:
    """The only sheet in which something stands. Raises Invalid."""
    parts = parts_of(content)
    outlines: dict[str, Outline] = {}
    hidden = []
    form: tuple[str, ...] = ()
    for name, path, is_hidden in sheets_of(parts):
        if name in ignored:
            continue
        outline = Outline()
        outline.walk(parts[path])
        outline.refuse_size()
        if name == form_sheet and is_hidden:
            form = tuple(row.at(1).text for row in _rows(parts, name, outline) if row.at(1).text)
        elif outline.rows_filled:
            outlines[name] = outline
            hidden += [name] if is_hidden else []
    if not outlines:
        raise unreadable("no-rows")
    if hidden:
        raise unreadable("hidden-sheet", names=_listed(hidden))
    if len(outlines) > 1:
        raise unreadable("several-sheets", names=_listed(outlines))
    ((name, outline),) = outlines.items()
    rows = _rows(parts, name, outline)
    return Table(True, "xlsx", name, rows, tuple(outline.merged), form, outline.cells)


def _listed(names: Collection[str]) -> str:
    return ", ".join(name[:31] for name in list(names)[:5]) + (" …" if len(names) > 5 else "")


def position_of(reference: str) -> tuple[int, int] | None:
    """(row, column) of `C14`; None for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


class Outline(Walker):
    """How far a sheet reaches and what it hides, read element by element; no value is kept."""

    def __init__(self) -> None:
        self.formulas: set[tuple[int, int]] = set()
        self.hidden_rows: set[int] = set()
        self.merged: list[Area] = []
        self.cells = self.rows_filled = self.last_row = self.last_column = 0
        self._row = self._column = 0

    def begin_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", "")
        self._row = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else self._row + 1
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.add(self._row)

    def begin_c(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        found = position_of(attributes.get("r", ""))
        self._row, self._column = found or (self._row, self._column + 1)

    def begin_v(self, attributes: dict[str, str]) -> None:
        self._fill()

    def begin_is(self, attributes: dict[str, str]) -> None:
        self._fill()

    def begin_f(self, attributes: dict[str, str]) -> None:
        self._fill()
        self.formulas.add((self._row, self._column))

    def begin_mergeCell(self, attributes: dict[str, str]) -> None:  # noqa: N802 - the element's own name
        ends = [position_of(end) for end in attributes.get("ref", "").split(":")]
        if len(ends) == 2 and ends[0] and ends[1] and len(self.merged) < _MOST_MERGED:
            self.merged.append(Area(*ends[0], *ends[1]))

    def _fill(self) -> None:
        if self._row != self.last_row:
            self.rows_filled += 1
        self.last_row, self.last_column = max(self.last_row, self._row), max(self.last_column, self._column)

    def refuse_size(self) -> None:
        """Before the values are laid out in memory. Raises Invalid."""
        if self.rows_filled > MOST_ROWS:
            raise unreadable("too-many-rows", most=MOST_ROWS)
        if self.last_row * self.last_column > MOST_AREA:
            raise unreadable("scattered", place=address_of(self.last_row, self.last_column))
        if self.last_column > MOST_COLUMNS:
            raise unreadable("too-many-columns", most=MOST_COLUMNS)


def _rows(parts: Parts, name: str, outline: Outline) -> tuple[Row, ...]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(packed(parts))) as workbook:
            sheet = workbook.get_sheet_by_name(name)
            top, left = sheet.start or (0, 0)
            values = sheet.to_python(skip_empty_area=True)
    except _CALAMINE as error:
        raise unreadable("broken") from error
    found = []
    for number, line in enumerate(values, start=top + 1):
        cells = [_cell(number, left + n, value, outline) for n, value in enumerate(line, start=1)]
        kept = tuple(cell for cell in cells if cell.kind is not CellKind.BLANK)
        if kept:
            found.append(Row(number, kept, number in outline.hidden_rows))
    return tuple(found)


def _cell(row: int, column: int, value: Any, outline: Outline) -> Cell:
    text = _written(value)
    if len(text) > LONGEST_CELL:
        raise unreadable("long-cell", place=address_of(row, column), most=LONGEST_CELL)
    if (row, column) in outline.formulas:
        return Cell(row, column, CellKind.FORMULA, text)
    if not text:
        return Cell(row, column, CellKind.BLANK)
    if isinstance(value, str):
        return Cell(row, column, CellKind.TEXT, text)
    if isinstance(value, bool):
        return Cell(row, column, CellKind.OTHER, text)
    if isinstance(value, int | float):
        return Cell(row, column, CellKind.NUMBER, text, Decimal(repr(value)))
    if isinstance(value, datetime):
        return Cell(row, column, CellKind.DATE, text, value.date())
    if isinstance(value, date):
        return Cell(row, column, CellKind.DATE, text, value)
    return Cell(row, column, CellKind.OTHER, text)


def _written(value: Any) -> str:
    """How the content is read aloud: whole numbers without a point, days as year-month-day."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()
