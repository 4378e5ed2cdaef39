"""The lock of a county's quarter on both databases: when, by whom, what it stops, how it is taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.casework import remark as remarks
from portal.casework.models import Case
from portal.casework.move import move
from portal.casework.queries import locked
from portal.catalogue.models import FilingWindow
from portal.catalogue.queries import windows
from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise
from portal.filing import commands as filing
from portal.filing.commands_submit import submit
from portal.filing.lock import held_window, hold_cases, lock_quarter
from portal.filing.models import Filing
from portal.jobs.queue import enqueue
from portal.jobs.run import Runner
from portal.kernel.clock import now, today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing, Refusal
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import Action, Kind, State
from portal.notices.models import Mail, Notice
from portal.review import commands
from portal.review.commands_quarter import Seen, accept_quarter, take_lock_back
from portal.review.commands_remind import remind_chosen
from portal.review.decide_one import Order
from portal.review.queries_missing import missing as missing_in
from portal.review.queries_quarter import unit_quarters
from portal.statistics import tasks
from portal.statistics.commands import compare, list_due
from portal.statistics.models import DueEnterprise
from portal.statistics.models_release import Release
from portal.statistics.queries_due import owing
from tests.fixtures.accepted import (
    BUREAU,
    BUREAU_LEAD,
    LEAD,
    OFFICER,
    SECOND,
    accept,
    acceptances,
    county,
    language_of,
    put,
    second,
    the_case,
)
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_case, add_filing, person
from tests.fixtures.filers import (
    ENTERPRISE,
    FIGURES,
    Q3,
    add_enterprise,
    add_window,
    both_posts,
    certifier,
    current,
    fields,
    filer,
    order,
    preparer,
    saved,
)

pytestmark = pytest.mark.content("county")
ASKED = "请核对302"
DECLARING = (tasks,)  # importing it is what declares its handler
THERE = person(Role.COUNTY_OFFICER, 5, county=ELSEWHERE)


def code_of(act: Callable[[], object]) -> str:
    """The code it is refused with; `done` when it is not."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "done"


# --- accepting ---------------------------------------------------------------------------------------------------


def test_an_acceptance_says_who_when_and_how_much_and_locks_every_filing(database: Database) -> None:
    second()
    accept(1, 1, confirms=True)
    (row,) = acceptances()
    assert (row.quarter, row.county, row.due, row.approved, row.missing) == (Q3.code, HERE, 2, 1, 1)
    assert (row.accepted_by_id, row.accepted_by_name) == (LEAD.account_id, LEAD.name)
    assert the_case().locked_on == today()
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "quarter.accept")).one()
    assert (event.stream, event.subject) == (f"window:{Q3.code}", f"unit:{HERE}")
    assert event.detail == {"due": 2, "approved": 1, "open": 0, "missing": 1}
    assert verify() == []


def test_accepting_again_changes_nothing(database: Database) -> None:
    accept()
    accept(5, 5)
    assert len(acceptances()) == 1


def test_the_bureau_is_told_in_the_readers_language(database: Database) -> None:
    language_of(BUREAU.account_id or 0, "en", "bureau@example.com")
    accept()
    with reading(EVERYTHING) as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "quarter-accepted")).one()
        mail = session.scalars(select(Mail).where(Mail.address == "bureau@example.com")).one()
    assert notice.account_id == BUREAU.account_id
    assert notice.title_zh == "缙云县已锁定2026年第三季度数据"
    assert mail.language == "en"
    assert "Jinyun accepted and locked Q3 2026" in mail.subject
    assert "1 due, 1 approved, 0 missing" in mail.body


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_REVIEW])
def test_what_waits_for_a_decision_holds_it_up(database: Database, state: State) -> None:
    put(state)
    assert code_of(lambda: accept(0, 0)) == "quarter-open"
    assert not acceptances() and the_case().locked_on is None


def test_a_returned_filing_holds_it_up_until_its_own_day_has_passed(database: Database) -> None:
    for state in (State.RETURNED, State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN):
        put(state, today())
        assert code_of(lambda: accept(0, 0)) == "quarter-open", state
    put(State.RETURNED, today() - timedelta(days=1))
    accept(0, 1, confirms=True)
    assert acceptances()[0].missing == 1


@pytest.mark.content("catalogue")
def test_before_its_last_day_has_passed_no_quarter_is_locked(database: Database) -> None:
    county(due=0, lock=40)
    assert code_of(accept) == "quarter-open"


def test_the_missing_are_confirmed_and_the_numbers_are_those_that_were_seen(database: Database) -> None:
    second()
    with pytest.raises(Invalid) as refused:
        accept(1, 1)
    assert set(refused.value.fields) == {"confirm"}
    for approved, missing in ((1, 0), (2, 0), (0, 2)):
        with pytest.raises(Conflict):
            accept(approved, missing, confirms=True)
    with pytest.raises(Conflict):
        accept_quarter(LEAD, Q3, HERE, Seen(None, None, confirms_missing=True))
    assert not acceptances()


def test_only_the_lead_of_the_county_accepts(database: Database) -> None:
    for actor in (OFFICER, BUREAU, BUREAU_LEAD, preparer(), person(Role.AUDITOR, 9)):
        with pytest.raises(Denied):
            accept_quarter(actor, Q3, HERE, Seen(1, 0, False))
    with pytest.raises(Missing):
        accept_quarter(person(Role.COUNTY_LEAD, 9, county=ELSEWHERE), Q3, HERE, Seen(1, 0, False))
    with pytest.raises(Missing):
        accept_quarter(LEAD, Q3 + 4, HERE, Seen(0, 0, False))


def test_the_neighbours_filings_are_not_locked(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_enterprise(session, SECOND, county=ELSEWHERE)
    accept()
    other = filer(Role.PREPARER, Role.CERTIFIER, account_id=80, enterprise_id=SECOND)
    filing.start_filing(other, Q3)
    assert the_case(SECOND).locked_on is None


# --- what the lock stops -----------------------------------------------------------------------------------------

FILER: dict[str, tuple[State, Callable[[], object]]] = {
    "save": (State.DRAFT, lambda: saved(fields(FIGURES | {"101": "1"}))),
    "save what was returned": (State.RETURNED, lambda: saved({"f101": "1"})),
    "save what is approved": (State.APPROVED, lambda: saved({"f101": "1"})),
    "hand over": (State.DRAFT, lambda: filing.hand_over(preparer(), Q3)),
    "send back": (State.TO_CERTIFY, lambda: filing.send_back(certifier(), Q3, "请再核对")),
    "submit what was handed over": (State.TO_CERTIFY, lambda: submit(certifier(), Q3, order("n" * 24))),
    "submit what was returned": (State.RETURNED, lambda: submit(both_posts(), Q3, order("n" * 24))),
    "submit without the declaration": (
        State.DRAFT,
        lambda: submit(both_posts(), Q3, order("n" * 24, is_declared=False)),
    ),
    "withdraw": (State.TO_CERTIFY, lambda: filing.withdraw(preparer(), Q3)),
    "begin a void one anew": (State.VOID, lambda: filing.start_filing(preparer(), Q3)),
    "begin": (
        State.APPROVED,
        lambda: filing.start_filing(filer(Role.PREPARER, account_id=80, enterprise_id=SECOND), Q3),
    ),
}


@pytest.mark.parametrize("name", FILER)
def test_no_command_of_the_enterprise_gets_through(database: Database, name: str) -> None:
    second()
    state, act = FILER[name]
    put(state)
    accept(state is State.APPROVED, 1 if state is State.APPROVED else 2, confirms=True)
    before = the_case(), current()
    assert code_of(act) == "quarter-locked"
    after = the_case(), current()
    assert (after[0].state, after[0].version, after[1]) == (before[0].state, before[0].version, before[1])
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Filing.enterprise_id)).all() == [ENTERPRISE]


DESK: dict[str, Callable[[int], object]] = {
    "claim": lambda number: commands.claim(OFFICER, number),
    "release": lambda number: commands.release(OFFICER, number, the_case().version),
    "assign": lambda number: commands.assign(LEAD, number, the_case().version, 1),
    "ask": lambda number: commands.ask(OFFICER, number, the_case().version, "302", ASKED),
    "approve": lambda number: commands.decide(OFFICER, Order(number, Action.APPROVE)),
    "return": lambda number: commands.decide(OFFICER, Order(number, Action.RETURN, reason=ASKED)),
    "void": lambda number: commands.decide(LEAD, Order(number, Action.VOID, reason=ASKED)),
    "reopen": lambda number: commands.decide(LEAD, Order(number, Action.REOPEN, reason=ASKED)),
    "undo": lambda number: commands.decide(OFFICER, Order(number, Action.UNDO)),
}


@pytest.mark.parametrize("state", [State.APPROVED, State.RETURNED, State.DRAFT])
def test_no_command_of_the_desk_gets_through(database: Database, state: State) -> None:
    if state is not State.APPROVED:
        put(state)
    accept(state is State.APPROVED, state is not State.APPROVED, confirms=True)
    before = the_case()
    for name, act in DESK.items():
        assert code_of(partial(act, before.id)) == "quarter-locked", name
        assert (the_case().state, the_case().version) == (before.state, before.version), name


def test_a_batch_says_of_a_locked_one_why_it_was_left(database: Database) -> None:
    pick = commands.Pick(the_case().id, the_case().version)
    accept()
    done = commands.decide_many(OFFICER, Action.APPROVE, [pick], key="k" * 8) + commands.claim_many(OFFICER, [pick])
    assert [outcome.code for outcome in done] == ["quarter-locked"] * 2


def test_questions_are_neither_answered_nor_settled_any_more(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        asked = remarks.ask(session, locked(session, the_case().id), OFFICER, "302", ASKED).id
    accept()
    assert code_of(lambda: filing.reply(preparer(), Q3, asked, "已核对")) == "quarter-locked"
    assert code_of(lambda: commands.close_remark(OFFICER, the_case().id, asked)) == "quarter-locked"


@pytest.mark.content("catalogue")
def test_a_repeated_post_still_gives_the_receipt_that_stands(database: Database) -> None:
    county(approved=False)
    key = f"key-of-{Q3}-" + "x" * 12
    first = submit(certifier(), Q3, order(key))
    commands.decide(OFFICER, Order(the_case().id, Action.APPROVE))
    accept()
    assert submit(certifier(), Q3, order(key)) == first


@pytest.mark.parametrize("state", ["submitted", "under_review"])
def test_the_database_itself_holds_no_locked_filing_that_waits(database: Database, state: str) -> None:
    accept()
    values = {"state": State(state), "claimed_by_id": 1 if state == "under_review" else None, "decided_at": None}
    with pytest.raises(IntegrityError, match="locked_waiting"), transaction(EVERYTHING) as session:
        session.execute(update(Case).values(**values).execution_options(synchronize_session=False))


def test_the_list_of_the_due_stays_as_it_was_accepted_and_nobody_is_reminded(database: Database) -> None:
    second()
    with reading(EVERYTHING) as session:
        assert [one.enterprise_id for one in owing(session, Q3, 9)] == [SECOND]
    accept(1, 1, confirms=True)
    with transaction(EVERYTHING) as session:
        add_enterprise(session, 9)
        add_enterprise(session, 10, county=ELSEWHERE)
    list_due(Q3)
    with reading(EVERYTHING) as session:
        assert set(session.scalars(select(DueEnterprise.enterprise_id))) == {ENTERPRISE, SECOND, 10}
        assert [one.enterprise_id for one in owing(session, Q3, 9)] == [10]
    assert remind_chosen(OFFICER, Q3, {SECOND}) == 0


def lists() -> dict[str, list[int]]:
    """Whom each county misses, and the city of all counties, as their pages show it; each list as long as it says."""
    found = {}
    for actor in (OFFICER, THERE, BUREAU):
        with reading(actor.scope) as session:
            units = sorted(actor.counties) or [HERE, ELSEWHERE]
            rows = [row for unit in units for row in missing_in(session, Q3, unit)]
            (window,) = windows(session)
            assert len(rows) == sum(line.numbers.missing for line in unit_quarters(session, [window], units))
        assert all(row.name for row in rows)
        found["city" if actor is BUREAU else units[0]] = [row.enterprise_id for row in rows]
    return found


def moved(enterprise_id: int = SECOND, to: str = ELSEWHERE) -> None:
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, enterprise_id).county = to


def turn(database: Database, folder: Path) -> None:
    with transaction(EVERYTHING) as session:
        enqueue(session, "statistics.list_due")
    Runner(Settings(str(database.url), "k" * 40, folder)).sweep()


@pytest.mark.parametrize("closes", ["accepted", "window"])
def test_who_is_missing_stands_in_one_countys_list_and_the_citys_wherever_it_moves(
    database: Database, tmp_path: Path, closes: str
) -> None:
    second()
    with transaction(EVERYTHING) as session:
        add_case(session, State.APPROVED, kind=Kind.REGISTRATION, enterprise_id=SECOND, quarter=None)
    assert lists() == {HERE: [SECOND], ELSEWHERE: [], "city": [SECOND]}
    moved()
    assert lists() == {HERE: [SECOND], ELSEWHERE: [], "city": [SECOND]}  # until the job has turned
    turn(database, tmp_path)
    assert lists() == {HERE: [], ELSEWHERE: [SECOND], "city": [SECOND]}
    moved(to=HERE)
    turn(database, tmp_path)
    close(closes)
    moved()
    turn(database, tmp_path)
    assert lists() == {HERE: [SECOND], ELSEWHERE: [], "city": [SECOND]}
    with transaction(EVERYTHING) as session:  # begun there before, approved after
        add_filing(session, add_case(session, State.APPROVED, county=ELSEWHERE, enterprise_id=SECOND, quarter=Q3.code))
    assert lists() == {HERE: [SECOND], ELSEWHERE: [], "city": [SECOND]}
    turn(database, tmp_path)
    assert lists() == {HERE: [], ELSEWHERE: [], "city": []}
    assert compare() == []


def close(how: str) -> None:
    if how == "accepted":
        accept(1, 1, confirms=True)
    else:
        with transaction(EVERYTHING) as session:
            session.execute(update(FilingWindow).values(locks_on=today() - timedelta(days=1)))


# --- at the same time --------------------------------------------------------------------------------------------


def waiting(act: Callable[[], object]) -> tuple[threading.Thread, list[str]]:
    """`act` under way in a thread of its own, with the place where its code will stand."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(code_of(act)))
    thread.start()
    return thread, said


@pytest.mark.parametrize("deed", ["submit", "begin"])
def test_what_comes_while_the_quarter_is_being_locked_waits_and_is_refused(database: Database, deed: str) -> None:
    second()
    put(State.WITHDRAWN)
    sent, other = order("n" * 24), filer(Role.PREPARER, account_id=80, enterprise_id=SECOND)
    acts = {"submit": lambda: submit(both_posts(), Q3, sent), "begin": lambda: filing.start_filing(other, Q3)}
    with transaction(LEAD) as session:
        held_window(session, Q3, alone=True)
        hold_cases(session, Q3, HERE)
        lock_quarter(session, LEAD, Q3, HERE, due=2, approved=0)
        thread, said = waiting(acts[deed])
        thread.join(0.5)
        assert thread.is_alive() and not said
    thread.join(20)
    assert said == ["quarter-locked"]
    assert the_case().state is State.WITHDRAWN


def test_a_lock_that_comes_while_a_filing_is_being_sent_waits_and_is_refused(database: Database) -> None:
    put(State.WITHDRAWN)
    with transaction(both_posts()) as session:
        move(session, locked(session, the_case().id), both_posts(), Action.SUBMIT)
        thread, said = waiting(lambda: accept(0, 1, confirms=True))
        thread.join(0.5)
        assert thread.is_alive() and not said
    thread.join(20)
    assert said == ["quarter-open"]
    assert not acceptances() and the_case().state is State.SUBMITTED


@pytest.mark.parametrize("turn", range(3))
def test_a_filing_and_a_lock_at_once_never_both_get_through(database: Database, turn: int) -> None:
    put(State.WITHDRAWN)
    sent, start = order("n" * 24), threading.Barrier(4)

    def at_once(act: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            start.wait()
            return act()

        return run

    acts = [lambda: submit(both_posts(), Q3, sent), lambda: accept(0, 1, confirms=True)] * 2
    under_way = [waiting(at_once(act)) for act in acts]
    for thread, _ in under_way:
        thread.join(30)
    assert all(len(said) == 1 for _, said in under_way)
    assert (the_case().state is State.SUBMITTED) is (not acceptances())
    assert (the_case().locked_on is None) is (not acceptances())
    assert len(acceptances()) <= 1


def test_twenty_leads_accepting_at_once_make_one_acceptance(database: Database) -> None:
    under_way = [waiting(accept) for _ in range(20)]
    for thread, _ in under_way:
        thread.join(60)
    assert {said[0] for _, said in under_way} == {"done"}
    assert len(acceptances()) == 1


# --- taking it back ----------------------------------------------------------------------------------------------


def take_back(actor: Actor = BUREAU_LEAD, reason: str = "营业收入有误", **given: bool) -> None:
    take_lock_back(actor, Q3, HERE, reason, **given)


def test_the_bureau_lead_takes_it_back_with_a_reason_and_everything_moves_again(database: Database) -> None:
    accept()
    take_back()
    (row,) = acceptances()
    assert (row.taken_back_by_id, row.taken_back_reason, row.was_released) == (4, "营业收入有误", False)
    assert the_case().locked_on is None
    with reading(EVERYTHING) as session:
        told = session.scalars(select(Notice).where(Notice.kind == "quarter-unlocked")).all()
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "quarter.unlock")).one()
    assert {notice.account_id for notice in told} == {1, 2}
    assert all("营业收入有误" in notice.body_zh and "营业收入有误" in notice.body_en for notice in told)
    assert (event.stream, event.detail["reason"]) == (f"window:{Q3.code}", "营业收入有误")
    commands.decide(LEAD, Order(the_case().id, Action.REOPEN, reason=ASKED))
    commands.decide(LEAD, Order(the_case().id, Action.APPROVE))
    accept()
    assert [found.taken_back_at is None for found in acceptances()] == [False, True]
    assert verify() == []


def test_a_lock_is_taken_back_by_the_bureau_lead_only_once_and_with_a_reason(database: Database) -> None:
    assert code_of(take_back) == "not-locked"
    accept()
    for actor in (LEAD, OFFICER, BUREAU, certifier()):
        with pytest.raises(Denied):
            take_back(actor)
    for reason in ("", "  ", "\u202e", "长" * 1001):
        with pytest.raises(Invalid) as refused:
            take_back(reason=reason)
        assert set(refused.value.fields) == {"reason"}
    take_back()
    with pytest.raises(Illegal):
        take_back()


def release(state: str) -> None:
    signed = {"released_at": now(), "released_by_id": 41} if state == "released" else {}
    with transaction(EVERYTHING) as session:
        session.add(
            Release(
                quarter=Q3.code, number=1, state=state, smallest_n=3, is_provisional=False, held=0,
                prepared_by_id=40, sha256="0" * 64, **signed,
            )
        )  # fmt: skip


def test_while_a_release_waits_for_its_sign_off_the_lock_stays(database: Database) -> None:
    accept()
    release("draft")
    assert code_of(take_back) == "lock-stays"


def test_of_a_released_quarter_the_lock_is_taken_back_knowing_that_a_revision_follows(database: Database) -> None:
    accept()
    release("released")
    with pytest.raises(Invalid) as refused:
        take_back()
    assert set(refused.value.fields) == {"confirm"}
    take_back(knows_released=True)
    assert acceptances()[0].was_released
    with reading(EVERYTHING) as session:
        told = session.scalars(select(Notice).where(Notice.kind == "quarter-unlocked")).first()
    assert told is not None
    assert "修订" in told.body_zh and "revision" in told.body_en


def test_the_year_is_closed_with_its_fourth_quarter(database: Database) -> None:
    accept()
    fourth = Quarter(Q3.year, 4)
    with transaction(EVERYTHING) as session:
        add_window(session, fourth, due=-1, lock=20)
    accept(0, 0, quarter=fourth)
    assert code_of(take_back) == "lock-stays"
    take_lock_back(BUREAU_LEAD, fourth, HERE, "年度数据更正")
    take_back()
    assert the_case().locked_on is None
