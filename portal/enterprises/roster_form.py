"""Workbooks of the county's list: the template filled with the register, and a sent file handed back marked."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..spreadsheet.blank_form import BlankForm, Column, Value, written_form
from ..spreadsheet.mark import Mark, marked
from ..spreadsheet.read import read_table
from .list_rows import FAULTS_SHEET, FORM_SHEET, NOTES_SHEET
from .roster_lines import FORM
from .roster_rules import FAULT_KINDS, FIELDS, Entry, Fault, Known

SHEET = "名录 List"
_WIDTHS = {"credit_code": 26, "name": 44, "unit": 18, "since": 18, "gb_class": 14}
_NOTES = (
    "一行一家企业。不要改动列名；列的次序可以变。",
    "统一社会信用代码须为文本格式：Excel会把18位数字截成15位，末尾的数字就丢了。",
    "“规模以上起始日期”按年-月-日填写；不在规模以上名单上的企业留空。",
    "登记系统里已有的企业：日期不同时，按名录录入规模以上状态；名称不同时只提示，由审核员勾选后才改。",
    "登记系统里没有的企业：列入名录，等它来登记；可以发给登记码。",
    "原样上传本文件不会改变任何内容。",
    "One enterprise a row. Leave the headings as they are; the order of the columns is free.",
    "The credit code has to be text: Excel cuts eighteen digits to fifteen, and the last ones are lost.",
    "Write “Above-scale since” as year-month-day; leave it empty for an enterprise that is not on that list.",
    "The above-scale status is entered where the date differs; another name is shown, and changed when it is ticked.",
    "An enterprise not on the register is kept on the list until it registers; it can be given an enrolment code.",
    "Sent back as it is, this file changes nothing.",
)


def template(catalogue: Catalogue, known: Sequence[Known], entries: Sequence[Entry], county: str, day: date) -> bytes:
    """The list of one unit (empty: of the city) as the portal has it on `day`, ready to be changed and sent."""
    units = [county] if county else list(catalogue.units)
    classes = tuple(f"{code} {entry.title.zh}" for code, entry in catalogue.classes.items())
    columns = tuple(
        Column(
            f"{title.zh} / {title.en}",
            _WIDTHS[name],
            choices=tuple(catalogue.unit(u).title.zh for u in units) if name == "unit" else classes,
            is_free=name == "gb_class",
        )
        if name in ("unit", "gb_class")
        else Column(f"{title.zh} / {title.en}", _WIDTHS[name], is_day=name == "since")
        for name, title in FIELDS.items()
    )
    rows: list[Sequence[Value]] = [
        (k.credit_code, k.name, _unit(catalogue, k.county), k.above_since(day), k.gb_class) for k in known
    ]
    taken = {k.credit_code for k in known}
    rows += [
        (e.credit_code, e.name, _unit(catalogue, e.county), e.since, e.gb_class)
        for e in entries
        if e.credit_code not in taken
    ]
    return written_form(BlankForm(FORM.code, FORM.version, FORM_SHEET, SHEET, columns, rows, NOTES_SHEET, _NOTES))


def _unit(catalogue: Catalogue, county: str) -> str:
    found = catalogue.name_of("unit", county)
    return catalogue.unit(county).title.zh if found else county


def marked_file(content: bytes, faults: Sequence[Fault], kinds: Mapping[str, Bilingual] = FAULT_KINDS) -> bytes:
    """The file as it was sent, every wrong cell marked, and a sheet that lists them."""
    ignored = (NOTES_SHEET, FAULTS_SHEET)
    table = read_table(io.BytesIO(content), ignored=ignored, form_sheet=FORM_SHEET)
    marks = [Mark(f.address, kinds[f.kind], f.found, f.message) for f in faults]
    return marked(content, table, marks, FAULTS_SHEET)
