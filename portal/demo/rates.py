"""What the demo's small enterprises let their value added be estimated by: the chain's rates of each year. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..filing.estimate import Rate
from ..kernel.period import Quarter
from ..statistics.rates import ChainSum, rates
from .census import Census
from .figures import production
from .people import Person, person_of
from .plan import Plan
from .support_plan import LATE

YEARS_BACK = 2


def chain_rates(census: Census, plan: Plan) -> dict[str, dict[int, Rate]]:
    """By chain and year the rate that stood in that year: of what above-scale enterprises filed in the years before.

    The portal makes the same of approved figures (`statistics/renew_rates`).
    """
    whole = [year for year in sorted({q.year for q in plan.closed}) if set(_quarters(year)) <= set(plan.closed)]
    if not whole:
        return {}
    people = [person_of(census, n) for n, place in enumerate(census.places) if place.kind == "L"]
    sums = {year: list(_sums(people, year, plan)) for year in whole}
    found: dict[str, dict[int, Rate]] = {}
    for year in sorted({(*plan.closed, plan.open)[-1].year, *(q.year for q in plan.closed)}):
        known = [one for past in whole if year - YEARS_BACK <= past < year for one in sums[past]]
        for chain, rate in rates(known).items():
            found.setdefault(chain, {})[year] = rate
    return found


def _quarters(year: int) -> tuple[Quarter, ...]:
    return tuple(Quarter(year, number) for number in (1, 2, 3, 4))


def _sums(people: Iterable[Person], year: int, plan: Plan) -> Iterator[ChainSum]:
    found: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for person in people:
        if person.number == LATE and plan.closed[-1].year == year:
            continue  # has not filed all of it
        made = [production(person, quarter, plan.seed) for quarter in _quarters(year)]
        output, value = (sum(numbers, Decimal(0)) for numbers in zip(*made, strict=True))
        found.setdefault(person.chain, []).append((output, value))
    for chain, pairs in sorted(found.items()):
        outputs, values = zip(*pairs, strict=True)
        total, added = sum(outputs, Decimal(0)), sum(values, Decimal(0))
        yield ChainSum(chain, Quarter(year, 4), added, total, max(outputs), len(pairs))
