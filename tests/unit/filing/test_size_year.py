"""The size class of a year rests on the whole of it: four approved quarters of revenue, and staff."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.filing.size_year import SizeYear
from portal.kernel.period import Quarter
from tests.fixtures.shipped import shipped_catalogue

CATALOGUE = shipped_catalogue(Quarter(2026, 1))
MONEY = st.decimals("-9999999.9999", "9999999.9999", places=4)
STAFF = st.integers(0, 20_000).map(Decimal)
REVENUE = st.dictionaries(st.integers(1, 4), MONEY, max_size=4)
BY_QUARTER = st.dictionaries(st.integers(1, 4), STAFF, max_size=4)


@given(REVENUE, BY_QUARTER, BY_QUARTER)
def test_figures_exist_exactly_when_the_year_is_whole(
    revenue: dict[int, Decimal], at_end: dict[int, Decimal], mean: dict[int, Decimal]
) -> None:
    year = SizeYear(2025, {"105": revenue, "501": at_end, "502": mean})
    knows_staff = 4 in at_end or len(mean) == 4
    assert {quarter.number for quarter in year.missing} == {1, 2, 3, 4} - set(revenue)
    assert (year.figures() is not None) == (len(revenue) == 4 and knows_staff)


@given(st.tuples(MONEY, MONEY, MONEY, MONEY), STAFF, BY_QUARTER)
def test_revenue_is_the_sum_and_staff_that_of_the_year_s_end(
    revenue: tuple[Decimal, ...], staff: Decimal, earlier: dict[int, Decimal]
) -> None:
    found = SizeYear(2025, {"105": dict(enumerate(revenue, 1)), "501": earlier | {4: staff}}).figures()
    assert found is not None
    assert abs(found.revenue - sum(revenue)) <= Decimal("0.005")
    assert -found.revenue.as_tuple().exponent == 2  # type: ignore[operator]
    assert (found.staff, found.year, found.counts_from.isoformat()) == (staff, 2025, "2026-01-01")


@given(st.tuples(STAFF, STAFF, STAFF, STAFF))
def test_where_the_end_of_the_year_is_not_known_the_mean_of_all_averages_stands_in(mean: tuple[Decimal, ...]) -> None:
    revenue = dict.fromkeys(range(1, 5), Decimal(100))
    found = SizeYear(2025, {"105": revenue, "502": dict(enumerate(mean, 1))}).figures()
    assert found is not None
    assert abs(found.staff - sum(mean) / 4) <= Decimal("0.5")


@given(st.integers(0, 20_000), st.integers(0, 20_000), MONEY, MONEY)
def test_a_larger_enterprise_is_never_in_a_smaller_class(
    staff: int, more: int, revenue: Decimal, further: Decimal
) -> None:
    order = ["X", "S", "M", "L"]
    for gb_class in ("3453", "6513", "7310"):
        small = CATALOGUE.size_class(gb_class, staff, revenue).value
        large = CATALOGUE.size_class(gb_class, staff + more, max(revenue, further)).value
        assert order.index(large) >= order.index(small)
