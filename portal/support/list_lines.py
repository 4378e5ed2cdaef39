"""Reads the rows of a dated list that was found in a file: every fault of every cell at once, and what passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ..enterprises.application import TOO_LONG
from ..enterprises.list_rows import CODE_HEADINGS, NAME_HEADINGS, Form, RowReader
from ..enterprises.registration import LINES, clean
from ..enterprises.roster_rules import Fault
from ..kernel.bilingual import Bilingual
from ..spreadsheet.read_types import Cell, Row, Table
from .list_rules import FIELDS, Line
from .reader import ListKind

FORM = Form(
    "dated-list",
    "1",
    Bilingual("名单", "a dated list"),
    FIELDS,
    {
        "credit_code": CODE_HEADINGS,
        "name": NAME_HEADINGS,
        "value": ("类别", "等级", "级别", "评价结果", "评价等级", "认定类别", "class", "level"),
        "until": ("有效期至", "有效期止", "有效期截止日", "截止日期", "validuntil", "until"),
    },
    ("credit_code",),
)
_LAST_YEAR = 2099
_VALUE = Bilingual("类别须为{classes}之一。", "The class is one of {classes}.")
_NO_CLASSES = Bilingual("这个名单不分类别，请留空。", "This list has no classes: leave it empty.")
_NO_COLUMN = Bilingual(
    "缺少“类别”这一列；类别须为{classes}之一。", "There is no column “Class”; it is one of {classes}."
)
_EARLY = Bilingual(
    "有效期须不早于名单日期，且不晚于{last}年。", "It has to last until the day of the list or later, {last} at most."
)


@dataclass(frozen=True, slots=True)
class ListRead:
    """What a file says: lines, faults, the letters of its columns, how many rows it has."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    columns: dict[str, str]
    rows: int


def list_of(table: Table, kind: ListKind, dated_on: date) -> ListRead:
    """Raises Invalid for what is no such list at all."""
    start, columns = FORM.columns_in(table)
    rows, reader = table.rows[start + 1 :], _Reader(table, columns, kind, dated_on)
    for row in rows:
        reader.take(row)
    return ListRead(tuple(reader.lines), tuple(reader.faults), reader.letters, len(rows))


@dataclass(slots=True)
class _Reader(RowReader):
    """A row with a fault becomes no line."""

    kind: ListKind
    dated_on: date
    lines: list[Line] = field(default_factory=list)

    def take(self, row: Row) -> None:
        before = len(self.faults)
        cells = {name: row.at(column) for name, column in self.columns.items()}
        self.faults += self.formalities(row, cells)
        code, name = self.code(cells["credit_code"]), self._name(cells.get("name"))
        value, until = self._value(row, cells.get("value")), self._until(cells.get("until"))
        if len(self.faults) == before:
            self.lines.append(Line(row.number, code, name, value, until))

    def _name(self, cell: Cell | None) -> str:
        name = clean(cell.text) if cell is not None else ""
        if cell is not None and len(name) > LINES["name_zh"]:
            self.wrong(cell, "name", TOO_LONG.fill(most=LINES["name_zh"], length=len(name)))
        return name

    def _value(self, row: Row, cell: Cell | None) -> str:
        """The code of the class, which may be written by its name; a number that Excel made of “1” is “1” again."""
        said = clean(cell.text) if cell is not None else ""
        if not self.kind.classes:
            if cell is not None and said:
                self.wrong(cell, "value", _NO_CLASSES)
            return ""
        found = next((code for code in self.kind.classes if said and said.casefold() in self.kind.called(code)), "")
        if not found:
            at, wording = (cell, _VALUE) if cell is not None else (row.at(self.columns["credit_code"]), _NO_COLUMN)
            self.wrong(at, "value", wording.fill(classes=self.kind.class_names))
        return found

    def _until(self, cell: Cell | None) -> date | None:
        found = self.day(cell, "until")
        if cell is not None and found is not None and not (self.dated_on <= found and found.year <= _LAST_YEAR):
            self.wrong(cell, "until", _EARLY.fill(last=_LAST_YEAR))
        return found
