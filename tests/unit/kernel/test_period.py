"""Quarters: their arithmetic, order and writing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.period import Quarter, quarters_between

quarters = st.builds(Quarter, st.integers(2030, 2150), st.integers(1, 4))


@given(quarters)
def test_a_quarter_survives_writing_and_reading(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter == Quarter.from_code(quarter.code)


@given(quarters, st.integers(-100, 100))
def test_going_forth_and_back_ends_where_it_began(quarter: Quarter, steps: int) -> None:
    assert quarter + steps - steps == quarter


@given(quarters, quarters)
def test_order_of_quarters_is_order_of_days_and_codes(one: Quarter, other: Quarter) -> None:
    assert (one < other) == (one.first_day < other.first_day) == (one.code < other.code)


@given(quarters)
def test_quarters_leave_no_day_out(quarter: Quarter) -> None:
    assert quarter.last_day + timedelta(days=1) == (quarter + 1).first_day
    assert Quarter.containing(quarter.first_day) == Quarter.containing(quarter.last_day) == quarter


@given(quarters)
def test_year_to_date_ends_with_the_quarter_and_stays_in_its_year(quarter: Quarter) -> None:
    span = quarter.year_to_date()
    assert span[-1] == quarter and len(span) == quarter.number and {q.year for q in span} == {quarter.year}


@given(quarters)
def test_four_trailing_quarters_are_consecutive(quarter: Quarter) -> None:
    assert list(quarter.trailing_four()) == list(quarters_between(quarter - 3, quarter))


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026Q0", "26Q1", "２０２６Q1", "2026q1", " 2026Q1", "9999Q1"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Quarter.parse(text)


def test_a_quarter_reads_well_in_both_languages() -> None:
    quarter = Quarter.containing(date(2026, 9, 30))
    assert (quarter.title.zh, quarter.title.en) == ("2026年第三季度", "Q3 2026")
    assert (quarter.months.zh, quarter.months.en) == ("7–9月", "July–September")
