"""How much of the open quarter a county has in hand: read by the statement that counts its lists anyway (G4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..database.scope import Confined
from ..kernel.clock import now
from ..kernel.period import Quarter
from ..kernel.workflow import Kind, State
from ..statistics.models import CellDue
from ..statistics.queries_due import NOT_SENT, Response
from .queries import COUNT_SHOWN, Counts, keep
from .queries_list import among
from .rules import Section

# What is approved is counted in the cells; the rest that was sent is what still waits, and so never many.
_SENT = frozenset(State) - {*NOT_SENT, State.APPROVED}


def county_counts(
    session: Session, section: Section, me: int | None, today: date
) -> tuple[Counts, Quarter | None, Response]:
    """What `counts` tells a reader of counties, with the newest quarter that takes filings and their response to it."""
    (row,) = _COUNTY_COUNTS[section].mappings(session, {"me": me, "today": today, "at": now()})
    found = keep(session, section, row)
    quarter = None if row["open_quarter"] is None else Quarter.from_code(row["open_quarter"])
    return found, quarter, Response(row["due"] or 0, (row["approved"] or 0) + row["sent"])


def _columns(beside: Any) -> list[Any]:
    window, cell, case = FilingWindow.__table__, CellDue.__table__, Case.__table__.alias("sent")
    opens_at, locks_on = window.c.opens_at, window.c.locks_on
    is_open = (opens_at <= bindparam("at", type_=opens_at.type)) & (locks_on >= bindparam("today", type_=Date()))
    quarter = select(func.max(window.c.quarter)).where(is_open).scalar_subquery()
    sums = select(*(func.sum(cell.c[name]).label(name) for name in ("due", "approved")))
    there = sums.where(beside(cell), cell.c.quarter == quarter).subquery("there")
    waits = among(case.c.kind, [Kind.FILING]), among(case.c.state, _SENT), case.c.quarter == quarter
    sent = select(func.count()).select_from(case).where(*waits, beside(case)).scalar_subquery()
    return [quarter.label("open_quarter"), there.c.due, there.c.approved, sent.label("sent")]


def _counted_in(section: Section) -> Confined:
    return Confined.nested(lambda beside: COUNT_SHOWN[section](beside).add_columns(*_columns(beside)))


_COUNTY_COUNTS = {section: _counted_in(section) for section in Section}
