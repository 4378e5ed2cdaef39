"""Who is missing a quarter, by name: the number that opens the list, page by page, for each reader, and taken away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event, select, update

from portal.audit.models import AuditEvent
from portal.casework.models import Case
from portal.catalogue.models import FilingWindow
from portal.catalogue.queries import catalogue_at
from portal.database.session import Database, current, reading, transaction
from portal.enterprises.models import Particulars
from portal.enterprises.queries_contacts import Contact, contacts_of
from portal.kernel.clock import today
from portal.kernel.period import Quarter
from portal.kernel.roles import GRANTS, Permission, Role, Scope
from portal.kernel.workflow import IN_REVIEW, Kind, State
from portal.review.commands_remind import remind_chosen
from portal.review.queries_missing import Mark, Missing, count_missing, missing
from portal.review.queries_quarter import unit_quarters
from portal.statistics.models import DueEnterprise
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, person
from tests.fixtures.databases import ON_SQLITE
from tests.integration.review.test_pages import desk

pytestmark = pytest.mark.content("demo")
SCOPES: list[tuple[Scope, set[str]]] = [
    (Scope.counties(HERE), {HERE}),
    (Scope.counties(ELSEWHERE), {ELSEWHERE}),
    (Scope.chains("01"), set()),
    (EVERYTHING, set()),
]


@pytest.fixture
def windows(database: Database) -> list[FilingWindow]:
    """The quarters of the city; half of its enterprises weigh the same."""
    with transaction(EVERYTHING) as session:
        session.execute(update(DueEnterprise).where(DueEnterprise.enterprise_id % 2 == 0).values(weight=Decimal(5)))
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(FilingWindow).order_by(FilingWindow.quarter.desc())))


def plainly(quarter: Quarter, counties: set[str]) -> set[int]:
    """Counted from the rows one by one, as nobody would in a page."""
    found = set()
    with reading(EVERYTHING) as session:
        cases = {case.enterprise_id: case for case in session.scalars(select(Case).where(Case.kind == Kind.FILING,
                 Case.quarter == quarter.code).order_by(Case.id))}  # fmt: skip
        for due in session.scalars(select(DueEnterprise).where(DueEnterprise.quarter == quarter.code)):
            case = cases.get(due.enterprise_id)
            settled = case is not None and (case.state in IN_REVIEW or case.state is State.APPROVED)
            back = case is not None and case.state is not State.VOID and (case.reply_due_on or date.min) >= today()
            if due.county in counties and not settled and not back:
                found.add(due.enterprise_id)
    return found


def paged(scope: Scope, quarter: Quarter, size: int) -> list[Missing]:
    found: list[Missing] = []
    mark: Mark | None = None
    with reading(scope) as session:
        while rows := missing(session, quarter, after=mark, size=size):
            found += rows
            mark = rows[-1].weight, rows[-1].enterprise_id
    return found


def test_the_list_is_the_number_that_opens_it_page_by_page_and_never_of_another_county(
    windows: list[FilingWindow],
) -> None:
    seen = 0
    for window in windows:
        quarter = window.period
        for scope, counties in SCOPES:
            with reading(scope) as session:
                units = list(catalogue_at(session, quarter).units)
                numbers = {line.county: line.numbers.missing for line in unit_quarters(session, [window], units)}
                counted = {unit: count_missing(session, quarter, unit) for unit in units}
                total = count_missing(session, quarter)
                whole = missing(session, quarter)
            assert counted == numbers and sum(numbers.values()) == total == len(whole)
            assert whole == sorted(whole, key=lambda row: (-row.weight, row.enterprise_id))
            assert paged(scope, quarter, 1) == paged(scope, quarter, 2) == whole
            if scope.kind != "chains":
                assert {row.enterprise_id for row in whole} == plainly(quarter, counties or set(units))
            seen += len(whole)
    assert seen


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_whoever_reads_cases_opens_the_list_in_eight_statements_and_reads_their_own_counties(
    app: Flask, windows: list[FilingWindow], role: Role
) -> None:
    quarter = windows[0].period
    owing, visitor = plainly(quarter, {HERE}), desk(app, person(role))
    if Permission.CASE_READ not in GRANTS[role]:
        assert {visitor.get(f"/review/missing{end}").status for end in ("", "/export")} == {403}
        return
    sent: list[str] = []
    visitor.get(f"/review/missing?quarter={quarter}")
    event.listen(current().engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    page = visitor.get(f"/review/missing?quarter={quarter}&county={ELSEWHERE}")
    assert len([sql for sql in sent if not sql.startswith(("BEGIN", "PRAGMA"))]) <= 8, sent
    is_bound = role in (Role.COUNTY_OFFICER, Role.COUNTY_LEAD)
    shown = plainly(quarter, {HERE if is_bound else ELSEWHERE})
    links = {link.get("href", "") for link in page.tree.iter("a")}
    assert {int(to.rsplit("/", 1)[1]) for to in links if to.startswith("/enterprises/")} == shown
    assert owing and (f"/review/remind?quarter={quarter}" in links) is (Permission.CASE_CLAIM in GRANTS[role])
    for wrong in ("after=x", "quarter=20269", "county=%00&chain=%00", "after=WyIxZTk5OTk5OSIsMV0"):
        assert visitor.get(f"/review/missing?{wrong}").status == 200
    counts = visitor.get(f"/review/quarter?quarter={quarter}")
    assert f"/review/missing?quarter={quarter}&county={HERE}" in {a.get("href") for a in counts.tree.iter("a")}


def _name(contacts: dict[int, Contact], row: Missing) -> str:
    return contacts[row.enterprise_id].name if row.enterprise_id in contacts else ""


@ON_SQLITE
def test_the_table_taken_away_is_the_list_with_contacts_and_reminders_and_leaves_a_trace(
    app: Flask, windows: list[FilingWindow]
) -> None:
    quarter = windows[0].period
    officer = person(Role.COUNTY_OFFICER)
    with reading(officer.scope) as session:
        rows = missing(session, quarter)
        stated = contacts_of(session, [row.enterprise_id for row in rows])
        assert not contacts_of(session, [0])
    with reading(Scope.counties(ELSEWHERE)) as session:
        assert not contacts_of(session, [row.enterprise_id for row in rows])
    first = rows[0]
    said = {"address": "某路1号", "contact_name": "新联系人", "contact_phone": "0578-1234567", "created_by_id": 1}
    with transaction(EVERYTHING) as session:
        session.add(Particulars(enterprise_id=first.enterprise_id, county=first.county, chain=first.chain, **said))
    told = remind_chosen(officer, quarter, {row.enterprise_id for row in rows})
    answer = desk(app, officer).client.get(f"/review/missing/export?quarter={quarter}")
    table = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()[3:]
    answer.close()
    assert [line[0] for line in table] == [row.credit_code for row in rows]
    assert sum(bool(line[8]) for line in table) == told > 0
    assert table[0][10:] == ["新联系人", "0578-1234567"]
    assert stated and [line[10] for line in table[1:]] == [_name(stated, row) for row in rows[1:]]
    with reading(EVERYTHING) as session:
        event_ = session.scalars(select(AuditEvent).where(AuditEvent.subject == "review:missing")).one()
    assert (event_.verb, event_.detail["rows"]) == ("export", len(rows))
