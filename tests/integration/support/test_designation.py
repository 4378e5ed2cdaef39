"""An award of a designation is one in the register: a dated fact from the decision, which conditions read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import DESIGNATIONS, Designation, Enterprise
from portal.kernel.clock import today
from portal.kernel.errors import Illegal
from portal.kernel.workflow import Action
from portal.support.evaluate import Status, judge, years_after
from portal.support.models import Award
from portal.support.policy import DESIGNATES
from portal.support.queries import knowledge, policy
from portal.support.reading import read_condition
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import ENTERPRISE, at_work
from tests.integration.support.ground import before_the_city, budget, case_of, city, decide, lead, officer
from tests.integration.support.test_policy_editing import published
from tests.unit.support.shipped import names

pytestmark = pytest.mark.content("catalogue")
LEADING = "P201"
# Of its conditions those that officers judge: figures of four quarters are no matter of what an award does.
JUDGED = {"conditions": 'officer("在技术或标准上有带动作用","Drives technology or standards")', "vetoes": ["V1"]}


def designations() -> list[Designation]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(Designation).order_by(Designation.id)))


def status_of(condition: str, day: date) -> Status:
    with reading(EVERYTHING) as session:
        return judge(read_condition(condition), knowledge(session, ENTERPRISE, day), names).status


def awarded(folder: Path, code: str = LEADING) -> int:
    number = before_the_city(folder, code)
    decide(lead(), number)
    return number


def test_what_is_awarded_can_be_what_the_register_knows() -> None:
    assert tuple(DESIGNATES) == DESIGNATIONS


def test_an_award_as_chain_leading_enterprise_designates_it_from_its_day_for_three_years(
    app: Flask, tmp_path: Path
) -> None:
    city()
    published(LEADING, **JUDGED)
    number = before_the_city(tmp_path, LEADING)
    assert status_of("role = chain-leading", today()) is Status.NOT_MET and not designations()
    decide(lead(), number)
    (row,) = designations()
    with reading(EVERYTHING) as session:
        award = session.scalars(select(Award)).one()
        (event,) = session.scalars(
            select(AuditEvent).where(
                AuditEvent.stream == f"case:{case_of(number).id}", AuditEvent.verb == "case.approve"
            )
        )
    ends = years_after(today(), 3)
    assert (row.kind, row.for_chain, row.enterprise_id) == ("chain-leading", "01", ENTERPRISE)
    assert (row.decided_on, row.document_no, row.until_on) == (award.decided_on, award.decision_no, ends)
    assert event.detail["designation"]["document"] == award.decision_no
    assert status_of("role = chain-leading", today()) is Status.MET
    assert status_of("role = chain-leading", ends - timedelta(days=1)) is Status.MET
    assert status_of("role = chain-leading", ends) is Status.NOT_MET
    assert award.decision_no in at_work(app, officer()).get(f"/enterprises/{ENTERPRISE}").text


def test_what_is_decided_otherwise_or_grants_money_designates_nobody(database: Database, tmp_path: Path) -> None:
    city()
    published(LEADING, **JUDGED)
    budget("250000")
    awarded(tmp_path, "P102")
    refused = before_the_city(tmp_path, LEADING, "key-of-the-second-one")
    decide(lead(), refused, Action.REJECT, "不符合")
    assert not designations()


def test_a_designation_as_the_bureau_words_it_may_last_without_end(database: Database, tmp_path: Path) -> None:
    city()
    published(LEADING, **JUDGED, amount_designates="key", amount_years="")
    awarded(tmp_path)
    (row,) = designations()
    assert (row.kind, row.until_on) == ("key", None)
    with reading(EVERYTHING) as session:
        assert policy(session, LEADING).policy.amount.designates == "key"


def test_who_is_on_no_chain_is_not_designated_for_one(database: Database, tmp_path: Path) -> None:
    city()
    published(LEADING, **JUDGED)
    number = before_the_city(tmp_path, LEADING)
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, ENTERPRISE).chain = "00"
    with pytest.raises(Illegal) as caught:
        decide(lead(), number)
    assert caught.value.code == "no-chain"
    assert not designations()
