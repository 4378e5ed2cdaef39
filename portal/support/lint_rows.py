"""Whether rows, bases and units of a comparison go together. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..kernel.bilingual import Bilingual
from ..questionnaire.question import ANNUAL, POINT, Question
from .knowledge import is_summable
from .language import Compare, Difference, Figure, Growth, Level, Months, Number, Ratio, Sum, Value

Fault = tuple[str, str, Bilingual]
_UNKNOWN = Bilingual("报表没有这个指标：{row}", "The form has no such row: {row}")
_BASE = Bilingual("{row}不能用期间{base}", "{row} cannot be taken over {base}")
_RATIO = Bilingual("{row}本身是比值，不能再按期间取数", "{row} is a ratio itself and has no value over a span")
_UNIT = Bilingual("单位不一致：{left}与{right}", "Units differ: {left} and {right}")
_GROWTH_BASES = ("y-1", "ttm", "q")


def row_faults(value: Figure | Ratio | Growth, questions: Mapping[str, Question]) -> list[Fault]:
    """L02: no such row. L03: the row cannot be taken over the base. The text is what to look for in the condition."""
    rows = {
        Figure: lambda v: [v.row],
        Ratio: lambda v: [v.above, v.below],
        Growth: lambda v: [v.row, *([v.below] if v.below else [])],
    }[type(value)](value)
    found: list[Fault] = []
    for row in rows:
        question = questions.get(row)
        if question is None:
            found.append(("L02", row, _UNKNOWN.fill(row=row)))
        elif not is_summable(question):
            found.append(("L03", row, _RATIO.fill(row=row)))
        elif not _fits(question, value.base, is_growth=isinstance(value, Growth)):
            found.append(("L03", row, _BASE.fill(row=row, base=value.base)))
    return found


def _fits(question: Question, base: str, *, is_growth: bool) -> bool:
    if is_growth and base not in _GROWTH_BASES:
        return question.kind == POINT and base == "last"
    if base in ("last", "last@y-1"):
        return question.kind == POINT
    return question.kind != ANNUAL or base in ("y-1", "y-2")


def unit_fault(compare: Compare, questions: Mapping[str, Question]) -> list[Fault]:
    """L06: two sides that cannot be compared."""
    left, right = unit_of(compare.left, questions), unit_of(compare.right, questions)
    if left is None or right is None or left == right:
        return []
    return [("L06", compare.operator, _UNIT.fill(left=left or "–", right=right or "–"))]


def unit_of(value: Value, questions: Mapping[str, Question]) -> str | None:
    """The unit a value is in; None where it cannot be said (an unknown row, a ratio of like units)."""
    match value:
        case Number(_, unit):
            return unit
        case Figure(row, _):
            return questions[row].unit.title.zh if row in questions else None
        case Growth():
            return "%"
        case Months():
            return "个月"
        case Level():
            return "级"
        case Ratio(above, below, _):
            return _of_ratio(above, below, questions)
        case Sum(left, right) | Difference(left, right):
            return unit_of(left, questions) or unit_of(right, questions)


def _of_ratio(above: str, below: str, questions: Mapping[str, Question]) -> str | None:
    if above not in questions or below not in questions:
        return None
    upper, lower = questions[above].unit.title.zh, questions[below].unit.title.zh
    return "%" if upper == lower else f"{upper}/{lower}"
