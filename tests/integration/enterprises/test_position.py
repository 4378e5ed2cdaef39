"""An office corrects where an enterprise stands: dated, sourced, told, and never behind an approved quarter's back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.database.session import reading, transaction
from portal.enterprises.commands_position import PositionEntry, change_position
from portal.enterprises.models import Enterprise, Position, SizeStatus
from portal.enterprises.queries import profile_at
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import today
from portal.kernel.errors import Invalid, Missing
from portal.kernel.roles import Role
from portal.notices.models import Notice
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, person
from tests.fixtures.registered import OFFICER, REGISTERED
from tests.integration.enterprises.desk import signed_in

pytestmark = pytest.mark.content("registered")
LONG_AGO, BEFORE = date(2024, 1, 1), today() - timedelta(days=40)


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    """Registered at 01-M1, the further position 01-M2 beside it, since a day some time ago."""
    number = REGISTERED.given(tmp_path)
    with transaction(EVERYTHING) as session:
        for row in session.scalars(select(Position).where(Position.enterprise_id == number)):
            row.from_on = LONG_AGO
    return number


def entry(
    segment: str = "05-M1", gb_class: str = "3425", day: date = BEFORE, source: str = "实地核实"
) -> PositionEntry:
    return PositionEntry(segment, gb_class, day.isoformat(), source)


def positions(enterprise_id: int) -> list[tuple[str, bool, date, date | None]]:
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(Position).where(Position.enterprise_id == enterprise_id).order_by(Position.id))
        return [(p.segment, p.is_primary, p.from_on, p.until_on) for p in rows]


def segment_on(enterprise_id: int, day: date) -> str:
    with reading(EVERYTHING) as session:
        return profile_at(session, enterprise_id, day).segment


def test_a_change_counts_from_its_day_and_no_earlier(enterprise_id: int) -> None:
    change_position(OFFICER, enterprise_id, entry())
    assert positions(enterprise_id) == [
        ("01-M1", True, LONG_AGO, BEFORE),
        ("01-M2", False, LONG_AGO, None),
        ("05-M1", True, BEFORE, None),
    ]
    assert [segment_on(enterprise_id, day) for day in (date(2020, 1, 1), BEFORE - timedelta(days=1), BEFORE, today())] == [
        "01-M1", "01-M1", "05-M1", "05-M1",
    ]  # fmt: skip


def test_a_change_of_the_day_the_position_began_corrects_it(enterprise_id: int) -> None:
    change_position(OFFICER, enterprise_id, entry(day=LONG_AGO))
    assert positions(enterprise_id)[0] == ("05-M1", True, LONG_AGO, None)
    assert segment_on(enterprise_id, date(2020, 1, 1)) == "05-M1"


def test_a_further_position_that_becomes_the_primary_one_is_not_held_twice(enterprise_id: int) -> None:
    change_position(OFFICER, enterprise_id, entry("01-M2"))
    standing = [(segment, is_primary) for segment, is_primary, _, until in positions(enterprise_id) if until is None]
    assert standing == [("01-M2", True)]


def test_the_class_of_the_respondent_follows_the_main_class(enterprise_id: int) -> None:
    change_position(OFFICER, enterprise_id, entry("16-M1", "6513"))
    with reading(EVERYTHING) as session:
        assert profile_at(session, enterprise_id, today()).respondent_class == "N"


@pytest.mark.parametrize("basis", ["stated", "filings"])
def test_a_stated_size_class_follows_the_table_of_the_new_main_class(enterprise_id: int, basis: str) -> None:
    """Mechanical engineering: 300 staff and 2,000 are medium. Software: 300 staff want 10,000 to be large (rulings 31)."""
    with transaction(EVERYTHING) as session:
        row, status = session.get_one(Enterprise, enterprise_id), session.scalars(select(SizeStatus)).one()
        status.staff, status.revenue, status.basis = 400, Decimal("12000.00"), basis
        status.size_class = row.size_class = "M"
        since = status.since_on
    change_position(OFFICER, enterprise_id, entry("16-M1", "6513"))
    with reading(EVERYTHING) as session:
        status = session.scalars(select(SizeStatus)).one()
        seen = status.size_class, status.gb_class == "6513", session.get_one(Enterprise, enterprise_id).size_class
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "position.changed")).one()
        told = session.scalars(select(Notice).where(Notice.kind == "position-changed")).first()
    assert status.since_on == since and told is not None
    if basis == "filings":  # computed by its own job, from approved figures
        assert seen == ("M", False, "M") and "size" not in event.detail
        return
    assert seen == ("L", True, "L")
    assert event.detail["size"]["class"] == "L" and event.detail["size"]["replaced"]["size_class"] == "M"
    assert "大型（此前：中型）" in told.body_zh and "Large (before: Medium)" in told.body_en


def test_its_people_are_told_and_the_trail_keeps_both(enterprise_id: int) -> None:
    change_position(OFFICER, enterprise_id, entry())
    with reading(EVERYTHING) as session:
        told = session.scalars(select(Notice).where(Notice.kind == "position-changed")).all()
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "position.changed")).one()
    assert [(n.account_id, "实地核实" in n.body_zh) for n in told] == [(90, True)]
    assert event.detail["before"] == {"segment": "01-M1", "gb_class": "3425"}
    assert event.detail["segment"] == "05-M1"


WRONG = [
    (entry("99-X"), "segment"),
    (entry(""), "segment"),
    (entry("01-M1"), "segment"),  # nothing changes
    (entry(gb_class="9999"), "gb_class"),
    (entry(gb_class="3４2"), "gb_class"),
    (entry(day=today() + timedelta(days=1)), "from_on"),
    (entry(day=LONG_AGO - timedelta(days=1)), "from_on"),
    (PositionEntry("05-M1", "3425", "２０２６-13-45", "x"), "from_on"),
    (entry(source=" "), "source"),
    (entry(source="x" * 201), "source"),
]


def test_what_cannot_be_is_refused_at_its_field_and_nothing_changes(enterprise_id: int) -> None:
    before = positions(enterprise_id)
    for wrong, field in WRONG:
        with pytest.raises(Invalid) as refusal:
            change_position(OFFICER, enterprise_id, wrong)
        assert set(refusal.value.fields) == {field}, wrong
        assert positions(enterprise_id) == before, wrong


def test_an_enterprise_of_another_county_is_not_there(enterprise_id: int) -> None:
    with pytest.raises(Missing):
        change_position(person(Role.COUNTY_OFFICER, county=ELSEWHERE), enterprise_id, entry())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_keeps_what_was_typed_and_leads_back_to_the_enterprise(
    app: Flask, enterprise_id: int, language: str
) -> None:
    officer = signed_in(app, OFFICER)
    officer.get(f"/enterprises/{enterprise_id}/position?lang={language}")
    page = officer.submit("/position", segment="05-M1", from_on="nonsense", source="核实记录12号")
    assert page.status == 422
    assert len(page.errors) == 1
    assert "核实记录12号" in page.html
    page = officer.submit("/position", from_on=BEFORE.isoformat())
    assert page.url.endswith(f"/enterprises/{enterprise_id}")
    assert "05-M1" in str(positions(enterprise_id))
