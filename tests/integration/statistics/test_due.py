"""The list of who owes a quarter: frozen weights, and rows that follow their enterprise until it is approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select

from portal.casework.models import Case
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import AboveScaleStatus, Enterprise
from portal.filing.models import Filing
from portal.kernel.period import Quarter
from portal.kernel.roles import Scope
from portal.kernel.workflow import State
from portal.statistics.cells import mark_approved
from portal.statistics.commands import compare, list_due
from portal.statistics.models import CellDue, DueEnterprise
from portal.statistics.queries_due import Response, owing, response
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_case, add_filing

THIRD = Quarter(2026, 3)
pytestmark = pytest.mark.content("catalogue")


@pytest.fixture
def two(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number in (1, 2):
            session.add(
                Enterprise(
                    id=number,
                    status="registered",
                    credit_code=code_of(number),
                    name_zh=f"示例{number}",
                    county=HERE,
                    chain="05",
                    segment="05-M1",
                    gb_class="3425",
                    size_class="S",
                    base_output=Decimal("100.00"),
                )
            )
    assert list_due(THIRD) == 2


def entered(enterprise_id: int, since: date) -> None:
    with transaction(EVERYTHING) as session:
        session.add(
            AboveScaleStatus(
                enterprise_id=enterprise_id, county=HERE, chain="05", is_above_scale=True, since_on=since, source="名录"
            )
        )


def grain() -> dict[int, tuple[str, Decimal]]:
    with reading(EVERYTHING) as session:
        return {r.enterprise_id: (r.respondent_class, r.weight) for r in session.scalars(select(DueEnterprise))}


def dues() -> dict[str, tuple[int, Decimal]]:
    with reading(EVERYTHING) as session:
        return {c.respondent_class: (c.due, c.weight_due) for c in session.scalars(select(CellDue))}


def test_an_enterprise_entered_as_above_scale_after_the_window_opened_is_due_in_its_new_class(two: None) -> None:
    assert grain() == {1: ("S", Decimal(100)), 2: ("S", Decimal(100))}
    entered(1, date(2026, 1, 1))
    list_due(THIRD)
    assert grain() == {1: ("L", Decimal(100)), 2: ("S", Decimal(100))}
    assert dues() == {"L": (1, Decimal(100)), "S": (1, Decimal(100))}
    assert compare() == []
    list_due(THIRD)
    assert dues() == {"L": (1, Decimal(100)), "S": (1, Decimal(100))}


def test_the_last_one_leaves_no_empty_cell_behind_and_the_weight_stays_frozen(two: None) -> None:
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, 1).base_output = Decimal(999)
    for number in (1, 2):
        entered(number, date(2026, 7, 1))
    list_due(THIRD)
    assert dues() == {"L": (2, Decimal(200))}
    assert compare() == []


@pytest.mark.parametrize("since", [date(2026, 7, 2), date(2026, 10, 1)])
def test_a_status_from_after_the_quarters_first_day_changes_nothing(two: None, since: date) -> None:
    entered(1, since)
    list_due(THIRD)
    assert dues() == {"S": (2, Decimal(200))}


def test_a_row_that_is_approved_stays_where_its_figures_are(two: None) -> None:
    with transaction(EVERYTHING) as session:
        mark_approved(session, 1, THIRD.code, True)
    entered(1, date(2026, 1, 1))
    list_due(THIRD)
    assert grain()[1][0] == "S"
    assert compare() == []


def moved_to(county: str) -> None:
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, 1).county = county


def filed(state: State, county: str) -> None:
    whose = {"enterprise_id": 1, "county": county, "chain": "05"}
    with transaction(EVERYTHING) as session:
        add_filing(session, add_case(session, state, quarter=THIRD.code, segment="05-M1", **whose))


def by_county() -> dict[str, tuple[int, int]]:
    list_due(THIRD)
    list_due(THIRD)  # the job runs each minute
    assert compare() == []
    with reading(EVERYTHING) as session:
        sums = select(CellDue.county, func.sum(CellDue.due), func.sum(CellDue.approved)).group_by(CellDue.county)
        return {county: (due, approved) for county, due, approved in session.execute(sums)}


def test_who_moved_before_beginning_is_due_where_the_filing_will_count(two: None) -> None:
    moved_to(ELSEWHERE)
    assert by_county() == {HERE: (1, 0), ELSEWHERE: (1, 0)}


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED, State.APPROVED])
def test_a_filing_that_was_begun_stays_with_the_county_it_was_begun_in_and_so_does_the_due(
    two: None, state: State
) -> None:
    filed(state, HERE)
    moved_to(ELSEWHERE)
    assert by_county() == {HERE: (2, int(state is State.APPROVED))}


def test_what_was_declared_void_holds_nobody_in_the_county_it_was_begun_in(two: None) -> None:
    filed(State.VOID, HERE)
    moved_to(ELSEWHERE)
    assert by_county() == {HERE: (1, 0), ELSEWHERE: (1, 0)}


def test_who_was_approved_by_the_new_county_is_due_and_counted_there(two: None) -> None:
    """Its officers do not see the row of the county before: the job moves it and notes the approval."""
    moved_to(ELSEWHERE)
    filed(State.APPROVED, ELSEWHERE)
    with transaction(Scope.counties(ELSEWHERE)) as session:
        assert not mark_approved(session, 1, THIRD.code, True)
    assert by_county() == {HERE: (1, 0), ELSEWHERE: (1, 1)}
    with transaction(Scope.counties(ELSEWHERE)) as session:
        assert mark_approved(session, 1, THIRD.code, False)  # reopened


def test_who_is_listed_late_is_due_in_the_county_of_the_filing(database: Database, two: None) -> None:
    with transaction(EVERYTHING) as session:
        session.execute(delete(DueEnterprise))
        session.execute(delete(CellDue))
    filed(State.SUBMITTED, HERE)
    moved_to(ELSEWHERE)
    assert by_county() == {HERE: (2, 0)}


@pytest.mark.parametrize(
    ("again", "received"), [(None, 0), (State.DRAFT, 0), (State.SUBMITTED, 1), (State.APPROVED, 1), (State.RETURNED, 1)]
)
def test_a_void_filing_counts_once_by_what_was_begun_after_it(two: None, again: State | None, received: int) -> None:
    with transaction(EVERYTHING) as session:
        void = add_case(session, State.VOID, enterprise_id=1, quarter=THIRD.code)
        add_filing(session, void)
        if again is not None:
            anew: Case = add_case(session, again, enterprise_id=1, quarter=THIRD.code)
            session.query(Filing).filter_by(case_id=void.id).one().case_id = anew.id
    with reading(EVERYTHING) as session:
        assert response(session, THIRD) == Response(2, received)
        assert [(one.enterprise_id, one.state) for one in owing(session, THIRD, 9)] == (
            [] if received else [(1, again or State.VOID)]
        ) + [(2, None)]
