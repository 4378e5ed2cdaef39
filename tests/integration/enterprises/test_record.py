"""A record of registration says what the register says: whatever changes one issues the other anew, or nothing does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.catalogue.queries import catalogue_today
from portal.certificates.commands import revoke_paper
from portal.certificates.models import Paper
from portal.certificates.queries import Sheet, papers
from portal.certificates.rules import PaperState
from portal.database.session import reading, transaction
from portal.enterprises.commands_particulars import change_particulars, standing
from portal.enterprises.commands_position import PositionEntry, change_position
from portal.enterprises.commands_register import issue_again
from portal.enterprises.commands_roster import load_list, offer_list
from portal.enterprises.issue_record import is_true, renew_record
from portal.enterprises.queries import enterprise
from portal.enterprises.queries_register import dossier
from portal.enterprises.queries_roster import plan_for, register_import
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import today
from portal.kernel.errors import Missing
from portal.kernel.roles import Role
from portal.notices.models import Mail, Notice
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, add_account, person
from tests.fixtures.registered import OFFICER, REGISTERED
from tests.integration.enterprises.desk import member, signed_in
from tests.integration.enterprises.test_roster_import import line, sent, sheet

pytestmark = pytest.mark.content("registered")
LEAD = person(Role.COUNTY_LEAD, 902)
NEW_NAME = "丽水改名机械有限公司"


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    number = REGISTERED.given(tmp_path)
    with transaction(EVERYTHING) as session:
        add_account(session, LEAD.account_id or 0, "负责人")
        session.execute(update(Account).where(Account.id == 90).values(email="p90@example.com", language="en"))
    return number


def records() -> list[Sheet]:
    """In the order of their issue."""
    with reading(EVERYTHING) as session:
        return papers(session)[::-1]


def rename(enterprise_id: int, folder: Path) -> None:
    number = offer_list(OFFICER, sent(folder, sheet(line(90, NEW_NAME, since=None))))
    with reading(EVERYTHING) as session:
        fingerprint = plan_for(session, register_import(session, number)).fingerprint
    load_list(OFFICER, number, fingerprint, {f"name:{enterprise_id}"})


def rename_in_english(enterprise_id: int, folder: Path) -> None:
    with reading(EVERYTHING) as session:
        stands = standing(dossier(session, enterprise_id))
    assert change_particulars(member(enterprise_id), replace(stands, name_en="Renamed Machines Ltd"))


def move(enterprise_id: int, folder: Path) -> None:
    change_position(OFFICER, enterprise_id, PositionEntry("05-M1", "3425", today().isoformat(), "实地核实"))


CHANGES = {"list": rename, "english": rename_in_english, "position": move}
SAYS = {"list": NEW_NAME, "english": "Renamed Machines Ltd", "position": "Chain and segment"}
VERBS = {"list": "register-list.loaded", "english": "particulars.changed", "position": "position.changed"}


@pytest.mark.parametrize("way", list(CHANGES))
def test_whatever_the_record_states_and_changes_gives_a_new_one(enterprise_id: int, tmp_path: Path, way: str) -> None:
    (before,) = records()
    CHANGES[way](enterprise_id, tmp_path)
    old, new = records()
    assert (old.serial, old.state) == (before.serial, PaperState.SUPERSEDED)
    assert new.state is PaperState.VALID and new.case_id == old.case_id
    assert SAYS[way] in str(new.snapshot.content())
    changed = {line.label.en for line in set(new.snapshot.lines) ^ set(old.snapshot.lines)}
    assert (changed == {"Chain and segment"}, new.snapshot.holder == old.snapshot.holder) == (
        (True, True) if way == "position" else (False, False)
    )
    with reading(EVERYTHING) as session:
        rows = {row.serial: row for row in session.scalars(select(Paper))}
        assert rows[new.serial].replaces_id == rows[old.serial].id
        notice = session.scalars(select(Notice).where(Notice.kind == "record-renewed")).one()
        mail = session.scalars(select(Mail).where(Mail.subject.startswith("A new record of registration"))).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == VERBS[way])).one()
    assert notice.account_id == 90 and notice.link == mail.link == f"/papers/{new.serial}"
    assert all(number in text for number in (old.serial, new.serial) for text in (notice.body_zh, mail.body))
    if way == "list":
        assert event.detail["counts"]["records"] == 1
    else:
        assert event.detail["record"] == {"issued": new.serial, "superseded": old.serial}
    assert verify() == []


def test_a_paper_of_later_says_both_days(enterprise_id: int, tmp_path: Path) -> None:
    (before,) = records()
    with transaction(EVERYTHING) as session:
        row = dossier(session, enterprise_id).row
        row.registered_on = row.registered_on.replace(year=2024) if row.registered_on else None
    move(enterprise_id, tmp_path)
    _, new = records()
    assert before.snapshot.text is None and new.snapshot.issued_on == today()
    assert new.snapshot.text is not None and "2024年" in new.snapshot.text.zh and "2024" in new.snapshot.text.en


def test_what_the_record_does_not_state_leaves_it_alone(enterprise_id: int) -> None:
    (before,) = records()
    change_position(OFFICER, enterprise_id, PositionEntry("01-M1", "3421", today().isoformat(), "实地核实"))
    with reading(EVERYTHING) as session:
        stands = standing(dossier(session, enterprise_id))
    change_particulars(member(enterprise_id), replace(stands, address="缙云县示例路2号", products=("锯条",)))
    assert records() == [before]
    assert not issue_again(LEAD, enterprise_id)
    assert records() == [before]


def test_a_revoked_record_stays_revoked_until_the_lead_issues_one(
    app: Flask, enterprise_id: int, tmp_path: Path
) -> None:
    (first,) = records()
    revoke_paper(LEAD, first.serial, "登记有误")
    rename(enterprise_id, tmp_path)
    assert [paper.state for paper in records()] == [PaperState.REVOKED]
    with pytest.raises(Missing):
        issue_again(person(Role.COUNTY_LEAD, 903, county=ELSEWHERE), enterprise_id)
    for language in LANGUAGES:
        officer, lead = signed_in(app, OFFICER), None
        page = officer.get(f"/enterprises/{enterprise_id}?lang={language}")
        assert first.serial in page.text and not [f for f in page.forms if f.action.endswith("/record")]
        lead = signed_in(app, LEAD)
        assert f"/enterprises/{enterprise_id}#record" in lead.get(f"/papers/{first.serial}?lang={language}").html
        page = lead.get(f"/enterprises/{enterprise_id}?lang={language}")
    page = lead.submit(f"/enterprises/{enterprise_id}/record")
    assert page.status == 200 and not [f for f in page.forms if f.action.endswith("/record")]
    old, new = records()
    assert (old.state, new.state, new.snapshot.holder.zh) == (PaperState.REVOKED, PaperState.VALID, NEW_NAME)
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "record.issued")).one()
        notice = session.scalars(select(Notice).where(Notice.kind == "record-renewed")).one()
    assert event.subject == f"paper:{new.serial}" and event.detail == {"issued": new.serial, "superseded": ""}
    assert new.serial in notice.body_en and "superseded" not in notice.body_en


def test_a_record_from_before_that_no_longer_fits_is_shown_and_replaced(app: Flask, enterprise_id: int) -> None:
    with transaction(EVERYTHING) as session:
        dossier(session, enterprise_id).row.name_zh = NEW_NAME
    page = signed_in(app, LEAD).get(f"/enterprises/{enterprise_id}")
    assert page.having(id="record") and [form for form in page.forms if form.action.endswith("/record")]
    assert issue_again(LEAD, enterprise_id)
    assert [paper.state for paper in records()] == [PaperState.SUPERSEDED, PaperState.VALID]
    assert not issue_again(LEAD, enterprise_id)


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)  # SQLite's writers come one after the other
def test_who_began_before_a_colleague_s_change_gives_a_record_that_states_both(
    enterprise_id: int, tmp_path: Path
) -> None:
    with transaction(EVERYTHING) as session:
        row = enterprise(session, enterprise_id)
        rename_in_english(enterprise_id, tmp_path)
        row.segment, row.chain = "05-M1", "05"
        renew_record(session, OFFICER, row)
    _, _, new = records()
    with reading(EVERYTHING) as session:
        row = enterprise(session, enterprise_id)
        assert (row.segment, row.name_en) == ("05-M1", "Renamed Machines Ltd")
        assert new.state is PaperState.VALID and is_true(new, row, catalogue_today(session))
