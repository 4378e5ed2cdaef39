"""Life goes on where the demo stops: what was built in bulk is what the commands would have written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.verify import verify
from portal.casework.models import Case
from portal.database.session import Database, reading
from portal.filing import commands, commands_submit
from portal.filing.models import Fact, Filing, FilingVersion
from portal.kernel.clock import today
from portal.kernel.period import Quarter
from portal.kernel.workflow import Action, Kind, State
from portal.review import commands as review
from portal.review.decide_one import Order
from portal.statistics.commands import compare
from portal.statistics.models import Cell
from tests.integration.demo.people import ALL, acting, filing_case, members_of

pytestmark = pytest.mark.content("demo")
JINYUN_2, SUBMITTED, FLAGGED, APPROVED = 3, 5, 7, 11  # ids: the number in the population and one


def newest() -> Quarter:
    return Quarter.containing(today()) - 1


def facts(enterprise_id: int) -> list[tuple[Any, ...]]:
    with reading(ALL) as session:
        names = "quarter indicator value county chain segment size_class respondent_class basis version_id".split()
        columns = [getattr(Fact, name) for name in names]
        rows = session.execute(select(*columns).where(Fact.enterprise_id == enterprise_id))
        return sorted(tuple(row) for row in rows)


def cells() -> list[tuple[Any, ...]]:
    with reading(ALL) as session:
        columns = [column for column in Cell.__table__.columns if column.name != "id"]
        return sorted(tuple(row) for row in session.execute(select(*columns)))


def versions(enterprise_id: int) -> list[FilingVersion]:
    with reading(ALL) as session:
        return list(
            session.scalars(
                select(FilingVersion)
                .where(FilingVersion.enterprise_id == enterprise_id, FilingVersion.quarter == newest().code)
                .order_by(FilingVersion.number)
            )
        )


def draft_version(enterprise_id: int) -> int:
    with reading(ALL) as session:
        statement = select(Filing.draft_version).where(Filing.quarter == newest().code)
        return session.scalars(statement.where(Filing.enterprise_id == enterprise_id)).one()


def order(enterprise_id: int, key: str) -> commands_submit.Order:
    return commands_submit.Order(key, draft_version(enterprise_id), True)


@pytest.mark.parametrize("enterprise_id", [SUBMITTED, FLAGGED])
def test_the_real_submission_of_the_same_draft_has_the_same_content(database: Database, enterprise_id: int) -> None:
    certifier = acting(members_of(enterprise_id)["certifier"])
    before = filing_case(enterprise_id, newest())
    commands.withdraw(certifier, newest())
    commands.hand_over(acting(members_of(enterprise_id)["preparer"]), newest())
    commands_submit.submit(certifier, newest(), order(enterprise_id, "a-key-of-this-very-test"))
    bulk, real = versions(enterprise_id)
    on = {"on": today().isoformat()}
    assert bulk.content | {"people": bulk.content["people"] | on} == real.content
    after = filing_case(enterprise_id, newest())
    for name in ("flags", "headline", "headline_growth", "weight", "segment", "is_late", "entered_by_ids"):
        assert getattr(after, name) == getattr(before, name), name


def test_publishing_for_real_gives_the_same_facts_and_cells(database: Database) -> None:
    before, counted = facts(APPROVED), cells()
    case, lead, officer = filing_case(APPROVED, newest()), acting("lead-jinyun"), acting("officer-jinyun")
    review.decide(lead, Order(case.id, Action.REOPEN, case.version, "核对一次"))
    assert facts(APPROVED) != before
    reopened = filing_case(APPROVED, newest())
    review.release(lead, case.id, reopened.version)
    review.decide(officer, Order(case.id, Action.APPROVE))
    assert facts(APPROVED) == before
    assert cells() == counted
    assert compare() == []


def test_what_waits_can_be_walked_to_its_end(database: Database) -> None:
    certifier, officer = acting("certifier-jinyun-2"), acting("officer-jinyun")
    commands_submit.submit(certifier, newest(), order(JINYUN_2, "another-key-of-this-test"))
    case = filing_case(JINYUN_2, newest())
    review.claim(officer, case.id)
    review.decide(officer, Order(case.id, Action.APPROVE))
    assert filing_case(JINYUN_2, newest()).state is State.APPROVED
    assert compare() == []
    assert verify() == []


def test_one_that_was_not_begun_can_be_begun(database: Database) -> None:
    preparer = acting("preparer-longquan-2")
    commands.start_filing(preparer, newest())
    assert filing_case(4, newest()).state is State.DRAFT


def test_a_waiting_registration_is_admitted_and_a_second_claim_joins(database: Database) -> None:
    with reading(ALL) as session:
        waiting = select(Case).where(Case.state == State.SUBMITTED, Case.kind != Kind.FILING)
        cases = {case.kind: case for case in session.scalars(waiting)}
    review.decide(acting("officer-jinyun"), Order(cases[Kind.REGISTRATION].id, Action.APPROVE))
    review.decide(acting("officer-longquan"), Order(cases[Kind.ACCESS].id, Action.APPROVE))
    assert members_of(2)["preparer"] in {"preparer-longquan-1", "claimant-longquan"}
    assert verify() == []
