"""What counts as a risk, from which bound on, and in which order: every rule of the list, over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.clock import day_in_words
from ..kernel.measure import divided, percent, signed_percent
from ..kernel.word import Word

SMALLEST_PANEL = 3
FALL, DEEP_FALL = Decimal("-0.02"), Decimal("-0.1")
IN_TIME, FAR_BEHIND = Decimal("0.9"), Decimal("0.6")
LEANS, RESTS = Decimal("0.5"), Decimal("0.75")
HALF_MISSING = Decimal("0.5")
LONG_LATE = timedelta(days=7)
FAR_FROM_TARGET = Decimal("0.1")
NAMED = 3
_NOTHING = Decimal(0)


class Severity(Word):
    HIGH = "high"
    MEDIUM = "medium"

    @property
    def title(self) -> Bilingual:
        return _SEVERITY_TITLES[self]


_SEVERITY_TITLES = {Severity.HIGH: Bilingual("高", "High"), Severity.MEDIUM: Bilingual("中", "Medium")}


class RiskKind(Word):
    """In the order in which equal harm is listed."""

    FALL = "fall"
    RESPONSE = "response"
    DEPENDENCE = "dependence"
    MISSING = "missing"
    TARGET = "target"
    REVIEW = "review"

    @property
    def rule(self) -> Bilingual:
        return _RULES[self]


_RULES = {
    RiskKind.FALL: Bilingual(
        "产值下降：年初累计可比企业产值同比下降{fall}及以上，且每个季度至少{panel}家可比企业；下降{deep}及以上为高。",
        "Falling output: like for like, the year to date is {fall} or more below the year before, with at least "
        "{panel} enterprises in each quarter; high from {deep}.",
    ).fill(fall=percent(-FALL, 0), deep=percent(-DEEP_FALL, 0), panel=SMALLEST_PANEL),
    RiskKind.RESPONSE: Bilingual(
        "填报未到位：截止日已过、尚未确认锁定，按权重审核通过不足{bound}；不足{far}为高。",
        "Quarter not in: after its deadline and before it is accepted, less than {bound} by weight is approved; high "
        "below {far}.",
    ).fill(bound=percent(IN_TIME, 0), far=percent(FAR_BEHIND, 0)),
    RiskKind.DEPENDENCE: Bilingual(
        "依赖单一企业：一家企业至少占全链规模以上产值的{bound}；{far}及以上为高。",
        "One enterprise: it makes at least {bound} of the chain’s above-scale output; high from {far}.",
    ).fill(bound=percent(LEANS, 0), far=percent(RESTS, 0)),
    RiskKind.MISSING: Bilingual(
        "缺环：目录中的环节今天没有本地登记企业；一半及以上环节缺失为高。",
        "Missing links: a segment of the plan has no registered enterprise today; high where half or more are missing.",
    ),
    RiskKind.TARGET: Bilingual(
        "目标未达进度：本平台汇总数低于目标或时间进度，差{far}及以上为高；累计类目标在季度审核通过{bound}后才判断。",
        "Targets: the portal’s own sum is below the target or its pace; high from {far} of the target. Targets that "
        "add up over the year are judged once {bound} of the quarter is approved.",
    ).fill(far=percent(FAR_FROM_TARGET, 0), bound=percent(IN_TIME, 0)),
    RiskKind.REVIEW: Bilingual(
        "审核超期：有填报超过应审结日仍未决定；最早一份超过{days}天为高。",
        "Late reviews: filings wait past the day they were to be decided; high where one is over {days} days late.",
    ).fill(days=LONG_LATE.days),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """One line of the list. `code` is the unit, chain or target it is about; `harm` is the share of the output (of a
    target: of the target; of reviews: of the filings) that is at stake, by which equals in severity are ordered."""

    kind: RiskKind
    severity: Severity
    by: str  # cluster, chain, unit or target
    code: str
    harm: Decimal
    title: Bilingual
    said: Bilingual


def ranked(risks: Iterable[Risk | None]) -> tuple[Risk, ...]:
    """What is there, the gravest first; the same risks always in the same order."""
    kinds = list(RiskKind)
    return tuple(
        sorted(
            (risk for risk in risks if risk is not None),
            key=lambda r: (r.severity is not Severity.HIGH, -r.harm, kinds.index(r.kind), r.by, r.code),
        )
    )


def leading(risks: Sequence[Risk]) -> tuple[tuple[Risk, ...], tuple[Risk, ...]]:
    """The gravest of each kind, and the rest: one kind with many lines hides none of the others."""
    first = {risk.kind: risk for risk in reversed(risks)}
    return tuple(r for r in risks if first[r.kind] is r), tuple(r for r in risks if first[r.kind] is not r)


def _graded(is_high: bool) -> Severity:
    return Severity.HIGH if is_high else Severity.MEDIUM


def fall(
    by: str, code: str, name: Bilingual, period: Bilingual, rate: Decimal, panel: int, share: Decimal
) -> Risk | None:
    """`rate` is like for like over `panel` enterprises; `share` the part of the reader's whole output."""
    if rate > FALL or panel < SMALLEST_PANEL:
        return None
    said = _FELL.fill(period=period, rate=signed_percent(rate), panel=panel, bound=signed_percent(FALL, 0))
    return Risk(RiskKind.FALL, _graded(rate <= DEEP_FALL), by, code, -rate * share, _FALLS.fill(name=name), said)


_FALLS = Bilingual("{name}：产值同比下降", "{name}: output is falling")
_FELL = Bilingual(
    "{period}可比企业产值{rate}（每季度至少{panel}家）；提示线{bound}。",
    "{period}, like for like: {rate} (at least {panel} enterprises in each quarter); flagged from {bound}.",
)


def response_gap(
    by: str,
    code: str,
    name: Bilingual,
    quarter: Bilingual,
    due_on: date,
    counts: tuple[int, int],
    share: Decimal | None,
) -> Risk | None:
    """`counts` are (approved, due) of a quarter whose deadline has passed; `share` the part approved by weight."""
    approved, due = counts
    if not due or share is None or share >= IN_TIME:
        return None
    values = {"quarter": quarter, "day": day_in_words(due_on), "due": due, "approved": approved}
    said = _NOT_IN.fill(share=percent(share), bound=percent(IN_TIME, 0), **values)
    title = _BEHIND.fill(name=name)
    return Risk(RiskKind.RESPONSE, _graded(share < FAR_BEHIND), by, code, 1 - share, title, said)


_BEHIND = Bilingual("{name}：季度填报未到位", "{name}: the quarter is not in")
_NOT_IN = Bilingual(
    "{quarter}已于{day}截止，应报{due}家，审核通过{approved}家，按权重{share}；提示线{bound}。",
    "{quarter} was due on {day}: {approved} of {due} filings approved, {share} by weight; flagged below {bound}.",
)


def dependence(
    code: str, name: Bilingual, quarter: Bilingual, largest: Decimal, total: Decimal, share: Decimal
) -> Risk | None:
    """`largest` is what one enterprise makes at least, of the chain's `total`."""
    part = divided(largest, total)
    if part is None or total <= 0 or part < LEANS:
        return None
    said = _LEANING.fill(quarter=quarter, part=percent(min(part, Decimal(1)), 0), bound=percent(LEANS, 0))
    title = _ONE.fill(name=name)
    return Risk(RiskKind.DEPENDENCE, _graded(part >= RESTS), "chain", code, part * share, title, said)


_ONE = Bilingual("{name}：依赖单一企业", "{name}: rests on one enterprise")
_LEANING = Bilingual(
    "{quarter}规模以上产值至少{part}来自同一家企业；提示线{bound}。",
    "At least {part} of its above-scale output in {quarter} comes from one enterprise; flagged from {bound}.",
)


def missing_links(
    code: str, name: Bilingual, day: date, segments: Sequence[tuple[Bilingual, int]], share: Decimal
) -> Risk | None:
    """`segments` are the chain's named ones with the enterprises registered on each today: none, one or more."""
    gone = [title for title, number in segments if number == 0]
    if not gone:
        return None
    part = divided(Decimal(len(gone)), Decimal(len(segments))) or _NOTHING
    alone = sum(number == 1 for _, number in segments)
    values = {"day": day_in_words(day), "of": len(segments), "gone": len(gone), "alone": alone}
    said = (_GONE_ALONE if alone else _GONE).fill(names=_named(gone), **values)
    title = _LINKS.fill(name=name, number=len(gone))
    return Risk(RiskKind.MISSING, _graded(part >= HALF_MISSING), "chain", code, part * share, title, said)


_LINKS = Bilingual("{name}：缺环{number}个", "{name}: {number} missing of its links")
_GONE = Bilingual(
    "{day}：{of}个环节中{gone}个没有本地登记企业（{names}）；提示线1个。",
    "On {day}, {gone} of {of} segments have no registered enterprise ({names}); flagged from 1.",
)
_GONE_ALONE = Bilingual(
    "{day}：{of}个环节中{gone}个没有本地登记企业（{names}），另有{alone}个只有1家；提示线1个。",
    "On {day}, {gone} of {of} segments have no registered enterprise ({names}) and {alone} more have one only; flagged "
    "from 1.",
)
_MORE = Bilingual("{names}等", "{names} and {more} more")


def _named(titles: Sequence[Bilingual]) -> Bilingual:
    shown = titles[:NAMED]
    names = Bilingual("；".join(title.zh for title in shown), "; ".join(title.en for title in shown))
    return names if len(titles) <= NAMED else _MORE.fill(names=names, more=len(titles) - NAMED)


def target_gap(code: str, name: Bilingual, period: Bilingual, sums: tuple[Bilingual, Bilingual], gap: Decimal) -> Risk:
    """`sums` are the portal's own sum and the target, with their units; `gap` what is missing of the pace by now, as a
    share of the target. That it is behind the caller knows by the target's own verdict."""
    said = _AT.fill(period=period, value=sums[0], target=sums[1], gap=percent(gap))
    return Risk(RiskKind.TARGET, _graded(gap >= FAR_FROM_TARGET), "target", code, gap, _SHORT.fill(name=name), said)


_SHORT = Bilingual("{name}：未达目标进度", "{name}: behind its target")
_AT = Bilingual(
    "{period}，本平台汇总{value}，目标{target}，差目标的{gap}；提示线为落后于进度。",
    "{period}: {value} by this portal’s own sum, {gap} short of the target of {target}; flagged when behind pace.",
)


def late_reviews(code: str, name: Bilingual, day: date, late: int, oldest: date, part: Decimal) -> Risk | None:
    """`late` filings of a unit wait past their day on `day`; `part` is that number over the filings due in all."""
    if late <= 0 or oldest >= day:
        return None
    said = _WAIT.fill(day=day_in_words(day), late=late, oldest=day_in_words(oldest))
    title = _REVIEWS.fill(name=name)
    return Risk(RiskKind.REVIEW, _graded(day - oldest > LONG_LATE), "unit", code, part, title, said)


_REVIEWS = Bilingual("{name}：填报审核超期", "{name}: reviews are late")
_WAIT = Bilingual(
    "{day}有{late}份填报超过应审结日，最早的应于{oldest}审结；提示线1份。",
    "On {day}, filings past their day: {late}; the oldest was to be decided by {oldest}; flagged from 1.",
)
