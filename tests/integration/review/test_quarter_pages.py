"""The pages around the lock, in both languages: accepted, seen by the city, taken back, and shown to the enterprise."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.catalogue.queries import catalogue_at
from portal.database.session import Database, reading, transaction
from portal.filing.models_lock import QuarterAcceptance
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import now
from portal.kernel.roles import Role
from portal.kernel.workflow import State
from portal.statistics.commands_release import prepare_release
from portal.statistics.models_release import Release
from tests.fixtures.accepted import BUREAU_LEAD, LEAD, accept, acceptances, put, second, the_case
from tests.fixtures.cases import EVERYTHING, HERE, person
from tests.fixtures.filers import at_work, current, preparer
from tests.fixtures.released import Q2, RULE, ground, officer

pytestmark = [
    pytest.mark.content("county"),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]
WORDS = {
    "zh": ("上述企业这个季度没有数据，我予以确认。", "已锁定", "还有企业没有通过审核的填报"),
    "en": ("These enterprises stay without figures", "Locked", "Some enterprises have no approved filing"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lead_confirms_the_missing_locks_the_quarter_and_the_bureau_lead_takes_it_back(
    app: Flask, database: Database, language: Language
) -> None:
    confirm, locked, why = WORDS[language]
    second()
    lead = at_work(app, LEAD, language)
    assert "/review/quarter?quarter=2026Q3" in lead.get("/").html
    assert confirm in lead.get("/review/quarter").text
    page = lead.submit("/accept")
    assert page.status == 422 and why in page.text and not acceptances()
    assert locked in lead.submit("/accept", confirm="1").text
    assert len(acceptances()) == 1
    bureau = at_work(app, BUREAU_LEAD, language)
    bureau.get("/review/quarter?quarter=2026Q3")
    page = bureau.get(f"/review/quarter/2026Q3/{HERE}/unlock")
    assert bureau.submit("/unlock", reason=" ").status == 422
    assert "更正" in bureau.submit("/unlock", reason="更正营业收入").text
    assert acceptances()[0].taken_back_at is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_enterprise_reads_since_when_it_is_locked_and_keeps_what_it_typed(
    app: Flask, database: Database, language: Language
) -> None:
    put(State.DRAFT)
    desk = at_work(app, preparer(), language)
    form = desk.get("/filings/2026Q3")
    accept(0, 1, confirms=True)
    desk.page = form
    page = desk.submit("/2026Q3", "save", f101="7777.77")
    day = the_case().locked_on
    assert day is not None and page.status == 409 and "7777.77" in page.html
    said = f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%B} {day.year}"
    assert said in page.text and said in desk.get("/filings/2026Q3").text
    assert current().draft["f101"] != "7,777.77"
    desk.get("/filings")


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.BUREAU_OFFICER, Role.AUDITOR])
def test_whoever_only_reads_has_no_button(app: Flask, database: Database, role: Role) -> None:
    page = at_work(app, person(role, 9)).get("/review/quarter?quarter=2026Q3")
    assert page.status == 200 and "/accept" not in page.html and "/unlock" not in page.html


@pytest.mark.content("catalogue")
@pytest.mark.parametrize("without", [0, 1])
def test_a_quarter_that_all_units_accepted_is_released_as_final_before_its_lock(
    database: Database, without: int
) -> None:
    ground(Q2, lock=20)
    with transaction(EVERYTHING) as session:
        units = list(catalogue_at(session, Q2).units)
        for unit in units[without:]:
            who = {"accepted_by_id": 1, "accepted_by_name": "x", "accepted_at": now()}
            session.add(QuarterAcceptance(quarter=Q2.code, county=unit, due=0, approved=0, missing=0, **who))
    release_id = prepare_release(officer(), Q2, RULE)
    with reading(EVERYTHING) as session:
        assert session.get_one(Release, release_id).is_provisional is bool(without)
