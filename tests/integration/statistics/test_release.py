"""A release is frozen, needs two people, hides what it must, and no later approval changes it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal.audit.models import AuditEvent
from portal.database.session import Database, reading, transaction
from portal.filing.models import Fact
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid
from portal.kernel.period import Quarter
from portal.kernel.roles import Role, system
from portal.statistics.commands_release import drop_release, prepare_release, sign_off
from portal.statistics.models import Cell
from portal.statistics.models_release import Release, ReleaseCell, ReleaseContribution, ReleaseLine
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.released import (
    LONELY,
    LONELY_UNIT,
    LONELY_VALUE,
    Q2,
    RULE,
    correct,
    ground,
    lead,
    officer,
    released,
    standing,
)

pytestmark = pytest.mark.content("figures")
Cells = dict[tuple[str, str, str], ReleaseCell]


def cells(release_id: int) -> Cells:
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(ReleaseCell).where(ReleaseCell.release_id == release_id))
        return {(c.margin, c.line, c.indicator): c for c in rows}


def state_of(release_id: int) -> str:
    with reading(EVERYTHING) as session:
        return session.scalars(select(Release.state).where(Release.id == release_id)).one()


@pytest.mark.content("released")
def test_public_cells_are_the_sums_of_the_cells(database: Database) -> None:
    found = cells(standing())
    with reading(EVERYTHING) as session:
        by_unit = {
            (unit, code): (total, int(number))
            for unit, code, total, number in session.execute(
                select(Cell.county, Cell.indicator, func.sum(Cell.total), func.sum(Cell.contributors))
                .where(Cell.quarter == Q2.code, Cell.respondent_class == "L")
                .group_by(Cell.county, Cell.indicator)
            )
        }
    shown = {place: cell for place, cell in found.items() if place[0] == "unit" and cell.value is not None}
    assert len(shown) >= 20
    for (_, unit, code), cell in shown.items():
        assert (cell.value, cell.contributors) == by_unit.get((unit, code), (0, 0))
    whole = [sum(t for (_, code), (t, _) in by_unit.items() if code == c) for c in ("101", "107")]
    assert [found["city", "", c].value for c in ("101", "107")] == whole


@pytest.mark.content("released")
def test_a_unit_with_one_enterprise_is_hidden_with_another_and_keeps_no_number(database: Database) -> None:
    found = cells(standing())
    assert found["unit", LONELY_UNIT, "101"].hidden_for == "few"
    beside = [c for (margin, _, code), c in found.items() if margin == "unit" and code == "101" and c.hidden_for]
    assert len(beside) >= 2
    for cell in found.values():
        if cell.hidden_for:
            assert (cell.value, cell.base, cell.to_date, cell.contributors) == (None, None, None, None)
    assert LONELY_VALUE + 101 not in {cell.value for cell in found.values()}


@pytest.mark.content("released")
def test_later_approvals_do_not_change_a_release(database: Database) -> None:
    release_id = standing()
    before = {place: cell.value for place, cell in cells(release_id).items()}
    correct(Q2, *range(24))
    assert {place: cell.value for place, cell in cells(release_id).items()} == before


def test_nobody_signs_off_what_they_prepared(database: Database) -> None:
    both = lead()
    release_id = prepare_release(both, Q2, RULE)
    with pytest.raises(Illegal) as refused:
        sign_off(both, release_id)
    assert refused.value.code == "release-own"
    assert state_of(release_id) == "draft"
    sign_off(lead(33), release_id)
    assert state_of(release_id) == "released"


def test_only_a_bureau_lead_signs_off(database: Database) -> None:
    release_id = prepare_release(officer(), Q2, RULE)
    for role in set(Role) - {Role.BUREAU_LEAD}:
        with pytest.raises(Denied):
            sign_off(person(role, 50), release_id)
        if role is not Role.BUREAU_OFFICER:
            with pytest.raises(Denied):
                prepare_release(person(role, 50), Q2, RULE)
    assert state_of(release_id) == "draft"


def test_the_operator_prepares_but_never_signs_off(database: Database) -> None:
    release_id = prepare_release(system("the operator at the command line"), Q2, RULE)
    with pytest.raises(Denied):
        sign_off(system("the operator at the command line"), release_id)
    sign_off(lead(), release_id)
    assert state_of(release_id) == "released"


@pytest.mark.content("catalogue")
def test_the_command_line_prepares_a_release_or_says_in_words_why_not(app: Flask, database: Database) -> None:
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["statistics", "release", "2026Q2"])
    assert (refused.exit_code, "never had a filing window" in refused.output) == (1, True)
    ground(Q2)
    done = runner.invoke(args=["statistics", "release", "2026Q2"])
    assert done.exit_code == 0, done.output
    release_id = json.loads(done.output)["release"]
    assert state_of(release_id) == "draft"


@pytest.mark.content("catalogue")
def test_a_quarter_that_can_still_be_filed_is_refused(database: Database) -> None:
    ground(Q2, due=0, lock=30)
    with pytest.raises(Illegal) as refused:
        prepare_release(officer(), Q2, RULE)
    assert refused.value.code == "release-open"


@pytest.mark.content("catalogue")
def test_a_quarter_without_a_window_or_without_an_approved_filing_is_refused(database: Database) -> None:
    with pytest.raises(Illegal) as refused:
        prepare_release(officer(), Q2, RULE)
    assert refused.value.code == "release-no-window"
    ground(Q2)
    with transaction(EVERYTHING) as session:
        session.execute(delete(Cell))
        session.execute(delete(Fact))
    with pytest.raises(Illegal) as empty:
        prepare_release(officer(), Q2, RULE)
    assert empty.value.code == "release-empty"


@pytest.mark.parametrize(("lock", "expected"), [(-5, False), (20, True)])
@pytest.mark.content("catalogue")
def test_a_closed_quarter_that_still_takes_late_filings_is_provisional(
    database: Database, lock: int, expected: bool
) -> None:
    ground(Q2, lock=lock)
    release_id = released()
    with reading(EVERYTHING) as session:
        release = session.get_one(Release, release_id)
        line = session.scalars(
            select(ReleaseLine).where(ReleaseLine.release_id == release_id, ReleaseLine.margin == "city")
        ).one()
    assert release.is_provisional is expected
    assert (line.due, line.approved, line.weight_share) == (25, 25, Decimal(1))


def test_only_one_draft_of_a_quarter_waits_and_a_dropped_one_makes_room(database: Database) -> None:
    first = prepare_release(officer(), Q2, RULE)
    with pytest.raises(Illegal) as refused:
        prepare_release(officer(), Q2, RULE)
    assert refused.value.code == "release-draft"
    drop_release(officer(), first)
    second = released()
    assert (state_of(first), state_of(second)) == ("dropped", "released")
    with reading(EVERYTHING) as session:
        assert session.get_one(Release, second).number == 1  # the public sees no gap where one was dropped
    with pytest.raises(Conflict):
        drop_release(officer(), second)


@pytest.mark.content("released")
def test_a_correction_by_one_enterprise_waits_and_by_many_makes_a_revision(database: Database) -> None:
    first = standing()
    with pytest.raises(Illegal) as same:
        prepare_release(officer(), Q2, RULE, "核对")
    assert same.value.code == "release-same"
    correct(Q2, 5)
    with pytest.raises(Illegal):
        prepare_release(officer(), Q2, RULE, "一家更正")
    correct(Q2, *range(24))
    with pytest.raises(Invalid):
        prepare_release(officer(), Q2, RULE)
    second = released(Q2, "企业更正")
    assert (state_of(first), state_of(second)) == ("superseded", "released")
    assert cells(second)["city", "", "101"].value == (cells(first)["city", "", "101"].value or 0) + 25_000
    hidden = [{p for p, c in cells(r).items() if c.hidden_for} for r in (first, second)]
    assert hidden[0] <= hidden[1]


@pytest.mark.content("years")
def test_growth_compares_with_what_was_released_a_year_before(database: Database) -> None:
    released(Q2 - 4)
    correct(Q2 - 4, *range(24))
    found, before = cells(released()), cells(1)
    for place, cell in found.items():
        if cell.value is not None:
            assert cell.base == before[place].value
    assert found["city", "", "101"].base is not None


@pytest.mark.content("years")
def test_a_year_that_was_not_released_is_counted_once_and_can_not_be_released_any_more(database: Database) -> None:
    found = cells(released())
    assert found["city", "", "101"].base is not None
    with pytest.raises(Illegal) as refused:
        prepare_release(officer(), Q2 - 4, RULE)
    assert refused.value.code == "release-base"


def test_the_year_to_date_needs_every_quarter_released(database: Database) -> None:
    first_quarter = Quarter(2026, 1)
    ground(first_quarter)
    drafted = prepare_release(officer(), Q2, RULE)
    assert cells(drafted)["city", "", "101"].to_date is None
    drop_release(officer(), drafted)
    of_q1 = cells(released(first_quarter))
    found = cells(released())
    for code in ("101", "107", "201"):
        total = (of_q1["city", "", code].value or 0) + (found["city", "", code].value or 0)
        assert found["city", "", code].to_date == total
    assert found["city", "", "301"].to_date == found["city", "", "301"].value


@pytest.mark.content("released")
def test_each_step_stands_in_the_quarters_own_stream(database: Database) -> None:
    with reading(EVERYTHING) as session:
        rows = session.scalars(
            select(AuditEvent).where(AuditEvent.stream == f"release:{Q2.code}").order_by(AuditEvent.seq)
        )
        verbs = [(event.verb, event.actor_id) for event in rows]
    assert verbs == [("prepare", 31), ("release", 32)]


@pytest.mark.content("released")
def test_what_enterprises_counted_with_is_out_of_reach_for_a_county(database: Database) -> None:
    elsewhere = person(Role.COUNTY_OFFICER, county="331102")
    with reading(elsewhere.scope) as session:
        counties = set(session.scalars(select(ReleaseContribution.county)))
        assert LONELY not in set(session.scalars(select(ReleaseContribution.enterprise_id)))
    assert counties == {"331102"}
