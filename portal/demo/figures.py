"""What the demo's enterprises answer: forty-two rows a quarter that hang together. Pure and deterministic."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from ..kernel.measure import rounded
from ..kernel.period import Quarter
from .people import Person

Row = dict[str, Decimal]
_SEASON = {1: Decimal("0.88"), 2: Decimal("1.02"), 3: Decimal("1.01"), 4: Decimal("1.09")}
_YEARLY = Decimal("1.09")
_FIRST_YEAR = 2024
_WHOLE = frozenset({"403", "404", "405", "501", "502", "505", "604", "605", "606", "607", "308"})
_FOUR = frozenset({"303", "304", "309", "312"})


@lru_cache(maxsize=4096)
def figures(person: Person, quarter: Quarter, seed: int) -> Mapping[str, Decimal]:
    """Every typed row of the quarter by code, in the indicator's own unit and places; annual rows in Q4 only.

    Hard rules hold by construction. Each quarter is drawn by itself, so that asking for one does not change another.
    """
    steady = random.Random(f"steady:{seed}:{person.number}")
    chance = random.Random(f"figures:{seed}:{person.number}:{quarter}")
    output = _output(person, quarter, steady, chance)
    row = _production(output, steady, chance) | _land(person, steady) | _energy(output, steady, chance)
    row |= _people(person, quarter, row["105"], steady, chance) | _research(row["105"], steady, chance)
    row |= _digital(output, steady)
    if quarter.number == 4:
        spent = sum((figures(person, past, seed)["401"] for past in quarter.year_to_date()[:-1]), row["401"])
        row |= {"312": output * Decimal("0.00002"), "402": spent * Decimal("1.03")}
    return {code: rounded(value, _places(code)) for code, value in sorted(row.items())}


def _places(code: str) -> int:
    return 0 if code in _WHOLE else 4 if code in _FOUR else 2


def _share(chance: random.Random, low: int, high: int) -> Decimal:
    """A share between `low` and `high` per thousand."""
    return Decimal(chance.randint(low, high)) / 1000


def _output(person: Person, quarter: Quarter, steady: random.Random, chance: random.Random) -> Decimal:
    growth = _YEARLY + _share(steady, -90, 90)
    years = Decimal(quarter.year - _FIRST_YEAR) + Decimal(quarter.number - 1) / 4
    trend = Decimal(str(float(growth) ** float(years)))
    return rounded(person.output / 4 * trend * _SEASON[quarter.number] * (1 + _share(chance, -35, 35)), 2)


def _production(output: Decimal, steady: random.Random, chance: random.Random) -> Row:
    sales = output * (Decimal("0.955") + _share(chance, 0, 40))
    export = sales * _share(steady, 0, 420)
    revenue = sales * (1 + _share(chance, -15, 25))
    vat = revenue * (_share(steady, 14, 30))
    profit = revenue * (_share(steady, 25, 95) + _share(chance, -6, 6))
    income_tax = profit * _share(steady, 110, 170)
    return {
        "101": output,
        "102": output * _share(steady, 60, 320),
        "103": sales,
        "104": export,
        "105": revenue,
        "106": profit,
        "107": output * (_share(steady, 190, 260) + _share(chance, -6, 6)),
        "202": vat,
        "203": income_tax,
        "204": revenue * _share(steady, 3, 7),
        "205": export * _share(steady, 0, 30),
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


def _people(person: Person, quarter: Quarter, revenue: Decimal, steady: random.Random, chance: random.Random) -> Row:
    years = Decimal(quarter.year - _FIRST_YEAR) + Decimal(quarter.number - 1) / 4
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
