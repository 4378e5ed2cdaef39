"""Codes that are handed over: hard to guess, easy to read out, the same however they are typed."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.handed_code import LETTERS, code_hash, new_code
from portal.accounts.rules import LONGEST_CHECK, identity_problem


def test_a_code_holds_at_least_64_random_bits_and_no_letters_that_look_alike() -> None:
    found = {new_code() for _ in range(200)}
    assert len(found) == 200
    assert all(re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}", code) for code in found)
    assert 16 * math.log2(len(LETTERS)) > 64
    assert not set("0O1IL") & set(LETTERS)


def test_it_is_the_same_code_in_small_letters_full_width_and_without_hyphens() -> None:
    code = "ABCD-EFGH-JKMN-2345"
    for typed in ("abcd efgh jkmn 2345", "ABCDEFGHJKMN2345", "ａｂｃｄ－ｅｆｇｈ－ｊｋｍｎ－２３４５", f" {code}\n"):
        assert code_hash(typed) == code_hash(code)
    assert code_hash("ABCD-EFGH-JKMN-2346") != code_hash(code)


@given(st.text())
def test_whatever_is_typed_has_a_hash(typed: str) -> None:
    assert len(code_hash(typed)) == 64


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("", False),
        ("本人", False),
        ("本人到场核对", True),
        ("x" * LONGEST_CHECK, True),
        ("x" * (LONGEST_CHECK + 1), False),
    ],
)
def test_it_has_to_be_said_how_somebody_was_identified(text: str, is_good: bool) -> None:
    assert (identity_problem(text) is None) == is_good
