"""What stands on one screen of the list: its lines, their names and flags, the counts, the county's response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from ..catalogue.deadlines import WorkCalendar
from ..catalogue.queries import calendar_around
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import IN_REVIEW
from ..statistics.queries_due import Response
from .queries import PAGE, Counts, Position, QueueRow, counts, queue
from .queries_names import Names, names_of_flags, names_then
from .queries_response import county_counts
from .rules import BATCH_LIMIT, DEADLINES_TOLD, Filters, Flags, Section, Tab, Tick


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
    """`rows` holds one more than `size` where more follow. `quarter` and `response` are told to counties alone."""

    rows: Sequence[QueueRow]
    names: Mapping[int | None, Names]
    flagged: Mapping[int, tuple[Bilingual, ...]]
    calendar: WorkCalendar
    counts: Counts
    quarter: Quarter | None
    response: Response


def of_whole_list(asked: Asked) -> Asked:
    """Whoever ticks every clean one of a list of what waits is shown every one of them, from its beginning."""
    if asked.tick is not Tick.LIST or not asked.tab.states <= IN_REVIEW:
        return replace(asked, tick=Tick.NONE) if asked.tick is Tick.LIST else asked
    return replace(asked, filters=replace(asked.filters, flags=Flags.CLEAN), after=None)


def queue_page(session: Session, reader: Actor, asked: Asked, today: date, stamp: str) -> QueuePage:
    """`stamp` is the version of the catalogue. Three statements at most, besides the look-up of the visit."""
    me, filters = reader.account_id, asked.filters
    rows = queue(
        session, asked.section, asked.tab, me=me, today=today, filters=filters, after=asked.after, size=asked.size + 1
    )
    deadlines = [row.due_on for row in rows] if asked.tab in DEADLINES_TOLD else []
    calendar = calendar_around(session, today, deadlines)
    if reader.scope.kind == "counties":
        counted, quarter, response = county_counts(session, me, today)
    else:
        counted, quarter, response = counts(session, me, today), None, Response(0, 0)
    names = names_then(session, (row.quarter for row in rows), stamp)
    return QueuePage(rows, names, names_of_flags(session, rows), calendar, counted, quarter, response)
