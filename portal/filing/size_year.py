"""What approved filings of a year say of an enterprise's size, and whether they say all of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..catalogue.size import YearFigures
from ..kernel.measure import rounded
from ..kernel.period import Quarter

STAFF, AVERAGE, REVENUE = "501", "502", "105"
SIZE_ROWS = (STAFF, AVERAGE, REVENUE)


@dataclass(frozen=True, slots=True)
class SizeYear:
    """Approved figures of one year by row and number of the quarter; nothing that was only stated is among them."""

    year: int
    values: Mapping[str, Mapping[int, Decimal]]

    @property
    def missing(self) -> tuple[Quarter, ...]:
        """Quarters without an approved figure of revenue."""
        revenue = self.values.get(REVENUE, {})
        return tuple(Quarter(self.year, number) for number in range(1, 5) if number not in revenue)

    def figures(self) -> YearFigures | None:
        """None until the year is complete: revenue of all four quarters, and staff.

        Staff is that of the year's end; where it was not given, the mean of the averages of all four quarters, as the
        size rules of 2017 have it.
        """
        staff = self._staff()
        if self.missing or staff is None:
            return None
        revenue = rounded(sum(self.values[REVENUE].values(), Decimal(0)), 2)
        return YearFigures(self.year, int(rounded(staff, 0)), revenue)

    def _staff(self) -> Decimal | None:
        at_end, averages = self.values.get(STAFF, {}).get(4), self.values.get(AVERAGE, {})
        if at_end is not None or len(averages) < 4:
            return at_end
        return sum(averages.values(), Decimal(0)) / 4
