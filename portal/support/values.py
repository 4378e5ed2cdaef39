"""What a value of a condition comes to for one enterprise. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from ..kernel.bilingual import Bilingual, both, whole_day_in_words
from .knowledge import Entry, Knowledge, Known, Lacking, before, value_over
from .language import Difference, Figure, Growth, Level, Months, Number, Ratio, Sum, Value

_HUNDRED = Decimal(100)
_ZERO_BELOW = Bilingual("分母为0，无法计算（{period}）", "Cannot be worked out: it would be divided by 0 ({period})")
_NO_FOUNDING = Bilingual("缺少成立日期", "The day of founding is missing")
_NO_LEVEL = Bilingual("{year}年数字化水平等级尚未导入", "The digital level of {year} has not been entered")
_AGAINST = Bilingual("{now}比{then}", "{now} on {then}")
_AS_OF = Bilingual("截至{day}", "as of {day}")


def worth(value: Value, knowledge: Knowledge) -> Known | Lacking:
    """The value for this enterprise; never raises, whatever is missing."""
    with localcontext() as context:
        context.prec = 60
        return _worth(value, knowledge)


def _worth(value: Value, knowledge: Knowledge) -> Known | Lacking:
    match value:
        case Number(number, unit):
            return Known(number / _HUNDRED if unit == "%" else number, both(""))
        case Figure(row, base):
            return value_over(knowledge, row, base)
        case Ratio(above, below, base):
            return _ratio(knowledge, above, below, base)
        case Growth(row, below, base):
            return _growth(knowledge, row, below, base)
        case Months():
            return _months(knowledge)
        case Level(edition):
            return _level(knowledge, edition)
        case Sum(left, right) | Difference(left, right):
            sides = _worth(left, knowledge), _worth(right, knowledge)
            for side in sides:
                if isinstance(side, Lacking):
                    return side
            first, second = (side for side in sides if isinstance(side, Known))
            total = first.value + second.value if isinstance(value, Sum) else first.value - second.value
            return first.made(total, _periods(first, second), second)


def _periods(first: Known, second: Known) -> Bilingual:
    if not first.period.zh or first.period == second.period:
        return second.period
    return first.period if not second.period.zh else _AGAINST.fill(now=first.period, then=second.period)


def _ratio(knowledge: Knowledge, above: str, below: str, base: str) -> Known | Lacking:
    upper, lower = value_over(knowledge, above, base), value_over(knowledge, below, base)
    if isinstance(upper, Lacking):
        return upper
    if isinstance(lower, Lacking):
        return lower
    if lower.value == 0:
        return Lacking(_ZERO_BELOW.fill(period=lower.period))
    return upper.made(upper.value / lower.value, _periods(upper, lower), lower)


def _growth(knowledge: Knowledge, row: str, below: str | None, base: str) -> Known | Lacking:
    def over(which: str) -> Known | Lacking:
        return _ratio(knowledge, row, below, which) if below else value_over(knowledge, row, which)

    now, then = over(base), over(before(base) or base)
    if isinstance(now, Lacking):
        return now
    if isinstance(then, Lacking):
        return then
    if then.value <= 0:
        return Lacking(_ZERO_BELOW.fill(period=then.period))
    return now.made(now.value / then.value - 1, _periods(now, then), then)


def _months(knowledge: Knowledge) -> Known | Lacking:
    began, day = knowledge.founded_on, knowledge.day
    if began is None:
        return Lacking(_NO_FOUNDING)
    months = (day.year - began.year) * 12 + day.month - began.month - (day.day < began.day)
    return Known(Decimal(max(months, 0)), _AS_OF.fill(day=said_day(day)))


def level_entry(knowledge: Knowledge, edition: int) -> Entry | None:
    found = knowledge.entries_of(f"digital-{edition}")
    return found[-1] if found else None


def _level(knowledge: Knowledge, edition: int) -> Known | Lacking:
    entry = level_entry(knowledge, edition)
    if entry is None or not entry.value.isdigit():
        return Lacking(_NO_LEVEL.fill(year=edition))
    return Known(Decimal(entry.value), said_day(entry.dated_on))


def said_day(day: date) -> Bilingual:
    return whole_day_in_words(day)
