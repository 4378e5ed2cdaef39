"""A deed: brings the shipped definitions into the database without ever touching what the bureau has edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.period import Quarter
from .linter import RawEntry
from .models import CalendarDay, CalendarYear, CatalogueEntry
from .reader import MarkedDay, MarkedYear, content_hash


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: versions added, entries left alone because the bureau edited them, calendar days added.

    `years` of the calendar were entered, or shipped otherwise than they stood.
    """

    added: int
    kept_edits: tuple[str, ...]
    days: int
    years: int


_TURN = 7_301_986_114_250_917  # of PostgreSQL's locks by number; one nobody else has


def take_turn(session: Session) -> None:
    """Waits until no other transaction adds versions, before anything is read that decides what to add.

    So ids rise in the order of commits, which `queries.VERSION` rests on: a snapshot named after the newest id holds
    everything older. On SQLite there is one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_TURN)))


def load(
    session: Session, entries: Sequence[RawEntry], days: Sequence[MarkedDay], years: Sequence[MarkedYear]
) -> Loaded:
    """Adds every version not seen before, by content hash. Idempotent: a second load adds nothing."""
    take_turn(session)
    known: dict[tuple[str, str], list[CatalogueEntry]] = {}
    for row in session.scalars(select(CatalogueEntry)):
        known.setdefault((row.kind, row.code), []).append(row)
    added, kept = 0, []
    for raw in entries:
        versions = known.setdefault((raw.kind, raw.code), [])
        effective = Quarter.parse(raw.effective_from).code
        mark = content_hash(raw.content)
        if any(row.content_hash == mark and row.effective_from == effective for row in versions):
            continue
        if any(row.source == "edit" for row in versions):
            kept.append(f"{raw.kind} {raw.code}")
            continue
        versions.append(_version(raw, effective, mark, versions))
        session.add(versions[-1])
        added += 1
    return Loaded(added, tuple(kept), _load_days(session, days), _load_years(session, years))


def _version(raw: RawEntry, effective: int, mark: str, versions: Sequence[CatalogueEntry]) -> CatalogueEntry:
    return CatalogueEntry(
        kind=raw.kind,
        code=raw.code,
        effective_from=effective,
        number=next_number(versions, effective),
        content=dict(raw.content),
        content_hash=mark,
        source="seed",
    )


def next_number(versions: Sequence[CatalogueEntry], effective: int) -> int:
    """The number of the next version of an entry from the same quarter."""
    return 1 + max((row.number for row in versions if row.effective_from == effective), default=0)


def _load_days(session: Session, days: Sequence[MarkedDay]) -> int:
    known = set(session.scalars(select(CalendarDay.day)))
    new = [day for day in days if day.day not in known]
    session.add_all(
        CalendarDay(
            day=marked.day,
            is_working=marked.working,
            title_zh=marked.title.zh,
            title_en=marked.title.en,
            source="seed",
        )
        for marked in new
    )
    return len(new)


def _load_years(session: Session, years: Sequence[MarkedYear]) -> int:
    """What the bureau entered stays; what was shipped follows the file."""
    known = {row.year: row for row in session.scalars(select(CalendarYear))}
    changed = 0
    for marked in years:
        row = known.get(marked.year)
        if row is not None and (
            row.origin != "seed" or (row.source, row.is_confirmed) == (marked.source, marked.is_confirmed)
        ):
            continue
        row = row or CalendarYear(year=marked.year, origin="seed")
        row.source, row.is_confirmed = marked.source, marked.is_confirmed
        session.add(row)
        changed += 1
    return changed
