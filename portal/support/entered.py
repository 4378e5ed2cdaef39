"""Reads the lines of a typed list: one enterprise a line, its credit code and, where asked, a class. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..kernel.bilingual import Bilingual

MOST_LINES = 3000
_CODE = re.compile(r"[0-9A-Z]{18}", re.ASCII)
_BAD_CODE = Bilingual("第{line}行：信用代码须为18位。", "Line {line}: a credit code has 18 characters.")
_BAD_VALUE = Bilingual("第{line}行：类别须为{classes}之一。", "Line {line}: the class is one of {classes}.")
_TWICE = Bilingual("第{line}行：与前面重复。", "Line {line}: it stands on the list already.")
_MANY = Bilingual("最多{most}行。", "{most} lines at most.")


@dataclass(frozen=True, slots=True)
class Line:
    credit_code: str
    value: str


def lines_of(text: str, classes: Sequence[str]) -> tuple[list[Line], Bilingual | None]:
    """The lines, and what is wrong with the first bad one. Blank lines are nothing."""
    rows = [row.strip() for row in text.splitlines()]
    if len(rows) > MOST_LINES:
        return [], _MANY.fill(most=MOST_LINES)
    found: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        code, _, value = (part.strip() for part in row.replace("，", ",").partition(","))
        if not _CODE.fullmatch(code.upper()):
            return [], _BAD_CODE.fill(line=number)
        if (value not in classes) if classes else bool(value):
            return [], _BAD_VALUE.fill(line=number, classes=", ".join(classes) or "–")
        if code.upper() in seen:
            return [], _TWICE.fill(line=number)
        seen.add(code.upper())
        found.append(Line(code.upper(), value))
    return found, None
