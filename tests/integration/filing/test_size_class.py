"""The size class of 1 January: from the approved filings of the whole year before, once, and anew when they change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

import portal.filing.tasks  # noqa: F401 - declares the handlers
from portal.audit.models import AuditEvent
from portal.casework.models import Case
from portal.catalogue.queries import catalogue_at
from portal.catalogue.size import YearFigures
from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.enterprises.enter_size import enter_size
from portal.enterprises.models import Enterprise, SizeStatus
from portal.enterprises.queries import profile_at
from portal.filing.commands import start_filing
from portal.filing.commands_size import renew_size
from portal.filing.models import Fact, Filing
from portal.filing.queries import standing
from portal.filing.queries_size import size_year, sizes_to_renew
from portal.jobs.models import Job
from portal.jobs.queue import enqueue
from portal.jobs.run import Runner
from portal.kernel.clock import now, today
from portal.kernel.period import Quarter
from portal.kernel.roles import Role, system
from portal.kernel.workflow import Action, Kind, State
from portal.notices.models import Notice
from portal.questionnaire.store import newest
from portal.review.commands import decide
from portal.review.decide_one import Order
from portal.statistics.commands import compare
from portal.statistics.due import renew_due
from portal.statistics.models import Cell, DueEnterprise
from tests.fixtures.cases import EVERYTHING, add_account, add_case, add_filing, person
from tests.fixtures.filers import ENTERPRISE, PREPARER, add_enterprise, add_people, add_window, preparer

pytestmark = pytest.mark.content("catalogue")
YEAR = today().year - 1
JANUARY = date(YEAR + 1, 1, 1)
OFFICER, LEAD = person(Role.COUNTY_OFFICER, 901), person(Role.COUNTY_LEAD, 902)
THE_SYSTEM = system("a test")
LAST = Quarter(YEAR, 4)


@pytest.fixture
def enterprise(database: Database) -> int:
    """Medium since the year before by what it stated; its people; the officers."""
    with transaction(EVERYTHING) as session:
        add_enterprise(session)
        add_people(session)
        for officer in (OFFICER, LEAD):
            add_account(session, officer.account_id or 0, "审核员")
        row = session.get(Enterprise, ENTERPRISE)
        assert row is not None
        enter_size(session, row, YearFigures(YEAR - 1, 400, Decimal(9000)), "stated", catalogue_at(session, LAST), None)
    return ENTERPRISE


def reported(quarter: Quarter, revenue: str, staff: str, *, size: str = "M") -> int:
    """A filing of the quarter under review; its case."""
    with transaction(EVERYTHING) as session:
        values: dict[str, Any] = {
            "enterprise_id": ENTERPRISE,
            "quarter": quarter.code,
            "claimed_by_id": OFFICER.account_id,
        }
        values |= {"entered_by_ids": [PREPARER]}
        case = add_case(session, State.UNDER_REVIEW, Kind.FILING, **values)
        add_filing(session, case, r105=revenue, r501=staff, r101=revenue)
        session.scalars(select(Filing).where(Filing.case_id == case.id)).one().size_class = size
        return case.id


def approve(case_id: int) -> None:
    decide(OFFICER, Order(case_id, Action.APPROVE))


def file_year(revenue: str = "12000", staff: str = "1100", quarters: range = range(1, 5)) -> list[int]:
    cases = [reported(Quarter(YEAR, number), revenue, staff) for number in quarters]
    for case_id in cases:
        approve(case_id)
    return cases


def work(settings: Settings) -> None:
    """Everything that is due, until nothing is: what the consumer does."""
    with transaction(EVERYTHING) as session:
        for job in session.scalars(select(Job).where(Job.done_at.is_(None), Job.name.not_like("filing.%"))):
            job.done_at = now()
    Runner(settings).sweep()
    with reading(EVERYTHING) as session:
        assert [job.error for job in session.scalars(select(Job).where(Job.done_at.is_(None)))] == []


def sizes() -> list[tuple[date, str, int, Decimal, str]]:
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(SizeStatus).order_by(SizeStatus.since_on)).all()
        return [(r.since_on, r.size_class, r.staff, r.revenue, r.basis) for r in rows]


def size_on(day: date) -> str:
    with reading(EVERYTHING) as session:
        return profile_at(session, ENTERPRISE, day).size_class


STATED = (date(YEAR, 1, 1), "M", 400, Decimal("9000.00"), "stated")


def test_a_year_approved_as_a_whole_gives_the_class_from_1_january(enterprise: int, settings: Settings) -> None:
    file_year()
    work(settings)
    assert sizes() == [STATED, (JANUARY, "L", 1100, Decimal("48000.00"), "filings")]
    days = date(YEAR - 1, 6, 1), date(YEAR, 12, 31), JANUARY, today()
    assert [size_on(day) for day in days] == ["M", "M", "L", "L"]
    with reading(EVERYTHING) as session:
        row = session.get(Enterprise, ENTERPRISE)
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "size.computed")).all()
        told = session.scalars(select(Notice).where(Notice.kind == "size-changed")).all()
    assert row is not None and (row.size_class, row.size_class_on) == ("L", JANUARY)
    assert [(e.stream, e.detail["was"], e.detail["size"]) for e in events] == [(f"enterprise:{ENTERPRISE}", "M", "L")]
    assert len(told) == 2 and all("大型" in notice.body_zh and "Large" in notice.body_en for notice in told)


def test_computing_again_changes_and_tells_nothing(enterprise: int, settings: Settings) -> None:
    file_year()
    work(settings)
    before = sizes()
    assert renew_size(THE_SYSTEM, ENTERPRISE, YEAR) is False
    with transaction(EVERYTHING) as session:
        enqueue(session, "filing.sizes_of_the_year")
    work(settings)
    assert sizes() == before
    with reading(EVERYTHING) as session:
        assert sizes_to_renew(session, YEAR) == []
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.verb == "size.computed")).all()) == 1
        assert len(session.scalars(select(Notice).where(Notice.kind == "size-changed")).all()) == 2


def test_a_year_that_is_not_whole_gives_no_class(enterprise: int, settings: Settings) -> None:
    file_year(quarters=range(2, 5))
    reported(Quarter(YEAR, 1), "1", "1")  # sent, not approved
    work(settings)
    assert sizes() == [STATED]
    assert size_on(today()) == "M"
    with reading(EVERYTHING) as session:
        assert size_year(session, ENTERPRISE, YEAR).missing == (Quarter(YEAR, 1),)


def test_the_calendar_finds_whoever_has_become_complete(enterprise: int, settings: Settings) -> None:
    file_year()
    with transaction(EVERYTHING) as session:
        for job in session.scalars(select(Job)):
            job.done_at = now()
        enqueue(session, "filing.sizes_of_the_year")
    work(settings)
    assert sizes()[-1][:2] == (JANUARY, "L")


def test_a_filing_opened_again_leaves_the_class_until_it_is_approved_anew(enterprise: int, settings: Settings) -> None:
    first, *_ = file_year()
    work(settings)
    decide(LEAD, Order(first, Action.REOPEN, reason="更正"))
    work(settings)
    assert sizes()[-1][1] == "L"
    with transaction(EVERYTHING) as session:
        case = session.get(Case, first)
        assert case is not None
        case.state, case.claimed_by_id, case.claimed_at = State.UNDER_REVIEW, OFFICER.account_id, now()
        case.decided_at = case.decided_by_id = None
        case.due_on = today()
        add_filing(session, case, number=2, r105="100", r501="1100", r101="100")
    approve(first)
    work(settings)
    assert sizes()[-1] == (JANUARY, "M", 1100, Decimal("36100.00"), "filings")
    with reading(EVERYTHING) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "size.computed").order_by(AuditEvent.id))
        assert [event.detail["replaced"] and event.detail["replaced"]["size_class"] for event in events] == [None, "L"]


def test_an_approval_of_the_running_year_asks_for_nothing(enterprise: int) -> None:
    approve(reported(Quarter(YEAR + 1, 1), "1", "1"))
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Job).where(Job.name == "filing.renew_size")).all() == []


def test_what_was_approved_keeps_its_class_and_what_was_not_follows(enterprise: int, settings: Settings) -> None:
    """The new year's first quarter was approved before the old year was whole; its second is still a draft."""
    first, second = Quarter(YEAR + 1, 1), Quarter(YEAR + 1, 2)
    with transaction(EVERYTHING) as session:
        for quarter in (first, second):
            add_window(session, quarter)
            renew_due(session, quarter)
    approve(reported(first, "500", "90"))
    start_filing(preparer(), second)
    file_year()
    work(settings)
    with transaction(EVERYTHING) as session:
        for quarter in (first, second):
            renew_due(session, quarter)
    with reading(EVERYTHING) as session:
        due = {row.quarter: row.size_class for row in session.scalars(select(DueEnterprise))}
        facts = set(session.scalars(select(Fact.size_class).where(Fact.quarter == first.code)))
        cells = set(session.scalars(select(Cell.size_class).where(Cell.quarter == first.code)))
        draft = standing(session, ENTERPRISE, second)
    assert due == {first.code: "M", second.code: "L"}
    assert facts == cells == {"M"}
    assert draft is not None and draft.counted.size_class == "L"
    assert compare() == []


@pytest.mark.parametrize("day", [date(YEAR - 3, 1, 1), date(YEAR, 6, 30), JANUARY, today()])
def test_the_form_and_the_register_say_the_same_class_of_any_day(enterprise: int, day: date) -> None:
    quarter = Quarter.containing(day)
    with transaction(EVERYTHING) as session:
        row = session.get(Enterprise, ENTERPRISE)
        assert row is not None
        figures = YearFigures(YEAR, 1100, Decimal(48000))
        enter_size(session, row, figures, "filings", catalogue_at(session, LAST), None)
        case = add_case(session, State.DRAFT, Kind.FILING, enterprise_id=ENTERPRISE, quarter=quarter.code)
        edition = newest(session, "2026.1")
        form = {"edition": edition.code, "rule_set": edition.rule_set, "respondent_class": "L", "size_class": "X"}
        whose = {"enterprise_id": ENTERPRISE, "county": case.county, "chain": case.chain}
        session.add(Filing(case_id=case.id, quarter=quarter.code, segment="01-M1", draft={}, **form, **whose))
    with reading(EVERYTHING) as session:
        found = standing(session, ENTERPRISE, quarter)
        assert found is not None
        assert found.counted.size_class == profile_at(session, ENTERPRISE, quarter.first_day).size_class
        assert found.counted.size_class == ("L" if quarter.first_day >= JANUARY else "M")
