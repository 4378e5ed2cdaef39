"""Reads the rows of a list that was found in a file: every fault of every cell at once, and the lines that passed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid
from ..spreadsheet.read_types import Cell, CellKind, Row, Table, address_of
from .application import TOO_LONG, date_from
from .credit_code import compact, needs_override, problem
from .registration import LINES, clean
from .roster_rules import FIELDS, Fault, Line

FORM, FORM_VERSION = "register-list", "1"
FORM_SHEET, NOTES_SHEET, FAULTS_SHEET = "_form", "填写说明 Notes", "错误 Errors"
HEADINGS: dict[str, tuple[str, ...]] = {
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码", "creditcode", "unifiedsocialcreditcode"),
    "name": ("企业名称", "单位名称", "单位详细名称", "name", "nameoftheenterprise"),
    "unit": ("填报单元", "所属县市区", "县市区", "所属地区", "reportingunit"),
    "since": ("规模以上起始日期", "上规日期", "入规日期", "上规时间", "入规时间", "abovescalesince"),
    "gb_class": ("行业代码", "行业小类", "主要行业代码", "国民经济行业代码", "industryclass"),
}
"""How the columns may be called; compared without blanks, hyphens and stars."""

NEEDED_COLUMNS = ("credit_code", "name")
_LOOKED_AT = 10  # rows within which the headings have to stand

_NO_HEADINGS = Bilingual(
    "这不是企业名录的模板：前{most}行里没有找到“{names}”这些列。请下载模板填写，或按模板写列名。",
    "This is not the template of the list: in the first {most} rows there is no column {names}. Use the template, or "
    "name the columns as it does.",
)
_OTHER_FORM = Bilingual(
    "这是本平台的另一种模板（{form}），不是企业名录的模板。",
    "This is another of the portal's templates ({form}), not that of the list of enterprises.",
)
_OLD_FORM = Bilingual(
    "这是旧版模板（第{found}版），现在用第{wanted}版。请重新下载模板，把内容复制过去。",
    "This is an old template (version {found}); version {wanted} is in use. Download it anew and copy the rows over.",
)
_TWO_COLUMNS = Bilingual("“{name}”这一列出现了两次：{places}。", "The column “{name}” stands twice: {places}.")
_NOTHING = Bilingual("列名下面没有任何企业。", "No enterprise stands below the headings.")
_DIGITS = Bilingual(
    "Excel把这个代码存成了数字，只保留15位，后面的数字已经丢失。请把这一列设为“文本”格式，再照营业执照重新填写。",
    "Excel stored this code as a number and keeps 15 digits: the rest is lost. Format the column as text and type the "
    "code again from the licence.",
)
_ZEROS = Bilingual(
    "代码以三个0结尾且校验位不符，很可能被Excel当成数字截断过。请照营业执照重新填写。",
    "The code ends in three zeros and its check character does not fit: Excel has probably cut it as a number. Type it "
    "again from the licence.",
)
_TWICE = Bilingual("这个代码在第{row}行已经出现过。", "This code stands in row {row} already.")
_NAME = Bilingual("请填写企业名称。", "Enter the name of the enterprise.")
_UNIT = Bilingual("没有这个填报单元。请从下拉列表中选择。", "There is no such reporting unit. Choose one of the list.")
_OTHER_UNIT = Bilingual(
    "这份名录属于{unit}，不能包含别的填报单元的企业。",
    "This is the list of {unit}; an enterprise of another unit cannot stand on it.",
)
_DATE = Bilingual("请按年-月-日填写，例如2026-01-01。", "Write the date as year-month-day, e.g. 2026-01-01.")
_DATE_NUMBER = Bilingual(
    "这里存的是数字，不是日期。请按年-月-日重新填写，例如2026-01-01。",
    "A number stands here, not a date. Write it as year-month-day, e.g. 2026-01-01.",
)
_FAR = Bilingual("日期须在2000年至明年年底之间。", "The date has to lie between 2000 and the end of next year.")
_CLASS = Bilingual(
    "请填写国民经济行业四位代码，例如3425；须在本平台覆盖的行业之内。",
    "Enter the four-digit class of GB/T 4754, e.g. 3425, of an industry that the portal covers.",
)
_NOT_INDUSTRY = Bilingual(
    "填了规模以上日期，但这个行业代码不是工业。", "An above-scale date is given, but this class is not industrial."
)
_FORMULA = Bilingual(
    "这里是公式，结果可能随时变化。请复制后“选择性粘贴为数值”。",
    "A formula stands here, and its result may change. Copy the cells and paste them as values.",
)
_HIDDEN = Bilingual(
    "这一行被隐藏或筛选掉了。请取消隐藏，确认要导入后再传；不要的行请删除。",
    "This row is hidden or filtered out. Show it and send the list again; delete it if it is not meant.",
)
_MERGED = Bilingual(
    "{area}是合并的单元格。请取消合并，每行都填写。", "{area} are merged cells. Unmerge them and fill in each row."
)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_CHINESE_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


@dataclass(frozen=True, slots=True)
class ListRead:
    """What a file's list says: lines, faults, the letters of its columns, how many rows it has, every code in it."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    columns: dict[str, str]
    rows: int
    mentioned: frozenset[str]

    @property
    def knows_all(self) -> bool:
        return not any(fault.kind in ("digits-lost", "credit-code") for fault in self.faults)


def list_of(table: Table, county: str, catalogue: Catalogue, today: date) -> ListRead:
    """`county` is the one unit the list is for; empty: any. Raises Invalid for what is no such list at all."""
    _refuse_form(table)
    start, columns = _headings(table)
    rows = table.rows[start + 1 :]
    if not rows:
        raise _refusal("no-rows", _NOTHING)
    reader = _Reader(table, columns, county, catalogue, today)
    for row in rows:
        reader.take(row)
    letters = {name: address_of(1, column)[:-1] for name, column in columns.items()}
    return ListRead(tuple(reader.lines), tuple(reader.faults), letters, len(rows), frozenset(reader.seen))


def _refusal(code: str, message: Bilingual) -> Invalid:
    return Invalid(code, message, {"file": message})


def _refuse_form(table: Table) -> None:
    if not table.form:
        return
    form, version = (*table.form, "")[:2]
    if form != FORM:
        raise _refusal("other-form", _OTHER_FORM.fill(form=form[:40]))
    if version != FORM_VERSION:
        raise _refusal("old-form", _OLD_FORM.fill(found=version[:10], wanted=FORM_VERSION))


def _headings(table: Table) -> tuple[int, dict[str, int]]:
    """(place of the row of headings, column of each field). Raises Invalid naming what is missing."""
    best: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows[:_LOOKED_AT]):
        found: dict[str, list[int]] = {}
        for cell in row.cells:
            name = _field_called(cell.text)
            if name is not None:
                found.setdefault(name, []).append(cell.column)
        if all(name in found for name in NEEDED_COLUMNS):
            _refuse_twins(row, found)
            return place, {name: columns[0] for name, columns in found.items()}
        best = max(best, found, key=len)
    missing = [name for name in NEEDED_COLUMNS if name not in best]
    zh, en = "、".join(FIELDS[n].zh for n in missing), ", ".join(FIELDS[n].en for n in missing)
    raise _refusal("wrong-template", _NO_HEADINGS.fill(names=Bilingual(zh, en), most=_LOOKED_AT))


def _refuse_twins(row: Row, found: dict[str, list[int]]) -> None:
    for name, columns in found.items():
        if len(columns) > 1:
            places = ", ".join(address_of(row.number, column) for column in columns)
            raise _refusal("two-columns", _TWO_COLUMNS.fill(name=FIELDS[name], places=places))


def _field_called(text: str) -> str | None:
    """`统一社会信用代码 / Credit code *` → `credit_code`."""
    bare = re.sub(r"[\s*\-_]|（.*?）|\(.*?\)", "", unicodedata.normalize("NFKC", text)).casefold()
    names = {bare, *bare.split("/")}
    return next((name for name, called in HEADINGS.items() if names & set(called)), None)


@dataclass(slots=True)
class _Reader:
    """Goes through the rows and notes all that is wrong; a row with a fault becomes no line."""

    table: Table
    columns: dict[str, int]
    county: str
    catalogue: Catalogue
    today: date
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.units = {}
        for code, unit in self.catalogue.units.items():
            for called in (code, unit.title.zh, unit.title.en, unit.short.zh, unit.short.en):
                self.units[called.casefold()] = code

    def take(self, row: Row) -> None:
        before = len(self.faults)
        cells = {name: row.at(column) for name, column in self.columns.items()}
        self.faults += self._formalities(row, cells)
        code, name = self._code(cells["credit_code"]), self._name(cells["name"])
        county, gb_class = self._unit(row, cells.get("unit")), self._class(cells.get("gb_class"))
        since = self._since(cells.get("since"))
        if since and gb_class and not self.catalogue.is_industrial(gb_class):
            self._wrong(cells["gb_class"], "gb-class", _NOT_INDUSTRY)
        if len(self.faults) == before:
            self.lines.append(Line(row.number, code, name, county, since, gb_class))

    def _formalities(self, row: Row, cells: dict[str, Cell]) -> Iterator[Fault]:
        if row.is_hidden:
            yield Fault(cells["credit_code"].address, "hidden", cells["credit_code"].text, _HIDDEN)
        for area in self.table.merged:
            if area.top <= row.number <= area.bottom:
                for cell in cells.values():
                    if area.left <= cell.column <= area.right:
                        yield Fault(cell.address, "merged", cell.text, _MERGED.fill(area=area.address))
        for cell in cells.values():
            if cell.kind is CellKind.FORMULA:
                yield Fault(cell.address, "formula", cell.text, _FORMULA)

    def _wrong(self, cell: Cell, kind: str, message: Bilingual) -> None:
        """One fault a cell: the first says what to mend."""
        if not any(fault.address == cell.address for fault in self.faults[-len(FIELDS) * 2 :]):
            self.faults.append(Fault(cell.address, kind, cell.text[:100], message))

    def _code(self, cell: Cell) -> str:
        code = compact(clean(cell.text))
        if cell.kind is CellKind.NUMBER or _SCIENTIFIC.fullmatch(code):
            self._wrong(cell, "digits-lost", _DIGITS)
            return code
        wrong = problem(code)
        if wrong is not None and code.endswith("000") and len(code) == 18 and code.isdigit():
            self._wrong(cell, "digits-lost", _ZEROS)
        elif wrong is not None and not needs_override(code):
            self._wrong(cell, "credit-code", wrong)
        elif code in self.seen:
            self._wrong(cell, "twice", _TWICE.fill(row=self.seen[code]))
        if code:
            self.seen.setdefault(code, cell.row)
        return code

    def _name(self, cell: Cell) -> str:
        name = clean(cell.text)
        if not name:
            self._wrong(cell, "name", _NAME)
        elif len(name) > LINES["name_zh"]:
            self._wrong(cell, "name", TOO_LONG.fill(most=LINES["name_zh"], length=len(name)))
        return name

    def _unit(self, row: Row, cell: Cell | None) -> str:
        """The unit's code. A list of one unit need not repeat it."""
        if (cell is None or not cell.text) and self.county:
            return self.county
        at = cell or row.at(self.columns["credit_code"])
        found = self.units.get(clean(at.text).casefold()) if cell is not None else None
        if found is None:
            self._wrong(at, "unit", _UNIT)
        elif self.county and found != self.county:
            self._wrong(at, "unit", _OTHER_UNIT.fill(unit=self.catalogue.unit(self.county).title))
        return found or ""

    def _since(self, cell: Cell | None) -> date | None:
        if cell is None or not cell.text:
            return None
        found = cell.value if isinstance(cell.value, date) else _day(clean(cell.text))
        if found is None:
            self._wrong(cell, "since", _DATE_NUMBER if cell.kind is CellKind.NUMBER else _DATE)
        elif not date(2000, 1, 1) <= found <= date(self.today.year + 1, 12, 31):
            self._wrong(cell, "since", _FAR)
        return found

    def _class(self, cell: Cell | None) -> str:
        if cell is None or not cell.text:
            return ""
        code = unicodedata.normalize("NFKC", clean(cell.text)).upper().split(" ")[0].lstrip("ABCDEFGHIJKLMN")
        code = code.zfill(4) if cell.kind is CellKind.NUMBER else code
        is_code = len(code) == 4 and code.isascii() and code.isdigit()
        if not is_code or self.catalogue.division_of(code) is None:
            self._wrong(cell, "gb-class", _CLASS)
        return code


def _day(text: str) -> date | None:
    """A day as lists write it: 2026-01-01, 2026/1/1, 2026.1.1, 2026年1月1日, 20260101."""
    match = _CHINESE_DAY.fullmatch(text)
    if match:
        return date_from("-".join(match.groups()))
    if len(text) == 8 and text.isascii() and text.isdigit():
        return date_from(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    return date_from(text)
