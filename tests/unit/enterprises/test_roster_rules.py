"""What a line of a county's list means beside what the register has: a change, nothing, or a fault at its cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.snapshot import Catalogue
from portal.enterprises.roster_differs import note_differences
from portal.enterprises.roster_rules import FAULT_KINDS, Entry, Fault, Known, Line, Particulars, Plan, plan_of
from portal.kernel.bilingual import both

HERE, THERE = "331122", "331102"
TODAY = date(2026, 6, 1)
YES, NO = True, False


class Industry(Catalogue):
    """Only the questions the rules ask: 34 is industry, everything else is not."""

    def __init__(self) -> None:
        pass

    def is_industrial(self, gb_class: str) -> bool:
        return gb_class.startswith("34")

    def name_of(self, kind: str, code: str) -> Any:
        return both(code)


def planned(line: Line | None, *known: Known, entries: tuple[Entry, ...] = (), complete: bool = False) -> Plan:
    lines = [line] if line else []
    said = Particulars(TODAY, complete, {"credit_code": "A", "since": "D"}, frozenset(x.credit_code for x in lines))
    return plan_of(lines, known, entries, said, Industry())


def listed(since: date | None, **changes: Any) -> Line:
    values = {"row": 2, "credit_code": "X", "name": "甲公司", "county": HERE, "since": since, "gb_class": "3425"}
    return Line(**values | changes)


def standing(*statuses: tuple[date, bool], gb_class: str = "3425", county: str = HERE) -> Known:
    return Known(7, "X", "甲公司", county, gb_class, statuses)


D20, D21, D23, D27 = date(2020, 1, 1), date(2021, 1, 1), date(2023, 1, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("statuses", "since", "outcome"),
    [
        ((), D21, "status"),
        (((D20, NO),), D21, "status"),
        (((D21, YES),), D21, "unchanged"),
        (((D20, YES),), D21, "unchanged"),
        (((D21, YES),), D20, "status"),
        (((D20, YES), (D23, NO)), D21, "fault"),
        (((D20, YES), (D23, NO)), D23, "status"),
        (((D21, YES),), None, "unchanged"),
        ((), None, "unchanged"),
        ((), D27, "status"),
        (((D27, YES),), D27, "unchanged"),
    ],
)
def test_a_date_counts_where_the_register_does_not_say_it_already(
    statuses: tuple[tuple[date, bool], ...], since: date | None, outcome: str
) -> None:
    plan = planned(listed(since), standing(*statuses))
    assert [c.kind for c in plan.changes] == (["status"] if outcome == "status" else [])
    assert (plan.changed, plan.unchanged, plan.wrong) == tuple(
        int(outcome == word) for word in ("status", "unchanged", "fault")
    )
    assert [fault.address for fault in plan.faults] == (["D2"] if outcome == "fault" else [])


@given(
    st.lists(
        st.tuples(st.dates(date(2019, 1, 1), date(2028, 1, 1)), st.booleans()), max_size=5, unique_by=lambda s: s[0]
    ),
    st.dates(date(2019, 1, 1), date(2028, 1, 1)),
)
def test_what_was_loaded_is_not_loaded_again(statuses: list[tuple[date, bool]], since: date) -> None:
    before = standing(*sorted(statuses))
    if [change.kind for change in planned(listed(since), before).changes] != ["status"]:
        return
    entered = dict(statuses) | {since: True}
    again = planned(listed(since), standing(*sorted(entered.items())))
    assert again.changes == [] and again.unchanged == 1


def test_a_class_that_is_not_industry_and_a_foreign_unit_are_faults() -> None:
    assert [f.kind for f in planned(listed(D21), standing(gb_class="6510")).faults] == ["since"]
    assert [f.kind for f in planned(listed(D21), standing(county=THERE)).faults] == ["unit"]
    assert planned(listed(None), standing(gb_class="6510")).unchanged == 1


def test_an_unknown_code_is_an_entry_of_its_unit() -> None:
    entry = Entry(1, "X", HERE, "甲公司", "3425", D21)
    assert planned(listed(D21)).new == 1
    assert planned(listed(D21), entries=(entry,)).unchanged == 1
    assert [c.kind for c in planned(listed(D23), entries=(entry,)).changes] == ["entry"]
    assert planned(listed(D21, county=THERE), entries=(entry,)).new == 1


def test_only_a_complete_list_has_anybody_missing_and_only_by_choice() -> None:
    other = Known(8, "Y", "乙公司", HERE, "3425", ((D21, YES),))
    assert planned(listed(D21), other).optional("missing") == []
    (missing,) = planned(listed(D21), other, complete=True).optional("missing")
    assert missing.enterprise_id == 8 and missing.is_optional
    assert planned(listed(None, credit_code="Y"), other, complete=True).optional("missing") != []
    assert planned(listed(D21, credit_code="Y"), other, complete=True).optional("missing") == []


def test_a_plan_that_differs_has_another_fingerprint() -> None:
    prints = {planned(listed(day), standing()).fingerprint for day in (D20, D21, D23)}
    assert len(prints) == 3
    assert planned(listed(D20), standing()).fingerprint in prints


@pytest.mark.parametrize("since", [D21, None])
def test_lines_and_faults_are_kept_and_read_back_alike(since: date | None) -> None:
    assert Line.of(listed(since).kept()) == listed(since)
    fault = Fault("C14", next(iter(FAULT_KINDS)), "x", both("y"))
    assert Fault.of(fault.kept()) == fault


@pytest.mark.parametrize(
    ("line", "known", "found", "counts"),
    [
        (listed(D21), standing((D21, YES)), [], (0, 1, 0)),
        (listed(D23), standing((D20, YES)), [("since", "2020", "2023")], (0, 0, 0)),
        (listed(D20), standing((D21, YES)), [], (1, 0, 0)),
        (listed(D21, gb_class="3811"), standing((D21, YES)), [("class", "3425", "3811")], (0, 0, 0)),
        (listed(D20, gb_class="3811"), standing((D21, YES)), [("class", "3425", "3811")], (1, 0, 0)),
        (listed(None, gb_class=""), standing((D21, YES)), [], (0, 1, 0)),
        (listed(D21, gb_class="3811"), standing(gb_class="6510"), [], (0, 0, 1)),
        (listed(D23, gb_class="3811"), standing((D20, YES)), [("class", "3425", "3811"), ("since", "2020", "2023")], (0, 0, 0)),
    ],
)  # fmt: skip
def test_what_the_list_says_otherwise_is_named_and_changes_nothing(
    line: Line, known: Known, found: list[tuple[str, str, str]], counts: tuple[int, int, int]
) -> None:
    plan = planned(line, known)
    note_differences(plan, [line], [known], TODAY)
    assert [(d.kind, d.before.en, d.after.en) for d in plan.differing] == [
        (kind, *(text if kind == "class" else f"Above-scale, from 1 January {text}" for text in (before, after)))
        for kind, before, after in found
    ]
    assert (plan.changed, plan.unchanged, plan.wrong) == counts
    assert not {change.kind for change in plan.changes} & {"class", "since"}
