"""What the demo types: nothing that contradicts itself, no query by accident, and every planted one explained."""

from __future__ import annotations

from typing import Any

import pytest

from portal.catalogue.snapshot import Catalogue
from portal.demo.answers import TWISTS, Respondent, completed, filled
from portal.demo.people import population
from portal.demo.plan import fate
from portal.filing.checked import Checked, check
from portal.filing.past import Earlier, context_of
from portal.kernel.period import Quarter, quarters_between
from portal.questionnaire.context import Context
from portal.questionnaire.edition import Edition

FIRST, LAST = Quarter(2024, 1), Quarter(2026, 3)
SEEDS = range(1, 7)
NAMES = ("填报人", "负责人")


def respondents(catalogue: Catalogue, seed: int, count: int = 25) -> list[Respondent]:
    people = population(catalogue, count, seed)
    classes = [catalogue.respondent_class(p.gb_class, p.is_above_scale).value for p in people]
    return [Respondent(person, kind, seed) for person, kind in zip(people, classes, strict=True)]


class Past:
    """What a respondent has filed so far."""

    def __init__(self, who: Respondent) -> None:
        self.who = who
        self.contents: dict[Quarter, dict[str, Any]] = {}

    def context(self, quarter: Quarter) -> Context:
        known = [q for q in (quarter.same_last_year, quarter - 1) if q in self.contents]
        rows = [Earlier(q.code, self.contents[q], "", None) for q in known]
        return context_of(quarter, self.who.respondent_class, rows)

    def file(self, edition: Edition, quarter: Quarter) -> Checked:
        context = self.context(quarter)
        checked = check(edition, context, filled(self.who, edition, context), at_submission=True)
        self.contents[quarter] = checked.document.content()
        return checked


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stable_history_has_no_finding_that_blocks_and_almost_no_query(
    catalogue: Catalogue, edition: Edition, seed: int
) -> None:
    filed = []
    for who in respondents(catalogue, seed):
        past = Past(who)
        filed += [past.file(edition, quarter) for quarter in quarters_between(FIRST, LAST)]
    assert [finding for checked in filed for finding in checked.errors] == []
    assert sum(bool(checked.queries) for checked in filed) <= len(filed) // 100
    assert {checked.document.typing for checked in filed} == {"quarter", "ytd"}


@pytest.mark.parametrize("first", [Quarter(2024, 1), Quarter(2025, 2), Quarter(2025, 4)], ids=str)
def test_a_first_filing_fills_its_opening_block(catalogue: Catalogue, edition: Edition, first: Quarter) -> None:
    for who in respondents(catalogue, 1):
        checked = Past(who).file(edition, first)
        assert not checked.errors
        assert checked.document.last_year
        assert bool(checked.document.before) == (first.number > 1)
        flows = [checked.document.answer(q.code) for q in edition.questions if q.is_flow]
        assert all(answer.ytd is not None for answer in flows if answer.state == "value")


@pytest.mark.parametrize("kind", TWISTS)
def test_a_planted_oddity_raises_a_query_and_its_reason_answers_it(
    catalogue: Catalogue, edition: Edition, kind: str
) -> None:
    above_scale = [who for who in respondents(catalogue, 2, 17) if who.respondent_class == "L"]
    assert len(above_scale) >= 10
    for who in above_scale:
        past = Past(who)
        for quarter in quarters_between(LAST - 4, LAST - 1):
            past.file(edition, quarter)
        checked = completed(who, edition, past.context(LAST), NAMES, kind).judged
        assert not checked.errors
        assert checked.queries, f"{kind} is not seen at {who.person.number}, class {who.respondent_class}"
        assert not checked.open


def test_the_planted_kinds_are_those_that_are_known() -> None:
    planted = {fate(number).twist for number in range(40)} - {""}
    assert planted <= set(TWISTS)
    assert len(planted) >= 4


def test_the_same_arguments_give_the_same_texts(catalogue: Catalogue, edition: Edition) -> None:
    first, again = (respondents(catalogue, 3)[7] for _ in range(2))
    assert filled(first, edition, Past(first).context(LAST)) == filled(again, edition, Past(again).context(LAST))
