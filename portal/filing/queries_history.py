"""Reading the approved past of one enterprise, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.period import Quarter
from .models import Fact


@dataclass(frozen=True, slots=True)
class Point:
    """One row in one quarter; without a value where no fact stands."""

    quarter: Quarter
    value: Decimal | None = None
    is_estimated: bool = False


def histories(session: Session, enterprise_id: int, last: Quarter, n: int) -> dict[str, list[Point]]:
    """Every row that has a fact in the `n` quarters up to `last`, oldest first. One statement."""
    span = [last - back for back in range(n - 1, -1, -1)]
    rows = session.execute(
        select(Fact.indicator, Fact.quarter, Fact.value, Fact.is_estimated).where(
            Fact.enterprise_id == enterprise_id, Fact.quarter >= span[0].code, Fact.quarter <= last.code
        )
    )
    known: dict[str, dict[int, Point]] = {}
    for code, quarter, value, is_estimated in rows:
        known.setdefault(code, {})[quarter] = Point(Quarter.from_code(quarter), value, is_estimated)
    return {code: [points.get(q.code, Point(q)) for q in span] for code, points in known.items()}
