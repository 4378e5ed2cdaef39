"""What a digest covers, what a root commits to, and what may never stand in the trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.rules import (
    CHAINED,
    FIRST,
    SECRETS,
    anchor_digest,
    clean,
    door_stream,
    event_digest,
    merkle_root,
    plain,
)
from portal.kernel.clock import local

EVENT: dict[str, Any] = {
    "recorded_at": datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    "stream": "case:1",
    "seq": 1,
    "actor_id": 7,
    "actor_name": "王某",
    "roles": "county_officer",
    "address": "192.0.2.1",
    "verb": "approve",
    "subject": "case:1",
    "outcome": "done",
    "detail": {"to": "approved"},
    "previous": FIRST,
}
OTHER: dict[str, Any] = {
    "recorded_at": EVENT["recorded_at"] + timedelta(microseconds=1),
    "stream": "case:2",
    "seq": 2,
    "actor_id": None,
    "detail": {"to": "approved", "x": None},
    "previous": "1" * 64,
}
heads = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=8), st.integers(1, 99), st.text("0123456789abcdef", min_size=64, max_size=64)
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda head: head[0],
)


@pytest.mark.parametrize("column", CHAINED)
def test_the_digest_of_an_event_covers_every_column(column: str) -> None:
    changed = {**EVENT, column: OTHER.get(column, f"{EVENT[column]} ")}
    assert event_digest(changed) != event_digest(EVENT)


def test_the_digest_is_of_the_instant_whatever_zone_it_is_written_in() -> None:
    east = local(EVENT["recorded_at"])
    assert event_digest({**EVENT, "recorded_at": east}) == event_digest(EVENT)


@given(heads, st.data())
def test_the_root_changes_with_any_head_and_not_with_their_order(found: list[Any], data: st.DataObject) -> None:
    root = merkle_root(found)
    assert merkle_root(data.draw(st.permutations(found))) == root
    place = data.draw(st.integers(0, len(found) - 1))
    stream, seq, digest = found[place]
    moved = [*found[:place], (stream, seq + 1, digest), *found[place + 1 :]]
    assert merkle_root(moved) != root
    assert merkle_root(found[:place] + found[place + 1 :]) != root


def test_the_digest_of_an_anchor_covers_its_place_instant_root_and_predecessor() -> None:
    instant = EVENT["recorded_at"]
    whole = anchor_digest(1, instant, "a", "b")
    others = {
        anchor_digest(2, instant, "a", "b"),
        anchor_digest(1, instant + timedelta(seconds=1), "a", "b"),
        anchor_digest(1, instant, "c", "b"),
        anchor_digest(1, instant, "a", "c"),
    }
    assert len(others | {whole}) == 5


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_nothing_with_the_name_of_a_secret_can_be_recorded(name: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        plain({"fields": [{name.upper(): "x"}]})


@pytest.mark.parametrize("value", [0.5, float("nan"), b"x", object(), {1, 2}])
def test_only_what_both_databases_give_back_unchanged_can_be_recorded(value: object) -> None:
    with pytest.raises(TypeError):
        plain({"value": value})


def test_a_decimal_is_recorded_digit_for_digit_without_an_exponent() -> None:
    assert plain({"value": Decimal("1E+3"), "other": Decimal("-0.10")}) == {"value": "1000", "other": "-0.10"}


@pytest.mark.parametrize("mark", ["\x00", "\r", "\x1b[2J", "\u202e", "\ud800", "\x9b"])
def test_a_line_of_the_trail_cannot_be_forged_by_control_characters(mark: str) -> None:
    assert clean(f"a{mark}b") != f"a{mark}b"
    assert "\ufffd" in clean(f"a{mark}b")


@given(st.text(), st.integers(1, 20))
def test_a_cleaned_text_is_never_too_long_and_cleaning_twice_changes_nothing(text: str, longest: int) -> None:
    once = clean(text, longest)
    assert len(once) <= longest
    assert clean(once, longest) == once


def test_the_door_closes_at_midnight_in_lishui() -> None:
    assert door_stream(datetime(2026, 11, 24, 15, 59, tzinfo=UTC)) == "door:2026-11-24"
    assert door_stream(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == "door:2026-11-25"
