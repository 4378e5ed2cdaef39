"""Starting, saving, handing over, submitting: the law of one filing, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from portal.audit.models import AuditEvent
from portal.casework.models import Case
from portal.catalogue.models import FilingWindow
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise
from portal.filing import commands
from portal.filing.checked import check
from portal.filing.commands import Page, save_draft
from portal.filing.commands_submit import submit
from portal.filing.models import Filing, FilingVersion
from portal.filing.queries import context, edition_for
from portal.filing.take import keep, take
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing
from portal.kernel.measure import Scale
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import State
from portal.notices.models import Notice
from portal.questionnaire.document import fingerprint
from tests.fixtures.cases import ELSEWHERE, EVERYTHING
from tests.fixtures.filers import (
    CERTIFIER,
    ENTERPRISE,
    FIGURES,
    PREPARER,
    Q2,
    Q3,
    add_enterprise,
    add_people,
    add_window,
    at_work,
    begun,
    both_posts,
    certifier,
    current,
    fields,
    filer,
    order,
    preparer,
    receipt_no,
    saved,
    submitted,
)
from tests.fixtures.manners import words
from tests.fixtures.receipts import is_receipt_number
from tests.fixtures.visitor import Form, Visitor, read_tree

pytestmark = [pytest.mark.content("begun"), pytest.mark.usefixtures("database")]


def versions() -> list[FilingVersion]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(FilingVersion).order_by(FilingVersion.number)))


def count(model: Any) -> int:
    with reading(EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.content("ground")
def test_starting_twice_makes_one_filing() -> None:
    begun()
    begun()
    assert count(Filing) == count(Case) == 1
    assert current().state is State.DRAFT


@pytest.mark.content("ground")
def test_an_enterprise_that_is_not_registered_cannot_start() -> None:
    with transaction(EVERYTHING) as session:
        session.execute(update(Enterprise).values(status="prospective"))
    with pytest.raises(Illegal):
        commands.start_filing(preparer(), Q3)


@pytest.mark.content("ground")
def test_a_quarter_without_a_window_is_not_there() -> None:
    with pytest.raises(Missing):
        commands.start_filing(preparer(), Q3 + 4)


def test_saving_accepts_anything_that_can_be_typed() -> None:
    typed = {"f101": "12o0", "f103": "NaN", "f105": "1e400", "f106": "9" * 900, "f107": "12,5", "n205": "\u202e反"}
    saved(typed)
    kept = current().draft
    assert {name: kept[name] for name in typed} == typed


def test_a_nul_is_kept_as_a_sign_that_can_be_seen() -> None:
    saved({"f101": "1\x002"})
    assert current().draft["f101"] == "1\u24002"


@pytest.mark.parametrize("length", [1001, 65536])
def test_one_text_beyond_all_measure_stops_nothing_else_from_being_kept(length: int) -> None:
    saved({"stop_reason": "检修"})
    result = saved({"f101": "1", "f103": "2", "stop_reason": "长" * length})
    assert list(result.too_long) == ["stop_reason"]
    assert {name: current().draft.get(name) for name in ("f101", "f103", "stop_reason")} == {
        "f101": "1.00", "f103": "2.00", "stop_reason": "检修"
    }  # fmt: skip


def test_the_second_press_of_a_button_does_nothing_twice() -> None:
    saved(fields())
    for deed, state in ((commands.hand_over, State.TO_CERTIFY), (commands.withdraw, State.WITHDRAWN)):
        deed(preparer(), Q3)
        events, notices, version = count(AuditEvent), count(Notice), current().case_version
        deed(preparer(), Q3)
        assert (count(AuditEvent), count(Notice), current().case_version) == (events, notices, version)
        assert current().state is state


def test_what_another_person_did_is_no_second_press() -> None:
    saved(fields())
    commands.hand_over(preparer(), Q3)
    with pytest.raises(Illegal):
        commands.hand_over(both_posts_of_another(), Q3)
    commands.withdraw(preparer(), Q3)
    with pytest.raises(Illegal):
        commands.withdraw(certifier(), Q3)


def both_posts_of_another() -> Actor:
    return filer(Role.PREPARER, Role.CERTIFIER, account_id=CERTIFIER)


def test_fields_the_form_does_not_have_are_not_kept() -> None:
    saved({"f101": "1", "county": "331102", "state": "approved", "f999": "1", "why-Q99-101": "x"})
    assert not {"county", "state", "f999", "why-Q99-101"} & current().draft.keys()


@pytest.mark.parametrize(
    ("scale", "kept"),
    [(Scale.YUAN, "1,234.57"), (Scale.THOUSAND, "1,234,567.89"), (Scale.TEN_THOUSAND, "12,345,678.90")],
)
def test_money_typed_in_another_unit_is_kept_in_ten_thousand_yuan(scale: Scale, kept: str) -> None:
    saved({"f101": "１２，３４５，６７８．９", "f501": "310"}, scale=scale)
    assert current().draft["f101"] == kept
    assert current().draft["f501"] == "310"


def test_figures_nobody_touched_are_not_counted_anew_in_another_unit() -> None:
    saved({"f101": "100.00"})
    saved({"f101": "100.00", "f103": "50000"}, scale=Scale.YUAN)
    assert (current().draft["f101"], current().draft["f103"]) == ("100.00", "5.00")


def test_two_people_change_different_rows_and_both_are_kept() -> None:
    saved({"f101": "1.00", "f103": "1.00"})
    shown, version = dict(current().draft), current().draft_version
    saved({"f101": "2.00", "f103": "1.00"}, version=version)
    result = saved({"f101": "1.00", "f103": "3.00"}, version=version, shown=shown)
    assert not result.clashes
    assert (current().draft["f101"], current().draft["f103"]) == ("2.00", "3.00")


def test_two_people_change_one_row_and_the_second_sees_both() -> None:
    saved({"f101": "1.00", "f103": "1.00"})
    shown, version = dict(current().draft), current().draft_version
    saved({"f101": "2.00", "f103": "1.00"}, version=version)
    result = saved({"f101": "3.00", "f103": "4.00"}, version=version, shown=shown)
    assert [(c.name, c.mine, c.theirs) for c in result.clashes] == [("f101", "3.00", "2.00")]
    assert (current().draft["f101"], current().draft["f103"]) == ("2.00", "4.00")


def test_a_save_writes_field_names_and_a_fingerprint_to_the_trail_but_no_figure() -> None:
    saved({"f101": "8426.51"})
    with reading(EVERYTHING) as session:
        event_ = session.scalars(select(AuditEvent).where(AuditEvent.verb == "filing.save")).one()
    assert event_.detail["fields"] == ["f101"]
    assert event_.detail["sha256"] == fingerprint(current().draft)
    assert "8426" not in str(event_.detail) and "8,426" not in str(event_.detail)


def test_a_save_that_changes_nothing_writes_nothing() -> None:
    saved({"f101": "1.00"})
    before = current().draft_version
    saved({"f101": "1"})
    assert current().draft_version == before


def test_a_save_takes_four_statements_in_its_transaction_or_one_more_the_first_time(database: Database) -> None:
    saved({"f101": "1.00"})
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    page = Page(fields(), {}, current().draft_version)
    seen.clear()
    save_draft(preparer(), Q3, page)
    assert len(seen) <= 5, seen  # and one for the session makes six (G4)


def test_a_draft_is_kept_only_over_the_version_that_was_taken() -> None:
    saved({"f101": "1.00"})
    before = current()
    with pytest.raises(Conflict), transaction(preparer()) as session:
        mine = take(session, ENTERPRISE, Q3)
        assert keep(session, mine, {**mine.draft, "f101": "2.00"})[0] == before.draft_version + 1
        keep(session, mine, {**mine.draft, "f101": "3.00"})
    assert (current().draft, current().draft_version) == (before.draft, before.draft_version)


def test_a_draft_is_not_there_for_another_enterprise() -> None:
    for scope, whose in ((filer(Role.PREPARER, enterprise_id=8), ENTERPRISE), (preparer(), 8), (preparer(), None)):
        with pytest.raises(Missing), transaction(scope) as session:
            take(session, whose, Q3)


def test_the_first_save_of_another_person_moves_the_case_once() -> None:
    colleague = filer(Role.PREPARER, account_id=CERTIFIER)
    for text, moves in (("1", 1), ("2", 0)):
        before = current()
        saved({"f101": text}, actor=colleague)
        assert current().case_version == before.case_version + moves
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Case.entered_by_ids)).one() == [PREPARER, CERTIFIER]


@pytest.mark.content("ground")
def test_the_switch_counts_flows_the_other_way() -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2, FIGURES | {"101": "8000", "103": "7900"}, **{f"b{c}": "1000" for c in ("101", "103")})
    begun()
    saved({"f101": "8426.50"})
    saved({"f101": "8426.50", "f103": "16000", "typing": "ytd"})
    kept = current().draft
    assert (kept["f101"], kept["f103"]) == ("17,426.50", "16,000.00")
    saved(kept | {"typing": "quarter"})
    assert (current().draft["f101"], current().draft["f103"]) == ("8,426.50", "7,100.00")


def test_the_switch_is_refused_while_what_went_before_is_not_known() -> None:
    saved({"f101": "100.00"})
    with pytest.raises(Invalid) as refused:
        saved({"f101": "100.00", "typing": "ytd"})
    assert list(refused.value.fields) == ["typing"]
    assert current().draft["typing"] == "quarter"


def test_a_first_filing_may_be_typed_year_to_date_with_its_opening_block() -> None:
    saved({"f101": "300.00", "b101": "200.00", "typing": "ytd"})
    assert current().draft["f101"] == "300.00"


def test_the_stop_fills_output_rows_with_zero() -> None:
    saved({"stopped": "1", "f105": "5"})
    assert (current().draft["f101"], current().draft["f105"]) == ("0.00", "5.00")
    assert "f303" not in current().draft


@pytest.mark.content("ground")
def test_average_staff_is_filled_in_from_start_and_end() -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2)
    begun()
    saved({"f501": "320"})
    assert current().draft["f502"] == "315.00"


@pytest.mark.content("ground")
def test_a_new_quarter_starts_with_the_land_of_the_last() -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2)
    begun()
    assert current().draft["f301"] == "32.60"
    assert "f101" not in current().draft


def test_a_preparer_hands_over_and_a_certifier_submits() -> None:
    saved(fields())
    commands.hand_over(preparer(), Q3)
    assert current().state is State.TO_CERTIFY
    with pytest.raises(Denied):
        submit(preparer(), Q3, order())
    number = submit(certifier(), Q3, order())
    assert is_receipt_number(number)
    assert current().state is State.SUBMITTED
    (version,) = versions()
    assert version.sha256 == fingerprint(version.content)
    assert version.content["people"]["prepared"] == "填报人甲"
    assert version.content["people"]["certified"] == "负责人乙"
    assert (version.content["edition"], version.content["rule_set"]) == ("2026.1", "2026.1.3")
    assert version.content["rows"]["201"] == ["262.80"]


def test_an_incomplete_draft_is_neither_handed_over_nor_submitted() -> None:
    saved(fields(FIGURES | {"106": ""}))
    with pytest.raises(Invalid):
        commands.hand_over(preparer(), Q3)
    with pytest.raises(Invalid):
        submit(both_posts(), Q3, order())
    assert current().state is State.DRAFT and not versions()


def test_one_person_with_both_posts_submits_in_one_step() -> None:
    saved(fields())
    submit(both_posts(), Q3, order())
    assert current().state is State.SUBMITTED


def test_without_the_declaration_nothing_is_submitted() -> None:
    saved(fields())
    with pytest.raises(Invalid) as refused:
        submit(both_posts(), Q3, order(is_declared=False))
    assert list(refused.value.fields) == ["declaration"]


def test_a_draft_that_changed_after_it_was_checked_is_not_submitted() -> None:
    saved(fields())
    seen = current().draft_version
    saved(fields(FIGURES | {"101": "8427"}))
    with pytest.raises(Conflict):
        submit(both_posts(), Q3, order(version=seen))


def test_the_certifier_sends_back_with_a_reason() -> None:
    saved(fields())
    commands.hand_over(preparer(), Q3)
    with pytest.raises(Invalid):
        commands.send_back(certifier(), Q3, " ")
    commands.send_back(certifier(), Q3, "请核对用电量")
    assert current().state is State.DRAFT
    assert current().talk[0].text == "请核对用电量"


def test_the_same_key_gives_the_same_receipt_and_one_version() -> None:
    saved(fields())
    first = submit(both_posts(), Q3, order())
    assert submit(both_posts(), Q3, order()) == first
    assert submit(both_posts(), Q3, order("z" * 24)) == first
    assert len(versions()) == 1


def test_twenty_posts_at_once_give_one_version_and_twenty_equal_receipts() -> None:
    saved(fields())
    actor, sent = both_posts(), order()
    receipts: list[str] = []
    start = threading.Barrier(20)

    def press() -> None:
        start.wait()
        receipts.append(submit(actor, Q3, sent))

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 20 and len(set(receipts)) == 1
    assert len(versions()) == 1


def test_twenty_browsers_that_post_one_form_at_once_end_on_one_receipt_page(app: Flask) -> None:
    saved(fields())
    browsers = [at_work(app, both_posts()) for _ in range(20)]
    forms = [browser.get("/filings/2026Q3/check").form("/submit") for browser in browsers]
    start, answers = threading.Barrier(20), list[TestResponse]()

    def press(browser: Visitor, form: Form) -> None:
        one = form.values | {"key": forms[0].values["key"], "declaration": ["1"]}
        start.wait()
        answers.append(browser.client.post(form.action, data=one, follow_redirects=True))

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (version,) = versions()
    assert [(answer.status_code, answer.request.path) for answer in answers] == [(200, "/filings/2026Q3/receipt")] * 20
    pages = {words(read_tree(answer.get_data(as_text=True))) for answer in answers}
    assert len(pages) == 1 and version.receipt_no in pages.pop()


def test_a_key_of_another_enterprise_is_refused_and_nothing_is_written() -> None:
    with transaction(EVERYTHING) as session:
        add_enterprise(session, 8)
        add_people(session, 8, 80)
    submitted(key="k" * 24)
    other = filer(Role.PREPARER, Role.CERTIFIER, account_id=80, enterprise_id=8)
    commands.start_filing(other, Q3)
    save_draft(other, Q3, Page(fields(), {}, 1))
    with pytest.raises(Conflict):
        submit(other, Q3, order("k" * 24, version=current(enterprise_id=8).draft_version))
    assert current(enterprise_id=8).state is State.DRAFT


@pytest.mark.content("filed")
def test_a_withdrawn_filing_is_edited_and_submitted_as_the_next_version() -> None:
    first = receipt_no()
    commands.withdraw(preparer(), Q3)
    assert current().state is State.WITHDRAWN
    saved(fields(FIGURES | {"101": "8400"}))
    second = submit(both_posts(), Q3, order("n" * 24))
    assert first != second
    assert [v.number for v in versions()] == [1, 2]
    assert versions()[0].content["rows"]["101"] == ["8426.50"]


@pytest.mark.content("filed")
def test_a_claimed_filing_cannot_be_withdrawn() -> None:
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        case.state, case.claimed_by_id, case.version = State.UNDER_REVIEW, 5, case.version + 1
    with pytest.raises(Illegal):
        commands.withdraw(preparer(), Q3)


def move_window(**days: int) -> None:
    values = {name: today() + timedelta(days=number) for name, number in days.items()}
    with transaction(EVERYTHING) as session:
        session.execute(update(FilingWindow).where(FilingWindow.quarter == Q3.code).values(**values))


def test_a_late_filing_is_taken_and_marked_until_the_quarter_locks() -> None:
    saved(fields())
    move_window(due_on=-1, first_due_on=-1)
    submit(both_posts(), Q3, order())
    assert current().is_late and versions()[0].is_late


def test_a_locked_quarter_takes_neither_saves_nor_submissions() -> None:
    saved(fields())
    move_window(due_on=-3, first_due_on=-3, locks_on=-1)
    with pytest.raises(Illegal):
        saved({"f101": "1"})
    with pytest.raises(Illegal):
        submit(certifier(), Q3, order())
    with pytest.raises(Illegal):
        commands.hand_over(preparer(), Q3)


@pytest.mark.content("filed")
def test_a_returned_filing_may_come_back_until_its_own_day() -> None:
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        case.state, case.reply_due_on, case.decided_at = State.RETURNED, today(), case.submitted_at
        case.version += 1
    move_window(due_on=-3, first_due_on=-3, locks_on=-1)
    saved(fields(FIGURES | {"101": "8400"}))
    submit(both_posts(), Q3, order("n" * 24))
    assert not versions()[1].is_late
    assert not current().is_late


def test_a_query_without_a_reason_asks_before_it_lets_through() -> None:
    saved(fields(FIGURES | {"202": "-30"}))
    with pytest.raises(Invalid):
        submit(both_posts(), Q3, order())
    with reading(EVERYTHING) as session:
        known = context(session, 7, Q3, "L")
        (finding,) = check(edition_for(session, current()), known, current().draft, at_submission=True).open
    reason = {"whycode-Q09-202": "tax", "why-Q09-202": "收到留抵退税", "whybasis-Q09-202": finding.basis}
    saved(fields(FIGURES | {"202": "-30"}, **reason))
    saved(fields(FIGURES | {"202": "-31"}, **reason))
    with pytest.raises(Invalid):
        submit(both_posts(), Q3, order())  # another value asks again
    saved(fields(FIGURES | {"202": "-30"}, **reason))
    submit(both_posts(), Q3, order())
    assert versions()[0].content["why"]["Q09:202"][:2] == ["tax", "收到留抵退税"]
    assert current().state is State.SUBMITTED


def test_the_case_carries_what_lists_show() -> None:
    submitted(y101="7312.4")
    with reading(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
    assert str(case.headline) == "8426.50"
    assert round(float(case.headline_growth or 0), 4) == 0.1524
    assert str(case.weight) == "20000.00"
    assert set(case.entered_by_ids) == {PREPARER, CERTIFIER}


@pytest.mark.content("filed")
def test_a_void_filing_is_begun_again_with_a_new_case() -> None:
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        case.state, case.decided_at, case.version = State.VOID, case.submitted_at, case.version + 1
        session.get_one(Enterprise, case.enterprise_id).county = ELSEWHERE
    begun()
    assert current().state is State.DRAFT
    assert count(Case) == 2 and count(Filing) == 1
    submit(both_posts(), Q3, order("n" * 24))
    assert [v.number for v in versions()] == [1, 2]
    with reading(EVERYTHING) as session:  # the case and the figures are the same county's
        assert current().county == session.scalars(select(Filing.county)).one() == versions()[1].county == ELSEWHERE


def test_another_enterprises_filing_is_not_there() -> None:
    stranger = filer(Role.PREPARER, Role.CERTIFIER, account_id=90, enterprise_id=9)
    for attempt in (
        lambda: save_draft(stranger, Q3, Page({"f101": "1"}, {}, 1)),
        lambda: commands.hand_over(stranger, Q3),
        lambda: commands.withdraw(stranger, Q3),
        lambda: submit(stranger, Q3, order()),
    ):
        with pytest.raises(Missing):
            attempt()


@pytest.mark.content("filed")
def test_a_version_cannot_be_mistaken_for_another() -> None:
    number = receipt_no()
    assert is_receipt_number(number)
    for place, letter in enumerate(number):
        if letter.isalnum() and place > 10:
            for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
                if other != letter:
                    assert not is_receipt_number(number[:place] + other + number[place + 1 :])
