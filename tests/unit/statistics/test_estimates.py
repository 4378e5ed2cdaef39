"""What is estimated is counted apart, and a ratio is of those who have what it is related to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing.estimate import RESPONDENT, ROW
from portal.kernel.period import Quarter
from portal.statistics.cells import movements
from portal.statistics.estimates import Estimated, estimated_over
from portal.statistics.pairs import with_parts
from portal.statistics.queries_prepared import FRAME
from portal.statistics.shown import ESTIMABLE, ESTIMATED, RATIOS
from portal.statistics.sums import Sums, ratio_over
from portal.statistics.withheld import withhold

Q3, Q2 = Quarter(2026, 3), Quarter(2026, 2)
ROWS = sorted({code for pair in RATIOS for code in pair})
Filing = dict[str, tuple[int, bool]]  # by row its value, and whether it is estimated


@dataclass(frozen=True)
class Number:
    indicator: str
    value: Decimal
    is_estimated: bool
    quarter: int = Q3.code
    county: str = "331122"
    segment: str = "05-M1"
    size_class: str = "S"
    respondent_class: str = "S"


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    values = st.integers(0, 4) | st.integers(-3, 40)
    given_rows = draw(st.sets(st.sampled_from(ROWS)))
    return {code: (draw(values), code == ESTIMABLE and draw(st.booleans())) for code in sorted(given_rows)}


def counted(all_filings: list[Filing]) -> Sums:
    rows = [
        part
        for filing in all_filings
        for part in with_parts([Number(code, Decimal(v), guessed) for code, (v, guessed) in filing.items()])
    ]
    sums = Sums()
    for (indicator, quarter, *_), m in movements([], rows).items():
        sums.add(indicator, int(quarter), m.total, m.contributors, m.facts)
    return sums


def summed(values: list[int]) -> tuple[Decimal, int, int]:
    return Decimal(sum(values)), len(values), sum(value != 0 for value in values)


def cell(sums: Sums, code: str) -> tuple[Decimal, int, int]:
    key = (code, Q3.code)
    return sums.totals.get(key, Decimal(0)), sums.facts.get(key, 0), sums.contributors.get(key, 0)


def less(whole: tuple[Decimal, int, int], part: tuple[Decimal, int, int]) -> tuple[Decimal, int, int]:
    return whole[0] - part[0], whole[1] - part[1], whole[2] - part[2]


@given(st.lists(filings(), max_size=8))
def test_the_reported_and_the_estimated_part_are_the_cell_in_sum_and_counts(all_filings: list[Filing]) -> None:
    sums = counted(all_filings)
    of_row = [filing[ESTIMABLE] for filing in all_filings if ESTIMABLE in filing]
    of_side = [f[ESTIMABLE] for f in all_filings if ESTIMABLE in f and "301" in f and f["301"][0] > 0]
    for code, values in ((ESTIMABLE, of_row), (f"{ESTIMABLE}/301", of_side)):
        estimated = cell(sums, code + ESTIMATED)
        assert estimated == summed([value for value, guessed in values if guessed])
        assert less(cell(sums, code), estimated) == summed([value for value, guessed in values if not guessed])
    assert {code for code, _ in sums.totals if ESTIMATED in code} <= {"107~", "107/301~"}


@given(st.lists(filings(), max_size=8))
def test_who_has_no_land_or_staff_is_in_no_ratio_to_it_and_the_coverage_says_so(all_filings: list[Filing]) -> None:
    sums = counted(all_filings)
    for above, below in RATIOS:
        both = [(f[above][0], f[below][0]) for f in all_filings if above in f and below in f]
        kept = [pair for pair in both if pair[1] > 0 or below not in ("301", "502")]
        assert cell(sums, f"{above}/{below}") == summed([a for a, _ in kept])
        assert cell(sums, f"{below}/{above}") == summed([b for _, b in kept])
        found = ratio_over(sums, above, below, [Q3])
        if found.value is not None:
            most = max(sum(above in f for f in all_filings), sum(below in f for f in all_filings))
            assert found.gave == ((len(kept), most) if len(kept) < most else None)


def test_tax_of_one_without_land_does_not_raise_tax_per_mu() -> None:
    sums = counted([{"201": (30, False), "301": (10, False)}, {"201": (70, False), "301": (0, False)}])
    found = ratio_over(sums, "201", "301", [Q3])
    assert (found.value, found.gave) == (Decimal(3), (1, 2))


def test_the_share_is_of_the_span_and_the_number_that_of_its_fullest_quarter() -> None:
    sums = Sums()
    for quarter, whole, part, number in ((Q2, 100, 5, 4), (Q3, 300, 15, 2)):
        sums.add("107", quarter.code, Decimal(whole), 9, 9)
        sums.add("107~", quarter.code, Decimal(part), number, number)
    assert estimated_over(sums, "107", [Q2, Q3]) == Estimated(Decimal("0.05"), 4)
    assert estimated_over(sums, "107", [Q3]) == Estimated(Decimal("0.05"), 2)
    assert estimated_over(sums, "101", [Q3]) is None
    sums.add("107", Q3.code, Decimal(-290), 1, 1)
    assert estimated_over(sums, "107", [Q3]) == Estimated(None, 2), "a loss of others leaves no share"


def part_of_city(others: list[Filing], own: list[Filing]) -> Sums:
    line = counted([*others, *own])
    withhold(line, [(counted([*others, *own]), counted(own))], RATIOS, 3)
    return line


def some(number: int, *, guessed: int = 0, landless: int = 0) -> list[Filing]:
    return [
        {"107": (5, n < guessed), "301": (0 if n >= number - landless else 2, False), "201": (1, False)}
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("others", "is_told"),
    [
        (some(9, guessed=3), True),
        (some(9, guessed=2), False),  # two elsewhere are estimated
        (some(9, guessed=7), False),  # two elsewhere are not
        (some(9, guessed=9), True),
        (some(9, guessed=4, landless=2), False),  # the ratio would tell of two without land
        (some(9, guessed=4, landless=3), True),
        (some(9, landless=8), False),  # it would be one enterprise's own
    ],
)
def test_a_county_reads_of_the_city_no_part_that_tells_of_one_or_two_elsewhere(
    others: list[Filing], is_told: bool
) -> None:
    """Whatever its own enterprises did: those it knows."""
    landless = any(filing["301"][0] == 0 for filing in others)
    for own in (some(1), some(1, guessed=1), some(4, guessed=1, landless=1)):
        line = part_of_city(others, own)
        told = ratio_over(line, "107", "301", [Q3]).value is not None
        if landless:
            assert told is is_told
        else:
            assert told
            part = estimated_over(line, "107", [Q3])
            assert part is not None
            assert (part.share is not None, part.enterprises is not None) == (is_told, is_told)


def test_nor_of_the_one_elsewhere_that_is_neither_estimated_nor_with_land() -> None:
    """Each pair of sums passes by itself; the four of them together give that one away."""
    others = [*some(3, guessed=3), *some(3), *some(3, guessed=3, landless=3), *some(1, landless=1)]
    line = part_of_city(others, some(1))
    assert {code for code, _ in line.totals if ESTIMATED in code} == {"107~"}, "one of the four is not told"
    line = part_of_city([*others, *some(2, landless=2)], some(1))
    assert {code for code, _ in line.totals if ESTIMATED in code} == {"107~", "107/301~"}


def test_a_release_holds_no_estimate_because_the_form_of_its_frame_offers_none() -> None:
    """The table of facts refuses one that is not of form S; so the definition of a released figure may say so."""
    assert (ESTIMABLE, RESPONDENT) == (ROW, "S")
    assert FRAME.value != RESPONDENT
