"""Reading what the size class of a year rests on: approved figures of the year before, and the class that stands."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.queries import catalogue_at
from ..enterprises.models import Enterprise, SizeStatus
from ..kernel.period import Quarter
from .models import Fact
from .size_year import SIZE_ROWS, SizeYear

BY_FILINGS = "filings"


def size_years(session: Session, year: int, ids: Collection[int] | None = None) -> dict[int, SizeYear]:
    """By enterprise, of those (None: of all in scope) that have any approved figure of the year."""
    statement = select(Fact.enterprise_id, Fact.indicator, Fact.quarter, Fact.value).where(
        Fact.indicator.in_(SIZE_ROWS),
        Fact.quarter >= Quarter(year, 1).code,
        Fact.quarter <= Quarter(year, 4).code,
        Fact.basis == "filing",
    )
    if ids is not None:
        statement = statement.where(Fact.enterprise_id.in_(ids))
    found: dict[int, SizeYear] = {}
    values: dict[int, dict[str, dict[int, object]]] = {}
    for enterprise_id, row, quarter, value in session.execute(statement):
        values.setdefault(enterprise_id, {}).setdefault(row, {})[Quarter.from_code(quarter).number] = value
    for enterprise_id, rows in values.items():
        found[enterprise_id] = SizeYear(year, rows)  # type: ignore[arg-type]
    return found


def size_year(session: Session, enterprise_id: int, year: int) -> SizeYear:
    return size_years(session, year, [enterprise_id]).get(enterprise_id) or SizeYear(year, {})


def sizes_to_renew(session: Session, year: int) -> list[int]:
    """Registered enterprises whose complete `year` says something else than the class that stands from its end on."""
    catalogue = catalogue_at(session, Quarter(year + 1, 1))
    first_day = Quarter(year + 1, 1).first_day
    standing = {
        row.enterprise_id: row for row in session.scalars(select(SizeStatus).where(SizeStatus.since_on == first_day))
    }
    classes = session.execute(select(Enterprise.id, Enterprise.gb_class).where(Enterprise.status == "registered"))
    years = size_years(session, year)
    found = []
    for enterprise_id, gb_class in classes:
        figures = years[enterprise_id].figures() if enterprise_id in years else None
        if figures is None:
            continue
        row = standing.get(enterprise_id)
        computed = catalogue.size_class(gb_class, figures.staff, figures.revenue).value
        said = computed, figures.staff, figures.revenue, gb_class, BY_FILINGS
        if row is None or (row.size_class, row.staff, row.revenue, row.gb_class, row.basis) != said:
            found.append(enterprise_id)
    return sorted(found)
