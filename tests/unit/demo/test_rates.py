"""Some small enterprises of the demo let value added be estimated, as the form would have done it for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.snapshot import Catalogue
from portal.demo.answers import Respondent, completed
from portal.demo.census import Census
from portal.demo.county_table import DEFAULT_SIZE
from portal.demo.figures import figures, production
from portal.demo.people import Person, people_of
from portal.demo.plan import Wishes, planned
from portal.demo.rates import chain_rates
from portal.filing.estimate import BASE, ROW, Rate, followed, marked
from portal.kernel.period import Quarter, quarters_between
from portal.questionnaire.context import Context, Past
from portal.questionnaire.edition import Edition

SEED, TODAY = 1, date(2026, 11, 24)
NAMES = ("填报人", "负责人")
Rates = dict[str, dict[int, Rate]]


@pytest.fixture(scope="module")
def people(catalogue: Catalogue) -> list[Person]:
    return list(people_of(Census(catalogue, DEFAULT_SIZE, SEED)))


@pytest.fixture(scope="module")
def rates(catalogue: Catalogue) -> Rates:
    return chain_rates(Census(catalogue, DEFAULT_SIZE, SEED), planned(Wishes(as_of=TODAY), TODAY))


def test_a_year_is_estimated_by_the_rate_of_the_year_before_over_what_was_filed_in_it(
    people: list[Person], rates: Rates
) -> None:
    """The first year has none: nothing was filed before it. Nor has who is on no chain."""
    assert {year for by_year in rates.values() for year in by_year} == {2025, 2026}
    assert "00" not in rates
    mine = [person for person in people if person.is_above_scale and person.chain == "05"]
    year = [figures(person, Quarter(2024, number), SEED) for person in mine for number in (1, 2, 3, 4)]
    output, value = (sum((row[code] for row in year), Decimal(0)) for code in (BASE, ROW))
    found = rates["05"][2025]
    assert (found.quarter, found.enterprises) == (Quarter(2024, 4), len(mine))
    assert abs(found.rate - value / output) <= Decimal("0.0000005")


def test_output_and_value_added_are_those_of_the_whole_row(people: list[Person]) -> None:
    for person, quarter in zip(people[::97], quarters_between(Quarter(2024, 1), Quarter(2027, 4)), strict=False):
        row = figures(person, quarter, SEED)
        assert production(person, quarter, SEED) == (row[BASE], row[ROW])


def test_some_small_ones_tick_the_estimate_and_the_form_would_leave_it_as_it_stands(
    people: list[Person], rates: Rates, catalogue: Catalogue, edition: Edition
) -> None:
    small = [p for p in people if catalogue.respondent_class(p.gb_class, p.is_above_scale).value == "S"]
    all_of_them = [Respondent(person, "S", SEED, rates.get(person.chain, {})) for person in small]
    assert not any(who.rate(Quarter(2024, 4)) for who in all_of_them)
    quarter = Quarter(2026, 2)
    estimating = [who for who in all_of_them if who.rate(quarter)]
    assert 0.1 < len(estimating) / len(small) < 0.3
    for who in estimating[:12]:
        past = Past(before={code: Decimal(0) for code in (BASE, ROW)}, asks_last_year=True)
        context = Context(quarter, "S", past)
        draft = completed(who, edition, context, NAMES)
        rate = who.rate(quarter)
        assert rate is not None
        assert draft.judged.document.value(ROW) == rate.applied(who.row(quarter)[BASE])
        assert marked(draft.texts, "S") == {"estimated": {ROW: rate.content()}}
        assert followed(edition, context, draft.texts, draft.texts, rate) == draft.texts


def test_above_scale_nobody_estimates(people: list[Person], rates: Rates) -> None:
    large = [Respondent(p, "L", SEED, rates.get(p.chain, {})) for p in people if p.is_above_scale]
    assert not any(who.rate(Quarter(2026, 2)) for who in large)
