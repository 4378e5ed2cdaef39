"""Which passwords are refused, and that nothing of one is cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.hashing import Hasher
from portal.accounts.passwords import LONGEST, SHORTEST, NewPassword, common_passwords, password_problem

CHEAP = Hasher(1, 8, 1)
OWN = ("preparer-jinyun-1", "王小明", "zhangsan@example.com")


@pytest.mark.parametrize("password", sorted(common_passwords())[::37])
def test_common_passwords_are_refused_in_any_case(password: str) -> None:
    assert password_problem(password) is not None
    assert password_problem(password.upper()) is not None


def test_the_list_of_common_passwords_is_long_enough_to_matter() -> None:
    assert len(common_passwords()) >= 3000
    assert all(SHORTEST <= len(p) <= 64 and p == p.casefold() for p in common_passwords())


@pytest.mark.parametrize(
    "password",
    ["short7!", "aaaaaaaaaa", "ababababab", "lishui2026!", "Preparer-Jinyun-1", "jinyun-331122", "zhangsan123!", "丽水产业链2026",
     "王小明12345678", "Portal#2026#"],
)  # fmt: skip
def test_a_password_of_the_persons_or_the_portals_words_is_refused(password: str) -> None:
    assert password_problem(password, OWN) is not None


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "lishui correct horse", "山高水长风轻云淡", "8273-6491-0557", "x" * 30 + "yz" * 20, "g7#kQ!w2pZ"],
)  # fmt: skip
def test_long_odd_and_composed_passwords_are_accepted_without_rules_of_composition(password: str) -> None:
    assert password_problem(password, OWN) is None


def test_a_password_is_accepted_up_to_its_whole_length_and_refused_beyond() -> None:
    long = "abcd efgh " * (LONGEST // 10)
    assert password_problem(long) is None
    assert password_problem(long + "12345") is not None


@given(st.text(min_size=64, max_size=80), st.integers(0, 63))
def test_every_character_counts(password: str, place: int) -> None:
    other = password[:place] + ("甲" if password[place] != "甲" else "乙") + password[place + 1 :]
    stored = CHEAP.hash(password)
    assert CHEAP.verify(stored, password)
    assert not CHEAP.verify(stored, other)


@pytest.mark.parametrize("password", ["", "\x00", "\ud800", "x" * 100_000])
def test_any_text_can_be_tried_as_a_password(password: str) -> None:
    assert not CHEAP.verify(CHEAP.hash("another one"), password)


def test_nothing_is_right_where_there_is_no_account() -> None:
    assert not CHEAP.verify(None, "nobody's password")
    assert not CHEAP.verify("no hash at all", "nobody's password")


def test_full_width_letters_are_the_same_password() -> None:
    assert CHEAP.verify(CHEAP.hash("correct horse"), "ｃorrect horse")


def test_a_hash_of_another_cost_is_outdated() -> None:
    assert Hasher(2, 16, 1).is_outdated(CHEAP.hash("x"))
    assert not CHEAP.is_outdated(CHEAP.hash("x"))


def test_the_second_typing_must_be_the_same() -> None:
    assert set(NewPassword("correct horse", "correct hose").problems()) == {"repeat_password"}
    assert NewPassword("correct horse", "correct horse").problems() == {}
