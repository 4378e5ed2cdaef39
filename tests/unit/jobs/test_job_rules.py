"""How long a failed job waits, and that the names of handlers are unique."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.jobs.registry import HANDLERS, JobContext, handler
from portal.jobs.rules import BEAT, LEASE, LONGEST_LEASE, MOST_ATTEMPTS, backoff
from portal.kernel.roles import Scope


def test_each_wait_is_longer_than_the_one_before_until_an_hour() -> None:
    waits = [backoff(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10)
    assert waits[-1] == timedelta(hours=1)


def test_a_mail_server_may_be_away_for_two_hours_before_a_mail_is_given_up() -> None:
    assert sum((backoff(attempt) for attempt in range(1, MOST_ATTEMPTS)), timedelta()) > timedelta(hours=2)


def test_a_lease_outlives_several_beats_and_never_reaches_what_counts_as_another_clock() -> None:
    assert 3 * BEAT <= LEASE < LONGEST_LEASE


def test_a_name_has_one_handler_and_nobodys_scope_unless_it_says_so() -> None:
    def one(job: JobContext) -> None:
        return None

    def other(job: JobContext) -> None:
        return None

    handler("test.unique")(one)
    with pytest.raises(ValueError, match="already"):
        handler("test.unique")(other)
    assert HANDLERS.pop("test.unique").scope == Scope.nobody()
