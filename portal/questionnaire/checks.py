"""The registry of checks and how they are run. Rules name them; none knows an indicator. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from .look import Absent, Hit, Look, number, percent, signed, times
from .question import ANNUAL

Run = Callable[[Look], Iterator[Hit]]
Judge = Callable[[Look, str], Hit | None]
LAST_YEAR = Bilingual("去年同期", "the same quarter last year")
PREVIOUS = Bilingual("上季度", "the previous quarter")
APPROACHES = {
    "production": Bilingual("生产法", "production approach"),
    "income": Bilingual("收入法", "income approach"),
}
SLIPS = tuple(Decimal(n) for n in (10, 100, 1000))
SLIP_LOW, SLIP_HIGH, SLIP_NEAR = Decimal(5000), Decimal(20000), Decimal("0.02")


def each(*judges: Judge) -> Run:
    """A check made of judgements on single rows: an absent value silences its row only, and a row's reason is tied to
    the figures read for that row."""

    def run(look: Look) -> Iterator[Hit]:
        for code in look.rows():
            for judge in judges:
                look.read.clear()
                try:
                    hit = judge(look, code)
                except Absent:
                    continue
                if hit is not None:
                    hit.read = look.texts()
                    yield hit

    return run


def _negative(look: Look, code: str) -> Hit | None:
    if (value := look.value(code)) >= 0:
        return None
    said = {"row": look.title(code), "value": look.said(code, value)}
    return Hit(code, said, is_fatal=look.is_year_below(code, Decimal(0)))


def at_most(look: Look) -> Iterator[Hit]:
    left, right = look.option("left"), look.option("right")
    value, other = look.value(left), look.value(right)
    if value > other:
        is_fatal = look.is_year_above(left, look.document.ytd(right))
        yield Hit(left, look.pair(left, value, right, other), is_fatal=is_fatal)


def sum_equals(look: Look) -> Iterator[Hit]:
    total = look.option("total")
    value = look.value(total)
    parts = [look.value(code) for code in look.option("plus")]
    expected = sum(parts, Decimal(0)) - sum((look.value(code) for code in look.option("minus", ())), Decimal(0))
    if abs(value - expected) > look.number("tolerance"):
        said = {"row": look.title(total), "value": look.said(total, value), "expected": look.said(total, expected)}
        yield Hit(total, said)


def required(look: Look) -> Iterator[Hit]:
    for question in look.edition.required_of(look.document.respondent_class, look.document.quarter):
        if look.document.answer(question.code).state == "empty":
            yield Hit(question.code, {"row": look.title(question.code)})


def bounds(look: Look) -> Iterator[Hit]:
    for code, answer in look.document.answers.items():
        question, value = look.edition.by_code[code], answer.value
        if value is None or question.lowest <= value <= question.highest or question.formula is not None:
            continue
        if value < question.lowest and code in look.option("low_elsewhere", ()):
            continue
        look.value(code)
        low, high = look.said(code, question.lowest), look.said(code, question.highest)
        too_much = value > question.highest or value < -question.highest
        said = {"row": look.title(code), "value": look.said(code, value), "low": low, "high": high}
        yield Hit(code, said, is_fatal=too_much or look.is_year_below(code, question.lowest))


def whole(look: Look) -> Iterator[Hit]:
    for code, answer in look.document.answers.items():
        value = answer.value
        if value is not None and look.edition.by_code[code].places == 0 and value != value.to_integral_value():
            yield Hit(code, {"row": look.title(code), "value": f"{value.normalize():f}"})


def _grown_on_year(look: Look, code: str) -> Hit | None:
    return _grown(look, code, LAST_YEAR)


def _grown_on_quarter(look: Look, code: str) -> Hit | None:
    return _grown(look, code, PREVIOUS)


def _grown(look: Look, code: str, basis: Bilingual) -> Hit | None:
    value = look.value(code)
    past = look.last_year(code) if basis is LAST_YEAR else look.previous(code)
    if past < look.number("base_money" if look.edition.by_code[code].is_money else "base_other"):
        return None
    share = (value - past) / past
    if basis is LAST_YEAR:
        fires = share > look.number("year_up") or share < -look.number("year_down")
    else:
        fires = value > past * look.number("times") or value * look.number("times") < past
    return Hit(code, look.change(code, value, past) | {"past_title": basis, "change": signed(share)}) if fires else None


def _slipped(look: Look, code: str) -> Hit | None:
    value, past = look.value(code), look.previous(code)
    if value <= 0 or past <= 0:
        return None
    factor = value / past
    larger = factor if factor >= 1 else 1 / factor
    near = any(abs(larger / slip_ - 1) <= SLIP_NEAR for slip_ in SLIPS)
    if not near and not SLIP_LOW <= larger <= SLIP_HIGH:
        return None
    return Hit(code, {**look.change(code, value, past), "times": times(factor)})


def zero_while(look: Look) -> Iterator[Hit]:
    if not look.option("together"):
        yield from each(_still_zero)(look)
        return
    rows = list(look.rows())
    if rows and look.document.value(rows[0]) is not None and all(look.value(code) == 0 for code in rows):
        hit = _while_any(look, rows[0])
        if hit is not None:
            yield hit


def _still_zero(look: Look, code: str) -> Hit | None:
    return _while_any(look, code) if look.value(code) == 0 else None


def _while_any(look: Look, code: str) -> Hit | None:
    for other in look.option("while_any"):
        value = look.document.value(other)
        if value is not None and value > 0:
            return Hit(code, look.pair(code, look.value(code), other, look.value(other)))
    return None


def ratio_outside(look: Look) -> Iterator[Hit]:
    top, bottom = look.option("top"), look.option("bottom")
    value, other = look.value(top), look.value(bottom)
    if other > 0 and not look.number("low") <= value / other <= look.number("high"):
        words = {"percent": percent(value / other), "ratio": number(value / other)}
        yield Hit(top, {**look.pair(top, value, bottom, other), **words})


def yearly_ratio_outside(look: Look) -> Iterator[Hit]:
    top, bottom = look.option("top"), look.option("bottom")
    value, other = look.value(top), look.value(bottom)
    if other > 0 and not look.number("low") <= value * 4 / other <= look.number("high"):
        yield Hit(top, {**look.pair(top, value, bottom, other), "ratio": number(value * 4 / other)})


def sign_change(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, past = look.value(code), look.previous(code)
    if value * past < 0:
        yield Hit(code, look.change(code, value, past))


def _large_share(look: Look, code: str) -> Hit | None:
    if look.document.quarter.number in look.option("except_quarters", ()):
        return None
    of, over_year = look.option("of"), look.option("of_year_to_date", False)
    value = look.value(code)
    # An annual row is held against the year, whatever the rule says of quarters.
    other = look.ytd(of) if over_year or look.edition.by_code[code].kind == ANNUAL else look.value(of)
    if value <= 0 or (over_year and other <= 0) or value <= other * look.number("share"):
        return None
    return Hit(code, look.pair(code, value, of, other))


def approach_changed(look: Look) -> Iterator[Hit]:
    sheet, past = look.document.worksheet, look.context.past.approach
    if sheet is not None and sheet.approach in APPROACHES and past in APPROACHES and sheet.approach != past:
        code = look.option("row")
        look.read["approach"] = f"{past}>{sheet.approach}"
        yield Hit(code, {"row": look.title(code), "value": APPROACHES[sheet.approach], "past": APPROACHES[past]})


def positive_while_zero(look: Look) -> Iterator[Hit]:
    code, zero = look.option("row"), look.option("zero")
    value, other = look.value(code), look.value(zero)
    if value > 0 and other == 0:
        yield Hit(code, look.pair(code, value, zero, other))


def energy_balance(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value = look.value(code)
    factors = look.option("factors")
    parts = [look.value(row) * Decimal(f) for row, f in factors.items() if row in look.document.answers]
    expected = sum(parts, Decimal(0))
    is_known = any(look.document.answer(row).is_answered for row in factors)
    if value > 0 and is_known and abs(value - expected) > value * look.number("share"):
        said = {"row": look.title(code), "value": look.said(code, value), "expected": look.said(code, expected)}
        yield Hit(code, said)


def zero_after(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, past = look.value(code), look.last_year(code)
    if value == 0 and past > 0:
        yield Hit(code, look.change(code, value, past))


def differs_from_sum(look: Look) -> Iterator[Hit]:
    code, of = look.option("row"), look.option("of")
    value, other = look.value(code), look.ytd(of)
    if other > 0 and abs(value - other) > other * look.number("share"):
        yield Hit(code, look.pair(code, value, of, other))


def fall(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, past = look.value(code), look.previous(code)
    if past > 0 and (past - value) > past * look.number("share"):
        yield Hit(code, {**look.change(code, value, past), "change": percent((past - value) / past)})


def change_over(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, past = look.value(code), look.previous(code)
    if abs(value - past) > abs(past) * look.number("share"):
        yield Hit(code, look.change(code, value, past))


def above(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, limit = look.value(code), look.number("limit")
    if value > limit:
        yield Hit(code, {"row": look.title(code), "value": look.said(code, value), "limit": look.said(code, limit)})


def series_differs(look: Look) -> Iterator[Hit]:
    code = look.option("row")
    value, past = look.value(code), look.series(look.option("series"), code)
    if past > 0 and abs(value - past) > past * look.number("share"):
        yield Hit(code, look.change(code, value, past))


@dataclass(frozen=True, slots=True)
class Check:
    """A check with the parameters a rule gives it (`rows` ones name questions) and the places its sentence may use."""

    run: Run
    rows: frozenset[str]
    values: frozenset[str]
    optional: frozenset[str]
    places: frozenset[str]


def _check(run: Run, rows: str, values: str = "", optional: str = "", places: str = "row value") -> Check:
    words = (frozenset(text.split()) for text in (rows, values, optional, places))
    return Check(run, *words)


_PAIR, _PAST = "row value other_row other", "row value past"
CHECKS: dict[str, Check] = {
    "not_negative": _check(each(_negative), "rows"),
    "at_most": _check(at_most, "left right", places=_PAIR),
    "sum_equals": _check(sum_equals, "total plus", "tolerance", "minus", "row value expected"),
    "required": _check(required, "", places="row"),
    "bounds": _check(bounds, "", "", "low_elsewhere", places="row value low high"),
    "whole": _check(whole, ""),
    "growth": _check(
        each(_grown_on_year, _grown_on_quarter),
        "rows",
        "year_up year_down times base_money base_other",
        places=f"{_PAST} past_title change",
    ),
    "slip": _check(each(_slipped), "rows", places=f"{_PAST} times"),
    "zero_while": _check(zero_while, "rows while_any", "", "together", _PAIR),
    "ratio_outside": _check(ratio_outside, "top bottom", "low high", places=f"{_PAIR} percent ratio"),
    "yearly_ratio_outside": _check(yearly_ratio_outside, "top bottom", "low high", places=f"{_PAIR} ratio"),
    "sign_change": _check(sign_change, "row", places=_PAST),
    "share_above": _check(each(_large_share), "rows of", "share", "of_year_to_date except_quarters", _PAIR),
    "approach_changed": _check(approach_changed, "row", places=_PAST),
    "positive_while_zero": _check(positive_while_zero, "row zero", places=_PAIR),
    "energy_balance": _check(energy_balance, "row factors", "share", places="row value expected"),
    "zero_after": _check(zero_after, "row", places=_PAST),
    "differs_from_sum": _check(differs_from_sum, "row of", "share", places=_PAIR),
    "fall": _check(fall, "row", "share", places=f"{_PAST} change"),
    "change_over": _check(change_over, "row", "share", places=_PAST),
    "above": _check(above, "row", "limit", places="row value limit"),
    "series_differs": _check(series_differs, "row series", "share", places=_PAST),
}
