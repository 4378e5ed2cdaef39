"""The deed that makes the chains' rates of value added anew, from approved figures of above-scale enterprises."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from ..filing.models import ChainRate, Fact
from ..kernel.clock import now
from ..kernel.period import Quarter
from .rates import ChainSum, rates

OUTPUT, VALUE_ADDED, ABOVE_SCALE = "101", "107", "L"
LOOK_BACK = 8  # quarters


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
    newest = session.scalar(select(func.max(Fact.quarter)).where(Fact.basis == "filing"))
    if newest is None:
        return []
    made, added = aliased(Fact), aliased(Fact)
    rows = session.execute(
        select(
            made.chain, made.quarter, func.sum(added.value), func.sum(made.value), func.max(made.value), func.count()
        )
        .select_from(made)
        .join(added, (added.enterprise_id == made.enterprise_id) & (added.quarter == made.quarter))
        .where(made.indicator == OUTPUT, added.indicator == VALUE_ADDED, made.respondent_class == ABOVE_SCALE)
        .where(made.basis == "filing", added.basis == "filing", made.value > Decimal(0))
        .where(made.quarter >= (Quarter.from_code(newest) - (LOOK_BACK - 1)).code)
        .group_by(made.chain, made.quarter)
    )
    return [ChainSum(c, Quarter.from_code(q), added_, made_, top, n) for c, q, added_, made_, top, n in rows]
