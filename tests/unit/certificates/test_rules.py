"""States of papers, their numbers and codes, what they state, and the files of their fonts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.certificates.letters import LIST, unprintable
from portal.certificates.rules import (
    ALPHABET,
    MOVES,
    TOKEN_LETTERS,
    PaperKind,
    PaperState,
    bytes_key,
    check_letter,
    ended,
    is_in_force,
    serial_number,
    spaced,
    token_of,
)
from portal.certificates.snapshot import canonical_hash, snapshot_of
from portal.certificates.wording import WORDS, registered
from portal.config import ROOT
from portal.kernel.errors import Illegal
from scripts.fonts import FOLDER, differences, drawn, manifest
from tests.fixtures.papers import RARE, snapshot
from tests.unit.spreadsheet.test_read import RARE as RARE_OF_LISTS

AT = datetime(2026, 10, 1, tzinfo=UTC)
LETTERS = st.text(ALPHABET, min_size=8, max_size=8)


@pytest.mark.parametrize(("state", "target"), list(product(PaperState, PaperState)))
def test_a_paper_ends_once_and_never_comes_back(state: PaperState, target: PaperState) -> None:
    if target in MOVES[state]:
        assert ended(state, target) is target
        assert target is not PaperState.VALID
    else:
        with pytest.raises(Illegal):
            ended(state, target)


@pytest.mark.parametrize("state", PaperState)
@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_only_a_valid_paper_whose_time_has_come_is_in_force(state: PaperState, hours: int) -> None:
    came = hours <= 0
    assert is_in_force(state, AT + timedelta(hours=hours), AT) == (state is PaperState.VALID and came)


@given(st.sampled_from(PaperKind), LETTERS, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_the_check_letter_finds_any_one_wrong_letter(kind: PaperKind, letters: str, place: int, other: str) -> None:
    number = serial_number(kind, 2026, letters)
    wrong = letters[:place] + other + letters[place + 1 :]
    body = serial_number(kind, 2026, wrong)[:-2]
    assert check_letter(number[:-2]) == number[-1]
    assert (check_letter(body) == number[-1]) == (wrong == letters)


@given(st.text(ALPHABET, min_size=TOKEN_LETTERS, max_size=TOKEN_LETTERS))
def test_a_code_is_read_however_it_is_typed(token: str) -> None:
    printed = spaced(token)
    for typed in (token, printed, printed.lower(), f"  {printed.replace('-', ' ')}\n", printed.replace("-", "–")):
        assert token_of(typed) == token


@given(st.text(max_size=40))
def test_what_is_read_as_a_code_is_one(typed: str) -> None:
    token = token_of(typed)
    assert token is None or (len(token) == TOKEN_LETTERS and set(token) <= set(ALPHABET))


def test_a_code_holds_more_than_64_random_bits() -> None:
    assert len(ALPHABET) ** TOKEN_LETTERS > 2**64


@pytest.mark.parametrize("kind", PaperKind)
def test_a_snapshot_comes_back_from_its_content(kind: PaperKind) -> None:
    states = snapshot(kind)
    again = snapshot_of(states.content())
    assert again == states
    assert canonical_hash(again.content()) == canonical_hash(states.content())


@pytest.mark.parametrize("place", range(5))
def test_whatever_is_printed_decides_where_the_bytes_lie(place: int) -> None:
    parts = ["LS-1", "TOKEN", "ab" * 32, "https://a.example", False]
    changed = [*parts[:place], True if place == 4 else f"{parts[place]}x", *parts[place + 1 :]]
    assert bytes_key(*parts) != bytes_key(*changed)  # type: ignore[arg-type]


def test_the_record_claims_no_more_than_a_registration() -> None:
    words = registered(AT.date())
    assert "仅表明该企业已在本平台登记，不构成行政许可、资质认定、信用评价或对数据真实性的证明。" in words.zh
    assert "no licence, qualification, credit rating or proof of the data" in words.en
    for claim in ("有效期", "特发此证", "经认定", "兹证明"):
        assert claim not in words.zh


def test_the_receipt_says_that_it_is_no_approval() -> None:
    caveat = WORDS[PaperKind.FILING_RECEIPT].caveat
    assert caveat is not None
    assert "不代表审核通过" in caveat.zh


def test_the_fonts_are_those_of_the_manifest_and_carry_their_licence() -> None:
    assert differences(manifest()) == []
    assert {entry["licence"] for entry in manifest()} == {"OFL-1.1"}
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text("utf-8")


def test_the_list_of_characters_is_what_the_fonts_have_and_holds_the_rare_names_of_the_tests() -> None:
    assert LIST.read_text("ascii") == drawn()
    assert unprintable(RARE) == ""
    assert unprintable(RARE_OF_LISTS) == "㙓㵑㒓"  # of fifty; their officer is told


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("丽水𪚥鿰机械𪚥有限公司", "𪚥鿰"),
        ("Lishui Ệ Ltd 😀", "Ệ😀"),
        ("丽水（示例）·机械〇①号 有限公司\u3000葛\U000e0100", ""),
        ("", ""),
    ],
)
def test_characters_outside_our_fonts_are_named_once(name: str, missing: str) -> None:
    assert unprintable(name) == missing


def test_an_altered_font_is_found() -> None:
    entries = [{**entry, "sha256": "0" * 64} for entry in manifest()]
    assert len(differences(entries)) == 2 * len(entries)


def test_the_style_sheet_names_no_other_font() -> None:
    style = (ROOT / "portal" / "certificates" / "paper.css").read_text("utf-8")
    families = {name for line in style.splitlines() if "font-family:" in line for name in line.split('"')[1::2]}
    assert families == {entry["family"] for entry in manifest()}
