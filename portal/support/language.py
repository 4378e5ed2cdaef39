"""The language of conditions: its tree, and how a tree is written. Pure; `reading` makes trees of text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual

BASES = ("last@y-1", "y-1", "y-2", "ttm", "q", "last")
OPERATORS = (">=", "<=", ">", "<", "=")
UNITS = ("万元/亩", "万元/平方米", "万元", "平方米", "吨标准煤", "个月", "亩", "人", "级", "%")
SIZES = ("L", "M", "S", "X")
ROLES = ("chain-leading", "key", "none")
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit; per cent is written as people say it (3 % is three hundredths)."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`f(101, ttm)`: one row of the form over a base. An empty base is what the linter refuses."""

    row: str
    base: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """`ratio(401, 105, y-1)`: the ratio of two sums, never a mean of ratios."""

    above: str
    below: str
    base: str


@dataclass(frozen=True, slots=True)
class Growth:
    """`g(402, y-1)`, or `g(ratio(302, 101), y-1)` with a row below: growth on the base before."""

    row: str
    below: str | None
    base: str


@dataclass(frozen=True, slots=True)
class Months:
    """`months_operating()`: whole months since the enterprise was founded."""


@dataclass(frozen=True, slots=True)
class Level:
    """`digital(2024)`: the level in that edition of the digital self-assessment."""

    edition: int


@dataclass(frozen=True, slots=True)
class Sum:
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Difference:
    left: Value
    right: Value


Value = Number | Figure | Ratio | Growth | Months | Level | Sum | Difference


@dataclass(frozen=True, slots=True)
class Compare:
    left: Value
    operator: str
    right: Value


@dataclass(frozen=True, slots=True)
class InPlan:
    """`chain in plan`"""


@dataclass(frozen=True, slots=True)
class ChainIs:
    code: str


@dataclass(frozen=True, slots=True)
class UnitIs:
    code: str


@dataclass(frozen=True, slots=True)
class SizeIn:
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleIs:
    role: str


@dataclass(frozen=True, slots=True)
class AboveScale:
    """`above_scale(today)` or `above_scale(y-1)`: on the list on that day, or on the last day of last year;
    `above_scale(earlier)`: on any day before this year."""

    on: str


@dataclass(frozen=True, slots=True)
class Grade:
    """`grade(y-1) in (A, B)`: the evaluation class of last year."""

    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """`holds("list")`; with `first=true` the recognition is the first, and of this year."""

    list: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """`listed("list", 2)`: an entry dated within so many years; `listed("list", 0)`: one dated in this year."""

    list: str
    years: int


@dataclass(frozen=True, slots=True)
class OnFile:
    """`doc("kind")`: the document lies with the application."""

    kind: str


@dataclass(frozen=True, slots=True)
class Officer:
    """`officer("…", "…")`: what a person has to judge."""

    text: Bilingual


Predicate = InPlan | ChainIs | UnitIs | SizeIn | RoleIs | AboveScale | Grade | Holds | Listed | OnFile | Officer


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Every | Either | Not | Compare | Predicate


def text_of(condition: Condition) -> str:
    """The condition as it is written in definitions; reading it gives the same tree back."""
    match condition:
        case Every(parts):
            return " and ".join(_inner(part) for part in parts)
        case Either(parts):
            return " or ".join(_inner(part) for part in parts)
        case Not(part):
            return f"not {_inner(part)}"
        case Compare(left, operator, right):
            return f"{value_text(left)} {operator} {value_text(right)}"
        case _:
            return _predicate_text(condition)


def _inner(condition: Condition) -> str:
    text = text_of(condition)
    return f"({text})" if isinstance(condition, Every | Either) else text


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _predicate_text(predicate: Predicate) -> str:
    match predicate:
        case InPlan():
            return "chain in plan"
        case ChainIs(code):
            return f"chain = {_quoted(code)}"
        case UnitIs(code):
            return f"unit = {_quoted(code)}"
        case SizeIn(sizes):
            return f"size in ({', '.join(sizes)})"
        case RoleIs(role):
            return f"role = {role}"
        case AboveScale(on):
            return f"above_scale({on})"
        case Grade(letters):
            return f"grade(y-1) in ({', '.join(letters)})"
        case Holds(name, is_first):
            return f"holds({_quoted(name)}{', first=true' if is_first else ''})"
        case Listed(name, years):
            return f"listed({_quoted(name)}, {years})"
        case OnFile(kind):
            return f"doc({_quoted(kind)})"
        case Officer(text):
            return f"officer({_quoted(text.zh)}, {_quoted(text.en)})"


def value_text(value: Value) -> str:
    match value:
        case Number(number, unit):
            return f"{number:f} {unit}".strip()
        case Figure(row, base):
            return f"f({_with_base(row, base)})"
        case Ratio(above, below, base):
            return f"ratio({_with_base(f'{above}, {below}', base)})"
        case Growth(row, None, base):
            return f"g({_with_base(row, base)})"
        case Growth(row, below, base):
            return f"g({_with_base(f'ratio({row}, {below})', base)})"
        case Months():
            return "months_operating()"
        case Level(edition):
            return f"digital({edition})"
        case Sum(left, right):
            return f"{value_text(left)} + {_operand(right)}"
        case Difference(left, right):
            return f"{value_text(left)} - {_operand(right)}"


def _with_base(what: str, base: str) -> str:
    return f"{what}, {base}" if base else what


def _operand(value: Value) -> str:
    text = value_text(value)
    return f"({text})" if isinstance(value, Sum | Difference) else text
