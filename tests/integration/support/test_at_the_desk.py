"""What offices have of an application: nothing before it is submitted, and then what was submitted, until it is again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database.session import Database, reading
from portal.kernel.clock import today
from portal.kernel.errors import Missing
from portal.kernel.roles import GRANTS, OFFICE_ROLES, Actor, Permission, Role
from portal.kernel.workflow import Action, State
from portal.support import commands_apply
from portal.support.models import ApplicationDocument
from portal.support.queries_desk import SupportSheet, support_sheet
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.filers import at_work, preparer
from tests.integration.support.ground import (
    ANSWERS,
    case_of,
    city,
    complete,
    decide,
    files,
    officer,
    page_of,
    submit,
    submitted,
)

pytestmark = pytest.mark.content("catalogue")
CLAIMING = "P303"  # 30 per cent of a stated figure
READERS = sorted((role for role in OFFICE_ROLES if Permission.CASE_READ in GRANTS[role]), key=lambda role: role.value)


def newest_files(number: int) -> dict[str, int]:
    """The newest upload of each kind, of whoever has seen it."""
    with reading(EVERYTHING) as session:
        rows = session.scalars(
            select(ApplicationDocument)
            .where(ApplicationDocument.application_id == number)
            .order_by(ApplicationDocument.id)
        )
        return {row.kind: row.upload_id for row in rows}


def sheet_for(actor: Actor, number: int) -> SupportSheet:
    with reading(actor.scope) as session:
        return support_sheet(session, case_of(number), today())


def seen(sheet: SupportSheet) -> tuple[object, ...]:
    """All of a sheet that an applicant can type or upload."""
    answers = {blank.name: text for blank, text in sheet.rows}
    files_seen = {kind: row.id for kind, row in sheet.documents.items()}
    return answers, files_seen, sheet.reckoned and sheet.reckoned.amount


def change(number: int, folder: Path) -> None:
    """Another figure and another file, saved and not submitted."""
    typed = ANSWERS | {"claim": "1000000", "statement": "改写"}
    opened = replace(page_of(number), typed=typed, files=files("budget"), folder=folder)
    commands_apply.save(preparer(), number, opened)


def test_nobody_of_an_office_sees_an_application_or_its_files_before_it_is_submitted(app: Flask) -> None:
    city()
    number = complete(app.config["PORTAL"].data_dir, CLAIMING, claim="3600000")
    case, upload = case_of(number).id, newest_files(number)["budget"]
    assert at_work(app, preparer()).get(f"/files/{upload}").status == 200
    for role in READERS:
        reader = at_work(app, person(role, 301))
        assert [reader.get(path).status for path in (f"/review/{case}", f"/files/{upload}")] == [404, 404], role
    with reading(EVERYTHING) as session, pytest.raises(Missing):
        support_sheet(session, case_of(number), today())
    submit(number)
    for role in READERS:
        reader = at_work(app, person(role, 301))
        assert [reader.get(path).status for path in (f"/review/{case}", f"/files/{upload}")] == [200, 200], role


@pytest.mark.parametrize("way_back", [Action.RETURN, Action.WITHDRAW])
def test_offices_keep_what_was_submitted_until_it_is_submitted_again(
    app: Flask, database: Database, way_back: Action
) -> None:
    city()
    folder = app.config["PORTAL"].data_dir
    number = submitted(folder, CLAIMING, claim="3600000")
    was, first = seen(sheet_for(officer(), number)), newest_files(number)
    if way_back is Action.RETURN:
        decide(officer(), number, Action.RETURN, "请补充")
    else:
        commands_apply.withdraw(preparer(), number)
    change(number, folder)
    newest = newest_files(number)
    assert newest["budget"] != first["budget"]
    readers = [person(role, 301) for role in READERS]
    for reader in readers:
        kept = seen(sheet_for(reader, number))
        assert kept[:2] == was[:2] and kept[2] in (was[2], None)
        visitor = at_work(app, reader)
        assert visitor.get(f"/files/{first['budget']}").status == 200
        assert visitor.get(f"/files/{newest['budget']}").status == 404
        page = visitor.get(f"/review/{case_of(number).id}")
        assert "改写" not in page.text and "1,000,000" not in page.text
    submit(number, "key-of-the-second-time")
    assert case_of(number).state is State.SUBMITTED
    for reader in readers:
        answers, documents, amount = seen(sheet_for(reader, number))
        assert (answers, documents, amount) != was
        assert documents == newest
        assert at_work(app, reader).get(f"/files/{newest['budget']}").status == 200


def test_what_is_uploaded_and_replaced_before_submission_never_goes_to_an_office(app: Flask) -> None:
    city()
    folder = app.config["PORTAL"].data_dir
    number = complete(folder, CLAIMING, claim="3600000")
    replaced = newest_files(number)["budget"]
    change(number, folder)
    submit(number)
    bureau = at_work(app, person(Role.BUREAU_OFFICER, 301))
    assert bureau.get(f"/files/{newest_files(number)['budget']}").status == 200
    assert bureau.get(f"/files/{replaced}").status == 404
    assert at_work(app, preparer()).get(f"/files/{replaced}").status == 200
