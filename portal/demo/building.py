"""Building the city in the caller's transaction: windows, register, filings quarter by quarter, what waits. A deed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..catalogue.windows import extend_window, open_window
from ..enterprises.models import Enterprise
from ..filing.facts import FactRow
from ..filing.tell import tell_certifiers
from ..kernel.period import Quarter
from ..kernel.roles import system
from ..kernel.workflow import Action, Kind, State
from ..review.tell import parties, tell
from ..statistics.cells import refresh
from ..statistics.due import renew_due
from ..uploads.models import Upload
from ..uploads.store import Received
from .answers import Respondent
from .cast import APPLICANTS
from .city import City
from .people import newcomer, population
from .plan import EXTENSION_DAYS, fate, midnight
from .registry import BACK, apply, register
from .stories import RETURN_REASON, Filer, open_filing, past_filing

EXTENDED = "示例数据：为便于演示，本季度报送期延长。"


def build(session: Session, city: City, licences: Sequence[Received]) -> None:
    """Everything after the offices. The city's book is written as it fills, and finished."""
    city.book.write(session)
    for quarter in (*city.plan.closed, city.plan.open):
        city.windows[quarter] = _window(session, city, quarter)
    _extend(session, city)
    filers = _filers(city)
    city.book.write(session)
    for quarter in city.plan.closed:
        facts = [fact for filer in filers for fact in past_filing(city, filer, quarter)]
        _count(session, city, quarter, facts)
    open_ = [open_filing(city, filer, fate(filer.who.person.number)) for filer in filers]
    _count(session, city, city.plan.open, [fact for facts in open_ for fact in facts])
    _apply(city, filers, licences)
    city.book.finish(session)
    _tell(session, city, filers)


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


def _filers(city: City) -> list[Filer]:
    plan, found = city.plan, []
    for person in population(city.catalogue, plan.enterprises, plan.seed):
        enterprise, people = register(city, person)
        kind = city.catalogue.respondent_class(person.gb_class, person.is_above_scale).value
        who = Respondent(person, kind, plan.seed)
        found.append(Filer(who, enterprise, people[0], people[-1], {}))
    return found


def _count(session: Session, city: City, quarter: Quarter, facts: list[FactRow]) -> None:
    """Writes the quarter, adds its facts to the cells and lists who owes it."""
    city.book.write(session)
    refresh(session, [], facts)
    number = renew_due(session, quarter)
    at = midnight((quarter + 1).first_day)
    city.record(system("statistics"), at, f"window:{quarter.code}", "due.listed", detail={"enterprises": number})


def _apply(city: City, filers: Sequence[Filer], licences: Sequence[Received]) -> None:
    for wish, licence in zip(APPLICANTS, licences, strict=True):
        if wish.claims is None:
            person = newcomer(city.catalogue, wish.number, wish.chain, wish.county, city.plan.seed)
        else:
            person = filers[wish.claims].who.person
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


def _tell(session: Session, city: City, filers: Sequence[Filer]) -> None:
    """The messages that what waits would have sent, in the inboxes of those concerned."""
    for case in session.scalars(select(Case).where(Case.state == State.RETURNED).order_by(Case.id)).all():
        reason = BACK if case.quarter is None else RETURN_REASON
        tell(session, case, Action.RETURN, parties(session, case), reason, timedelta(0))
    waiting = select(Case).where(Case.state == State.TO_CERTIFY, Case.kind == Kind.FILING).order_by(Case.id)
    preparers = {filer.preparer.account_id: filer.preparer for filer in filers}
    for case in session.scalars(waiting).all():
        tell_certifiers(session, case, city.plan.open, preparers[case.entered_by_ids[0]])
