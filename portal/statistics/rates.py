"""Which chain's rate of value added can be lent to an estimate: enough enterprises, none that stands for all. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..filing.estimate import NO_CHAIN, RATE_PLACES, Rate
from ..kernel.measure import divided, rounded
from ..kernel.period import Quarter

SMALLEST, LARGEST_SHARE = 10, Decimal("0.5")


@dataclass(frozen=True, slots=True)
class ChainSum:
    """Approved figures of a chain's above-scale enterprises in the year that ends with `quarter`, of those that gave
    both rows in all of it."""

    chain: str
    quarter: Quarter
    value_added: Decimal
    output: Decimal
    largest: Decimal
    enterprises: int


def rates(sums: Iterable[ChainSum]) -> dict[str, Rate]:
    """By chain the rate of its last year that has one."""
    found: dict[str, Rate] = {}
    for one in sorted(sums, key=lambda one: one.quarter):
        rate = _rate(one)
        if rate is not None:
            found[one.chain] = Rate(one.chain, one.quarter, rate, one.enterprises)
    return found


def _rate(one: ChainSum) -> Decimal | None:
    """None where one enterprise could be read out of it, or no share of output comes of it."""
    if one.chain == NO_CHAIN or one.enterprises < SMALLEST or one.largest > one.output * LARGEST_SHARE:
        return None
    share = divided(one.value_added, one.output)
    rate = None if share is None else rounded(share, RATE_PLACES)
    return rate if rate is not None and 0 < rate <= 1 else None
