"""The errors planted for officers: each stands in its filing, fires the rule that is meant, and blocks what it should."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.snapshot import Catalogue
from portal.demo.answers import Respondent, completed, filled
from portal.demo.census import CAST, Census
from portal.demo.county_table import DEFAULT_SIZE
from portal.demo.people import person_of
from portal.demo.plan import Wishes, fate, planned
from portal.demo.planted import COPY, ENERGY, ERRORS, EXPORT, LAND, SIGN, SLIP, places_of
from portal.demo.risks import REPORTED, risks_of
from portal.demo.stories import HALF
from portal.filing.checked import check
from portal.filing.past import context_beside
from portal.kernel.period import Quarter, quarters_between
from portal.kernel.workflow import State
from portal.questionnaire.context import Context
from portal.questionnaire.document import Document
from portal.questionnaire.edition import Edition

SEED, OPEN = 1, Quarter(2026, 3)
NAMES = ("填报人", "负责人")
MEANT = {SLIP: "Q02:105", SIGN: "Q06:106", LAND: "Q14:301", ENERGY: "Q16:302", EXPORT: "H03:104"}


@pytest.fixture(scope="module")
def census(catalogue: Catalogue) -> Census:
    return Census(catalogue, DEFAULT_SIZE, SEED)


@pytest.fixture(scope="module")
def places(census: Census) -> dict[int, str]:
    return places_of(census, has_past=True)


def past_of(who: Respondent, edition: Edition) -> tuple[Context, Document]:
    """What the enterprise has filed before the open quarter."""
    documents: dict[int, Document] = {}
    for quarter in quarters_between(OPEN - 4, OPEN - 1):
        context = context_beside(quarter, who.respondent_class, documents, {})
        documents[quarter.code] = completed(who, edition, context, NAMES).judged.document
    return context_beside(OPEN, who.respondent_class, documents, {}), documents[(OPEN - 1).code]


def test_there_are_sixty_of_six_kinds_where_an_officer_would_meet_them(census: Census, places: dict[int, str]) -> None:
    assert Counter(places.values()) == {SLIP: 15, SIGN: 5, COPY: 10, EXPORT: 5, LAND: 10, ENERGY: 15}
    for number, kind in places.items():
        state = fate(number).state
        assert number >= CAST
        assert not fate(number).twist
        assert census.places[number].kind == "L"
        assert state in ({State.DRAFT} if kind == EXPORT else {State.SUBMITTED, State.UNDER_REVIEW})


@pytest.mark.parametrize("kind", ERRORS)
def test_each_stands_in_its_filing_and_fires_the_rule_that_is_meant(
    census: Census, places: dict[int, str], edition: Edition, kind: str
) -> None:
    for number in [number for number, planted in places.items() if planted == kind]:
        who = Respondent(person_of(census, number), "L", SEED)
        context, before = past_of(who, edition)
        if kind == EXPORT:
            checked = check(edition, context, filled(who, edition, context, "", HALF, kind), at_submission=False)
            assert MEANT[kind] in {finding.key for finding in checked.errors}
            continue
        checked = completed(who, edition, context, NAMES, error=kind).judged
        assert not checked.errors
        assert not checked.open
        if kind == COPY:
            typed = [q.code for q in edition.questions_for("L", OPEN) if q.is_typed]
            assert all(checked.document.value(code) == before.value(code) for code in typed)
        else:
            assert MEANT[kind] in {finding.key for finding in checked.queries}
            assert checked.document.value(ERRORS[kind].row) != who.row(OPEN)[ERRORS[kind].row]


@pytest.mark.parametrize(("count", "planted"), [(12, 0), (140, 6), (700, 30), (2800, 60)])
def test_a_smaller_city_has_fewer_and_a_larger_one_no_more(catalogue: Catalogue, count: int, planted: int) -> None:
    found = places_of(Census(catalogue, count, SEED), has_past=True)
    assert abs(len(found) - planted) <= 2


def test_where_nothing_was_filed_before_only_what_needs_no_past_is_planted(census: Census) -> None:
    assert set(places_of(census, has_past=False).values()) == {EXPORT, ENERGY}


@pytest.mark.parametrize("count", [60, DEFAULT_SIZE])
def test_a_units_output_falls_and_reviews_are_late_and_neither_is_a_planted_error(
    catalogue: Catalogue, edition: Edition, count: int
) -> None:
    census, plan = Census(catalogue, count, SEED), planned(Wishes(count, None, SEED, date(2026, 11, 24)), date.max)
    errors = places_of(census, has_past=True)
    found = risks_of(census, plan, errors)
    assert len({census.places[n].county for n in found.falling}) == 1
    assert sum(fate(n).state is State.APPROVED for n in found.falling) >= REPORTED
    assert {fate(n).state for n in found.waiting} <= {State.SUBMITTED, State.UNDER_REVIEW}
    assert not found.waiting & errors.keys()
    assert len(found.waiting) == (3 if count == DEFAULT_SIZE else 1)
    for number in sorted(found.falling)[:6]:
        who = Respondent(replace(person_of(census, number), slump=OPEN.year), "L", SEED)
        context, _ = past_of(who, edition)
        checked = completed(who, edition, context, NAMES).judged
        value, last = checked.document.value("101"), context.past.last_year["101"]
        assert value is not None
        assert value < last * Decimal("0.98")
        assert checked.queries == (), "a fall that asks for a reason would be an odd filing"


def test_nothing_is_a_risk_where_last_year_was_not_filed_or_the_window_has_just_opened(catalogue: Catalogue) -> None:
    census = Census(catalogue, 60, SEED)
    short = risks_of(census, planned(Wishes(60, 3, SEED, date(2026, 11, 24)), date.max), ())
    early = risks_of(census, planned(Wishes(60, None, SEED, date(2026, 10, 20)), date.max), ())
    assert not short.falling
    assert short.waiting
    assert early.falling
    assert not early.waiting
