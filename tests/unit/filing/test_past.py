"""The year to date over a year of quarters, some of them with empty rows: it is the sum of what was filed."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing.past import Earlier, context_beside, context_of
from portal.kernel.period import Quarter
from portal.questionnaire import form
from portal.questionnaire.context import Context
from portal.questionnaire.document import Document
from tests.fixtures.answers import edition

QUARTERS = [Quarter(2026, n) for n in (1, 2, 3, 4)]
EMPTY, NOT_APPLICABLE = "", "n/a"
MONEY = st.decimals(min_value=0, max_value=10**6, places=2).map(str)
YEARS = st.lists(MONEY | st.sampled_from([EMPTY, NOT_APPLICABLE]), min_size=4, max_size=4)
TYPINGS = st.lists(st.sampled_from(["quarter", "ytd"]), min_size=4, max_size=4)


def amount(said: str) -> Decimal:
    return Decimal(0) if said in (EMPTY, NOT_APPLICABLE) else Decimal(said)


def filed(quarter: Quarter, documents: dict[int, Document], typed: dict[str, str]) -> tuple[Context, Document]:
    context = context_beside(quarter, "L", documents, {})
    rows = [Earlier(code, document.content(), "", None) for code, document in sorted(documents.items())]
    assert context_of(quarter, "L", rows) == context
    return context, form.read(edition(), context, typed).document


def typed_row(code: str, said: str, so_far: Decimal, typing: str) -> dict[str, str]:
    if said == NOT_APPLICABLE:
        return {f"n{code}": "does not apply"}
    return {f"f{code}": str(so_far) if typing == "ytd" and said else said}


@given(YEARS, TYPINGS)
def test_what_went_before_is_the_sum_of_the_quarters_whatever_was_left_empty(year: list[str], how: list[str]) -> None:
    documents: dict[int, Document] = {}
    totals = list(accumulate(map(amount, year)))
    for quarter, said, so_far, typing in zip(QUARTERS, year, totals, how, strict=True):
        typed = {"typing": typing} | typed_row("205", said, so_far, typing)
        context, document = filed(quarter, documents, typed)
        assert context.before("205") == so_far - amount(said)
        assert (document.value("205") or 0) == amount(said)
        assert document.ytd("205") in (so_far, None)
        documents[quarter.code] = document


@given(st.lists(st.tuples(*(MONEY | st.just(NOT_APPLICABLE) for _ in range(3))), min_size=3, max_size=3))
def test_the_tax_of_the_year_keeps_what_was_paid_before_a_part_did_not_apply(year: list[tuple[str, ...]]) -> None:
    documents: dict[int, Document] = {}
    total = Decimal(0)
    for quarter, parts in zip(QUARTERS, year, strict=False):
        typed: dict[str, str] = {}
        for code, said in zip(("202", "203", "204"), parts, strict=True):
            typed |= typed_row(code, said, Decimal(0), "quarter")
            total += amount(said)
        _, documents[quarter.code] = filed(quarter, documents, typed)
        assert documents[quarter.code].ytd("201") in (total, None)


@pytest.mark.parametrize("second", [EMPTY, NOT_APPLICABLE])
@pytest.mark.parametrize(("opening", "third"), [("50", "50"), ("", None)])
def test_an_opening_block_is_carried_over_an_empty_row_and_asked_again_where_it_was_left_open(
    second: str, opening: str, third: str | None
) -> None:
    _, document = filed(QUARTERS[1], {}, {"b205": opening} | typed_row("205", second, Decimal(0), "quarter"))
    context = context_beside(QUARTERS[2], "L", {QUARTERS[1].code: document}, {})
    assert context.before("205") == (None if third is None else Decimal(third))


def test_after_a_quarter_that_was_not_filed_the_opening_block_asks_again() -> None:
    _, first = filed(QUARTERS[0], {}, {"f205": "50"})
    assert context_beside(QUARTERS[2], "L", {QUARTERS[0].code: first}, {}).before("205") is None
