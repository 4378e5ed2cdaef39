"""The queue as a spreadsheet: exactly the rows of the list, own county only, and a note of who took it."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.database.session import reading, transaction
from portal.kernel.roles import Role
from portal.kernel.workflow import Kind, State
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, add_case, person
from tests.integration.review.test_pages import desk

pytestmark = pytest.mark.content("catalogue")
HEADINGS = 3


def exported(app: Flask, role: Role, query: str = "") -> list[list[object]]:
    visitor = desk(app, person(role))
    answer = visitor.client.get(f"/review/export?kind=filing{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    answer.close()
    return rows[HEADINGS:]


@pytest.fixture
def cases(app: Flask) -> None:
    with transaction(EVERYTHING) as session:
        add_case(session, enterprise_name="甲企业", flags=2)
        add_case(session, enterprise_name='=HYPERLINK("http://x")', credit_code="91331122MADEM0046J")
        add_case(session, State.APPROVED, enterprise_name="已通过企业")
        add_case(session, enterprise_name="外县企业", county=ELSEWHERE)


def names(rows: list[list[object]]) -> set[object]:
    return {row[1] for row in rows}


def test_the_export_is_the_list_and_no_text_of_it_is_a_formula(app: Flask, cases: None) -> None:
    rows = exported(app, Role.COUNTY_OFFICER)
    assert names(rows) == {"甲企业", '\'=HYPERLINK("http://x")'}
    assert {row[8] for row in rows} == {100}


@pytest.mark.parametrize(
    ("query", "found"),
    [("&flags=flagged", {"甲企业"}), ("&tab=approved", {"已通过企业"}), ("&q=甲", {"甲企业"}), ("&q=没有", set())],
)
def test_the_export_keeps_the_filter(app: Flask, cases: None, query: str, found: set[str]) -> None:
    assert names(exported(app, Role.COUNTY_OFFICER, query)) == found


def test_the_bureau_takes_every_county_and_the_trail_says_so(app: Flask, cases: None) -> None:
    assert "外县企业" in names(exported(app, Role.BUREAU_OFFICER))
    with reading(EVERYTHING) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "export")).all()
    assert [event.detail for event in events] == [{"list": "filing", "view": "all", "rows": 3}]


def test_each_list_has_its_own_columns_and_a_value_under_each(app: Flask, cases: None) -> None:
    with transaction(EVERYTHING) as session:
        add_case(session, kind=Kind.REGISTRATION, enterprise_name="新企业", claimed_by_id=None)
    codes = {}
    for kind in ("filing", "registration"):
        answer = desk(app, person(Role.COUNTY_OFFICER)).client.get(f"/review/export?kind={kind}")
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
        answer.close()
        codes[kind] = next(row for row in rows if "credit_code" in row)
        assert all(len(row) == len(codes[kind]) for row in rows)
    assert {"flags", "headline", "late"} <= {*codes["filing"]}
    assert not {"flags", "headline", "late", "policy"} & {*codes["registration"]}
