"""Words and lists of the desk."""

from __future__ import annotations

from portal.kernel.workflow import Kind, State
from portal.review.rules import COUNT_CAP, Filters, Flags, Section, Tab, counted, outcome_title
from portal.review.rules import section_of as section_for


def test_every_kind_stands_in_exactly_one_section() -> None:
    for kind in Kind:
        assert [section for section in Section if kind in section.kinds] == [section_for(kind)]


def test_tabs_show_every_state_after_submission_and_none_before() -> None:
    shown = {state for tab in Tab for state in tab.states}
    assert shown == set(State) - {State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN}


def test_a_count_above_the_cap_says_so() -> None:
    assert (counted(COUNT_CAP), counted(COUNT_CAP + 1)) == ("1000", "1000+")


def test_filters_know_whether_they_ask_for_anything() -> None:
    assert not Filters().is_set
    assert Filters(flags=Flags.CLEAN).is_set


def test_every_outcome_has_words_and_an_unknown_one_too() -> None:
    assert outcome_title("stale").zh != outcome_title("something new").zh
    assert outcome_title("something new").en
