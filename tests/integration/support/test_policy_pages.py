"""The bureau's pages of policies: who opens them, the walk from draft to public page, bad input at its field."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.database.session import Database, reading
from portal.kernel.bilingual import Language, whole_day_in_words
from portal.kernel.clock import today
from portal.kernel.errors import Missing
from portal.kernel.roles import GRANTS, Actor, Permission, Role
from portal.support import commands_apply
from portal.support.models import PolicyDraft, PolicyVersion
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import at_work, preparer
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor

pytestmark = [pytest.mark.content("catalogue"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LIST, CHANGE, ADD = "/support/policies", "/support/policies/P102/change", "/support/policies/add"
READ, DRAFT = Permission.POLICY_READ, Permission.POLICY_DRAFT
PAGES = {LIST: READ, "/support/policies/P102": READ, CHANGE: DRAFT, ADD: DRAFT}
LATER = today() + timedelta(days=30)
NAME, REASON = "以商招商引荐奖励（新）", "市局示例文件"
ADDED = {
    "task": "1", "way": "apply", "level": "city", "title_zh": "服务补助{甲}", "title_en": "Service grant {a}",
    "summary_zh": "摘要", "summary_en": "Summary", "amount_kind": "share", "amount_value": "2.5%",
    "amount_cap": "50000", "amount_basis_zh": "服务费", "amount_basis_en": "Fees", "amount_unit_zh": "元",
    "amount_unit_en": "yuan", "accept_from": "2026/1/1", "accept_until": "2199-12-31", "accept_days": "5",
    "handle_days": "20", "contact_zh": "窗口", "contact_en": "Desk", "source_zh": "文件", "source_en": "Document",
    "review_conclusion_zh": "未发现问题", "review_conclusion_en": "Nothing found", "review_on": "2026-01-05",
    "review_document": "丽市监审〔2026〕1号", "conditions": 'officer("有{服务}合同", "Has a {service} contract")',
}  # fmt: skip
HOSTILE = ["\x00", "甲\u202e乙", "长" * 21_000, "NaN", "1e400", "{name} {{ 7*7 }}<script>alert(1)</script>", "𠮷" * 300]


def person(role: Role, account_id: int) -> Actor:
    return Actor(account_id, f"p{account_id}", f"经办人{account_id}", frozenset({role}), EVERYTHING)


def drafter(app: Flask) -> Visitor:
    return at_work(app, person(Role.BUREAU_OFFICER, 11))


def second(app: Flask) -> Visitor:
    return at_work(app, person(Role.BUREAU_LEAD, 12))


def change(visitor: Visitor, address: str = CHANGE, **typed: object) -> Page:
    visitor.get(address)
    return visitor.submit(address, **{"reason": REASON, **typed})


def publish(app: Flask, address: str) -> None:
    """Submits the draft there and has a second person publish it."""
    for person_, step in ((drafter, "submit"), (second, "publish")):
        visitor = person_(app)
        visitor.get(address)
        assert visitor.submit(f"{address}/{step}").status == 200


def said(page: Page) -> dict[str, str]:
    """What stands beside each field."""
    found = {element.get("id", "").removesuffix("-error"): words(element) for element in page.having(class_="error")}
    return {name: text for name, text in found.items() if name}


def drafts() -> int:
    with reading(EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(PolicyDraft)) or 0


def test_only_who_is_granted_it_sees_the_page(app: Flask) -> None:
    for role in Role:
        visitor = at_work(app, person(role, 13))
        for path, permission in PAGES.items():
            assert visitor.get(path).status == (200 if permission in GRANTS[role] else 403), (role, path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_of_a_change_from_draft_to_the_page_everybody_reads(
    app: Flask, visitor: Visitor, language: Language
) -> None:
    officer = drafter(app)
    officer.client.set_cookie("portal_lang", language)
    old = "以商招商引荐奖励"
    page = change(officer, title_zh=NAME, title_en="Reward for bringing a project", annual_cap="400,000")
    address = page.url
    assert page.status == 200
    assert {word.strip() for found in page.tree.iter("ins") for word in found.itertext()} == {
        NAME, "Reward for bringing a project", "400,000",
    }  # fmt: skip
    officer.submit(f"{address}/submit")
    assert not [form for form in officer.page.forms if form.action.endswith("/publish")]  # type: ignore[union-attr]
    assert NAME not in visitor.get("/policies/P102?lang=zh").text

    lead = second(app)
    lead.client.set_cookie("portal_lang", language)
    task = {"zh": "待发布的政策修改：P102", "en": "Policy to publish: P102"}[language]
    assert task in lead.get("/").text
    lead.get(address)
    assert lead.submit(f"{address}/publish").status == 200
    shown = visitor.get("/policies/P102?lang=zh").text
    assert NAME in shown
    assert "示例" in shown
    assert {"zh": "第2版", "en": "Version 2"}[language] in lead.get("/support/policies/P102").text
    assert task not in lead.get("/").text
    assert old in visitor.get("/policies?lang=zh").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_version_whose_day_lies_ahead_is_in_force_from_that_day_wherever_it_is_named(
    app: Flask, visitor: Visitor, language: Language
) -> None:
    officer, day = drafter(app), whole_day_in_words(LATER)
    drafts = [
        change(officer, effective_on=LATER.isoformat(), amount_value="120,000").url,
        change(officer, ADD, effective_on=LATER.isoformat(), new_code="P103", **ADDED).url,
    ]
    for address in drafts:
        publish(app, address)
    ahead = {"zh": f"自{day.zh}起生效", "en": f"n force from {day.en}"}[language]
    bureaus = [*drafts, LIST, f"{LIST}/P102", f"{LIST}/P103"]
    for address in (*bureaus, "/policies/P102", "/policies/P103", "/policies"):
        page = (officer if address in bureaus else visitor).get(f"{address}?lang={language}")
        text = words(next(page.tree.iter("main")))
        assert ahead in text, address
        assert "In force" not in text.replace("In force from", ""), address
    worth = {"zh": ("10万元", "12万元"), "en": ("100,000 yuan", "120,000 yuan")}[language]
    shown = visitor.get(f"/policies/P102?lang={language}").text  # until then the version that stands is the one read
    assert [sum_ in shown for sum_ in worth] == [True, False]
    with pytest.raises(Missing):
        commands_apply.begin(preparer(), "P103")


def test_the_text_of_a_new_policy_whose_draft_was_dropped_meanwhile_can_be_sent_once_more(app: Flask) -> None:
    officer, colleague = drafter(app), second(app)
    address = change(officer, ADD, new_code="P103", **ADDED).url
    officer.get("/support/policies/P103/change")
    colleague.get(address)
    colleague.submit(f"{address}/drop")
    page = officer.submit("/change", summary_zh="新的摘要。")
    assert page.status == 409
    assert officer.submit("/add").status == 200
    with reading(EVERYTHING) as session:
        found = session.scalars(select(PolicyDraft).where(PolicyDraft.state == "draft")).one()
    assert (found.code, found.content["summary_zh"]) == ("P103", "新的摘要。")
    assert (found.content["title_zh"], found.reason) == (ADDED["title_zh"], REASON)


def test_who_drafted_is_refused_with_the_reason_on_the_draft(app: Flask) -> None:
    lead = second(app)
    page = change(lead, title_zh=NAME)
    address = page.url
    page = lead.submit(f"{address}/submit")
    token = page.form("/reopen").values
    answer = lead.client.post(f"{address}/publish", data=token)
    assert answer.status_code == 409
    assert "参与起草的人不能发布" in answer.get_data(as_text=True)


def test_a_wrong_condition_is_told_beside_its_field_with_line_and_place_and_all_is_kept(app: Flask) -> None:
    typed = {
        "conditions": "chain in plan\nf(101) >= 5 万元",
        "title_zh": NAME, "amount_value": "4%", "documents": "audit 审计报告", "share_city": "abc", "reason": "短",
        "effective_on": "soon",
    }  # fmt: skip
    page = change(drafter(app), **typed)
    assert page.status == 422
    assert set(said(page)) == set(typed) - {"title_zh"}
    assert "第2行：第6个字符处缺少期间" in said(page)["conditions"]
    kept = page.form("/change").values
    assert {name: kept[name][0].replace("\r\n", "\n").strip() for name in typed} == typed
    assert drafts() == 0


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_never_breaks_the_pages_and_stays_in_the_form(app: Flask, value: str) -> None:
    visitor = drafter(app)
    for field in ("title_zh", "conditions", "documents", "amount_value", "amount_steps", "accept_from", "reason"):
        page = change(visitor, **{"summary_zh": NAME, field: value})
        assert page.status in (200, 422), field
        if page.status == 422:
            assert field in said(page)
            assert NAME in page.html


def test_what_the_bureau_adds_is_listed_without_a_mark_and_can_be_withdrawn(app: Flask, visitor: Visitor) -> None:
    address = change(drafter(app), ADD, new_code="P103", **ADDED).url
    assert address.startswith("/support/policies/drafts/")
    assert visitor.get("/policies/P103").status == 404
    publish(app, address)
    page = visitor.get("/policies/P103?lang=zh")
    assert page.status == 200
    assert "示例" not in page.text
    assert "服务费的2.5%，最高5万元" in page.text
    assert "服务补助{甲}" in visitor.get("/policies").text
    publish(app, change(drafter(app), "/support/policies/P103/change", withdrawn="y").url)
    assert "服务补助" not in visitor.get("/policies").text
    assert "已撤下" in visitor.get("/policies/P103").text


def test_warnings_stand_on_the_draft_and_a_submitted_one_leads_to_its_page(app: Flask, database: Database) -> None:
    officer = drafter(app)
    page = change(officer, conditions='unit = "331121"', review_document="", accept_from="", accept_until="")
    address = page.url
    assert "以登记地或填报地为条件" in page.text
    assert "缺少公平竞争审查的文号或日期" in page.text
    assert officer.submit(f"{address}/submit").status == 409
    change(officer, review_document="丽市监审〔2026〕1号")
    officer.get(address)
    assert officer.submit(f"{address}/submit").status == 200
    assert officer.get(CHANGE).url == address
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(PolicyVersion)) == 18


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_colleague_saved_meanwhile_is_shown_before_a_second_press_replaces_it(
    app: Flask, language: Language
) -> None:
    change(drafter(app), title_zh=NAME, annual_cap="400,000")
    officer, colleague = drafter(app), at_work(app, person(Role.BUREAU_LEAD, 14))
    officer.client.set_cookie("portal_lang", language)
    officer.get(CHANGE)
    saved = {"annual_cap": "600,000", "title_zh": "同事的名称", "conditions": 'officer("甲", "A")\nchain in plan'}
    change(colleague, **saved)

    mine = {"annual_cap": "500000", "conditions": 'officer("甲", "A")\nsize in (S, X)', "summary_zh": "我的摘要。"}
    page = officer.submit(CHANGE, **mine)
    assert page.status == 409
    told = {cells[0]: cells[1:] for row in page.tree.iter("tr") if len(cells := [words(c) for c in row]) == 3}
    titles = {
        "zh": ("企业年度上限（元）", "条件（须全部满足）"),
        "en": ("Cap per enterprise and year (yuan)", "Conditions (all of them)"),
    }
    cap, conditions = titles[language]
    assert told[cap] == ["600,000", "500,000"]
    assert told[conditions] == ["chain in plan", "size in (S, X)"]  # of a list only what differs
    assert set(said(page)) == {"annual_cap", "conditions"}
    kept = {name: values[0].replace("\r\n", "\n").strip() for name, values in page.form("/change").values.items()}
    assert kept["title_zh"] == "同事的名称"  # not touched here: taken over, and said
    assert "同事的名称" in page.text
    assert {name: kept[name] for name in mine} == mine
    with reading(EVERYTHING) as session:
        assert session.scalars(select(PolicyDraft)).one().content["annual_cap"] == "600000"

    assert officer.submit(CHANGE).status == 200
    with reading(EVERYTHING) as session:
        content = session.scalars(select(PolicyDraft)).one().content
    assert (content["annual_cap"], content["title_zh"]) == ("500000", "同事的名称")
    assert (content["conditions"], content["summary_zh"]) == (mine["conditions"].split("\n"), "我的摘要。")
