"""The releases of the demonstration: the newest closed quarters, prepared by one of the bureau and signed by another.

A deed. From last year's first quarter on: that gives a year to date, growth on the year before, and last year's
course, from which the pace of the targets is drawn.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from ..kernel.errors import Illegal
from ..statistics.disclosure import Rule
from ..statistics.queries_prepared import prepared
from ..statistics.release import sign, write
from .city import City

RULE = Rule(3, Decimal(10))  # as the settings are unless an operator changes them


def release_past(session: Session, city: City) -> None:
    """Oldest first, for each is compared with the year before. A quarter that may not be released is left out."""
    closed = city.plan.closed
    for quarter in (quarter for quarter in closed if quarter.year >= closed[-1].year - 1):
        try:
            made = prepared(session, quarter, RULE)
        except Illegal:
            continue
        release = write(session, city.officers["bureau"], made, "")
        sign(session, city.officers["bureau-lead"], release.id)
