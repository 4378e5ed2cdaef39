"""The one deed that moves a case: law, people, dates, and what the database itself refuses."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy.exc import IntegrityError

from portal.casework import remark
from portal.casework.models import Case
from portal.casework.move import move
from portal.casework.open_case import open_case
from portal.casework.queries import case as case_of
from portal.casework.queries import decisions, locked, open_remarks
from portal.casework.rules import REPLY_WORKING_DAYS
from portal.catalogue.queries import work_calendar
from portal.database.session import Database, reading, transaction
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing, Refusal
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import (
    AFTER_DECISION,
    DECIDED,
    DECISIONS,
    IN_REVIEW,
    TRANSITIONS,
    Action,
    Kind,
    State,
    transition,
)
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_case, day, person
from tests.fixtures.filers import add_window

REASON = "请核对302与303"


def test_every_kind_state_action_and_role_moves_as_the_table_says_and_not_otherwise(database: Database) -> None:
    """The whole product, on the real table: an allowed move keeps every CHECK, a refused one changes nothing."""
    walked = 0
    with transaction(EVERYTHING) as session:
        for kind, state in product(Kind, State):
            case = add_case(session, state, kind)
            for action, role in product(Action, Role):
                row = transition(kind, state, action)
                actor = person(role)
                if row is None or not row.is_open_to(actor.permissions):
                    with pytest.raises((Denied, Illegal)):
                        move(session, case, actor, action, reason=REASON)
                    assert (case.state, case.version) == (state, 3)
                    continue
                with session.begin_nested() as point:
                    assert move(session, case, actor, action, reason=REASON, assignee_id=2) is (row.target or state)
                    assert case.version == 4
                    assert len(decisions(session, case.id)) == (action in DECISIONS)
                    walked += 1
                    point.rollback()
                session.refresh(case)
    assert walked >= sum(len(row.sources) * len(row.kinds) for row in TRANSITIONS)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_case_opens_as_a_draft_that_knows_who_entered_it(database: Database, kind: Kind) -> None:
    applicant = person(Role.APPLICANT, 90)
    with transaction(applicant) as session:
        made = open_case(
            session,
            applicant,
            kind,
            enterprise_id=7,
            county=HERE,
            chain="01",
            enterprise_name="丽水示例一号有限公司",
            credit_code="91331122MA2E1H8U6K",
            quarter=20263 if kind is Kind.FILING else None,
        )
    with reading(applicant.scope) as session:
        kept = case_of(session, made.id)
        assert (kept.kind, kept.state, kept.version, kept.entered_by_ids) == (kind, State.DRAFT, 1, [90])


def test_a_case_of_another_county_is_not_there(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, county=ELSEWHERE)
    for read in (case_of, locked):
        with reading(Scope.counties(HERE)) as session, pytest.raises(Missing):
            read(session, case.id)


def test_nobody_decides_or_claims_what_they_entered(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, entered_by_ids=[1, 90])
        for action in (*sorted(DECISIONS - {Action.REOPEN, Action.UNDO}, key=str), Action.CLAIM):
            if transition(case.kind, case.state, action):
                with pytest.raises(Denied) as refused:
                    move(session, case, person(Role.COUNTY_LEAD), action, reason=REASON)
                assert refused.value.code == "own-entry"


def test_whoever_saves_hands_over_or_submits_has_entered(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.DRAFT)
        move(session, case, person(Role.PREPARER, 91), Action.SAVE)
        move(session, case, person(Role.PREPARER, 92), Action.HAND_OVER)
        move(session, case, person(Role.CERTIFIER, 93), Action.SUBMIT)
        assert case.entered_by_ids == [90, 91, 92, 93]


def test_a_stale_version_is_refused_with_what_the_case_is_now(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session)
        with pytest.raises(Conflict) as refused:
            move(session, case, person(Role.COUNTY_OFFICER), Action.APPROVE, expected_version=2)
        assert refused.value.code == "stale"
        assert refused.value.changed["state"] == State.SUBMITTED.title


def test_a_case_claimed_by_another_is_theirs_to_decide(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.UNDER_REVIEW, claimed_by_id=5)
        for action in (Action.APPROVE, Action.RETURN, Action.VOID):
            with pytest.raises(Conflict) as refused:
                move(session, case, person(Role.COUNTY_LEAD), action, reason=REASON)
            assert refused.value.code == "claimed"
        with pytest.raises(Conflict):
            move(session, case, person(Role.COUNTY_OFFICER), Action.RELEASE)
        move(session, case, person(Role.COUNTY_LEAD), Action.RELEASE)
        assert (case.state, case.claimed_by_id) == (State.SUBMITTED, None)


def test_only_the_one_who_approved_can_undo(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.APPROVED, decided_by_id=5)
        with pytest.raises(Denied) as refused:
            move(session, case, person(Role.COUNTY_OFFICER), Action.UNDO)
        assert refused.value.code == "not-yours"
        move(session, case, person(Role.COUNTY_OFFICER, 5), Action.UNDO)
        assert (case.state, case.claimed_by_id, case.decided_at) == (State.UNDER_REVIEW, 5, None)


def with_both_posts(account_id: int) -> Actor:
    """One person who fills in and certifies."""
    return replace(person(Role.CERTIFIER, account_id), roles=frozenset({Role.PREPARER, Role.CERTIFIER}))


def test_the_dates_follow_the_moves(database: Database) -> None:
    officer, certifier = person(Role.COUNTY_LEAD), with_both_posts(90)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.DRAFT)
        move(session, case, certifier, Action.SUBMIT)
        first = case.first_submitted_at
        assert case.due_on is not None and case.due_on > today()
        move(session, case, officer, Action.RETURN, reason=REASON)
        assert case.reply_due_on is not None and case.reply_due_on > today()
        assert (case.claimed_by_id, case.decided_by_id) == (None, 1)
        move(session, case, certifier, Action.SUBMIT)
        assert (case.first_submitted_at, case.decided_at) == (first, None)
        assert case.submitted_at is not None and first is not None and case.submitted_at >= first
        move(session, case, certifier, Action.WITHDRAW)
        assert (case.submitted_at, case.due_on) == (None, None)


@pytest.mark.parametrize("left", [-40, 0, 40])
def test_a_return_gives_never_less_than_the_quarter_does(database: Database, left: int) -> None:
    """What the message says, the list of who is missing, the form and the front page are one day."""
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED)
        add_window(session, due=left)
        move(session, case, person(Role.COUNTY_OFFICER), Action.RETURN, reason=REASON)
        default = work_calendar(session).working_days_after(today(), REPLY_WORKING_DAYS)
        assert case.reply_due_on == max(default, day(left))


@pytest.mark.parametrize(("action", "after"), [(Action.APPROVE, State.APPROVED), (Action.VOID, State.VOID)])
def test_a_returned_case_keeps_its_day_until_it_is_decided(database: Database, action: Action, after: State) -> None:
    officer, certifier, until = person(Role.COUNTY_LEAD), with_both_posts(90), day(4)
    walk: list[tuple[Actor, Action]] = [
        (person(Role.PREPARER, 91), Action.HAND_OVER), (certifier, Action.SEND_BACK),
        (person(Role.PREPARER, 91), Action.SAVE), (person(Role.PREPARER, 91), Action.HAND_OVER),
        (certifier, Action.SUBMIT), (certifier, Action.WITHDRAW), (certifier, Action.SUBMIT), (officer, Action.CLAIM),
    ]  # fmt: skip
    with transaction(EVERYTHING) as session:
        case = add_case(session)
        move(session, case, officer, Action.RETURN, reason=REASON, due_on=until)
        for actor, step in walk:
            move(session, case, actor, step, reason=REASON)
            assert case.reply_due_on == until, step
        move(session, case, officer, action, reason=REASON)
        assert (case.state, case.reply_due_on) == (after, None)


def test_a_decision_keeps_what_was_seen_and_said(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session)
        move(session, case, person(Role.COUNTY_OFFICER), Action.RETURN, reason=f" {REASON}\r\n", idempotency_key="k1")
        (made,) = decisions(session, case.id)
        assert (made.action, made.from_state, made.to_state) == (Action.RETURN, State.SUBMITTED, State.RETURNED)
        assert (made.reason, made.version_no, made.decided_by_id, made.county) == (REASON, 3, 1, HERE)


# What the table of states says, asked of the database: each line is one impossible row.
IMPOSSIBLE = [
    *(({"state": state}, {"decided_at": None}) for state in sorted(AFTER_DECISION, key=str)),
    *(({"state": state}, {"submitted_at": None}) for state in sorted(IN_REVIEW, key=str)),
    *(({"state": state}, {"due_on": None}) for state in sorted(IN_REVIEW | AFTER_DECISION, key=str)),
    ({"state": State.UNDER_REVIEW}, {"claimed_by_id": None}),
    ({"state": State.SUBMITTED}, {"claimed_by_id": 1}),
    ({"state": State.RETURNED}, {"reply_due_on": None}),
    *(({"state": state}, {"reply_due_on": today()}) for state in sorted(DECIDED, key=str)),
    ({"kind": Kind.FILING}, {"quarter": None}),
    ({"kind": Kind.ACCESS}, {"quarter": 20263}),
    ({}, {"version": 0}),
]


def test_the_database_refuses_a_row_that_cannot_be(database: Database) -> None:
    for standing, wrong in IMPOSSIBLE:
        with pytest.raises(IntegrityError), transaction(EVERYTHING) as session:
            add_case(session, **{**standing, **wrong})  # type: ignore[arg-type]


def test_two_writers_of_one_version_end_in_one_move(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session)
    with transaction(EVERYTHING) as session:
        mine = case_of(session, case.id)
        session.connection().execute(Case.__table__.update().values(version=4))
        with pytest.raises(Conflict):
            move(session, mine, person(Role.COUNTY_OFFICER), Action.CLAIM)
        session.rollback()


def test_a_question_is_asked_answered_and_closed(database: Database) -> None:
    officer, preparer = person(Role.COUNTY_OFFICER), person(Role.PREPARER, 90)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.UNDER_REVIEW)
        asked = remark.ask(session, case, officer, "302", "天然气增加多少？")
        assert open_remarks(session, case.id) == (asked,)
        remark.reply(session, asked, preparer, "31.2万立方米")
        assert (asked.reply, asked.replied_by_id, open_remarks(session, case.id)) == ("31.2万立方米", 90, ())
        remark.close(session, asked, officer)
        with pytest.raises(Illegal):
            remark.reply(session, asked, preparer, "再说一次")


@pytest.mark.parametrize(
    ("text", "kind"), [("", Invalid), ("  \n", Invalid), ("\x00", Invalid), ("x" * 70000, Invalid)]
)
def test_a_question_that_says_nothing_readable_is_refused(database: Database, text: str, kind: type[Refusal]) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.UNDER_REVIEW)
        with pytest.raises(kind) as refused:
            remark.ask(session, case, person(Role.COUNTY_OFFICER), None, text, at_field="question")
        assert "question" in refused.value.fields


def test_an_auditor_asks_nothing(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.UNDER_REVIEW)
        with pytest.raises(Denied):
            remark.ask(session, case, person(Role.AUDITOR), None, "为什么？")
