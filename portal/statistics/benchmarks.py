"""What is usual for a figure among enterprises of one chain and size: median and spread. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from ..kernel.period import Quarter

FEWEST = 10  # below it the middle says little, and might say whose it is
SPREADS = 5
PER_HEAD = "504"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Of `number` enterprises: the median of a figure, and the median of the distances from it (MAD)."""

    median: Decimal
    mad: Decimal
    number: int
    quarter: Quarter | None = None

    @property
    def limit(self) -> Decimal:
        """Above it a figure is unusual (rulings 32: median + 5·MAD)."""
        return self.median + SPREADS * self.mad


def benchmark(values: Sequence[Decimal]) -> Benchmark | None:
    """None for fewer than FEWEST values."""
    if len(values) < FEWEST:
        return None
    middle = median(values)
    return Benchmark(middle, median([abs(value - middle) for value in values]), len(values))


def benchmarks(rows: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Benchmark]:
    """By (chain, size class), of rows (chain, size class, value)."""
    groups: dict[tuple[str, str], list[Decimal]] = {}
    for chain, size_class, value in rows:
        groups.setdefault((chain, size_class), []).append(value)
    return {key: found for key, values in sorted(groups.items()) if (found := benchmark(values)) is not None}
