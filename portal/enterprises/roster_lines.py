"""Reads the rows of a list that was found in a file: every fault of every cell at once, and the lines that passed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..spreadsheet.read_types import Cell, CellKind, Row, Table
from .application import FAR, TOO_LONG, is_far
from .list_rows import CODE_HEADINGS, NAME_HEADINGS, Form, RowReader
from .registration import LINES, clean
from .roster_rules import FIELDS, Fault, Line

FORM = Form(
    "register-list",
    "1",
    Bilingual("企业名录", "the list of enterprises"),
    FIELDS,
    {
        "credit_code": CODE_HEADINGS,
        "name": NAME_HEADINGS,
        "unit": ("填报单元", "所属县市区", "县市区", "所属地区", "reportingunit"),
        "since": ("规模以上起始日期", "上规日期", "入规日期", "上规时间", "入规时间", "abovescalesince"),
        "gb_class": ("行业代码", "行业小类", "主要行业代码", "国民经济行业代码", "industryclass"),
    },
    ("credit_code", "name"),
)

_NAME = Bilingual("请填写企业名称。", "Enter the name of the enterprise.")
_UNIT = Bilingual("没有这个填报单元。请从下拉列表中选择。", "There is no such reporting unit. Choose one of the list.")
_OTHER_UNIT = Bilingual(
    "这份名录属于{unit}，不能包含别的填报单元的企业。",
    "This is the list of {unit}; an enterprise of another unit cannot stand on it.",
)
_CLASS = Bilingual(
    "请填写国民经济行业四位代码，例如3425；须在本平台覆盖的行业之内。",
    "Enter the four-digit class of GB/T 4754, e.g. 3425, of an industry that the portal covers.",
)
_NOT_INDUSTRY = Bilingual(
    "填了规模以上日期，但这个行业代码不是工业。", "An above-scale date is given, but this class is not industrial."
)


@dataclass(frozen=True, slots=True)
class ListRead:
    """What a file's list says: lines, faults, the letters of its columns, how many rows it has, every code in it."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    columns: dict[str, str]
    rows: int
    mentioned: frozenset[str]
    knows_all: bool


def list_of(table: Table, county: str, catalogue: Catalogue, today: date) -> ListRead:
    """`county` is the one unit the list is for; empty: any. Raises Invalid for what is no such list at all."""
    start, columns = FORM.columns_in(table)
    rows, reader = table.rows[start + 1 :], _Reader(table, columns, county, catalogue, today)
    for row in rows:
        reader.take(row)
    mentioned, lines = frozenset(reader.seen), tuple(reader.lines)
    return ListRead(lines, tuple(reader.faults), reader.letters, len(rows), mentioned, reader.knows_all)


@dataclass(slots=True)
class _Reader(RowReader):
    """A row with a fault becomes no line."""

    county: str
    catalogue: Catalogue
    today: date
    lines: list[Line] = field(default_factory=list)
    units: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.units = {}
        for code, unit in self.catalogue.units.items():
            for called in (code, unit.title.zh, unit.title.en, unit.short.zh, unit.short.en):
                self.units[called.casefold()] = code

    def take(self, row: Row) -> None:
        before = len(self.faults)
        cells = {name: row.at(column) for name, column in self.columns.items()}
        self.faults += self.formalities(row, cells)
        code, name = self.code(cells["credit_code"]), self._name(cells["name"])
        county, gb_class = self._unit(row, cells.get("unit")), self._class(cells.get("gb_class"))
        since = self._since(cells.get("since"))
        if since and gb_class and not self.catalogue.is_industrial(gb_class):
            self.wrong(cells["gb_class"], "gb-class", _NOT_INDUSTRY)
        if len(self.faults) == before:
            self.lines.append(Line(row.number, code, name, county, since, gb_class))

    def _name(self, cell: Cell) -> str:
        name = clean(cell.text)
        if not name:
            self.wrong(cell, "name", _NAME)
        elif len(name) > LINES["name_zh"]:
            self.wrong(cell, "name", TOO_LONG.fill(most=LINES["name_zh"], length=len(name)))
        return name

    def _unit(self, row: Row, cell: Cell | None) -> str:
        """The unit's code. A list of one unit need not repeat it."""
        if (cell is None or not cell.text) and self.county:
            return self.county
        at = cell or row.at(self.columns["credit_code"])
        found = self.units.get(clean(at.text).casefold()) if cell is not None else None
        if found is None:
            self.wrong(at, "unit", _UNIT)
        elif self.county and found != self.county:
            self.wrong(at, "unit", _OTHER_UNIT.fill(unit=self.catalogue.unit(self.county).title))
        return found or ""

    def _since(self, cell: Cell | None) -> date | None:
        found = self.day(cell, "since")
        if cell is not None and found is not None and is_far(found, self.today):
            self.wrong(cell, "since", FAR)
        return found

    def _class(self, cell: Cell | None) -> str:
        if cell is None or not cell.text:
            return ""
        code = unicodedata.normalize("NFKC", clean(cell.text)).upper().split(" ")[0].lstrip("ABCDEFGHIJKLMN")
        code = code.zfill(4) if cell.kind is CellKind.NUMBER else code
        is_code = len(code) == 4 and code.isascii() and code.isdigit()
        if not is_code or self.catalogue.division_of(code) is None:
            self.wrong(cell, "gb-class", _CLASS)
        return code
