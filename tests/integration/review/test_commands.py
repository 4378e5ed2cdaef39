"""The officer's commands on real databases: one owner, one decision, nothing half-done, everybody told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, Post
from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.casework.models import Case, Decision, Remark
from portal.casework.queries import remarks
from portal.database.session import Database, reading, transaction
from portal.kernel.clock import now, today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing, Refusal
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import Action, Kind, State
from portal.notices.models import Mail, Notice
from portal.review import commands
from portal.review.commands import Pick
from portal.review.decide_one import Order
from portal.review.rules import APPLIED, BATCH_LIMIT
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_account, add_case, person

OFFICER, LEAD = person(Role.COUNTY_OFFICER, 1), person(Role.COUNTY_LEAD, 2)
PREPARER_ID = 90


@pytest.fixture
def people(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number, role in ((1, Role.COUNTY_OFFICER), (2, Role.COUNTY_LEAD)):
            add_account(session, number, f"审核员{number}")
            session.add(Post(account_id=number, role=role.value, county=HERE, since_on=today()))
        add_account(session, PREPARER_ID, "填报人", is_office=False)
        account = session.get_one(Account, PREPARER_ID)
        account.email, account.language = "preparer@example.com", "en"


@pytest.fixture
def case_id(database: Database, people: None) -> int:
    with transaction(EVERYTHING) as session:
        return add_case(session).id


@pytest.fixture
def seen(database: Database) -> Iterator[Session]:
    with reading(EVERYTHING) as session:
        yield session


def order(case_id: int, action: Action = Action.RETURN, **given: Any) -> Order:
    return Order(case_id, action, **{"version": 3, "reason": "请核对302", **given})


def written(session: Session) -> tuple[int, ...]:
    """How many rows decisions leave behind, table by table."""
    tables = (Decision, Remark, Notice, Mail, AuditEvent)
    return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_twenty_officers_claiming_five_cases_leave_each_with_one_owner(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        ids = [add_case(session).id for _ in range(5)]

    def grab(number: int) -> list[int]:
        mine = []
        for case_id in ids:
            try:
                commands.claim(person(Role.COUNTY_OFFICER, 100 + number), case_id)
            except Refusal:
                continue
            mine.append(case_id)
        return mine

    with ThreadPoolExecutor(20) as pool:
        grabbed = list(pool.map(grab, range(20)))
    assert sorted(case_id for mine in grabbed for case_id in mine) == ids
    with reading(EVERYTHING) as session:
        for number, mine in enumerate(grabbed):
            for case_id in mine:
                assert session.get_one(Case, case_id).claimed_by_id == 100 + number


def test_claiming_ones_own_claim_again_changes_nothing(seen: Session, case_id: int) -> None:
    commands.claim(OFFICER, case_id)
    commands.claim(OFFICER, case_id)
    assert seen.get_one(Case, case_id).version == 4
    assert written(seen)[-1] == 1


def test_a_return_tells_the_enterprise_in_its_language_and_records_it(seen: Session, case_id: int) -> None:
    state = commands.decide(OFFICER, order(case_id, remarks=(("302", "增加45.8%，为什么？"), (None, " "))))
    assert state is State.RETURNED
    (notice,) = seen.scalars(select(Notice)).all()
    (mail,) = seen.scalars(select(Mail)).all()
    assert (notice.account_id, notice.link) == (PREPARER_ID, "/filings/2026Q3")
    assert "请核对302" in notice.body_zh and "请核对302" in notice.body_en
    assert (mail.address, mail.language) == ("preparer@example.com", "en")
    assert [(r.field, r.author_side) for r in remarks(seen, case_id)] == [("302", "officer")]
    (event,) = seen.scalars(select(AuditEvent)).all()
    assert (event.stream, event.verb, event.actor_id) == (f"case:{case_id}", "case.return", 1)
    assert verify() == []


def test_words_of_the_enterprise_with_braces_are_told_as_they_are(seen: Session, case_id: int) -> None:
    commands.decide(OFFICER, order(case_id, reason="{name} {0} %(x)s"))
    assert "{name} {0} %(x)s" in seen.scalars(select(Notice)).one().body_zh


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"version": 2}, Conflict),
        ({"version": 0}, Conflict),
        ({"reason": "  "}, Invalid),
        ({"reason": "\x00"}, Invalid),
        ({"reason": "x" * 65536}, Invalid),
        ({"remarks": (("302", "\u202e"),)}, Invalid),
        ({"action": Action.REJECT}, Denied),
        ({"action": Action.REOPEN}, Denied),
        ({"action": Action.UNDO}, Illegal),
    ],
    ids=str,
)
def test_a_refused_decision_leaves_nothing_behind(
    seen: Session, case_id: int, given: dict[str, Any], kind: type[Refusal]
) -> None:
    with pytest.raises(kind):
        commands.decide(OFFICER, order(case_id, **given))
    assert seen.get_one(Case, case_id).version == 3
    assert not any(written(seen))


def test_an_error_in_a_remark_names_its_row(case_id: int) -> None:
    with pytest.raises(Invalid) as refused:
        commands.decide(OFFICER, order(case_id, remarks=((None, ""), ("302", "\x07"))))
    assert set(refused.value.fields) == {"remark_1"}


def test_a_repeated_post_makes_one_decision(seen: Session, case_id: int) -> None:
    for _ in range(2):
        assert commands.decide(OFFICER, order(case_id, key="0123456789abcdef")) is State.RETURNED
    assert written(seen)[0] == 1
    assert seen.get_one(Case, case_id).version == 4


def test_twenty_posts_of_one_form_make_one_decision(seen: Session, case_id: int) -> None:
    with ThreadPoolExecutor(20) as pool:
        states = list(pool.map(lambda _: commands.decide(OFFICER, order(case_id, key="0123456789abcdef")), range(20)))
    assert set(states) == {State.RETURNED}
    assert written(seen)[0] == 1


def test_two_officers_deciding_at_once_make_one_decision(seen: Session, case_id: int) -> None:
    def decide(actor: Actor) -> str:
        try:
            commands.decide(actor, order(case_id))
        except Conflict as conflict:
            return conflict.code
        return APPLIED

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, [OFFICER, LEAD])) == [APPLIED, "stale"]


COMMANDS = {
    "claim": commands.claim,
    "release": lambda actor, case_id: commands.release(actor, case_id, 3),
    "assign": lambda actor, case_id: commands.assign(actor, case_id, 3, 1),
    "ask": lambda actor, case_id: commands.ask(actor, case_id, 3, "302", "为什么？"),
    "close": lambda actor, case_id: commands.close_remark(actor, case_id, 1),
    "decide": lambda actor, case_id: commands.decide(actor, order(case_id)),
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_case_of_another_county_is_not_there(database: Database, name: str) -> None:
    with transaction(EVERYTHING) as session:
        case_id = add_case(session, county=ELSEWHERE).id
    with pytest.raises(Missing):
        COMMANDS[name](OFFICER, case_id)


@pytest.mark.parametrize("name", ["claim", "ask", "decide"])
def test_nobody_works_on_what_they_entered(database: Database, people: None, name: str) -> None:
    with transaction(EVERYTHING) as session:
        case_id = add_case(session, entered_by_ids=[1]).id
    with pytest.raises(Denied) as refused:
        COMMANDS[name](OFFICER, case_id)
    assert refused.value.code == "own-entry"


def test_a_lead_assigns_to_an_officer_of_the_county_only(seen: Session, case_id: int) -> None:
    for stranger in (PREPARER_ID, 77):
        with pytest.raises(Invalid) as refused:
            commands.assign(LEAD, case_id, 3, stranger)
        assert set(refused.value.fields) == {"assignee"}
    commands.assign(LEAD, case_id, 3, 1)
    case = seen.get_one(Case, case_id)
    assert (case.state, case.claimed_by_id) == (State.UNDER_REVIEW, 1)
    assert seen.scalars(select(Notice)).one().account_id == 1


def test_a_question_belongs_to_the_version_that_was_seen(seen: Session, case_id: int) -> None:
    with pytest.raises(Conflict):
        commands.ask(OFFICER, case_id, 2, "302", "为什么？")
    asked = commands.ask(OFFICER, case_id, 3, "302", "为什么？")
    commands.close_remark(OFFICER, case_id, asked)
    assert seen.get_one(Remark, asked).closed_by_id == 1


def test_a_question_asked_twice_in_the_same_words_is_one_until_it_is_closed(seen: Session, case_id: int) -> None:
    asked = [commands.ask(OFFICER, case_id, 3, "302", text) for text in ("为什么？", " 为什么？\r\n")]
    other = [commands.ask(*given) for given in (
        (OFFICER, case_id, 3, "303", "为什么？"), (OFFICER, case_id, 3, None, "为什么？"),
        (OFFICER, case_id, 3, "302", "为何？"), (LEAD, case_id, 3, "302", "为什么？"),
    )]  # fmt: skip
    assert asked[0] == asked[1] and len({*asked, *other}) == 5
    told = select(AuditEvent.verb).where(AuditEvent.verb == "case.ask")
    assert len(seen.scalars(told).all()) == 5
    commands.close_remark(OFFICER, case_id, asked[0])
    assert commands.ask(OFFICER, case_id, 3, "302", "为什么？") not in asked


def test_a_question_of_another_case_is_not_closed_from_here(database: Database, case_id: int) -> None:
    with transaction(EVERYTHING) as session:
        other = add_case(session).id
    asked = commands.ask(OFFICER, case_id, 3, None, "为什么？")
    with pytest.raises(Missing):
        commands.close_remark(OFFICER, other, asked)


def test_a_batch_of_claims_reports_each_and_one_refusal_stops_no_other(database: Database, seen: Session) -> None:
    with transaction(EVERYTHING) as session:
        free, taken = add_case(session).id, add_case(session, State.UNDER_REVIEW, claimed_by_id=5).id
        own, foreign = add_case(session, entered_by_ids=[1]).id, add_case(session, county=ELSEWHERE).id
        last = add_case(session).id
    outcomes = commands.claim_many(OFFICER, [Pick(i, 3) for i in (free, taken, own, foreign, free, last)])
    assert {o.case_id: o.code for o in outcomes} == {
        free: APPLIED,
        taken: "wrong-state",
        own: "own-entry",
        foreign: "missing",
        last: APPLIED,
    }
    assert len(outcomes) == 5
    assert seen.get_one(Case, last).claimed_by_id == 1


def test_a_batch_decides_only_clean_filings_as_they_were_seen(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        flagged, changed = add_case(session, flags=1).id, add_case(session, version=4).id
        joining = add_case(session, kind=Kind.REGISTRATION).id
        theirs = add_case(session, State.UNDER_REVIEW, claimed_by_id=5).id
    outcomes = commands.decide_many(
        OFFICER, Action.APPROVE, [Pick(i, 3) for i in (flagged, changed, joining, theirs)], key="k" * 32
    )
    assert [o.code for o in outcomes] == ["flagged", "stale", "one-by-one", "claimed"]


def test_a_batch_is_no_longer_than_its_limit(database: Database) -> None:
    assert len(commands.claim_many(OFFICER, [Pick(i, 1) for i in range(BATCH_LIMIT + 9)])) == BATCH_LIMIT


def test_an_undo_comes_too_late_after_the_window(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        late = add_case(session, State.APPROVED, decided_at=now() - timedelta(minutes=11)).id
        others = add_case(session, State.APPROVED, decided_by_id=5).id
    with pytest.raises(Illegal) as refused:
        commands.decide(OFFICER, Order(late, Action.UNDO))
    assert refused.value.code == "too-late"
    with pytest.raises(Denied):
        commands.decide(OFFICER, Order(others, Action.UNDO))
