"""A file of a dated list beside what stands: what it changes, that it changes it once, and what each cell may hold."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.bilingual import both
from portal.spreadsheet.read import read_table
from portal.support.list_lines import ListRead, list_of
from portal.support.list_rules import KINDS, Known, Line, Plan, Standing, plan_of
from portal.support.reader import list_kinds
from tests.fixtures import workbooks as made
from tests.fixtures.applicants import code_of

DAY = date(2026, 3, 1)
CLASSES = {code: both(code) for code in "ABC"}
values = st.sampled_from(["A", "B", "C"])
days = st.one_of(st.none(), st.dates(DAY, date(2030, 1, 1)))
lines = st.dictionaries(st.integers(1, 9), st.tuples(values, days), max_size=9)
standings = st.dictionaries(st.integers(1, 9), st.tuples(values, days), max_size=9)


def planned(found: dict[int, tuple[str, Any]], standing: dict[int, Standing], registered: set[int], **is_: Any) -> Plan:
    rows = [Line(n, str(n), "", value, until) for n, (value, until) in sorted(found.items())]
    known = {str(n): Known(n, str(n), f"企业{n}", "331122", "05") for n in registered}
    return plan_of(rows, known, standing, {"credit_code": "A"}, CLASSES, Plan(**{"is_new": False} | is_))


@settings(max_examples=60)
@given(lines, standings, st.sets(st.integers(1, 9)))
def test_what_was_loaded_changes_nothing_when_it_is_sent_again(
    found: dict[int, tuple[str, Any]], before: dict[int, tuple[str, Any]], registered: set[int]
) -> None:
    standing = {n: Standing(n, value, until) for n, (value, until) in before.items()}
    plan = planned(found, standing, registered)
    assert len(plan.changes) + plan.unchanged + len(plan.strangers) == len(found)
    assert {line.row for line in plan.strangers} == found.keys() - registered
    for change in plan.changes:
        number = change.known.enterprise_id
        standing[number] = Standing(number, change.line.value, change.line.until_on)
    again = planned(found, standing, registered)
    assert (again.changes, again.can_load) == ([], False)
    assert again.fingerprint == planned({}, standing, registered).fingerprint
    assert not plan.changes or plan.fingerprint != again.fingerprint


@pytest.mark.parametrize(
    ("is_new", "wrong", "can_load"), [(True, 0, True), (True, 1, False), (False, 0, False), (False, 1, False)]
)
def test_a_list_that_names_nobody_is_an_edition_only_where_every_row_could_be_read(
    is_new: bool, wrong: int, can_load: bool
) -> None:
    assert planned({1: ("A", None)}, {}, set(), is_new=is_new, wrong=wrong).can_load is can_load
    assert planned({1: ("A", None)}, {}, {1}, is_new=is_new, wrong=wrong).can_load


def test_the_last_day_of_a_line_is_the_day_before_it_no_longer_counts() -> None:
    assert Line(2, "X", "", "", DAY).until_on == DAY + timedelta(days=1)
    assert Line.of(Line(2, "X", "甲", "A", DAY).kept()) == Line(2, "X", "甲", "A", DAY)


# --- cells -------------------------------------------------------------------------------------------------------

HEAD = ["统一社会信用代码", "企业名称", "类别", "有效期至"]


def read(code: str, *rows: list[Any], head: list[str] = HEAD, change: Any = None) -> ListRead:
    table = read_table(io.BytesIO(made.workbook([head, *rows], change)))
    return list_of(table, list_kinds()[code], DAY)


def faults(found: ListRead) -> dict[str, str]:
    return {fault.address: fault.kind for fault in found.faults}


def test_every_fault_of_every_cell_is_told_at_once() -> None:
    found = read(
        "digital-2024",
        [code_of(1), "甲", "9", "2020-01-01"],
        ["91331122MA2E1H8U60", "乙", "", "soon"],
        [code_of(2), "丙", "3", None],
        [code_of(2), "丙", "=1+1", 45000],
        change=lambda sheet: sheet.row_dimensions.__getitem__(4).__setattr__("hidden", True),
    )
    told = faults(found)
    assert told == {
        "C2": "value", "D2": "until", "A3": "credit-code", "C3": "value", "D3": "until", "A4": "hidden", "A5": "twice",
        "C5": "formula", "D5": "until",
    }  # fmt: skip
    assert (found.lines, found.rows) == ((), 4)
    assert set(told.values()) <= set(KINDS)


@pytest.mark.parametrize("said", ["3", "3级", "Level 3", " 3 ", 3])
def test_a_class_is_taken_by_its_code_or_its_name_and_as_the_number_that_excel_makes(said: Any) -> None:
    (line,) = read("digital-2024", [code_of(1), "", said, "2026-12-31"]).lines
    assert (line.value, line.until) == ("3", date(2026, 12, 31))


def test_a_list_without_classes_has_none_and_one_with_classes_needs_the_column() -> None:
    assert faults(read("high-tech", [code_of(1), "", "A", None])) == {"C2": "value"}
    assert faults(read("evaluation-class", [code_of(1)], head=["信用代码"])) == {"A2": "value"}
    (line,) = read("high-tech", [code_of(1)], head=["信用代码"]).lines
    assert (line.name, line.value, line.until) == ("", "", None)
