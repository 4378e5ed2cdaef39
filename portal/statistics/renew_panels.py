"""The deed that makes the panels anew from the facts: enterprises with an approved figure this year and last."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from ..filing.models import Fact
from .models_panel import PANEL_GRAIN, PanelCell
from .targets import PANEL_INDICATORS

YEAR = 10  # between the codes of a quarter and the same quarter last year: 20263 and 20253
Panels = dict[tuple[Any, ...], tuple[int, Decimal, Decimal]]


def renew_panels(session: Session) -> int:
    """Brings every quarter's panel up to the facts; quarters that did not change are left alone. How many changed.

    Needs a session that sees everything.
    """
    counted, kept = counted_panels(session), kept_panels(session)
    changed = {key[0] for key in {*counted, *kept} if counted.get(key) != kept.get(key)}
    if not changed:
        return 0
    session.execute(delete(PanelCell).where(PanelCell.quarter.in_(sorted(changed))))
    rows = [
        {**dict(zip(PANEL_GRAIN, key, strict=True)), "enterprises": number, "value_now": now, "value_then": then}
        for key, (number, now, then) in sorted(counted.items())
        if key[0] in changed
    ]
    if rows:
        session.execute(PanelCell.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(changed)


def kept_panels(session: Session) -> Panels:
    grain = [getattr(PanelCell, name) for name in PANEL_GRAIN]
    rows = session.execute(select(*grain, PanelCell.enterprises, PanelCell.value_now, PanelCell.value_then))
    return {tuple(row[:-3]): (row[-3], row[-2], row[-1]) for row in rows}


def counted_panels(session: Session) -> Panels:
    """Approved figures only: what an opening block states of last year makes no panel (rulings 17)."""
    this, last = aliased(Fact), aliased(Fact)
    grain = [getattr(this, name) for name in PANEL_GRAIN]
    rows = session.execute(
        select(*grain, func.count(), func.sum(this.value), func.sum(last.value))
        .select_from(this)
        .join(
            last,
            (last.enterprise_id == this.enterprise_id)
            & (last.indicator == this.indicator)
            & (last.quarter == this.quarter - YEAR)
            & (last.respondent_class == this.respondent_class),
        )
        .where(this.basis == "filing", last.basis == "filing", this.indicator.in_(sorted(PANEL_INDICATORS)))
        .group_by(*grain)
    )
    return {tuple(row[:-3]): (int(row[-3]), row[-2], row[-1]) for row in rows}
