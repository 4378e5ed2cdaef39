"""What is asked of the demo and what follows from it: the quarters, and how far each enterprise has come. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..kernel.clock import ZONE
from ..kernel.period import Quarter, quarters_between
from ..kernel.workflow import State
from .census import CAST, NEWCOMERS
from .county_table import DEFAULT_SIZE

FIRST = Quarter(2024, 1)
MOST_QUARTERS, MOST_ENTERPRISES = 40, NEWCOMERS
EXTENSION_DAYS = 7
BASE_YEAR = tuple(Quarter(2023, number) for number in range(1, 5))
# Rows of which the base year is known before anybody files (rulings 37).
BASE_ROWS = frozenset({"101", "103", "105", "106", "107", "202", "203", "204", "301", "302", "303", "501"})
DAY_BEGINS, WORKING_DAY = timedelta(hours=9), 8 * 3600


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asked for; `quarters` and `as_of` may be left open."""

    enterprises: int = DEFAULT_SIZE
    quarters: int | None = None
    seed: int = 1
    as_of: date | None = None


DEFAULTS = Wishes()


@dataclass(frozen=True, slots=True)
class Plan:
    """The wishes with everything filled in. `closed` are the quarters filed and approved, `open` the one under way."""

    enterprises: int
    seed: int
    as_of: date
    closed: tuple[Quarter, ...]
    open: Quarter

    @property
    def present(self) -> datetime:
        """The last instant of the demo's past: nothing in it happens later."""
        return midnight(self.as_of)

    @property
    def base(self) -> tuple[Quarter, ...]:
        """The quarters stated before the first filing: those of 2023, where the first is one of 2024."""
        return BASE_YEAR if (*self.closed, self.open)[0].year == FIRST.year else ()

    def chance(self, *about: object) -> random.Random:
        return random.Random(":".join(str(part) for part in (self.seed, *about)))


def planned(wishes: Wishes, today: date) -> Plan:
    """Raises ValueError, in words for the operator, for what cannot be built."""
    as_of = wishes.as_of or today
    if not FIRST.first_day < as_of < date(2190, 1, 1):
        raise ValueError(f"--as-of must be a day after {FIRST.first_day}")
    if not CAST <= wishes.enterprises <= MOST_ENTERPRISES:
        raise ValueError(f"--enterprises must be from {CAST} to {MOST_ENTERPRISES}")
    newest = Quarter.containing(as_of) - 1
    first = FIRST if wishes.quarters is None else newest - wishes.quarters
    closed = tuple(quarters_between(first, newest - 1))
    if len(closed) > MOST_QUARTERS or (wishes.quarters or 0) < 0:
        raise ValueError(f"--quarters must be from 0 to {MOST_QUARTERS}")
    return Plan(wishes.enterprises, wishes.seed, as_of, closed, newest)


# --- the open quarter --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fate:
    """How far a filing of the open quarter has come (None: not begun), and what was unlike other quarters in it."""

    state: State | None
    twist: str = ""


_S = State
# Turn and turn about of the two counties with listed accounts: even numbers Jinyun, odd ones Longquan.
_CAST = (
    Fate(_S.DRAFT), Fate(_S.RETURNED), Fate(_S.TO_CERTIFY), Fate(None), Fate(_S.SUBMITTED), Fate(_S.SUBMITTED, "surge"),
    Fate(_S.SUBMITTED, "loss"), Fate(_S.UNDER_REVIEW), Fate(_S.UNDER_REVIEW, "energy"), Fate(_S.SUBMITTED),
    Fate(_S.APPROVED), Fate(_S.APPROVED, "refund"),
)  # fmt: skip
_OTHERS = (
    Fate(_S.APPROVED), Fate(_S.SUBMITTED), Fate(_S.APPROVED), Fate(_S.SUBMITTED, "layoff"), Fate(_S.APPROVED),
    Fate(_S.DRAFT), Fate(_S.APPROVED, "refund"), Fate(_S.UNDER_REVIEW), Fate(None), Fate(_S.APPROVED),
    Fate(_S.RETURNED), Fate(_S.APPROVED), Fate(_S.TO_CERTIFY), Fate(_S.SUBMITTED, "surge"), Fate(_S.APPROVED),
    Fate(_S.WITHDRAWN), Fate(_S.APPROVED), Fate(_S.SUBMITTED), Fate(_S.APPROVED), Fate(_S.VOID), Fate(_S.APPROVED),
)  # fmt: skip
DONE = Fate(_S.APPROVED)


def fate(number: int) -> Fate:
    """What became of the open quarter's filing of the enterprise with this number."""
    return _CAST[number] if number < CAST else _OTHERS[(number - CAST) % len(_OTHERS)]


# --- instants ----------------------------------------------------------------------------------------------------


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE)


def moments(chance: random.Random, first: datetime, last: datetime) -> Iterator[datetime]:
    """Endless instants of working hours from `first` to before `last` (two midnights), each later than the one before.

    Where the two are too close for working hours the instants stand close behind `first`.
    """
    at = first
    while True:
        rest = max(last - at, timedelta(0))
        step = rest * (chance.randint(8, 40) / 100)
        at = max(at + timedelta(seconds=1), _in_working_hours(at + step)) if rest > timedelta(days=1) else at + rest / 9
        at = at.replace(microsecond=0)
        yield at


def _in_working_hours(at: datetime) -> datetime:
    begun = midnight(at.date())
    share = (at - begun).total_seconds() / 86400
    return begun + DAY_BEGINS + timedelta(seconds=int(share * WORKING_DAY))
