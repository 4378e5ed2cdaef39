"""Freezing: sums, growth base, year to date, shares by weight, targets; all from what may be public."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.deadlines import WorkCalendar
from portal.catalogue.entries import Target
from portal.kernel.bilingual import both
from portal.kernel.measure import divided, rounded
from portal.kernel.period import Quarter
from portal.statistics.disclosure import Contribution, Rule, fault
from portal.statistics.official import OfficialEntry
from portal.statistics.release_freeze import (
    CITY,
    CLUSTER,
    UNIT,
    Before,
    Content,
    Due,
    Frozen,
    FrozenLine,
    FrozenTarget,
    Place,
    frozen,
    planned_on,
    weight_share,
    year_so_far,
)
from portal.statistics.release_table import ReleasedTable, released_table
from portal.statistics.release_targets import Progress, paces, progress
from portal.statistics.release_vintage import Former
from portal.statistics.release_words import FIGURES
from portal.statistics.shown import INDICATORS, SHOWN
from tests.fixtures.answers import edition

RULE = Rule(3, Decimal(10))
LINES = {CLUSTER: ["PREC", "SEMI", "00"], UNIT: ["331102", "331121"]}
TITLES = {(CITY, ""): both("city")} | {(m, line): both(line) for m, lines in LINES.items() for line in lines}


def known(value: int = 10) -> dict[str, dict[int, Contribution]]:
    """Nine enterprises in each of two clusters, spread over two units; nobody in `00`."""
    people = [Contribution(n, ("PREC", "SEMI")[n % 2], LINES[UNIT][n // 2 % 2], Decimal(value + n)) for n in range(18)]
    return {code: {c.enterprise_id: c for c in people} for code in INDICATORS}


def made(before: Before | None = None, value: int = 10) -> Content:
    return frozen(known(value), [], LINES, before or Before(), RULE)


def places(content: Content, column: str = "value") -> dict[tuple[str, str, str], Decimal]:
    return {c.place: getattr(c, column) for c in content.cells if getattr(c, column) is not None}


def table(content: Content) -> ReleasedTable:
    return released_table(content.cells, content.lines, TITLES)


def test_lines_of_a_margin_add_up_to_the_city() -> None:
    sums = places(made())
    for code in INDICATORS:
        for margin in (CLUSTER, UNIT):
            assert sum(sums[margin, line, code] for line in LINES[margin]) == sums[CITY, "", code]


def test_a_line_with_nobody_in_it_is_a_nought_and_hides_nothing() -> None:
    cell = next(c for c in made().cells if c.place == (CLUSTER, "00", "101"))
    assert (cell.value, cell.contributors, cell.hidden_for) == (0, 0, "")
    assert table(made()).clusters[2].figure("output").growth is None


def test_an_indicator_nobody_reports_has_no_figure_at_all() -> None:
    facts = known() | {"401": {}}
    content = frozen(facts, [], LINES, Before(), RULE)
    assert {c.value for c in content.cells if c.indicator == "401"} == {None}


def test_the_year_to_date_sums_flows_keeps_points_and_needs_every_quarter() -> None:
    first = places(made(value=5))
    second = made(Before(earlier=(first,)))
    now = places(second)
    to_date = places(second, "to_date")
    assert to_date[CITY, "", "101"] == first[CITY, "", "101"] + now[CITY, "", "101"]
    assert to_date[CITY, "", "301"] == now[CITY, "", "301"]
    assert places(made(Before(earlier=({},))), "to_date") == {}


def test_a_quarter_hidden_before_leaves_no_year_to_date() -> None:
    first = places(made(value=5))
    del first[CLUSTER, "SEMI", "101"]
    to_date = places(made(Before(earlier=(first,))), "to_date")
    assert (CLUSTER, "SEMI", "101") not in to_date
    assert (CLUSTER, "PREC", "101") in to_date


def test_growth_stands_only_where_both_quarters_are_public() -> None:
    base = {place: value - 1 for place, value in places(made()).items()}
    del base[CLUSTER, "SEMI", "101"]
    shown = table(made(Before(base=base)))
    assert {line.code: line.figure("output").growth.rate is None for line in shown.clusters[:2] if line.figure("output").growth} == {
        "PREC": False,
        "SEMI": True,
    }  # fmt: skip


@pytest.mark.parametrize("part", ["201", "301"])
def test_a_ratio_with_one_hidden_part_is_hidden(part: str) -> None:
    content = made()
    cells = tuple(
        Frozen(c.margin, c.line, c.indicator, None, None, None, None, "few")
        if c.place == (CLUSTER, "SEMI", part)
        else c
        for c in content.cells
    )
    line = next(line for line in table(replace(content, cells=cells)).clusters if line.code == "SEMI")
    figure = line.figure("tax_per_mu")
    assert (figure.value, figure.is_hidden, figure.said("zh")) == (None, True, "–")


def test_one_figure_hidden_or_shown_leaves_the_mark_of_the_content_unlike() -> None:
    content = made()
    assert made().sha256 == content.sha256
    assert made(value=11).sha256 != content.sha256


WEIGHTS = st.lists(st.tuples(st.integers(0, 1000), st.booleans(), st.booleans()), max_size=12)


def due(number: int, weight: int, is_approved: bool, unit: str = "331102") -> Due:
    return Due(number, "PREC", unit, Decimal(weight), is_approved)


@given(WEIGHTS, st.booleans())
def test_a_share_by_weight_never_tells_what_one_enterprise_weighs(
    rows: list[tuple[int, bool, bool]], is_first: bool
) -> None:
    """Not what is in, not what is missing, and not by how much it went on since the release before."""
    dues = [due(n, weight, done) for n, (weight, done, _) in enumerate(rows)]
    before = None if is_first else frozenset(n for n, (_, _, counted) in enumerate(rows) if counted)
    moved = [Decimal(weight) for weight, done, counted in rows if done != counted]
    groups = [[Decimal(weight) for weight, is_in, _ in rows if is_in is done] for done in (True, False)]
    groups += [moved] if before is not None and moved else []
    is_shown = weight_share(dues, before, RULE) is not None
    assert is_shown == all(fault(weights, RULE) is None for weights in groups)


def responses(dues: list[Due], before: Before | None = None) -> dict[tuple[str, str], FrozenLine]:
    return {(n.margin, n.line): n for n in frozen(known(), dues, LINES, before or Before(), RULE).lines}


def test_shares_by_weight_are_of_the_city_and_of_what_is_whole_so_that_none_is_subtracted() -> None:
    """City less the other unit would be the one that is missing."""
    dues = [due(n, 1000 + n, True, LINES[UNIT][n % 2]) for n in range(20)]
    dues += [due(30, 777, False), *(due(31 + n, 500 + n, False, LINES[UNIT][1]) for n in range(4))]
    found = responses(dues)
    assert found[CITY, ""].weight_share is not None
    assert {key: line.weight_share for key, line in found.items() if line.due and key != (CITY, "")} == {
        (CLUSTER, "PREC"): None, (UNIT, "331102"): None, (UNIT, "331121"): None,
    }  # fmt: skip
    whole = responses([due(n, 1000 + n, True) for n in range(20)])
    assert {line.weight_share for line in whole.values() if line.due} == {Decimal(1)}


def test_who_waits_for_a_later_release_is_not_among_those_that_are_in() -> None:
    first = made()
    former = {code: Former(c, frozenset(), frozenset()) for code, c in first.counted.items()}
    late = {
        code: contributions | {99: Contribution(99, "PREC", "331102", Decimal(40))}
        for code, contributions in known().items()
    }
    dues = [due(n, 100, True) for n in (*range(18), 99)]
    second = frozen(late, dues, LINES, Before(former, counted=frozenset(range(18))), RULE)
    assert second.held == {99}
    assert (second.lines[0].due, second.lines[0].approved, second.lines[0].weight_share) == (19, 18, None)


def test_the_planned_day_is_five_working_days_after_the_last_day_to_file() -> None:
    assert planned_on(WorkCalendar(), date(2026, 10, 26)) == date(2026, 11, 2)
    assert year_so_far(Quarter(2026, 3)) == (Quarter(2026, 1), Quarter(2026, 2))


def target(code: str, value: str, unit: str) -> Target:
    return Target(
        kind="target", code=code, title=both(code), short=both(code), source="S1", confirmed=True, evidence="V",
        retired=False, year=2026, comparison="gt", value=Decimal(value), unit=unit, wording=both(value),
    )  # fmt: skip


TARGETS = [
    target("T1", "730", "yi_yuan"),
    target("T2", "30", "wan_yuan_per_mu"),
    target("T4", "2500", "yi_yuan"),
    target("T5", "70", "percent"),
]


def on_the_way(shown: ReleasedTable, quarter: Quarter, *frozen: FrozenTarget) -> dict[str, Progress]:
    rows = progress(TARGETS, shown.to_date, [line.code for line in shown.clusters], frozen, quarter)
    return {row.target.code: row for row in rows}


def test_targets_read_the_years_sum_and_have_the_pace_that_was_frozen_or_none() -> None:
    shown = table(made())
    found = on_the_way(shown, Quarter(2026, 1), FrozenTarget("T1", Decimal("0.2345"), None))
    whole = places(made())[CITY, "", "101"]
    assert found["T1"].value == found["T4"].value == whole / 10_000
    assert found["T2"].value == 1
    assert (found["T5"].value, found["T5"].pace, found["T4"].pace) == (100, None, None)
    assert found["T1"].pace == Decimal("23.45")
    assert on_the_way(shown, Quarter(2027, 1)) == {}


def test_73_bn_yuan_are_730_yi() -> None:
    shown = table(made())
    shown.to_date[CITY, "", "107"] = Decimal(7_300_000)  # type: ignore[index]
    row = on_the_way(shown, Quarter(2026, 1))["T1"]
    assert (row.said("zh"), row.said("en"), row.share) == ("730.0", "73.0", 100)


def test_the_five_together_are_not_shown_while_one_of_them_and_the_rest_are_hidden() -> None:
    content = made()
    hidden = {(CLUSTER, "SEMI", "101"), (CLUSTER, "00", "101")}
    cells = tuple(Frozen(*c.place, None, None, None, None, "few") if c.place in hidden else c for c in content.cells)
    found = on_the_way(table(replace(content, cells=cells)), Quarter(2026, 1))
    assert found["T4"].value is None
    assert found["T4"].said("en") == "–"


AMOUNT = st.integers(0, 10_000).map(Decimal)


@given(st.lists(AMOUNT, min_size=4, max_size=4), st.lists(AMOUNT, min_size=4, max_size=4), st.integers(1, 4))
def test_the_pace_is_last_years_course_of_what_is_counted(
    flow: list[Decimal], rest: list[Decimal], number: int
) -> None:
    """Of the city for value added and tax, of the five clusters for output; a cluster that is hidden costs nothing
    where the rest is public."""
    year: list[dict[Place, Decimal]] = [
        {
            (CITY, "", "107"): value,
            (CITY, "", "101"): value + other,
            (CLUSTER, "PREC", "101"): value,
            (CLUSTER, "SEMI", "101"): Decimal(0),
            (CLUSTER, "00", "101"): other,
        }
        for value, other in zip(flow, rest, strict=True)
    ]
    found = paces(year, LINES[CLUSTER], number)
    if not sum(flow):
        assert found == {}
        return
    assert (
        found["T1"]
        == found["T3"]
        == found["T4"]
        == rounded(divided(sum(flow[:number], Decimal(0)), sum(flow, Decimal(0))) or Decimal(0), 4)
    )
    assert "T2" not in found and "T5" not in found
    del year[1][CLUSTER, "PREC", "101"]
    assert paces(year, LINES[CLUSTER], number)["T4"] == found["T4"]
    del year[1][CLUSTER, "00", "101"], year[2][CITY, "", "107"]
    assert paces(year, LINES[CLUSTER], number) == {}


SAID = OfficialEntry("T1", 2025, 0, Decimal("471.78"), Decimal("9.3"), "统计局", date(2026, 3, 7), True)


@pytest.mark.parametrize(
    "other",
    [
        FrozenTarget("T1", Decimal("0.5"), None),
        FrozenTarget("T1", Decimal("0.25"), SAID),
        *(
            FrozenTarget("T1", Decimal("0.5"), replace(SAID, **{name: value}))
            for name, value in {
                "year": 2024, "quarter": 3, "value": Decimal(1), "growth": None, "source": "另一处",
                "source_on": date(2026, 3, 8), "is_confirmed": False,
            }.items()
        ),
    ],
)  # fmt: skip
def test_whatever_the_public_reads_beside_a_target_is_in_the_mark_of_the_content(other: FrozenTarget) -> None:
    content = made()
    known = replace(content, targets=(FrozenTarget("T1", Decimal("0.5"), SAID),))
    assert replace(content, targets=(other,)).sha256 != known.sha256
    unknown = FrozenTarget("T1", None, None)  # that nothing was known is no change to a release of before
    assert replace(content, targets=(unknown,)).sha256 == content.sha256


def test_every_figure_has_its_words_and_open_unit() -> None:
    assert FIGURES.keys() == {shown.code for shown in SHOWN}


def test_a_response_line_stands_for_the_city_and_each_line() -> None:
    dues = [due(n, 5, n < 3) for n in range(6)]
    content = frozen(known(), dues, LINES, Before(), RULE)
    assert content.lines[0] == FrozenLine(CITY, "", 6, 3, Decimal("0.5"))
    assert len(content.lines) == 1 + 3 + 2


def test_releases_need_no_sides_of_ratios_because_their_form_requires_both_rows_of_each() -> None:
    """Releases divide sums (decision 021): true only while form L requires, or computes, both rows of every ratio."""
    rows = edition().by_code
    assert {rows[code].asked["L"] for shown in SHOWN if shown.per for code in (shown.indicator, shown.per)} <= {
        "R",
        "C",
    }
