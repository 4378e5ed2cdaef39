"""Every rule of every published edition: at least one form that passes and one that fires it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.findings import Finding, Severity
from portal.kernel.period import Quarter
from portal.questionnaire.context import Context
from tests.fixtures.answers import CLEAN, context, edition, findings, numbers

Q2, Q4 = Quarter(2026, 2), Quarter(2026, 4)


@dataclass(frozen=True)
class Case:
    """One form: what differs from the clean quarter, and the row at which the rule fires (none: it passes)."""

    rule: str
    at: str | None
    changes: dict[str, str] = field(default_factory=dict)
    known: Callable[[], Context] = context
    typed: dict[str, str] = field(default_factory=dict)
    at_submission: bool = False

    @property
    def name(self) -> str:
        return f"{self.rule}-{'fires-at-' + self.at if self.at else 'passes'}-{'-'.join(self.changes) or 'clean'}"


def past(**known: Any) -> Callable[[], Context]:
    return lambda: context(**known)


def fires(rule: str, at: str, changes: dict[str, str] | None = None, **rest: Any) -> Case:
    return Case(rule, at, changes or {}, **rest)


def passes(rule: str, changes: dict[str, str] | None = None, **rest: Any) -> Case:
    return Case(rule, None, changes or {}, **rest)


YEAR = {"312": "1.2", "402": "1312.5"}
ALMOST_ALL = {code: text for code, text in CLEAN.items() if code != "106"}
CASES = [
    fires("H01", "101", {"101": "-1"}), fires("H01", "103", {"103": "-0.01"}), passes("H01", {"101": "0"}),
    fires("H02", "102", {"102": "8426.51"}), passes("H02", {"102": "8426.50"}),
    fires("H03", "104", {"104": "81020"}), passes("H03", {"104": "8102"}),
    fires("H04", "107", {"107": "8426.51"}), passes("H04", {"107": "8426.50"}),
    passes("H04", {"101": "0", "102": "0", "103": "0", "104": "0", "107": "0"}),  # not "<": a stopped quarter is right
    fires("H05", "301", {"301": "32.62"}), passes("H05", {"301": "32.61"}), passes("H05", {"307": "1", "301": "31.6"}),
    fires("H06", "304", {"304": "400.5001"}), passes("H06", {"304": "400.5"}),
    fires("H07", "403", {"403": "311"}), passes("H07", {"403": "310"}),
    fires("H08", "505", {"505": "311"}), passes("H08", {"505": "310"}),
    fires("H09", "602", {"602": "95.01"}), passes("H09", {"602": "95"}),
    fires("H10", "605", {"605": "161"}), passes("H10", {"605": "160"}),
    fires("H11", "606", {"606": "161"}), passes("H11", {"606": "160", "605": "160"}),
    fires("H12", "607", {"607": "161"}), passes("H12", {"607": "160"}),
    fires("H13", "106", {"106": ""}, at_submission=True), passes("H13", {"106": "0"}, at_submission=True),
    passes("H13", {"106": ""}), passes("H13", {"106": ""}, typed={"n106": "集团统一核算"}, at_submission=True),
    fires("H14", "105", {"105": "10000000.01"}), fires("H14", "301", {"301": "100000.01"}),
    fires("H14", "601", {"601": "-1", "602": "-2"}), passes("H14", {"105": "10000000"}), passes("H14", {"106": "-500"}),
    fires("H14b", "501", {"501": "310.5"}), passes("H14b", {"501": "310.0"}),
    fires("Q01", "101", known=past(last_year={"101": "4000"})), fires("Q01", "101", known=past(previous={"101": "2000"})),
    fires("Q01", "303", known=past(previous={"303": "1500"})), passes("Q01", known=past(last_year={"101": "4213.25"})),
    passes("Q01", known=past(last_year={"101": "49.99"})),  # too small a base says nothing
    passes("Q01", known=past(last_year={"101": "4000"}), typed={"stopped": "1", "stop_reason": "检修", "stop_from": "7月"}),
    fires("Q02", "101", known=past(previous={"101": "0.85"})), fires("Q02", "101", known=past(previous={"101": "842.65"})),
    fires("Q02", "105", known=past(previous={"105": "83157000"})), passes("Q02", known=past(previous={"101": "8000"})),
    fires("Q03", "101", {"101": "0", "102": "0", "107": "0"}), passes("Q03", {"101": "0.01", "102": "0", "107": "0"}),
    passes("Q03", {"101": "0", "102": "0", "107": "0"}, typed={"stopped": "1", "stop_reason": "检修", "stop_from": "7月"}),
    fires("Q04", "103", {"103": "4213.24"}), fires("Q04", "103", {"103": "12640"}), passes("Q04", {"103": "4213.25"}),
    fires("Q05", "105", {"105": "16205"}), fires("Q05", "105", {"105": "4050"}), passes("Q05", {"105": "16204"}),
    fires("Q06", "106", {"106": "-1"}, known=past(previous={"106": "50"})), passes("Q06", known=past(previous={"106": "50"})),
    passes("Q06", {"106": "0"}, known=past(previous={"106": "50"})),
    fires("Q06b", "106", {"106": "4157.86"}), passes("Q06b", {"106": "4157.85"}), passes("Q06b", {"106": "-9000"}),
    fires("Q07", "107", {"107": "421.32"}), fires("Q07", "107", {"107": "5056"}), passes("Q07", {"107": "421.33"}),
    fires("Q07b", "107", {"107": "-1"}), passes("Q07b"),
    fires("Q08", "107", known=past(approach="income"), typed={"approach": "production"}),
    passes("Q08", known=past(approach="income"), typed={"approach": "income"}), passes("Q08", known=past(approach="income")),
    fires("Q09", "202", {"202": "-0.01"}), fires("Q09", "204", {"204": "-5"}), passes("Q09", {"202": "0"}),
    fires("Q10", "201", {"202": "3000"}), fires("Q10", "201", {"202": "-300"}), passes("Q10", {"202": "2300"}),
    fires("Q11", "203", {"203": "384.61"}), passes("Q11", {"203": "384.6"}),
    passes("Q11", {"203": "384.61"}, known=past(quarter=Q2)),  # settlement of last year falls into the second quarter
    fires("Q12", "205", {"205": "1", "104": "0"}), passes("Q12", {"205": "1"}), passes("Q12", {"205": "0", "104": "0"}),
    fires("Q13", "301", {"301": "0", "305": "0", "306": "0"}), passes("Q13", {"301": "0", "305": "0", "306": "0", "308": "500"}),
    passes("Q13", {"301": "", "308": ""}), passes("Q13", {"301": ""}, typed={"n301": "没有用地"}),  # empty is not 0
    fires("Q14", "301", known=past(previous={"301": "30"})), passes("Q14", known=past(previous={"301": "32.6"})),
    fires("Q14b", "301", {"301": "3000.01", "305": "2997.41"}), passes("Q14b", {"301": "3000", "305": "2997.4"}),
    fires("Q15", "302", {"302": "0"}), fires("Q15", "303", {"303": "0", "304": ""}), passes("Q15", {"302": "0.01"}),
    fires("Q16", "302", {"302": "2000"}), passes("Q16", {"302": "1500"}),
    fires("Q16", "302", {"303": "0", "304": "", "309": "0", "310": "0", "311": "0"}),
    passes("Q16", {"303": "", "309": "", "310": "", "311": ""}),  # nothing is known of any of them yet
    fires("Q17", "303", known=past(series={"grid_series": numbers({"303": "380"})})),
    passes("Q17", known=past(series={"grid_series": numbers({"303": "400"})})), passes("Q17"),
    fires("Q18", "312", YEAR | {"312": "0"}, known=past(quarter=Q4, last_year={"312": "3"})),
    passes("Q18", YEAR, known=past(quarter=Q4, last_year={"312": "3"})),
    fires("Q19", "401", {"401": "2494.72"}), passes("Q19", {"401": "2494.71"}),
    fires("Q19", "402", YEAR | {"402": "9000"}, known=past(quarter=Q4)), passes("Q19", YEAR, known=past(quarter=Q4)),
    fires("Q20", "402", YEAR | {"402": "1600"}, known=past(quarter=Q4)), passes("Q20", YEAR, known=past(quarter=Q4)),
    fires("Q21", "406", {"406": "312.51"}), passes("Q21", {"406": "312.5"}),
    fires("Q22", "501", {"501": "0", "403": "0"}), fires("Q22", "502", {"502": "0"}), passes("Q22"),
    fires("Q23", "501", known=past(previous={"501": "388"})), passes("Q23", known=past(previous={"501": "387"})),
    fires("Q24", "503", {"503": "3085.01"}), fires("Q24", "503", {"503": "246.79"}), passes("Q24", {"503": "3085"}),
    fires("Q25", "504", {"502": "33"}), passes("Q25", {"502": "34"}),
    fires("Q26", "601", {"601": "8315.71"}), passes("Q26", {"601": "8315.7"}),
    fires("Q27", "604", known=past(previous={"604": "100"})), passes("Q27", known=past(previous={"604": "107"})),
    fires("Q28", "606", {"606": "91"}), passes("Q28", {"606": "90"}),
]  # fmt: skip


def fired(case: Case) -> list[Finding]:
    return [
        f
        for f in findings(case.changes, case.known(), at_submission=case.at_submission, **case.typed)
        if f.rule == case.rule
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_fires_where_it_should_and_only_there(case: Case) -> None:
    places = [finding.field for finding in fired(case)]
    assert (case.at in places) if case.at else not places


def test_every_rule_has_a_form_that_fires_it_and_one_that_passes() -> None:
    rules = {rule.id for rule in edition().rules}
    assert {case.rule for case in CASES if case.at} == rules
    assert {case.rule for case in CASES if not case.at} == rules


def test_the_clean_quarter_is_clean() -> None:
    assert findings(at_submission=True) == []


@pytest.mark.parametrize("case", [c for c in CASES if c.at], ids=lambda case: case.name)
def test_a_finding_says_what_is_wrong_with_its_figures_in_both_languages(case: Case) -> None:
    (finding, *_) = [f for f in fired(case) if f.field == case.at]
    assert finding.severity is (Severity.HARD if case.rule.startswith("H") else Severity.QUERY)
    for text in (finding.message.zh, finding.message.en):
        assert case.at in text and "{" not in text
    if case.rule not in ("H13", "Q08"):
        assert any(letter.isdigit() for letter in finding.message.zh.replace(str(case.at), "", 1))


def test_a_correction_of_an_earlier_quarter_turns_the_hard_rule_into_a_question() -> None:
    typed = {"typing": "ytd", "correcting": "1", "correction": "第二季度多报"}
    known = context(before=dict.fromkeys((q.code for q in edition().questions if q.is_flow), "0") | {"101": "9000"})
    (plain,) = [f for f in findings({}, known, typing="ytd") if f.rule == "H01"]
    (relaxed,) = [f for f in findings({}, known, **typed) if f.rule == "H01"]
    assert (plain.severity, relaxed.severity) == (Severity.HARD, Severity.QUERY)


FLOWS = [q for q in edition().questions if q.is_flow and q.code in CLEAN]
CORRECTION = {"typing": "ytd", "correcting": "1", "correction": "第二季度多报"}


@given(st.integers(1, 9), st.integers(0, 9))
def test_a_correction_that_leaves_a_year_without_contradiction_can_be_sent(earlier: int, now: int) -> None:
    """Whatever the quarter's difference is: nothing of the whole list of findings stays hard."""
    known = context(before={q.code: str(Decimal(CLEAN[q.code]) * earlier) for q in FLOWS})
    year = {q.code: str(Decimal(CLEAN[q.code]) * now) for q in FLOWS}
    found = findings(year, known, at_submission=True, **CORRECTION)
    assert [f for f in found if f.severity is Severity.HARD] == []
    if now < earlier:
        fell = {f.field for f in found}
        assert {"101", "103"} <= fell, "it is asked about"


@pytest.mark.parametrize(("above", "below"), [("102", "101"), ("104", "103"), ("107", "101"), ("602", "601")])
def test_under_a_correction_a_year_that_contradicts_itself_is_refused(above: str, below: str) -> None:
    known = context(before={q.code: CLEAN[q.code] for q in FLOWS})
    year = {q.code: CLEAN[q.code] for q in FLOWS} | {above: str(Decimal(CLEAN[below]) + 1)}
    (hard,) = [f for f in findings(year, known, **CORRECTION) if f.severity is Severity.HARD]
    assert hard.field == above


@pytest.mark.parametrize("code", ["101", "103", "601"])
def test_under_a_correction_a_year_below_zero_is_refused(code: str) -> None:
    found = findings({code: "-5"}, **CORRECTION)
    assert [f.field for f in found if f.severity is Severity.HARD and f.field == code]


def test_a_rule_says_what_an_absent_figure_does() -> None:
    assert {rule.missing for rule in edition().rules} == {"skip", "zero", "fail"}
    assert not [f for f in findings({"103": ""}) if f.rule in ("H03", "Q04", "Q05")]  # skip
    assert not [
        f for f in findings({"309": "", "310": "", "311": ""}) if f.rule == "Q16"
    ]  # zero: electricity alone fits
    assert [f for f in findings({"303": ""}) if f.rule == "Q16"]  # zero: without electricity it does not
    assert [f for f in findings({"106": ""}, at_submission=True) if f.rule == "H13"]  # fail


def test_a_rule_about_rows_that_are_not_asked_is_silent() -> None:
    known = context(respondent_class="N")
    assert not [f for f in findings(known=known) if f.field in ("101", "302")]
