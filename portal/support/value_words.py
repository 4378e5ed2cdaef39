"""Values and comparisons of conditions in the words of both languages, and how their numbers are written. Pure.

English phrases begin small, so that they can stand inside a sentence; whoever ends a sentence makes it begin large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from ..kernel.bilingual import Bilingual, both
from ..kernel.measure import rounded, written
from ..questionnaire.question import Question
from .knowledge import row_name
from .language import Compare, Difference, Figure, Growth, Level, Months, Number, Ratio, Sum, Value
from .lint_rows import unit_of

Questions = Mapping[str, Question]
_HUNDRED = Decimal(100)
_YUAN = {"万元": "", "万元/亩": "/mu", "万元/平方米": "/m²", "万元/人": "/person"}
"""Units of money, with what English money is by."""
_COUNTED = {
    "人": ("person", "people"),
    "个月": ("month", "months"),
    "级": ("level", "levels"),
    "台（套）": ("set", "sets"),
}
_ENGLISH = {"亩": "mu", "平方米": "m²", "吨标准煤": "tce"}
_OPERATORS = {
    ">=": Bilingual("{left}不低于{right}", "{left} is at least {right}"),
    "<=": Bilingual("{left}不高于{right}", "{left} is at most {right}"),
    ">": Bilingual("{left}高于{right}", "{left} is above {right}"),
    "<": Bilingual("{left}低于{right}", "{left} is below {right}"),
    "=": Bilingual("{left}为{right}", "{left} is {right}"),
}
_OF_AMOUNTS = _OPERATORS | {
    ">=": Bilingual("{left}不少于{right}", "{left} is at least {right}"),
    "<=": Bilingual("{left}不超过{right}", "{left} is at most {right}"),
    ">": Bilingual("{left}大于{right}", "{left} is above {right}"),
    "<": Bilingual("{left}小于{right}", "{left} is below {right}"),
}
_BASES = {
    "y-1": Bilingual("上年全年", "last complete year"),
    "y-2": Bilingual("前年全年", "year before last"),
    "ttm": Bilingual("近四个季度", "last four quarters"),
    "q": Bilingual("最近到期季度", "newest due quarter"),
    "last": Bilingual("最近一期", "newest quarter"),
    "last@y-1": Bilingual("上年末", "end of last year"),
}
_GROWTHS = {
    "y-1": Bilingual("上年比前年", "last year on the year before"),
    "ttm": Bilingual("近四个季度同比", "last four quarters on the four a year before"),
    "q": Bilingual("最近到期季度同比", "newest due quarter on the same one a year before"),
    "last": Bilingual("最近一期比上年末", "newest quarter on the end of last year"),
}
_LEVEL = Bilingual("数字化水平（{year}）", "digital level ({year})")


def in_yuan(ten_thousands: Decimal, per: str = "") -> str:
    """万元 as English readers take money, every digit kept: 500 m yuan, 316k yuan/mu, 900 yuan."""
    with localcontext() as context:
        context.prec = 80
        yuan = ten_thousands * 10_000
        size = abs(yuan)
        if size >= 1_000_000:
            amount, word = yuan / 1_000_000, " m yuan"
        else:
            amount, word = (yuan / 1_000, "k yuan") if size >= 1_000 else (yuan, " yuan")
        places = max(-int(amount.normalize().as_tuple().exponent), 0)
        return f"{written(amount, places)}{word}{per}"


@dataclass(frozen=True, slots=True)
class Look:
    """How the numbers of a comparison are written. `english` is the unit's English word; a difference of per cents is
    in points."""

    unit: str
    english: str = ""
    is_points: bool = False

    def say(self, value: Decimal) -> Bilingual:
        if self.unit == "%":
            return self._points(value, 2) if self.is_points else both(f"{written(value * _HUNDRED, 2)}%")
        if self.unit == "级":
            text = written(value, self._places(value))
            return Bilingual(f"{text}级", f"level {text}")
        return self._with_unit(value, self._places(value))

    def gap(self, value: Decimal) -> Bilingual:
        """A difference, never written as nothing: of percentages it is in points."""
        shown, places = (value * _HUNDRED, 2) if self.unit == "%" else (value, self._places(value))
        while shown and places < 8 and not rounded(shown, places):
            places += 2
        return self._points(value, places) if self.unit == "%" else self._with_unit(value, places)

    def _points(self, value: Decimal, places: int) -> Bilingual:
        points = written(value * _HUNDRED, places)
        return Bilingual(f"{points}个百分点", f"{points} points")

    def _places(self, value: Decimal) -> int:
        return 0 if (self.unit in _COUNTED or not self.unit) and value == value.to_integral_value() else 2

    def _with_unit(self, value: Decimal, places: int) -> Bilingual:
        shown = rounded(value, places)
        return Bilingual(f"{written(shown, places)}{self.unit}", _english(shown, places, self.unit, self.english))


def _english(value: Decimal, places: int, unit: str, word: str) -> str:
    if unit in _YUAN:
        return in_yuan(value, _YUAN[unit])
    if unit in _COUNTED:
        word = _COUNTED[unit][abs(value) != 1]
    return f"{written(value, places)} {word}".strip()


def look_of(left: Value, right: Value, questions: Questions) -> Look:
    """The unit that a comparison's own number names decides for both sides; without one, that of the rows."""
    units = [number.unit for value in (left, right) for number in numbers_in(value)]
    unit = next((unit for unit in units if unit), "") or unit_of(left, questions) or unit_of(right, questions) or ""
    named = {question.unit.title.zh: question.unit.title.en for question in questions.values()}
    is_points = unit == "%" and any(isinstance(side, Sum | Difference) for side in (left, right))
    return Look(unit, _ENGLISH.get(unit) or named.get(unit, unit), is_points)


def numbers_in(value: Value) -> list[Number]:
    match value:
        case Number():
            return [value]
        case Sum(left, right) | Difference(left, right):
            return [*numbers_in(left), *numbers_in(right)]
        case _:
            return []


def said_compare(condition: Compare, questions: Questions) -> Bilingual:
    look = look_of(condition.left, condition.right, questions)
    forms = _OF_AMOUNTS if look.unit in (*_COUNTED, *_ENGLISH) and look.unit != "级" else _OPERATORS
    left, right = (_said_side(value, questions, look) for value in (condition.left, condition.right))
    return forms[condition.operator].fill(left=left, right=right)


def _said_side(value: Value, questions: Questions, look: Look) -> Bilingual:
    if isinstance(value, Number) and value.unit == "%" and look.is_points:
        text = written(value.value, _own_places(value.value))
        return Bilingual(f"{text}个百分点", f"{text} points")
    return said_value(value, questions)


def said_value(value: Value, questions: Questions) -> Bilingual:
    """The value in words, without a figure."""
    match value:
        case Number(number, unit):
            return _said_number(number, unit)
        case Figure(row, base):
            return _over(_title(row, questions), _BASES, base)
        case Ratio(above, below, base):
            return _over(_said_ratio(above, below, questions), _BASES, base)
        case Growth(row, below, base):
            what = _said_ratio(row, below, questions) if below else _title(row, questions)
            return _over(Bilingual("{what}的增长", "growth of {what}").fill(what=what), _GROWTHS, base)
        case Months():
            return Bilingual("成立时间", "time since founding")
        case Level(edition):
            return _LEVEL.fill(year=edition)
        case Sum(left, right):
            return Bilingual("{a}加{b}", "{a} plus {b}").fill(
                a=said_value(left, questions), b=said_value(right, questions)
            )
        case Difference(left, right):
            return _said_difference(left, right, questions)


def _over(what: Bilingual, bases: Mapping[str, Bilingual], base: str) -> Bilingual:
    return Bilingual("{what}（{base}）", "{what} ({base})").fill(what=what, base=bases.get(base, both("?")))


def _said_ratio(above: str, below: str, questions: Questions) -> Bilingual:
    """A share where both rows have one unit, else so much per mu, or a ratio."""
    upper, lower = _title(above, questions), _title(below, questions)
    unit = unit_of(Ratio(above, below, ""), questions) or ""
    if unit == "%":
        return Bilingual("{a}占{b}的比例", "{a} as a share of {b}").fill(a=upper, b=lower)
    per = _YUAN.get(unit, "").removeprefix("/")
    form = f"{{a}} per {per} of {{b}}" if per in ("mu", "m²") else "the ratio of {a} to {b}"
    return Bilingual("{a}与{b}之比", form).fill(a=upper, b=lower)


def _said_difference(left: Value, right: Value, questions: Questions) -> Bilingual:
    """Of one thing at two times: by how much it has risen."""
    if (
        isinstance(left, Figure | Ratio)
        and isinstance(right, Figure | Ratio)
        and left != right == replace(left, base=right.base)
    ):
        form = Bilingual("{a}比{then}的增加", "the rise of {a} since the {then}")
        return form.fill(a=said_value(left, questions), then=_BASES.get(right.base, both("?")))
    return Bilingual("{a}减{b}", "{a} less {b}").fill(a=said_value(left, questions), b=said_value(right, questions))


def _said_number(number: Decimal, unit: str) -> Bilingual:
    places = _own_places(number)
    text = written(number, places)
    if unit == "%":
        return both(f"{text}%")
    english = text if unit == "级" else _english(number, places, unit, _ENGLISH.get(unit, unit))
    return Bilingual(f"{text}{unit}", english)


def _own_places(number: Decimal) -> int:
    return max(-int(number.as_tuple().exponent), 0)


def _title(row: str, questions: Questions) -> Bilingual:
    return row_name(questions[row]) if row in questions else both(row)
