"""What cells count beside the rows of one filing. Pure.

`a/b` is row a of those who gave both a and b: one side of a ratio (decision 021). `a~` is the part of `a`, a row or a
side, that is estimated (decision 022).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from .shown import BASES, ESTIMATED, RATIOS


class FactLike(Protocol):
    """What cells need to know of a fact."""

    @property
    def indicator(self) -> str: ...
    @property
    def quarter(self) -> int: ...
    @property
    def county(self) -> str: ...
    @property
    def segment(self) -> str: ...
    @property
    def size_class(self) -> str: ...
    @property
    def respondent_class(self) -> str: ...
    @property
    def value(self) -> Decimal: ...
    @property
    def is_estimated(self) -> bool: ...


_Fact = TypeVar("_Fact", bound=FactLike)


@dataclass(frozen=True, slots=True)
class Part:
    """A side of a ratio, or what is estimated of a row or side, at the place of the fact it is."""

    indicator: str
    quarter: int
    county: str
    segment: str
    size_class: str
    respondent_class: str
    value: Decimal
    is_estimated: bool


def with_parts(facts: Iterable[_Fact]) -> list[_Fact | Part]:
    """The facts of ONE enterprise and quarter, the sides of every ratio that it is in, and of both what is estimated.

    It is in a ratio with both rows; not with 0 of what there has to be some of, like land.
    """
    known = {fact.indicator: fact for fact in facts}
    sides = [
        _part(known[one], f"{one}/{two}")
        for above, below in RATIOS
        if _is_in(known, above, below)
        for one, two in ((above, below), (below, above))
    ]
    counted: list[_Fact | Part] = [*known.values(), *sides]
    return [*counted, *(_part(one, one.indicator + ESTIMATED) for one in counted if one.is_estimated)]


def _is_in(known: Mapping[str, FactLike], above: str, below: str) -> bool:
    return above in known and below in known and (below not in BASES or known[below].value > 0)


def _part(fact: FactLike, indicator: str) -> Part:
    return Part(
        indicator,
        fact.quarter,
        fact.county,
        fact.segment,
        fact.size_class,
        fact.respondent_class,
        fact.value,
        fact.is_estimated,
    )
