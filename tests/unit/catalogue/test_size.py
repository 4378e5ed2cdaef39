"""Size classes and respondent classes, with the dossier's own vectors."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.size import RespondentClass, SizeClass
from portal.kernel.errors import Missing
from portal.kernel.period import Quarter
from tests.fixtures.shipped import shipped_catalogue

CATALOGUE = shipped_catalogue(Quarter(2026, 3))
L, M, S, X = SizeClass.LARGE, SizeClass.MEDIUM, SizeClass.SMALL, SizeClass.MICRO


@pytest.mark.parametrize(
    ("staff", "revenue", "size"),
    [
        (1000, "40000", L),
        (1200, "39999", M),
        (999, "50000", M),
        (300, "2000", M),
        (299, "90000", S),
        (300, "1999", S),
        (20, "300", S),
        (19, "5000", X),
        (500, "250", X),
        (5000, "100", X),
    ],
)
def test_industry_needs_both_floors(staff: int, revenue: str, size: SizeClass) -> None:
    assert CATALOGUE.size_class("3425", staff, Decimal(revenue)) is size


@pytest.mark.parametrize(
    ("gb_class", "staff", "revenue", "size"),
    [
        ("6513", 300, "10000", L),
        ("6513", 299, "10000", M),
        ("6513", 10, "50", S),
        ("6513", 10, "49.99", X),
        ("6450", 2000, "100000", L),
        ("6450", 100, "999", S),
        ("7452", 300, "0", L),
        ("7722", 99, "1000000", S),
        ("7340", 9, "1000000", X),
    ],
)
def test_other_branches_have_floors_of_their_own(gb_class: str, staff: int, revenue: str, size: SizeClass) -> None:
    assert CATALOGUE.size_class(gb_class, staff, Decimal(revenue)) is size


def test_outside_the_loaded_divisions_there_is_no_size_rule() -> None:
    with pytest.raises(Missing):
        CATALOGUE.size_class("5111", 10, Decimal(1))


@given(
    staff=st.integers(0, 5000),
    revenue=st.decimals(0, 200_000, places=2),
    more_staff=st.integers(0, 500),
    more=st.decimals(0, 9999, places=2),
)
def test_a_bigger_enterprise_never_falls_into_a_smaller_class(
    staff: int, revenue: Decimal, more_staff: int, more: Decimal
) -> None:
    order = [X, S, M, L]
    before = CATALOGUE.size_class("3425", staff, revenue)
    after = CATALOGUE.size_class("3425", staff + more_staff, revenue + more)
    assert order.index(after) >= order.index(before)


@pytest.mark.parametrize("gb_class", ["3425", "0810", "4411"])
def test_industry_answers_by_its_above_scale_status(gb_class: str) -> None:
    assert CATALOGUE.respondent_class(gb_class, True) is RespondentClass.ABOVE_SCALE
    assert CATALOGUE.respondent_class(gb_class, False) is RespondentClass.BELOW_SCALE


@pytest.mark.parametrize("gb_class", ["6513", "6450", "7340", "7452", "7722"])
@pytest.mark.parametrize("is_above_scale", [True, False])
def test_other_branches_answer_the_form_for_no_industry(gb_class: str, is_above_scale: bool) -> None:
    assert CATALOGUE.respondent_class(gb_class, is_above_scale) is RespondentClass.NOT_INDUSTRIAL
