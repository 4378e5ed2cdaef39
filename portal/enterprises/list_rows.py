"""Reads the rows of any list of enterprises in a file: columns by their headings, and what is wrong at which cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid
from ..spreadsheet.read_types import Cell, CellKind, Row, Table, address_of
from .application import date_from
from .credit_code import compact, needs_override, problem
from .registration import clean
from .roster_rules import Fault

FORM_SHEET, NOTES_SHEET, FAULTS_SHEET = "_form", "填写说明 Notes", "错误 Errors"
CODE_HEADINGS = ("统一社会信用代码", "信用代码", "社会信用代码", "creditcode", "unifiedsocialcreditcode")
NAME_HEADINGS = ("企业名称", "单位名称", "单位详细名称", "name", "nameoftheenterprise")
"""How the columns that every list has may be called; compared without blanks, hyphens and stars."""

_LOOKED_AT = 10  # rows within which the headings have to stand

_NO_HEADINGS = Bilingual(
    "这不是{list}的模板：前{most}行里没有找到“{names}”这些列。请下载模板填写，或按模板写列名。",
    "This is not the template of {list}: in the first {most} rows there is no column {names}. Use the template, or "
    "name the columns as it does.",
)
_OTHER_FORM = Bilingual(
    "这是本平台的另一种模板（{form}），不是{list}的模板。",
    "This is another of the portal's templates ({form}), not that of {list}.",
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
_DATE = Bilingual("请按年-月-日填写，例如2026-01-01。", "Write the date as year-month-day, e.g. 2026-01-01.")
_DATE_NUMBER = Bilingual(
    "这里存的是数字，不是日期。请按年-月-日重新填写，例如2026-01-01。",
    "A number stands here, not a date. Write it as year-month-day, e.g. 2026-01-01.",
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


def _refusal(code: str, message: Bilingual) -> Invalid:
    return Invalid(code, message, {"file": message})


@dataclass(frozen=True, slots=True)
class Form:
    """What a template is called, and its version on the hidden sheet; `fields` are its columns, and `headings` how each
    may be called; `needed` are those without which a table is no such list."""

    code: str
    version: str
    title: Bilingual
    fields: Mapping[str, Bilingual]
    headings: Mapping[str, Sequence[str]]
    needed: Sequence[str]

    def columns_in(self, table: Table) -> tuple[int, dict[str, int]]:
        """(place of the row of headings, column of each field). Raises Invalid for what is no such list at all."""
        _refuse_form(table, self)
        start, columns = _headings(table, self)
        if not table.rows[start + 1 :]:
            raise _refusal("no-rows", _NOTHING)
        return start, columns


def _refuse_form(table: Table, wanted: Form) -> None:
    if not table.form:
        return
    form, version = (*table.form, "")[:2]
    if form != wanted.code:
        raise _refusal("other-form", _OTHER_FORM.fill(form=form[:40], list=wanted.title))
    if version != wanted.version:
        raise _refusal("old-form", _OLD_FORM.fill(found=version[:10], wanted=wanted.version))


def _headings(table: Table, wanted: Form) -> tuple[int, dict[str, int]]:
    best: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows[:_LOOKED_AT]):
        found: dict[str, list[int]] = {}
        for cell in row.cells:
            name = _field_called(cell.text, wanted.headings)
            if name is not None:
                found.setdefault(name, []).append(cell.column)
        if all(name in found for name in wanted.needed):
            _refuse_twins(row, found, wanted)
            return place, {name: columns[0] for name, columns in found.items()}
        best = max(best, found, key=len)
    missing = [name for name in wanted.needed if name not in best]
    zh, en = "、".join(wanted.fields[n].zh for n in missing), ", ".join(wanted.fields[n].en for n in missing)
    raise _refusal("wrong-template", _NO_HEADINGS.fill(names=Bilingual(zh, en), most=_LOOKED_AT, list=wanted.title))


def _refuse_twins(row: Row, found: dict[str, list[int]], wanted: Form) -> None:
    for name, columns in found.items():
        if len(columns) > 1:
            places = ", ".join(address_of(row.number, column) for column in columns)
            raise _refusal("two-columns", _TWO_COLUMNS.fill(name=wanted.fields[name], places=places))


def _field_called(text: str, headings: Mapping[str, Sequence[str]]) -> str | None:
    """`统一社会信用代码 / Credit code *` → `credit_code`."""
    bare = re.sub(r"[\s*\-_]|（.*?）|\(.*?\)", "", unicodedata.normalize("NFKC", text)).casefold()
    names = {bare, *bare.split("/")}
    return next((name for name, called in headings.items() if names & set(called)), None)


@dataclass(slots=True)
class RowReader:
    """Goes through the rows and notes all that is wrong; `seen` are the codes met, with the row of each."""

    table: Table
    columns: dict[str, int]
    faults: list[Fault] = field(default_factory=list, init=False)
    seen: dict[str, int] = field(default_factory=dict, init=False)

    def formalities(self, row: Row, cells: dict[str, Cell]) -> Iterator[Fault]:
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

    def wrong(self, cell: Cell, kind: str, message: Bilingual) -> None:
        """One fault a cell: the first says what to mend."""
        if not any(fault.address == cell.address for fault in self.faults[-len(self.columns) * 2 :]):
            self.faults.append(Fault(cell.address, kind, cell.text[:100], message))

    def code(self, cell: Cell) -> str:
        code = compact(clean(cell.text))
        if cell.kind is CellKind.NUMBER or _SCIENTIFIC.fullmatch(code):
            self.wrong(cell, "digits-lost", _DIGITS)
            return code
        wrong = problem(code)
        if wrong is not None and code.endswith("000") and len(code) == 18 and code.isdigit():
            self.wrong(cell, "digits-lost", _ZEROS)
        elif wrong is not None and not needs_override(code):
            self.wrong(cell, "credit-code", wrong)
        elif code in self.seen:
            self.wrong(cell, "twice", _TWICE.fill(row=self.seen[code]))
        if code:
            self.seen.setdefault(code, cell.row)
        return code

    def day(self, cell: Cell | None, kind: str) -> date | None:
        if cell is None or not cell.text:
            return None
        found = cell.value if isinstance(cell.value, date) else _day(clean(cell.text))
        if found is None:
            self.wrong(cell, kind, _DATE_NUMBER if cell.kind is CellKind.NUMBER else _DATE)
        return found

    @property
    def letters(self) -> dict[str, str]:
        """The letter of each field's column."""
        return {name: address_of(1, column)[:-1] for name, column in self.columns.items()}

    @property
    def knows_all(self) -> bool:
        """Whether every row's code could be read."""
        return not any(fault.kind in ("digits-lost", "credit-code") for fault in self.faults)


def _day(text: str) -> date | None:
    """A day as lists write it: 2026-01-01, 2026/1/1, 2026.1.1, 2026年1月1日, 20260101."""
    match = _CHINESE_DAY.fullmatch(text)
    if match:
        return date_from("-".join(match.groups()))
    if len(text) == 8 and text.isascii() and text.isdigit():
        return date_from(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    return date_from(text)
