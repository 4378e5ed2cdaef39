"""What the overview shows, as values: targets in two series, groups with their growth, the ladder. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..catalogue.entries import Segment, Target
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from .ladder import Rung
from .measures import Growth
from .pace import Verdict
from .question import Frame
from .targets import Basis

CURRENT_PRICES = Bilingual(
    "现价，企业填报汇总，非统计部门数据",
    "current prices, sum of enterprises' own figures, not from the statistics bureau",
)


@dataclass(frozen=True, slots=True)
class Official:
    """What the statistics bureau or another authority says, in the target's unit, with where it says it."""

    value: Decimal
    growth: Decimal | None
    period: Bilingual
    source: str
    source_on: date
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target with its two series. `value` is the portal's own sum, `own` the county's part of it, both in the
    target's unit; `done` and `due` are shares of the target: what there is, and what there should be by now. `coverage`
    is the part of the quarters behind the sum that is approved, by weight, of the one that is least in."""

    target: Target
    basis: Basis | None
    official: Official | None
    value: Decimal | None
    own: Decimal | None
    done: Decimal | None
    due: Decimal | None
    verdict: Verdict | None
    coverage: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Like for like: the same enterprises in both years, `fewest` and `most` in the quarters of the span.

    `growth` is None where the panel is too small to be shown, or a quarter of the span has none.
    """

    fewest: int
    most: int
    growth: Growth | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A cluster, chain or unit: year-to-date output in 万元 with both ways of growth, and how much of it is in."""

    code: str
    title: Bilingual
    output: Decimal | None
    share: Decimal | None
    growth: Growth
    panel: Panel
    weight_share: Decimal | None
    due: int
    approved: int


STRONG = 3  # enterprises of a segment from which on it is no weak link


@dataclass(frozen=True, slots=True)
class Node:
    """A segment of a chain: registered enterprises with a position on it today, and a year's output, 万元."""

    segment: Segment
    enterprises: int
    output: Decimal | None

    @property
    def is_missing(self) -> bool:
        """A missing link is seen, not typed: nobody here has a position on it."""
        return self.enterprises == 0

    @property
    def is_weak(self) -> bool:
        """One or two in the whole city carry it: who leaves leaves a gap. Open segments are no link of the chain."""
        return 0 < self.enterprises < STRONG and not self.segment.is_open


@dataclass(frozen=True, slots=True)
class Column:
    title: Bilingual
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ChainMap:
    code: str
    title: Bilingual
    columns: tuple[Column, ...]

    @property
    def missing(self) -> int:
        return sum(node.is_missing for column in self.columns for node in column.nodes)

    @property
    def weak(self) -> int:
        return sum(node.is_weak for column in self.columns for node in column.nodes)


@dataclass(frozen=True, slots=True)
class Overview:
    """The page for one quarter, as far as its reader sees the city.

    `year_end` is the quarter that a year's figures end with; `targets` is empty for who sees single chains only;
    `groups` are clusters, or a chain officer's chains; a county's `units` is itself, and it has no ladder.
    `responded` is the share of the city's filings that is approved, by weight, where the reader may know it; `has_gaps`
    whether it is less than all; `largest_chain` the reader's own.
    `accepted` of the `of_units` reporting units have accepted and locked the quarter.
    """

    quarter: Quarter
    year_end: Quarter
    frame: Frame
    responded: Decimal | None
    has_gaps: bool
    targets: tuple[TargetLine, ...]
    groups: tuple[GroupLine, ...]
    units: tuple[GroupLine, ...]
    whole: GroupLine
    clusters_on_ladder: tuple[Rung, ...]
    chains_on_ladder: tuple[Rung, ...]
    largest_chain: str | None
    accepted: int
    of_units: int

    @property
    def is_accepted(self) -> bool:
        """By all units: final, whatever is missing."""
        return self.accepted >= self.of_units

    @property
    def is_provisional(self) -> bool:
        return not self.is_accepted and self.has_gaps
