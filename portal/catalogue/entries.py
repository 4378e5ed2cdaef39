"""The values of the catalogue: plan, clusters, chains, segments, units, divisions, targets … Pure.

`building` makes them from checked content; nothing here knows where the content is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from .kinds import STREAMS, TARGET_UNITS
from .size import Floors

NO_CHAIN = "00"
_STREAM_TITLES = dict(STREAMS)
_STREAM_ORDER = {code: place for place, (code, _) in enumerate(STREAMS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry has: both names, where they come from, and whether the bureau has confirmed them."""

    kind: str
    code: str
    title: Bilingual
    short: Bilingual
    source: str
    confirmed: bool
    evidence: str
    retired: bool

    @property
    def called(self) -> Bilingual:
        """Its name on pages; the published one stands in the catalogue and on papers."""
        return self.short

    @property
    def place(self) -> tuple[Any, ...]:
        """Sorts entries of one kind as people list them."""
        return (self.code,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Entry):
    issuer: Bilingual
    city: Bilingual
    city_code: str
    issued_on: date
    first_quarter: Quarter
    last_quarter: Quarter

    def covers(self, quarter: Quarter) -> bool:
        return self.first_quarter <= quarter <= self.last_quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Entry):
    """An entry with a place of its own in the list: cluster, task, measure."""

    order: int

    @property
    def place(self) -> tuple[Any, ...]:
        return (self.order, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Listed):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Listed):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Listed):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Entry):
    """`cluster` is None for `00` (on none of the chains); `counties` are hints from sources, not an assignment."""

    cluster: str | None
    counties: tuple[str, ...]
    level: str | None
    chief: Bilingual | None

    @property
    def is_listed(self) -> bool:
        """Whether it is one of the plan's chains (everything but `00`)."""
        return self.code != NO_CHAIN

    @property
    def called(self) -> Bilingual:
        """What is on none of the chains is called as its only segment is, and so once where both stand."""
        return self.short if self.is_listed else self.title

    @property
    def place(self) -> tuple[Any, ...]:
        return (not self.is_listed, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Entry):
    """A place on a chain. Open segments (`NN-x`, `00`, `00-SEMI` …) have stream `X` and no industry classes."""

    chain: str
    stream: str
    cluster: str | None
    gb_classes: tuple[str, ...]

    @property
    def stream_title(self) -> Bilingual:
        return _STREAM_TITLES[self.stream]

    @property
    def is_open(self) -> bool:
        return self.stream == "X"

    @property
    def place(self) -> tuple[Any, ...]:
        return (self.chain == NO_CHAIN, self.chain, _STREAM_ORDER[self.stream], self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Listed):
    """A reporting unit. `ground` is the county whose ground it lies on though it reports for itself."""

    gb2260: bool
    ground: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Division(Entry):
    section: str
    industrial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule(Entry):
    applies_to: tuple[str, ...]
    floors: tuple[Floors, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Entry):
    """`threshold` is a year's output in 万元."""

    threshold: Decimal

    @property
    def place(self) -> tuple[Any, ...]:
        return (-self.threshold, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Entry):
    year: int
    comparison: str
    value: Decimal | None
    unit: str
    wording: Bilingual

    @property
    def unit_title(self) -> Bilingual:
        return dict(TARGET_UNITS)[self.unit]

    @property
    def place(self) -> tuple[Any, ...]:
        return (int(self.code[1:]),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Entry):
    due_day: int
    tax_day: int
    gap_days: int
    return_days: int
    review_days: int
    lock_months: int
    edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Entry):
    published_on: date | None
    address: str
