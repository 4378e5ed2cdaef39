"""Whatever is pressed on an application's page, what was typed and chosen stays: saved, or shown again with the reason."""

from __future__ import annotations

import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.database.session import Database, reading
from portal.kernel.bilingual import Language
from portal.kernel.errors import Conflict
from portal.kernel.workflow import Action
from portal.review import commands as desk
from portal.support.commands_apply import begin, save
from portal.support.draft import Page as Sent
from portal.support.queries import policies
from portal.support.queries_application import applied
from portal.support.views_apply import MOST_FILES
from portal.uploads.models import Upload
from portal.uploads.store import FOLDER
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import at_work, both_posts, preparer
from tests.fixtures.visitor import Page, Visitor
from tests.integration.support.ground import (
    ANSWERS,
    PDF,
    POLICY,
    case_of,
    city,
    decide,
    officer,
    page_of,
    submit,
    submitted,
)

pytestmark = pytest.mark.content("catalogue")
FILES = ("introduction", "capital")


def chosen(*kinds: str, data: bytes = PDF) -> dict[str, Any]:
    return {f"doc-{kind}": (io.BytesIO(data), f"{kind}.pdf") for kind in kinds}


def stored(number: int) -> dict[str, Any]:
    with reading(EVERYTHING) as session:
        return dict(applied(session, number).application.answers)


def documents(number: int) -> set[str]:
    with reading(EVERYTHING) as session:
        return set(applied(session, number).documents)


def begun(app: Flask, language: Language = "zh") -> tuple[Visitor, int]:
    """Somebody before the page of an application that was begun a moment ago."""
    city()
    number = begin(both_posts(), POLICY)
    visitor = at_work(app, both_posts(), language)
    visitor.get(f"/support/applications/{number}")
    return visitor, number


def asked(number: int, *texts: str) -> list[int]:
    return [desk.ask(officer(), case_of(number).id, case_of(number).version, None, text) for text in texts]


def returned(folder: Path) -> tuple[int, list[int]]:
    """An application that came back with two questions."""
    number = submitted(folder)
    questions = asked(number, "资本金何时到位？", "引荐方是谁？")
    decide(officer(), number, Action.RETURN, "请补充")
    return number, questions


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_press_brings_answers_and_every_file(app: Flask, database: Database, language: Language) -> None:
    visitor, number = begun(app, language)
    page = visitor.submit("/submit", declaration="1", **ANSWERS, **chosen(*FILES))
    assert {"zh": "申请已收到", "en": "Application received"}[language] in page.text
    assert stored(number) == ANSWERS
    assert documents(number) == set(FILES)


def test_an_upload_keeps_what_was_typed(app: Flask, database: Database) -> None:
    visitor, number = begun(app)
    page = visitor.submit("/save", "upload", **ANSWERS, **chosen(*FILES))
    assert page.status == 200
    assert stored(number) == ANSWERS
    assert documents(number) == set(FILES)
    visitor.submit("/save", "upload", bank="另一家银行")
    assert stored(number)["bank"] == "另一家银行"


def test_a_submission_that_is_refused_has_kept_answers_and_files(app: Flask, database: Database) -> None:
    visitor, number = begun(app)
    page = visitor.submit("/submit", **ANSWERS | {"contact_phone": "call me"}, **chosen("capital"))
    assert page.status == 422
    assert set(stored(number).values()) == {*(ANSWERS | {"contact_phone": "call me"}).values()}
    assert documents(number) == {"capital"}
    # The telephone, the other document and the tick, each at its place.
    assert len(page.errors) == 3


def test_what_cannot_be_kept_is_shown_again_and_the_rest_is_kept(app: Flask, database: Database) -> None:
    visitor, number = begun(app)
    hostile = {"statement": "长" * 2001, "bank": "a\u202eb"}
    page = visitor.submit("/save", **ANSWERS | hostile, **chosen("capital"), **chosen("introduction", data=b"<html>"))
    assert page.status == 422
    assert len(page.errors) == 3
    assert page.form("/save").values["statement"] == [hostile["statement"]]
    assert (stored(number)["statement"], stored(number)["contact_name"]) == ("", ANSWERS["contact_name"])
    assert documents(number) == {"capital"}


def test_every_answer_to_the_officer_is_sent_and_a_failed_one_is_shown_again(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    city()
    number, (first, second) = returned(tmp_path)
    visitor = at_work(app, both_posts())
    visitor.get(f"/support/applications/{number}")
    page = visitor.submit(
        f"/questions/{first}", **{f"reply-{first}": "", f"reply-{second}": "长" * 2001, "bank": "新银行"}
    )
    assert page.status == 422
    assert len(page.errors) == 2
    assert page.form("/save").values[f"reply-{second}"] == ["长" * 2001]
    assert stored(number)["bank"] == "新银行"
    page = visitor.submit("/save", **{f"reply-{first}": "三月", f"reply-{second}": ""})
    assert page.status == 422  # saving sends nothing to an officer, and says so
    assert page.form("/save").values[f"reply-{first}"] == ["三月"]
    page = visitor.submit(f"/questions/{first}", **{f"reply-{first}": "三月", f"reply-{second}": "本企业"})
    assert page.status == 200
    assert "本企业" in page.text
    with reading(EVERYTHING) as session:
        assert [remark.reply for remark in applied(session, number).remarks] == ["三月", "本企业"]


def test_submitting_sends_the_answers_to_the_officer_with_it(app: Flask, database: Database, tmp_path: Path) -> None:
    city()
    number, (first, second) = returned(tmp_path)
    visitor = at_work(app, both_posts())
    visitor.get(f"/support/applications/{number}")
    page = visitor.submit("/submit", declaration="1", **{f"reply-{first}": "三月", f"reply-{second}": ""})
    assert page.status == 422
    assert page.form("/submit").values[f"reply-{first}"] == ["三月"]
    assert page.form("/submit").values["declaration"] == ["1"]
    visitor.submit("/submit", **{f"reply-{second}": "本企业"})
    with reading(EVERYTHING) as session:
        found = applied(session, number)
        assert [remark.reply for remark in found.remarks] == ["三月", "本企业"]
        assert found.submission is not None
        assert found.submission.number == 2


def test_a_question_during_review_is_answered_without_a_draft(app: Flask, database: Database, tmp_path: Path) -> None:
    city()
    number = submitted(tmp_path)
    (question,) = asked(number, "资本金何时到位？")
    visitor = at_work(app, preparer())
    visitor.get(f"/support/applications/{number}")
    page = visitor.submit(f"/questions/{question}", **{f"reply-{question}": " "})
    assert page.status == 422
    page = visitor.submit(f"/questions/{question}", **{f"reply-{question}": "三月"})
    assert "三月" in page.text
    assert stored(number) == ANSWERS


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("press", ["/save", "/submit"])
def test_what_was_typed_is_shown_when_a_colleague_submitted_meanwhile(
    app: Flask, database: Database, tmp_path: Path, press: str, language: Language
) -> None:
    visitor, number = begun(app, language)
    visitor.submit("/save", **ANSWERS, **chosen(*FILES))
    submit(number)
    page: Page = visitor.submit(press, declaration="1", statement="第二位同事写的说明", **chosen("capital"))
    assert page.status == 409
    assert "第二位同事写的说明" in page.text
    assert {"zh": "没有保存", "en": "Not kept"}[language] in page.text
    assert {"zh": "重新选择", "en": "choose them again"}[language] in page.text
    assert stored(number) == ANSWERS


def test_a_colleagues_newer_answers_stand_beside_what_was_typed(app: Flask, database: Database) -> None:
    visitor, number = begun(app)
    visitor.submit("/save", **ANSWERS, **chosen(*FILES))
    opened = page_of(number)
    save(preparer(), number, Sent(ANSWERS | {"bank": "同事的银行"}, opened.draft_version))
    page = visitor.submit("/submit", declaration="1", bank="我的银行")
    assert page.status == 409
    assert page.form("/submit").values["bank"] == ["我的银行"]
    assert "同事的银行" in page.text
    visitor.submit("/submit", declaration="1")
    assert stored(number)["bank"] == "我的银行"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_disk_is_a_page_in_words_and_nothing_is_half_written(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    visitor, number = begun(app, language)
    known = stored(number)
    folder: Path = app.config["PORTAL"].data_dir / FOLDER

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("portal.uploads.store.os.fsync", full)
    page = visitor.submit("/save", "upload", **ANSWERS, **chosen(*FILES))
    assert page.status == 507
    assert {"zh": "存储空间已满", "en": "no room left"}[language] in page.text
    assert page.form("/save").values["statement"] == [ANSWERS["statement"]]
    assert stored(number) == known
    assert documents(number) == set()
    with reading(EVERYTHING) as session:
        assert session.query(Upload).count() == 0
    assert not list(folder.iterdir())
    monkeypatch.undo()
    visitor.submit("/save", "upload", **chosen(*FILES))
    assert documents(number) == set(FILES)
    assert stored(number) == ANSWERS


def test_the_files_of_one_press_may_be_as_large_as_each_alone(app: Flask, database: Database) -> None:
    with reading(EVERYTHING) as session:
        assert max(len(row.policy.documents) for row in policies(session)) <= MOST_FILES
    visitor, number = begun(app)
    visitor.submit("/save", "upload", **chosen(*FILES, data=PDF[:-6] + b" " * 9_000_000 + b"%%EOF\n"))
    assert documents(number) == set(FILES)


def test_of_two_who_save_at_once_one_is_told(app: Flask, database: Database) -> None:
    _, number = begun(app)
    opened = page_of(number)

    def attempt(name: str) -> str:
        try:
            save(preparer(), number, replace(opened, typed=ANSWERS | {"bank": name}))
        except Conflict as refusal:
            return refusal.code
        return name

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, ["甲", "乙", "丙", "丁"]))
    assert outcomes.count("draft-changed") == 3
    assert stored(number)["bank"] in outcomes
