"""The queue of applications: which policy, with its mark, and what is applied for; filtered by policy; as a spreadsheet."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event

from portal.database.session import Database, reading
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import Action
from portal.review.queries import QueueRow, queue
from portal.review.queries_list import shape_of
from portal.review.rules import Filters, Section, Tab
from portal.support import commands_apply
from portal.support.draft import Page
from tests.fixtures.cases import person
from tests.fixtures.filers import at_work, preparer
from tests.integration.support.ground import case_of, city, decide, lead, officer, submitted
from tests.integration.support.test_policy_editing import published

pytestmark = pytest.mark.content("catalogue")
FIXED, SHARE = "P102", "P303"
HEADINGS = 3  # the code, and both languages


def rows(actor: Actor, policy: str = "", tab: Tab = Tab.ALL) -> list[QueueRow]:
    filters = Filters(policy=policy)
    with reading(actor.scope) as session:
        return list(queue(session, Section.APPLICATION, tab, me=301, today=today(), filters=filters))


def two(folder: Path) -> tuple[int, int]:
    city()
    return (
        submitted(folder, FIXED, "key-of-the-first-one"),
        submitted(folder, SHARE, "key-of-the-second-one", claim="3600000"),
    )


def sheet(app: Flask, actor: Actor, query: str = "", language: Language = "zh") -> list[dict[object, object]]:
    answer = at_work(app, actor, language).client.get(f"/review/export?kind=application{query}")
    found = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    answer.close()
    start = next(place for place, row in enumerate(found) if row[:1] == ["credit_code"])
    return [dict(zip(found[start], row, strict=True)) for row in found[start + HEADINGS :]]


def test_a_row_names_its_policy_and_the_figure_it_was_submitted_with_last(database: Database, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    for actor in (officer(), person(Role.CHAIN_OFFICER, 5), lead()):
        found = {row.id: row for row in rows(actor)}
        one, other = found[case_of(first).id], found[case_of(second).id]
        assert (one.policy_code, one.claim) == (FIXED, None)
        assert (other.policy_code, other.claim) == (SHARE, "3600000")
    decide(officer(), second, Action.RETURN, "请说明")
    commands_apply.save(preparer(), second, Page({"claim": "1"}, 2))
    (returned,) = rows(officer(), tab=Tab.RETURNED)
    assert returned.claim == "3600000", "what was typed since is the enterprise's"


def test_a_filter_by_policy_keeps_its_applications_alone(database: Database, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    decide(officer(), second)
    for actor in (officer(), person(Role.CHAIN_OFFICER, 5), lead()):
        assert [row.id for row in rows(actor, FIXED)] == [case_of(first).id]
        assert [row.id for row in rows(actor, SHARE)] == [case_of(second).id], "the city's step is of the same policy"
        assert rows(actor, "P101") == []
    assert not shape_of(Section.FILING, Tab.ALL, Filters(policy=FIXED)).has_policy


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("以商招商引荐奖励", "示例", "10万元", "3,600,000元", "申请的数")),
        ("en", ("Reward for introducing", "Sample", "100,000 yuan", "3,600,000 yuan", "Applied for")),
    ],
)
def test_the_list_shows_policy_mark_and_what_is_applied_for(
    app: Flask, tmp_path: Path, language: Language, said: tuple[str, ...]
) -> None:
    first, second = two(tmp_path)
    reader = at_work(app, officer(), language)
    page = reader.get("/review?kind=application").text
    assert all(text in page for text in said) and FIXED in page
    page = reader.get(f"/review?kind=application&policy={SHARE}")
    links = [a.get("href", "") for a in page.tree.iter("a")]
    assert f"/review/{case_of(second).id}?policy={SHARE}" in links
    assert not any(link.startswith(f"/review/{case_of(first).id}?") for link in links)
    assert any("/review/export" in link and f"policy={SHARE}" in link for link in links)
    assert reader.get("/review?kind=application&policy=nonsense%27").status == 200
    place = reader.get(f"/review/{case_of(second).id}?policy={SHARE}")
    assert ("第1份，共1份" if language == "zh" else "1 of 1") in place.text


def test_a_policy_reads_as_when_the_application_was_begun(app: Flask, tmp_path: Path) -> None:
    two(tmp_path)
    published(FIXED, title_zh="引荐奖励（新）")
    page = at_work(app, officer()).get("/review?kind=application")
    options = ["".join(option.itertext()) for option in page.tree.iter("option")]
    assert "以商招商引荐奖励" in page.text and f"{FIXED} 引荐奖励（新）" in options


def test_the_spreadsheet_says_the_same_in_numbers(app: Flask, tmp_path: Path) -> None:
    two(tmp_path)
    found = {line["policy"]: line for line in sheet(app, officer())}
    assert set(found) == {FIXED, SHARE}
    assert "headline" not in found[SHARE] and "flags" not in found[SHARE]
    assert (found[SHARE]["claim"], found[SHARE]["claim_unit"]) == (3600000, "元 / yuan")
    assert (found[FIXED]["claim"], found[FIXED]["policy_mark"]) == ("", "示例 / Sample")
    assert {line["policy"] for line in sheet(app, lead(), f"&policy={SHARE}")} == {SHARE}


def test_the_list_of_applications_takes_no_more_statements_than_any(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    from portal.database.session import current

    two(tmp_path)
    sent: list[str] = []
    event.listen(current().engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    for actor in (officer(), person(Role.CHAIN_OFFICER, 5), lead(), person(Role.AUDITOR, 6)):
        reader = at_work(app, actor)
        for path in ("/review?kind=application", f"/review?kind=application&policy={SHARE}"):
            reader.get(path)  # the first of a process also reads what is then kept: the policies
            sent.clear()
            reader.get(path)
            asked = [sql for sql in sent if not sql.startswith(("BEGIN", "PRAGMA", "SELECT pg_catalog"))]
            # the rows, the counts, the calendar and the catalogue's version, which the session's own look-up brings
            assert len(asked) <= 4, (path, asked)
