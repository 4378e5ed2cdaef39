"""How figures are formed: the dossier's vectors and the laws behind them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.measure import signed_percent, written
from portal.kernel.period import Quarter
from portal.statistics.measures import (
    LOSS_REDUCED,
    LOSS_SAME,
    LOSS_WIDENED,
    NO_BASE,
    TURNED_PROFIT,
    ZERO_BASE,
    Accumulation,
    Span,
    city_frames_shown,
    growth,
    may_see_city_total,
    ratio_of_sums,
)

money = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("current", "base", "rate"),
    [("12000", "10000", "+20.00%"), ("9300", "10000", "−7.00%"), ("0", "500", "−100.00%"),
     ("3200", "3000", "+6.67%"), ("6900", "6100", "+13.11%"), ("10100", "9600", "+5.21%"), ("14400", "13000", "+10.77%"),
     ("3700", "3100", "+19.35%"), ("3200", "3500", "−8.57%"), ("4300", "3400", "+26.47%")],
)  # fmt: skip
def test_growth_is_as_the_dossier_computed_it(current: str, base: str, rate: str) -> None:
    assert signed_percent(growth(Decimal(current), Decimal(base)).rate, 2) == rate


@pytest.mark.parametrize(
    ("current", "base", "words"),
    [("500", "0", ZERO_BASE), ("0", "0", ZERO_BASE), ("100", "-50", TURNED_PROFIT), ("-30", "-60", LOSS_REDUCED),
     ("-90", "-60", LOSS_WIDENED), ("-60", "-60", LOSS_SAME), (None, "5", None), (None, None, None), ("5", None, NO_BASE)],
)  # fmt: skip
def test_where_a_rate_would_mislead_there_are_words(current: str | None, base: str | None, words: object) -> None:
    found = growth(None if current is None else Decimal(current), None if base is None else Decimal(base))
    assert found.rate is None
    assert found.words == words


@given(money, money)
def test_a_rate_stands_exactly_over_a_positive_base(current: Decimal, base: Decimal) -> None:
    found = growth(current, base)
    assert (found.rate is not None) == (base > 0)
    assert (found.words is None) == (base > 0)


def test_the_city_ratio_is_a_ratio_of_sums_and_not_the_mean_of_ratios() -> None:
    assert written(ratio_of_sums(Decimal(573564), Decimal(30341)), 2) == "18.90"
    assert written(ratio_of_sums(Decimal(2236605), Decimal(30341)), 2) == "73.72"


@given(st.lists(money, min_size=1, max_size=8), st.lists(st.decimals(1, 1000, places=2), min_size=8, max_size=8))
def test_a_ratio_of_sums_lies_between_its_parts(tops: list[Decimal], bottoms: list[Decimal]) -> None:
    pairs = list(zip(tops, bottoms, strict=False))
    whole = ratio_of_sums(sum(t for t, _ in pairs), sum(b for _, b in pairs))  # type: ignore[arg-type]
    parts = [t / b for t, b in pairs]
    assert whole is not None
    assert min(parts) - Decimal("0.000001") <= whole <= max(parts) + Decimal("0.000001")


def test_over_several_quarters_flows_sum_points_take_the_last_and_staff_is_a_mean() -> None:
    values: list[Decimal | None] = [Decimal(10), Decimal(20), None, Decimal(30)]
    assert Accumulation.SUM.over(values) == 60
    assert Accumulation.LAST.over(values) == 30
    assert Accumulation.MEAN.over(values) == 20
    assert Accumulation.LAST.over([Decimal(10), None]) is None
    assert Accumulation.SUM.over([None, None]) is None


def test_spans_end_with_their_quarter() -> None:
    third = Quarter(2026, 3)
    assert [str(q) for q in Span.YEAR_TO_DATE.quarters(third)] == ["2026Q1", "2026Q2", "2026Q3"]
    assert [str(q) for q in Span.TRAILING_FOUR.quarters(third)] == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    assert Span.QUARTER.quarters(third) == (third,)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_county_never_sees_a_city_total_behind_which_one_or_two_others_stand(others: int, own: int) -> None:
    if may_see_city_total(others + own, own, 3):
        assert others == 0 or others >= 3
        assert others + own >= 3


FRAMES = st.dictionaries(
    st.sampled_from("LSN"), st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda p: (max(p), min(p))), min_size=1
)


@given(FRAMES)
def test_no_difference_of_city_totals_is_a_few_foreign_enterprises(counts: dict[str, tuple[int, int]]) -> None:
    shown, is_whole_shown = city_frames_shown(counts, 3)
    known = [counts[name] for name in shown]
    if is_whole_shown:
        whole = tuple(map(sum, zip(*counts.values(), strict=True)))
        taken = tuple(map(sum, zip(*known, strict=True))) if known else (0, 0)
        known += [(whole[0], whole[1]), (whole[0] - taken[0], whole[1] - taken[1])]
    for city, own in known:
        others = city - own
        assert (city, others) == (0, 0) or (city >= 3 and (others == 0 or others >= 3))


def test_the_total_over_all_goes_where_one_hidden_class_could_be_subtracted_from_it() -> None:
    assert city_frames_shown({"L": (30, 9), "S": (12, 4), "N": (2, 1)}, 3) == (frozenset("LS"), False)
    assert city_frames_shown({"L": (30, 9), "S": (2, 0), "N": (2, 1)}, 3) == (frozenset("L"), True)
    assert city_frames_shown({"L": (30, 9), "S": (12, 4), "N": (0, 0)}, 3) == (frozenset("LS"), True)
