"""The bureau edits policies: drafts, a second person, dated versions, and applications that keep what they began with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.catalogue.second_person import locked_draft
from portal.database.session import Database, reading, transaction
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Illegal, Invalid, Missing
from portal.kernel.roles import Actor, Role, Scope
from portal.support import commands_apply
from portal.support import commands_policies as commands
from portal.support.commands import load_policies
from portal.support.drafting import Sheet
from portal.support.loader import Loaded
from portal.support.models import Application, Award, PolicyDraft, PolicyVersion, Submission
from portal.support.policy import Tag
from portal.support.policy_text import typed_of
from portal.support.queries import matches, policies, policy
from portal.support.queries_beside import beside, excluded_by
from portal.support.queries_desk import support_sheet
from portal.support.queries_drafts import draft, newest_version, open_draft, rows
from portal.support.reader import raw_policies
from tests.fixtures.cases import ELSEWHERE, EVERYTHING
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import ENTERPRISE, at_work, both_posts, preparer
from tests.integration.support.ground import (
    before_the_city,
    budget,
    case_of,
    city,
    complete,
    decide,
    lead,
    officer,
    submit,
)

pytestmark = pytest.mark.content("catalogue")
CODE, REASON, NEW_NAME = "P102", "市局文件，调整奖励条件", "以商招商引荐奖励（新）"
LATER = today() + timedelta(days=30)


def bureau(account_id: int, role: Role = Role.BUREAU_LEAD) -> Actor:
    return Actor(account_id, f"bureau{account_id}", f"Bureau {account_id}", frozenset({role}), EVERYTHING)


DRAFTER, SECOND = bureau(11, Role.BUREAU_OFFICER), bureau(12)


def sheet(code: str = CODE, version: int = 0, effective_on: str = "", **typed: Any) -> Sheet:
    """The form as it opens, with some fields typed over."""
    with reading(EVERYTHING) as session:
        shown = open_draft(session, code) or newest_version(session, code)
        content = dict(shown.content) if shown is not None else {}
    return Sheet(typed_of(content) | typed, version, effective_on, REASON)


def drafted(actor: Actor = DRAFTER, code: str = CODE, **changed: Any) -> int:
    return commands.draft_policy(actor, code, sheet(code, **(changed or {"title_zh": NEW_NAME})))


def version_of(draft_id: int) -> int:
    with reading(EVERYTHING) as session:
        return draft(session, draft_id).version


def submitted(code: str = CODE, **changed: Any) -> int:
    draft_id = drafted(code=code, **changed)
    commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    return draft_id


def published(code: str = CODE, **changed: Any) -> int:
    draft_id = submitted(code, **changed)
    commands.publish_policy(SECOND, draft_id, version_of(draft_id))
    return draft_id


def name_of(code: str = CODE) -> str:
    with reading(EVERYTHING) as session:
        return policy(session, code).policy.title.zh


def verbs() -> list[str]:
    with reading(EVERYTHING) as session:
        asked = select(AuditEvent.verb).where(AuditEvent.verb.like("support.policy-%")).order_by(AuditEvent.id)
        return [verb.removeprefix("support.policy-") for verb in session.scalars(asked)]


def test_a_draft_changes_nothing_until_a_second_person_publishes_it(database: Database) -> None:
    old = name_of()
    draft_id = submitted()
    assert name_of() == old
    commands.publish_policy(SECOND, draft_id, version_of(draft_id))
    assert name_of() == NEW_NAME
    with reading(EVERYTHING) as session:
        new, first = session.scalars(
            select(PolicyVersion).where(PolicyVersion.code == CODE).order_by(PolicyVersion.number.desc())
        ).all()
        assert (new.number, new.source, new.created_by_id, new.effective_on) == (2, "edit", 12, today())
        assert (first.number, first.source, first.content["title_zh"]) == (1, "seed", old)
        assert draft(session, draft_id).version_id == new.id
        assert policy(session, CODE).policy.tag is Tag.SAMPLE  # where it comes from is no matter of editing
    assert verbs() == ["draft", "submit", "publish"]


def test_a_version_for_a_later_day_stands_from_that_day_and_none_may_come_before_it(database: Database) -> None:
    old = name_of()
    published(effective_on=LATER.isoformat(), title_zh=NEW_NAME)
    assert name_of() == old
    with reading(EVERYTHING) as session:
        row = next(row for row in rows(session) if row.code == CODE)
        assert row.standing is not None
        assert row.coming is not None
        assert (row.standing.number, row.coming.number, row.coming.effective_on) == (1, 2, LATER)
    for day in ("", (LATER - timedelta(days=1)).isoformat(), "2020-01-01", "soon"):
        with pytest.raises(Invalid) as refused:
            drafted(effective_on=day, title_zh="别的名称")
        assert set(refused.value.fields) == {"effective_on"}
    assert drafted(effective_on=LATER.isoformat(), title_zh="别的名称")


def test_nobody_who_drafted_or_typed_into_it_publishes_it(database: Database) -> None:
    draft_id = drafted(SECOND)
    third, fourth = bureau(13), bureau(14)
    commands.draft_policy(third, CODE, sheet(version=version_of(draft_id), title_en="Reward for a project"))
    commands.submit_policy(third, draft_id, version_of(draft_id))
    for person in (SECOND, third):
        with pytest.raises(Illegal, match="own-draft"):
            commands.publish_policy(person, draft_id, version_of(draft_id))
    commands.publish_policy(fourth, draft_id, version_of(draft_id))
    assert name_of() == NEW_NAME


def test_only_a_submitted_draft_is_published_and_a_submitted_one_is_not_typed_into(database: Database) -> None:
    draft_id = drafted()
    with pytest.raises(Illegal, match="draft-state"):
        commands.publish_policy(SECOND, draft_id, version_of(draft_id))
    commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    with pytest.raises(Illegal, match="draft-state"):
        drafted(version=version_of(draft_id), title_zh="别的名称")
    commands.reopen_policy(SECOND, draft_id, version_of(draft_id))
    drafted(version=version_of(draft_id), title_zh="别的名称")
    commands.drop_policy(DRAFTER, draft_id, version_of(draft_id))
    with pytest.raises(Illegal, match="draft-state"):
        commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    assert drafted(title_zh="再改一次") != draft_id
    assert verbs() == ["draft", "submit", "reopen", "draft", "drop", "draft"]


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)  # SQLite has one writer: nothing comes between
def test_a_draft_that_changed_between_the_look_and_the_lock_is_stale(database: Database) -> None:
    draft_id = drafted()
    with transaction(SECOND) as session:
        seen = open_draft(session, CODE)
        assert seen is not None
        version = seen.version
        drafted(version=version, title_zh="别人刚刚保存的名称")
        with pytest.raises(Conflict, match="draft-stale"):
            locked_draft(session, PolicyDraft, draft_id, version, "draft")


def test_a_stale_page_is_refused_and_nobody_begins_a_second_draft(database: Database) -> None:
    with pytest.raises(Conflict, match="draft-stale"):
        drafted(version=1, title_zh="没有草案的页面")
    draft_id = drafted()
    with pytest.raises(Conflict, match="draft-stale"):
        drafted(title_zh="另一个人的页面")
    with pytest.raises(Conflict, match="draft-stale"):
        commands.submit_policy(DRAFTER, draft_id, 9)
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(PolicyDraft)) == 1
        assert draft(session, draft_id).content["title_zh"] == NEW_NAME


def test_what_does_not_differ_or_does_not_exist_is_no_draft(database: Database) -> None:
    with pytest.raises(Invalid, match="unchanged"):
        drafted(title_zh=name_of())
    for code in ("P999", "no\x00code"):
        with pytest.raises(Missing):
            commands.draft_policy(DRAFTER, code, sheet())
        with pytest.raises(Missing), reading(EVERYTHING) as session:
            policy(session, code)
        with reading(EVERYTHING) as session:
            assert (newest_version(session, code), open_draft(session, code)) == (None, None)
    with pytest.raises(Invalid) as refused:
        commands.draft_policy(DRAFTER, CODE, Sheet(sheet(conditions="chain in\nf(101) > 1").typed, 0, "", "短"))
    assert {"conditions", "reason"} == set(refused.value.fields)
    assert "第2行" in refused.value.fields["conditions"].zh


def added(**typed: Any) -> int:
    """A new policy made of another one's form."""
    made = {"title_zh": "产业链服务补助", "title_en": "Grant for chain services", **typed}
    return commands.draft_policy(DRAFTER, "P103", sheet("P102", **made), is_new=True)


def test_a_policy_the_bureau_adds_carries_no_mark_and_no_code_is_used_twice(database: Database) -> None:
    draft_id = added()
    with pytest.raises(Missing), reading(EVERYTHING) as session:
        policy(session, "P103")
    for code, field in (("P103", "new_code"), ("P101", "new_code"), ("X1", "new_code"), ("", "new_code")):
        with pytest.raises(Invalid) as refused:
            commands.draft_policy(DRAFTER, code, sheet("P102", title_zh="另一项"), is_new=True)
        assert set(refused.value.fields) == {field}
    commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    commands.publish_policy(SECOND, draft_id, version_of(draft_id))
    with reading(EVERYTHING) as session:
        found = policy(session, "P103")
        assert (found.number, found.policy.tag, found.policy.takes_applications(today())) == (1, Tag.ENTERED, True)


def test_a_policy_with_a_warning_is_published_with_the_reviewed_document_only(database: Database) -> None:
    warned = {"conditions": 'officer("注册地在丽水", "Registered in Lishui")'}
    draft_id = drafted(**warned, review_document="", accept_from="", accept_until="")
    with pytest.raises(Illegal, match="no-review"):
        commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    drafted(version=version_of(draft_id), review_document="丽市监审〔2026〕1号", review_on="")
    with pytest.raises(Illegal, match="no-review"):
        commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    drafted(version=version_of(draft_id), review_on="2026-01-05")
    commands.submit_policy(DRAFTER, draft_id, version_of(draft_id))
    commands.publish_policy(SECOND, draft_id, version_of(draft_id))
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "support.policy-publish")).one()
        assert event.detail["warnings"] == ["FC1"]
        assert event.detail["review"] == "丽市监审〔2026〕1号"


def test_loading_the_files_never_overwrites_an_edit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    assert load_policies() == Loaded(0, ())
    newer = [raw | {"summary_zh": "文件里改过的摘要。"} for raw in raw_policies() if raw["code"] in (CODE, "P101")]
    monkeypatch.setattr("portal.support.commands.checked_policies", lambda known: newer)
    assert load_policies() == Loaded(1, (CODE,))
    assert name_of() == NEW_NAME
    with reading(EVERYTHING) as session:
        assert policy(session, "P101").policy.summary.zh == "文件里改过的摘要。"
        assert (policy(session, CODE).number, policy(session, "P101").number) == (2, 2)


def test_a_draft_of_a_version_that_was_overtaken_is_not_published(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = submitted("P101", title_zh="新建项目补助")
    newer = [raw | {"summary_zh": "文件里改过的摘要。"} for raw in raw_policies() if raw["code"] == "P101"]
    monkeypatch.setattr("portal.support.commands.checked_policies", lambda known: newer)
    assert load_policies().added == 1
    with pytest.raises(Conflict, match="draft-base"):
        commands.publish_policy(SECOND, draft_id, version_of(draft_id))


def test_what_was_begun_goes_on_under_the_version_it_was_begun_under(database: Database, tmp_path: Path) -> None:
    city()
    budget("250000")
    begun = complete(tmp_path)
    published(title_zh=NEW_NAME, amount_value="20,000", conditions="chain in plan\nf(101, ttm) >= 900000 万元")
    submit(begun)
    published(withdrawn=True)
    decide(officer(), begun)
    decide(lead(), begun)
    with reading(EVERYTHING) as session:
        sent, award = session.scalars(select(Submission)).one(), session.scalars(select(Award)).one()
        pinned = session.get(PolicyVersion, session.scalars(select(Application)).one().policy_version_id)
        assert pinned is not None
        assert (pinned.number, sent.content["policy_version"], award.policy_version_id) == (1, 1, pinned.id)
        assert award.amount == 100_000


def test_a_withdrawn_policy_takes_no_applications_and_is_held_against_nobody(
    database: Database, tmp_path: Path
) -> None:
    city()
    published(withdrawn=True)
    assert verbs()[-1] == "withdraw"
    with reading(EVERYTHING) as session:
        assert CODE in {row.policy.code for row in policies(session)}
        assert CODE not in {one.policy.code for one in matches(session, ENTERPRISE, today()) or ()}
    with pytest.raises(Illegal, match="closed"):
        commands_apply.begin(preparer(), CODE)
    published(withdrawn=False)
    number = complete(tmp_path, CODE)
    published(withdrawn=True)
    with pytest.raises(Illegal, match="closed"):
        submit(number)
    published(withdrawn=False)
    assert submit(number)


@pytest.mark.parametrize("codes", [("P102", "P303"), ("P303", "P102")], ids="-".join)
def test_of_two_policies_an_award_of_either_excludes_the_other_whichever_names_it(
    database: Database, tmp_path: Path, codes: tuple[str, str]
) -> None:
    city()
    published("P102", exclusive_with="P303")
    first, second = (before_the_city(tmp_path, code, f"key-of-application-{code}", claim="1000000") for code in codes)
    for code in codes:
        budget("5000000", code)
    assert [seen(one) for one in (first, second)] == [[(codes[1], False)], [(codes[0], False)]]
    decide(lead(), first)
    assert [seen(one) for one in (first, second)] == [[], [(codes[0], True)]]
    with pytest.raises(Illegal, match="exclusive"):
        decide(lead(), second)
    with reading(preparer().scope) as session:
        both, today_ = beside(session, ENTERPRISE, today().year), policy(session, codes[1]).policy
        assert [(one.application_id, one.is_granted) for one in both] == [(first, True), (second, False)]
        assert [one.policy.code for one in excluded_by(both, today_)] == [codes[0]]
        assert beside(session, ENTERPRISE, today().year + 1) == both[1:]  # the city may grant both, year after year
    for nobody in (Scope.enterprises(8), Scope.counties(ELSEWHERE)):
        with reading(nobody) as session:
            assert beside(session, ENTERPRISE, today().year) == []


def seen(number: int) -> list[tuple[str, bool]]:
    """What the desk of the county is shown beside an application: the policy, and whether it was granted."""
    with reading(officer().scope) as session:
        sheet = support_sheet(session, case_of(number), today())
        return [(one.policy.code, one.is_granted) for one in sheet.excluded]


@ON_SQLITE
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("不能重复享受", "已经开始填写", "已经申请")),
        ("en", ("Not given together", "have begun", "have applied")),
    ],
)
def test_who_applies_is_told_beforehand_of_what_excludes_it_and_the_county_sees_the_same(
    app: Flask, database: Database, tmp_path: Path, language: Language, said: tuple[str, str, str]
) -> None:
    city()
    published("P102", exclusive_with="P303")
    other = complete(tmp_path, "P303", claim="1000000")
    enterprise = at_work(app, both_posts(), language)
    for address in ("/policies/P102", "/support"):
        page = enterprise.get(address)
        assert said[0] in page.text and said[1] in page.text
        assert f"/support/applications/{other}" in {link.get("href") for link in page.tree.iter("a")}
    assert said[0] not in enterprise.get("/policies/P101").text
    submit(other, "key-of-the-other-application")
    number = complete(tmp_path)
    page = enterprise.get(f"/support/applications/{number}")
    assert said[2] in page.text
    submit(number)
    county = at_work(app, officer(), language)
    case = case_of(other).id
    links = {link.get("href") for link in county.get(f"/review/{case_of(number).id}").tree.iter("a")}
    assert said[0] in county.page.text and f"/review/{case}" in links
    assert said[0] not in county.get("/policies/P102").text


def test_a_published_version_never_changes(database: Database) -> None:
    with pytest.raises(ValueError, match="never changes"), transaction(EVERYTHING) as session:
        session.scalars(select(PolicyVersion).limit(1)).one().content = {}
        session.flush()
