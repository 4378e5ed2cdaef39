"""Facts come of approved versions and go with them; statistics see what came and what went."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.casework.models import Case
from portal.database.session import reading, transaction
from portal.filing import commands
from portal.filing.commands_submit import submit
from portal.filing.facts import FactChanges, publish, withdraw
from portal.filing.models import Fact, Filing
from portal.filing.queries import context
from portal.filing.queries_history import histories
from portal.filing.queries_review import review_sheet
from portal.kernel.errors import Missing
from portal.kernel.roles import Scope
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE
from tests.fixtures.filers import (
    ENTERPRISE,
    FIGURES,
    Q2,
    Q3,
    add_window,
    begun,
    both_posts,
    fields,
    order,
    preparer,
    saved,
    submitted,
)

pytestmark = [pytest.mark.content("begun"), pytest.mark.usefixtures("database")]


def published(scope: Scope = EVERYTHING, quarter: int = Q3.code) -> FactChanges:
    with transaction(scope) as session:
        case = session.scalars(select(Case).where(Case.quarter == quarter)).one()
        return publish(session, case)


def facts(quarter: int = Q3.code) -> dict[str, Fact]:
    with reading(EVERYTHING) as session:
        return {fact.indicator: fact for fact in session.scalars(select(Fact).where(Fact.quarter == quarter))}


@pytest.mark.content("filed")
def test_every_answered_row_becomes_a_fact_and_computed_ones_as_the_edition_says() -> None:
    changes = published(Scope.counties(HERE))
    found = facts()
    assert set(found) == {*FIGURES, "201"}
    assert found["201"].value == Decimal("262.80")
    assert found["303"].value == Decimal("400.5")
    assert not changes.before and {row.indicator for row in changes.after} == set(found)
    one = found["101"]
    assert (one.segment, one.size_class, one.respondent_class, one.county) == ("01-M1", "M", "L", HERE)


@pytest.mark.content("filed")
def test_an_officer_of_another_county_publishes_nothing() -> None:
    with reading(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
    with pytest.raises(Missing), transaction(Scope.counties(ELSEWHERE)) as session:
        publish(session, case)
    assert not facts()


@pytest.mark.content("filed")
def test_publishing_again_puts_the_new_version_in_place_of_the_old() -> None:
    published()
    commands.withdraw(preparer(), Q3)
    saved(fields(FIGURES | {"101": "8400", "205": "3"}))
    submit(both_posts(), Q3, order("n" * 24))
    changes = published()
    assert {row.value for row in changes.before if row.indicator == "101"} == {Decimal("8426.50")}
    assert facts()["101"].value == Decimal("8400.00")
    assert len(changes.after) == len(changes.before) + 1


def test_withdrawing_takes_every_fact_back_stated_ones_included() -> None:
    submitted(y101="7312.4", y501="300")
    published()
    stated = facts((Q3 - 4).code)
    assert {fact.basis for fact in stated.values()} == {"stated"}
    assert stated["101"].value == Decimal("7312.40")
    with transaction(EVERYTHING) as session:
        changes = withdraw(session, session.scalars(select(Case)).one())
    assert not changes.after and len(changes.before) == len(FIGURES) + 1
    assert not facts() and not facts((Q3 - 4).code)


def test_stated_figures_are_never_among_the_changes() -> None:
    submitted(y101="7312.4")
    changes = published()
    assert {row.quarter for row in changes.after} == {Q3.code}


def test_nothing_submitted_publishes_nothing() -> None:
    with pytest.raises(Missing):
        published()


@pytest.mark.content("ground")
def test_the_past_is_the_newest_versions_and_what_was_stated() -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2, FIGURES | {"101": "8000"}, b101="7000")
    begun()
    with reading(EVERYTHING) as session:
        known = context(session, ENTERPRISE, Q3, "L").past
    assert known.previous["101"] == Decimal(8000)
    assert known.before["101"] == Decimal(15000)
    assert "103" not in known.before  # typed by quarter, and what went before was never said
    assert "205" not in known.before  # left empty, and what went before was never said
    assert known.asks_last_year


@pytest.mark.content("ground")
def test_history_holds_approved_quarters_only() -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2, FIGURES | {"101": "8000"})
    submitted(Q3)
    published(quarter=Q2.code)
    with reading(EVERYTHING) as session:
        found = histories(session, ENTERPRISE, Q3, 4)["101"]
    assert [(str(point.quarter), point.value) for point in found[-2:]] == [
        ("2026Q2", Decimal("8000.00")),
        ("2026Q3", None),
    ]


@pytest.mark.content("filed")
def test_the_officers_sheet_shows_versions_never_drafts() -> None:
    commands.withdraw(preparer(), Q3)
    saved(fields(FIGURES | {"101": "8400"}))
    with reading(Scope.counties(HERE)) as session:
        sheet = review_sheet(session, session.scalars(select(Case)).one())
        assert {row.code: row.value for row in sheet.rows}["101"] == Decimal("8426.50")
    submit(both_posts(), Q3, order("n" * 24))
    with reading(Scope.counties(HERE)) as session:
        sheet = review_sheet(session, session.scalars(select(Case)).one())
        rows = {row.code: row for row in sheet.rows}
        assert (rows["101"].value, rows["101"].was) == (Decimal("8400.00"), Decimal("8426.50"))
        assert [row.code for row in sheet.rows if row.is_changed] == ["101", "504"]
        assert rows["101"].is_headline and sheet.version_no == 2


@pytest.mark.content("filed")
def test_a_sheet_of_another_county_is_not_there() -> None:
    with reading(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
    with reading(Scope.counties(ELSEWHERE)) as session, pytest.raises(Missing):
        review_sheet(session, case)


def test_a_draft_keeps_its_filing_within_its_own_enterprise() -> None:
    with reading(Scope.enterprises(ENTERPRISE + 1)) as session:
        assert not session.scalars(select(Filing)).all()
