"""Size class and respondent class of an enterprise, from rules that are catalogue data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word


class SizeClass(Word):
    LARGE = "L"
    MEDIUM = "M"
    SMALL = "S"
    MICRO = "X"

    @property
    def title(self) -> Bilingual:
        return _SIZE_TITLES[self]


_SIZE_TITLES = {
    SizeClass.LARGE: Bilingual("大型", "Large"),
    SizeClass.MEDIUM: Bilingual("中型", "Medium"),
    SizeClass.SMALL: Bilingual("小型", "Small"),
    SizeClass.MICRO: Bilingual("微型", "Micro"),
}


class RespondentClass(Word):
    """Which form an enterprise answers: the letters of the form edition's columns L, S, N."""

    ABOVE_SCALE = "L"
    BELOW_SCALE = "S"
    NOT_INDUSTRIAL = "N"

    @property
    def title(self) -> Bilingual:
        return _RESPONDENT_TITLES[self]


_RESPONDENT_TITLES = {
    RespondentClass.ABOVE_SCALE: Bilingual("规模以上工业", "Above-scale industry"),
    RespondentClass.BELOW_SCALE: Bilingual("规模以下工业", "Below-scale industry"),
    RespondentClass.NOT_INDUSTRIAL: Bilingual("非工业", "Not industry"),
}


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What a size class is computed from: staff at the end of a year and its revenue in 万元, to two places."""

    year: int
    staff: int
    revenue: Decimal

    @property
    def counts_from(self) -> date:
        """The 1 January from which a class computed from them counts."""
        return date(self.year + 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Floors:
    """Lower bounds that a size class asks for; `revenue` in 万元, None where the branch knows no revenue bound."""

    size: SizeClass
    staff: int
    revenue: Decimal | None

    def met_by(self, staff: int, revenue: Decimal) -> bool:
        return staff >= self.staff and (self.revenue is None or revenue >= self.revenue)


def size_class(floors: tuple[Floors, ...], staff: int, revenue: Decimal) -> SizeClass:
    """The first class, from large to small, whose floors are all met; micro when none is."""
    return next((floor.size for floor in floors if floor.met_by(staff, revenue)), SizeClass.MICRO)


def respondent_class(is_industrial: bool, is_above_scale: bool) -> RespondentClass:
    """Only industry has an above-scale list; above-scale is an administrative fact and never derived from revenue."""
    if not is_industrial:
        return RespondentClass.NOT_INDUSTRIAL
    return RespondentClass.ABOVE_SCALE if is_above_scale else RespondentClass.BELOW_SCALE
