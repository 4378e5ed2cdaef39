"""The front page: what waits, whose it is, and until when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.casework.models import Case
from portal.casework.move import move
from portal.catalogue.models import FilingWindow
from portal.catalogue.queries import work_calendar
from portal.config import BadSettings, Settings
from portal.database.session import Database, transaction
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import today
from portal.kernel.roles import Role
from portal.kernel.workflow import Action, Kind, State
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, add_case, day, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import Q3, at_work, preparer
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page
from tests.integration.review.test_pages import desk
from tests.integration.support.ground import case_of, city, decide, officer, submitted

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]


def tasks(page: Page) -> dict[str, str]:
    """The links of the list of tasks, each with all that its line says."""
    lines = [line for part in page.having(class_="tasks") for line in part.iter("li")]
    return {line.find(".//a").get("href", ""): words(line) for line in lines}  # type: ignore[union-attr]


def returned_and_locked(reply: int) -> None:
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        move(session, case, person(Role.COUNTY_OFFICER), Action.RETURN, reason="请核对", due_on=day(reply))
        gone = {"due_on": day(-9), "first_due_on": day(-9), "locks_on": day(-2)}
        session.execute(update(FilingWindow).where(FilingWindow.quarter == Q3.code).values(**gone))


@pytest.mark.content("filed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_returned_filing_is_a_task_by_its_own_day_though_its_quarter_is_locked(
    app: Flask, language: Language
) -> None:
    returned_and_locked(reply=2)
    found = tasks(at_work(app, preparer(), language).get("/"))
    assert list(found) == [f"/filings/{Q3}"]
    assert ("剩2天" if language == "zh" else "2 days left") in found[f"/filings/{Q3}"]


@pytest.mark.content("filed")
def test_it_is_one_no_more_when_nothing_can_come_in(app: Flask) -> None:
    returned_and_locked(reply=-1)
    assert tasks(at_work(app, preparer()).get("/")) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_returned_application_is_a_task_with_its_day(
    app: Flask, database: Database, tmp_path: Path, language: Language
) -> None:
    city()
    number = submitted(tmp_path)
    assert not [href for href in tasks(at_work(app, preparer(), language).get("/")) if "support" in href]
    decide(officer(), number, Action.RETURN, "请补充证明")
    found = tasks(at_work(app, preparer(), language).get("/"))
    assert next(iter(found)) == f"/support/applications/{number}"  # due before the open quarter
    until = case_of(number).reply_due_on
    assert until is not None
    left = (until - today()).days
    assert (f"剩{left}天" if language == "zh" else f"{left} day") in found[f"/support/applications/{number}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_finds_what_waits_by_kind_with_the_nearest_day(app: Flask, language: Language) -> None:
    with transaction(EVERYTHING) as session:
        for offset, state in ((5, State.SUBMITTED), (-3, State.SUBMITTED), (2, State.UNDER_REVIEW)):
            add_case(session, state, due_on=day(offset))
        add_case(session, State.APPROVED)
        add_case(session, county=ELSEWHERE, due_on=day(-30))
        add_case(session, kind=Kind.REGISTRATION, due_on=day(4))
        add_case(session, kind=Kind.ACCESS, due_on=day(1))
        late, left = (work_calendar(session).time_left(day(offset), today()).days for offset in (-3, 1))
    found = tasks(desk(app, person(Role.COUNTY_OFFICER), language).get("/"))
    assert list(found) == ["/review?kind=filing", "/review?kind=registration"]
    filings, registrations = found.values()
    said = (
        ("3份", "其中逾期1", "由你审核1", f"逾期{late}个工作日")
        if language == "zh"
        else ("3", "1 overdue", "1 claimed", f"{late} working day")
    )
    for text in said:
        assert text in filings
    assert ("2件" if language == "zh" else ": 2") in registrations
    until = ("剩1个工作日", "1 working day left") if left else ("休息日到期", "Due on a day off")
    assert until[language == "en"] in registrations
    assert ("未开始" if language == "zh" else "Not started") not in filings


def test_who_only_reads_finds_numbers_and_no_tasks(app: Flask) -> None:
    with transaction(EVERYTHING) as session:
        add_case(session, due_on=today() - timedelta(days=1))
        add_case(session, kind=Kind.AWARD)
    auditor = desk(app, person(Role.AUDITOR)).get("/")
    assert tasks(auditor) == {}
    assert [words(tile) for tile in auditor.having(class_="v")][:2] == ["1", "1"]
    assert list(tasks(desk(app, person(Role.BUREAU_LEAD)).get("/"))) == ["/review?kind=application&matter=award"]


def test_a_telephone_for_questions_is_named_where_the_operator_set_one_and_nowhere_else(
    app: Flask, tmp_path: Path
) -> None:
    pages = ("/", "/help", "/privacy", "/accessibility")
    assert not [page for page in pages if "填报咨询" in app.test_client().get(page).text]
    given = {"PORTAL_HELP_PHONE": "0578-209 1234", "PORTAL_MODE": "demo"}
    app.config["PORTAL"] = Settings.from_environment(given, tmp_path)
    assert [app.test_client().get(page).text.count("填报咨询：0578-209 1234") for page in pages] == [1, 2, 2, 2]
    for wrong in ("call me", "1<b>2345", "0578"):
        with pytest.raises(BadSettings):
            Settings.from_environment({**given, "PORTAL_HELP_PHONE": wrong}, tmp_path)
