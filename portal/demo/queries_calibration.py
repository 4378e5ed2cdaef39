"""What was filed of the year the city is held to, read back from cells and stated figures."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..catalogue.snapshot import Catalogue
from ..filing.models import Fact
from ..kernel.measure import divided
from ..kernel.period import Quarter
from ..statistics.models import Cell, CellDue
from .calibration import Measured
from .county_table import YEAR
from .plan import BASE_YEAR, Plan

_WHOLE_YEAR = tuple(Quarter(YEAR, number) for number in range(1, 5))


def measured(session: Session, plan: Plan, catalogue: Catalogue) -> Measured | None:
    """None where the year was not filed as a whole. `catalogue` says which segment is in a cluster."""
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
        cluster_share=_cluster_share(session, _WHOLE_YEAR, catalogue),
        newest_cluster_share=_cluster_share(session, newest, catalogue),
    )


def _by_unit(session: Session, indicator: str, quarters: Iterable[Quarter]) -> dict[str, Decimal]:
    return _by(session, Cell.county, indicator, quarters)


def _by(
    session: Session, column: InstrumentedAttribute[str], indicator: str, quarters: Iterable[Quarter]
) -> dict[str, Decimal]:
    rows = session.execute(
        select(column, func.sum(Cell.total))
        .where(Cell.indicator == indicator, Cell.respondent_class == "L", Cell.quarter.in_([q.code for q in quarters]))
        .group_by(column)
    )
    return dict(sorted((key, total) for key, total in rows))


def _cluster_share(session: Session, quarters: Iterable[Quarter], catalogue: Catalogue) -> Decimal:
    output = _by(session, Cell.segment, "101", quarters)
    within = (total for segment, total in output.items() if catalogue.cluster_of_segment(segment) is not None)
    return divided(sum(within, Decimal(0)), sum(output.values(), Decimal(0))) or Decimal(0)


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
