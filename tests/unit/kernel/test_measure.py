"""Reading what people type, rounding, and writing it back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.measure import NotANumber, divided, plain, read_decimal, rounded, signed_percent, written

decimals = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
NARROW = str.maketrans("０９\u00a0\u3000", "09  ")
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@given(decimals)
def test_a_number_survives_being_written_and_typed_again(value: Decimal) -> None:
    assert read_decimal(written(value, 4)) == value == read_decimal(plain(value))


@given(decimals)
def test_full_width_digits_mean_the_same(value: Decimal) -> None:
    assert read_decimal(f"{value:,.4f}".translate(FULL_WIDTH)) == value


@given(decimals, st.sampled_from(" \u00a0\u2009\u202f\u3000"))
def test_blanks_group_thousands_as_commas_do(value: Decimal, blank: str) -> None:
    assert read_decimal(f"{value:,.4f}".replace(",", blank)) == value


@given(st.text("0123456789０９.,-+ ²³①½٣\u00a0\u3000", max_size=12))
def test_what_is_read_is_what_stands_there(typed: str) -> None:
    """Every digit that is read stands in the text, in width and place alone changed; blanks stand between thousands."""
    try:
        value = read_decimal(typed)
    except NotANumber:
        return
    plainly = typed.translate(NARROW).strip()
    assert plainly.isascii()
    if value is None:
        assert plainly == ""
        return
    assert Decimal(plainly.replace(",", "").replace(" ", "")) == value
    whole, *groups = plainly.lstrip("+- ").split(".")[0].replace(",", " ").split(" ")
    assert all(len(group) == 3 for group in groups) and (not groups or 1 <= len(whole) <= 3)


@given(decimals, st.integers(0, 4))
def test_our_formatter_writes_what_babel_writes(value: Decimal, places: int) -> None:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    expected = format_decimal(rounded(value, places), format=pattern, locale="en").replace("-", "\u2212")
    assert written(value, places) == expected


@given(decimals, st.integers(0, 4))
def test_rounding_errs_by_at_most_half_and_away_from_zero_on_a_tie(value: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    error = abs(rounded(value, places)) - abs(value)
    assert -step / 2 < error <= step / 2


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("NaN", "text"), ("Infinity", "text"), ("1e400", "text"), ("1E3", "text"), ("12o0", "text"), ("3.5万", "text"),
        ("0x10", "text"), ("--5", "text"), ("1.2.3", "text"), ("\x00", "text"), ("5\u202e", "text"), ("٣", "text"),
        ("10²", "text"), ("①", "text"), ("½", "text"), ("𝟏", "text"), ("12 5", "blank"), ("1 2345", "blank"),
        ("1 000 00", "blank"), ("5 .2", "blank"), ("1  000", "blank"), ("12, 345", "blank"), ("1 000,000", "blank"),
        ("12,5", "comma"), ("1,2345", "comma"), ("1.234,5", "comma"), ("9" * 41, "long"), ("9" * 5000, "long"),
    ],
)  # fmt: skip
def test_what_could_be_misread_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(NotANumber) as caught:
        read_decimal(typed)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", None), ("  ", None), ("　", None), ("12,345.67", "12345.67"), ("１２，３４５．６７", "12345.67"),
        ("−120.5", "-120.5"), ("–3", "-3"), ("+7", "7"), (".5", "0.5"), ("5.", "5"), (" 1 000 ", "1000"), ("- 5", "-5"),
        ("1\u00a0234\u202f567.5", "1234567.5"), ("１　２３４", "1234"), ("007", "7"),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(typed: str, value: str | None) -> None:
    assert read_decimal(typed) == (None if value is None else Decimal(value))


def test_zero_has_no_sign() -> None:
    assert written(Decimal("-0.004"), 2) == "0.00"
    assert signed_percent(Decimal("-0.0001")) == "0.0%"


def test_a_share_of_nothing_is_no_number() -> None:
    assert divided(Decimal(5), Decimal(0)) is None
    assert divided(None, Decimal(2)) is None
    assert written(None, 2) == "\u2013" == signed_percent(None)


def test_the_city_ratio_of_the_dossier() -> None:
    ratio = divided(Decimal(573564), Decimal(30341))
    assert ratio is not None and written(ratio, 2) == "18.90"
