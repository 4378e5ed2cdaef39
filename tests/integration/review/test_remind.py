"""Reminding: who owes a quarter is told once a day, by an officer of their own county or by the calendar."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.casework.models import Case
from portal.catalogue.models import FilingWindow
from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Membership
from portal.jobs.queue import enqueue
from portal.jobs.run import Runner
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import ZONE, now
from portal.kernel.errors import Missing
from portal.kernel.period import Quarter
from portal.kernel.roles import Role, Scope
from portal.kernel.workflow import Kind, State
from portal.notices.models import Notice
from portal.review import tasks
from portal.review.commands_remind import remind_chosen
from portal.review.remind import KIND
from portal.statistics.models import DueEnterprise
from portal.statistics.queries_due import owing, response
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, person
from tests.integration.review.test_pages import desk

DECLARING = (tasks,)  # importing it is what declares its handler
pytestmark = pytest.mark.content("demo")
OFFICER = person(Role.COUNTY_OFFICER)
UNSENT = {None, State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN, State.VOID}


@pytest.fixture
def window(database: Database) -> FilingWindow:
    with reading(EVERYTHING) as session:
        found = session.scalars(select(FilingWindow).order_by(FilingWindow.quarter.desc())).first()
    assert found is not None
    return found


def unsent(quarter: Quarter, county: str | None = None) -> set[int]:
    """Counted from the rows one by one, as nobody would in a page."""
    with reading(EVERYTHING) as session:
        states = dict(
            session.execute(
                select(Case.enterprise_id, Case.state).where(Case.kind == Kind.FILING, Case.quarter == quarter.code)
            ).all()
        )
        due = session.scalars(select(DueEnterprise).where(DueEnterprise.quarter == quarter.code)).all()
    return {d.enterprise_id for d in due if states.get(d.enterprise_id) in UNSENT and county in (None, d.county)}


def reminders() -> list[Notice]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(Notice).where(Notice.kind == KIND)))


def people_of(enterprises: set[int]) -> set[int]:
    with reading(EVERYTHING) as session:
        active = Membership.enterprise_id.in_(enterprises), Membership.state == "active"
        return set(session.scalars(select(Membership.account_id).where(*active)))


@pytest.mark.parametrize(
    ("scope", "county"), [(Scope.counties(HERE), HERE), (Scope.counties(ELSEWHERE), ELSEWHERE), (EVERYTHING, None)]
)
def test_the_list_holds_whoever_has_not_sent_and_nobody_of_another_county(
    window: FilingWindow, scope: Scope, county: str | None
) -> None:
    with reading(scope) as session:
        listed = owing(session, window.period, 500)
        counted = response(session, window.period)
    assert {one.enterprise_id for one in listed} == unsent(window.period, county)
    assert counted.owing == len(listed)
    assert county is None or {one.county for one in listed} <= {county}


def test_everybody_who_acts_for_a_chosen_enterprise_is_told_once_a_day(window: FilingWindow) -> None:
    mine, theirs = unsent(window.period, HERE), unsent(window.period) - unsent(window.period, HERE)
    assert mine
    assert theirs
    assert remind_chosen(OFFICER, window.period, mine | theirs | {987654}) == len(mine)
    assert {n.account_id for n in reminders()} == people_of(mine)
    told = len(reminders())
    assert remind_chosen(OFFICER, window.period, mine) == 0
    assert len(reminders()) == told
    with time_machine.travel(now() + timedelta(hours=21), tick=False):
        assert remind_chosen(OFFICER, window.period, mine) == len(mine)
    assert len(reminders()) == 2 * told
    with reading(EVERYTHING) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "filing.remind")).all()
    assert [sorted(e.detail["enterprises"]) for e in events] == [sorted(mine), [], sorted(mine)]


def test_nobody_is_reminded_of_a_quarter_that_takes_no_filings(window: FilingWindow) -> None:
    with pytest.raises(Missing):
        remind_chosen(OFFICER, window.period + 1, {1})
    with time_machine.travel(now() + timedelta(days=400), tick=False), pytest.raises(Missing):
        remind_chosen(OFFICER, window.period, {1})


def test_the_calendar_tells_everybody_once_on_each_of_its_days(window: FilingWindow, settings: Settings) -> None:
    runner, owes = Runner(settings), unsent(window.period)
    for days_left, turns in ((8, 0), (7, 1), (5, 1), (2, 2), (0, 3)):
        day = window.due_on - timedelta(days=days_left)
        for hour in (1, 12, 23):  # more than a day's rest lies between the first and the last
            with time_machine.travel(datetime.combine(day, time(hour), ZONE), tick=False):
                with transaction(Scope.nobody()) as session:
                    enqueue(session, "review.remind")
                runner.sweep()
        told = [n.reference for n in reminders()]
        assert len(told) == turns * len(people_of(owes)), (days_left, told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_sees_who_will_be_told_before_it_is_sent(
    app: Flask, window: FilingWindow, language: Language
) -> None:
    officer = desk(app, OFFICER, language)
    officer.get("/review")
    page = officer.get("/review/remind")
    ticked = {int(box.get("value", "")) for box in page.having(name="enterprise") if box.get("checked") is not None}
    assert ticked == unsent(window.period, HERE)
    answer = officer.submit("/review/remind", enterprise=[str(number) for number in sorted(ticked)])
    assert str(len(ticked)) in answer.text
    assert not [box for box in answer.having(name="enterprise") if box.get("disabled") is None]
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).where(Notice.kind == KIND)) == len(people_of(ticked))


def test_a_reminder_without_a_tick_says_so(app: Flask, window: FilingWindow) -> None:
    officer = desk(app, OFFICER)
    officer.get("/review/remind")
    page = officer.submit("/review/remind", enterprise=[])
    assert "先勾选至少一家企业。" in page.text
    assert not reminders()
