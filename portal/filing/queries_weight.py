"""How much an enterprise weighs in shares of response, by what was approved of it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.period import Quarter
from .models import Fact


def newest_weight(session: Session, enterprise_id: int, indicator: str, before: Quarter) -> Decimal | None:
    """The figure of the newest approved quarter before this one: an enterprise's weight in shares of response."""
    return session.scalars(
        select(Fact.value)
        .where(Fact.enterprise_id == enterprise_id, Fact.indicator == indicator, Fact.quarter < before.code)
        .where(Fact.basis == "filing")
        .order_by(Fact.quarter.desc())
        .limit(1)
    ).one_or_none()
