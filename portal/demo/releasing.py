"""The releases of the demonstration: the newest closed quarters, prepared by one of the bureau and signed by another.

A deed. Six are enough for a year-to-date, a trailing year and growth on the year before.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from ..kernel.errors import Illegal
from ..statistics.disclosure import Rule
from ..statistics.queries_prepared import prepared
from ..statistics.release import sign, write
from .city import City

RELEASED = 6
RULE = Rule(3, Decimal(10))  # as the settings are unless an operator changes them


def release_past(session: Session, city: City) -> None:
    """Oldest first, for each is compared with the year before. A quarter that may not be released is left out."""
    for quarter in city.plan.closed[-RELEASED:]:
        try:
            made = prepared(session, quarter, RULE)
        except Illegal:
            continue
        release = write(session, city.officers["bureau"], made, "")
        sign(session, city.officers["bureau-lead"], release.id)
