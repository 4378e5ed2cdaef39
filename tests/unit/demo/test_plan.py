"""What follows from the arguments of the demo: quarters, instants, and a filing in every state."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import islice

import pytest

from portal.demo.plan import FIRST, Wishes, fate, midnight, moments, planned
from portal.kernel.clock import local
from portal.kernel.period import Quarter
from portal.kernel.workflow import TRANSITIONS, Kind, State

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("as_of", "newest"),
    [(DAY, Quarter(2026, 3)), (date(2026, 10, 1), Quarter(2026, 3)), (date(2026, 9, 30), Quarter(2026, 2))],
)
def test_the_open_quarter_is_the_newest_that_has_ended(as_of: date, newest: Quarter) -> None:
    plan = planned(Wishes(as_of=as_of), DAY)
    assert plan.open == newest
    assert plan.closed[0] == FIRST
    assert plan.closed[-1] == newest - 1


def test_what_is_left_open_is_filled_in_from_today() -> None:
    assert planned(Wishes(), DAY) == planned(Wishes(1400, 10, 1, DAY), date(2027, 1, 1))
    assert planned(Wishes(quarters=3), DAY).closed == (Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2))
    assert planned(Wishes(quarters=0), DAY).closed == ()


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(enterprises=11),
        Wishes(enterprises=100_001),
        Wishes(quarters=-1),
        Wishes(quarters=41),
        Wishes(as_of=date(2023, 12, 31)),
    ],
)
def test_what_cannot_be_built_is_refused(wishes: Wishes) -> None:
    with pytest.raises(ValueError, match="--"):
        planned(wishes, DAY)


def test_the_first_dozen_show_every_state_that_waits_and_some_that_are_done() -> None:
    states = {fate(number).state for number in range(12)}
    filing = {row.target for row in TRANSITIONS if Kind.FILING in row.kinds} - {State.VOID, State.WITHDRAWN}
    assert filing - {None} <= states
    assert None in states


@pytest.mark.parametrize("days", [0, 1, 2, 6, 60])
def test_instants_rise_within_their_span_and_keep_working_hours(days: int) -> None:
    first = midnight(DAY)
    last = first + timedelta(days=days)
    found = list(islice(moments(random.Random(5), first, last), 6))
    assert found == sorted(found)
    assert first <= found[0]
    assert found[-1] <= last
    if days >= 6:
        assert all(9 <= local(at).hour < 18 for at in found)
