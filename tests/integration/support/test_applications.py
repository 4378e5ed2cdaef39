"""From match to award: exactly once, in scope, within caps and budgets, refused where something is not met."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind, PaperState
from portal.database.session import Database, reading, transaction
from portal.enterprises.commands_particulars import ParticularsEntry, change_particulars
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing, Refusal
from portal.kernel.roles import Role
from portal.kernel.workflow import Action, Kind, State
from portal.notices.models import Notice
from portal.review import commands as desk
from portal.review.decide_one import Order
from portal.support import commands, commands_apply
from portal.support.draft import Chosen, Page
from portal.support.models import Application, Award, BudgetLine, DatedListEntry, Submission
from portal.support.queries import policy
from portal.support.queries_application import applied
from portal.support.queries_desk import support_sheet
from portal.support.timeline import timeline
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import EVERYTHING, HERE, add_account
from tests.fixtures.filers import ENTERPRISE, add_enterprise, add_people, certifier, filer, preparer
from tests.integration.support.ground import (
    ANSWERS,
    PDF,
    POLICY,
    before_the_city,
    budget,
    case_of,
    city,
    clean_lists,
    complete,
    decide,
    files,
    lead,
    officer,
    offices,
    order,
    page_of,
    submit,
    submitted,
)

pytestmark = pytest.mark.content("catalogue")


def put_on(name: str, of_class: str = "") -> None:
    lines = f"{_registered_code()},{of_class}"
    commands.enter_list(lead(), commands.Edition(name, today(), "示例名单", lines))


def save_files(number: int, chosen: dict[str, Chosen], folder: Path) -> None:
    opened = page_of(number)
    commands_apply.save(preparer(), number, replace(opened, files=chosen, folder=folder))


def _registered_code() -> str:
    return code_of(ENTERPRISE)


def test_the_whole_way_ends_in_an_award_that_its_budget_line_carries(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    number = before_the_city(tmp_path)
    decide(lead(), number)
    with reading(EVERYTHING) as session:
        award = session.scalars(select(Award)).one()
        line = session.scalars(select(BudgetLine)).one()
        told = session.scalars(select(Notice).where(Notice.kind == "award")).all()
        assert (award.amount, line.committed) == (Decimal(100000), Decimal(100000))
        assert award.decision_no == f"LS-ZC-{today().year}-{number:05d}"
        assert {notice.account_id for notice in told} == {70, 71}
        assert "10万元" in told[0].body_zh
        assert "100,000 yuan" in told[0].body_en
        found = applied(session, number)
        assert (found.case.kind, found.case.state, found.is_finished) == (Kind.AWARD, State.APPROVED, True)
        assert timeline(found, today())[-1][2] is not None
        paper = session.scalars(select(Paper).where(Paper.kind == PaperKind.AWARD_LETTER)).one()
        assert (paper.enterprise_id, paper.subject, paper.state) == (
            award.enterprise_id,
            f"award:{award.id}",
            PaperState.VALID,
        )
        assert "100,000.00" in str(paper.snapshot)


def test_a_submission_is_made_exactly_once(database: Database, tmp_path: Path) -> None:
    city()
    number = complete(tmp_path)
    receipts = {submit(number) for _ in range(3)}
    receipts.add(submit(number, "another-key-entirely"))
    assert len(receipts) == 1
    with reading(EVERYTHING) as session:
        sent = session.scalars(select(Submission)).one()
        assert sent.accept_by < sent.decide_by
        assert [line["status"] for line in sent.content["conditions"]] == ["officer", "officer"]
        assert {d["kind"] for d in sent.content["documents"]} == {"introduction", "capital"}
    assert case_of(number).state is State.SUBMITTED


def test_parallel_presses_make_one_submission(database: Database, tmp_path: Path) -> None:
    city()
    number = complete(tmp_path)
    page, asked = page_of(number), order()
    with ThreadPoolExecutor(6) as pool:
        receipts = set(pool.map(lambda _: commands_apply.submit(certifier(), number, page, asked), range(6)))
    assert len(receipts) == 1


def test_a_preparer_cannot_submit(database: Database, tmp_path: Path) -> None:
    city()
    number = complete(tmp_path)
    with pytest.raises(Denied):
        submit(number, who=preparer())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"statement": ""}, "statement"),
        ({"contact_phone": "call me"}, "contact_phone"),
        ({"account_no": "abc"}, "account_no"),
    ],
)
def test_what_is_missing_or_wrong_is_named_at_its_field(
    database: Database, tmp_path: Path, given: dict[str, str], field: str
) -> None:
    city()
    number = complete(tmp_path, **given)
    with pytest.raises(Invalid) as caught:
        submit(number)
    assert field in caught.value.fields


def test_nothing_is_submitted_without_commitment_or_over_a_newer_draft(database: Database, tmp_path: Path) -> None:
    city()
    number = complete(tmp_path)
    opened = page_of(number)
    with pytest.raises(Invalid):
        commands_apply.submit(certifier(), number, opened, commands_apply.Order("key-without-a-tick", False))
    commands_apply.save(preparer(), number, replace(opened, typed=ANSWERS | {"bank": "另一家"}))
    with pytest.raises(Conflict):
        commands_apply.submit(certifier(), number, opened, order())
    with pytest.raises(Conflict):
        commands_apply.save(preparer(), number, replace(opened, typed=ANSWERS))
    # What is the same as what stands takes nothing from anybody.
    commands_apply.save(preparer(), number, replace(opened, typed=ANSWERS | {"bank": "另一家"}))


def test_a_document_has_to_be_what_it_says(database: Database, tmp_path: Path) -> None:
    city()
    number = commands_apply.begin(preparer(), POLICY)
    hostile = [b"", b"MZ\x90 not a pdf", b"<html><script>alert(1)</script>", b"PK\x03\x04" + PDF, b"%PDF-1.7 cut off"]
    for data in (*hostile, PDF[:-6] + b"x" * 11_000_000):
        with pytest.raises(Invalid):
            save_files(number, files("capital", data=data), tmp_path)
    with pytest.raises(Missing):
        save_files(number, files("no-such-kind"), tmp_path)
    save_files(number, files("capital", name="../../evil\x00.exe"), tmp_path)
    with reading(EVERYTHING) as session:
        (kept,) = applied(session, number).documents.values()
        assert (kept.filename, kept.media_type) == ("evil.pdf", "application/pdf")


def test_another_enterprises_application_is_not_there(database: Database, tmp_path: Path) -> None:
    city()
    number = complete(tmp_path)
    stranger = filer(Role.PREPARER, Role.CERTIFIER, account_id=90, enterprise_id=8)
    for attempt in (
        lambda: commands_apply.save(stranger, number, Page(ANSWERS, 2)),
        lambda: submit(number, who=stranger),
        lambda: commands_apply.withdraw(stranger, number),
        lambda: commands_apply.save(stranger, number, Page(None, 2, files("capital"), tmp_path)),
        lambda: commands_apply.answer(stranger, number, Page(), 1),
    ):
        with pytest.raises(Missing):
            attempt()
    with reading(stranger.scope) as session, pytest.raises(Missing):
        applied(session, number)


def test_there_is_one_application_under_way_and_it_can_be_withdrawn(database: Database, tmp_path: Path) -> None:
    city()
    number = submitted(tmp_path)
    with pytest.raises(Illegal):
        commands_apply.begin(preparer(), POLICY)
    commands_apply.withdraw(preparer(), number)
    assert case_of(number).state is State.WITHDRAWN
    submit(number, "key-after-withdrawing")
    desk.claim(officer(), case_of(number).id)
    with pytest.raises(Illegal):
        commands_apply.withdraw(preparer(), number)


@pytest.mark.parametrize("code", ["P503", "P202", "P302"])
def test_closed_policies_and_those_without_application_take_none(database: Database, code: str) -> None:
    city()
    with pytest.raises(Illegal):
        commands_apply.begin(preparer(), code)


def test_a_draft_goes_in_while_applications_are_taken_and_a_returned_one_later_too(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city()
    with reading(EVERYTHING) as session:
        last = policy(session, POLICY).policy.accept_until
    assert last is not None
    returned = submitted(tmp_path)
    decide(officer(), returned, Action.RETURN, "请补充资本金证明")
    draft = complete(tmp_path, "P303", claim="3600000")
    monkeypatch.setattr(commands_apply, "today", lambda: last + timedelta(days=1))
    late = Page({"statement": "到期后改写"}, 2)
    with pytest.raises(Illegal) as caught:
        commands_apply.submit(certifier(), draft, late, order("key-after-the-last-day"))
    assert caught.value.code == "closed"
    with reading(EVERYTHING) as session:
        assert applied(session, draft).application.answers["statement"] == "到期后改写"
    assert submit(returned, "key-of-the-second-time")
    monkeypatch.setattr(commands_apply, "today", lambda: last)
    assert submit(draft, "key-on-the-last-day")


def test_an_enterprise_with_a_veto_cannot_begin_nor_be_granted(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    number = before_the_city(tmp_path)
    put_on("credit-breach")
    with pytest.raises(Illegal) as caught:
        decide(lead(), number)
    assert caught.value.code == "not-grantable"
    with pytest.raises(Illegal):
        commands_apply.begin(preparer(), "P303")
    with reading(EVERYTHING) as session:
        sheet = support_sheet(session, case_of(number), today())
        assert sheet.changed
        assert sheet.now is not None and sheet.now.is_vetoed


def test_what_is_unknown_cannot_be_approved(database: Database, tmp_path: Path) -> None:
    offices()
    with transaction(EVERYTHING) as session:
        add_enterprise(session)
        add_people(session)
    number = submitted(tmp_path)
    with pytest.raises(Illegal) as caught:
        decide(officer(), number)
    assert caught.value.code == "not-grantable"
    assert case_of(number).state is State.SUBMITTED


def test_returned_is_changed_and_comes_back_and_rejected_needs_a_reason(database: Database, tmp_path: Path) -> None:
    city()
    number = submitted(tmp_path)
    with pytest.raises(Invalid):
        decide(officer(), number, Action.REJECT)
    decide(officer(), number, Action.RETURN, "请补充资本金证明")
    commands_apply.save(preparer(), number, Page(ANSWERS | {"statement": "已补充"}, 2))
    submit(number, "key-of-the-second-time")
    with reading(EVERYTHING) as session:
        assert [row.number for row in session.scalars(select(Submission).order_by(Submission.number))] == [1, 2]
    decide(officer(), number, Action.REJECT, "不属于支持范围")
    assert case_of(number).state is State.REJECTED
    commands_apply.begin(preparer(), POLICY)


def test_the_city_decides_alone_and_only_with_a_fresh_proof(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    number = before_the_city(tmp_path)
    with pytest.raises(Denied):
        decide(officer(399), number)
    with pytest.raises(Denied):
        decide(lead(is_fresh=False), number)
    decide(lead(), number, Action.RETURN, "请说明")
    submit(number, "key-back-to-the-city")
    assert case_of(number).kind is Kind.AWARD
    decide(lead(), number)


def test_a_repeated_decision_grants_once(database: Database, tmp_path: Path) -> None:
    city()
    budget("1000000")
    case = case_of(before_the_city(tmp_path))
    asked = Order(case.id, Action.APPROVE, version=case.version, key="decision-key-1")
    for _ in range(3):
        desk.decide(lead(), asked)
    with reading(EVERYTHING) as session:
        assert session.scalars(select(BudgetLine)).one().committed == Decimal(100000)


def test_nothing_is_granted_without_a_budget(database: Database, tmp_path: Path) -> None:
    city()
    number = before_the_city(tmp_path)
    with pytest.raises(Illegal) as caught:
        decide(lead(), number)
    assert caught.value.code == "no-budget"


def test_a_green_factory_is_granted_the_sum_of_its_class_without_a_figure(database: Database, tmp_path: Path) -> None:
    city()
    put_on("green-factory", "province")
    budget("1000000", "P801")
    decide(lead(), before_the_city(tmp_path, "P801"))
    with reading(EVERYTHING) as session:
        award = session.scalars(select(Award)).one()
        assert (award.amount, [step["zh"] for step in award.reckoning["steps"]]) == (200_000, ["省级绿色工厂：20万元"])


def test_the_year_of_an_enterprise_is_capped(database: Database, tmp_path: Path) -> None:
    city()
    budget("1000000")
    for turn in range(3):
        decide(lead(), before_the_city(tmp_path, key=f"key-of-application-{turn}"))
    number = before_the_city(tmp_path, key="key-of-one-too-many")
    with pytest.raises(Illegal) as caught:
        decide(lead(), number)
    assert caught.value.code == "nothing"
    with reading(EVERYTHING) as session:
        assert sum(award.amount for award in session.scalars(select(Award))) == Decimal(300000)


def test_twenty_parallel_decisions_never_pass_the_budget(database: Database, tmp_path: Path) -> None:
    offices()
    clean_lists()
    budget("750000")
    numbers = []
    for index in range(20):
        with transaction(EVERYTHING) as session:
            add_enterprise(session, 100 + index)
            add_account(session, 600 + index, f"person {index}", is_office=False)
        who = filer(Role.PREPARER, Role.CERTIFIER, account_id=600 + index, enterprise_id=100 + index)
        number = complete(tmp_path, who=who)
        submit(number, f"key-of-enterprise-{index:03d}", who)
        decide(officer(), number)
        numbers.append(number)

    def attempt(number: int) -> str:
        try:
            decide(lead(), number)
        except Refusal as refusal:
            return refusal.code
        return "granted"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(attempt, numbers))
    assert sorted(set(outcomes)) == ["budget", "granted"]
    assert outcomes.count("granted") == 7
    with reading(EVERYTHING) as session:
        assert session.scalars(select(BudgetLine)).one().committed == Decimal(700000)
        assert len(session.scalars(select(Award)).all()) == 7


def test_a_promise_that_was_missed_says_so(database: Database, tmp_path: Path) -> None:
    city()
    number = submitted(tmp_path)
    with reading(EVERYTHING) as session:
        found = applied(session, number)
        assert not found.broken_promise(today())
        late = found.submission.accept_by + timedelta(days=1)  # type: ignore[union-attr]
        assert found.broken_promise(late)
        note = timeline(found, late)[1][2]
    assert note is not None
    assert "已超过预计时间" in note.zh


def test_every_step_is_in_the_trail(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    decide(lead(), before_the_city(tmp_path))
    with reading(EVERYTHING) as session:
        verbs = [row.verb for row in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    wanted = ["support.begin", "support.save", "support.submit", "case.approve", "support.budget"]
    assert set(wanted) <= set(verbs)
    assert verbs.count("case.approve") == 2


def test_a_veto_that_was_typed_ends_when_its_entry_is_typed_again_with_a_last_day(database: Database) -> None:
    city()
    code, since = code_of(ENTERPRISE), today() - timedelta(days=30)

    def enter(line: str) -> None:
        commands.enter_list(lead(), commands.Edition("credit-breach", since, "示例名单", line))

    enter(code)
    with pytest.raises(Illegal, match="not-eligible"):
        commands_apply.begin(preparer(), POLICY)
    enter(f"{code}，{today() - timedelta(days=1)}")
    assert commands_apply.begin(preparer(), POLICY)
    with reading(EVERYTHING) as session:
        (entry,) = session.scalars(select(DatedListEntry).where(DatedListEntry.list == "credit-breach"))
        assert entry.until_on == today()


def test_lists_name_registered_enterprises_and_their_source(database: Database) -> None:
    city()
    code = _registered_code()
    done = commands.enter_list(
        lead(), commands.Edition("evaluation-class", today(), "示例", f"{code},D\n91330000MA00000000,A")
    )
    assert (done.number, done.unknown) == (1, ("91330000MA00000000",))
    with reading(EVERYTHING) as session:
        entry = session.scalars(select(DatedListEntry)).one()
        assert (entry.enterprise_id, entry.county, entry.value) == (ENTERPRISE, HERE, "D")
    for wrong, field in (
        (commands.Edition("no-such-list", today(), "示例", ""), "list"),
        (commands.Edition("high-tech", None, "示例", ""), "dated_on"),
        (commands.Edition("high-tech", today(), "", ""), "source"),
        (commands.Edition("high-tech", today(), "示例", "short"), "lines"),
        (commands.Edition("high-tech", today(), "示例", f"{code},A"), "lines"),
        (commands.Edition("evaluation-class", today(), "示例", f"{code},E"), "lines"),
        (commands.Edition("high-tech", today(), "示例", f"{code}\n{code}"), "lines"),
    ):
        with pytest.raises(Invalid) as caught:
            commands.enter_list(lead(), wrong)
        assert field in caught.value.fields


def test_a_budget_never_falls_below_what_is_granted(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    decide(lead(), before_the_city(tmp_path))
    with pytest.raises(Invalid):
        budget("99999")
    budget("100000")
    with reading(EVERYTHING) as session:
        assert session.scalars(select(BudgetLine)).one().amount == Decimal(100000)
        assert session.scalars(select(Account)).first() is not None
        assert session.scalars(select(Application)).one().ordinal == 1


def test_an_application_begins_with_what_the_portal_knows(database: Database) -> None:
    city()
    entered = ParticularsEntry("水阁工业区1号", "李四", "0578-2091234", "", (), "0--")
    change_particulars(preparer(), entered)
    number = commands_apply.begin(preparer(), POLICY)
    with reading(EVERYTHING) as session:
        found = applied(session, number)
        assert found.application.answers == {
            "contact_name": "李四",
            "contact_phone": "0578-2091234",
            "account_name": found.case.enterprise_name,
        }
