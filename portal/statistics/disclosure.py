"""What may be published of a sum without giving an enterprise away: threshold, p %, complementary cells. Pure.

A margin divides the same enterprises into lines (clusters, units); the city is their total. The public knows every
line that is shown, the total, and therefore the sum of the lines that are not: that sum must pass by itself. Two
margins of the same enterprises are public together, so a difference between them must pass as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """`n` contributors at least (public), and `p` per cent that nobody may come nearer to the largest (never shown)."""

    n: int
    p: Decimal


class Why(Word):
    """Why a cell is hidden. Officers see the category, the public only that it is hidden."""

    FEW = "few"
    DOMINATED = "dominated"
    BESIDE = "beside"
    BEFORE = "before"
    LINKED = "linked"
    TOTAL = "total"

    @property
    def title(self) -> Bilingual:
        return _WHY_TITLES[self]


_WHY_TITLES = {
    Why.FEW: Bilingual("企业数太少", "Too few enterprises"),
    Why.DOMINATED: Bilingual("一家企业占比过大", "One enterprise dominates"),
    Why.BESIDE: Bilingual("保护其他隐藏数据", "Protects another hidden figure"),
    Why.BEFORE: Bilingual("以往发布时已隐藏", "Hidden in an earlier release"),
    Why.LINKED: Bilingual("防止两张表相减推算", "Two tables together would give it away"),
    Why.TOTAL: Bilingual("全市合计不能公布", "The city total may not be published"),
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one enterprise puts into an indicator, and the lines it falls into."""

    enterprise_id: int
    cluster: str
    unit: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is hidden of one indicator, by line of each margin; `city` when nothing at all may be published."""

    clusters: Mapping[str, Why]
    units: Mapping[str, Why]
    city: Why | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What the rule needs to know of a group: its sum, how many count, its two largest, whether one is negative."""

    total: Decimal = ZERO
    number: int = 0
    largest: Decimal = ZERO
    second: Decimal = ZERO
    has_negative: bool = False

    @classmethod
    def of(cls, values: Iterable[Decimal]) -> Pool:
        counted = sorted((v for v in values if v != 0), reverse=True)
        top = [*counted[:2], ZERO, ZERO]
        return cls(sum(counted, ZERO), len(counted), top[0], top[1], any(v < 0 for v in counted))

    def fault(self, rule: Rule) -> Why | None:
        """The rule this group breaks. Enterprises that report zero do not count.

        With a negative value among them shares mean nothing: then only the threshold is asked.
        """
        if self.number < rule.n:
            return Why.FEW
        if self.has_negative:
            return None
        return Why.DOMINATED if self.total - self.largest - self.second < self.largest * rule.p / 100 else None


def fault(values: Iterable[Decimal], rule: Rule) -> Why | None:
    return Pool.of(values).fault(rule)


def protect_margin(lines: Mapping[str, Sequence[Decimal]], rule: Rule, before: Iterable[str] = ()) -> dict[str, Why]:
    """The lines to hide. A line without a fact has nothing to hide; `before` are lines hidden in an earlier release.

    The smallest line left is hidden as well until the sum of the hidden ones passes; when none is left that is the
    total itself.
    """
    pools = {line: Pool.of(values) for line, values in lines.items() if values}
    hidden = {line: why for line, pool in pools.items() if (why := pool.fault(rule)) is not None}
    hidden |= {line: Why.BEFORE for line in before if line in pools and line not in hidden}
    return widened(pools, hidden, rule)


def widened(pools: Mapping[str, Pool], hidden: Mapping[str, Why], rule: Rule, why: Why = Why.BESIDE) -> dict[str, Why]:
    """`hidden` grown by the smallest other lines until two at least are hidden and their sum passes."""
    grown = dict(hidden)
    rest = sorted((pool.total, line) for line, pool in pools.items() if line not in grown)
    while grown and rest and (len(grown) < 2 or _together(pools[line] for line in grown).fault(rule) is not None):
        grown[rest.pop(0)[1]] = why
    return grown


def protect(
    contributions: Iterable[Contribution],
    rule: Rule,
    before_clusters: Iterable[str] = (),
    before_units: Iterable[str] = (),
) -> Pattern:
    """What to hide of one indicator in both margins, so that neither gives the other's hidden cells away."""
    known = tuple(contributions)
    if fault((c.value for c in known), rule) is not None:
        return Pattern(
            {c.cluster: Why.TOTAL for c in known}, {c.unit: Why.TOTAL for c in known}, Why.TOTAL if known else None
        )
    clusters = protect_margin(_lines(known, "cluster"), rule, before_clusters)
    unit_lines = _lines(known, "unit")
    units = protect_margin(unit_lines, rule, before_units)
    pools = {line: Pool.of(values) for line, values in unit_lines.items()}
    while next(given_away(known, clusters, units, rule), None) is not None and len(units) < len(pools):
        rest = sorted((pool.total, line) for line, pool in pools.items() if line not in units)
        units = widened(pools, {**units, rest[0][1]: Why.LINKED}, rule, Why.LINKED)
    return Pattern(clusters, units)


Cell = tuple[str, str]  # cluster and unit, each "" for all that are hidden of its margin
Grid = Mapping[Cell, Pool]


def cell_of(c: Contribution, clusters: Collection[str], units: Collection[str]) -> Cell:
    """Where an enterprise stands for the public, to whom the hidden lines of a margin are one."""
    return "" if c.cluster in clusters else c.cluster, "" if c.unit in units else c.unit


def telling(
    contributions: Iterable[Contribution], clusters: Collection[str], units: Collection[str], rule: Rule
) -> Iterator[tuple[Why, frozenset[Cell]]]:
    """Every group whose sum the public can work out and that fails: lines, what is left of a margin, the city, and
    lines of one margin less lines of the other. `clusters` and `units` are hidden."""
    known = tuple(contributions)
    grid = _grid(known, clusters, units)
    groups = {frozenset(grid)} if grid else set()
    for cluster, unit in grid:
        groups |= {frozenset(c for c in grid if c[0] == cluster), frozenset(c for c in grid if c[1] == unit)}
    for group in groups:
        why = _together(grid[cell] for cell in group).fault(rule)
        if why is not None:
            yield why, group
    yield from given_away(known, clusters, units, rule)


def given_away(
    contributions: Iterable[Contribution], clusters: Collection[str], units: Collection[str], rule: Rule
) -> Iterator[tuple[Why, frozenset[Cell]]]:
    """Groups that some lines of one margin less some lines of the other leave, and that fail by themselves.

    Only differences of one sign give a sum away, and the smallest of them is the dangerous one: lines of the one
    margin less all lines of the other that lie wholly within.
    """
    grid = _grid((c for c in contributions if c.value != 0), clusters, units)
    turned = {(column, row): pool for (row, column), pool in grid.items()}
    for table, is_turned in ((grid, False), (turned, True)):
        for left in _differences(table):
            why = _together(table[cell] for cell in left).fault(rule)
            if why is not None:
                yield why, frozenset((row, column) for column, row in left) if is_turned else left


def _grid(contributions: Iterable[Contribution], clusters: Collection[str], units: Collection[str]) -> Grid:
    values: dict[Cell, list[Decimal]] = {}
    for c in contributions:
        values.setdefault(cell_of(c, clusters, units), []).append(c.value)
    return {cell: Pool.of(found) for cell, found in values.items()}


def _differences(grid: Grid) -> Iterator[frozenset[Cell]]:
    """What is left of every union of rows once the columns wholly within it are taken away."""
    rows = sorted({row for row, _ in grid})
    reach: dict[str, set[str]] = {}
    for row, column in grid:
        reach.setdefault(column, set()).add(row)
    for number in range(1, len(rows)):
        for chosen in combinations(rows, number):
            union = set(chosen)
            within = {column for column, needed in reach.items() if needed <= union}
            left = frozenset(cell for cell in grid if cell[0] in union and cell[1] not in within)
            if within and left:
                yield left


def _together(pools: Iterable[Pool]) -> Pool:
    total, number, largest, second, has_negative = ZERO, 0, ZERO, ZERO, False
    for pool in pools:
        total += pool.total
        number += pool.number
        has_negative = has_negative or pool.has_negative
        for value in (pool.largest, pool.second):
            if value > largest:
                largest, second = value, largest
            elif value > second:
                second = value
    return Pool(total, number, largest, second, has_negative)


def _lines(contributions: Iterable[Contribution], margin: str) -> dict[str, list[Decimal]]:
    lines: dict[str, list[Decimal]] = {}
    for c in contributions:
        lines.setdefault(c.cluster if margin == "cluster" else c.unit, []).append(c.value)
    return lines
