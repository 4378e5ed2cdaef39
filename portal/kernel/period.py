"""Quarters: how the plan counts time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

from .bilingual import Bilingual

_FORM = re.compile(r"(\d{4})Q([1-4])", re.ASCII)
_ZH_ORDINAL = ("一", "二", "三", "四")
_EN_MONTHS = ("January–March", "April–June", "July–September", "October–December")
EARLIEST_YEAR, LATEST_YEAR = 2000, 2199


@total_ordering
@dataclass(frozen=True, slots=True)
class Quarter:
    """One calendar quarter. Stored as the integer `code` (20263), written `2026Q3`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (EARLIEST_YEAR <= self.year <= LATEST_YEAR and 1 <= self.number <= 4):
            raise ValueError(f"no such quarter: {self.year}Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Reads `2026Q3`; ValueError otherwise."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def from_code(cls, code: int) -> Quarter:
        return cls(*divmod(code, 10))

    @classmethod
    def containing(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def code(self) -> int:
        return self.year * 10 + self.number

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - timedelta(days=1)

    @property
    def same_last_year(self) -> Quarter:
        return self - 4

    @property
    def title(self) -> Bilingual:
        return Bilingual(f"{self.year}年第{_ZH_ORDINAL[self.number - 1]}季度", f"Q{self.number} {self.year}")

    @property
    def months(self) -> Bilingual:
        first = 3 * self.number - 2
        return Bilingual(f"{first}–{first + 2}月", _EN_MONTHS[self.number - 1])

    def year_to_date(self) -> tuple[Quarter, ...]:
        """From the first quarter of the year up to and including this one."""
        return tuple(Quarter(self.year, n) for n in range(1, self.number + 1))

    def trailing_four(self) -> tuple[Quarter, ...]:
        return tuple(self - n for n in (3, 2, 1, 0))

    def __add__(self, quarters: int) -> Quarter:
        year, index = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return Quarter(year, index + 1)

    def __sub__(self, quarters: int) -> Quarter:
        return self + -quarters

    def __lt__(self, other: Quarter) -> bool:
        return self.code < other.code

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def quarters_between(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """Both ends included; empty when `last` is before `first`."""
    while first <= last:
        yield first
        first += 1
