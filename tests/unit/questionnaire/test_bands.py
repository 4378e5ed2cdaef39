"""A band says what the check of the same rule says: a row is flagged exactly where it lies beyond its band."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.period import Quarter
from portal.questionnaire import form
from portal.questionnaire.bands import Band, band_of, judged_rows, passed
from portal.questionnaire.context import Context, Past
from portal.questionnaire.document import Answer, Document, Stop
from portal.questionnaire.judge import run
from tests.fixtures.answers import CLEAN, context, edition
from tests.unit.questionnaire.test_rules_of_the_edition import CASES, Case


def agrees(document: Document, known: Context) -> int:
    """Holds every band of the form against what the rules say; how many there were."""
    found = run(edition(), document, known)
    keys, number = {finding.key for finding in found}, 0
    for rule in edition().rules_for(document.respondent_class, document.quarter):
        for code in judged_rows(rule, document):
            band, value = band_of(edition(), rule, document, known, code), document.value(code)
            is_fired = f"{rule.id}:{code}" in keys
            if band is None or value is None:
                assert not is_fired, (rule.id, code)
                continue
            number += 1
            assert band.holds(value) is not is_fired, (rule.id, code, value, band)
            assert (band.broken(value) is not None) is is_fired
    for row in passed(edition(), document, known, found):
        assert f"{row.rule}:{row.code}" not in keys
        assert row.band.holds(row.value) and row.read
    return number


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bands_agree_with_every_example_of_every_rule(case: Case) -> None:
    known = case.known()
    texts = {f"f{code}": text for code, text in {**CLEAN, **case.changes}.items()} | case.typed
    assert agrees(form.read(edition(), known, texts).document, known)


FIGURES = st.one_of(
    st.none(),
    st.sampled_from([Decimal(0), Decimal(1), Decimal(-1)]),
    st.decimals(-2000, 9000, places=2, allow_nan=False),
)
ROWS = st.dictionaries(st.sampled_from([q.code for q in edition().questions]), FIGURES, min_size=12)
PAST = st.dictionaries(st.sampled_from(sorted(CLEAN)), st.decimals(-500, 4000, places=2, allow_nan=False), min_size=8)


@given(rows=ROWS, previous=PAST, last_year=PAST, number=st.integers(1, 4), is_stopped=st.booleans())
def test_bands_agree_with_the_rules_on_any_form(
    rows: dict[str, Decimal | None],
    previous: dict[str, Decimal],
    last_year: dict[str, Decimal],
    number: int,
    is_stopped: bool,
) -> None:
    quarter = Quarter(2026, number)
    asked = edition().questions_for("L", quarter)
    answers = {
        q.code: Answer("value", rows[q.code], rows[q.code]) if rows.get(q.code) is not None else Answer("empty")
        for q in asked
    }
    document = Document(quarter, "L", "quarter", answers, stop=Stop("检修") if is_stopped else None)
    known = Context(quarter, "L", Past(previous=previous, last_year=last_year, series={"grid_series": previous}))
    agrees(document, known)


def test_a_clean_quarter_passes_its_comparisons_and_names_the_figures() -> None:
    known = context(previous={"101": "8000"}, last_year={"101": "7500"})
    document = form.read(edition(), known, {f"f{code}": text for code, text in CLEAN.items()}).document
    found = {(row.rule, row.code): row for row in passed(edition(), document, known, ())}
    growth, exports = found["Q01", "101"], found["H03", "104"]
    assert growth.band == Band(Decimal(3750), Decimal(15000))
    assert dict(growth.read) == {"101.last_year": "7500", "101.previous": "8000"}
    assert (exports.band, exports.read) == (Band(None, Decimal(8102)), (("103", "8102.00"),))
    assert ("Q14b", "301") not in found  # a limit that is no figure of the form is no comparison
