"""What a value of a condition comes to for one enterprise, and how it is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import whole_day_in_words
from ..kernel.measure import rounded, written
from ..questionnaire.question import Question
from .knowledge import Entry, Knowledge, Known, Lacking, before, value_over
from .language import Difference, Figure, Growth, Level, Months, Number, Ratio, Sum, Value

_HUNDRED = Decimal(100)
_ZERO_BELOW = Bilingual("分母为0，无法计算（{period}）", "Divides by zero ({period})")
_NO_FOUNDING = Bilingual("缺少成立日期", "The day of founding is missing")
_NO_LEVEL = Bilingual("{year}年数字化水平等级尚未导入", "The digital level of {year} has not been entered")
_AGAINST = Bilingual("{now}比{then}", "{now} on {then}")
_AS_OF = Bilingual("截至{day}", "as of {day}")
# In English, and by how many decimal places the number moves: 50,000 万元 is 500 m yuan.
_EN_UNITS = {
    "万元": ("m yuan", -2),
    "万元/亩": ("k yuan per mu", 1),
    "万元/平方米": ("k yuan per m²", 1),
    "平方米": ("m²", 0),
    "吨标准煤": ("tce", 0),
    "个月": ("months", 0),
    "亩": ("mu", 0),
    "人": ("persons", 0),
    "级": ("", 0),
    "%": ("%", 0),
    "": ("", 0),
}
_ONE = {"months": "month", "persons": "person"}
_LEVEL_NAME = Bilingual("数字化水平（{year}）", "Digital level ({year})")
_BASE_NAMES = {
    "y-1": Bilingual("上年全年", "last complete year"),
    "y-2": Bilingual("前年全年", "the year before last"),
    "ttm": Bilingual("近四个季度", "trailing four quarters"),
    "q": Bilingual("最近到期季度", "newest due quarter"),
    "last": Bilingual("最近一期", "newest"),
    "last@y-1": Bilingual("上年末", "end of last year"),
}


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


# --- words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """How numbers of a comparison are written: per cent, or so many places with a unit."""

    unit: str
    places: int

    def say(self, value: Decimal) -> Bilingual:
        if self.unit == "%":
            return both(f"{written(value * _HUNDRED, 2)}%")
        return self._with_unit(value)

    def gap(self, value: Decimal) -> Bilingual:
        """A difference: of percentages it is in points."""
        if self.unit == "%":
            points = written(value * _HUNDRED, 2)
            return Bilingual(f"{points}个百分点", f"{points} points")
        return self._with_unit(value)

    def _with_unit(self, value: Decimal) -> Bilingual:
        return _with_unit(value, self.places, self.unit)


def look_of(*values: Value) -> Look:
    """The unit that a comparison's own number names decides for both sides."""
    units = [number.unit for value in values for number in numbers_in(value)]
    unit = next((unit for unit in units if unit), "")
    return Look(unit, 0 if unit in ("人", "级", "个月", "") else 2)


def numbers_in(value: Value) -> list[Number]:
    match value:
        case Number():
            return [value]
        case Sum(left, right) | Difference(left, right):
            return [*numbers_in(left), *numbers_in(right)]
        case _:
            return []


def said_value(value: Value, questions: Mapping[str, Question]) -> Bilingual:
    """The value in words, without a figure."""
    match value:
        case Number(number, unit):
            return _said_number(number, unit)
        case Figure(row, base):
            return Bilingual("{row}（{base}）", "{row} ({base})").fill(row=_title(row, questions), base=_base(base))
        case Ratio(above, below, base):
            return Bilingual("{above}与{below}之比（{base}）", "{above} divided by {below} ({base})").fill(
                above=_title(above, questions), below=_title(below, questions), base=_base(base)
            )
        case Growth(row, below, base):
            return _said_growth(row, below, base, questions)
        case Months():
            return Bilingual("成立时间", "Time since founding")
        case Level(edition):
            return _LEVEL_NAME.fill(year=edition)
        case Sum(left, right):
            return _joined(left, right, questions, Bilingual("{a}加{b}", "{a} plus {b}"))
        case Difference(left, right):
            return _joined(left, right, questions, Bilingual("{a}减{b}", "{a} less {b}"))


def _joined(left: Value, right: Value, questions: Mapping[str, Question], form: Bilingual) -> Bilingual:
    return form.fill(a=said_value(left, questions), b=said_value(right, questions))


def _said_growth(row: str, below: str | None, base: str, questions: Mapping[str, Question]) -> Bilingual:
    what = _title(row, questions)
    if below is not None:
        what = Bilingual("{a}与{b}之比", "{a} divided by {b}").fill(a=what, b=_title(below, questions))
    return Bilingual("{what}的增长（{base}）", "Growth of {what} ({base})").fill(what=what, base=_base(base))


def _said_number(number: Decimal, unit: str) -> Bilingual:
    places = max(-int(number.as_tuple().exponent), 0)
    return both(f"{written(number, places)}%") if unit == "%" else _with_unit(number, places, unit)


def _with_unit(value: Decimal, places: int, unit: str) -> Bilingual:
    """Both show the same amount to the last digit; English writes money in the unit of its readers."""
    text, (words, shift) = written(value, places), _EN_UNITS[unit]
    english = text
    if shift:
        moved = rounded(value, places).scaleb(shift).normalize()
        english = written(moved, max(-int(moved.as_tuple().exponent), 0))
    return Bilingual(f"{text}{unit}", f"{english} {_ONE.get(words, words) if value == 1 else words}".strip())


def _title(row: str, questions: Mapping[str, Question]) -> Bilingual:
    title = questions[row].title if row in questions else both(row)
    return Bilingual(title.zh.removeprefix("其中："), title.en.removeprefix("Of which: "))


def _base(base: str) -> Bilingual:
    return _BASE_NAMES.get(base, both("?"))
