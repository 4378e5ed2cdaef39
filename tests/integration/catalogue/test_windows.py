"""Filing windows: opened once with computed dates, extended with a reason, closed by the lock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.catalogue import commands
from portal.catalogue.deadlines import due_on
from portal.catalogue.queries import (
    calendar_days,
    calendar_year,
    catalogue_at,
    open_windows,
    source_title,
    window,
    windows,
    work_calendar,
)
from portal.database.session import Database, reading
from portal.kernel.bilingual import Bilingual
from portal.kernel.clock import end_of
from portal.kernel.errors import Illegal, Invalid, Missing
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope

pytestmark = pytest.mark.content("catalogue")
EVERYTHING = Scope.everything("a test")
LEAD = Actor(2, "lead", "Bureau lead", frozenset({Role.BUREAU_LEAD}), EVERYTHING)
QUARTER = Quarter(2026, 3)
REASON = "台风影响，统一延期"


def test_a_window_opens_once_with_the_dates_and_edition_of_the_catalogue(database: Database) -> None:
    assert commands.open_window(LEAD, QUARTER) == date(2026, 10, 26)
    with reading(EVERYTHING) as session:
        opened = window(session, QUARTER)
        assert opened is not None
        assert opened.edition == catalogue_at(session, QUARTER).schedule.edition
        assert (opened.due_on, opened.first_due_on, opened.locks_on) == (
            date(2026, 10, 26),
            date(2026, 10, 26),
            date(2026, 12, 31),
        )
    with pytest.raises(Illegal, match="window-open"):
        commands.open_window(LEAD, QUARTER)


def test_a_window_opened_ahead_takes_filings_only_after_the_quarter(database: Database) -> None:
    coming = Quarter(2199, 3)
    commands.open_window(LEAD, coming)
    last_moment = end_of(coming.last_day) - timedelta(seconds=1)
    with reading(EVERYTHING) as session:
        assert not open_windows(session, last_moment)
        assert [w.quarter for w in open_windows(session, end_of(coming.last_day))] == [coming.code]


def test_a_window_is_open_until_the_end_of_its_lock_day_in_lishui(database: Database) -> None:
    commands.open_window(LEAD, Quarter(2098, 4))
    with reading(EVERYTHING) as session:
        (opened,) = windows(session)
        locked = end_of(opened.locks_on)
        assert len(open_windows(session, locked - timedelta(seconds=1))) == 1
        assert not open_windows(session, locked)


def test_an_extension_needs_a_later_working_day_and_a_reason(database: Database) -> None:
    commands.open_window(LEAD, QUARTER)
    for day, reason, fields in (
        (date(2026, 10, 26), REASON, {"due_on"}),
        (date(2026, 10, 31), REASON, {"due_on"}),
        (date(2026, 10, 30), " ", {"reason"}),
        (date(2026, 10, 30), "a\x00bcd", {"reason"}),
    ):
        with pytest.raises(Invalid) as refused:
            commands.extend_window(LEAD, QUARTER, day, reason)
        assert set(refused.value.fields) == fields
    commands.extend_window(LEAD, QUARTER, date(2026, 10, 30), REASON)
    with reading(EVERYTHING) as session:
        extended = window(session, QUARTER)
        assert extended is not None
        assert (extended.first_due_on, extended.due_on) == (date(2026, 10, 26), date(2026, 10, 30))
        assert extended.extension_reason == REASON


def test_an_extension_past_the_lock_moves_the_lock(database: Database) -> None:
    commands.open_window(LEAD, QUARTER)
    commands.extend_window(LEAD, QUARTER, date(2027, 1, 5), REASON)
    with reading(EVERYTHING) as session:
        assert [w.locks_on for w in open_windows(session, datetime(2027, 1, 5, 3, tzinfo=UTC))] == [date(2027, 1, 5)]


def test_a_window_nobody_opened_cannot_be_extended(database: Database) -> None:
    with pytest.raises(Missing):
        commands.extend_window(LEAD, QUARTER, date(2026, 10, 30), REASON)


def test_a_corrected_calendar_moves_the_windows_opened_after_it(database: Database) -> None:
    title = Bilingual("台风停工", "Typhoon closure")
    commands.mark_day(LEAD, date(2026, 10, 26), title, False, False)
    assert commands.open_window(LEAD, QUARTER) == date(2026, 10, 27)


def test_a_tax_limit_by_notice_is_kept_per_month(database: Database) -> None:
    title = Bilingual("纳税申报期限顺延", "Tax limit moved")
    commands.mark_day(LEAD, date(2026, 10, 26), title, True, True)
    with reading(EVERYTHING) as session:
        calendar, schedule = work_calendar(session), catalogue_at(session, QUARTER).schedule
        assert calendar.tax_limits == {(2026, 10): date(2026, 10, 26)}
        assert due_on(calendar, schedule, QUARTER) == date(2026, 10, 29)
        assert date(2026, 10, 26) in [row.day for row in calendar_days(session, 2026)]


@pytest.mark.parametrize("title", [Bilingual("", "x"), Bilingual("x", "y" * 101), Bilingual("a\u202eb", "x")])
def test_a_day_without_a_clean_name_is_refused(database: Database, title: Bilingual) -> None:
    with pytest.raises(Invalid) as refused:
        commands.mark_day(LEAD, date(2026, 10, 26), title, False, False)
    assert set(refused.value.fields) <= {"title_zh", "title_en"}


def test_a_year_s_source_is_shipped_corrected_and_then_kept(database: Database) -> None:
    with reading(EVERYTHING) as session:
        shipped = {year: calendar_year(session, year) for year in (2023, 2026, 2027, 2031)}
        assert [row and row.is_confirmed for row in shipped.values()] == [False, True, False, None]
        assert source_title(session, "H2026").zh.startswith("国务院办公厅关于2026年")
        assert source_title(session, "某通知") == Bilingual("某通知", "某通知")
    commands.mark_year(LEAD, 2027, "国办发明电〔2026〕9号", True)
    commands.load_definitions()
    with reading(EVERYTHING) as session:
        row = calendar_year(session, 2027)
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "mark-year")).one()
        assert row is not None
        assert (row.source, row.is_confirmed, row.origin) == ("国办发明电〔2026〕9号", True, "edit")
        assert (event.subject, event.detail["is_confirmed"]) == ("year:2027", True)


@pytest.mark.parametrize("source", ["", "  ", "x" * 201, "a\u202eb", "a\x00"])
def test_a_year_without_a_clean_source_is_refused(database: Database, source: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.mark_year(LEAD, 2027, source, False)
    assert set(refused.value.fields) == {"source"}
