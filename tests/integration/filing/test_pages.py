"""The enterprise's pages, without scripts: what each shows, what each keeps, what hostile input gets."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.casework import remark
from portal.casework.models import Case
from portal.catalogue.models import FilingWindow
from portal.database.session import ConfinedSession, Database, reading, transaction
from portal.database.session import current as database_in_use
from portal.filing import commands
from portal.filing.commands import Page as Sent
from portal.filing.commands import save_draft
from portal.filing.commands_submit import submit
from portal.kernel.bilingual import LANGUAGES, Bilingual, Language
from portal.kernel.clock import today
from portal.kernel.errors import Illegal
from portal.kernel.measure import Scale
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import State
from portal.questionnaire.store import newest
from portal.web.access import audience
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import (
    FIGURES,
    Q2,
    Q3,
    SHORT,
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
    saved,
    submitted,
)
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor

pytestmark = [pytest.mark.content("begun"), pytest.mark.usefixtures("database"), ON_SQLITE]
HERE = "/filings/2026Q3"
HOSTILE = [
    "NaN", "Infinity", "1e400", "-", "12,5", "3.5万", "9" * 5000, "\x00", "1\x002", "a\u202eb\u2066", "𠮷" * 30, "x" * 65536,
    "<script>alert(1)</script>", "{{ 7*7 }}", "%(name)s", "{0.__class__}", "１ ２３４", "--1", "1.2.3",
]  # fmt: skip


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_work(app, preparer())


def errors_beside(page: Page) -> set[str]:
    """The fields with a sentence of error that points at them."""
    ids = {element.get("id") for element in page.having(class_="error")}
    return {
        element.get("name", "")
        for element in page.tree.iter()
        if set((element.get("aria-describedby") or "").split()) & ids
    }


@pytest.mark.content("ground")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_without_scripts_in_each_language(app: Flask, language: Language) -> None:
    desk = at_work(app, preparer(), language)
    desk.get("/filings")
    desk.submit("/start")
    assert desk.page is not None and desk.page.url == HERE
    desk.submit("/2026Q3", "check", **fields())
    assert desk.page.url == f"{HERE}/check" and "summary" not in desk.page.html
    desk.submit("/hand-over")
    assert current().state is State.TO_CERTIFY
    head = at_work(app, certifier(), language)
    head.get(f"{HERE}/check")
    head.submit("/submit")
    assert head.page is not None and head.page.status == 422
    assert errors_beside(head.page) == {"declaration"}
    head.submit("/submit", declaration="1")
    assert head.page.url == f"{HERE}/receipt"
    (receipt,) = [e for e in head.page.tree.iter() if e.get("data-receipt")]
    assert str(receipt.get("data-receipt")) in head.page.text
    head.get(f"{HERE}/versions/1")
    head.get(f"{HERE}/receipt")
    head.submit("/withdraw")
    assert current().state is State.WITHDRAWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certifier_alone_is_told_that_the_preparer_has_it_and_can_submit_once_it_is_handed_over(
    app: Flask, language: Language
) -> None:
    saved(fields(FIGURES | {"106": ""}))
    head = at_work(app, certifier(), language)
    said = "这份填报在填报人手里" if language == "zh" else "The preparer has this filing"
    wrong = (
        "不能修改" if language == "zh" else "cannot be changed",
        "继续填写" if language == "zh" else "Continue the filing",
    )
    for path in (HERE, f"{HERE}/check"):
        page = head.get(path)
        assert said in page.text and not [word for word in wrong if word in page.text]
        assert "declaration" not in page.html and "/submit" not in page.html
    task = "填报人正在填写" if language == "zh" else "with the preparer"
    front = head.get("/")
    assert task in front.text and not [word for word in wrong if word in front.text]
    with pytest.raises(Illegal) as refused:
        submit(certifier(), Q3, order())
    assert refused.value.code == "not-handed-over" and current().state is State.DRAFT
    saved(fields())
    commands.hand_over(preparer(), Q3)
    page = head.get(f"{HERE}/check")
    assert said not in page.text and "declaration" in page.html


def test_the_declaration_is_never_ticked_beforehand(app: Flask) -> None:
    saved(fields())
    page = at_work(app, both_posts()).get(f"{HERE}/check")
    (box,) = [e for e in page.tree.iter("input") if e.get("name") == "declaration"]
    assert box.get("checked") is None


@pytest.mark.content("ground")
def test_the_form_shows_the_past_and_the_change(app: Flask) -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
    submitted(Q2, FIGURES | {"101": "8000"})
    begun()
    saved(fields() | {"y101": "7312.4"})
    page = at_work(app, preparer()).get(HERE)
    (row,) = [e for e in page.tree.iter("tr") if e.get("id") == "r101"]
    text = " ".join("".join(row.itertext()).split())
    for piece in ("8,000.00", "7,312.40", "+15.2%", "+5.3%", "万元"):
        assert piece in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_hard_errors_and_questions_stand_at_their_rows_and_in_the_summary(app: Flask, language: Language) -> None:
    saved(fields(FIGURES | {"104": "81020", "106": "", "202": "-30"}))
    page = at_work(app, preparer(), language).get(f"{HERE}?check=1")
    assert {"f104", "f106"} <= errors_beside(page)
    links = {e.get("href") for e in page.tree.iter("a")}
    assert {"#f104", "#f106", "#why-Q09-202"} <= links
    ids = {e.get("id") for e in page.tree.iter()}
    assert {"f104", "f106", "why-Q09-202"} <= ids


def test_an_empty_required_row_is_no_error_before_it_is_checked(desk: Visitor) -> None:
    assert not desk.get(HERE).errors
    assert desk.get(f"{HERE}?check=1").errors


def test_a_reason_given_on_the_page_holds_until_the_value_changes(desk: Visitor) -> None:
    saved(fields(FIGURES | {"202": "-30"}))
    desk.get(f"{HERE}?check=1")
    desk.submit("/2026Q3", "save", **{"why-Q09-202": "收到留抵退税", "whycode-Q09-202": "tax"})
    assert desk.get(f"{HERE}/check").having(class_="summary") == []
    desk.get(HERE)
    desk.submit("/2026Q3", "save", f202="-40")
    assert desk.get(f"{HERE}/check").having(class_="summary")


def test_hostile_text_is_kept_or_refused_at_its_field(desk: Visitor) -> None:
    """Every text once in every field: round by round each field gets the text that its neighbour had before."""
    names = ("f101", "b101", "n205", "stop_reason", "typing", "w_input", "why-Q09-202")
    desk.get(HERE)
    for start in range(len(HOSTILE)):
        sent = {name: HOSTILE[(start + place) % len(HOSTILE)] for place, name in enumerate(names)}
        data = {**_token(desk), "draft_version": str(current().draft_version), "stopped": "1", **sent}
        answer = desk.client.post(HERE, data=data, follow_redirects=True)
        assert answer.status_code in (200, 422), ascii(sent)[:400]
        shown = desk.get(HERE)
        assert shown.status == 200
        assert ("f101" in errors_beside(shown)) is (sent["f101"] != "１ ２３４"), ascii(sent["f101"][:20])


def test_a_text_that_is_too_long_is_shown_again_whole(desk: Visitor) -> None:
    page = desk.get(HERE)
    page = desk.submit("/2026Q3", "save", stop_reason="长" * 2000, f101="77")
    assert page.status == 422
    assert "stop_reason" in errors_beside(page)
    assert "长" * 2000 in page.html and 'value="77.00"' in page.html
    assert current().draft["f101"] == "77.00"


def test_a_save_by_script_keeps_all_but_the_text_that_is_too_long(desk: Visitor) -> None:
    desk.get(HERE)
    data = {**_token(desk), "f101": "5", "stop_reason": "长" * 2000}
    answer = desk.client.post(HERE, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and answer.get_json()["texts"]["stop_reason"] == "长" * 2000
    assert current().draft["f101"] == "5.00" and "stop_reason" not in current().draft


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_closed", [False, True], ids=["handed over", "closed"])
def test_what_was_typed_in_a_second_tab_stands_on_the_page_that_cannot_keep_it(
    app: Flask, language: Language, is_closed: bool
) -> None:
    saved(fields())
    desk = at_work(app, preparer(), language)
    tab = desk.get(HERE)
    commands.hand_over(preparer(), Q3)
    if is_closed:
        commands.withdraw(preparer(), Q3)
        day = today() - timedelta(days=1)
        with transaction(EVERYTHING) as session:
            session.execute(update(FilingWindow).values(due_on=day, first_due_on=day, locks_on=day))
    desk.page = tab
    page = desk.submit("/2026Q3", "save", f101="7777.5", stop_reason="<b>检修</b>")
    assert page.status == 409
    (box,) = [e for e in page.tree.iter("textarea") if e.get("id") == "typed"]
    said = box.text or ""
    assert "7777.5" in said and "<b>检修</b>" in said and ("工业总产值" if language == "zh" else "Gross output") in said
    assert "8,102.00" not in said and "csrf" not in said
    assert current().draft["f101"] == "8,426.50"


@pytest.mark.parametrize("path", ["hand-over", "withdraw"])
def test_a_double_press_without_scripts_ends_on_the_same_page(desk: Visitor, path: str) -> None:
    saved(fields())
    if path == "withdraw":
        commands.hand_over(preparer(), Q3)
    page = desk.get(f"{HERE}/check")
    first = desk.submit(f"/{path}")
    desk.page = page
    second = desk.submit(f"/{path}")
    assert (first.status, first.url) == (second.status, second.url) == (200, "/filings")


def _token(desk: Visitor) -> dict[str, str]:
    assert desk.page is not None
    return {"csrf_token": str(desk.page.form("/2026Q3", "save").values["csrf_token"][-1]), "draft_version": "1"}


def test_full_width_digits_and_grouping_are_read(desk: Visitor) -> None:
    desk.get(HERE)
    page = desk.submit("/2026Q3", "save", f101="１２，３４５．６", f103="12,345.67")
    assert 'value="12,345.60"' in page.html and 'value="12,345.67"' in page.html


@pytest.mark.parametrize("shown", ["", "{", "[]", "null", '{"f101": 3}', "[" * 50000], ids=range(6))
def test_a_broken_account_of_what_was_shown_overwrites_nobody(desk: Visitor, shown: str) -> None:
    saved({"f101": "5.00"})
    desk.get(HERE)
    answer = desk.client.post(HERE, data={**_token(desk), "draft_version": "0", "shown": shown, "f101": "6"})
    assert answer.status_code == 409
    assert current().draft["f101"] == "5.00"


def test_a_save_by_script_answers_with_what_is_kept(desk: Visitor) -> None:
    desk.get(HERE)
    data = {**_token(desk), "f101": "1234.5", "scale": "TEN_THOUSAND"}
    answer = desk.client.post(HERE, data=data, headers={"Accept": "application/json"})
    told = answer.get_json()
    assert answer.status_code == 200
    assert told["texts"]["f101"] == "1,234.50" and told["version"] == current().draft_version and told["status"]


def test_two_people_on_one_row_choose(app: Flask, desk: Visitor) -> None:
    saved({"f101": "1.00"})
    desk.get(HERE)
    saved({"f101": "2.00"})
    page = desk.submit("/2026Q3", "save", f101="3")
    assert page.status == 409
    desk.submit("/2026Q3", f101="3.00")
    assert current().draft["f101"] == "3.00"


def test_a_stale_page_whose_other_rows_changed_keeps_both(desk: Visitor) -> None:
    desk.get(HERE)
    saved({"f103": "2.00"})
    desk.submit("/2026Q3", "save", f101="3")
    assert (current().draft["f101"], current().draft["f103"]) == ("3.00", "2.00")


def test_a_tick_can_be_taken_away(desk: Visitor) -> None:
    desk.get(HERE)
    desk.submit("/2026Q3", "save", stopped=["", "1"], stop_reason="检修", stop_from="2026-07-01")
    assert current().draft["stopped"] == "1"
    desk.get(HERE)
    desk.submit("/2026Q3", "save", stopped=[""])
    assert "stopped" not in current().draft


@pytest.mark.content("filed")
def test_the_officers_question_stands_at_its_row_and_is_answered(desk: Visitor) -> None:
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        case.state, case.reply_due_on, case.decided_at = State.RETURNED, today(), case.submitted_at
        case.version += 1
        asked = remark.ask(session, case, person(Role.COUNTY_OFFICER), "107", "请按生产法计算").id
    page = desk.get(HERE)
    (row,) = [e for e in page.tree.iter("tr") if e.get("id") == "m107"]
    assert "请按生产法计算" in "".join(row.itertext())
    page = desk.submit(f"/questions/{asked}", reply=" ")
    assert page.status == 422 and errors_beside(page) == {"reply"}
    desk.submit(f"/questions/{asked}", reply="已改")
    assert current().talk[0].reply == "已改"


@pytest.mark.content("filed")
def test_what_is_another_enterprises_is_not_there(app: Flask) -> None:
    stranger = at_work(app, filer(Role.PREPARER, Role.CERTIFIER, account_id=90, enterprise_id=9))
    for quarter in ("2026Q3", "2027Q1", "2026Q5", "x", "2026q3"):
        for path in ("", "/check", "/receipt", "/versions/1", "/versions/9"):
            page = stranger.get(f"/filings/{quarter}{path}")
            assert page.status == 404 or page.url == "/filings", page.url
            assert "8,426.50" not in page.html


def test_every_page_of_the_room_is_for_enterprises_only(app: Flask) -> None:
    officer = at_work(app, person(Role.COUNTY_OFFICER)).client
    mine = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("filing.")]
    assert len(mine) >= 12
    for rule in mine:
        assert audience(app, rule.endpoint)
        if "GET" in (rule.methods or ()):
            path = rule.rule.replace("<quarter>", "2026Q3").replace("<int:number>", "1")
            assert officer.get(path).status_code == 403


def test_a_closed_quarter_says_so_and_keeps_nothing(desk: Visitor) -> None:
    desk.get(HERE)
    page, day = desk.page, today() - timedelta(days=1)
    with transaction(EVERYTHING) as session:
        session.execute(update(FilingWindow).values(due_on=day, first_due_on=day, locks_on=day))
    desk.page = page
    assert desk.submit("/2026Q3", "save", f101="5").status == 409
    assert "f101" not in current().draft
    assert desk.get(HERE).status == 200


def test_get_changes_nothing(desk: Visitor) -> None:
    before = current()
    for path in ("/filings", HERE, f"{HERE}?check=1", f"{HERE}/check"):
        desk.get(path)
    assert current() == before


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize("actor", [preparer(), certifier(), both_posts()], ids=["preparer", "certifier", "both"])
def test_form_and_list_take_few_statements_whatever_is_on_them(
    app: Flask, database: Database, rows: int, actor: object
) -> None:
    saved(dict(list(fields().items())[: rows * 2]))
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        for number in range(rows):
            remark.ask(session, case, person(Role.COUNTY_OFFICER), "107", f"问题{number}")
    visitor = at_work(app, actor)  # type: ignore[arg-type]
    visitor.get(HERE)
    seen: list[str] = []
    event.listen(database_in_use().engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    visitor.get(HERE)
    form = len(seen)
    seen.clear()
    visitor.get("/filings")
    # The session is looked up by the test itself: one statement less than on a running portal (G4: 4 and 4).
    assert form <= 3 and len(seen) <= 3, seen


@pytest.mark.parametrize("actor", [preparer(), both_posts()], ids=["preparer", "both"])
def test_a_save_takes_six_statements_whatever_is_typed(app: Flask, database: Database, actor: Actor) -> None:
    visitor, sent = at_work(app, actor), dict[str, int]()
    typed = {"first": fields(SHORT), "one": {"f101": "8426.51"}, "all": fields(), "none": {}, "stop": {"stopped": "1"}}
    seen: list[str] = []
    event.listen(database_in_use().engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for what, texts in typed.items():
        form = visitor.get(HERE).form("/2026Q3", "save")
        seen.clear()
        answer = visitor.client.post(HERE, data={**form.values, **texts, "go": "save"})
        assert answer.status_code == 303, what
        sent[what] = len([sql for sql in seen if not sql.startswith("BEGIN")])
    # The session is looked up by the test itself: one statement less than on a running portal (G4: 6).
    assert max(sent.values()) <= 5, sent


def test_a_save_from_another_page_is_no_conflict_when_nothing_differs(desk: Visitor) -> None:
    version = current().draft_version
    saved({"f101": "1.00"})
    result = save_draft(preparer(), Q3, Sent({"f101": "1"}, {}, version))
    assert not result.clashes


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_has_to_be_sent_again_names_what_was_typed_in_words(app: Flask, language: Language) -> None:
    desk = at_work(app, preparer(), language)
    data = {"csrf_token": "old", "draft_version": "1", "shown": "{}", "go": "save", "key": "k" * 24, "f101": "77.5"}
    answer = desk.client.post(HERE, data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    listed = text.partition("<dl")[2].partition("</dl>")[0]
    assert "77.5" in listed and ("指标101" if language == "zh" else "Row 101") in listed
    assert not [name for name in data if name in listed]
    assert 'name="draft_version" value="1"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_somebody_who_was_signed_out_meanwhile_is_sent_again_as_typed(
    app: Flask, language: Language
) -> None:
    desk, loader = at_work(app, preparer(), language), app.extensions["portal_session_loader"]
    desk.get(HERE)
    app.extensions["portal_session_loader"] = lambda db, token: None
    page = desk.submit("/2026Q3", "save", f101="77.5", f105="88.25")
    assert page.status == 403
    assert ("你已退出登录" if language == "zh" else "You are signed out by now") in page.text
    assert "77.5" in page.text and "88.25" in page.text
    assert [link.get("href") for link in page.having(target="_blank")] == ["/sign-in?next=/proved"]
    assert "f101" not in current().draft, "a stranger's post writes nothing"
    app.extensions["portal_session_loader"] = loader
    with desk.client.session_transaction() as cookie:  # as signing in leaves it: nothing of the visit before survives
        cookie.clear()
        cookie["_user_id"] = "token"
    assert desk.submit("/2026Q3").status == 400  # the page's token is of the old session: asked once more, as typed
    assert desk.submit("/2026Q3").status == 200
    assert {name: current().draft[name] for name in ("f101", "f105")} == {"f101": "77.50", "f105": "88.25"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("database is locked", 503, Bilingual("系统正忙", "The portal is busy")),
        ("database or disk is full", 507, Bilingual("存储空间已满", "No room left")),
    ],
)
def test_what_cannot_be_written_now_comes_back_as_typed_and_is_sent_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, language: Language, fault: str, status: int, said: Bilingual
) -> None:
    desk = at_work(app, preparer(), language)
    desk.get(HERE)

    def refused(session: Session) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError(fault))

    with reading(EVERYTHING) as session:
        code, kind = next(iter(newest(session, "2026.1").reasons.items()))
    monkeypatch.setattr(ConfinedSession, "commit", refused)
    page = desk.submit("/2026Q3", "save", f101="77.5", **{"whycode-Q01-101": code})
    assert page.status == status
    assert kind.text(language) in [words(given) for given in page.tree.iter("dd")]
    assert said.text(language) in page.text and "77.5" in page.text
    assert (Scale.TEN_THOUSAND.title.text(language) in page.text) and "TEN_THOUSAND" not in page.text
    assert "f101" not in current().draft
    monkeypatch.undo()
    assert desk.submit("/2026Q3").status == 200
    assert current().draft["f101"] == "77.50"
