"""What is known beside a document when it is read and checked: the respondent's past. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..kernel.period import Quarter

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Past:
    """Figures by row: the previous quarter, the same quarter last year, and the year to date before this quarter.

    `before` holds the rows for which that is known from an earlier filing; the opening block asks for the others.
    `asks_last_year` says that nothing is known of the same quarter last year. `series` are imported figures by name.
    `estimated` and `estimated_last_year` are the rows of the two quarters that were no figures of the respondent's own.
    """

    previous: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    last_year: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    before: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    approach: str = ""
    asks_last_year: bool = False
    series: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict, hash=False)
    estimated: frozenset[str] = frozenset()
    estimated_last_year: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """Who answers for when, and their past."""

    quarter: Quarter
    respondent_class: str
    past: Past = field(default_factory=Past)

    def before(self, code: str) -> Decimal | None:
        """The flow from January up to this quarter, as far as filings tell; 0 in the first quarter."""
        return ZERO if self.quarter.number == 1 else self.past.before.get(code)
