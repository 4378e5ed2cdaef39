"""The workbook in which a dated list is brought: its columns, its classes, and what the newest edition holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ..enterprises.list_rows import FORM_SHEET, NOTES_SHEET
from ..spreadsheet.blank_form import BlankForm, Column, Value, written_form
from .list_lines import FORM
from .list_rules import FIELDS
from .reader import ListKind

SHEET = "名单 List"
_WIDTHS = {"credit_code": 26, "name": 44, "value": 24, "until": 18}
_NOTES = (
    "一行一家企业。不要改动列名；列的次序可以变。",
    "统一社会信用代码须为文本格式：Excel会把18位数字截成15位，末尾的数字就丢了。",
    "企业名称可以留空；填写时须与登记系统一致，用来核对代码。",
    "“有效期至”按年-月-日填写最后一天；没有期限的留空。",
    "没有在本平台登记的企业不会录入，预览时列出。",
    "同一名单、同一日期再次导入：已录入的不变，只补充新的、更正不同的。",
    "One enterprise a row. Leave the headings as they are; the order of the columns is free.",
    "The credit code has to be text: Excel cuts eighteen digits to fifteen, and the last ones are lost.",
    "The name may be left empty; where it is given it has to be the register's, to check the code by.",
    "Write “Valid until” as year-month-day, the last day it counts; leave it empty where there is none.",
    "Enterprises that are not registered here are left out; the preview names them.",
    "The same list of the same day sent again changes nothing that stands: it adds what is new, corrects what differs.",
)


def template(kind: ListKind, rows: Sequence[tuple[str, str, str, date | None]]) -> bytes:
    """`rows` are (credit code, name, class, first day no longer) as they stand."""
    shown = [name for name in FIELDS if name != "value" or kind.classes]
    columns = tuple(
        Column(
            f"{FIELDS[name].zh} / {FIELDS[name].en}",
            _WIDTHS[name],
            choices=tuple(title.zh for title in kind.class_titles.values()) if name == "value" else (),
            is_day=name == "until",
        )
        for name in shown
    )
    lines: list[list[Value]] = []
    for code, name, value, until_on in rows:
        title = kind.class_titles[value].zh if value in kind.class_titles else value
        last = until_on - timedelta(days=1) if until_on else None
        lines.append([code, name, *([title] if kind.classes else []), last])
    return written_form(BlankForm(FORM.code, FORM.version, FORM_SHEET, SHEET, columns, lines, NOTES_SHEET, _NOTES))
