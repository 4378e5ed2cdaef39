"""What an award letter says, as plain content: whoever issues it stores this snapshot. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.measure import plain, rounded
from .policy import Policy, Tag

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who receives the award."""

    name: str
    credit_code: str


def letter_snapshot(
    policy: Policy, holder: Holder, *, amount: Decimal, year: int, decision_no: str, decided_on: date
) -> dict[str, Any]:
    """The letter's content: policy, holder, amount in figures and words, year, decision, date, and the sample mark."""
    words = yuan_in_words(amount)
    return {
        "policy_code": policy.code,
        "policy_zh": policy.title.zh,
        "policy_en": policy.title.en,
        "holder": holder.name,
        "credit_code": holder.credit_code,
        "is_designation": policy.is_designation,
        "amount_yuan": plain(rounded(amount, 2)),
        "amount_words_zh": words.zh,
        "amount_words_en": words.en,
        "year": year,
        "decision_no": decision_no,
        "decided_on": decided_on.isoformat(),
        "is_sample": policy.tag is Tag.SAMPLE,
    }


def yuan_in_words(amount: Decimal) -> Bilingual:
    """The amount as cheques write it (壹佰贰拾万元整), and in English figures. Raises ValueError below zero."""
    exact = rounded(amount, 2)
    if exact < 0 or exact >= Decimal(10) ** 16:
        raise ValueError("no amount for a letter")
    whole = int(exact.to_integral_value(ROUND_DOWN))
    jiao, fen = divmod(int((exact - whole) * 100), 10)
    text = f"{_integer(whole)}元" if whole or not (jiao or fen) else ""
    if not (jiao or fen):
        text += "整"
    else:
        text += f"{_DIGITS[jiao]}角" if jiao else ("零" if whole else "")
        text += f"{_DIGITS[fen]}分" if fen else "整"
    return Bilingual(text, f"{exact:,.2f} yuan")


def _integer(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += _DIGITS[0]
        text += _group(group) + _GROUPS[place]
        gap = False
    return text


def _group(number: int) -> str:
    """Up to four digits; a zero between digits is said once."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
