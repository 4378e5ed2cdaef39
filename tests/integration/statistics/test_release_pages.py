"""The bureau's desk for releases: one freezes, another looks through and signs, and nobody else is let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from portal.database.session import Database
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import now
from portal.kernel.roles import Actor, Role
from portal.statistics.commands_release import prepare_release
from tests.fixtures.cases import person
from tests.fixtures.filers import at_work
from tests.fixtures.released import Q2, RULE, correct, lead, officer

pytestmark = [pytest.mark.content("figures"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


def fresh(actor: Actor) -> Actor:
    return replace(actor, proved_at=now())


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_prepares_and_another_signs_off(app: Flask, database: Database, language: Language) -> None:
    desk = at_work(app, officer(), language)
    desk.get("/releases")
    page = desk.submit("/releases/prepare", quarter="2026Q2")
    assert page.status == 200 and page.url.startswith("/releases/1")
    assert not [form for form in page.forms if form.action.endswith("sign-off")]
    chief = at_work(app, fresh(lead()), language)
    chief.get("/releases/1")
    signed = chief.submit("/sign-off")
    assert ("已发布" if language == "zh" else "Released") in signed.text
    assert chief.get("/statistics/2026Q2").status == 200


def test_who_prepared_sees_no_button_to_sign_and_is_refused_in_words(app: Flask, database: Database) -> None:
    both = fresh(lead())
    prepare_release(both, Q2, RULE)
    desk = at_work(app, both)
    page = desk.get("/releases/1")
    assert not [form for form in page.forms if form.action.endswith("sign-off")]
    assert "由没有参与准备的市局负责人签发" in page.text
    token = page.form("/drop").values["csrf_token"][0]
    answer = desk.client.post("/releases/1/sign-off", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "准备人不能签发" in answer.get_data(as_text=True)


def test_the_sign_off_asks_who_it_is_once_more(app: Flask, database: Database) -> None:
    prepare_release(officer(), Q2, RULE)
    stale = replace(lead(), proved_at=now() - timedelta(hours=1))
    desk = at_work(app, stale)
    desk.get("/releases/1")
    desk.submit("/sign-off")
    assert at_work(app, officer()).get("/statistics/2026Q2").status == 404


@pytest.mark.content("released")
def test_a_refused_preparation_keeps_what_was_typed_and_says_why(app: Flask, database: Database) -> None:
    correct(Q2, *range(24))
    desk = at_work(app, officer())
    desk.get("/releases")
    page = desk.submit("/releases/prepare", quarter="2026Q2", note="  ")
    assert page.status == 422
    assert any("修订须写明" in error for error in page.errors)
    again = desk.submit("/releases/prepare", quarter="2026Q2", note="二十四家企业更正")
    assert again.status == 200 and "二十四家企业更正" in again.text


def test_a_quarter_that_is_none_is_refused_beside_the_field(app: Flask, database: Database) -> None:
    desk = at_work(app, officer())
    desk.get("/releases")
    page = desk.submit("/releases/prepare", quarter="heute")
    assert (page.status, len(page.errors)) == (422, 1)


def test_hidden_cells_are_listed_with_their_category_and_without_a_number(app: Flask, database: Database) -> None:
    prepare_release(officer(), Q2, RULE)
    page = at_work(app, person(Role.AUDITOR)).get("/releases/1")
    assert "企业数太少" in page.text
    assert "保护其他隐藏数据" in page.text
    assert "161.77" not in page.html


def test_a_dropped_release_is_gone_for_good(app: Flask, database: Database) -> None:
    prepare_release(officer(), Q2, RULE)
    desk = at_work(app, officer())
    desk.get("/releases/1")
    assert "已放弃" in desk.submit("/drop").text
    chief = at_work(app, fresh(lead()))
    assert not [form for form in chief.get("/releases/1").forms if "releases" in form.action]


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.COUNTY_LEAD, Role.CHAIN_OFFICER, Role.ADMINISTRATOR])
def test_no_other_office_is_let_in(app: Flask, database: Database, role: Role) -> None:
    prepare_release(officer(), Q2, RULE)
    desk = at_work(app, person(role))
    for address in ("/releases", "/releases/1"):
        assert desk.client.get(address).status_code == 403
