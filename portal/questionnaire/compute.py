"""What is computed and never typed: the other way of counting a flow, sums and ratios. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ..kernel.measure import rounded
from .document import EMPTY, Answer
from .question import Formula, Question


def in_quarter(ytd: Decimal, before: Decimal | None) -> Decimal | None:
    """The quarter's flow from the year to date; None where what went before is not known."""
    return None if before is None else ytd - before


def year_to_date(value: Decimal, before: Decimal | None) -> Decimal | None:
    return None if before is None else before + value


def mean_staff(start: Decimal | None, end: Decimal | None, places: int = 2) -> Decimal | None:
    """The average that 502 is prefilled with: start and end of the quarter, halved."""
    return None if start is None or end is None else rounded((start + end) / 2, places)


def with_computed(
    questions: Iterable[Question], answers: Mapping[str, Answer], before: Mapping[str, Decimal]
) -> dict[str, Answer]:
    """`answers` and, beside them, every computed row among `questions`; `before` is what flows were up to now."""
    found = dict(answers)
    for question in questions:
        if question.formula is not None:
            found[question.code] = _computed(question.formula, question.places, found, before)
    return found


def _computed(formula: Formula, places: int, answers: Mapping[str, Answer], before: Mapping[str, Decimal]) -> Answer:
    parts = [answers.get(code, EMPTY) for code in formula.rows]
    if formula.operation == "sum":
        passed = [before.get(c, Decimal(0)) for c, part in zip(formula.rows, parts, strict=True) if part.value is None]
        return _sum(parts, sum(passed, Decimal(0)))
    top, bottom = parts
    if top.value is None or not bottom.value:
        return EMPTY
    return Answer("value", rounded(top.value / bottom.value, places))


def _sum(parts: list[Answer], before: Decimal) -> Answer:
    """Not applicable adds nothing to what went `before`; one empty part leaves the sum empty."""
    if any(not part.is_answered for part in parts) or all(part.value is None for part in parts):
        return EMPTY
    known = [part for part in parts if part.value is not None]
    total = sum((part.value for part in known if part.value is not None), Decimal(0))
    ytds = [part.ytd for part in known if part.ytd is not None]
    return Answer("value", total, sum(ytds, before) if len(ytds) == len(known) else None)
