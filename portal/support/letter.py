"""What an award letter says: the snapshot from which its paper is made. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from ..certificates.snapshot import Line, Snapshot
from ..kernel.bilingual import Bilingual, both
from ..kernel.measure import rounded
from .policy import Policy, Tag
from .rules import instalment_words, rate

_POLICY = Bilingual("政策", "Policy")
_DECISION = Bilingual("决定编号", "Decision")
_YEAR = Bilingual("年度", "Year")
_SUM = Bilingual("核定金额（元）", "Amount granted (yuan)")
_PROMISED = Bilingual("分期兑现安排", "Promised instalments")
_SHARES = Bilingual("{zh}（各期条件见政策）", "{en} (the policy says when)")
_ROOM = 120  # letters of title and instalments that leave the seal alone; in English twice as many
_MARK = Bilingual("说明", "Note")
_SAMPLE = Bilingual("示例政策，不是正式决定。", "A sample policy: no official decision.")
_GRANTED = Bilingual(
    "你单位关于《{title}》的申请，经审核符合条件，决定给予支持人民币{sum}元（大写：{words}）。特此告知。",
    "Your application under the policy “{title}” was reviewed and meets its conditions. "
    "Support of CNY {sum} is granted.",
)
_DESIGNATED = Bilingual(
    "你单位关于《{title}》的申请，经审核符合条件，决定予以认定。特此告知。",
    "Your application under the policy “{title}” was reviewed and meets its conditions. The designation is granted.",
)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who receives the award. The English name may be empty."""

    name: Bilingual
    credit_code: str


def letter_subject(award_id: int) -> str:
    """What the paper is about, as the papers keep it."""
    return f"award:{award_id}"


def letter_snapshot(
    policy: Policy, holder: Holder, *, amount: Decimal, year: int, decision_no: str, decided_on: date
) -> Snapshot:
    """The letter: what was decided in a sentence, then policy, decision, year, and the sample mark where it is one."""
    words, sum_ = yuan_in_words(amount), both(f"{rounded(amount, 2):,.2f}")
    lines = [
        Line(_POLICY, Bilingual(f"{policy.code} {policy.title.zh}", f"{policy.code} {policy.title.en}")),
        Line(_DECISION, both(decision_no)),
        Line(_YEAR, both(str(year))),
    ]
    if not policy.is_designation:
        lines.append(Line(_SUM, sum_))
    if policy.amount.instalments:
        lines.append(Line(_PROMISED, _promised(policy)))
    if policy.tag is Tag.SAMPLE:
        lines.append(Line(_MARK, _SAMPLE))
    said = _DESIGNATED if policy.is_designation else _GRANTED
    return Snapshot(
        holder=holder.name,
        credit_code=holder.credit_code,
        issued_on=decided_on,
        lines=tuple(lines),
        text=said.fill(title=policy.title, sum=sum_, words=words.zh),
    )


def _promised(policy: Policy) -> Bilingual:
    """The instalments; where they are said at such length that the letter would run into its seal, the shares alone."""
    words = instalment_words(policy.amount)
    if len(policy.title.zh + words.zh) <= _ROOM and len(policy.title.en + words.en) <= 2 * _ROOM:
        return words
    shares = [rate(one.value) for one in policy.amount.instalments]
    return _SHARES.fill(zh="、".join(shares), en=", ".join(shares))


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
