"""How far the released sums are on the way to the plan's targets. Pure.

Two series beside each other (rulings 3): the portal's own released sum, and the official figure as the release froze
it; never one in the place of the other. A year's target is compared with the sum from January on; nothing is
annualised (rulings 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..catalogue.entries import Target
from ..kernel.bilingual import Bilingual, Language
from ..kernel.measure import divided, rounded, written
from ..kernel.period import Quarter
from .official import OfficialEntry, period_title
from .pace import cumulative_shares
from .release_freeze import CITY, CLUSTER, NO_CLUSTER, FrozenTarget, Place
from .targets import AMOUNTS

PACE_PLACES = 4
Sums = Mapping[Place, Decimal]
_WAN_TO_YI = Decimal("0.0001")
_LOOKS: dict[str, tuple[Bilingual, Decimal, int, int]] = {  # unit, factor of the English one, places zh and en
    "yi_yuan": (Bilingual("亿元", "bn yuan"), Decimal("0.1"), 1, 1),
    "wan_yuan_per_mu": (Bilingual("万元/亩", "k yuan/mu"), Decimal(10), 2, 0),
    "percent": (Bilingual("%", "%"), Decimal(1), 1, 1),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """One target with the released sum beside it, in the target's unit; `share` and `pace` are per cent of the target:
    what there is, and where last year's course puts the year by now. `frozen` is None for releases older than it."""

    target: Target
    value: Decimal | None
    share: Decimal | None
    frozen: FrozenTarget | None = None

    @property
    def unit(self) -> Bilingual:
        return _LOOKS[self.target.unit][0]

    @property
    def pace(self) -> Decimal | None:
        return None if self.frozen is None or self.frozen.pace is None else self.frozen.pace * 100

    @property
    def official(self) -> OfficialEntry | None:
        return None if self.frozen is None else self.frozen.official

    @property
    def official_period(self) -> Bilingual | None:
        return None if self.official is None else period_title(self.official.year, self.official.quarter)

    def said(self, language: Language) -> str:
        _, factor, places_zh, places_en = _LOOKS[self.target.unit]
        if self.value is None:
            return "\u2013"
        if language == "zh":
            return written(self.value, places_zh, "zh")
        return written(rounded(self.value * factor, places_en), places_en, "en")

    def official_said(self, language: Language) -> str:
        """With its unit, in the places its source gives it in."""
        return AMOUNTS[self.target.unit].text(self.official.value if self.official else None, language)


def spoken_to(targets: Iterable[Target], quarter: Quarter) -> tuple[Target, ...]:
    """The targets of the quarter's year that released sums speak to, in the plan's order."""
    year = [t for t in targets if t.year == quarter.year and t.value is not None and t.unit in _LOOKS]
    return tuple(target for target in year if target.code in _READERS)


def progress(
    targets: Iterable[Target], to_date: Sums, clusters: Sequence[str], frozen: Iterable[FrozenTarget], quarter: Quarter
) -> tuple[Progress, ...]:
    """`to_date` are the released sums from January on; `clusters` the lines of that margin."""
    known = {row.target: row for row in frozen}
    found = []
    for target in spoken_to(targets, quarter):
        value = _READERS[target.code](to_date, clusters)
        ratio = divided(value, target.value)
        found.append(Progress(target, value, None if ratio is None else ratio * 100, known.get(target.code)))
    return tuple(found)


def paces(year: Sequence[Sums], clusters: Sequence[str], number: int) -> dict[str, Decimal]:
    """Which part of its year had come by quarter `number`, by target, from the released sums of the year's quarters.

    None where a quarter is not released, or hides what is needed. What is measured per mu has the course of what is
    above the line; a share has none.
    """
    found: dict[str, Decimal] = {}
    for code, flow in _FLOWS.items():
        shares = cumulative_shares([flow(sums, clusters) for sums in year])
        if shares is not None:
            found[code] = rounded(shares[number - 1], PACE_PLACES)
    return found


def _city(sums: Sums, code: str) -> Decimal | None:
    return sums.get((CITY, "", code))


def _value_added(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    return _in_yi(_city(sums, "107"))


def _tax(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    return _city(sums, "201")


def _tax_per_mu(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    return divided(_city(sums, "201"), _city(sums, "301"))


def _added_per_mu(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    return divided(_city(sums, "107"), _city(sums, "301"))


def _five(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    """The five clusters together: their sum, else the city less those in none of them; none while one is hidden."""
    wanted: list[Place] = [(CLUSTER, code, "101") for code in clusters if code != NO_CLUSTER]
    if all(place in sums for place in wanted):
        return _in_yi(sum((sums[place] for place in wanted), Decimal(0)))
    whole, other = _city(sums, "101"), sums.get((CLUSTER, NO_CLUSTER, "101"))
    return None if whole is None or other is None else _in_yi(whole - other)


def _share_of_five(sums: Sums, clusters: Sequence[str]) -> Decimal | None:
    ratio = divided(_five(sums, clusters), _in_yi(_city(sums, "101")))
    return None if ratio is None else ratio * 100


def _in_yi(wan: Decimal | None) -> Decimal | None:
    return None if wan is None else wan * _WAN_TO_YI


_READERS = {"T1": _value_added, "T2": _tax_per_mu, "T3": _added_per_mu, "T4": _five, "T5": _share_of_five}
_FLOWS = {"T1": _value_added, "T2": _tax, "T3": _value_added, "T4": _five}
FLOW_ROWS = ("101", "107", "201")
