"""When a county's quarter may be locked: nothing open, the day passed; and when the lock may be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.period import Quarter
from portal.kernel.workflow import IN_REVIEW, State
from portal.review.acceptance import Standing, Tally, hindrances, is_open, taking_back_fault, tally

TODAY = date(2026, 11, 25)
DAYS = st.one_of(st.none(), st.integers(-5, 5).map(lambda n: TODAY + timedelta(days=n)))
STATES = st.one_of(st.none(), st.sampled_from(State))
STANDINGS = st.lists(st.builds(Standing, STATES, DAYS, st.integers(0, 50)))


@pytest.mark.parametrize("state", [None, *State], ids=str)
def test_what_waits_for_a_decision_holds_up_the_lock_and_what_is_decided_or_was_never_sent_does_not(
    state: State | None,
) -> None:
    assert is_open(state, None, TODAY) is (state in IN_REVIEW)


@pytest.mark.parametrize("state", [State.RETURNED, State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN])
@pytest.mark.parametrize(("days", "expected"), [(-1, False), (0, True), (3, True)])
def test_a_returned_filing_holds_it_up_until_its_own_day_has_passed(state: State, days: int, expected: bool) -> None:
    assert is_open(state, TODAY + timedelta(days=days), TODAY) is expected


@given(STANDINGS)
def test_whoever_is_due_is_approved_missing_or_open_and_never_two_of_them(rows: list[Standing]) -> None:
    counted = tally(rows, rows, TODAY)
    assert counted.due == counted.approved + counted.missing + counted.open
    assert 0 <= counted.filed <= counted.due
    if not counted.open:  # what the table of acceptances holds by a CHECK
        assert counted.due == counted.approved + counted.missing


@given(STANDINGS, STANDINGS, st.integers(-5, 5))
def test_the_quarter_can_be_locked_exactly_when_its_day_has_passed_and_nothing_is_open(
    owed: list[Standing], filed: list[Standing], days: int
) -> None:
    counted, due_on = tally(owed, filed, TODAY), TODAY + timedelta(days=days)
    nothing_is_open = not any(row.number and is_open(row.state, row.reply_due_on, TODAY) for row in filed)
    assert (hindrances(due_on, counted, TODAY) == ()) is (days < 0 and nothing_is_open)


def test_each_hindrance_is_said_in_both_languages_with_its_number_and_day() -> None:
    counted = Tally(9, 8, 5, 0, 3, 1, TODAY + timedelta(days=2))
    said = hindrances(TODAY, counted, TODAY)
    assert [("2026年11月25日" in w.zh, "25 November 2026" in w.en) for w in said[:1]] == [(True, True)]
    assert "3份" in said[1].zh and ": 3." in said[1].en
    assert "11月27日" in said[2].zh and "27 November 2026" in said[2].en


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_lock_stays_while_a_release_waits_or_the_year_is_closed(number: int) -> None:
    quarter = Quarter(2026, number)
    assert taking_back_fault(quarter, has_draft=False, is_year_closed=False) is None
    assert taking_back_fault(quarter, has_draft=True, is_year_closed=False) is not None
    closed = taking_back_fault(quarter, has_draft=False, is_year_closed=True)
    assert (closed is None) is (number == 4)
