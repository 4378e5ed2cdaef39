"""Deadlines: always a working day, never within three working days of the tax limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.deadlines import (
    WorkCalendar,
    WorkingDaysLeft,
    due_on,
    locks_on,
    return_due_on,
    review_due_on,
    tax_limit,
)
from portal.catalogue.reader import marked_days
from portal.kernel.period import Quarter
from tests.fixtures.shipped import shipped_catalogue

SCHEDULE = shipped_catalogue(Quarter(2026, 3)).schedule
_MARKED = marked_days()
CALENDAR = WorkCalendar(
    off=frozenset(marked.day for marked in _MARKED if not marked.working),
    worked=frozenset(marked.day for marked in _MARKED if marked.working),
    announced_years=frozenset(marked.day.year for marked in _MARKED),
)
quarters = st.builds(Quarter, st.integers(2022, 2035), st.integers(1, 4))
days = st.dates(date(2022, 1, 1), date(2035, 12, 1))


@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        ("2026Q3", date(2026, 10, 26)),  # the 25th is a Sunday
        ("2025Q3", date(2025, 10, 27)),
        ("2024Q4", date(2025, 1, 26)),  # a Sunday that was worked for Spring Festival
        ("2026Q2", date(2026, 7, 27)),
        ("2025Q1", date(2025, 4, 25)),
    ],
)
def test_the_due_day_of(quarter: str, due: date) -> None:
    assert due_on(CALENDAR, SCHEDULE, Quarter.parse(quarter)) == due


def test_a_tax_limit_moved_by_notice_moves_the_due_day_with_it() -> None:
    moved = WorkCalendar(CALENDAR.off, CALENDAR.worked, {(2026, 10): date(2026, 10, 26)}, CALENDAR.announced_years)
    assert due_on(moved, SCHEDULE, Quarter(2026, 3)) == date(2026, 10, 29)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """The shipped calendar with some more days off, and perhaps a tax limit set by notice."""
    off = draw(st.frozensets(st.dates(date(2022, 1, 1), date(2036, 12, 31)), max_size=40))
    limits = draw(
        st.dictionaries(st.tuples(st.integers(2022, 2036), st.sampled_from([1, 4, 7, 10])), st.integers(1, 28))
    )
    return WorkCalendar(
        CALENDAR.off | off, CALENDAR.worked - off, {(y, m): date(y, m, d) for (y, m), d in limits.items()}
    )


@given(calendar=calendars(), quarter=quarters)
def test_a_due_day_is_a_working_day_after_the_configured_day_and_far_enough_from_the_tax_limit(
    calendar: WorkCalendar, quarter: Quarter
) -> None:
    due = due_on(calendar, SCHEDULE, quarter)
    first = (quarter + 1).first_day
    assert calendar.is_working(due)
    assert due >= first.replace(day=SCHEDULE.due_day)
    limit = tax_limit(calendar, SCHEDULE, first.year, first.month)
    assert calendar.working_days_between(limit, due) >= SCHEDULE.gap_days
    assert locks_on(calendar, SCHEDULE, quarter) >= due


@given(calendar=calendars(), day=days)
def test_returns_and_reviews_get_their_working_days(calendar: WorkCalendar, day: date) -> None:
    for answer, count in ((return_due_on, SCHEDULE.return_days), (review_due_on, SCHEDULE.review_days)):
        due = answer(calendar, SCHEDULE, day)
        assert calendar.is_working(due)
        assert calendar.working_days_between(day, due) == count


@given(calendar=calendars(), day=days)
def test_the_next_working_day_skips_only_days_that_are_off(calendar: WorkCalendar, day: date) -> None:
    found = calendar.working_on_or_after(day)
    assert calendar.is_working(found)
    assert not any(calendar.is_working(day + timedelta(days=n)) for n in range((found - day).days))


@given(calendar=calendars(), today=days, offset=st.integers(-60, 60))
def test_the_time_left_is_what_a_count_day_by_day_finds(calendar: WorkCalendar, today: date, offset: int) -> None:
    due = today + timedelta(days=offset)
    walked, day = 0, min(today, due)
    while day < max(today, due):
        day += timedelta(days=1)
        is_weekend, is_marked_off, is_marked_worked = day.weekday() > 4, day in calendar.off, day in calendar.worked
        walked += is_marked_worked if is_weekend else not is_marked_off
    assert calendar.time_left(due, today) == WorkingDaysLeft(walked, due < today, due == today)


@given(calendar=calendars(), today=days, count=st.integers(0, 9), offset=st.integers(0, 60))
def test_a_day_is_within_so_many_working_days_where_no_more_are_left(
    calendar: WorkCalendar, today: date, count: int, offset: int
) -> None:
    due = today + timedelta(days=offset)
    assert (due <= calendar.last_day_within(today, count)) is (calendar.time_left(due, today).days <= count)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        ("2026-09-30", "2026-10-08", WorkingDaysLeft(1, False, False)),  # the whole National Day holiday lies between
        ("2026-10-09", "2026-10-12", WorkingDaysLeft(2, False, False)),  # Saturday the 10th is worked for it
        ("2026-10-10", "2026-10-10", WorkingDaysLeft(0, False, True)),
        ("2026-10-17", "2026-10-16", WorkingDaysLeft(0, True, False)),  # late since yesterday, and today is Saturday
        ("2026-10-19", "2026-10-16", WorkingDaysLeft(1, True, False)),
        ("2027-02-01", "2027-02-04", WorkingDaysLeft(3, False, False)),  # a year whose notice is to be confirmed
        ("2031-05-02", "2031-05-05", WorkingDaysLeft(1, False, False)),  # a year nobody has announced: weekdays count
    ],
)
def test_the_time_left_to(today: str, due: str, left: WorkingDaysLeft) -> None:
    assert CALENDAR.time_left(date.fromisoformat(due), date.fromisoformat(today)) == left


def test_a_year_nobody_announced_is_provisional() -> None:
    assert not CALENDAR.is_provisional(date(2026, 5, 1))
    assert CALENDAR.is_provisional(date(2031, 5, 1))
