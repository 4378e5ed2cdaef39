"""Median and spread: what is usual, and only where enough enterprises are behind it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.statistics.benchmarks import FEWEST, benchmark, benchmarks

VALUES = st.lists(st.decimals(min_value=0, max_value=10_000, places=4), min_size=FEWEST, max_size=60)


@pytest.mark.parametrize("number", range(FEWEST))
def test_fewer_than_ten_are_no_benchmark(number: int) -> None:
    assert benchmark([Decimal(1)] * number) is None


def test_the_median_and_its_spread_of_a_known_row() -> None:
    found = benchmark([Decimal(n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)])
    assert found is not None
    assert (found.median, found.mad, found.limit) == (Decimal("5.5"), Decimal("2.5"), Decimal(18))


@given(VALUES)
def test_half_of_all_lie_within_one_spread_and_order_does_not_matter(values: list[Decimal]) -> None:
    found = benchmark(values)
    assert found is not None
    assert 2 * sum(abs(value - found.median) <= found.mad for value in values) >= len(values)
    assert benchmark(values[::-1]) == found


@given(VALUES, st.decimals(min_value=10**6, max_value=10**8, places=2))
def test_one_wild_figure_hardly_moves_what_is_usual(values: list[Decimal], wild: Decimal) -> None:
    found = benchmark([*values, wild])
    assert found is not None
    assert found.median <= max(values)


def test_each_chain_and_size_stands_alone() -> None:
    rows = [("01", "M", Decimal(1))] * 10 + [("01", "S", Decimal(9))] * 9 + [("02", "M", Decimal(5))] * 12
    found = benchmarks(rows)
    assert {key: one.number for key, one in found.items()} == {("01", "M"): 10, ("02", "M"): 12}
