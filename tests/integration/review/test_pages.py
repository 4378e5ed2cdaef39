"""The desk's pages: what each role sees, what a form keeps, what a stale page says, without script."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Post
from portal.audit.models import AuditEvent
from portal.audit.trail import record
from portal.audit.verify import verify
from portal.casework.models import Case, Decision
from portal.casework.queries import remarks
from portal.catalogue.commands import Place, draft_change, publish_draft, submit_draft
from portal.catalogue.models import FilingWindow
from portal.catalogue.queries import catalogue_today, standing_version
from portal.catalogue.queries import draft as draft_of
from portal.catalogue.queries import version as version_of
from portal.database.session import Database, reading, transaction
from portal.filing.models import Fact
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import now, today
from portal.kernel.period import Quarter
from portal.kernel.roles import GRANTS, Actor, Permission, Role
from portal.kernel.workflow import Action, Kind, State
from portal.review import commands, queries_page
from portal.review.queries import counts
from portal.review.rules import Section, Tab, counted
from portal.statistics.cells import add_due
from portal.statistics.commands import compare
from portal.statistics.models import DueEnterprise
from portal.web.sessions import SessionFacts
from tests.fixtures.cases import (
    ELSEWHERE,
    EVERYTHING,
    HERE,
    add_account,
    add_case,
    add_filing,
    add_registration,
    day,
    person,
)
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor

ENTERPRISES = count(1000)
pytestmark = pytest.mark.content("catalogue")
HOSTILE = ["\x00", "a\u202eb", "x" * 65536, "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") * 3000]


def desk(app: Flask, actor: Actor, language: Language = "zh") -> Visitor:
    """Somebody at the desk, as the session loader would find them."""
    with reading(EVERYTHING) as session:
        stamp = version_of(session)  # comes with the look-up of a visit (home/queries)
    app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(
        actor, 1, False, now(), now(), language, catalogue_version=stamp
    )
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    client.set_cookie("portal_lang", language)
    return Visitor(client)


@pytest.fixture
def officer(app: Flask) -> Visitor:
    return desk(app, person(Role.COUNTY_OFFICER))


@pytest.fixture
def people(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number, role in ((1, Role.COUNTY_OFFICER), (2, Role.COUNTY_LEAD)):
            add_account(session, number, f"审核员{number}")
            session.add(Post(account_id=number, role=role.value, county=HERE, since_on=today()))
        add_account(session, 90, "填报人", is_office=False)


def made(state: State = State.SUBMITTED, kind: Kind = Kind.FILING, **values: Any) -> int:
    with transaction(EVERYTHING) as session:
        values.setdefault("enterprise_id", next(ENTERPRISES))  # an enterprise files a quarter once
        case = add_case(session, state, kind, **values)
        if kind is Kind.FILING:
            add_filing(session, case, r101="100.00", r104="20.00")
        else:
            add_registration(session, case)
        return case.id


def state_of(case_id: int) -> State:
    with reading(EVERYTHING) as session:
        return session.get_one(Case, case_id).state


def field_ids(page: Page) -> set[str]:
    """Fields that carry a sentence of error beside them."""
    return {
        element.get("id", "")
        for element in page.having(aria_invalid="true")
        if f"{element.get('id')}-error" in element.get("aria-describedby", "").split()
    }


# --- the queue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", list(Section))
@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.BUREAU_OFFICER, Role.AUDITOR])
def test_the_queue_shows_the_cases_of_the_readers_scope(
    app: Flask, language: Language, section: Section, role: Role
) -> None:
    for kind in section.kinds:
        made(kind=kind, enterprise_name="本县企业", flags=1)
        made(kind=kind, enterprise_name="外县企业", county=ELSEWHERE)
    page = desk(app, person(role), language).get(f"/review?kind={section.value}")
    assert page.status == 200
    assert "本县企业" in page.text
    assert ("外县企业" in page.text) is (role is not Role.COUNTY_OFFICER)
    assert bool(page.having(name="do")) is (Permission.CASE_CLAIM in GRANTS[role])


def test_an_empty_tab_says_so_and_offers_one_thing(officer: Visitor) -> None:
    for tab in Tab:
        (empty,) = officer.get(f"/review?tab={tab.value}").having(class_="empty")
        assert len(list(empty.iter("a"))) == 1


def test_tabs_show_the_counts_of_the_rows_they_open(officer: Visitor) -> None:
    for state in (State.SUBMITTED, State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED, State.APPROVED):
        made(state)
    made(due_on=day(-3))
    for tab in Tab:
        page = officer.get(f"/review?tab={tab.value}")
        (current,) = [e for e in page.having(class_="tabs")[0].iter("a") if e.get("aria-current")]
        with reading(person(Role.COUNTY_OFFICER).scope) as session:
            number = counts(session, Section.FILING, 1, today())[Section.FILING, tab]
        assert current.find("span").text == counted(number)  # type: ignore[union-attr]
        assert len(list(page.tree.iter("tr"))) == (number + 1 if number else 0)


def test_flagged_rows_and_those_of_others_cannot_be_ticked(officer: Visitor) -> None:
    clean, flagged = made(), made(flags=2)
    theirs = made(State.UNDER_REVIEW, claimed_by_id=5)
    page = officer.get("/review?tick=clean")
    boxes = {box.get("value", "").split(":")[0]: box for box in page.having(name="pick")}
    assert boxes[str(clean)].get("checked") is not None
    assert boxes[str(flagged)].get("disabled") is not None
    assert boxes[str(theirs)].get("disabled") is not None


NONSENSE = [
    "q=%00", "q=%F0%9F%98%80", "q=%ED%A0%80", "q=" + "x" * 5000, "kind=x&tab=y&flags=z&due=w&chain=q", "after=zzz",
    "after=WyIyMDI2LTAxLTAxIiwgMV0", "after=WyIyMDI2LTk5LTAxIiwgMV0", "after=WyIyMDI2LTAxLTAxIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTldw",
    "done=99999999999999999999", "done=x", "tick=clean",
]  # fmt: skip


def test_a_queue_asked_for_nonsense_shows_a_page(officer: Visitor) -> None:
    made()
    for query in NONSENSE:
        assert officer.get(f"/review?{query}").status == 200


def test_fifty_rows_to_a_page_and_the_rest_on_the_next(officer: Visitor) -> None:
    with transaction(EVERYTHING) as session:
        for number in range(53):
            add_case(session, due_on=day(number % 5))
    first = officer.get("/review")
    (link,) = first.having(rel="next")
    second = officer.get(link.get("href", ""))
    seen = [box.get("value") for page in (first, second) for box in page.having(name="pick")]
    assert (len(first.having(name="pick")), len(seen), len(set(seen))) == (50, 53, 53)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_clean_one_of_a_list_of_several_pages_is_ticked_at_once_and_a_stale_one_refused(
    officer: Visitor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_page, "PAGE", 3)
    cases = [made(due_on=day(number % 3), flags=number % 4 == 3) for number in range(7)]
    theirs = made(State.UNDER_REVIEW, claimed_by_id=5)
    page = officer.get("/review")
    (link,) = [a for a in page.tree.iter("a") if "tick=list" in a.get("href", "")]
    page = officer.get(link.get("href", ""))
    boxes = page.having(name="pick")
    ticked = {box.get("value", "") for box in boxes if box.get("checked") is not None}
    clean = [case_id for number, case_id in enumerate(cases) if number % 4 != 3]
    assert ticked == {f"{case_id}:3" for case_id in clean} and len(boxes) == len(clean) + 1
    assert f"选中{len(clean)}份" in page.text
    with transaction(EVERYTHING) as session:
        session.get_one(Case, clean[0]).version = 4
    page = officer.submit("/review/batch", "approve")
    assert f"{len(clean)}件中办理了{len(clean) - 1}件" in page.text
    with reading(EVERYTHING) as session:
        left = {case.id for case in session.scalars(select(Case).where(Case.state != State.APPROVED))}
    assert left == {clean[0], theirs, *set(cases) - set(clean)}


def test_a_list_on_one_page_offers_its_number_of_clean_ones_and_the_head_says_what_is_in(officer: Visitor) -> None:
    with transaction(EVERYTHING) as session:
        opened, known = now() - timedelta(days=5), {"due_on": day(9), "first_due_on": day(9), "locks_on": day(60)}
        session.add(FilingWindow(quarter=20263, opens_at=opened, edition="2026.1", **known))
        grain = {"quarter": 20263, "segment": "01-M1", "county": HERE, "size_class": "M", "respondent_class": "L"}
        add_due(
            session,
            [DueEnterprise(enterprise_id=number, weight=Decimal(1), is_approved=False, **grain) for number in range(5)],
        )
    made()
    made(flags=1)
    page = officer.get("/review")
    assert "应报5家，已报2家" in page.text and "催报3家" in page.text
    assert "选中全部1份无异常" in page.text and not [a for a in page.tree.iter("a") if "tick=list" in a.get("href", "")]


def test_the_queue_takes_four_statements_whatever_the_rows_and_whoever_reads_it(app: Flask, database: Database) -> None:
    from portal.database.session import current

    with transaction(EVERYTHING) as session:
        for number in range(60):
            add_case(session, State.UNDER_REVIEW if number % 3 else State.SUBMITTED)
    readers = [role for role in Role if Permission.CASE_READ in GRANTS[role]]
    assert len(readers) == 5
    page = desk(app, person(Role.COUNTY_OFFICER)).get("/review")
    (after,) = {a.get("href", "") for a in page.tree.iter("a") if a.get("rel") == "next"}
    sent: list[str] = []
    event.listen(current().engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    for role in readers:
        reader = desk(app, person(role))
        for path, told in (
            ("/review", "第1–50份，共60份"),
            (after, "第51–60份"),
            ("/review?due=soon&flags=clean", "共60份"),
        ):
            sent.clear()
            assert told in reader.get(path).text
            asked = [sql for sql in sent if not sql.startswith(("BEGIN", "PRAGMA", "SELECT pg_catalog"))]
            # and the session's own look-up, which this test's loader does not make
            assert len(asked) <= 3, (role, path, asked)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_list_a_case_was_opened_from_goes_along_and_comes_back(officer: Visitor, people: None) -> None:
    flagged = made(flags=1, due_on=day(1))
    first, second = made(due_on=day(0)), made(due_on=day(2))
    page = officer.get("/review?flags=clean&q=%E4%B8%BD%E6%B0%B4")
    links = [a.get("href", "") for a in page.tree.iter("a") if a.get("href", "").startswith("/review/")]
    assert f"/review/{second}?q=%E4%B8%BD%E6%B0%B4&flags=clean" in links
    page = officer.get(f"/review/{second}?flags=clean&q=%E4%B8%BD%E6%B0%B4")
    assert "第2份，共2份" in page.text
    before = [a.get("href", "") for a in page.tree.iter("a") if a.get("data-key") == "k"]
    assert before == [f"/review/{first}?q=%E4%B8%BD%E6%B0%B4&flags=clean"]
    assert f"/review/{first}?q=%E4%B8%BD%E6%B0%B4&flags=clean" in links
    page = officer.get(f"/review/{first}?flags=clean&q=%E4%B8%BD%E6%B0%B4")
    (step,) = [a.get("href", "") for a in page.tree.iter("a") if a.get("data-key") == "r"]
    officer.get(step)
    page = officer.submit("/return", reason="请核对产值")
    assert page.url.startswith(f"/review/{second}?") and "flags=clean" in page.url
    back = [a.get("href", "") for a in page.tree.iter("a") if a.get("data-key") == "b"]
    assert back == [f"/review?kind=filing&q=%E4%B8%BD%E6%B0%B4&flags=clean#case-{second}"]
    officer.get(f"/review/{second}/return?flags=clean")
    page = officer.submit("/return", reason="请核对产值")  # the last of the list: back to it
    assert page.url.startswith("/review?") and "flags=clean" in page.url
    assert state_of(flagged) is State.SUBMITTED


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("提示线45.00", "交叉核对通过", "不超过", "出口交货值（104）")),
        (
            "en",
            (
                "flag line 45.00",
                "cross-checks passed",
                "at most",
                "Export delivery value (104)",
            ),
        ),
    ],
)
def test_a_filing_shows_its_flag_line_what_it_passed_and_its_cluster(
    app: Flask, language: Language, said: tuple[str, ...]
) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, enterprise_id=next(ENTERPRISES), flags=1)
        add_filing(session, case, r101="100.00", r103="90.00", r104="20.00", r105="30.00", r401="10.00")
        case_id = case.id
        cluster = catalogue_today(session).cluster_of_segment(case.segment)
        assert cluster is not None
    page = desk(app, person(Role.COUNTY_OFFICER), language).get(f"/review/{case_id}?show=all&field=105")
    assert f"{cluster.called.text(language)} ›" in page.text
    for text in said:
        assert text in page.text
    assert page.having(class_="band") and page.having(class_="flagged")  # 30 is below half of 90: Q05


# --- batches -----------------------------------------------------------------------------------------------------


def test_ticked_rows_are_claimed_and_the_result_names_each(officer: Visitor) -> None:
    first, second = made(enterprise_name="甲企业"), made(enterprise_name="乙企业")
    officer.get("/review")
    page = officer.submit("/review/batch", "claim", pick=[f"{first}:3", f"{second}:3", "999999:3", "x", "1:2:3"])
    assert page.url.startswith("/review/batch")
    assert "甲企业" in page.text and "乙企业" in page.text
    assert state_of(first) is State.UNDER_REVIEW
    assert "3件中办理了2件" in page.text


@pytest.mark.parametrize("tabs", [1, 2])
def test_a_batch_sent_twice_at_once_decides_each_case_once_and_both_answers_say_what_became(
    app: Flask, people: None, tabs: int
) -> None:
    """A double click sends one form twice; two tabs send the same lines by forms of their own."""
    ids = [made() for _ in range(20)]
    officers = [desk(app, person(Role.COUNTY_OFFICER), "en") for _ in range(2)]
    forms = [officer.get("/review?kind=filing").form("/review/batch").values for officer in officers]
    if tabs == 1:
        forms[1]["key"] = forms[0]["key"]
    picks = {"pick": [f"{case_id}:3" for case_id in ids], "do": "approve"}
    start = Barrier(2)

    def press(number: int) -> TestResponse:
        start.wait()
        return officers[number].client.post("/review/batch", data=forms[number] | picks)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    pages = [officer.get(answer.headers["Location"]) for officer, answer in zip(officers, answers, strict=True)]
    done = [int(found[1]) for page in pages if (found := re.search(r"(\d+) of 20 done", page.text))]
    assert done == [20, 20] if tabs == 1 else sum(done) == 20
    said = [words(row) for page in pages for row in page.having(data_l="Result")]
    assert len(said) == 40 and set(said) <= {"Done", "It changed after the list was opened"}
    with reading(EVERYTHING) as session:
        assert {session.get_one(Case, case_id).state for case_id in ids} == {State.APPROVED}
        assert session.scalar(select(func.count()).select_from(Decision)) == 20
        assert session.scalar(select(func.count()).select_from(Fact)) == 40
        noted = session.scalars(select(AuditEvent.stream).where(AuditEvent.verb == "case.approve")).all()
        assert sorted(noted) == sorted(f"case:{case_id}" for case_id in ids)
    assert compare() == [] and verify() == []


def test_a_batch_with_nothing_ticked_says_so(officer: Visitor) -> None:
    made()
    officer.get("/review")
    page = officer.submit("/review/batch", "claim")
    assert page.having(class_="flash")


def test_one_row_is_claimed_from_the_list(officer: Visitor) -> None:
    case_id = made()
    officer.get("/review")
    token = officer.page.form("/review/batch").values["csrf_token"][0]  # type: ignore[union-attr]
    response = officer.client.post(f"/review/{case_id}/claim", data={"csrf_token": token})
    assert response.status_code == 303
    assert state_of(case_id) is State.UNDER_REVIEW


# --- the step that asks why --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [Kind.REGISTRATION])
def test_a_return_without_a_reason_says_so_at_the_field_and_keeps_the_rest(
    app: Flask, people: None, language: Language, kind: Kind
) -> None:
    case_id = made(kind=kind)
    visitor = desk(app, person(Role.COUNTY_OFFICER), language)
    visitor.get(f"/review/{case_id}/return")
    page = visitor.submit("/return", "", reason="", remark_0="从业人员与社保人数不符")
    assert page.status == 422
    assert field_ids(page) == {"reason"}
    assert page.having(class_="summary")
    assert "从业人员与社保人数不符" in page.html
    page = visitor.submit("/return", "", reason="请核对从业人员")
    assert state_of(case_id) is State.RETURNED
    with reading(EVERYTHING) as session:
        assert [row.text for row in remarks(session, case_id)] == ["从业人员与社保人数不符"]


@pytest.mark.parametrize("name", ["reason", "remark_1"])
def test_hostile_text_is_refused_beside_its_field(officer: Visitor, people: None, name: str) -> None:
    case_id = made(kind=Kind.REGISTRATION)
    for text in HOSTILE:
        officer.get(f"/review/{case_id}/return")
        page = officer.submit("/return", "", **{"reason": "请核对", name: text})
        assert (page.status, field_ids(page)) == (422, {name})
    assert state_of(case_id) is State.SUBMITTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stale_decision_says_who_did_what_and_keeps_each_remark_at_its_field(
    app: Flask, people: None, language: Language
) -> None:
    case_id = made(kind=Kind.REGISTRATION)
    visitor = desk(app, person(Role.COUNTY_OFFICER), language)
    visitor.get(f"/review/{case_id}/return")
    commands.claim(replace(person(Role.COUNTY_LEAD, 2), name="王某"), case_id)
    page = visitor.submit(
        "/return", "", reason="请核对从业人员", remark_0="另一条", field_1="staff", remark_1="人数不符"
    )
    assert page.status == 409
    assert ("认领 王某，" if language == "zh" else "Claim 王某, ") in page.text
    assert ("重新提交" if language == "zh" else "ubmitted again") not in page.text, "nobody submitted anything"
    kept = [area.text for area in page.tree.iter("textarea")]
    assert [(text or "").strip() for text in kept] == ["请核对从业人员", "另一条", "人数不符"]
    assert not [form for form in page.forms if "reason" in form.values], "it is the lead's to decide by now"
    assert state_of(case_id) is State.UNDER_REVIEW


def test_a_stale_decision_that_is_still_the_officers_is_sent_again_as_typed(officer: Visitor, people: None) -> None:
    case_id = made(kind=Kind.REGISTRATION)
    lead = person(Role.COUNTY_LEAD, 2)
    officer.get(f"/review/{case_id}/return")
    commands.claim(lead, case_id)
    commands.release(lead, case_id, 4)
    page = officer.submit("/return", "", reason="请核对从业人员", field_0="staff", remark_0="人数不符")
    assert page.status == 409
    assert "认领" in page.text and "取消认领" in page.text
    form = next(form for form in page.forms if "reason" in form.values)
    assert (form.values["reason"], form.values["remark_0"], form.values["field_0"], form.values["version"]) == (
        ["请核对从业人员"],
        ["人数不符"],
        ["staff"],
        ["5"],
    )
    assert officer.client.post(f"/review/{case_id}/return", data=form.values).status_code == 303
    assert state_of(case_id) is State.RETURNED
    with reading(EVERYTHING) as session:
        assert [(r.field, r.text) for r in remarks(session, case_id)] == [("staff", "人数不符")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filing_submitted_again_meanwhile_names_the_fields_that_changed(
    app: Flask, people: None, language: Language
) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED)
        add_filing(session, case, 1, r101="100.00", r501="20")
        case_id = case.id
    visitor = desk(app, person(Role.COUNTY_OFFICER), language)
    visitor.get(f"/review/{case_id}/return")
    with transaction(EVERYTHING) as session:
        case = session.get_one(Case, case_id)
        add_filing(session, case, 2, r101="1234.50", r501="20")
        case.version, case.submitted_at = 5, now()
        for verb in ("filing.withdraw", "filing.save", "filing.submit"):
            record(session, person(Role.CERTIFIER, 90), stream=f"case:{case_id}", verb=verb)
    page = visitor.submit("/return", "", reason="请核对产值")
    assert page.status == 409
    assert "100.00 → 1,234.50" in page.text and "101" in page.text
    assert "20 → 20" not in page.text
    said = {"zh": ("撤回 企业，", "提交 企业，"), "en": ("Withdraw The enterprise, ", "Submit The enterprise, ")}[
        language
    ]
    assert all(words in page.text for words in said)
    assert "请核对产值" in page.html


def test_the_reason_of_an_officer_who_was_signed_out_meanwhile_is_not_lost(
    app: Flask, officer: Visitor, people: None
) -> None:
    case_id, loader = made(kind=Kind.REGISTRATION), app.extensions["portal_session_loader"]
    officer.get(f"/review/{case_id}/return")
    app.extensions["portal_session_loader"] = lambda db, token: None
    page = officer.submit("/return", "", reason="请核对从业人员", field_0="staff", remark_0="人数不符")
    assert page.status == 403 and "请核对从业人员" in page.text and "人数不符" in page.text
    assert state_of(case_id) is State.SUBMITTED
    assert officer.submit("/return").status == 403, "still a stranger"
    app.extensions["portal_session_loader"] = loader
    officer.submit("/return")
    assert state_of(case_id) is State.RETURNED
    with reading(EVERYTHING) as session:
        assert [(r.field, r.text) for r in remarks(session, case_id)] == [("staff", "人数不符")]


def test_a_form_without_a_version_of_ours_is_stale(officer: Visitor, people: None) -> None:
    case_id = made(kind=Kind.REGISTRATION)
    for version in ("", "x", "99999999999999999999", "-1", "３"):
        officer.get(f"/review/{case_id}/reject")
        assert officer.submit("/reject", "", reason="不符", version=version).status == 409


def test_a_step_the_case_no_longer_allows_says_so(officer: Visitor, people: None) -> None:
    case_id = made(State.REJECTED, Kind.REGISTRATION)
    page = officer.get(f"/review/{case_id}/reject")
    assert page.having(class_="note")
    assert not [form for form in page.forms if form.action.endswith("/reject")], "a form that cannot succeed"
    sent = {"reason": "不符", "csrf_token": page.forms[0].values["csrf_token"][0], "version": "3", "key": "k" * 32}
    answer = officer.client.post(f"/review/{case_id}/reject", data=sent)
    assert answer.status_code == 409
    assert "不符" in answer.get_data(as_text=True), "what was typed stands there to be copied"


# --- who sees which page -----------------------------------------------------------------------------------------

# The step that asks why serves county and city; which cases it moves for whom is the law's (TRANSITIONS).
DECIDES = {Permission.CASE_DECIDE, Permission.AWARD_DECIDE}
WORDS = {"return": DECIDES, "reject": DECIDES, "assign": {Permission.CASE_ASSIGN}}
WORDS |= {"void": {Permission.CASE_VOID}, "reopen": {Permission.CASE_REOPEN}, "": {Permission.CASE_READ}}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(Role))
def test_a_page_of_the_desk_opens_to_whoever_holds_its_permission_and_a_foreign_case_is_not_there(
    app: Flask, people: None, role: Role
) -> None:
    visitor = desk(app, person(role))
    own, foreign = made(kind=Kind.REGISTRATION), made(kind=Kind.REGISTRATION, county=ELSEWHERE)
    is_bound = role in (Role.COUNTY_OFFICER, Role.COUNTY_LEAD)
    for word, permissions in WORDS.items():
        may = bool(permissions & GRANTS[role])
        assert visitor.get(f"/review/{own}/{word}".rstrip("/")).status == (200 if may else 403)
        seen = visitor.get(f"/review/{foreign}/{word}".rstrip("/")).status
        assert seen == (403 if not may else 404 if is_bound else 200)


def test_an_address_that_leads_nowhere_is_a_plain_page(officer: Visitor) -> None:
    for address in ("/review/0", "/review/99999999999999999999", "/review/1e9", "/review/1/approve"):
        assert officer.get(address).status in (404, 405)


# --- the page of a case ------------------------------------------------------------------------------------------


def test_a_question_is_asked_on_a_field_and_an_empty_one_is_refused_there(officer: Visitor, people: None) -> None:
    case_id = made(State.UNDER_REVIEW, Kind.REGISTRATION)
    page = officer.get(f"/review/{case_id}")
    assert page.status == 200
    page = officer.submit("/questions", "", question=" ")
    assert page.status == 422
    assert field_ids(page) == {"question"}
    officer.get(f"/review/{case_id}")
    officer.submit("/questions", "", question="请补充社保缴费人数", field="staff")
    with reading(EVERYTHING) as session:
        (asked,) = remarks(session, case_id)
    assert (asked.field, asked.text) == ("staff", "请补充社保缴费人数")


def test_a_question_that_comes_too_late_says_so_and_keeps_what_was_typed(officer: Visitor, people: None) -> None:
    case_id = made(State.UNDER_REVIEW, Kind.REGISTRATION)
    officer.get(f"/review/{case_id}")
    with transaction(EVERYTHING) as session:
        session.get_one(Case, case_id).version += 1
    page = officer.submit("/questions", "", question="请补充社保缴费人数")
    assert page.status == 409
    assert "请补充社保缴费人数" in page.text
    assert [link.get("href") for link in page.having(aria_current="page")] == ["/review?kind=registration"]
    with reading(EVERYTHING) as session:
        assert not remarks(session, case_id)


def test_whoever_entered_it_is_told_why_there_are_no_buttons(officer: Visitor, people: None) -> None:
    case_id = made(kind=Kind.REGISTRATION, entered_by_ids=[1])
    page = officer.get(f"/review/{case_id}")
    assert page.having(class_="note")
    assert not [form for form in page.forms if form.action.endswith("/approve")]


def test_a_lead_assigns_from_the_page_and_a_stranger_is_refused(app: Flask, people: None) -> None:
    case_id = made(kind=Kind.REGISTRATION)
    lead = desk(app, person(Role.COUNTY_LEAD, 2))
    lists = lead.get(f"/review/{case_id}/assign").having(aria_current="page")
    assert [link.get("href") for link in lists] == ["/review?kind=registration"]  # the page belongs to one list alone
    page = lead.submit("/assign", "", assignee="77")
    assert (page.status, field_ids(page)) == (422, {"assignee"})
    lead.submit("/assign", "", assignee="1")
    with reading(EVERYTHING) as session:
        assert session.get_one(Case, case_id).claimed_by_id == 1


def test_the_bar_offers_an_undo_to_the_one_who_approved_and_only_within_the_window(app: Flask, people: None) -> None:
    fresh = made(State.APPROVED, Kind.REGISTRATION)
    late = made(State.APPROVED, Kind.REGISTRATION, decided_at=now() - timedelta(hours=1))
    visitor = desk(app, person(Role.COUNTY_OFFICER))
    for case_id in (fresh, late):  # a registration has no undo at all: an admitted enterprise may have acted already
        assert Action.UNDO.title.zh not in visitor.get(f"/review/{case_id}").text


# --- the page of a filing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.COUNTY_LEAD, Role.BUREAU_LEAD, Role.AUDITOR])
def test_a_filing_is_shown_to_whoever_may_read_cases(app: Flask, people: None, language: Language, role: Role) -> None:
    case_id = made(State.UNDER_REVIEW)
    visitor = desk(app, person(role), language)
    for query in ("", "?show=all", "?show=changed", "?field=104", "?show=%00&field=%00", "?field=" + "9" * 5000):
        assert visitor.get(f"/review/{case_id}{query}").status == 200
    buttons = {form.action.rsplit("/", 1)[1] for form in visitor.get(f"/review/{case_id}").forms}
    assert ("approve" in buttons) is (Permission.CASE_DECIDE in GRANTS[role])


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.BUREAU_LEAD, Role.AUDITOR])
def test_a_reader_who_does_not_decide_leaves_a_trace(app: Flask, people: None, role: Role) -> None:
    case_id = made()
    desk(app, person(role)).get(f"/review/{case_id}").response.close()  # as a server does once the page is sent
    with reading(EVERYTHING) as session:
        found = session.scalars(select(AuditEvent.verb).where(AuditEvent.subject == f"case:{case_id}")).all()
    assert found == ([] if role is Role.COUNTY_OFFICER else ["read"])


def test_what_changed_since_the_version_before_shows_both_values(officer: Visitor, people: None) -> None:
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.UNDER_REVIEW)
        add_filing(session, case, 1, r101="100.00", r104="81020.00")
        add_filing(session, case, 2, r101="100.00", r104="2402.50")
    page = officer.get(f"/review/{case.id}?show=changed")
    (gone,) = list(page.tree.iter("del"))
    assert "81,020.00" in "".join(gone.itertext())
    assert "2,402.50" in page.text


def test_an_approval_leads_to_the_next_case_and_offers_a_way_back(officer: Visitor, people: None) -> None:
    first, second = made(enterprise_id=7, due_on=day(1)), made(enterprise_id=8, due_on=day(2))
    officer.get(f"/review/{first}")
    page = officer.submit("/approve")
    assert page.url == f"/review/{second}?done={first}"
    assert state_of(first) is State.APPROVED
    officer.submit("/undo")
    assert state_of(first) is State.UNDER_REVIEW


def test_an_approval_from_a_stale_page_is_refused(officer: Visitor, people: None) -> None:
    case_id = made()
    officer.get(f"/review/{case_id}")
    with transaction(EVERYTHING) as session:
        session.get_one(Case, case_id).version = 4
    assert officer.submit("/approve").status == 409
    assert state_of(case_id) is State.SUBMITTED


def test_clean_filings_are_approved_together(officer: Visitor, people: None) -> None:
    clean, flagged = made(enterprise_id=7), made(enterprise_id=8, flags=1)
    page = officer.get("/review?tick=clean")
    for _click in range(2):  # the second one of a request that takes long: the same form, with its key
        officer.page = page
        told = officer.submit("/review/batch", "approve", pick=[f"{clean}:3", f"{flagged}:3"])
        assert (state_of(clean), state_of(flagged)) == (State.APPROVED, State.SUBMITTED)
        assert "2件中办理了1件" in told.text and told.having(class_="ok")
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_lead_voids_and_reopens_with_a_reason(app: Flask, people: None) -> None:
    lead = desk(app, person(Role.COUNTY_LEAD, 2))
    wrong, approved = made(enterprise_id=7), made(enterprise_id=8)
    lead.get(f"/review/{approved}")
    lead.submit("/approve")
    lead.get(f"/review/{approved}/reopen")
    lead.submit("/reopen", "", reason="发现填错单位")
    assert state_of(approved) is State.UNDER_REVIEW
    lead.get(f"/review/{wrong}/void")
    lead.submit("/void", "", reason="报错季度")
    assert state_of(wrong) is State.VOID


# --- names of their time -----------------------------------------------------------------------------------------


def renamed(new: str) -> None:
    """Chain 05 is called `new` from 2026Q4 on, by the bureau's own way."""
    drafter, publisher = person(Role.BUREAU_OFFICER, 71), person(Role.BUREAU_LEAD, 72)
    start = Quarter(2026, 4)
    with reading(EVERYTHING) as session:
        row = standing_version(session, "chain", "05", start)
    assert row is not None
    place = Place(title="链名调整", effective_from=start, reason="市经信局文件，链名调整")
    draft_id = draft_change(drafter, place, "chain", "05", {**row.content, "name_zh": new})
    for step, actor in ((submit_draft, drafter), (publish_draft, publisher)):
        with reading(EVERYTHING) as session:
            version = draft_of(session, draft_id).version
        step(actor, draft_id, version)


def test_an_earlier_quarters_filing_prints_the_chains_old_name_on_every_page_of_the_desk(
    app: Flask, officer: Visitor, people: None
) -> None:
    renamed("直线运动链")
    with transaction(EVERYTHING) as session:
        cases = [
            add_case(session, chain="05", segment="05-M1", quarter=quarter, enterprise_id=next(ENTERPRISES))
            for quarter in (20253, 20264)
        ]
        for case in cases:
            add_filing(session, case, r101="100.00")
        earlier, later = (case.id for case in cases)
    then, now_ = officer.get(f"/review/{earlier}").text, officer.get(f"/review/{later}").text
    assert "滚动功能部件" in then
    assert "直线运动链" not in then
    assert "直线运动链" in now_
    rows = [words(row) for row in officer.get("/review").tree.iter("tr")]
    assert ["滚动功能部件" in row for row in rows if "2025年" in row] == [True]
    assert ["直线运动链" in row for row in rows if "2026年第四季度" in row] == [True]
