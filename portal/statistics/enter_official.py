"""The deed that adds an official figure. Nothing is ever changed: what stands for a period is its newest row."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.roles import Actor
from .models_target import OfficialFigure
from .official import OfficialEntry


def enter_official(session: Session, actor: Actor, entry: OfficialEntry) -> OfficialFigure:
    """Adds what an officer typed, as a row of its own."""
    made = _row(entry, "entry")
    made.entered_by_id, made.entered_by_name = actor.account_id, actor.name
    session.add(made)
    session.flush()
    return made


def load_shipped(session: Session, entries: Sequence[OfficialEntry]) -> int:
    """Adds shipped figures that are new; a period in which an officer has entered one is left alone. How many."""
    standing = session.scalars(select(OfficialFigure)).all()
    entered = {(row.target, row.year, row.quarter) for row in standing if row.origin == "entry"}
    seen = {(row.target, row.year, row.quarter, row.value, row.growth) for row in standing}
    new = [
        entry
        for entry in entries
        if (entry.target, entry.year, entry.quarter) not in entered
        and (entry.target, entry.year, entry.quarter, entry.value, entry.growth) not in seen
    ]
    session.add_all(_row(entry, "seed") for entry in new)
    session.flush()
    return len(new)


def _row(entry: OfficialEntry, origin: str) -> OfficialFigure:
    return OfficialFigure(
        target=entry.target,
        year=entry.year,
        quarter=entry.quarter,
        value=entry.value,
        growth=entry.growth,
        source=entry.source,
        source_on=entry.source_on,
        is_confirmed=entry.is_confirmed,
        note=entry.note,
        origin=origin,
    )
