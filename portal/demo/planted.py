"""Errors that stand in filings of the open quarter for an officer to find: their kinds, and where they are. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.measure import rounded
from ..kernel.workflow import State
from .census import CAST, Census
from .county_table import DEFAULT_SIZE
from .plan import fate

Figures = Mapping[str, Decimal]
Change = Callable[[Figures, Figures], dict[str, Decimal]]
REASON = ("other", "已与台账核对，填报的数据无误。")
WAITING = frozenset({State.SUBMITTED, State.UNDER_REVIEW})
SLIP, SIGN, COPY, EXPORT, LAND, ENERGY = "unit-slip", "sign", "copied-quarter", "export-over-sales", "land", "energy"
HECTARE = Decimal(15)  # mu
_YI = Decimal(10_000)  # 亿元 in 万元
_PHYSICAL = Decimal("1.229")  # tce for 10 MWh, where the form asks for the equivalent value


@dataclass(frozen=True, slots=True)
class Error:
    """One kind: the row where it shows, and what the figures become; `before` are last quarter's."""

    row: str
    number: int
    change: Change
    needs_past: bool = True
    states: frozenset[State] = WAITING


def _slip(row: Figures, before: Figures) -> dict[str, Decimal]:
    """Revenue typed in 亿元; where that would leave nothing, a decimal point one place too far right."""
    revenue = row["105"]
    is_large = revenue >= 500
    slipped = revenue / _YI if is_large else before["105"] * Decimal("10.05")
    return {"105": rounded(slipped, 2)}


def _sign(row: Figures, before: Figures) -> dict[str, Decimal]:
    return {"106": -abs(row["106"])}


def _copy(row: Figures, before: Figures) -> dict[str, Decimal]:
    return {code: before[code] for code in row if code in before}


def _export(row: Figures, before: Figures) -> dict[str, Decimal]:
    return {"104": rounded(row["103"] * Decimal("1.2"), 2)}


def _land(row: Figures, before: Figures) -> dict[str, Decimal]:
    """Typed in hectares."""
    own, rented = (rounded(row[code] / HECTARE, 2) for code in ("305", "306"))
    return {"301": own + rented, "305": own, "306": rented}


def _energy(row: Figures, before: Figures) -> dict[str, Decimal]:
    """Electricity turned into coal by its physical value."""
    rest = row["302"] - row["303"] * Decimal("2.9")
    return {"302": rounded(row["303"] * _PHYSICAL + max(rest, Decimal(0)), 2)}


# At default size; a smaller city has fewer. An export above sales cannot be submitted: it stands in drafts.
ERRORS: dict[str, Error] = {
    SLIP: Error("105", 15, _slip),
    SIGN: Error("106", 5, _sign),
    COPY: Error("101", 10, _copy),
    EXPORT: Error("104", 5, _export, needs_past=False, states=frozenset({State.DRAFT})),
    LAND: Error("301", 10, _land),
    ENERGY: Error("302", 15, _energy, needs_past=False),
}


def spoiled(kind: str, row: Figures, before: Figures) -> dict[str, Decimal]:
    """The figures with the error in them."""
    return dict(row) if not kind else {**row, **ERRORS[kind].change(row, before)}


def places_of(census: Census, *, has_past: bool) -> dict[int, str]:
    """Kind by the enterprise's number. Above-scale ones beyond the cast, whose quarter is like any other else."""
    chance = random.Random(f"planted:{census.seed}:{census.count}")
    numbers = [n for n in range(CAST, census.count) if census.places[n].kind == "L" and not fate(n).twist]
    chance.shuffle(numbers)
    found: dict[int, str] = {}
    for kind, error in ERRORS.items():
        wanted = round(error.number * min(1.0, census.count / DEFAULT_SIZE))
        if error.needs_past and not has_past:
            continue
        free = (n for n in numbers if n not in found and fate(n).state in error.states)
        found |= {number: kind for number, _ in zip(free, range(wanted), strict=False)}
    return dict(sorted(found.items()))
