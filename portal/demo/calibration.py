"""The city beside its sources: each calibrated figure with its target and how far it lies from it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.measure import divided, plain, rounded
from .county_table import (
    ADDED_VALUE,
    ADDED_VALUE_TARGET,
    ASSUMED,
    CLUSTER_SHARE,
    CLUSTER_SHARE_TARGET,
    GROWTH,
    TABLE_SOURCE,
    TARGET_SOURCE,
    TAX_TARGET,
    UNITS,
    YEAR_SOURCE,
)

TOLERANCE = Decimal("0.01")
_PLACES = 6
ByUnit = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Measured:
    """Above-scale industry as it was filed. Money in 万元, land in mu; `newest` is of the last four closed quarters."""

    enterprises: Mapping[str, int]
    added_value: ByUnit
    tax: ByUnit
    land: ByUnit
    added_value_before: Decimal
    newest_added_value: Decimal
    newest_tax: Decimal
    cluster_share: Decimal
    newest_cluster_share: Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure beside its source. With `is_ceiling` the target is still ahead, and has to be."""

    name: str
    source: str
    target: Decimal
    value: Decimal
    is_ceiling: bool = False

    @property
    def deviation(self) -> Decimal:
        return divided(self.value - self.target, self.target, _PLACES) or Decimal(0)

    @property
    def is_met(self) -> bool:
        return self.value < self.target if self.is_ceiling else abs(self.deviation) <= TOLERANCE

    def written(self) -> dict[str, str]:
        bound = {"must": "below"} if self.is_ceiling else {"deviation": plain(self.deviation)}
        target, value = (plain(rounded(n, 4).normalize()) for n in (self.target, self.value))
        return {"figure": self.name, "source": self.source, "target": target, "value": value} | bound


def figures_of(measured: Measured) -> list[Figure]:
    """What the demo is held to, the city first; in a city of another size the totals in proportion."""
    return [*_totals(measured), *_units(measured), *_ahead(measured)]


def _totals(measured: Measured) -> Iterator[Figure]:
    value = sum(measured.added_value.values(), Decimal(0))
    whole = sum(unit.land * unit.added_value_to_city for unit in UNITS.values())
    shares = (
        UNITS[code].land * UNITS[code].added_value_to_city * number / UNITS[code].enterprises
        for code, number in measured.enterprises.items()
    )
    yield Figure("2024 added value, L", YEAR_SOURCE, ADDED_VALUE * sum(shares) / whole, value)
    if measured.added_value_before:
        growth = value / measured.added_value_before
        yield Figure("2024 added value, L, to 2023", YEAR_SOURCE, 1 + GROWTH, growth)
    yield Figure("2024 output, L, five clusters to all", ASSUMED, CLUSTER_SHARE, measured.cluster_share)


def _units(measured: Measured) -> Iterator[Figure]:
    """Numbers of enterprises are the table's at default size only: then they are exact."""
    for code, number in measured.enterprises.items():
        at_size = Decimal(UNITS[code].enterprises * sum(measured.enterprises.values())) / 942
        yield Figure(f"enterprises, L, {code}", TABLE_SOURCE, at_size, Decimal(number))
    for name, amounts in (("tax", measured.tax), ("added value", measured.added_value)):
        city = sum(amounts.values(), Decimal(0)) / sum(measured.land.values(), Decimal(0))
        for code, amount in amounts.items():
            row = UNITS[code]
            target = row.tax_to_city if name == "tax" else row.added_value_to_city
            yield Figure(
                f"{name} per mu to the city's, {code}", TABLE_SOURCE, target, amount / measured.land[code] / city
            )


def _ahead(measured: Measured) -> Iterator[Figure]:
    land = sum(measured.land.values(), Decimal(0))
    pairs = (
        ("T2 tax", measured.newest_tax, TAX_TARGET),
        ("T3 added value", measured.newest_added_value, ADDED_VALUE_TARGET),
    )
    for name, amount, target in pairs:
        yield Figure(f"{name} per mu, last four quarters", TARGET_SOURCE, target, amount / land, is_ceiling=True)
    share = measured.newest_cluster_share
    yield Figure("T5 clusters to all output, last four quarters", TARGET_SOURCE, CLUSTER_SHARE_TARGET, share, True)
