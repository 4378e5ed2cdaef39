"""What people and the operator do to the catalogue: one function, one intention, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..audit.trail import record
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid, Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor, system
from ..questionnaire.store import load_editions
from . import windows
from .drafting import check_whole, draft_faults, new_draft, publish, put
from .loader import Loaded, load
from .models import CalendarDay, CalendarYear, CatalogueDraft, CatalogueDraftItem
from .reader import DEFINITIONS, checked_entries, marked_days, marked_years
from .rules import day_faults, year_faults
from .second_person import locked_draft, refuse_own, step

STREAM = "catalogue"
_DAY_WRONG = Bilingual("日历没有改动。", "The calendar was not changed.")


def load_definitions(folder: Path = DEFINITIONS) -> Loaded:
    """Adds the shipped versions the database has not seen; edits of the bureau stay. Raises BadDefinitions."""
    entries, days, years = checked_entries(folder), marked_days(folder), marked_years(folder)
    actor = system("catalogue load")
    with transaction(actor) as session:
        done = load(session, entries, days, years)
        editions = load_editions(session)
        if done.added or done.days or done.years or editions:
            detail: dict[str, Any] = {"added": done.added, "days": done.days, "years": done.years}
            detail |= {"kept_edits": list(done.kept_edits), "editions": editions}
            record(session, actor, stream=STREAM, verb="load", detail=detail)
        return done


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change goes: into an open draft (`draft_id` with the `version` the page showed), or a new one."""

    draft_id: int | None = None
    version: int = 0
    title: str = ""
    effective_from: Quarter | None = None
    reason: str = ""


def draft_change(
    actor: Actor, place: Place, kind: str, code: str, content: Mapping[str, Any], *, is_new: bool = False
) -> int:
    """Puts one entry into a draft and returns the draft's id. Raises Invalid with the fields at fault.

    With `is_new` the code must not stand in the catalogue yet, whatever the quarter.
    """
    with transaction(actor) as session:
        faults: dict[str, Bilingual] = {}
        if place.draft_id is not None:
            draft = locked_draft(session, CatalogueDraft, place.draft_id, place.version, "draft")
        elif place.effective_from is not None:
            draft = new_draft(actor, place.title, place.effective_from, place.reason)
            faults = draft_faults(session, place.title, place.effective_from, place.reason)
        else:
            raise Missing
        put(session, draft, actor, kind, code, content, is_new=is_new, faults=faults)
        detail = {"effective_from": draft.effective_from, "content": dict(content)}
        record(session, actor, stream=STREAM, verb="draft", subject=f"draft:{draft.id} {kind}:{code}", detail=detail)
        return draft.id


def remove_item(actor: Actor, draft_id: int, version: int, item_id: int) -> None:
    """Takes one entry out of a draft again."""
    with transaction(actor) as session:
        draft = locked_draft(session, CatalogueDraft, draft_id, version, "draft")
        item = session.get(CatalogueDraftItem, item_id)
        if item is None or item.draft_id != draft.id:
            raise Missing
        subject = f"draft:{draft.id} {item.kind}:{item.code}"
        session.delete(item)
        record(session, actor, stream=STREAM, verb="take-out", subject=subject)


def submit_draft(actor: Actor, draft_id: int, version: int) -> None:
    """Hands a draft to a second person. Raises Illegal while it is empty or faulty."""
    with transaction(actor) as session:
        draft = locked_draft(session, CatalogueDraft, draft_id, version, "draft")
        check_whole(session, draft)
        step(draft, "submitted")
        _record(session, actor, "submit", draft)


def reopen_draft(actor: Actor, draft_id: int, version: int) -> None:
    """Gives a submitted draft back for changes."""
    with transaction(actor) as session:
        draft = locked_draft(session, CatalogueDraft, draft_id, version, "submitted")
        step(draft, "draft")
        _record(session, actor, "reopen", draft)


def publish_draft(actor: Actor, draft_id: int, version: int) -> None:
    """Brings a submitted draft into force. Raises Illegal for anybody who took part in drafting it."""
    with transaction(actor) as session:
        draft = locked_draft(session, CatalogueDraft, draft_id, version, "submitted")
        refuse_own(draft, actor)
        items = publish(session, draft, actor)
        entries = [f"{item.kind}:{item.code}" for item in items]
        _record(session, actor, "publish", draft, effective_from=draft.effective_from, entries=entries)


def drop_draft(actor: Actor, draft_id: int, version: int) -> None:
    with transaction(actor) as session:
        draft = locked_draft(session, CatalogueDraft, draft_id, version, "draft", "submitted")
        step(draft, "dropped")
        _record(session, actor, "drop", draft)


def _record(session: Any, actor: Actor, verb: str, draft: CatalogueDraft, **detail: Any) -> None:
    record(session, actor, stream=STREAM, verb=verb, subject=f"draft:{draft.id}", detail=detail)


# --- windows and the calendar ------------------------------------------------------------------------------------


def open_window(actor: Actor, quarter: Quarter) -> date:
    """Opens the window of `quarter` and returns its due day. Raises Illegal when it was opened before."""
    with transaction(actor) as session:
        made = windows.open_window(session, actor, quarter)
        detail = {"opens_at": made.opens_at.isoformat(), "due_on": made.due_on, "locks_on": made.locks_on}
        record(session, actor, stream=f"window:{quarter.code}", verb="open", detail=detail)
        return made.due_on


def extend_window(actor: Actor, quarter: Quarter, due_on: date | None, reason: str) -> None:
    """Moves the due day of an opened window to a later working day. Raises Invalid, also when the day is unreadable."""
    with transaction(actor) as session:
        extended = windows.extend_window(session, actor, quarter, due_on, reason)
        detail = {"first_due_on": extended.first_due_on, "due_on": extended.due_on, "reason": reason}
        record(session, actor, stream=f"window:{quarter.code}", verb="extend", detail=detail)


def mark_day(actor: Actor, day: date | None, title: Bilingual, is_working: bool, is_tax_limit: bool = False) -> None:
    """Corrects the working calendar for one day; windows already opened keep their dates. Raises Invalid."""
    faults = day_faults(day, title)
    if day is None or faults:
        raise Invalid("calendar-day", _DAY_WRONG, faults)
    with transaction(actor) as session:
        row = session.get(CalendarDay, day) or CalendarDay(day=day)
        row.is_working, row.is_tax_limit = is_working, is_tax_limit
        row.title_zh, row.title_en = title.zh.strip(), title.en.strip()
        row.source, row.entered_by_id, row.entered_at = "edit", actor.account_id, now()
        session.add(row)
        detail = {"is_working": is_working, "is_tax_limit": is_tax_limit, "title_zh": title.zh, "title_en": title.en}
        record(session, actor, stream=STREAM, verb="mark-day", subject=f"day:{day}", detail=detail)


def mark_year(actor: Actor, year: int, source: str, is_confirmed: bool) -> None:
    """Says by which notice the days of a year are marked, and whether that is confirmed. Raises Invalid."""
    faults = year_faults(year, source)
    if faults:
        raise Invalid("calendar-year", _DAY_WRONG, faults)
    with transaction(actor) as session:
        row = session.get(CalendarYear, year) or CalendarYear(year=year)
        row.source, row.is_confirmed = source.strip(), is_confirmed
        row.origin, row.entered_by_id, row.entered_at = "edit", actor.account_id, now()
        session.add(row)
        detail = {"source": row.source, "is_confirmed": is_confirmed}
        record(session, actor, stream=STREAM, verb="mark-year", subject=f"year:{year}", detail=detail)
