"""What was filed of the year the city is held to, read back from cells and stated figures."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..filing.models import Fact
from ..kernel.period import Quarter
from ..statistics.models import Cell, CellDue
from .calibration import Measured
from .county_table import YEAR
from .plan import BASE_YEAR, Plan

_WHOLE_YEAR = tuple(Quarter(YEAR, number) for number in range(1, 5))


def measured(session: Session, plan: Plan) -> Measured | None:
    """None where the year was not filed as a whole."""
    if not set(_WHOLE_YEAR) <= set(plan.closed):
        return None
    last = _WHOLE_YEAR[-1]
    newest = plan.closed[-4:]
    return Measured(
        enterprises=_enterprises(session, last),
        added_value=_by_unit(session, "107", _WHOLE_YEAR),
        tax=_by_unit(session, "201", _WHOLE_YEAR),
        land=_by_unit(session, "301", (last,)),
        added_value_before=_stated(session),
        newest_added_value=sum(_by_unit(session, "107", newest).values(), Decimal(0)),
        newest_tax=sum(_by_unit(session, "201", newest).values(), Decimal(0)),
    )


def _by_unit(session: Session, indicator: str, quarters: Iterable[Quarter]) -> dict[str, Decimal]:
    rows = session.execute(
        select(Cell.county, func.sum(Cell.total))
        .where(Cell.indicator == indicator, Cell.respondent_class == "L", Cell.quarter.in_([q.code for q in quarters]))
        .group_by(Cell.county)
    )
    return dict(sorted((county, total) for county, total in rows))


def _enterprises(session: Session, quarter: Quarter) -> dict[str, int]:
    rows = session.execute(
        select(CellDue.county, func.sum(CellDue.due))
        .where(CellDue.respondent_class == "L", CellDue.quarter == quarter.code)
        .group_by(CellDue.county)
    )
    return dict(sorted((county, int(number)) for county, number in rows))


def _stated(session: Session) -> Decimal:
    found = session.scalar(
        select(func.sum(Fact.value)).where(
            Fact.indicator == "107",
            Fact.respondent_class == "L",
            Fact.basis == "stated",
            Fact.quarter.in_([quarter.code for quarter in BASE_YEAR]),
        )
    )
    return found or Decimal(0)
