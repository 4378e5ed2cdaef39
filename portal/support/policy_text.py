"""A policy's definition as a person types it, and back: one text a field, lists one thing a line. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual, both
from ..kernel.intake import is_plain_line
from ..kernel.measure import NotANumber, plain, read_decimal
from .lint import UNSEEN, Problem
from .policy import RATES
from .policy_fields import FIELDS, LONGEST, Field, Shape, field_at
from .tokens import LONGEST as LONGEST_LINE

Typed = Mapping[str, str | Sequence[str] | bool]
_BETWEEN = " | "
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_NUMBER = Bilingual("请写一个数。", "Write a number.")
_COUNT = Bilingual("请写一个最多四位的整数。", "Write a whole number of at most four digits.")
_RATE = Bilingual("比例写成百分数，例如4%。", "Write a rate as a per cent, for instance 4%.")
_YUAN = Bilingual("这种规则写金额（元），不写百分数。", "This rule takes yuan, not a per cent.")
_LONG = Bilingual("最多{most}个字。", "{most} characters at most.")
_LINES = Bilingual("最多{most}行。", "{most} lines at most.")
_CELLS = Bilingual("每行写{count}项，中间用“|”隔开。", "A line has {count} parts with “|” between them.")
_AT_LINE = Bilingual("第{line}行：{fault}", "Line {line}: {fault}")
_AT_PLACE = Bilingual("第{place}个字符：{fault}", "character {place}: {fault}")
_NAMED = Bilingual("{title}：{fault}", "{title}: {fault}")
FIRST_DAY = Bilingual("生效日期", "First day it applies")
_YES = Bilingual("是", "Yes")


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed as a definition, and what could not be read, by field."""

    content: dict[str, Any]
    faults: dict[str, Bilingual]


# --- to text -----------------------------------------------------------------------------------------------------


def typed_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as the form's fields hold it; every field is there."""
    kind = str(content.get("amount", {}).get("kind", ""))
    return {one.name: _text(one, _at(content, one.place), kind) for one in FIELDS.values()}


def _at(content: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = content
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(one: Field, value: Any, kind: str) -> Any:
    if one.shape is Shape.FLAG:
        return bool(value)
    if one.shape is Shape.CHOICES:
        return list(value or ())
    if value in (None, "", 0) or value == []:
        return ""
    if one.shape is Shape.LINES:
        return "\n".join(value)
    if one.shape is Shape.ROWS:
        return "\n".join(_row(one, row, kind) for row in value)
    return _amount(value, kind in RATES and one.shape is Shape.VALUE) if _is_number(one) else str(value)


def _is_number(one: Field) -> bool:
    return one.shape in (Shape.MONEY, Shape.VALUE)


def _row(one: Field, row: Mapping[str, Any], kind: str) -> str:
    is_rate = _has_rates(one, kind)
    cells = [_amount(row[key], is_rate) if key == "value" else str(row[key]) for key in one.columns]
    return _BETWEEN.join(cells)


def _has_rates(one: Field, kind: str) -> bool:
    """Whether the values of a list of rows are per cents: instalments always, steps where they are tiers."""
    return one.name == "amount_parts" or (one.name == "amount_steps" and kind == "tiers")


def _amount(text: str, is_rate: bool) -> str:
    value = Decimal(text)
    return f"{(value * 100).normalize():f}%" if is_rate else f"{value:,f}"


# --- and back ----------------------------------------------------------------------------------------------------


def read(typed: Typed) -> Read:
    """Never raises: what cannot be read is a fault at its field, and left out of the definition."""
    content: dict[str, Any] = {"conditions": [], "vetoes": [], "amount": {}, "review": {}}
    faults: dict[str, Bilingual] = {}
    kind = str(typed.get("amount_kind") or "").strip()
    for one in FIELDS.values():
        value, fault = _value(one, typed.get(one.name), kind)
        if fault is not None:
            faults[one.name] = fault
        elif value not in (None, "", False) and value != []:
            _lay(content, one.place, value)
    return Read(content, faults)


def _lay(content: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        content = content.setdefault(key, {})
    content[path[-1]] = value


def _value(one: Field, typed: Any, kind: str) -> tuple[Any, Bilingual | None]:
    if one.shape is Shape.FLAG:
        return bool(typed), None
    if one.shape is Shape.CHOICES:
        return [str(code)[:20] for code in typed or ()], None
    text = str(typed or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if one.shape in (Shape.LINES, Shape.ROWS):
        return _lines(one, [line.strip() for line in text.split("\n") if line.strip()], kind)
    if not text:
        return None, None
    if _is_number(one):
        return _number(text, kind in RATES and one.shape is Shape.VALUE)
    folded = unicodedata.normalize("NFKC", text[:40])
    if one.shape is Shape.COUNT:
        return (int(folded), None) if re.fullmatch(r"\d{1,4}", folded, re.ASCII) else (None, _COUNT)
    if one.shape is Shape.DAY:
        return _day(folded) or text, _long(text, LONGEST[one.shape])
    return text, _long(text, LONGEST[one.shape])


def _long(text: str, most: int) -> Bilingual | None:
    if len(text) > most:
        return _LONG.fill(most=most)
    return None if is_plain_line(text.replace("\n", "").replace("\t", "")) else UNSEEN


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else None


def day_text(typed: str) -> str:
    """A day as definitions write it; whatever is no day stays as it was typed."""
    text = unicodedata.normalize("NFKC", typed[:40]).strip()
    return _day(text) or text


def _number(text: str, is_rate: bool) -> tuple[str | None, Bilingual | None]:
    folded = text.replace("％", "%")
    has_sign = folded.endswith("%")
    try:
        value = read_decimal(folded.removesuffix("%"))
    except NotANumber:
        return None, _NUMBER
    if value is None:
        return None, _NUMBER
    if is_rate and not has_sign:
        return None, _RATE
    if has_sign and not is_rate:
        return None, _YUAN
    return plain(value / 100 if is_rate else value), None


def _lines(one: Field, lines: list[str], kind: str) -> tuple[list[Any], Bilingual | None]:
    if len(lines) > LONGEST[one.shape]:
        return [], _LINES.fill(most=LONGEST[one.shape])
    found: list[Any] = []
    for number, line in enumerate(lines, 1):
        value, fault = _cells(one, line, kind) if one.shape is Shape.ROWS else (line, _long(line, LONGEST_LINE))
        if fault is not None:
            return [], _AT_LINE.fill(line=number, fault=fault)
        found.append(value)
    return found, None


def _cells(one: Field, line: str, kind: str) -> tuple[dict[str, str], Bilingual | None]:
    cells = [cell.strip() for cell in line.replace("｜", "|").split("|")]
    if len(cells) != len(one.columns) or not all(cells):
        return {}, _CELLS.fill(count=len(one.columns))
    row = dict(zip(one.columns, cells, strict=True))
    if "key" in row:
        row["key"] = row["key"].replace("：", ":")
    fault = next((f for f in (_long(cell, LONGEST[Shape.LINE]) for cell in cells) if f is not None), None)
    if fault is None and "value" in row:
        value, fault = _number(row["value"], _has_rates(one, kind))
        row["value"] = value or ""
    return row, fault


# --- what is wrong, and what differs ------------------------------------------------------------------------------


def faults_by_field(problems: Sequence[Problem]) -> dict[str, Bilingual]:
    """All that the linter refuses, at the form's fields: each condition with its line and place, else the first."""
    faults: dict[str, Bilingual] = {}
    for problem in problems:
        name = field_at(problem.field)
        if name == "conditions":
            said = _placed(problem)
            before = faults.get(name)
            faults[name] = said if before is None else Bilingual(f"{before.zh}；{said.zh}", f"{before.en}; {said.en}")
        else:
            faults.setdefault(name, problem.message)
    return faults


def named(faults: Mapping[str, Bilingual]) -> dict[str, Bilingual]:
    """Each sentence with the title of its field, so that it stands alone in the list above the form."""
    titles = {name: one.title for name, one in FIELDS.items()} | {"effective_on": FIRST_DAY}
    return {
        name: _NAMED.fill(title=titles[name], fault=fault) if name in titles else fault
        for name, fault in faults.items()
    }


def _placed(problem: Problem) -> Bilingual:
    line = problem.field.split(" ")[-1]
    has_place = problem.place and f"第{problem.place}个字符" not in problem.message.zh
    fault = _AT_PLACE.fill(place=problem.place, fault=problem.message) if has_place else problem.message
    return _AT_LINE.fill(line=line, fault=fault) if line.isdigit() else fault


@dataclass(frozen=True, slots=True)
class Change:
    """One field that reads differently, line by line; of lists the lines that only one side has."""

    field: Field
    before: tuple[Bilingual, ...]
    after: tuple[Bilingual, ...]


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], tasks: Mapping[str, Bilingual] | None = None
) -> list[Change]:
    """In the order of the form. `tasks` are the titles of the plan's tasks by code."""
    old, new = typed_of(before or {}), typed_of(after)
    return [change_of(one, old[name], new[name], tasks or {}) for name, one in FIELDS.items() if old[name] != new[name]]


def change_of(one: Field, old: Any, new: Any, tasks: Mapping[str, Bilingual]) -> Change:
    """Two texts of one field as the form holds them, for people to read."""
    before, after = (_shown(one, value, tasks) for value in (old, new))
    if one.shape in (Shape.LINES, Shape.ROWS, Shape.CHOICES) and set(before) != set(after):
        kept = set(before) & set(after)
        before, after = (tuple(line for line in lines if line not in kept) for lines in (before, after))
    return Change(one, before, after)


def _shown(one: Field, value: Any, tasks: Mapping[str, Bilingual]) -> tuple[Bilingual, ...]:
    if one.shape is Shape.FLAG:
        return (_YES,) if value else ()
    titles = tasks if one.name == "task" else one.choices
    parts = value if one.shape is Shape.CHOICES else [line for line in value.split("\n") if line]
    return tuple(titles.get(part, both(part)) for part in parts)
