"""Pages of policies: the public ones in both languages, and where one enterprise stands."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from portal.database.session import Database, reading, transaction
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.roles import Role
from portal.support import commands
from portal.support.commands import load_policies
from portal.support.loader import Loaded
from portal.support.models import DatedList, DatedListEntry, PolicyVersion
from portal.support.queries import matches, policies
from portal.support.reader import checked_policies
from tests.fixtures.cases import EVERYTHING, HERE, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import ENTERPRISE, at_work, ground, preparer
from tests.fixtures.visitor import Visitor
from tests.unit.support.shipped import spoilt_file

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_policies_are_loaded_once(database: Database) -> None:
    assert load_policies() == Loaded(0, ())
    with reading(EVERYTHING) as session:
        assert session.query(PolicyVersion).count() == 18


@pytest.mark.parametrize("language", LANGUAGES)
def test_anybody_reads_every_policy_with_its_mark(visitor: Visitor, language: Language) -> None:
    visitor.client.set_cookie("portal_lang", language)
    visitor.get("/policies")
    mark, closed = {"zh": ("示例", "往年政策"), "en": ("Sample", "Past policy")}[language]
    for number in ("P201", "P502", "P801"):
        visitor.get(f"/policies/{number}")
        assert mark in visitor.page.text
    visitor.get("/policies/P503")
    assert closed in visitor.page.text
    assert {"zh": "不详", "en": "not known"}[language] in visitor.page.text


def test_a_broken_policy_file_is_a_plain_error_with_its_place(
    app: Flask, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator reads which condition of which policy, no traceback, and nothing is loaded."""
    folder = spoilt_file(tmp_path, "f(101, ttm) >= 50000 万元", "f(101) >= 50000 万元")
    monkeypatch.setattr(commands, "checked_policies", partial(checked_policies, folder=folder))
    done = app.test_cli_runner().invoke(args=["catalogue", "load"])
    assert done.exit_code == 1
    assert "Error: P201 conditions 2 6 L01: The base is missing at character 6" in done.output
    assert isinstance(done.exception, SystemExit)
    with reading(EVERYTHING) as session:
        assert session.query(PolicyVersion).count() == 18


def test_a_policy_that_is_none_is_missing(visitor: Visitor) -> None:
    assert visitor.get("/policies/P999").status == 404


def _listed(name: str, *, on_it: bool = False, value: str = "", years: int = 0) -> None:
    with transaction(EVERYTHING) as session:
        day = today() - timedelta(days=20 + 365 * years)
        edition = DatedList(list=name, dated_on=day, source="示例名单", created_by_id=1)
        session.add(edition)
        session.flush()
        if on_it:
            whose = {"enterprise_id": ENTERPRISE, "county": HERE, "chain": "01"}
            session.add(
                DatedListEntry(
                    dated_list_id=edition.id,
                    list=name,
                    credit_code="x",
                    value=value,
                    dated_on=day,
                    created_by_id=1,
                    **whose,
                )
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_enterprise_sees_each_condition_with_its_figure(app: Flask, database: Database, language: Language) -> None:
    ground()
    _listed("high-tech", on_it=True)
    _listed("credit-breach")
    visitor = at_work(app, preparer(), language)
    visitor.get("/support")
    words = {
        "zh": ("符合条件", "本年首次认定为国家高新技术企业", "名单尚未由市局导入", "示例"),
        "en": ("Conditions met", "Recognised this year for the first time", "has not entered this list yet", "Sample"),
    }[language]
    for word in words:
        assert word in visitor.page.text
    visitor.get("/support?show=past")
    assert {"zh": "青田县", "en": "Qingtian"}[language] in visitor.page.text


def test_the_statements_of_a_match_do_not_grow_with_the_policies(app: Flask, database: Database) -> None:
    ground()
    sent: list[str] = []
    with reading(preparer().scope) as session:
        matches(session, ENTERPRISE, today())
    event.listen(database.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with reading(preparer().scope) as session:
        assert len(matches(session, ENTERPRISE, today()) or ()) == 18
    assert len(sent) <= 18


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_applied_for_is_folded_and_tasks_filter(
    app: Flask, database: Database, language: Language
) -> None:
    ground()
    for name in ("credit-breach", "safety-environment", "claw-back-open"):
        _listed(name)
    visitor = at_work(app, preparer(), language)
    page = visitor.get("/support")
    offered = {form.action.split("/")[-2] for form in page.forms if form.action.endswith("/begin")}
    folded = {found.get("id", "").removeprefix("p-") for found in page.tree.iter("details")}
    assert {"P102", "P303"} <= offered
    assert {"P503", "P202"} <= folded
    assert not offered & folded
    assert {"zh": "现在可以申请", "en": "You can apply now"}[language] in page.text
    page = visitor.submit("/support", task="3")
    assert "task=3" in page.url
    inside = {found.get("id", "") for found in page.tree.iter() if found.get("id", "").startswith("p-")}
    assert inside == {"p-P301", "p-P302", "p-P303"}
    page = visitor.submit("/support/P303/begin")
    assert "P303" not in {form.action.split("/")[-2] for form in visitor.get("/support").forms}
    assert {"zh": "办理中", "en": "Under way"}[language] in visitor.get("/support").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_touches_fair_competition_is_said_wherever_the_policy_is_shown(
    app: Flask, database: Database, language: Language
) -> None:
    """In the linter's own words: on the public page, where the enterprise stands, and on the bureau's page."""
    ground()
    everybody, clerk = Visitor(app.test_client(), language), at_work(app, preparer(), language)
    past = clerk.get("/support?show=past")
    bureau = at_work(app, person(Role.BUREAU_OFFICER, 5), language)
    with reading(EVERYTHING) as session:
        by_code = {row.policy.code: row.policy for row in policies(session)}
    for code in ("P204", "P503", "P303"):
        warned = by_code[code].fair
        assert bool(warned) == (code != "P303")
        pages = [everybody.get(f"/policies/{code}").text, bureau.get(f"/support/policies/{code}").text]
        if warned:
            (folded,) = past.having(id=f"p-{code}")
            pages.append("".join(folded.itertext()))
        for page in pages:
            assert all(rule in page and message.text(language) in page for rule, message in warned)
            assert ("FC1" in page) == bool(warned)
