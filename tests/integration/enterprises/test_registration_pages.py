"""The applicant's pages as a person meets them: both languages, no script, wrong input, files, the officer's answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.accounts.models import Post
from portal.database.session import Database, transaction
from portal.enterprises.registration import LINES
from portal.kernel.clock import now, today
from portal.kernel.roles import Role
from portal.kernel.workflow import Action, State
from portal.review.commands import ask, decide
from portal.review.decide_one import Order
from portal.review.effects import Choices
from portal.web.sessions import begin
from tests.fixtures.applicants import PDF, applicant, registrations, standing, submitted, typed
from tests.fixtures.cases import EVERYTHING, HERE, add_account, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.manners import words
from tests.fixtures.visitor import Page, Visitor

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]
LANGUAGES = ("zh", "en")
OFFICER = person(Role.COUNTY_OFFICER, 1)
HOSTILE = [
    "\x00", "a\u202eb\u202c", "a\u200bb", "x" * 65_536, "{{ 7*7 }}", "<script>alert(1)</script>", "' OR 1=1 --", "𠮷" * 50,
    "１２３", "NaN", "Infinity", "1e400", "9" * 5_000, "a\r\nb", "-1", "12,5", "3.5万", "\ud7ff\ue000",
]  # fmt: skip
SUBMIT = "/registration/submit"


@pytest.fixture(autouse=True)
def officer(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, 1, "审核员")
        session.add(Post(account_id=1, role=Role.COUNTY_OFFICER.value, county=HERE, since_on=today()))


@pytest.fixture
def enter(app: Flask) -> Callable[..., Visitor]:
    def _enter(account_id: int = 90, language: str = "en", *, is_new: bool = True) -> Visitor:
        with transaction(EVERYTHING) as session:
            if is_new:
                add_account(session, account_id, f"申请人{account_id}", is_office=False)
            token = begin(session, account_id, proved_at=now(), second_factor_done=True)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return Visitor(client, language)

    return _enter


def begun(visitor: Visitor) -> Page:
    visitor.get("/registration")
    return visitor.submit("/registration/start")


def a_file(data: bytes = PDF, name: str = "licence.pdf") -> list[Any]:
    return [(io.BytesIO(data), name)]


def current(page: Page) -> list[str | None]:
    """Where the entries lead that the navigation says the page belongs to."""
    (navigation,) = page.having(class_="side")
    return [link.get("href") for link in navigation.iter("a") if link.get("aria-current") == "page"]


def is_form(page: Page) -> bool:
    return any(form.action.endswith("/registration") and "credit_code" in form.values for form in page.forms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_walks_from_the_start_page_to_the_county_without_a_script(
    enter: Callable[..., Visitor], language: str
) -> None:
    visitor = enter(90, language)
    assert is_form(begun(visitor))
    page = visitor.submit("/registration", "check", **typed(90), licence=a_file())
    assert page.status == 200 and page.url == "/registration/check" and not page.errors
    assert current(page) == ["/registration"]
    page = visitor.submit(SUBMIT)
    assert page.status == 422 and current(page) == ["/registration"]
    page = visitor.submit(SUBMIT, declares="yes")
    assert page.url == "/registration" and not is_form(page) and "licence.pdf" in page.text
    named = "Lishui Sample Machines No. 90" if language == "en" else "丽水示例90号机械有限公司"
    assert [words(heading) for heading in page.tree.iter("h1")] == [named]
    assert standing(applicant(90)).case.state is State.SUBMITTED
    page = visitor.submit("/registration/withdraw")
    assert is_form(page) and standing(applicant(90)).case.state is State.WITHDRAWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_page_names_everything_that_is_missing_and_nothing_is_lost(
    enter: Callable[..., Visitor], language: str
) -> None:
    visitor = enter(90, language)
    assert visitor.get("/registration/check").form("/registration/start"), "nothing to check yet: begin"
    begun(visitor)
    page = visitor.submit("/registration", "check", name_zh="只有名称", revenue="大约两千")
    assert page.status == 200 and len(page.errors) > 8
    assert page.having(id="licence-error"), "the proof is asked for before anything is sent"
    said = [words(link) for link in page.having(role="alert")[0].iter("a")]
    assert len(set(said)) == len(said), "each sentence names its field"
    page = visitor.submit(SUBMIT)
    assert page.status == 422
    assert {"licence-error", "declares-error", "credit_code-error"} <= {
        e.get("id") for e in page.having(class_="error")
    }
    for link in page.having(role="alert")[0].iter("a"):
        assert page.having(id=str(link.get("href"))[1:]), "each error links to its place"
    page = visitor.get("/registration")
    assert page.form("/registration", "check").values["revenue"] == ["大约两千"]


def test_whatever_is_typed_a_draft_is_saved_and_the_check_page_answers(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    begun(visitor)
    for text in HOSTILE:
        visitor.get("/registration")
        values = dict.fromkeys(LINES, text)
        lists = {"products": [text], "other_segments": [text], "purposes": [text], "enrolment_code": [None]}
        page = visitor.submit("/registration", "check", **values, **lists)
        assert page.url == "/registration/check", text[:40]
        assert visitor.submit(SUBMIT, declares="yes").status == 422, text[:40]
        kept = registrations()[0].document
        assert not any(mark in kept["name_zh"] for mark in "\x00\u202e\u200b"), text[:40]
        assert ("𠮷" in kept["name_zh"]) == ("𠮷" in text)


def test_missing_and_foreign_values_are_no_fault_of_ours(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    page = begun(visitor)
    token = page.form("/registration", "check").values["csrf_token"][0]
    for data in ({}, {"draft_version": "x"}, {"draft_version": "9" * 30, "action": "remove-products-99999"}):
        response = visitor.client.post("/registration", data={"csrf_token": token, "name_zh": "没有丢", **data})
        assert response.status_code == 409 and "没有丢" in response.get_data(as_text=True)
    for address in ("/registration/questions/5", "/registration/questions/999999999999999", "/registration/withdraw"):
        assert visitor.client.post(address, data={"csrf_token": token, "reply": "a"}).status_code in (404, 409)


def test_two_windows_are_told_of_each_other_and_neither_text_is_lost(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    begun(visitor)
    other = Visitor(visitor.client)
    other.get("/registration")
    visitor.submit("/registration", "save", name_zh="先保存的名称")
    page = other.submit("/registration", "save", name_zh="后输入的名称")
    assert page.status == 409 and "先保存的名称" in page.text
    assert page.form("/registration", "check").values["name_zh"] == ["后输入的名称"]
    assert registrations()[0].document["name_zh"] == "先保存的名称"
    assert other.submit("/registration", "save").status == 200
    assert registrations()[0].document["name_zh"] == "后输入的名称"


def test_rows_are_added_and_removed_without_a_script(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    begun(visitor)
    page = visitor.submit("/registration", "more-products", products=["带锯床", "锯条"])
    assert page.form("/registration", "check").values["products"] == ["带锯床", "锯条", "", ""]
    page = visitor.submit("/registration", "remove-products-0")
    assert page.form("/registration", "check").values["products"] == ["锯条", "", ""]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PK\x03\x04" + b"0" * 100, "licence.pdf"),
        (b"%PDF-1.4 cut off", "licence.pdf"),
        (b"<html>", "licence.png"),
        (b"%PDF-1.4\n" + b"0" * (10 * 1024 * 1024) + b"%%EOF", "large.pdf"),
    ],
    ids=["zip", "cut", "html", "large"],
)
def test_a_file_that_is_refused_costs_nothing_that_was_typed(
    enter: Callable[..., Visitor], tmp_path: Path, data: bytes, name: str
) -> None:
    visitor = enter(90)
    begun(visitor)
    page = visitor.submit("/registration", "check", name_zh="保留的名称", licence=a_file(data, name))
    assert page.status == 422 and len(page.errors) == 1
    assert page.form("/registration", "check").values["name_zh"] == ["保留的名称"]
    assert page.having(id="licence")[0].get("aria-describedby") == "licence-error"
    assert not list((tmp_path / "uploads").glob("*"))
    page = visitor.submit("/registration", "check", licence=a_file())
    assert page.url == "/registration/check", "the page after a refusal carries the newest draft's number"


def test_the_licence_comes_back_as_an_attachment_that_nobody_keeps(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    begun(visitor)
    visitor.submit("/registration", "save", licence=a_file(name="../../营业\u202e执照.exe"))
    found = standing(applicant(90)).licence
    assert found is not None and found.filename == "营业执照.pdf"
    response = visitor.client.get(f"/files/{found.id}")
    assert response.data == PDF and response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff" and response.headers["Cache-Control"] == "no-store"
    assert enter(91).client.get(f"/files/{found.id}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_claimant_learns_only_that_the_code_is_registered(
    enter: Callable[..., Visitor], tmp_path: Path, language: str
) -> None:
    first = submitted(91, tmp_path, name_zh="丽水秘密精工有限公司", address="秘密路1号", contact_name="甲乙丙")
    decide(OFFICER, Order(first.case.id, Action.APPROVE, choices=Choices(HERE)))
    visitor = enter(90, language)
    begun(visitor)
    claim = {"credit_code": first.case.credit_code, "name_zh": "另一个名称", "contact_name": "丁", "contact_phone": "1"}
    page = visitor.submit("/registration", "check", **claim, licence=a_file())
    assert page.having(class_="warn") and not page.errors
    page = visitor.submit(SUBMIT, declares="yes")
    assert not is_form(page)
    for secret in ("秘密", "甲乙丙"):
        assert secret not in page.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_officer_asks_stands_at_its_field_and_is_answered_there(
    enter: Callable[..., Visitor], tmp_path: Path, language: str
) -> None:
    found = submitted(90, tmp_path)
    ask(OFFICER, found.case.id, found.case.version, "gb_class", "这里应为3424吗？")
    visitor = enter(90, language, is_new=False)
    page = visitor.get("/registration")
    assert "这里应为3424吗？" in page.text and not is_form(page)
    address = next(form.action for form in page.forms if "/questions/" in form.action)
    page = visitor.submit(address, reply=" ")
    assert page.status == 422 and len(page.errors) == 1
    page = visitor.submit(address, reply="确为3425。")
    assert page.status == 200 and "确为3425。" in page.text
    decide(OFFICER, Order(found.case.id, Action.RETURN, reason="请更正地址", remarks=(("address", "缺门牌号"),)))
    page = visitor.get("/registration")
    assert is_form(page) and "请更正地址" in page.text and page.text.count("缺门牌号") == 2
    page = visitor.submit("/registration", "check", address="缙云县示例路2号")
    assert "确为" not in "".join(page.errors)
    assert not is_form(visitor.submit(SUBMIT, declares="yes"))
    assert standing(applicant(90)).case.state is State.SUBMITTED


def test_who_was_rejected_reads_why_and_begins_anew(enter: Callable[..., Visitor], tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    decide(OFFICER, Order(found.case.id, Action.REJECT, reason="不在本市经营"))
    visitor = enter(90, is_new=False)
    assert "不在本市经营" in visitor.get("/registration").text
    page = visitor.submit("/registration/start")
    assert is_form(page) and page.form("/registration", "check").values["name_zh"] == [""]


def test_who_was_admitted_is_led_from_the_notice_to_the_profile(enter: Callable[..., Visitor], tmp_path: Path) -> None:
    found = submitted(90, tmp_path)
    decide(OFFICER, Order(found.case.id, Action.APPROVE, choices=Choices(HERE)))
    page = enter(90, is_new=False).get("/registration")
    assert page.url == "/enterprise" and found.case.enterprise_name in page.text


def test_a_licence_brought_after_a_return_is_the_applicants_until_it_is_handed_in(
    enter: Callable[..., Visitor], tmp_path: Path
) -> None:
    found = submitted(90, tmp_path)
    case_id, desk, visitor = found.case.id, enter(1, is_new=False), enter(90, is_new=False)

    def seen() -> list[str]:
        page = desk.get(f"/review/{case_id}")
        return [str(link.get("href")) for link in page.tree.iter("a") if str(link.get("href")).startswith("/files/")]

    before = seen()
    decide(OFFICER, Order(case_id, Action.RETURN, reason="执照不清晰"))
    visitor.get("/registration")
    visitor.submit("/registration", "check", licence=a_file(PDF, "clear.pdf"))
    newer = standing(applicant(90)).licence
    assert newer is not None and [f"/files/{newer.id}"] != before
    assert seen() == before and desk.client.get(f"/files/{newer.id}").status_code == 404
    assert visitor.client.get(f"/files/{newer.id}").status_code == 200
    visitor.get("/registration/check")
    visitor.submit(SUBMIT, declares="yes")
    assert seen() == [f"/files/{newer.id}"] and desk.client.get(f"/files/{newer.id}").status_code == 200


def test_an_applicant_cannot_set_what_the_office_sets(enter: Callable[..., Visitor]) -> None:
    visitor = enter(90)
    begun(visitor)
    office = {
        "status": "registered",
        "size_class": "L",
        "is_above_scale": "yes",
        "state": "approved",
        "kind": "chain-leading",
    }
    visitor.submit("/registration", "check", **typed(90), licence=a_file(), **office)
    visitor.submit(SUBMIT, declares="yes", **office)
    case = standing(applicant(90)).case
    assert case.state is State.SUBMITTED and not office.keys() & registrations()[0].document.keys()
    own = replace(person(Role.COUNTY_OFFICER, 90), account_id=90)
    with pytest.raises(Exception, match="own-entry"):
        decide(own, Order(case.id, Action.APPROVE, choices=Choices(HERE)))


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    for address in ("/registration", "/registration/check", "/enterprise", "/enterprises", "/files/1"):
        response = client.get(address)
        assert response.status_code == 302 and "/sign-in" in response.headers["Location"]
