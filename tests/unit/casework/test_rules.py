"""Texts, four eyes and working days of a case."""

from __future__ import annotations

import pytest

from portal.casework.rules import TEXT_LIMIT, refuse_own_entry, written
from portal.kernel.errors import Denied, Invalid

HIDDEN = ["\x00", "\x1b[2J", "\u202e", "\u200f", "\u2066", "\ud800", "\x85"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_a_text_with_a_hidden_sign_is_refused_at_its_field(hidden: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(f"请核对{hidden}用电量", "reason")
    assert set(refused.value.fields) == {"reason"}


def test_a_text_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(Invalid) as refused:
        written("长" * 65536, "reason")
    assert str(TEXT_LIMIT) in refused.value.message.zh
    assert "65536" in refused.value.message.en


@pytest.mark.parametrize("text", ["𠮷田镕㛃", "two\nlines\tand a tab", "x" * TEXT_LIMIT, "👩‍🏭"])
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    assert written(text, "reason") == text


def test_line_ends_of_browsers_become_one_kind_and_blanks_around_go() -> None:
    assert written("  a\r\nb\rc  ", "reason") == "a\nb\nc"
    assert written(None, "reason") == ""


def test_nobody_decides_what_they_entered_and_the_system_is_nobody() -> None:
    with pytest.raises(Denied) as refused:
        refuse_own_entry([3, 4], 4)
    assert refused.value.code == "own-entry"
    refuse_own_entry([3, 4], 5)
    refuse_own_entry([3, 4], None)
