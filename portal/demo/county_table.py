"""What the city's own sources say of its industry, as far as the demo is held to it. Pure.

The county table (data year 2019): above-scale enterprises, tax and added value per mu by unit. The city's ratios are
ratios of sums. `land` is each unit's share of the city's industrial land: the table does not print it; these are the
shares nearest to the units' numbers of enterprises under which all its ratios agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

TABLE_SOURCE = "S23"  # Lishui county table, data year 2019
YEAR_SOURCE = "S7"  # statistical communique on 2024
TARGET_SOURCE = "S0"  # the action plan
ASSUMED = "assumed"
YEAR = 2024
ADDED_VALUE, GROWTH = Decimal("4717800"), Decimal("0.093")  # 万元; 471.78 亿元, +9.3 %
# 万元 per mu. T2 and T3 ask for more than 30 and 150 by 2026: below them on purpose, also after two years' growth.
CITY_ADDED_VALUE, CITY_TAX = Decimal("107.22"), Decimal("21.44")
TAX_TARGET, ADDED_VALUE_TARGET = Decimal(30), Decimal(150)
# Ours: no source says where the city stood. The plan asks the five clusters for 70 % of above-scale output by 2026; so
# they had less in 2024, and at their own pace they come near it and no further.
CLUSTER_SHARE, CLUSTER_SHARE_TARGET = Decimal("0.66"), Decimal("0.70")
TABLE_CITY_TAX = Decimal(573564) / Decimal(30341)
TABLE_CITY_ADDED_VALUE = Decimal(2236605) / Decimal(30341)
DEFAULT_SIZE, DEFAULT_ABOVE_SCALE, DEFAULT_NOT_INDUSTRIAL = 1400, 942, 128


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One reporting unit of the table; tax and added value in 万元 per mu, land as a share of the city's."""

    code: str
    enterprises: int
    tax: Decimal
    added_value: Decimal
    land: Decimal

    @property
    def tax_to_city(self) -> Decimal:
        return self.tax / TABLE_CITY_TAX

    @property
    def added_value_to_city(self) -> Decimal:
        return self.added_value / TABLE_CITY_ADDED_VALUE

    @property
    def land_in_use(self) -> Decimal:
        """Mu at default size."""
        return ADDED_VALUE / CITY_ADDED_VALUE * self.land


def _row(code: str, enterprises: int, tax: str, added_value: str, land: str) -> UnitRow:
    return UnitRow(code, enterprises, Decimal(tax), Decimal(added_value), Decimal(land))


UNITS = {
    row.code: row
    for row in (
        _row("331102", 55, "46.38", "98.96", "0.03063"),
        _row("331100-KFQ", 209, "9.81", "55.73", "0.26206"),
        _row("331121", 157, "21.41", "87.08", "0.16932"),
        _row("331122", 147, "36.91", "101.58", "0.11365"),
        _row("331123", 68, "16.75", "54.45", "0.07460"),
        _row("331124", 90, "12.15", "52.66", "0.10747"),
        _row("331125", 65, "21.36", "74.68", "0.06808"),
        _row("331126", 48, "11.78", "66.22", "0.05940"),
        _row("331127", 16, "10.06", "47.45", "0.01963"),
        _row("331181", 87, "22.97", "106.35", "0.09516"),
    )
}
