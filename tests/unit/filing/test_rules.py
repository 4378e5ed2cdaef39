"""Merging two people's typing, receipt numbers, when a quarter takes filings, the declaration's words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.certificates.rules import ALPHABET
from portal.filing.rules import (
    CLOSED,
    DECLARATION,
    NOT_OPEN,
    Window,
    deadline,
    is_key,
    is_late,
    merged,
    receipt_number,
    shut,
)
from portal.kernel.period import Quarter
from tests.fixtures.receipts import is_receipt_number

DUE, LOCK = date(2026, 10, 26), date(2026, 12, 31)
WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), DUE, LOCK)
NOON = datetime(2026, 10, 20, 4, tzinfo=UTC)
DRAFTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "3"]), max_size=4)
DAY = timedelta(days=1)


@given(DRAFTS, DRAFTS)
def test_alone_on_a_draft_everything_typed_is_kept(base: dict[str, str], mine: dict[str, str]) -> None:
    merge = merged(base, base, {name: mine.get(name, "") for name in "abcd"})
    assert merge.draft == mine and not merge.clashes


@given(DRAFTS, DRAFTS, DRAFTS)
def test_no_figure_of_two_people_is_lost_in_silence(
    standing: dict[str, str], base: dict[str, str], mine: dict[str, str]
) -> None:
    merge = merged(standing, base, {name: mine.get(name, "") for name in "abcd"})
    clashes = {clash.name for clash in merge.clashes}
    for name in "abcd":
        was, theirs, now = base.get(name, ""), standing.get(name, ""), mine.get(name, "")
        kept = merge.draft.get(name, "")
        assert kept in (theirs, now)
        assert kept == now or now == was or name in clashes  # what I changed is kept, or I am asked
        assert kept == theirs or theirs == was  # what they changed is kept
    assert all(name in clashes or base.get(name, "") == standing.get(name, "") for name in clashes | set(merge.changed))


def test_fields_that_were_not_on_the_page_stay() -> None:
    assert merged({"a": "1", "b": "2"}, {"a": "1"}, {"a": "5"}).draft == {"a": "5", "b": "2"}


@given(st.text(ALPHABET, min_size=8, max_size=8), st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_letter_in_a_receipt_number_is_found(letters: str, place: int, other: str) -> None:
    number = receipt_number(Quarter(2026, 3), letters)
    assert is_receipt_number(number)
    wrong = receipt_number(Quarter(2026, 3), letters[:place] + other + letters[place + 1 :])[:-1] + number[-1]
    assert is_receipt_number(wrong) is (other == letters[place])


@given(st.text(ALPHABET, min_size=8, max_size=8), st.integers(0, 6))
def test_two_swapped_letters_are_found(letters: str, place: int) -> None:
    number = receipt_number(Quarter(2026, 3), letters)
    pair = letters[place : place + 2]
    swapped = letters[:place] + pair[::-1] + letters[place + 2 :]
    wrong = receipt_number(Quarter(2026, 3), swapped)[:-1] + number[-1]
    assert is_receipt_number(wrong) is (pair[0] == pair[1])


@pytest.mark.parametrize("text", ["", "short", "a" * 65, "a" * 20 + "\n", "密" * 20, "a b" * 8])
def test_what_is_no_key_is_no_key(text: str) -> None:
    assert not is_key(text)
    assert is_key("a-_9" * 6)


@pytest.mark.parametrize(
    ("reply_due_on", "day", "reason"),
    [
        (None, DUE, None), (None, LOCK, None), (None, LOCK + DAY, CLOSED), (LOCK + DAY, LOCK + DAY, None),
        (LOCK + DAY, LOCK + DAY + DAY, CLOSED), (DUE, LOCK, None),
    ],
)  # fmt: skip
def test_a_quarter_takes_filings_until_it_locks_or_a_returned_ones_own_day(
    reply_due_on: date | None, day: date, reason: object
) -> None:
    assert shut(WINDOW, reply_due_on, NOON, day) is reason


def test_a_quarter_that_has_not_opened_takes_nothing() -> None:
    assert shut(WINDOW, None, WINDOW.opens_at - timedelta(seconds=1), DUE) is NOT_OPEN
    assert shut(None, None, NOON, DUE) is NOT_OPEN


@given(st.none() | st.dates(DUE - 9 * DAY, DUE + 9 * DAY), st.dates(DUE - 9 * DAY, DUE + 9 * DAY))
def test_the_later_of_the_window_s_day_and_a_returned_filing_s_own_counts(reply: date | None, day: date) -> None:
    assert is_late(WINDOW, reply, day) == (day > DUE and (reply is None or day > reply))
    assert is_late(WINDOW, reply, day) == (day > deadline(WINDOW, reply))


def test_the_declaration_cites_the_bureaus_notice_and_no_statistics_law() -> None:
    assert "通知" in DECLARATION.zh and "统计法" not in DECLARATION.zh
    assert "Statistics Law" not in DECLARATION.en
