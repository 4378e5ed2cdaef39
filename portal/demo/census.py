"""How many enterprises of which class live where, and how large each is: drawn, then scaled to the sources. Pure.

Two walks over the same draws: the first only adds up, the second gives each sketch its scaled figures. So a city of
any size needs no more memory than its list of places.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..catalogue.snapshot import Catalogue
from .county_table import (
    ADDED_VALUE,
    CITY_TAX,
    CLUSTER_SHARE,
    DEFAULT_ABOVE_SCALE,
    DEFAULT_NOT_INDUSTRIAL,
    DEFAULT_SIZE,
    GROWTH,
    UNITS,
    UnitRow,
)
from .hosts import Hosts

JINYUN, LONGQUAN = "331122", "331181"
# The first twelve live in the two counties whose accounts are listed, on chains the sources name there.
_HOMES = {JINYUN: ("02", "03", "04", "02", "03", "00"), LONGQUAN: ("06", "14", "06", "14", "06", "00")}
CAST = 12
CAST_ABOVE_SCALE = 10  # all but the two on no chain: they show the whole form
NEWCOMERS = 100_000  # numbers from here on are not on the register yet
_MEAN_RATE = 0.22
_SPREAD = 1.15  # of the logarithm of output, above scale
_GROWTH = {"SEMI": 1.16, "PREC": 1.09, "FASH": 1.05, "HEAL": 1.11, "DIGI": 1.2, None: 1.04}
_MOST_APART = 6.0  # how far the others' output may be moved against the clusters' where a city has few of either


@dataclass(frozen=True, slots=True)
class Place:
    """Where an enterprise stands before anything else is known of it: unit and respondent class."""

    county: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """An enterprise in plain numbers: output of 2024 and land as drawn, or scaled."""

    number: int
    kind: str
    county: str
    segment: str
    gb_class: str
    founded_on: date
    staff: int
    revenue_share: int
    output: float
    land: float
    growth: float
    value_rate: float
    tax_rate: float


@dataclass(slots=True)
class Sums:
    """What the first walk adds up for the above-scale enterprises of one unit, those in a cluster or the others."""

    enterprises: int = 0
    output: float = 0
    value: float = 0
    value_before: float = 0
    tax: float = 0
    land: float = 0

    def with_(self, others: Sums, weight: float) -> Sums:
        """Of both, with the others' output moved by `weight`."""
        return Sums(
            self.enterprises + others.enterprises,
            self.output + others.output * weight,
            self.value + others.value * weight,
            self.value_before + others.value_before * weight,
            self.tax + others.tax * weight,
            self.land + others.land,
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """Factors for the above-scale enterprises of one unit."""

    output: float
    tax: float
    land: float


Halves = Mapping[str, tuple[Sums, Sums]]  # by unit: in a cluster, in none


class Census:
    """The city's places and the scale of its figures."""

    def __init__(self, catalogue: Catalogue, count: int, seed: int) -> None:
        self.catalogue, self.count, self.seed = catalogue, count, seed
        self.places, self._hosts = _places(count, seed), Hosts(catalogue)
        chains = [*(chain.code for chain in catalogue.listed_chains), "00"]
        self._first = dict(enumerate(chains, CAST))
        halves = self._halves()
        self.others = _weight_of_others(halves)
        sums = {code: within.with_(without, self.others) for code, (within, without) in halves.items()}
        self.scales = {code: _scale(UNITS[code], found) for code, found in sums.items()}
        self.growth = self._growth(sums)

    def sketch(self, number: int) -> Sketch:
        """The enterprise with this number, scaled."""
        drawn = self._drawn(number)
        if drawn.kind != "L":
            return drawn
        scale = self.scales[drawn.county]
        factor = scale.output * (1 if self._is_in_cluster(drawn) else self.others)
        return replace(
            drawn,
            output=drawn.output * factor,
            land=drawn.land * scale.land,
            growth=drawn.growth * self.growth,
            tax_rate=drawn.tax_rate * scale.tax,
            staff=max(20, round(drawn.staff * factor)),
        )

    def _is_in_cluster(self, sketch: Sketch) -> bool:
        return self.catalogue.cluster_of_segment(sketch.segment) is not None

    def _drawn(self, number: int) -> Sketch:
        place = self.places[number]
        chance = random.Random(f"person:{self.seed}:{number}")
        # After the cast each chain comes once before chance decides.
        given = _HOMES_IN_TURN[number][0] if number < CAST else self._first.get(number)
        segment, gb_class = self._hosts.pick(chance, place.county, place.kind, given)
        return _sketch(self.catalogue, chance, number, place, segment, gb_class)

    def _halves(self) -> dict[str, tuple[Sums, Sums]]:
        found: dict[str, tuple[Sums, Sums]] = {}
        for number, place in enumerate(self.places):
            if place.kind == "L":
                drawn, (within, without) = self._drawn(number), found.setdefault(place.county, (Sums(), Sums()))
                sums = within if self._is_in_cluster(drawn) else without
                value = drawn.output * drawn.value_rate
                sums.enterprises += 1
                sums.output += drawn.output
                sums.value += value
                sums.value_before += value / drawn.growth
                sums.tax += value * drawn.tax_rate
                sums.land += drawn.land
        return found

    def _growth(self, sums: Mapping[str, Sums]) -> float:
        """The factor on everybody's growth under which the city grew in 2024 as it did."""
        value = sum(s.value * self.scales[code].output for code, s in sums.items())
        before = sum(s.value_before * self.scales[code].output for code, s in sums.items())
        return before / value * (1 + float(GROWTH))


def _weight_of_others(halves: Halves) -> float:
    """What moves the output of those in no cluster so that the clusters have CLUSTER_SHARE of the city's: by halving,
    for each unit's added value stays what it is, whatever the weight."""
    low, high = 1 / _MOST_APART, _MOST_APART
    for _ in range(50):
        middle = (low + high) / 2
        if _cluster_share(halves, middle) > CLUSTER_SHARE:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _cluster_share(halves: Halves, weight: float) -> float:
    whole = clusters = 0.0
    for code, (within, without) in halves.items():
        both = within.with_(without, weight)
        scale = _value(UNITS[code], both) / both.value
        whole += both.output * scale
        clusters += within.output * scale
    return clusters / whole


def _value(unit: UnitRow, sums: Sums) -> float:
    return float(ADDED_VALUE * unit.land * unit.added_value_to_city) * sums.enterprises / unit.enterprises


def _scale(unit: UnitRow, sums: Sums) -> Scale:
    """As many enterprises as drawn have the share of the unit's figures that falls to them."""
    share = sums.enterprises / unit.enterprises
    land = float(unit.land_in_use) * share
    value = _value(unit, sums)
    tax = float(CITY_TAX * unit.tax_to_city) * land
    output = value / sums.value
    return Scale(output, tax / (sums.tax * output), land / sums.land)


# --- places ------------------------------------------------------------------------------------------------------


def _in_turn() -> list[tuple[str, str]]:
    pairs = zip(*([(chain, county) for chain in chains] for county, chains in _HOMES.items()), strict=True)
    return [home for pair in pairs for home in pair]


_HOMES_IN_TURN = _in_turn()


def _places(count: int, seed: int) -> list[Place]:
    """The cast, then places of each chain above the scale, then everybody else in no order."""
    cast = [
        Place(county, "L" if number < CAST_ABOVE_SCALE else "S") for number, (_, county) in enumerate(_HOMES_IN_TURN)
    ]
    above = max(CAST_ABOVE_SCALE, round(count * DEFAULT_ABOVE_SCALE / DEFAULT_SIZE))
    services = min(round(count * DEFAULT_NOT_INDUSTRIAL / DEFAULT_SIZE), max(0, count - above - 2))
    small = count - above - services
    chance = random.Random(f"places:{seed}:{count}")
    large = _spread(above, _in_cast(cast, "L"), "L")
    others = [*_spread(small, _in_cast(cast, "S"), "S"), *_spread(services, {}, "N")]
    chance.shuffle(large)
    first, rest = large[:17], [*large[17:], *others]
    chance.shuffle(rest)
    return [*cast, *first, *rest]


def _in_cast(cast: list[Place], kind: str) -> dict[str, int]:
    return {code: sum(place == Place(code, kind) for place in cast) for code in _HOMES}


def _spread(total: int, have: Mapping[str, int], kind: str) -> list[Place]:
    """So many more places that with those that are there the units' shares are met: largest remainders."""
    ideal = {
        code: max(0.0, total * unit.enterprises / DEFAULT_ABOVE_SCALE - have.get(code, 0))
        for code, unit in UNITS.items()
    }
    wanted, whole = total - sum(have.values()), sum(ideal.values()) or 1.0
    ideal = {code: round(share * wanted / whole, 9) for code, share in ideal.items()}
    found = {code: math.floor(share) for code, share in ideal.items()}
    by_rest = sorted(ideal, key=lambda code: found[code] - ideal[code])
    for code in by_rest[: wanted - sum(found.values())]:
        found[code] += 1
    return [place for code, number in found.items() for place in [Place(code, kind)] * number]


# --- draws -------------------------------------------------------------------------------------------------------


def newcomer_sketch(catalogue: Catalogue, number: int, chain: str, county: str, seed: int) -> Sketch:
    chance = random.Random(f"newcomer:{seed}:{number}")
    segment, gb_class = Hosts(catalogue).pick(chance, county, "S", chain)
    return _sketch(catalogue, chance, number, Place(county, "S"), segment, gb_class)


def _sketch(
    catalogue: Catalogue, chance: random.Random, number: int, place: Place, segment: str, gb_class: str
) -> Sketch:
    cluster = catalogue.cluster_of_segment(segment)
    growth = _GROWTH.get(cluster.code if cluster else None, 1.08) + chance.uniform(-0.07, 0.07)
    output = _output(chance, UNITS[place.county], place.kind)
    rate = chance.uniform(0.15, 0.29)
    value_a_mu = float(UNITS[place.county].added_value) * chance.uniform(0.6, 1.7)
    land = (output * rate) ** 0.9 / value_a_mu if place.kind == "L" else output * rate / value_a_mu
    return Sketch(
        number,
        place.kind,
        place.county,
        segment,
        gb_class,
        date(chance.randint(1996, 2019), chance.randint(1, 12), chance.randint(1, 28)),
        max(5 if place.kind != "L" else 20, round(output / chance.randint(55, 130))),
        chance.randint(94, 108),
        output,
        land,
        growth,
        rate,
        chance.uniform(0.75, 1.25) * 0.2,
    )


def _output(chance: random.Random, unit: UnitRow, kind: str) -> float:
    """A year's output in 万元: many small ones and few large ones, never far beyond what one enterprise can be."""
    drawn = min(max(chance.gauss(0, 1), -2.4), 2.6)
    if kind == "L":
        value = float(ADDED_VALUE * unit.land * unit.added_value_to_city) / unit.enterprises
        return max(2400.0, value / _MEAN_RATE * math.exp(_SPREAD * drawn - _SPREAD**2 / 2))
    if kind == "S":
        return min(1950.0, max(120.0, 620 * math.exp(0.7 * drawn)))
    return min(30_000.0, max(110.0, 900 * math.exp(0.9 * drawn)))
