"""The deed that ties an admitted enterprise to its entry on the county's list, with the status the list gives it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..catalogue.snapshot import Catalogue
from ..kernel.roles import Actor
from .enter_above_scale import StatusFact, enter_above_scale
from .models import Enterprise
from .queries_roster import roster_entry_of


def match_roster(session: Session, actor: Actor, row: Enterprise, catalogue: Catalogue) -> None:
    """Only industry takes an above-scale status over; the officer sees the entry before admitting."""
    entry = roster_entry_of(session, row.county, row.credit_code)
    if entry is None:
        return
    entry.enterprise_id = row.id
    if entry.since_on is not None and catalogue.is_industrial(row.gb_class):
        enter_above_scale(session, actor, [StatusFact(row, True, entry.since_on, entry.source)])
