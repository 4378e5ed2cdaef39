"""How figures are formed from cells: spans, growth with its words, ratios of sums. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.measure import divided
from ..kernel.period import Quarter
from ..kernel.word import Word


class Span(Word):
    QUARTER = "quarter"
    YEAR_TO_DATE = "ytd"
    TRAILING_FOUR = "ttm"

    @property
    def title(self) -> Bilingual:
        return _SPAN_TITLES[self]

    def quarters(self, last: Quarter) -> tuple[Quarter, ...]:
        """The quarters of the span that ends with `last`, in order."""
        if self is Span.QUARTER:
            return (last,)
        return last.year_to_date() if self is Span.YEAR_TO_DATE else last.trailing_four()


_SPAN_TITLES = {
    Span.QUARTER: Bilingual("本季度", "The quarter"),
    Span.YEAR_TO_DATE: Bilingual("年初累计", "Year to date"),
    Span.TRAILING_FOUR: Bilingual("近四个季度", "Trailing four quarters"),
}


class Accumulation(Word):
    """How an indicator goes over several quarters: flows sum, points take the last, 502 is a mean."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"

    def over(self, values: list[Decimal | None]) -> Decimal | None:
        """One value for the span; `values` stand in the order of its quarters, None where there is no fact."""
        known = [v for v in values if v is not None]
        if not known or (self is Accumulation.LAST and values[-1] is None):
            return None
        if self is Accumulation.LAST:
            return known[-1]
        total = sum(known, Decimal(0))
        return total if self is Accumulation.SUM else divided(total, Decimal(len(known)), 4)


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth on a base: a rate, or the words where a rate would mislead (dossier §9.5)."""

    rate: Decimal | None
    words: Bilingual | None = None


NO_BASE = Bilingual("无同期数", "no base")
ZERO_BASE = Bilingual("上年同期为0", "base was 0")
TURNED_PROFIT = Bilingual("扭亏", "turned positive")
LOSS_REDUCED = Bilingual("减亏", "loss reduced")
LOSS_WIDENED = Bilingual("增亏", "loss widened")
LOSS_SAME = Bilingual("亏损持平", "loss unchanged")


def growth(current: Decimal | None, base: Decimal | None) -> Growth:
    """The change on `base`. Rates only over a positive base; never infinite."""
    if current is None:
        return Growth(None)
    if base is None:
        return Growth(None, NO_BASE)
    if base == 0:
        return Growth(None, ZERO_BASE)
    if base > 0:
        return Growth(divided(current - base, base))
    if current >= 0:
        return Growth(None, TURNED_PROFIT)
    if current == base:
        return Growth(None, LOSS_SAME)
    return Growth(None, LOSS_REDUCED if current > base else LOSS_WIDENED)


def ratio_of_sums(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """Σa ÷ Σb, never the mean of ratios (dossier §9.4); None over zero or nothing."""
    return divided(numerator, denominator)


def may_see_city_total(city: int, own: int, smallest: int) -> bool:
    """Whether a county may see a city total: enough contributors in all, and enough besides its own."""
    return city >= smallest and (city == own or city - own >= smallest)


def city_frames_shown(counts: Mapping[str, tuple[int, int]], smallest: int) -> tuple[frozenset[str], bool]:
    """Which classes' city totals a county may see, and whether the total over all of them.

    `counts` are (contributors in the city, of them the county's own) by respondent class. The total over all less the
    classes shown is the sum of those hidden: it stands only where that sum is no single enterprise's either.
    """
    shown = frozenset(name for name, (city, own) in counts.items() if may_see_city_total(city, own, smallest))
    hidden = [pair for name, pair in counts.items() if name not in shown and pair[0] > 0]
    rest = sum(city for city, _ in hidden), sum(own for _, own in hidden)
    whole = sum(city for city, _ in counts.values()), sum(own for _, own in counts.values())
    return shown, may_see_city_total(*whole, smallest) and (not hidden or may_see_city_total(*rest, smallest))
