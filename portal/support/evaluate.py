"""Whether an enterprise meets a condition: met, not met (with the gap), unknown (what is missing), or an officer's.

Pure. Evaluation is total: it never raises, and what is not known is never “met” and never “not met”.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..kernel.bilingual import Bilingual, both
from ..kernel.word import Word
from .knowledge import Knowledge, Known, Lacking, begun_small
from .language import (
    AboveScale,
    ChainIs,
    Compare,
    Condition,
    Either,
    Every,
    Grade,
    Holds,
    InPlan,
    Listed,
    Months,
    Not,
    Officer,
    OnFile,
    Predicate,
    RoleIs,
    SizeIn,
    UnitIs,
)
from .policy import DESIGNATES
from .value_words import look_of
from .values import said_day, worth

Names = Callable[[str, str], Bilingual]


class Status(Word):
    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    OFFICER = "officer"

    @property
    def title(self) -> Bilingual:
        return _STATUS_TITLES[self]


_STATUS_TITLES = {
    Status.MET: Bilingual("满足", "met"),
    Status.NOT_MET: Bilingual("不满足", "not met"),
    Status.UNKNOWN: Bilingual("尚不清楚", "not known"),
    Status.OFFICER: Bilingual("由审核员判断", "judged by the officer"),
}
# A whole is as bad as its worst part; an alternative is as good as its best.
_WORST = (Status.NOT_MET, Status.UNKNOWN, Status.OFFICER, Status.MET)
_BEST = (Status.MET, Status.OFFICER, Status.UNKNOWN, Status.NOT_MET)
_OPPOSITE = {Status.MET: Status.NOT_MET, Status.NOT_MET: Status.MET}
_BY_OFFICER = Bilingual("提交申请后", "after submission")
_STATED = Bilingual("（含企业自报的上年数）", " (with figures of last year as stated by the enterprise)")
_ESTIMATED = Bilingual("（含按产业链比率推算的数）", " (with figures estimated from the chain’s rate)")
NO_LIST = Bilingual("名单尚未由市局导入", "The bureau has not entered this list yet")
_NO_LIST_IN_TIME = Bilingual("这一时期的名单尚未由市局导入", "The bureau has not entered a list of this period yet")
_FIGURE = Bilingual("{period}：{value}", "{period}: {value}")
_SHORT = Bilingual("{period}：{value}，还差{gap}", "{period}: {value}, {gap} short")
_OVER = Bilingual("{period}：{value}，超出{gap}", "{period}: {value}, {gap} over")
_ON_LIST = Bilingual("{day}列入", "listed on {day}")
_OFF_LIST = Bilingual("不在名单内", "not on the list")
_EARLIER = Bilingual("{day}已列入，不是本年首次", "listed on {day} already, not for the first time this year")
_CHAIN = Bilingual("所在产业链：{name}", "chain: {name}")
_NO_CHAIN = Bilingual("不在特色产业链上", "on none of the chains")
_UNIT = Bilingual("填报单元：{name}", "reports in {name}")
_FILED = Bilingual("材料已上传", "The document has been uploaded")
_NOT_FILED = Bilingual("申请时上传材料", "To be uploaded with the application")


@dataclass(frozen=True, slots=True)
class Result:
    """One condition's word: its status, and the figure, gap or lack in words. `is_final`: not met, and never to be met
    again, whatever the enterprise does: what is asked for the first time has been, or an age has passed."""

    status: Status
    detail: Bilingual
    is_final: bool = False


def judge(condition: Condition, knowledge: Knowledge, names: Names) -> Result:
    """`names` gives the titles of the enterprise's chain and unit by kind and code."""
    match condition:
        case Every(parts):
            return _of_parts([judge(part, knowledge, names) for part in parts], _WORST)
        case Either(parts):
            return _of_parts([judge(part, knowledge, names) for part in parts], _BEST)
        case Not(part):
            inner = judge(part, knowledge, names)
            is_final = inner.status is Status.MET and part == AboveScale("earlier")
            return Result(_OPPOSITE.get(inner.status, inner.status), inner.detail, is_final)
        case Compare():
            return _compare(condition, knowledge)
        case _:
            return _predicate(condition, knowledge, names)


def _of_parts(results: list[Result], order: tuple[Status, ...]) -> Result:
    status = next(status for status in order if any(r.status is status for r in results))
    decisive = [r for r in results if r.status is status]
    told = list(dict.fromkeys(r.detail for r in decisive if r.detail.zh))
    # One part that is out of reach puts a whole out of reach; an alternative is so with its last part.
    is_final = any(r.is_final for r in decisive) if order is _WORST else all(r.is_final for r in decisive)
    english = [d.en if place == 0 else begun_small(d.en) for place, d in enumerate(told)]
    return Result(status, Bilingual("；".join(d.zh for d in told), "; ".join(english)), is_final)


def _compare(condition: Compare, knowledge: Knowledge) -> Result:
    left, right = worth(condition.left, knowledge), worth(condition.right, knowledge)
    for side in (left, right):
        if isinstance(side, Lacking):
            return Result(Status.UNKNOWN, side.reason)
    assert isinstance(left, Known)
    assert isinstance(right, Known)
    is_met = _holds(left.value, condition.operator, right.value)
    look, period = (
        look_of(condition.left, condition.right, knowledge.questions),
        left.period if left.period.zh else right.period,
    )
    value = look.say(left.value)
    if is_met or condition.operator == "=" or left.value == right.value:  # “above 0” is missed by nothing at all
        words = _FIGURE.fill(period=period, value=value)
    else:
        form = _SHORT if condition.operator.startswith(">") else _OVER
        words = form.fill(period=period, value=value, gap=look.gap(abs(right.value - left.value)))
    for said, is_so in (
        (_STATED, left.is_stated or right.is_stated),
        (_ESTIMATED, left.is_estimated or right.is_estimated),
    ):
        words = Bilingual(words.zh + said.zh, words.en + said.en) if is_so else words
    is_final = not is_met and isinstance(condition.left, Months) and condition.operator.startswith("<")
    return Result(Status.MET if is_met else Status.NOT_MET, words, is_final)


def _holds(left: Decimal, operator: str, right: Decimal) -> bool:
    return {
        ">=": left >= right,
        "<=": left <= right,
        ">": left > right,
        "<": left < right,
        "=": left == right,
    }[operator]


def _said(is_met: bool, detail: Bilingual) -> Result:
    return Result(Status.MET if is_met else Status.NOT_MET, detail)


def _predicate(predicate: Predicate, knowledge: Knowledge, names: Names) -> Result:
    match predicate:
        case InPlan():
            return _said(knowledge.chain in knowledge.chains, _chain(knowledge, names))
        case ChainIs(code):
            return _said(knowledge.chain == code, _chain(knowledge, names))
        case UnitIs(code):
            return _said(knowledge.unit == code, _UNIT.fill(name=names("unit", knowledge.unit)))
        case SizeIn(sizes):
            return _said(knowledge.size in sizes, SIZE_NAMES.get(knowledge.size, both(knowledge.size)))
        case RoleIs(role):
            return _said(knowledge.role == role, ROLE_NAMES.get(knowledge.role, both(knowledge.role)))
        case AboveScale(on):
            return _above_scale(on, knowledge)
        case Grade(letters):
            return _grade(letters, knowledge)
        case Holds(name, is_first):
            return _designation(name, is_first, knowledge)
        case Listed(name, years):
            return _listed(name, years, knowledge)
        case OnFile(kind):
            is_there = kind in knowledge.documents
            return Result(Status.MET, _FILED) if is_there else Result(Status.OFFICER, _NOT_FILED)
        case Officer():
            return Result(Status.OFFICER, _BY_OFFICER)


SIZE_NAMES = {
    "L": Bilingual("大型", "large"),
    "M": Bilingual("中型", "medium"),
    "S": Bilingual("小型", "small"),
    "X": Bilingual("微型", "micro"),
}
ROLE_NAMES = {
    **DESIGNATES,
    "none": Bilingual("未认定", "not designated"),
}
_ABOVE = Bilingual("规模以上", "above-scale")
_BELOW = Bilingual("规模以下", "below-scale")
_ONCE_ABOVE = Bilingual("往年曾为规模以上", "above-scale in an earlier year")
_NEVER_ABOVE = Bilingual("往年未曾为规模以上", "not above-scale in any earlier year")


def _chain(knowledge: Knowledge, names: Names) -> Bilingual:
    """By name; the code of none is no chain."""
    return _NO_CHAIN if knowledge.chain == "00" else _CHAIN.fill(name=names("chain", knowledge.chain))


def _grade(letters: tuple[str, ...], knowledge: Knowledge) -> Result:
    found = [e for e in knowledge.entries_of("evaluation-class") if e.dated_on.year == knowledge.year - 1]
    if not found:
        return Result(Status.UNKNOWN, NO_LIST)
    return _said(found[-1].value in letters, both(found[-1].value))


def _above_scale(on: str, knowledge: Knowledge) -> Result:
    if on == "earlier":
        return _said(knowledge.was_ever_above_scale, _ONCE_ABOVE if knowledge.was_ever_above_scale else _NEVER_ABOVE)
    is_on = knowledge.is_above_scale if on == "today" else knowledge.was_above_scale
    return _said(is_on, _ABOVE if is_on else _BELOW)


def _designation(name: str, is_first: bool, knowledge: Knowledge) -> Result:
    found = knowledge.entries_of(name)
    earlier = [e.dated_on for e in knowledge.entries if e.list == name and e.dated_on.year < knowledge.year]
    if is_first and earlier:  # one that has ended counts too
        return Result(Status.NOT_MET, _EARLIER.fill(day=said_day(min(earlier))), is_final=True)
    if not found:
        return Result(Status.NOT_MET, _OFF_LIST) if knowledge.has_list(name) else Result(Status.UNKNOWN, NO_LIST)
    return Result(Status.MET, _ON_LIST.fill(day=said_day(found[-1].dated_on)))


def _listed(name: str, years: int, knowledge: Knowledge) -> Result:
    """Only editions of the span say anything about it: last year's list knows nothing of this year."""
    since = years_before(knowledge.day, years) if years else date(knowledge.year, 1, 1)
    found = [e for e in knowledge.entries if e.list == name and since <= e.dated_on <= knowledge.day]
    if found:
        return Result(Status.MET, _ON_LIST.fill(day=said_day(max(e.dated_on for e in found))))
    is_entered = any(since <= day <= knowledge.day for day in knowledge.editions.get(name, ()))
    return Result(Status.NOT_MET, _OFF_LIST) if is_entered else Result(Status.UNKNOWN, _NO_LIST_IN_TIME)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    year = max(day.year - years, 1)
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    return years_before(day, -years)
