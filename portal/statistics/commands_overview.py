"""Intentions around the overview: entering an official figure, loading the shipped ones, making the panels anew."""

from __future__ import annotations

from datetime import date

from ..audit.trail import record
from ..catalogue.queries import catalogue_today
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid
from ..kernel.measure import plain
from ..kernel.roles import Actor, system
from .enter_official import enter_official, load_shipped
from .official import Typed, read_entry, read_year, shipped
from .queries_official import official_at
from .renew_panels import renew_panels
from .targets import TARGETS

STREAM = "official-figures"
_NOT_ENTERED = Bilingual("数据没有录入。", "The figure was not entered.")


def enter_figure(actor: Actor, typed: Typed, today: date) -> int:
    """Adds an official figure, or a correction of one, and returns its id. Raises Invalid with the fields at fault."""
    with transaction(actor) as session:
        year = read_year(typed.year, today)
        period = int(typed.quarter) if typed.quarter in ("0", "1", "2", "3") else None
        standing = official_at(session, typed.target, year, period) if year and period is not None else None
        known = [code for code in catalogue_today(session).targets if code in TARGETS]
        entry, faults = read_entry(typed, known, today, None if standing is None else plain(standing.value))
        if entry is None:
            raise Invalid("official-figure", _NOT_ENTERED, faults)
        made = enter_official(session, actor, entry)
        detail = {
            "target": entry.target, "year": entry.year, "quarter": entry.quarter, "value": entry.value,
            "growth": entry.growth, "source": entry.source, "source_on": entry.source_on, "note": entry.note,
            "is_confirmed": entry.is_confirmed, "replaces": standing.id if standing else None,
        }  # fmt: skip
        record(session, actor, stream=STREAM, verb="enter", subject=f"official-figure:{made.id}", detail=detail)
        return made.id


def load_official() -> int:
    """Adds the shipped figures that the database has not seen; how many."""
    entries, actor = shipped(), system("official figures")
    with transaction(actor) as session:
        added = load_shipped(session, entries)
        if added:
            record(session, actor, stream=STREAM, verb="load", detail={"added": added})
    return added


def renew_all_panels() -> int:
    """Makes the panels anew from the facts, at the operator's word; how many quarters changed."""
    actor = system("statistics")
    with transaction(actor) as session:
        changed = renew_panels(session)
        if changed:
            record(session, actor, stream="statistics", verb="panels.renewed", detail={"quarters": changed})
    return changed
