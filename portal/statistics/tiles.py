"""The schematic map: where each unit's tile lies, and which band a growth rate falls into. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..kernel.bilingual import Bilingual

# Rows from the north, columns from the west; roughly as on the ground, never a boundary.
_GROUND: dict[str, tuple[int, int]] = {
    "331123": (1, 1),
    "331124": (1, 2),
    "331102": (1, 3),
    "331122": (1, 4),
    "331181": (2, 1),
    "331125": (2, 2),
    "331100-KFQ": (2, 3),
    "331121": (2, 4),
    "331126": (3, 1),
    "331127": (3, 2),
}
_COLUMNS = 4

# (code, words, upper bound not included, as a rate); growth is never coloured red or green: darker is faster.
BANDS: tuple[tuple[str, Bilingual, Decimal | None], ...] = (
    ("b0", Bilingual("下降（斜线）", "Fall (hatched)"), Decimal(0)),
    ("b1", Bilingual("0–5%", "0–5%"), Decimal("0.05")),
    ("b2", Bilingual("5%–8%", "5–8%"), Decimal("0.08")),
    ("b3", Bilingual("8%–12%", "8–12%"), Decimal("0.12")),
    ("b4", Bilingual("12%以上", "12% and over"), None),
)
NO_BAND = "bn"


def band(rate: Decimal | None) -> str:
    if rate is None:
        return NO_BAND
    return next(code for code, _, upper in BANDS if upper is None or rate < upper)


def places(units: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Row and column of every unit's tile; a unit that is new to the map goes into the next free place below."""
    wanted = list(units)
    found = {code: _GROUND[code] for code in wanted if code in _GROUND}
    taken = set(found.values())
    free = ((row, column) for row in range(3, 9) for column in range(1, _COLUMNS + 1) if (row, column) not in taken)
    for code in wanted:
        if code not in found:
            found[code] = next(free)
    return found
