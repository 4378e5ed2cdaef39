"""Reading the catalogue: a quarter's snapshot, an entry's versions, drafts, windows, the working calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from ..database.prepared import Prepared
from ..database.session import database_name
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import local, today
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from .building import entry
from .deadlines import WorkCalendar, WorkingDaysLeft
from .entries import Entry
from .kept import ENTRIES, SNAPSHOTS
from .kinds import KINDS
from .linter import RawEntry, is_code
from .models import (
    OPEN_STATES,
    CalendarDay,
    CalendarYear,
    CatalogueDraft,
    CatalogueDraftItem,
    CatalogueEntry,
    FilingWindow,
)
from .snapshot import Catalogue, catalogue_of

# One short text that differs as soon as anything was published: publications take turns (`loader.take_turn`), so that
# the newest id is the one committed last. A scalar subquery, so that a room above may read it
# within a statement it makes anyway and hand it to `catalogue_at`.
VERSION = (
    select(
        cast(CatalogueEntry.id, String)
        + ":"
        + cast(CatalogueEntry.effective_from, String)
        + ":"
        + cast(CatalogueEntry.published_at, String)
        + ":"
        + CatalogueEntry.content_hash
    )
    .order_by(CatalogueEntry.id.desc())
    .limit(1)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Published:
    """One published version with its value."""

    id: int
    effective_from: Quarter
    number: int
    source: str
    published_at: datetime
    published_by_name: str
    entry: Entry
    content: dict[str, object]


def version(session: Session) -> str:
    """What the catalogue's newest version is called; empty before the first load. One tiny statement."""
    return session.scalar(select(VERSION)) or ""


def catalogue_at(session: Session, quarter: Quarter, known_version: str | None = None) -> Catalogue:
    """The catalogue as it stands in `quarter`. A quarter before the plan sees the first versions.

    Costs one tiny statement, and none when the caller passes the `version` it already read.
    """
    stamp = version(session) if known_version is None else known_version
    key = (database_name(session), stamp, quarter.code)
    found = SNAPSHOTS.get(key)
    if found is None:
        found = catalogue_of(quarter, _entries(session, quarter))
        SNAPSHOTS.keep(key, found)
    return found


def _entries(session: Session, quarter: Quarter) -> list[Entry]:
    """The entries that apply in `quarter`. From one quarter to the next few differ: contents built before are kept."""
    heads = _in_force(
        session.execute(
            select(
                CatalogueEntry.id,
                CatalogueEntry.kind,
                CatalogueEntry.code,
                CatalogueEntry.effective_from,
                CatalogueEntry.content_hash,
            ).order_by(CatalogueEntry.effective_from, CatalogueEntry.number)
        ).all(),
        quarter,
    )
    built = {head.id: ENTRIES.get((head.kind, head.code, head.content_hash)) for head in heads}
    missing = [head for head in heads if built[head.id] is None]
    if missing:
        asked = select(CatalogueEntry.id, CatalogueEntry.content).where(
            CatalogueEntry.id.in_([head.id for head in missing])
        )
        content = {row.id: row.content for row in session.execute(asked)}
        for head in missing:
            value = built[head.id] = entry(head.kind, head.code, content[head.id])
            ENTRIES.keep((head.kind, head.code, head.content_hash), value)
    return [value for value in built.values() if value is not None]


def catalogue_today(session: Session, known_version: str | None = None) -> Catalogue:
    return catalogue_at(session, Quarter.containing(today()), known_version)


def standing(session: Session, quarter: Quarter) -> list[CatalogueEntry]:
    """The version of every entry that applies in `quarter`; where none is that old, the first there is."""
    rows = session.scalars(select(CatalogueEntry).order_by(CatalogueEntry.effective_from, CatalogueEntry.number)).all()
    return _in_force(rows, quarter)


def _in_force(rows: Sequence[Any], quarter: Quarter) -> list[Any]:
    """Of versions in the order of their quarters and numbers, those that apply in `quarter`."""
    last = max(quarter.code, rows[0].effective_from) if rows else quarter.code
    return list({(row.kind, row.code): row for row in rows if row.effective_from <= last}.values())


def contents(session: Session, kind: str, quarter: Quarter) -> dict[str, dict[str, object]]:
    """The raw content of every entry of a kind in `quarter`, by code. Raises Missing when there is no such kind."""
    if kind not in KINDS:
        raise Missing
    return {row.code: dict(row.content) for row in standing(session, quarter) if row.kind == kind}


def standing_version(session: Session, kind: str, code: str, quarter: Quarter) -> CatalogueEntry | None:
    """The version of one entry that applies in `quarter`, or None when there is none yet."""
    return session.scalars(
        select(CatalogueEntry)
        .where(
            CatalogueEntry.kind == kind,
            CatalogueEntry.code == code,
            CatalogueEntry.effective_from <= quarter.code,
        )
        .order_by(CatalogueEntry.effective_from.desc(), CatalogueEntry.number.desc())
        .limit(1)
    ).first()


def history(session: Session, kind: str, code: str) -> list[Published]:
    """Every published version of an entry, newest first. Raises Missing when it never was."""
    if not is_code(kind, code):
        raise Missing
    rows = session.scalars(
        select(CatalogueEntry)
        .where(CatalogueEntry.kind == kind, CatalogueEntry.code == code)
        .order_by(CatalogueEntry.effective_from.desc(), CatalogueEntry.number.desc())
    ).all()
    if not rows:
        raise Missing
    return [_published(row) for row in rows]


def _published(row: CatalogueEntry) -> Published:
    return Published(
        row.id,
        Quarter.from_code(row.effective_from),
        row.number,
        row.source,
        row.published_at,
        row.published_by_name,
        entry(row.kind, row.code, row.content),
        dict(row.content),
    )


# --- drafts ------------------------------------------------------------------------------------------------------


def drafts(session: Session, limit: int = 50) -> Sequence[CatalogueDraft]:
    """Open drafts first, then closed ones, newest first."""
    is_closed = CatalogueDraft.state.not_in(OPEN_STATES)
    return session.scalars(select(CatalogueDraft).order_by(is_closed, CatalogueDraft.id.desc()).limit(limit)).all()


def editable_drafts(session: Session) -> Sequence[CatalogueDraft]:
    """Drafts that still take changes, newest first."""
    return session.scalars(
        select(CatalogueDraft).where(CatalogueDraft.state == "draft").order_by(CatalogueDraft.id.desc()).limit(20)
    ).all()


def draft(session: Session, draft_id: int) -> CatalogueDraft:
    """Raises Missing."""
    found = session.get(CatalogueDraft, draft_id)
    if found is None:
        raise Missing
    return found


def draft_items(session: Session, draft_id: int) -> Sequence[CatalogueDraftItem]:
    return session.scalars(
        select(CatalogueDraftItem)
        .where(CatalogueDraftItem.draft_id == draft_id)
        .order_by(CatalogueDraftItem.kind, CatalogueDraftItem.code)
    ).all()


def bases(session: Session, items: Sequence[CatalogueDraftItem]) -> dict[int, CatalogueEntry]:
    """The published versions that draft items were drafted from, by id."""
    ids = [item.base_id for item in items if item.base_id is not None]
    rows = session.scalars(select(CatalogueEntry).where(CatalogueEntry.id.in_(ids))) if ids else ()
    return {row.id: row for row in rows}


def raw_with(session: Session, quarter: Quarter, changed: Sequence[RawEntry]) -> list[RawEntry]:
    """What `quarter` would hold if the changed entries were published, ready for the linter."""
    said = str(quarter)
    rows = {(row.kind, row.code): RawEntry(row.kind, row.code, said, row.content) for row in standing(session, quarter)}
    return list((rows | {(raw.kind, raw.code): raw for raw in changed}).values())


# --- windows and the calendar ------------------------------------------------------------------------------------


def window(session: Session, quarter: Quarter) -> FilingWindow | None:
    return session.get(FilingWindow, quarter.code)


def windows(session: Session, limit: int = 24) -> Sequence[FilingWindow]:
    return session.scalars(select(FilingWindow).order_by(FilingWindow.quarter.desc()).limit(limit)).all()


def open_windows(session: Session, at: datetime) -> Sequence[FilingWindow]:
    """Windows that take filings at `at`, in time or late, oldest quarter first."""
    return session.scalars(
        select(FilingWindow)
        .where(FilingWindow.opens_at <= at, FilingWindow.locks_on >= local(at).date())
        .order_by(FilingWindow.quarter)
    ).all()


def newest_opened(session: Session) -> Quarter | None:
    """The newest quarter whose window has been opened; its catalogue may no longer change."""
    code = session.scalar(select(func.max(FilingWindow.quarter)))
    return None if code is None else Quarter.from_code(code)


def earliest_effective(session: Session) -> Quarter:
    """The first quarter to offer for a change: that of the newest window, or the last one."""
    return newest_opened(session) or Quarter.containing(today()) - 1


def work_calendar(session: Session) -> WorkCalendar:
    rows = session.scalars(select(CalendarDay)).all()
    return WorkCalendar(
        off=frozenset(row.day for row in rows if not row.is_working),
        worked=frozenset(row.day for row in rows if row.is_working and row.day.weekday() > 4),
        tax_limits={(row.day.year, row.day.month): row.day for row in rows if row.is_tax_limit},
        announced_years=frozenset(row.day.year for row in rows if not row.is_tax_limit),
    )


_DAYS, _FIRST, _LAST = CalendarDay.__table__.c, bindparam("first", type_=Date()), bindparam("last", type_=Date())
_MARKED = Prepared(select(_DAYS.day, _DAYS.is_working).where(_DAYS.day.between(_FIRST, _LAST)))


def calendar_around(session: Session, today: date, deadlines: Iterable[date | None]) -> WorkCalendar:
    """The marked days between today and the deadlines: all that telling the time left needs. At most one statement."""
    days = {today, *(day for day in deadlines if day is not None)}
    if len(days) == 1:
        return WorkCalendar()
    rows = _MARKED.rows(session.connection(), {"first": min(days), "last": max(days)})
    return WorkCalendar(
        off=frozenset(day for day, is_working in rows if not is_working),
        worked=frozenset(day for day, is_working in rows if is_working and day.weekday() > 4),
    )


def time_left(session: Session, due_on: date | None, today: date) -> WorkingDaysLeft | None:
    """Until one deadline of an office, or since; None where there is none."""
    return None if due_on is None else calendar_around(session, today, [due_on]).time_left(due_on, today)


def calendar_days(session: Session, year: int) -> Sequence[CalendarDay]:
    in_year = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return session.scalars(select(CalendarDay).where(in_year).order_by(CalendarDay.day)).all()


def calendar_year(session: Session, year: int) -> CalendarYear | None:
    """Where the days of a year come from; None while nobody has said so."""
    return session.get(CalendarYear, year)


def source_title(session: Session, code: str) -> Bilingual:
    """A source's full name; a source written out in words is shown as it is written."""
    known = catalogue_today(session).sources.get(code)
    return known.title if known else both(code)
