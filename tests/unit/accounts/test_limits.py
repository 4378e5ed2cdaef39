"""What may be counted, and what is said when it is full."""

from __future__ import annotations

import pytest

from portal.accounts import limits
from portal.accounts.limits import ACCOUNT, ADDRESS, CODE, Count, Limit, TooMany
from portal.accounts.tasks import LONGEST_WINDOW


@pytest.mark.parametrize("limit", [ACCOUNT, ADDRESS, CODE])
def test_no_more_than_five_failures_are_borne(limit: object) -> None:
    assert limit.most <= 5  # type: ignore[attr-defined]


def test_counts_end_before_they_are_swept_away() -> None:
    declared = [found for found in vars(limits).values() if isinstance(found, Limit)]
    assert len(declared) > 8
    assert all(limit.window < LONGEST_WINDOW for limit in declared)


@pytest.mark.parametrize("typed", ["my secret password", "\x00", "\ud800", "x" * 70_000])
def test_what_was_typed_is_counted_under_a_hash_of_it(typed: str) -> None:
    count = Count.of(ACCOUNT, typed)
    assert typed not in count.key
    assert len(count.key) <= 100


@pytest.mark.parametrize(("seconds", "minutes"), [(1.0, "1"), (60.0, "1"), (61.0, "2"), (899.5, "15")])
def test_the_wait_is_said_in_whole_minutes(seconds: float, minutes: str) -> None:
    refusal = TooMany(seconds)
    assert refusal.status == 429
    assert minutes in refusal.message.zh
    assert minutes in refusal.message.en
