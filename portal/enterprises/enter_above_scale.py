"""The deed of entering above-scale statuses from a document: one of a day is corrected, every other is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.roles import Actor
from .models import AboveScaleStatus, Enterprise

AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class StatusFact:
    """That an enterprise is on the above-scale list from a day, or no longer."""

    enterprise: Enterprise
    is_above_scale: bool
    since_on: date
    source: str


def enter_above_scale(session: Session, actor: Actor, facts: Sequence[StatusFact]) -> list[dict[str, Any] | None]:
    """What each fact replaces, None where nothing stood at that day. Later quarters alone are read by it."""
    standing: dict[tuple[int, date], AboveScaleStatus] = {}
    for start in range(0, len(facts), AT_ONCE):
        ids = [fact.enterprise.id for fact in facts[start : start + AT_ONCE]]
        found = session.scalars(select(AboveScaleStatus).where(AboveScaleStatus.enterprise_id.in_(ids)))
        standing |= {(status.enterprise_id, status.since_on): status for status in found}
    return [_enter(session, actor, fact, standing.get((fact.enterprise.id, fact.since_on))) for fact in facts]


def _enter(session: Session, actor: Actor, fact: StatusFact, found: AboveScaleStatus | None) -> dict[str, Any] | None:
    before = {"above": found.is_above_scale, "source": found.source} if found is not None else None
    row = fact.enterprise
    status = found or AboveScaleStatus(
        since_on=fact.since_on,
        created_by_id=actor.account_id,
        enterprise_id=row.id,
        county=row.county,
        chain=row.chain,
    )
    status.is_above_scale, status.source = fact.is_above_scale, fact.source
    session.add(status)
    return before
