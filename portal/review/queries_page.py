"""What stands on one screen of the list: its lines, their names and flags, the counts, the county's response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from ..catalogue.deadlines import WorkCalendar
from ..catalogue.queries import calendar_around, work_calendar
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW
from ..statistics.queries_due import Response
from ..support.policy import Policy
from ..support.queries_listed import policies_named, policies_read
from .queries import PAGE, Counts, Listed, QueueRow, counts, listed, policies_stamp
from .queries_list import NEWEST_FIRST, Position, shape_of
from .queries_list import asked as values_of
from .queries_names import Names, names_of_flags, names_then
from .queries_response import county_counts
from .rules import BATCH_LIMIT, COUNT_CAP, DEADLINES_TOLD, NEAR, SOON_DAYS, Filters, Flags, Section, Tab, Tick


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: which list, filtered how, from where on, with what ticked."""

    section: Section
    tab: Tab
    filters: Filters
    after: Position | None
    tick: Tick

    @property
    def size(self) -> int:
        return BATCH_LIMIT if self.tick is Tick.LIST else PAGE


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`rows` holds one more than `size` where more follow. `quarter` and `response` are told to counties alone. Of
    applications: their policies by hash, and the titles of all there are by code."""

    rows: Sequence[QueueRow]
    span: Span | None
    names: Mapping[int | None, Names]
    flagged: Mapping[int, tuple[Bilingual, ...]]
    calendar: WorkCalendar
    counts: Counts
    quarter: Quarter | None
    response: Response
    policies: Mapping[str, Policy]
    titles: Mapping[str, Bilingual]


def of_whole_list(asked: Asked) -> Asked:
    """Whoever ticks every clean one of a list of what waits is shown every one of them, from its beginning."""
    if asked.tick is not Tick.LIST or not asked.tab.states <= IN_REVIEW:
        return replace(asked, tick=Tick.NONE) if asked.tick is Tick.LIST else asked
    return replace(asked, filters=replace(asked.filters, flags=Flags.CLEAN), after=None)


@dataclass(frozen=True, slots=True)
class Span:
    """The `first` to the `last` of `count` lines; a count above COUNT_CAP is not counted on, and what lies beyond it
    has no first and last."""

    first: int | None
    last: int | None
    count: int


def span_of(found: Listed, asked: Asked, every: int) -> Span | None:
    """Which part of the list is shown; None where nobody counted. `every` counts the list without its filters."""
    shown = min(len(found.rows), asked.size)
    if found.before is None:
        is_whole = shown == len(found.rows)
        if not shown or asked.after is not None or (asked.filters.is_set and not is_whole):
            return None
        return Span(1, shown, shown if is_whole else every)
    if found.before > COUNT_CAP:
        return Span(None, None, found.count or 0)
    return Span(found.before + 1, found.before + shown, found.count or 0)


def queue_page(session: Session, reader: Actor, asked: Asked, today: date, stamp: str) -> QueuePage:
    """`stamp` is the version of the catalogue. Three statements at most, besides the look-up of the visit."""
    me, filters, section, tab = reader.account_id, asked.filters, asked.section, asked.tab
    near = work_calendar(session) if filters.due in NEAR else None
    soon = near.last_day_within(today, SOON_DAYS) if near else today
    # What waits is never long, and what was decided grows without end: a filter is not counted through all of that.
    is_numbered = asked.after is not None or filters.is_set
    is_numbered &= not (filters.is_set and tab in NEWEST_FIRST)
    shape = shape_of(section, tab, filters, is_numbered=is_numbered)
    found = listed(session, shape, values_of(filters, me, today, soon), asked.after, asked.size + 1)
    deadlines = [row.due_on for row in found.rows] if tab in DEADLINES_TOLD else []
    calendar = near or calendar_around(session, today, deadlines)
    if reader.scope.kind == "counties":
        counted, quarter, response = county_counts(session, section, me, today)
    else:
        counted, quarter, response = counts(session, section, me, today), None, Response(0, 0)
    span = span_of(found, asked, counted[section, tab])
    names = names_then(session, (row.quarter for row in found.rows), stamp)
    flagged = names_of_flags(session, found.rows)
    policies, titles = _of_policies(session, asked, found.rows)
    return QueuePage(found.rows, span, names, flagged, calendar, counted, quarter, response, policies, titles)


def _of_policies(
    session: Session, asked: Asked, rows: Sequence[QueueRow]
) -> tuple[Mapping[str, Policy], Mapping[str, Bilingual]]:
    if asked.section is not Section.APPLICATION:
        return {}, {}
    read = policies_read(session, (row.policy_hash for row in rows))
    return read, policies_named(session, policies_stamp(session))
