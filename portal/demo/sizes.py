"""The size class of a past 1 January, as the calendar's job would have computed it from the year's filings. A deed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ..enterprises.models import SizeStatus
from ..filing.facts import counted
from ..filing.queries_size import BY_FILINGS
from ..filing.size_year import SIZE_ROWS, SizeYear
from ..kernel.period import Quarter
from ..kernel.roles import system
from .city import City
from .filer import Filer
from .plan import midnight

REASON = "size classes of 1 January"


def size_of_the_year(city: City, filer: Filer, last: Quarter) -> None:
    """After the year's `last` quarter; nothing while an earlier one was not filed. Later quarters count as it says."""
    figures, row = _year(city, filer, last).figures(), filer.enterprise
    if figures is None:
        return
    was, since = row.size_class, figures.counts_from
    row.size_class = city.catalogue.size_class(row.gb_class, figures.staff, figures.revenue).value
    row.size_class_on = since
    at = min(midnight(city.windows[last].due_on), city.plan.present) - timedelta(seconds=1)
    status = SizeStatus(
        size_class=row.size_class,
        since_on=since,
        staff=figures.staff,
        revenue=figures.revenue,
        gb_class=row.gb_class,
        basis=BY_FILINGS,
        enterprise_id=row.id,
        county=row.county,
        chain=row.chain,
        created_at=at,
    )
    city.book.add(status)
    city.book.amend(row)
    detail = {"size": row.size_class, "since": since, "was": was}
    detail |= {"staff": figures.staff, "revenue": figures.revenue, "replaced": None}
    city.record(system(REASON), at, f"enterprise:{row.id}", "size.computed", detail=detail)


def _year(city: City, filer: Filer, last: Quarter) -> SizeYear:
    values: dict[str, dict[int, Decimal]] = {}
    for quarter in last.year_to_date():
        document = filer.documents.get(quarter.code)
        found = counted(city.edition, document) if document is not None else {}
        for code in SIZE_ROWS:
            if code in found:
                values.setdefault(code, {})[quarter.number] = found[code]
    return SizeYear(last.year, values)
