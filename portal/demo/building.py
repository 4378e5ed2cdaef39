"""Building the city in the caller's transaction: windows, register, filings quarter by quarter, what waits. A deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..catalogue.windows import extend_window, open_window
from ..database.bulk import unindexed
from ..enterprises.models import Enterprise
from ..filing.models import Fact
from ..filing.models_lock import QuarterAcceptance
from ..filing.tell import tell_certifiers
from ..kernel.period import Quarter
from ..kernel.roles import system
from ..kernel.workflow import Action, Kind, State
from ..review.tell import parties, tell
from ..statistics.models import Cell
from ..statistics.recount import recount
from ..support.models import Award
from ..support.tell import tell_award
from ..uploads.models import Upload
from ..uploads.store import Received
from .cast import APPLICANTS
from .city import City
from .crew import chapters
from .lives import bind
from .people import newcomer, person_of
from .plan import EXTENSION_DAYS, midnight
from .registry import BACK, apply
from .stories import RETURN_REASON
from .support_plan import REJECTED, RETURNED
from .supporting import Files, draft, note, support

REASONS = {Kind.REGISTRATION: BACK, Kind.ACCESS: BACK, Kind.FILING: RETURN_REASON, Kind.APPLICATION: RETURNED}
SOME = 200  # cases
EXTENDED = "示例数据：为便于演示，本季度报送期延长。"


def build(session: Session, city: City, licences: Sequence[Received], files: Files, others: int) -> None:
    """Everything after the offices, a chapter of enterprises at a time: the book never holds more than one.

    `others` are the processes that write chapters beside this one.
    """
    city.book.write(session)
    for quarter in (*city.plan.closed, city.plan.open):
        city.windows[quarter] = _window(session, city, quarter)
    _extend(session, city)
    with unindexed(session, Fact):
        for chapter in chapters(city, others):
            bind(city, chapter)
            city.book.write(session)
    _list_due(city)
    _accept(city)
    _apply(city, licences)
    city.book.write(session)
    entered = support(session, city, files)
    with unindexed(session, Cell):
        recount(session)
    city.book.finish(session)
    note(session, city, entered)
    draft(session, city)
    _tell(session, city)


def _list_due(city: City) -> None:
    """What the job that freezes the list left in the trail of each window; written with what came after it there."""
    for quarter in (*city.plan.closed, city.plan.open):
        at, detail = midnight((quarter + 1).first_day), {"enterprises": city.plan.enterprises}
        city.record(system("statistics"), at, f"window:{quarter.code}", "due.listed", detail=detail)


def _accept(city: City) -> None:
    """The units' leads have accepted and locked the closed quarters: what was due is approved, or missing."""
    for quarter in city.plan.closed:
        for county in city.catalogue.units:
            at, lead, due = city.accepted_at(quarter, county), city.lead_of(county), city.owed[quarter, county]
            if at is None:
                continue
            missing = city.missing[quarter, county]
            row = QuarterAcceptance(
                quarter=quarter.code,
                county=county,
                due=due,
                approved=due - missing,
                missing=missing,
                accepted_at=at,
                accepted_by_id=lead.account_id,
                accepted_by_name=lead.name,
            )
            city.book.add(row)
            detail = {"due": due, "approved": due - missing, "open": 0, "missing": missing}
            city.record(lead, at, f"window:{quarter.code}", "quarter.accept", subject=f"unit:{county}", detail=detail)


def _window(session: Session, city: City, quarter: Quarter) -> FilingWindow:
    lead, opens_at = city.officers["bureau-lead"], midnight((quarter + 1).first_day)
    made = open_window(session, lead, quarter, opens_at=opens_at)
    detail = {"opens_at": opens_at.isoformat(), "due_on": made.due_on, "locks_on": made.locks_on}
    city.record(lead, opens_at, f"window:{quarter.code}", "open", detail=detail)
    return made


def _extend(session: Session, city: City) -> None:
    """If no deadline lies ahead, the open quarter's window gets a later one (rulings 37)."""
    plan, lead = city.plan, city.officers["bureau-lead"]
    window = city.windows[plan.open]
    if window.due_on >= plan.as_of:
        return
    day = city.calendar.working_days_after(plan.as_of, EXTENSION_DAYS)
    at: datetime = max(plan.present - timedelta(hours=8), window.opens_at)
    extend_window(session, lead, plan.open, day, EXTENDED)
    window.extended_at = at
    session.flush()
    detail = {"first_due_on": window.first_due_on, "due_on": day, "reason": EXTENDED}
    city.record(lead, at, f"window:{plan.open.code}", "extend", detail=detail)


def _apply(city: City, licences: Sequence[Received]) -> None:
    for wish, licence in zip(APPLICANTS, licences, strict=True):
        if wish.claims is None:
            person = newcomer(city.catalogue, wish.number, wish.chain, wish.county, city.plan.seed)
        else:
            person = person_of(city.census, wish.claims)
        upload = Upload(
            id=city.book.next_id(Upload),
            purpose=licence.purpose,
            filename=licence.filename,
            media_type=licence.media_type,
            size=licence.size,
            sha256=licence.sha256,
            stored_name=licence.stored_name,
            enterprise_id=city.book.next_id(Enterprise),
            county=person.county,
            chain=person.chain,
        )
        apply(city, wish, person, upload)


def _tell(session: Session, city: City) -> None:
    """The messages that what waits would have sent, in the inboxes of those concerned."""
    for case in _cases(session, Case.state == State.RETURNED):
        tell(session, case, Action.RETURN, parties(session, case), REASONS[case.kind], timedelta(0))
    for case in _cases(session, Case.state == State.REJECTED):
        tell(session, case, Action.REJECT, parties(session, case), REJECTED, timedelta(0))
    for case_id in session.scalars(select(Award.case_id).order_by(Award.id)).all():
        tell_award(session, case_id)
    for case in _cases(session, Case.state == State.TO_CERTIFY, Case.kind == Kind.FILING):
        tell_certifiers(session, case, city.plan.open, city.handed[case.id])


def _cases(session: Session, *which: ColumnElement[bool]) -> Iterator[Case]:
    """In their order, a few at a time: what was told of is let go."""
    last = 0
    while some := session.scalars(select(Case).where(Case.id > last, *which).order_by(Case.id).limit(SOME)).all():
        yield from some
        last = some[-1].id
        session.flush()
        session.expunge_all()
