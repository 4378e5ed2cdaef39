"""Whether an amount rule can be reckoned, and its dates told, as they stand. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from ..kernel.bilingual import Bilingual
from ..questionnaire.question import Question
from .policy import AMOUNT_KINDS, DESIGNATES, RATES, Tag

_LEVELS = frozenset("123456789")
Fault = tuple[str, str, Bilingual]
_NOT_MONEY = Bilingual(
    "金额写作不小于0的数，最多两位小数；比例不超过100%，写成百分数时最多两位小数。",
    "An amount is a number of at least 0 with two places at most; a rate is at most 100% with two places at most.",
)
_NO_VALUE = Bilingual("缺少金额或比例。", "The amount or rate is missing.")
_NO_CAP = Bilingual("按比例给予的须有上限。", "What is given as a share needs a cap.")
_NO_STEPS = Bilingual("缺少档次。", "The steps are missing.")
_NO_BASIS = Bilingual(
    "缺少计算基数的说明，两种语言都要写。", "Say what the amount is reckoned from, in both languages."
)
_NO_UNIT = Bilingual("缺少计量单位，两种语言都要写。", "Say what unit is counted, in both languages.")
_PARTS = Bilingual(
    "各期比例须大于0，合计须为100%，两种语言都要写明何时。",
    "Every share is above 0, together they are 100 per cent, and when it comes is said in both languages.",
)
_NO_MONEY = Bilingual("资格认定不涉及资金。", "A designation gives no money.")
_ONLY_DESIGNATION = Bilingual(
    "只有“资格认定，不涉及资金”才写认定为什么。", "Only “Designation, no money” says what is designated."
)
_MOST_YEARS = 20
_YEARS = Bilingual(
    "有效期写1至20年，并写明认定为什么；没有期限的留空。",
    "A designation lasts 1 to 20 years, and says as what; leave it empty where it has no end.",
)
_NO_LEVEL = Bilingual("数字化水平写1至9的整数：{key}", "A digital level is a whole number from 1 to 9: {key}")
CHOOSE = Bilingual("请选择一项。", "Choose one.")
DAY = Bilingual("日期写作“年-月-日”。", "Write a day as year-month-day.")
_PAST_OPEN = Bilingual("往年政策不得受理申请。", "A past policy takes no applications.")
_ENDS_FIRST = Bilingual("截止早于开始。", "It ends before it begins.")
_BOTH_ENDS = Bilingual("开始和截止都要写。", "Say both when it begins and when it ends.")
_NO_DAYS = Bilingual("须写明受理和办理的工作日。", "Say the working days of both steps.")


class Classed(Protocol):
    """What is asked of a list: the classes that its entries may have."""

    @property
    def classes(self) -> Collection[str]: ...


Lists = Mapping[str, Classed]


def unknown(zh: str, en: str, code: str) -> Bilingual:
    return Bilingual("没有这个{zh}：{code}", "There is no such {en}: {code}").fill(zh=zh, en=en, code=code)


def is_day(text: object) -> bool:
    """Whether it is written 2026-03-01 and is a day of these centuries."""
    try:
        return isinstance(text, str) and len(text) == 10 and 2000 <= date.fromisoformat(text).year <= 2199
    except ValueError:
        return False


def date_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """L08: days that are none, spans the wrong way round, promises that are missing."""
    days: dict[str, date | None] = {}
    for name in ("accept_from", "accept_until", "valid_from", "valid_until"):
        days[name] = date.fromisoformat(raw[name]) if is_day(raw.get(name)) else None
        if name in raw and days[name] is None:
            yield "L08", name, DAY
    for first, last in (("accept_from", "accept_until"), ("valid_from", "valid_until")):
        opens, closes = days[first], days[last]
        if opens and closes and closes < opens:
            yield "L08", last, _ENDS_FIRST
        if (first in raw) != (last in raw):
            yield "L08", last if first in raw else first, _BOTH_ENDS
    if raw.get("tag") == Tag.PAST.value and (days["accept_from"] or days["accept_until"]):
        yield "L08", "accept_from", _PAST_OPEN
    for name in ("accept_days", "handle_days"):
        if days["accept_from"] and not raw.get(name, 0) > 0:
            yield "L08", name, _NO_DAYS


def amount_faults(raw: Mapping[str, Any], questions: Mapping[str, Question], lists: Lists) -> Iterator[Fault]:
    """L09, and L02 for the row of an increase. The field is `amount` with the part at fault."""
    amount = raw.get("amount", {})
    kind = str(amount.get("kind", ""))
    if kind not in AMOUNT_KINDS:
        yield "L09", "amount kind", unknown("金额规则", "amount rule", kind) if kind else CHOOSE
        return
    yield from _numbers(raw, amount, kind)
    if kind in ("fixed", "share", "per-unit", "increase") and "value" not in amount:
        yield "L09", "amount value", _NO_VALUE
    if kind in RATES and "cap" not in amount:
        yield "L09", "amount cap", _NO_CAP
    if kind in ("share", "per-unit", "tiers", "increase"):
        yield from _in_words(amount, "basis", _NO_BASIS)
    if kind in ("share", "per-unit", "tiers"):
        yield from _in_words(amount, "basis_unit", _NO_UNIT)
    if kind == "increase" and amount.get("row") not in questions:
        yield "L02", "amount row", unknown("指标", "row", str(amount.get("row", "")))
    if kind in ("tiers", "by-list", "by-class"):
        yield from _steps(amount, kind, lists)
    yield from _keys(amount.get("or_list", ()), "or_list", lists)
    yield from _instalments(amount.get("instalments", ()))
    yield from _designation(amount, kind)
    if kind == "none" and ("or_list" in amount or "instalments" in amount):
        yield "L09", "amount kind", _NO_MONEY


def _designation(amount: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    """What the register is to know stands at a designation alone, and how long only where it says what."""
    named = str(amount.get("designates", ""))
    if named and named not in DESIGNATES:
        yield "L05", "amount designates", unknown("认定", "designation", named)
    if named and kind != "none":
        yield "L09", "amount designates", _ONLY_DESIGNATION
    if "years" in amount and not (named and 0 < amount["years"] <= _MOST_YEARS):
        yield "L09", "amount years", _YEARS


def _instalments(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    shares = [_number(row.get("value"), places=4) for row in rows]
    is_whole = all(0 < share <= 1 for share in shares) and sum(shares) == 1
    if rows and not (is_whole and all(row.get("title_zh") and row.get("title_en") for row in rows)):
        yield "L09", "amount instalments", _PARTS


def _in_words(amount: Mapping[str, Any], name: str, message: Bilingual) -> Iterator[Fault]:
    for language in ("zh", "en"):
        if not amount.get(f"{name}_{language}"):
            yield "L09", f"amount {name}_{language}", message


def _numbers(raw: Mapping[str, Any], amount: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    if "value" in amount and not (_is_rate if kind in RATES else _is_money)(amount["value"]):
        yield "L09", "amount value", _NOT_MONEY
    if "cap" in amount and not _is_money(amount["cap"]):
        yield "L09", "amount cap", _NOT_MONEY
    if "annual_cap" in raw and not _is_money(raw["annual_cap"]):
        yield "L09", "annual_cap", _NOT_MONEY
    if any(not (_is_rate if kind == "tiers" else _is_money)(step.get("value")) for step in amount.get("steps", ())):
        yield "L09", "amount steps", _NOT_MONEY
    if any(not _is_money(step.get("value")) for step in amount.get("or_list", ())):
        yield "L09", "amount or_list", _NOT_MONEY


def _keys(steps: Sequence[Mapping[str, Any]], field: str, lists: Lists) -> Iterator[Fault]:
    """Each names a list, with a class of it where it has some and only one of them counts."""
    for key in (str(step.get("key", "")) for step in steps):
        name, colon, value = key.partition(":")
        if name not in lists or (colon and value not in lists[name].classes):
            yield "L04", f"amount {field}", unknown("名单", "list", key)


def _steps(amount: Mapping[str, Any], kind: str, lists: Lists) -> Iterator[Fault]:
    """Levels and classes need the list they are read from; the steps of `by-list` name a list each."""
    steps = amount.get("steps", ())
    if not steps:
        yield "L09", "amount steps", _NO_STEPS
    source = {"tiers": f"digital-{amount.get('edition', '')}", "by-class": f"first-set-{amount.get('edition', '')}"}
    if kind in source and source[kind] not in lists:
        yield "L04", "amount edition", unknown("名单", "list", source[kind])
    if kind == "by-list":
        yield from _keys(steps, "steps", lists)
    for key in (str(step.get("key", "")) for step in steps):
        if kind == "tiers" and key not in _LEVELS:
            yield "L09", "amount steps", _NO_LEVEL.fill(key=key)


def _is_money(text: object) -> bool:
    return _number(text, places=2) < Decimal(10) ** 12


def _is_rate(text: object) -> bool:
    return _number(text, places=4) <= 1


def _number(text: object, places: int) -> Decimal:
    """The number, or one that is too great for anything where it is none, below 0 or finer than `places`."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return Decimal("Infinity")
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 12 or number != round(number, places):
        return Decimal("Infinity")
    return number
