"""What an edition of a dated list has to say of itself, and its typed lines: codes, classes, last days. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..enterprises.application import date_from
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from .reader import list_kinds

LONGEST_SOURCE = 200
NOT_ENTERED = Bilingual("没有录入。", "Nothing was entered.")
NO_SOURCE = Bilingual("请写明来源文件。", "Name the document it was taken from.")
_NO_LIST = Bilingual("请选择名单。", "Choose a list.")
_NO_DAY = Bilingual("按“年-月-日”写一个不晚于今天的日期。", "Write a day as year-month-day, today or earlier.")
MOST_LINES = 3000
_CODE = re.compile(r"[0-9A-Z]{18}", re.ASCII)
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_LAST_YEAR = 2100
_BAD_CODE = Bilingual("第{line}行：信用代码须为18位。", "Line {line}: a credit code has 18 characters.")
_BAD_VALUE = Bilingual("第{line}行：类别须为{classes}之一。", "Line {line}: the class is one of {classes}.")
_BAD_DAY = Bilingual(
    "第{line}行：有效期按“年-月-日”写，不早于名单日期。",
    "Line {line}: the last day is year-month-day, not before the list’s own.",
)
_TWICE = Bilingual("第{line}行：与前面重复。", "Line {line}: it stands on the list already.")
_MANY = Bilingual("最多{most}行。", "{most} lines at most.")


def edition_faults(code: str, dated_on: date | None, source: str) -> dict[str, Bilingual]:
    """What is wrong with an edition by field, whatever stands on it."""
    faults: dict[str, Bilingual] = {}
    if code not in list_kinds():
        faults["list"] = _NO_LIST
    if dated_on is None or not date(2000, 1, 1) <= dated_on <= today():
        faults["dated_on"] = _NO_DAY
    if not source:
        faults["source"] = NO_SOURCE
    return faults


@dataclass(frozen=True, slots=True)
class Line:
    """`until` is the last day the entry counts, None while it lasts."""

    credit_code: str
    value: str
    until: date | None = None

    @property
    def until_on(self) -> date | None:
        """The first day it no longer counts."""
        return None if self.until is None else self.until + timedelta(days=1)


def lines_of(text: str, classes: Sequence[str], since: date | None = None) -> tuple[list[Line], Bilingual | None]:
    """The lines, and what is wrong with the first bad one. Blank lines are nothing; a last day lies not before `since`,
    the day of the list."""
    rows = [row.strip() for row in text.splitlines()]
    if len(rows) > MOST_LINES:
        return [], _MANY.fill(most=MOST_LINES)
    found: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        code, *rest = (part.strip() for part in row.replace("，", ",").split(","))
        until = None
        if rest and _DAY.fullmatch(rest[-1]):
            until = date_from(rest.pop())
            if until is None or until < (since or date.min) or until.year > _LAST_YEAR:
                return [], _BAD_DAY.fill(line=number)
        value = ",".join(rest)
        if not _CODE.fullmatch(code.upper()):
            return [], _BAD_CODE.fill(line=number)
        if (value not in classes) if classes else bool(value):
            return [], _BAD_VALUE.fill(line=number, classes=", ".join(classes) or "–")
        if code.upper() in seen:
            return [], _TWICE.fill(line=number)
        seen.add(code.upper())
        found.append(Line(code.upper(), value, until))
    return found, None
