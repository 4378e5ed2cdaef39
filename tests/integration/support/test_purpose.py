"""Purpose P2: what an enterprise does not accept is not done, an application's own declaration apart (decision 025)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.database.session import Database, reading
from portal.enterprises.commands_members import choose_purposes
from portal.enterprises.models import PurposeAcceptance
from portal.enterprises.queries import accepts
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import today
from portal.kernel.errors import Illegal, Invalid
from portal.kernel.workflow import Action, State
from portal.support import commands_apply, queries, queries_desk
from portal.support.queries import matches
from portal.support.queries_application import application
from portal.support.queries_desk import support_sheet
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import ENTERPRISE, at_work, both_posts, certifier, preparer
from tests.integration.support.ground import (
    POLICY,
    before_the_city,
    budget,
    case_of,
    city,
    complete,
    decide,
    lead,
    officer,
    order,
    page_of,
    submit,
)
from tests.integration.support.test_applications import put_on

pytestmark = pytest.mark.content("catalogue")


def take_back() -> None:
    choose_purposes(certifier(), ("P1", "P3"))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whoever's figures and lists were looked at, by number."""
    found: list[int] = []
    real = queries.knowledge

    def noted(session: Any, enterprise_id: int, *others: Any) -> Any:
        found.append(enterprise_id)
        return real(session, enterprise_id, *others)

    for place in (queries, queries_desk):
        monkeypatch.setattr(place, "knowledge", noted)
    return found


def test_the_newest_acceptance_counts_until_it_is_taken_back(database: Database) -> None:
    city()
    with reading(EVERYTHING) as session:
        assert accepts(session, ENTERPRISE, "P2")
        assert not accepts(session, ENTERPRISE, "P3")
        assert matches(session, ENTERPRISE, today())
    take_back()
    with reading(EVERYTHING) as session:
        assert not accepts(session, ENTERPRISE, "P2")
        assert matches(session, ENTERPRISE, today()) is None
    choose_purposes(certifier(), ("P1", "P2"))
    with reading(EVERYTHING) as session:
        assert accepts(session, ENTERPRISE, "P2")
        assert session.query(PurposeAcceptance).filter_by(purpose="P2").count() == 2


def test_without_it_nothing_is_compared_before_an_application_declares_it(
    database: Database, tmp_path: Path, looks: list[int]
) -> None:
    city()
    put_on("credit-breach")  # a veto of the policy: begun with the purpose it is refused
    with pytest.raises(Illegal):
        commands_apply.begin(preparer(), POLICY)
    assert looks
    take_back()
    looks.clear()
    number = complete(tmp_path)
    silent = commands_apply.Order("key-of-the-undeclared-one", is_declared=False)
    with pytest.raises(Invalid):
        commands_apply.submit(certifier(), number, page_of(number), silent)
    assert not looks
    with pytest.raises(Illegal) as caught:
        commands_apply.submit(certifier(), number, page_of(number), order())
    assert caught.value.code == "not-eligible"
    assert looks == [ENTERPRISE]


def test_taking_it_back_leaves_what_is_under_way_and_no_more(
    database: Database, tmp_path: Path, looks: list[int]
) -> None:
    city()
    budget("250000")
    number = before_the_city(tmp_path)
    take_back()
    looks.clear()
    decide(lead(), number)
    assert case_of(number).state is State.APPROVED
    assert looks
    withdrawn = complete(tmp_path)
    submit(withdrawn, "key-of-the-second-one")
    commands_apply.withdraw(preparer(), withdrawn)
    looks.clear()
    with reading(EVERYTHING) as session:
        for one in (number, withdrawn):
            sheet = support_sheet(session, case_of(one), today())
            assert (sheet.now, sheet.reckoned, sheet.changed) == (None, None, False)
            assert sheet.then
            assert application(session, one).answers["statement"]
    assert not looks


@ON_SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_so_and_who_may_accept_it_accepts_it(
    app: Flask, database: Database, looks: list[int], language: Language
) -> None:
    city()
    take_back()
    said = {"zh": "没有同意将数据用于政策支持", "en": "does not accept that its data are used for policy support"}[
        language
    ]
    clerk = at_work(app, preparer(), language)
    page = clerk.get("/support")
    assert said in page.text and "负责人乙" in page.text
    assert not page.having(href="/enterprise#purposes-card")
    assert {"zh": "所引荐项目到位资本金", "en": "at least 50 m yuan of capital"}[language] in page.text
    inside = {found.get("id", "") for found in page.tree.iter() if found.get("id", "").startswith("p-")}
    assert len(inside) == 18
    page = clerk.get("/support?task=3")
    assert {f.get("id") for f in page.tree.iter("details") if f.get("id")} == {"p-P301", "p-P302", "p-P303"}
    clerk.get("/support")
    page = clerk.submit(f"/support/{POLICY}/begin")
    assert said in page.text
    assert not looks
    head = at_work(app, both_posts(), language)
    assert len(head.get("/support").having(href="/enterprise#purposes-card")) == 1
    head.get("/enterprise")
    head.submit("/enterprise/purposes", purposes=["P1", "P2"])
    assert said not in head.get("/support").text
    assert looks


@ON_SQLITE
def test_a_finished_case_says_on_the_desk_that_it_is_not_compared_again(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    city()
    number = before_the_city(tmp_path)
    decide(lead(), number, Action.REJECT, "示例理由")
    desk = at_work(app, officer())
    assert "不再对照" not in desk.get(f"/review/{case_of(number).id}").text
    take_back()
    assert "不再对照" in desk.get(f"/review/{case_of(number).id}").text
