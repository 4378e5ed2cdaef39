"""Pace, ladder, tiles and units: laws that hold for any figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.reader import checked_entries
from portal.kernel.bilingual import both
from portal.statistics.ladder import Step, number_at, rung
from portal.statistics.official import NO_NOTE, Typed, period_title, read_entry, shipped
from portal.statistics.pace import (
    ON_PACE,
    REACHED,
    count_verdict,
    cumulative_shares,
    flow_verdict,
    is_reached,
    ratio_verdict,
    share_verdict,
)
from portal.statistics.targets import AMOUNTS, PERCENT, STORED_MONEY, TARGETS, TO_TARGET_UNIT, YI
from portal.statistics.tiles import BANDS, band, places

D = Decimal
amounts = st.decimals(min_value=0, max_value=10**7, places=2)
STEPS = [
    Step("1000", both("a"), D(10_000_000)),
    Step("500", both("b"), D(5_000_000)),
    Step("100", both("c"), D(1_000_000)),
]


# --- pace --------------------------------------------------------------------------------------------------------


def test_the_pace_of_a_quarter_is_last_years_cumulative_share_and_not_a_quarter_of_the_year() -> None:
    assert cumulative_shares([D(3000), D(3100), D(3500), D(3400)]) == (
        D("0.230769"), D("0.469231"), D("0.738462"), D(1)
    )  # fmt: skip


@given(st.lists(amounts, min_size=4, max_size=4))
def test_shares_rise_to_the_whole_and_are_ratios_of_sums(year: list[Decimal]) -> None:
    shares = cumulative_shares(list(year))
    total = sum(year)
    if not total:
        assert shares is None
        return
    assert shares is not None
    assert list(shares) == sorted(shares)
    assert shares[-1] == 1
    for number, share in enumerate(shares, 1):
        assert abs(share - sum(year[:number]) / total) <= D("0.000001")


@pytest.mark.parametrize("year", [[], [D(1)] * 3, [D(1), None, D(1), D(1)], [D(0)] * 4, [D(1), D(-1), D(2), D(3)]])
def test_without_a_whole_year_there_is_no_pace(year: list[Decimal | None]) -> None:
    assert cumulative_shares(year) is None


@pytest.mark.parametrize(
    ("done", "zh", "en"),
    [("546.8", "与时间进度持平", "On pace"), ("525.0", "慢于进度2.6点", "2.6 points behind"),
     ("560", "快于进度2.2点", "2.2 points ahead"), ("730.01", "已达目标", "Target reached"),
     ("730", "快于进度25.5点", "25.5 points ahead")],
)  # fmt: skip
def test_the_verdict_of_a_flow_says_how_many_points_it_is_off(done: str, zh: str, en: str) -> None:
    words = flow_verdict(D(done), D(730), D("0.745"), "gt").words
    assert (words.zh, words.en) == (zh, en)


@given(amounts, st.decimals("0.01", 1, places=4))
def test_a_flow_is_never_called_behind_when_it_is_ahead_of_its_pace(done: Decimal, share: Decimal) -> None:
    verdict = flow_verdict(done, D(1_000_000), share, "ge")
    if verdict.kind == "warn":
        assert done / D(1_000_000) < share
    if verdict not in (REACHED, ON_PACE) and verdict.kind == "ok":
        assert done / D(1_000_000) > share


def test_ratios_shares_and_counts_have_their_own_words() -> None:
    assert ratio_verdict(D("28.11"), D(30), "gt").words.zh == "低于目标6.3%"
    assert ratio_verdict(D("29.9999"), D(30), "gt").words.en == "0.1% short"
    assert ratio_verdict(D(30), D(30), "gt").kind == "warn"
    assert share_verdict(D("68.9"), D(70), "ge").words.zh == "还差1.1点"
    assert share_verdict(D(70), D(70), "ge") == REACHED
    assert count_verdict(11, 15).words.en == "4 more to go"
    assert count_verdict(15, 15) == REACHED


def test_above_is_not_reached_by_the_number_itself() -> None:
    assert not is_reached(D(730), D(730), "gt")
    assert is_reached(D(730), D(730), "ge")


# --- the ladder --------------------------------------------------------------------------------------------------


@given(st.decimals(min_value=0, max_value=20_000_000, places=2))
def test_a_level_is_reached_exactly_between_its_threshold_and_the_next(output: Decimal) -> None:
    found = rung("x", both("x"), output, STEPS)
    assert found.reached is None or found.reached.threshold <= output
    if found.next is None:
        assert output >= 10_000_000
        assert found.gap is None
    else:
        assert output < found.next.threshold
        assert found.gap == found.next.threshold - output > 0


def test_without_figures_nothing_is_reached() -> None:
    found = rung("x", both("x"), None, STEPS)
    assert (found.reached, found.gap) == (None, None)
    assert found.next is not None
    assert found.next.code == "100"


def test_levels_are_counted_exactly_or_with_those_above() -> None:
    rungs = [rung(str(n), both("x"), D(n), STEPS) for n in (999_999, 1_000_000, 4_000_000, 5_000_000, 12_000_000)]
    by_code = {step.code: step for step in STEPS}
    assert number_at(rungs, by_code["100"], True) == 4
    assert number_at(rungs, by_code["500"], False) == 1
    assert number_at(rungs, by_code["1000"], True) == 1


# --- units -------------------------------------------------------------------------------------------------------


def test_the_factor_ten_error_of_the_published_english_page_cannot_happen_here() -> None:
    value = next(entry.value for entry in shipped() if (entry.target, entry.year) == ("T1", 2024))
    assert YI.text(value, "zh") == "471.78亿元"
    assert YI.text(value, "en") == "47.18 bn yuan"
    assert "471.78" not in YI.text(value, "en")
    assert STORED_MONEY.text(value * 10_000, "en") == "47.18 bn yuan"
    assert STORED_MONEY.text(value * 10_000, "zh") == "471.78亿元"


def test_round_numbers_of_the_plan_stand_without_zeros() -> None:
    assert YI.short(D(730), "zh") == "730亿元"
    assert YI.short(D(730), "en") == "73 bn yuan"
    assert YI.short(D(2500), "en") == "250 bn yuan"
    assert AMOUNTS["wan_yuan_per_mu"].short(D(30), "en") == "300 k yuan/mu"
    assert [AMOUNTS["industries"].text(D(number), "en") for number in (0, 1, 3)] == [
        "0 industries",
        "1 industry",
        "3 industries",
    ]
    assert PERCENT.short(D(70), "en") == "70%"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_stored_money_and_the_targets_unit_write_the_same_number(value: Decimal) -> None:
    for language in ("zh", "en"):
        assert STORED_MONEY.number(value, language) == YI.number(value * TO_TARGET_UNIT["yi_yuan"], language)


def test_every_target_of_the_plan_with_a_number_is_computed_and_written() -> None:
    plan = {raw.code: raw.content for raw in checked_entries() if raw.kind == "target"}
    assert set(TARGETS) == {code for code, content in plan.items() if "value" in content}
    assert {content["unit"] for content in plan.values()} <= set(AMOUNTS) & set(TO_TARGET_UNIT)


# --- the map -----------------------------------------------------------------------------------------------------


@given(st.decimals(min_value=-1, max_value=10, places=6))
def test_every_rate_falls_into_one_band_and_only_falls_are_hatched(rate: Decimal) -> None:
    assert (band(rate) == "b0") == (rate < 0)
    assert band(rate) in {code for code, _, _ in BANDS}


def test_every_unit_has_a_tile_of_its_own_a_new_one_too() -> None:
    units = [raw.code for raw in checked_entries() if raw.kind == "unit"]
    found = places([*units, "339999"])
    assert len(set(found.values())) == len(found) == 11


# --- what an official figure must be -----------------------------------------------------------------------------

TODAY = date(2026, 11, 25)
GOOD = Typed("T1", "2025", "0", "５２０.5", "9.3", "某局网站", date(2026, 3, 1), True, "")


def test_a_typed_figure_is_read_as_it_was_meant() -> None:
    entry, faults = read_entry(GOOD, ["T1"], TODAY, None)
    assert not faults
    assert entry is not None
    assert (entry.value, entry.growth, entry.year) == (D("520.5"), D("9.3"), 2025)


@pytest.mark.parametrize(
    ("field", "typed"),
    [("target", "T99"), ("year", "26"), ("year", "2027"), ("year", "２０２５"), ("quarter", "4"), ("value", ""), ("value", "1e9"),
     ("value", "0.00001"), ("growth", "many"), ("source", " "), ("source", "x" * 301), ("source_on", None),
     ("source_on", date(2026, 11, 26)), ("note", "a\u202e")],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_beside_its_field(field: str, typed: object) -> None:
    values = {name: getattr(GOOD, name) for name in Typed.__slots__} | {field: typed}
    entry, faults = read_entry(Typed(**values), ["T1"], TODAY, None)
    assert entry is None
    assert set(faults) == {field}


def test_a_correction_needs_its_reason() -> None:
    entry, faults = read_entry(GOOD, ["T1"], TODAY, "471.78")
    assert entry is None
    assert faults["note"] == NO_NOTE.fill(value="471.78")


def test_periods_are_named_from_january() -> None:
    assert period_title(2024, 0).zh == "2024年"
    assert period_title(2026, 3).zh == "2026年1–9月"
    assert period_title(2026, 2).en == "January–June 2026"
