"""Sums of one line before they become figures, and how much of each quarter they rest on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from .measures import Accumulation, ratio_of_sums
from .shown import accumulation

# Of weight in each quarter, and of the number behind the fullest one: below that a year's flow is not divided by the
# last quarter's land.
WHOLE_ENOUGH = Decimal("0.9")
_LACKS = Bilingual("缺{quarter}", "no {quarter}")
_LACK = Bilingual("缺{number}个季度", "{number} quarters missing")
OTHERS = Bilingual("各季度企业不一致", "not the same enterprises in each quarter")


@dataclass(slots=True)
class Response:
    """How much of one quarter is in, by number and by weight."""

    due: int = 0
    approved: int = 0
    weight_due: Decimal = Decimal(0)
    weight_approved: Decimal = Decimal(0)

    def add(self, due: int, approved: int, weight_due: Decimal, weight_approved: Decimal) -> None:
        self.due += int(due)
        self.approved += int(approved)
        self.weight_due += weight_due
        self.weight_approved += weight_approved

    @property
    def share(self) -> Decimal | None:
        return ratio_of_sums(self.weight_approved, self.weight_due)

    @property
    def rank(self) -> Decimal:
        by_number = ratio_of_sums(Decimal(self.approved), Decimal(self.due))
        return next((share for share in (self.share, by_number) if share is not None), Decimal(1))


@dataclass(slots=True)
class Sums:
    """Sums by (indicator, quarter) of one line, before they become figures, and how much of each quarter is in."""

    totals: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    contributors: dict[tuple[str, int], int] = field(default_factory=dict)
    facts: dict[tuple[str, int], int] = field(default_factory=dict)
    responses: dict[int, Response] = field(default_factory=dict)

    def add(self, indicator: str, quarter: int, total: Decimal, contributors: int, facts: int = 0) -> None:
        key = (indicator, quarter)
        self.totals[key] = self.totals.get(key, Decimal(0)) + total
        self.contributors[key] = self.contributors.get(key, 0) + contributors
        self.facts[key] = self.facts.get(key, 0) + facts

    def over(self, indicator: str, quarters: Iterable[Quarter]) -> Decimal | None:
        """The indicator over the quarters; None while one of them is missing: a year of three quarters is none."""
        way, values = accumulation(indicator), [self.totals.get((indicator, q.code)) for q in quarters]
        return None if way is not Accumulation.LAST and None in values else way.over(values)

    def missing(self, indicator: str, quarters: Iterable[Quarter]) -> list[Quarter]:
        """The quarters it lacks, where it has others: what nobody here is asked for is not missing."""
        lacks = [q for q in quarters if (indicator, q.code) not in self.totals]
        return lacks if any((indicator, q.code) in self.totals for q in quarters) else []

    def fewest(self, indicator: str, quarters: Iterable[Quarter]) -> int:
        return min((n for q in quarters if (n := self.contributors.get((indicator, q.code), 0))), default=0)

    def given(self, indicator: str, quarters: Iterable[Quarter]) -> list[int]:
        return [self.facts.get((indicator, q.code), 0) for q in quarters]

    def response_of(self, quarter: int) -> Response:
        return self.responses.setdefault(quarter, Response())

    @property
    def response(self) -> Response:
        """Of the quarter that is least in: a sum of several is as whole as that one."""
        return min(self.responses.values(), key=lambda found: found.rank, default=Response())


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σa ÷ Σb of those who gave both; without a value `why`. `gave`: (how many gave both, of how many)."""

    value: Decimal | None
    why: Bilingual | None = None
    gave: tuple[int, int] | None = None


def ratio_over(sums: Sums, indicator: str, per: str, quarters: Sequence[Quarter]) -> Ratio:
    """A row that is optional, or not asked of a class, leaves its enterprise out of both sides (decision 021)."""
    top, bottom = f"{indicator}/{per}", f"{per}/{indicator}"
    above, below = sums.over(top, quarters), sums.over(bottom, quarters)
    if above is None or below is None:
        return Ratio(None, missing_words(sums.missing(top, quarters)))
    both = sums.given(top, quarters)
    if accumulation(bottom) is Accumulation.LAST and min(both) < WHOLE_ENOUGH * max(both):
        return Ratio(None, OTHERS)
    asked = max(*sums.given(indicator, quarters), *sums.given(per, quarters))
    return Ratio(ratio_of_sums(above, below), None, (min(both), asked) if min(both) < asked else None)


def missing_words(quarters: Sequence[Quarter]) -> Bilingual | None:
    """Why a sum over several quarters does not stand; None where nothing is missing."""
    if not quarters:
        return None
    return _LACKS.fill(quarter=quarters[0].title) if len(quarters) == 1 else _LACK.fill(number=len(quarters))


def together(groups: Iterable[Sums]) -> Sums:
    whole = Sums()
    for group in groups:
        for key, total in group.totals.items():
            whole.add(*key, total, group.contributors[key], group.facts[key])
        for quarter, part in group.responses.items():
            whole.response_of(quarter).add(part.due, part.approved, part.weight_due, part.weight_approved)
    return whole
