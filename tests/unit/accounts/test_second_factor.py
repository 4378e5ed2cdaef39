"""Codes work once, in a window of one step either way; the demonstration shows the next one that will be taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.second_factor import (
    LASTS_SECONDS,
    STEP_SECONDS,
    address_of,
    code_of,
    demo_code,
    matching_step,
    new_secret,
    picture_of,
    step_at,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = datetime(2026, 11, 24, 8, 0, 10, tzinfo=UTC)
instants = st.integers(1_577_836_800, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(("offset", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clock_may_be_one_step_off(offset: int, taken: bool) -> None:
    code = code_of(SECRET, step_at(AT) + offset)
    assert (matching_step(SECRET, code, AT, None) is not None) is taken


def test_a_code_and_all_before_it_are_spent_once_it_was_taken() -> None:
    step = matching_step(SECRET, code_of(SECRET, step_at(AT)), AT, None)
    assert step == step_at(AT)
    assert matching_step(SECRET, code_of(SECRET, step_at(AT)), AT, step) is None
    assert matching_step(SECRET, code_of(SECRET, step_at(AT) - 1), AT, step) is None
    assert matching_step(SECRET, code_of(SECRET, step_at(AT) + 1), AT, step) == step_at(AT) + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "\x00" * 6, "٣" * 6, "9" * 70_000])
def test_what_is_no_code_is_simply_wrong(typed: str) -> None:
    assert matching_step(SECRET, typed, AT, None) is None


def test_a_code_may_be_typed_in_groups_and_in_full_width() -> None:
    code = code_of(SECRET, step_at(AT))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", AT, None) is not None
    assert matching_step(SECRET, wide, AT, None) is not None


def test_codes_are_those_of_any_authenticator_app() -> None:
    assert code_of(SECRET, step_at(AT)) == pyotp.TOTP(SECRET).at(AT)


@given(instants, st.integers(-3, 3), st.integers(0, LASTS_SECONDS - 1))
def test_the_demonstration_shows_the_lowest_code_that_there_is_time_to_type(
    at: datetime, last: int, typing: int
) -> None:
    last_step = step_at(at) + last
    shown = demo_code(SECRET, at, last_step)
    if shown.code is not None:
        step = matching_step(SECRET, shown.code, at, last_step)
        assert step is not None
        assert matching_step(SECRET, shown.code, at + timedelta(seconds=typing), last_step) == step
        lasting = at + timedelta(seconds=LASTS_SECONDS - 1)
        lower = (code_of(SECRET, earlier) for earlier in range(step - 3, step))
        assert not any(matching_step(SECRET, code, lasting, last_step) for code in lower)
    else:
        assert 0 < shown.seconds <= STEP_SECONDS
        assert demo_code(SECRET, at + timedelta(seconds=shown.seconds), last_step).code is not None


def test_a_secret_is_new_each_time_and_stands_in_the_picture_only_as_dots() -> None:
    assert new_secret() != new_secret()
    assert SECRET in address_of(SECRET, "lead-jinyun")
    assert picture_of(SECRET, "lead-jinyun").lstrip().startswith(b"<?xml")
    assert SECRET.encode() not in picture_of(SECRET, "lead-jinyun")


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    a_year_on = step_at(AT + timedelta(days=400))
    assert matching_step(SECRET, code_of(SECRET, step_at(AT)), AT, a_year_on) == step_at(AT)
