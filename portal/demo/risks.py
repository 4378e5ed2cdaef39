"""What the overview's list of risks has to show of the open quarter: a unit whose output falls, reviews that are late.

Pure. Only the open quarter's year is touched: the year the city is held to stays as its sources have it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from ..kernel.period import Quarter
from ..kernel.workflow import State
from .census import CAST, JINYUN, LONGQUAN, Census
from .county_table import DEFAULT_SIZE
from .plan import Plan, fate, midnight
from .planted import WAITING
from .support_plan import EXCLUSIVE_IN

FALL, REVIEW = "fall", "review"
REPORTED = 3  # approved enterprises at least, or the panel says nothing
LATE_REVIEWS = 3  # at default size; one at least
SENT_WITHIN = timedelta(days=10)  # after the window opened
NEEDED = timedelta(days=35)  # of the window, so that what was sent then is late by more than a week
_ELSEWHERE = frozenset({JINYUN, LONGQUAN, EXCLUSIVE_IN})  # whose figures other cases of the demo rest on


@dataclass(frozen=True, slots=True)
class Risks:
    """By the enterprises' numbers: whose output falls, and whose filing has waited for too long."""

    falling: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()

    def slump_of(self, number: int, plan: Plan) -> int:
        """The year from which on its orders are fewer; 0 for none."""
        return plan.open.year if number in self.falling else 0


def risks_of(census: Census, plan: Plan, taken: Collection[int]) -> Risks:
    """`taken` are the enterprises whose filing holds a planted error."""
    return Risks(_falling(census, plan), _waiting(census, plan, taken))


def _falling(census: Census, plan: Plan) -> frozenset[int]:
    """All above-scale enterprises of the smallest unit of which enough have the open quarter approved."""
    if not _is_comparable(plan.open, plan.closed):
        return frozenset()
    units: dict[str, list[int]] = {}
    for number in range(CAST, census.count):
        place = census.places[number]
        if place.kind == "L" and place.county not in _ELSEWHERE:
            units.setdefault(place.county, []).append(number)
    enough = (
        (len(found), county)
        for county, found in units.items()
        if sum(fate(number).state is State.APPROVED for number in found) >= REPORTED
    )
    smallest = min(enough, default=None)
    return frozenset(units[smallest[1]]) if smallest is not None else frozenset()


def _is_comparable(quarter: Quarter, closed: Collection[Quarter]) -> bool:
    return all(each.same_last_year in closed for each in quarter.year_to_date())


def _waiting(census: Census, plan: Plan, taken: Collection[int]) -> frozenset[int]:
    """Filings of a unit whose officer everybody can be, as far as there are any."""
    if plan.present - midnight((plan.open + 1).first_day) < NEEDED:
        return frozenset()
    free = [n for n in range(CAST, census.count) if fate(n).state in WAITING and not fate(n).twist and n not in taken]
    free.sort(key=lambda number: census.places[number].county != JINYUN)
    wanted = max(1, round(LATE_REVIEWS * min(1.0, census.count / DEFAULT_SIZE)))
    return frozenset(free[:wanted])
