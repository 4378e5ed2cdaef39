"""How far the released sums are on the way to the plan's targets. Pure.

The portal's own sum only, never in the place of the official figure (rulings 3). A year's target is compared with the
sum from January on; nothing is annualised (rulings 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..catalogue.entries import Target
from ..kernel.bilingual import Bilingual, Language
from ..kernel.measure import divided, rounded, written
from ..kernel.period import Quarter
from .release_freeze import CITY, CLUSTER, NO_CLUSTER
from .release_table import ReleasedTable

Place = tuple[str, str, str]
_WAN_TO_YI = Decimal("0.0001")
_LOOKS: dict[str, tuple[Bilingual, Decimal, int, int]] = {  # unit, factor of the English one, places zh and en
    "yi_yuan": (Bilingual("亿元", "bn yuan"), Decimal("0.1"), 1, 1),
    "wan_yuan_per_mu": (Bilingual("万元/亩", "k yuan/mu"), Decimal(10), 2, 0),
    "percent": (Bilingual("%", "%"), Decimal(1), 1, 1),
}
_PACELESS = frozenset({"percent"})


@dataclass(frozen=True, slots=True)
class Progress:
    """One target with the released sum beside it, in the target's unit; `pace` is where an even year would stand."""

    target: Target
    value: Decimal | None
    share: Decimal | None
    pace: Decimal | None

    @property
    def unit(self) -> Bilingual:
        return _LOOKS[self.target.unit][0]

    def said(self, language: Language) -> str:
        _, factor, places_zh, places_en = _LOOKS[self.target.unit]
        if self.value is None:
            return "\u2013"
        if language == "zh":
            return written(self.value, places_zh, "zh")
        return written(rounded(self.value * factor, places_en), places_en, "en")


def progress(targets: Iterable[Target], table: ReleasedTable, quarter: Quarter) -> tuple[Progress, ...]:
    """The targets of the quarter's year that released sums speak to, in the plan's order."""
    year = [t for t in targets if t.year == quarter.year and t.value is not None and t.unit in _LOOKS]
    return tuple(_progress(target, table, quarter) for target in year if target.code in _READERS)


def _progress(target: Target, table: ReleasedTable, quarter: Quarter) -> Progress:
    value = _READERS[target.code](table)
    ratio = divided(value, target.value)
    pace = None if target.unit in _PACELESS else Decimal(quarter.number) * 25
    return Progress(target, value, None if ratio is None else ratio * 100, pace)


def _city(table: ReleasedTable, code: str) -> Decimal | None:
    return table.to_date.get((CITY, "", code))


def _value_added(table: ReleasedTable) -> Decimal | None:
    return _in_yi(_city(table, "107"))


def _tax_per_mu(table: ReleasedTable) -> Decimal | None:
    return divided(_city(table, "201"), _city(table, "301"))


def _added_per_mu(table: ReleasedTable) -> Decimal | None:
    return divided(_city(table, "107"), _city(table, "301"))


def _five(table: ReleasedTable) -> Decimal | None:
    """The five clusters together: their sum, else the city less those in none of them; none while one is hidden."""
    wanted: list[Place] = [(CLUSTER, line.code, "101") for line in table.clusters if line.code != NO_CLUSTER]
    if all(place in table.to_date for place in wanted):
        return _in_yi(sum((table.to_date[place] for place in wanted), Decimal(0)))
    whole, other = _city(table, "101"), table.to_date.get((CLUSTER, NO_CLUSTER, "101"))
    return None if whole is None or other is None else _in_yi(whole - other)


def _share_of_five(table: ReleasedTable) -> Decimal | None:
    ratio = divided(_five(table), _in_yi(_city(table, "101")))
    return None if ratio is None else ratio * 100


def _in_yi(wan: Decimal | None) -> Decimal | None:
    return None if wan is None else wan * _WAN_TO_YI


_READERS = {"T1": _value_added, "T2": _tax_per_mu, "T3": _added_per_mu, "T4": _five, "T5": _share_of_five}
