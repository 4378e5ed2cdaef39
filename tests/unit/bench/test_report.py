"""What the bench makes of its readings: the driver's words, ratios, bounds, lines and table."""

from __future__ import annotations

import json

import pytest

from bench.report import (
    BOUNDS,
    FULL_THERE,
    Driven,
    Result,
    Unmeasured,
    bound_of,
    driven,
    not_measured,
    per_request,
    result,
    table,
)

SAID = """Running 4s test @ http://127.0.0.1:8108/review
  1 threads and 4 connections
CODE 200 1234
LEN 30511
CODE 200 10
CODE 303 2
RES 1246 4002000 6.120 11.900 20.333 0
"""


def test_the_drivers_words_are_read_and_the_answers_of_all_threads_added() -> None:
    assert driven(SAID) == Driven(1246, 4.002, {200: 1244, 303: 2}, 0, 30511)


@pytest.mark.parametrize("said", ["", "wrk: connection refused", "RES x y", SAID.replace("RES", "RED")])
def test_a_driver_that_says_no_result_has_measured_nothing(said: str) -> None:
    with pytest.raises(Unmeasured):
        driven(said)


@pytest.mark.parametrize(
    ("codes", "errors", "requests"),
    [({200: 99, 500: 1}, 0, 100), ({200: 100}, 1, 100), ({}, 0, 0), ({302: 100}, 0, 100)],
    ids=["one fault among them", "a connection that broke", "no answer at all", "everybody sent to sign in"],
)
def test_a_bench_that_measures_errors_fails(codes: dict[int, int], errors: int, requests: int) -> None:
    with pytest.raises(Unmeasured):
        Driven(requests, 1.0, codes, errors).refuse_other_than(200)


def test_only_answers_as_they_should_be_are_accepted() -> None:
    found = Driven(3, 1.0, {302: 1, 303: 2}, 0)
    found.refuse_other_than(302, 303)
    with pytest.raises(Unmeasured, match="303"):
        found.refuse_other_than(302)


def test_cpu_a_request_is_in_milliseconds() -> None:
    assert per_request(2.5, 1000) == 2.5
    with pytest.raises(Unmeasured):
        per_request(2.5, 0)


def test_the_median_of_the_rounds_counts_not_their_mean() -> None:
    found = result("G1", [4.0, 90.0, 5.0], [2.0, 2.5, 80.0])
    assert (found.value, found.base, found.ratio) == (5.0, 2.5, 2.0)


def test_a_round_is_compared_with_its_own_floor() -> None:
    found = result("G1", [2.0, 8.0, 4.0], [1.0, 4.0, 4.0])
    assert (found.value, found.base, found.ratio) == (4.0, 4.0, 2.0)
    with pytest.raises(ValueError, match="zip"):
        result("G1", [2.0, 8.0], [1.0])


@pytest.mark.parametrize(("value", "there", "ok"), [(120.0, 60.0, True), (120.2, 60.1, False), (80.0, 40.0, True)])
def test_a_goal_in_milliseconds_is_judged_at_the_speed_of_the_machine_it_was_set_on(
    value: float, there: float, ok: bool
) -> None:
    found = result("G6", [value], [2 * FULL_THERE], "batch")
    said = json.loads(found.line())
    assert (said["value"], said["floor_there"], said["value_there"], found.is_ok) == (value, FULL_THERE, there, ok)
    assert said["must"] == 60


@pytest.mark.parametrize(("value", "ok"), [(5.0, True), (5.01, False), (0.1, True)])
def test_with_a_floor_the_ratio_is_bounded(value: float, ok: bool) -> None:
    assert result("G1", [value], [2.5]).is_ok is ok


@pytest.mark.parametrize(("value", "ok"), [(4, True), (5, False)])
def test_without_a_floor_the_value_is_bounded(value: int, ok: bool) -> None:
    assert result("G4", [value], page="list").is_ok is ok


def test_a_line_says_goal_value_floor_ratio_bounds_and_verdict() -> None:
    said = json.loads(result("G3", [3.5], [2.0]).line())
    wanted = {"goal": "G3", "value": 3.5, "floor": 2.0, "ratio": 1.75, "must": 2.0, "aim": 1.2, "ok": True}
    assert {name: said[name] for name in wanted} == wanted
    assert "page" not in said


def test_a_line_of_a_page_names_it_and_growth_names_the_small_database() -> None:
    assert json.loads(result("G4", [3], page="form").line())["page"] == "form"
    grown = json.loads(result("growth", [2.2], [2.0], "queue-deepest").line())
    assert (grown["page"], grown["small"], grown["ratio"], grown["ok"]) == ("queue-deepest", 2.0, 1.1, True)
    assert "floor" not in grown


def test_what_was_not_measured_has_no_figure_and_no_verdict() -> None:
    said = json.loads(not_measured("G6", "this portal has no certificates", "alone").line())
    assert (said["value"], said["ok"], said["not_measured"]) == (None, None, "this portal has no certificates")


def test_a_goal_that_nobody_set_is_refused() -> None:
    with pytest.raises(KeyError):
        bound_of("G11")


def test_no_two_bounds_share_goal_and_page_and_no_aim_lies_above_its_must() -> None:
    assert len({(bound.goal, bound.page) for bound in BOUNDS}) == len(BOUNDS)
    assert [bound for bound in BOUNDS if bound.aim is not None and bound.aim > bound.must] == []


def test_the_table_has_one_line_a_result_and_says_what_was_missed() -> None:
    results: list[Result] = [
        result("G1", [9.0], [2.0]),
        result("G3", [2.0], [2.0]),
        result("G4", [4], page="list"),
        result("growth", [2.2], [2.0], "form"),
        not_measured("G6", "no certificates", "batch"),
    ]
    lines = table(results).splitlines()
    assert len(lines) == len(results) + 2
    assert len({line.count("|") for line in lines}) == 1
    verdicts = [line.split("|")[-2].strip() for line in lines[2:]]
    assert verdicts == ["MISSED", "ok, aim met", "ok", "ok", "not measured"]
    assert "×4.50" in lines[2] and "9.00 ms CPU" in lines[2]
