"""The two sides of a ratio, of the same contributors: `a/b` is row a of those who gave both a and b. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from .shown import PAIRS


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


_Fact = TypeVar("_Fact", bound=FactLike)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a ratio as cells count it, at the place of the fact it is."""

    indicator: str
    quarter: int
    county: str
    segment: str
    size_class: str
    respondent_class: str
    value: Decimal


def with_sides(facts: Iterable[_Fact]) -> list[_Fact | Side]:
    """The facts of ONE enterprise and quarter, and the sides of every ratio of which both rows are among them."""
    known = {fact.indicator: fact for fact in facts}
    sides = [_side(known[code], other) for code, other in PAIRS if code in known and other in known]
    return [*known.values(), *sides]


def _side(fact: FactLike, other: str) -> Side:
    return Side(
        f"{fact.indicator}/{other}",
        fact.quarter,
        fact.county,
        fact.segment,
        fact.size_class,
        fact.respondent_class,
        fact.value,
    )
