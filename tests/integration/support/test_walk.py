"""The walk in both languages, page by page: match, apply, submit, county check, city decision, told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask

from portal.database.session import Database
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.workflow import Kind, State
from portal.support.commands_apply import begin
from tests.fixtures.filers import at_work, both_posts, filer, preparer
from tests.fixtures.visitor import Visitor
from tests.integration.support.ground import ANSWERS, PDF, POLICY, before_the_city, budget, case_of, city, lead, officer

pytestmark = pytest.mark.content("catalogue")
WORDS = {
    "zh": ("申请", "申请已收到", "预计", "市级决定", "不代表审核通过", "10万元", "我的申请", "等待市经信局决定"),
    "en": (
        "Apply",
        "Application received",
        "expected by",
        "City decision",
        "does not say",
        "100,000 yuan",
        "My app",
        "the city bureau decides",
    ),
}


def upload(visitor: Visitor, kind: str, data: bytes = PDF, name: str = "证明.pdf") -> None:
    visitor.submit("/save", "upload", **{f"doc-{kind}": (io.BytesIO(data), name)})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_walk_from_match_to_award(app: Flask, database: Database, language: Language) -> None:
    city()
    said = WORDS[language]
    visitor = at_work(app, both_posts(), language)
    page = visitor.get("/support")
    assert said[0] in page.text
    page = visitor.submit("/support/P102/begin")
    page = visitor.submit("/save", **{**ANSWERS, "bank": ""})
    assert page.errors
    visitor.submit("/save", **ANSWERS)
    upload(visitor, "introduction")
    upload(visitor, "capital")
    page = visitor.submit("/submit")
    assert page.status == 422
    assert len(page.errors) == 1
    page = visitor.submit("/submit", declaration="1")
    assert said[1] in page.text
    assert said[2] in page.text
    assert said[4] in page.text
    number = int(page.url.split("/")[-2])
    assert said[6] in visitor.get("/support").text

    county = at_work(app, officer(), language)
    assert "丽水示例7号" in county.get("/review?kind=application").text
    county.get(f"/review/{case_of(number).id}")
    county.submit("/approve")
    assert (case_of(number).kind, case_of(number).state) == (Kind.AWARD, State.SUBMITTED)
    waiting = county.get("/review?kind=application")  # the city's now: the county sees it and cannot claim it
    assert f"/review/{case_of(number).id}/claim" not in waiting.html
    assert said[7] in county.get(f"/review/{case_of(number).id}").text

    bureau = at_work(app, lead(), language)
    page = bureau.get("/support/budgets")
    page = bureau.submit("/budgets", policy="P102", year=str(today().year), amount="1,000,000", source="示例预算文件")
    assert "1,000,000.00" in page.text
    page = bureau.get(f"/review/{case_of(number).id}")
    assert "100,000.00" in page.text
    bureau.submit("/award")
    assert case_of(number).state is State.APPROVED
    assert "900,000.00" in bureau.get("/support/budgets").text

    visitor = at_work(app, both_posts(), language)
    page = visitor.get(f"/support/applications/{number}")
    assert f"LS-ZC-{today().year}-{number:05d}" in page.text
    assert "100,000.00" in page.text
    assert said[5] in visitor.get("/messages").text


def test_a_refused_decision_is_a_page_in_words(app: Flask, database: Database, tmp_path: Path) -> None:
    city()
    number = before_the_city(tmp_path)
    bureau = at_work(app, lead())
    bureau.get(f"/review/{case_of(number).id}")
    page = bureau.submit("/award")
    assert page.status == 409
    assert "没有录入这项政策的预算" in page.text


def test_the_city_is_asked_who_it_is_before_it_grants(app: Flask, database: Database) -> None:
    city()
    budget("250000")
    bureau = at_work(app, lead(is_fresh=False))
    page = bureau.get("/support/lists")
    assert page.status == 200
    answer = bureau.client.post("/review/1/award", data={"csrf_token": page.forms[0].values["csrf_token"][0]})
    assert "confirm" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/support/applications/1", "/support/applications/1/receipt"])
def test_a_strangers_pages_are_not_there(app: Flask, database: Database, path: str) -> None:
    city()
    assert begin(preparer(), POLICY) == 1
    stranger = filer(*preparer().roles, account_id=90, enterprise_id=8)
    assert at_work(app, stranger).get(path).status == 404


def test_a_hostile_file_gives_a_message_at_its_document(app: Flask, database: Database) -> None:
    city()
    number = begin(preparer(), POLICY)
    visitor = at_work(app, preparer())
    visitor.get(f"/support/applications/{number}")
    page = visitor.submit("/save", "upload", **{"doc-capital": (io.BytesIO(b"<html>"), "a.pdf")})
    assert page.status == 422
    assert len(page.errors) == 1


def test_lists_are_entered_with_their_source(app: Flask, database: Database) -> None:
    city()
    bureau = at_work(app, lead())
    bureau.get("/support/lists")
    page = bureau.submit("/lists", list="high-tech", dated_on="2026-13-01", source="", lines="")
    assert page.status == 422
    assert len(page.errors) == 2
    page = bureau.submit("/lists", list="high-tech", dated_on="2026-03-01", source="示例〔2026〕3号", lines="")
    assert "示例〔2026〕3号" in page.text
