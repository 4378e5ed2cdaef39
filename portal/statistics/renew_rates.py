"""The deed that makes the chains' rates of value added anew, from approved figures of above-scale enterprises."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from ..filing.models import ChainRate, Fact
from ..kernel.clock import now
from ..kernel.period import Quarter
from .rates import ChainSum, rates

OUTPUT, VALUE_ADDED, ABOVE_SCALE = "101", "107", "L"
YEARS_BACK = 2


def renew_rates(session: Session) -> int:
    """Replaces all; how many chains have a rate now. Needs a session that sees everything.

    Only above-scale enterprises, who never estimate: an estimate must not feed the next one.
    """
    found = rates(_sums(session))
    session.execute(delete(ChainRate))
    session.add_all(
        ChainRate(chain=r.chain, quarter=r.quarter.code, rate=r.rate, enterprises=r.enterprises, made_at=now())
        for r in found.values()
    )
    session.flush()
    return len(found)


def _sums(session: Session) -> list[ChainSum]:
    """Of each chain and year, over the enterprises that gave both rows in all four quarters of it."""
    newest = session.scalar(select(func.max(Fact.quarter)).where(Fact.basis == "filing"))
    if newest is None:
        return []
    made, added = aliased(Fact), aliased(Fact)
    year = made.quarter // literal_column("10")
    of_one = (
        select(made.chain, year.label("year"), func.sum(added.value).label("added"), func.sum(made.value).label("made"))
        .select_from(made)
        .join(added, (added.enterprise_id == made.enterprise_id) & (added.quarter == made.quarter))
        .where(made.indicator == OUTPUT, added.indicator == VALUE_ADDED, made.respondent_class == ABOVE_SCALE)
        .where(made.basis == "filing", added.basis == "filing")
        .where(made.quarter >= Quarter(Quarter.from_code(newest).year - YEARS_BACK, 1).code)
        .group_by(made.enterprise_id, made.chain, year)
        .having(func.count() == 4, func.sum(made.value) > Decimal(0))
        .subquery()
    )
    of = of_one.c
    rows = session.execute(
        select(of.chain, of.year, func.sum(of.added), func.sum(of.made), func.max(of.made), func.count()).group_by(
            of.chain, of.year
        )
    )
    return [ChainSum(c, Quarter(y, 4), added_, made_, top, n) for c, y, added_, made_, top, n in rows]
