"""What the demo's enterprises answer: forty-two rows a quarter that hang together. Pure and deterministic."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..kernel.measure import rounded
from ..kernel.period import Quarter
from .county_table import YEAR
from .people import Person

Row = dict[str, Decimal]
SLUMP = Decimal("0.72")  # what is left of a year's output where orders are fewer: no change that asks for a reason
_SEASON = (Decimal("0.88"), Decimal("1.02"), Decimal("1.01"), Decimal("1.09"))
_LONGEST_TREND = 8  # years: nobody grows for ever
_WHOLE = frozenset({"403", "404", "405", "501", "502", "505", "604", "605", "606", "607", "308"})
_FOUR = frozenset({"303", "304", "309", "312"})


@dataclass(frozen=True, slots=True)
class Year:
    """What a year holds, by quarter: output, added value, tax. Its sums are the person's, whatever chance decides."""

    output: tuple[Decimal, ...]
    value: tuple[Decimal, ...]
    tax: tuple[Decimal, ...]


@lru_cache(maxsize=64)
def figures(person: Person, quarter: Quarter, seed: int) -> Mapping[str, Decimal]:
    """Every typed row of the quarter by code, in the indicator's own unit and places; annual rows in Q4 only.

    Hard rules hold by construction. Each quarter is drawn by itself, so that asking for one does not change another.
    """
    steady = random.Random(f"steady:{seed}:{person.number}")
    chance = random.Random(f"figures:{seed}:{person.number}:{quarter}")
    year, place = _year(person, quarter.year, seed), quarter.number - 1
    output = rounded(year.output[place], 2)
    row = _production(output, steady, chance) | {"107": year.value[place]}
    row |= _tax(rounded(year.tax[place], 2), row, steady)
    row |= _land(person, steady) | _energy(output, steady, chance)
    row |= _people(person, quarter, steady, chance) | _research(row["105"], steady, chance)
    row |= _digital(output, steady)
    if quarter.number == 4:
        spent = sum((figures(person, past, seed)["401"] for past in quarter.year_to_date()[:-1]), row["401"])
        row |= {"312": output * Decimal("0.00002"), "402": spent * Decimal("1.03")}
    return {code: rounded(value, _places(code)) for code, value in sorted(row.items())}


def production(person: Person, quarter: Quarter, seed: int) -> tuple[Decimal, Decimal]:
    """Gross output and value added of the quarter: the same as of `figures`, without all the rest."""
    year, place = _year(person, quarter.year, seed), quarter.number - 1
    return rounded(year.output[place], 2), rounded(year.value[place], 2)


@lru_cache(maxsize=16)
def _year(person: Person, year: int, seed: int) -> Year:
    chance = random.Random(f"year:{seed}:{person.number}:{year}")
    output = person.output * person.growth ** min(year - YEAR, _LONGEST_TREND)
    if person.slump and year >= person.slump:
        output *= SLUMP
    value = output * person.value_rate
    shares = _shares(chance, _SEASON, 35)
    of_value, of_tax = _shares(chance, shares, 20), _shares(chance, shares, 40)
    return Year(
        tuple(output * share for share in shares),
        tuple(value * share for share in of_value),
        tuple(value * person.tax_rate * share for share in of_tax),
    )


def _shares(chance: random.Random, weights: Iterable[Decimal], spread: int) -> tuple[Decimal, ...]:
    """Four shares of a whole year, near their weights."""
    drawn = [weight * (1 + _share(chance, -spread, spread)) for weight in weights]
    whole = sum(drawn)
    return tuple(weight / whole for weight in drawn)


def _places(code: str) -> int:
    return 0 if code in _WHOLE else 4 if code in _FOUR else 2


def _share(chance: random.Random, low: int, high: int) -> Decimal:
    """A share between `low` and `high` per thousand."""
    return _per_thousand(chance.randint(low, high))


@lru_cache(maxsize=4096)
def _per_thousand(number: int) -> Decimal:
    return Decimal(number) / 1000


def _production(output: Decimal, steady: random.Random, chance: random.Random) -> Row:
    sales = output * (Decimal("0.955") + _share(chance, 0, 40))
    revenue = sales * (1 + _share(chance, -15, 25))
    return {
        "101": output,
        "102": output * _share(steady, 60, 320),
        "103": sales,
        "104": sales * _share(steady, 0, 420),
        "105": revenue,
        "106": revenue * (_share(steady, 30, 95) + _share(chance, -6, 6)),
    }


def _tax(paid: Decimal, row: Row, steady: random.Random) -> Row:
    """The year's tax in its parts: income tax by profit, the rest split for good."""
    income_tax = rounded(min(row["106"] * _share(steady, 110, 170), paid * Decimal("0.4")), 2)
    other = rounded((paid - income_tax) * _share(steady, 140, 260), 2)
    return {
        "202": paid - income_tax - other,
        "203": income_tax,
        "204": other,
        "205": row["104"] * _share(steady, 0, 30),
    }


def _land(person: Person, steady: random.Random) -> Row:
    own = rounded(person.land * _share(steady, 600, 1000), 2)
    rented = rounded(person.land - own, 2)
    floor = Decimal(0) if person.land else Decimal(steady.randint(300, 2500))
    return {"301": own + rented, "305": own, "306": rented, "307": Decimal(0), "308": floor}


def _energy(output: Decimal, steady: random.Random, chance: random.Random) -> Row:
    """Coal equivalent is put together from its parts (2.9 tce per 10 MWh, 12.14 per 10k m³, 0.0341 per GJ)."""
    power = output * (_share(steady, 9, 22)) * (1 + _share(chance, -20, 20)) / 10
    gas = output * _share(steady, 0, 8) / 100
    heat = Decimal(0)
    other = output * _share(steady, 0, 4) / 10
    coal = power * Decimal("2.9") + gas * Decimal("12.14") + other
    return {"302": coal, "303": power, "304": power * _share(steady, 0, 160), "309": gas, "310": heat, "311": other}


def _people(person: Person, quarter: Quarter, steady: random.Random, chance: random.Random) -> Row:
    years = min(quarter.year - YEAR, _LONGEST_TREND) + Decimal(quarter.number - 1) / 4
    staff = Decimal(max(3, round(float(person.staff) * (1 + 0.02 * float(years)) * (1 + chance.uniform(-0.01, 0.01)))))
    average = Decimal(max(3, round(float(staff) * (1 + chance.uniform(-0.008, 0.008)))))
    pay = Decimal(steady.randint(190, 290)) / 100
    return {
        "501": staff,
        "502": average,
        "503": average * pay,
        "505": Decimal(int(staff * _share(steady, 90, 280))),
    }


def _research(revenue: Decimal, steady: random.Random, chance: random.Random) -> Row:
    spent = revenue * (_share(steady, 18, 46) + _share(chance, -2, 2))
    staff = Decimal(steady.randint(2, 3))
    return {
        "401": spent,
        "403": staff,
        "404": Decimal(steady.randint(0, 14)),
        "405": Decimal(chance.randint(0, 1)),
        "406": spent * _share(steady, 0, 120),
    }


def _digital(output: Decimal, steady: random.Random) -> Row:
    spent = output * _share(steady, 3, 14)
    machines = Decimal(steady.randint(12, 160))
    digital = Decimal(int(machines * _share(steady, 250, 800)))
    return {
        "601": spent,
        "602": spent * _share(steady, 150, 600),
        "603": output * _share(steady, 5, 40),
        "604": machines,
        "605": digital,
        "606": Decimal(int(digital * _share(steady, 400, 950))),
        "607": Decimal(int(machines * _share(steady, 0, 150))),
    }
