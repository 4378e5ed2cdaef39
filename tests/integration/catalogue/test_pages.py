"""The catalogue's pages: who sees them, the whole walk of a change, bad input at its field, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from portal.catalogue import commands
from portal.catalogue.kinds import KINDS
from portal.catalogue.reader import raw_entries
from portal.database.session import Database
from portal.kernel.bilingual import HTML_LANG, LANGUAGES
from portal.kernel.clock import now
from portal.kernel.period import Quarter
from portal.kernel.roles import GRANTS, Actor, Permission, Role, Scope
from portal.web.sessions import SessionFacts
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.visitor import Page, Visitor, words

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]
EVERYTHING = Scope.everything("a test")
READ, DRAFT, WINDOW = Permission.CATALOGUE_READ, Permission.CATALOGUE_DRAFT, Permission.WINDOW_OPEN
PAGES = {
    "/catalogue": READ,
    "/catalogue/chain": READ,
    "/catalogue/chain/05": READ,
    "/catalogue/drafts": READ,
    "/catalogue/windows": READ,
    "/catalogue/calendar?year=2026": READ,
    "/catalogue/chain/05/change": DRAFT,
    "/catalogue/segment/add": DRAFT,
    "/catalogue/windows/2026Q3/extend": WINDOW,
}
HOSTILE = ["\x00", "滚\u202e动", "长" * 65_536, "NaN", "1e400", "<script>alert(1)</script>\x07", "𠮷" * 400]
NEW_NAME = "滚动功能部件与直线运动"


def person(role: Role, account_id: int) -> Actor:
    return Actor(account_id, f"p{account_id}", f"经办人{account_id}", frozenset({role}), EVERYTHING, proved_at=now())


def signed_in(app: Flask, role: Role, account_id: int = 9) -> Visitor:
    """Somebody with one role, as the session loader would find them."""
    actor = person(role, account_id)
    app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(actor, 1, False, now(), now(), None)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    return Visitor(client)


def drafter(app: Flask) -> Visitor:
    return signed_in(app, Role.BUREAU_OFFICER, 1)


def second(app: Flask) -> Visitor:
    return signed_in(app, Role.BUREAU_LEAD, 2)


def change(visitor: Visitor, address: str = "/catalogue/chain/05/change", **typed: object) -> Page:
    visitor.get(address)
    draft = {
        "title": "链名调整",
        "effective_from": str(Quarter.containing(now().date()) + 1),
        "reason": "市经信局示例文件",
    }
    return visitor.submit(address.split("?")[0], **{**draft, **typed})


def test_only_who_is_granted_it_sees_the_page(app: Flask) -> None:
    commands.open_window(person(Role.BUREAU_LEAD, 2), Quarter(2026, 3))
    for role in Role:
        visitor = signed_in(app, role)
        for path, permission in PAGES.items():
            assert visitor.get(path).status == (200 if permission in GRANTS[role] else 403), (role, path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_lists_its_entries_and_every_first_entry_has_a_page_and_a_form(app: Flask, language: str) -> None:
    visitor = drafter(app)
    for kind in KINDS:
        codes = [raw.code for raw in raw_entries() if raw.kind == kind]
        page = visitor.get(f"/catalogue/{kind}?lang={language}")
        assert page.status == 200
        assert all(code in page.text for code in codes)
        assert HTML_LANG[language] in page.html
        for address in (f"{kind}/{codes[0]}", f"{kind}/{codes[0]}/change", f"{kind}/add"):
            assert visitor.get(f"/catalogue/{address}").status == 200


def test_a_form_sent_back_as_it_came_is_no_change(app: Flask) -> None:
    visitor = drafter(app)
    for kind in KINDS:
        code = next(raw.code for raw in raw_entries() if raw.kind == kind)
        page = change(visitor, f"/catalogue/{kind}/{code}/change")
        assert page.status == 422, (kind, page.errors)
        assert not page.errors


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_of_a_change_from_draft_to_two_quarters_that_print_different_names(app: Flask, language: str) -> None:
    visitor = drafter(app)
    visitor.get(f"/catalogue?lang={language}")
    page = change(visitor, name_zh=NEW_NAME, name_en="Rolling parts and linear motion")
    assert page.status == 200
    draft_url = page.url.split("?")[0]
    assert next(word for element in page.tree.iter("del") for word in element.itertext()) == "滚动功能部件"
    assert next(word for element in page.tree.iter("ins") for word in element.itertext()) == NEW_NAME
    visitor.submit(f"{draft_url}/submit")
    assert not [form for form in visitor.page.forms if form.action.endswith("/publish")]  # type: ignore[union-attr]

    lead = second(app)
    lead.get(f"{draft_url}?lang={language}")
    assert lead.submit(f"{draft_url}/publish").status == 200
    coming = Quarter.containing(now().date()) + 1
    names = {quarter: lead.get(f"/catalogue/chain/05?quarter={quarter}").text for quarter in (coming - 1, coming)}
    assert names[coming].count(NEW_NAME) > names[coming - 1].count(NEW_NAME)
    assert second(app).get(f"/catalogue/chain?quarter={coming - 1}").text.count(NEW_NAME) == 0
    assert second(app).get(f"/catalogue/chain?quarter={coming}").text.count(NEW_NAME) == 1


def test_who_drafted_is_refused_with_the_reason_on_the_draft(app: Flask) -> None:
    lead = second(app)
    draft_url = change(lead, name_zh=NEW_NAME).url.split("?")[0]
    page = lead.submit(f"{draft_url}/submit")
    token = page.form("/reopen").values["csrf_token"]
    response = lead.client.post(f"{draft_url}/publish", data={"csrf_token": token, "version": "2"})
    assert response.status_code == 409
    assert "参与起草的人不能发布" in response.get_data(as_text=True)


FIELDS = ("name_zh", "name_en", "source", "cluster", "title", "reason", "effective_from", "draft")


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_input_never_breaks_the_page_and_stays_in_the_form(app: Flask, value: str) -> None:
    visitor = drafter(app)
    for field in FIELDS:
        page = change(visitor, **{"name_zh": NEW_NAME, field: value})
        assert page.status in (200, 422), field
        if page.status == 422:
            assert page.errors, field
            assert NEW_NAME in page.html or field == "name_zh"


def test_wrong_fields_say_so_beside_them(app: Flask) -> None:
    page = change(drafter(app), name_en="滚动", source="", title="", reason="短")
    assert page.status == 422
    assert len(page.errors) == 4
    assert {field.get("id") for field in page.having(aria_invalid="true")} >= {"name_en", "source"}


def test_a_used_code_is_not_given_away_again(app: Flask) -> None:
    page = change(
        drafter(app),
        "/catalogue/task/add",
        code="1",
        name_zh="任务",
        name_en="Task",
        order="９",
        source="S0",
        status="confirmed",
    )
    assert page.status == 422
    assert len(page.errors) == 1


def test_the_code_of_a_new_entry_outlives_the_session_and_no_code_for_once_does(app: Flask) -> None:
    ours = {"Origin": "http://localhost", "Accept-Language": "en"}
    typed = {"code": "NEW-7", "name_zh": "新任务", "name_en": "A new task", "password": "geheim-1"}
    kept = Page(app.test_client().post("/catalogue/task/add", data=typed, headers=ours), "/catalogue/task/add")
    assert kept.form("/catalogue/task/add").values["code"] == ["NEW-7"]
    assert [words(dt) for dt in kept.tree.iter("dt")] == ["Entry code", "Chinese name", "English name"]
    assert "geheim-1" not in kept.html
    for elsewhere in ("/sign-in/code", "/confirm-identity", "/review/1/return", "/no-such-page"):
        answer = app.test_client().post(elsewhere, data={"code": "NEW-7", "reason": "kept"}, headers=ours)
        assert "NEW-7" not in answer.get_data(as_text=True), elsewhere


def test_full_width_digits_and_grouped_numbers_are_read(app: Flask) -> None:
    page = change(
        drafter(app),
        "/catalogue/level/add",
        code="200",
        name_zh="二百亿级",
        name_en="20-billion-yuan level",
        threshold="２,000,000",
        source="S1",
        status="to_confirm",
    )
    assert page.status == 200
    assert "2,000,000" in page.text


def test_a_second_change_joins_an_open_draft_and_a_stale_choice_is_told(app: Flask) -> None:
    visitor = drafter(app)
    change(visitor, name_zh=NEW_NAME)
    visitor.get("/catalogue/chain/06/change")
    assert visitor.page is not None
    chosen = next(o.get("value") for o in visitor.page.tree.iter("option") if (o.get("value") or "").startswith("1."))
    page = visitor.submit("/change", draft=chosen, name_zh="汽车热管理")
    assert page.status == 200
    assert page.url.startswith("/catalogue/drafts/1")
    page = change(visitor, "/catalogue/chain/07/change", draft=chosen, name_zh="不锈钢")
    assert page.status == 409
    assert "不锈钢" in page.html


def test_what_is_not_there_is_a_plain_404(app: Flask) -> None:
    lead = second(app)
    for address in (
        "nonsense",
        "chain/99",
        "chain/%00",
        "chain/" + "9" * 300,
        "drafts/999999",
        "drafts/" + "9" * 40,
        "windows/2026Q9/extend",
        "windows/2026Q3/extend",
        "nonsense/add",
        "chain/99/change",
    ):
        assert lead.get(f"/catalogue/{address}").status == 404, address


def test_an_unreadable_quarter_shows_the_present_one(app: Flask) -> None:
    lead = second(app)
    for quarter in ["", "2026", "9999Q9", "\x00", "２０２６Ｑ３"]:
        assert lead.client.get("/catalogue", query_string={"quarter": quarter}).status_code == 200


def test_a_lead_opens_and_extends_a_window_and_is_told_what_is_wrong(app: Flask, database: Database) -> None:
    lead = second(app)
    lead.get("/catalogue/windows")
    opened = lead.submit("/windows", quarter="2026Q3")
    assert "2026年10月26日" in opened.text
    assert 'value="2026Q3"' not in opened.html  # what is open is not offered again
    assert 'value="2026Q4"' in opened.html
    assert lead.submit("/windows", quarter="2026Q3").status == 409
    lead.get("/catalogue/windows/2026Q3/extend")
    wrong = lead.submit("/extend", due_on="tomorrow", reason="")
    assert (wrong.status, len(wrong.errors)) == (422, 2)
    assert "2026年10月30日" in lead.submit("/extend", due_on="２０２６-10-30", reason="台风影响，统一延期").text


def test_a_lead_corrects_the_calendar_and_is_told_what_is_wrong(app: Flask) -> None:
    lead = second(app)
    lead.get("/catalogue/calendar?year=2031")
    wrong = lead.submit("/calendar", day="2031-02-30", title_zh="", title_en="x" * 200)
    assert (wrong.status, len(wrong.errors)) == (422, 3)
    page = lead.submit("/calendar", day="2031-10-01", title_zh="国庆节放假", title_en="National Day (off)")
    assert page.status == 200
    assert "国庆节放假" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_shows_its_source_and_a_lead_corrects_it(app: Flask, language: str) -> None:
    lead = second(app)
    page = lead.get(f"/catalogue/calendar?year=2027&lang={language}")
    assert ("待确认" if language == "zh" else "To be confirmed") in page.text and "2027" in page.text
    wrong = lead.submit("/calendar/2027", source="长" * 300)
    assert (wrong.status, len(wrong.errors)) == (422, 1) and "长" * 300 in wrong.html
    done = lead.submit("/calendar/2027", source="国办发明电〔2026〕9号", is_confirmed="y")
    assert done.status == 200 and "国办发明电〔2026〕9号" in done.text
    assert ("市局录入" if language == "zh" else "Entered by the bureau") in done.text
    reader = signed_in(app, Role.COUNTY_OFFICER, 5).get("/catalogue/calendar?year=2031&lang=en")
    assert "No source is entered for this year." in reader.text and not reader.having(id="source")


def test_lists_cost_the_same_statements_however_many_rows_they_show(app: Flask, database: Database) -> None:
    lead, counts = second(app), []
    lead.get("/catalogue/chain")
    for address in ("/catalogue/cluster", "/catalogue/segment"):
        seen: list[str] = []

        def note(*args: Any, seen: list[str] = seen) -> None:
            seen.append(args[2])

        event.listen(Engine, "before_cursor_execute", note)
        lead.get(address)
        event.remove(Engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4
