"""Risks: each rule holds exactly from its bound on, names its figure and bound, and the list keeps one order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.bilingual import Bilingual, both
from portal.kernel.measure import percent, signed_percent
from portal.statistics import risks
from portal.statistics.risks import Risk, RiskKind, Severity

NAME, PERIOD, DAY = Bilingual("缙云县", "Jinyun"), Bilingual("2026年1–9月", "January–September 2026"), date(2026, 11, 2)
ratios = st.decimals(-2, 2, places=4)
shares = st.decimals(0, 1, places=4)
numbers = st.integers(0, 40)
COMMON = {"by": "unit", "code": "331122", "name": NAME}


def holds(risk: Risk | None, *figures: str) -> Severity | None:
    """Its severity; and both languages name the subject and each figure."""
    if risk is None:
        return None
    assert NAME.zh in risk.title.zh
    assert NAME.en in risk.title.en
    assert all(figure in said for figure in figures for said in (risk.said.zh, risk.said.en))
    assert risk.harm >= 0
    return risk.severity


def expected(is_risk: bool, is_high: bool) -> Severity | None:
    return None if not is_risk else Severity.HIGH if is_high else Severity.MEDIUM


@given(ratios, numbers, shares)
def test_a_fall_counts_from_two_per_cent_and_is_grave_from_ten_in_panels_that_name_nobody(
    rate: Decimal, panel: int, share: Decimal
) -> None:
    found = risks.fall(**COMMON, period=PERIOD, rate=rate, panel=panel, share=share)
    wanted = expected(rate <= Decimal("-0.02") and panel >= 3, rate <= Decimal("-0.1"))
    assert holds(found, signed_percent(rate), "\u22122%") is wanted


@given(numbers, numbers, shares)
def test_a_quarter_is_not_in_below_nine_tenths_by_weight_and_grave_below_six(
    approved: int, due: int, share: Decimal
) -> None:
    found = risks.response_gap(**COMMON, quarter=PERIOD, due_on=DAY, counts=(approved, due), share=share)
    wanted = expected(due > 0 and share < Decimal("0.9"), share < Decimal("0.6"))
    assert holds(found, percent(share), "90%", str(due), str(approved)) is wanted


@given(st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2), shares)
def test_a_chain_rests_on_one_enterprise_from_half_of_its_output_on(
    largest: Decimal, others: Decimal, share: Decimal
) -> None:
    total = largest + others
    found = risks.dependence("05", NAME, PERIOD, largest, total, share)
    part = (largest / total).quantize(Decimal("0.000001")) if total else Decimal(0)
    assert holds(found, percent(part, 0), "50%") is expected(part >= Decimal("0.5"), part >= Decimal("0.75"))


@given(st.lists(st.integers(0, 3), max_size=12))
def test_one_missing_link_is_told_and_half_of_them_are_grave(on_each: list[int]) -> None:
    segments = [(both(f"S{place}"), number) for place, number in enumerate(on_each)]
    gone = on_each.count(0)
    found = risks.missing_links("05", NAME, DAY, segments, Decimal(1))
    assert holds(found, str(gone), str(len(on_each))) is expected(gone > 0, gone * 2 >= len(on_each))
    if found is not None:
        named = [title.zh for title, number in segments if number == 0][:3]
        assert all(name in found.said.zh for name in named)


@given(st.integers(0, 30), st.integers(-20, 40))
def test_a_review_is_late_from_its_first_day_over_and_grave_after_a_week(late: int, days: int) -> None:
    found = risks.late_reviews("331122", NAME, DAY, late, DAY - timedelta(days=days), Decimal("0.1"))
    assert holds(found, str(late)) is expected(late > 0 and days > 0, days > 7)


@given(shares)
def test_a_target_is_grave_from_a_tenth_of_it_on(gap: Decimal) -> None:
    found = risks.target_gap("T1", NAME, PERIOD, (both("5 units"), both("9 units")), gap)
    assert holds(found, "5 units", "9 units", percent(gap)) is expected(True, gap >= Decimal("0.1"))


def made(kind: RiskKind, severity: Severity, harm: Decimal, code: str) -> Risk:
    return Risk(kind, severity, "unit", code, harm, NAME, NAME)


@given(
    st.lists(st.builds(made, st.sampled_from(RiskKind), st.sampled_from(Severity), shares, st.sampled_from("abc"))),
    st.randoms(use_true_random=False),
)
def test_the_gravest_come_first_whatever_order_they_are_found_in(found: list[Risk], chance: object) -> None:
    listed = risks.ranked([*found, None])
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert risks.ranked(shuffled) == listed
    keys = [(risk.severity is Severity.MEDIUM, -risk.harm) for risk in listed]
    assert keys == sorted(keys)
    first, rest = risks.leading(listed)
    assert sorted(map(id, (*first, *rest))) == sorted(map(id, listed))
    assert {risk.kind for risk in first} == {risk.kind for risk in found}
    assert len(first) == len({risk.kind for risk in first})


def test_every_kind_says_its_rule_in_both_languages() -> None:
    for kind in RiskKind:
        assert "{" not in kind.rule.zh + kind.rule.en
