"""The bureau loads a dated list: all that is wrong at once, a preview, one effect, nothing twice, and nobody else."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.database.session import Database, reading, transaction
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Invalid, Missing
from portal.kernel.roles import GRANTS, Actor, Permission, Role
from portal.support.commands_lists import ListFile, load_list, offer_list
from portal.support.models import DatedList, DatedListEntry
from portal.support.models_lists import ListImport
from portal.support.queries_lists import list_import, plan_for
from portal.uploads.models import Upload
from tests.fixtures import workbooks as made
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import EVERYTHING, add_account, person
from tests.fixtures.filers import at_work
from tests.fixtures.visitor import Page, Visitor
from tests.integration.statistics.approved import add_registered

pytestmark = pytest.mark.content("catalogue")
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
BUREAU = person(Role.BUREAU_OFFICER, 905)
PATH, DAY, SOURCE = "/support/lists/import", date(2026, 3, 1), "丽经信〔2026〕9号"
HEAD = ["统一社会信用代码 / Credit code", "企业名称 / Name", "类别 / Class", "有效期至 / Valid until"]


@pytest.fixture(autouse=True)
def register(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, 905, "经办人")
        for number in (1, 2, 3):
            add_registered(session, number)


def line(number: int, value: str = "B", until: str | None = None, name: str = "") -> list[Any]:
    return [code_of(number), name, value, until]


def offered(folder: Path, content: bytes, code: str = "evaluation-class", day: date = DAY, source: str = SOURCE) -> int:
    return offer_list(BUREAU, ListFile(folder, "名单.xlsx", io.BytesIO(content), code, day, source))


def fingerprint(number: int) -> str:
    with reading(EVERYTHING) as session:
        return plan_for(session, list_import(session, number)).fingerprint


def loaded(folder: Path, *lines: list[Any], **of: Any) -> bool:
    number = offered(folder, made.workbook([HEAD, *lines]), **of)
    return load_list(BUREAU, number, fingerprint(number))


def standing() -> dict[int, tuple[str, date | None]]:
    with reading(EVERYTHING) as session:
        return {e.enterprise_id: (e.value, e.until_on) for e in session.scalars(select(DatedListEntry))}


def count(model: Any) -> int:
    with reading(EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_list_is_loaded_once_completed_and_mended_by_later_files_and_the_trail_says_so(tmp_path: Path) -> None:
    assert loaded(tmp_path, line(1), line(2, "C", "2026-12-31"), line(8))
    assert standing() == {1: ("B", None), 2: ("C", date(2027, 1, 1))}
    assert not loaded(tmp_path, line(1), line(2, "C", "2026-12-31"), line(8)), "the same bytes"
    assert not loaded(tmp_path, line(2, "C", "2026-12-31"), line(1)), "the same lines in another file"
    assert loaded(tmp_path, line(1), line(2, "A"), line(3, "D"))
    assert standing() == {1: ("B", None), 2: ("A", None), 3: ("D", None)}
    assert (count(DatedList), count(DatedListEntry)) == (1, 3)
    assert loaded(tmp_path, line(1), day=DAY + timedelta(days=30))
    assert count(DatedList) == 2
    with reading(EVERYTHING) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "support.load-list")).all()
        results = session.scalars(select(ListImport).order_by(ListImport.id)).all()
        counts = [row.detail["counts"] for row in events]
        assert [row.state for row in results].count("loaded") == len(events) == 3
    assert counts[0] == {"added": 2, "changed": 0, "unchanged": 0, "strangers": 1, "wrong": 0}
    assert counts[1] == {"added": 1, "changed": 1, "unchanged": 1, "strangers": 0, "wrong": 0}
    assert {event.actor_id for event in events} == {905}
    assert verify() == []


def test_the_same_file_puts_those_on_the_list_who_registered_since(tmp_path: Path) -> None:
    content = made.workbook([HEAD, line(1), line(4)])
    first = offered(tmp_path, content)
    assert load_list(BUREAU, first, fingerprint(first))
    assert offered(tmp_path, content) == first, "nothing to do: the import that did it"
    with transaction(EVERYTHING) as session:
        add_registered(session, 4)
    again = offered(tmp_path, content)
    assert again != first and load_list(BUREAU, again, fingerprint(again))
    assert standing() == {1: ("B", None), 4: ("B", None)}
    assert (count(DatedList), count(DatedListEntry)) == (1, 2)
    assert offered(tmp_path, content) == again


def test_the_same_file_from_another_source_is_a_preview_of_its_own(tmp_path: Path) -> None:
    content = made.workbook([HEAD, line(1)])
    first = offered(tmp_path, content)
    assert load_list(BUREAU, first, fingerprint(first))
    assert offered(tmp_path, content, source="丽经信〔2026〕10号") != first


def test_twenty_previews_of_one_file_confirmed_at_once_make_one_edition(tmp_path: Path) -> None:
    content = made.workbook([HEAD, line(1), line(2)])
    numbers = [offered(tmp_path, content) for _ in range(20)]
    seen, results = fingerprint(numbers[0]), []
    threads = [threading.Thread(target=lambda n=n: results.append(load_list(BUREAU, n, seen))) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 19 + [True]
    assert (count(DatedList), count(DatedListEntry)) == (1, 2)


def test_what_moved_since_the_preview_loads_nothing(tmp_path: Path) -> None:
    number = offered(tmp_path, made.workbook([HEAD, line(1), line(4)]))
    seen = fingerprint(number)
    with transaction(EVERYTHING) as session:
        add_registered(session, 4)
    with pytest.raises(Conflict):
        load_list(BUREAU, number, seen)
    assert count(DatedListEntry) == count(DatedList) == 0
    with pytest.raises(Missing):
        load_list(BUREAU, number + 1, seen)


def test_a_file_that_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    for content, code, day in (
        (made.workbook([["甲", "乙"], ["1", "2"]]), "evaluation-class", DAY),
        (made.workbook([HEAD]), "evaluation-class", DAY),
        (made.workbook([HEAD, line(1)]), "no-such-list", today() + timedelta(days=1)),
    ):
        with pytest.raises(Invalid) as refused:
            offered(tmp_path, content, code, day)
        assert set(refused.value.fields) == ({"file"} if code == "evaluation-class" else {"list", "dated_on"})
    assert count(Upload) == count(ListImport) == 0


def test_a_csv_of_another_encoding_says_the_same(tmp_path: Path) -> None:
    number = offered(tmp_path, made.text([HEAD, [code_of(1), "", "B", "2026年12月31日"]], "gb18030"))
    assert load_list(BUREAU, number, fingerprint(number))
    assert standing() == {1: ("B", date(2027, 1, 1))}


# --- pages -------------------------------------------------------------------------------------------------------


def send(visitor: Visitor, content: bytes, **typed: str) -> Page:
    visitor.get(PATH)
    values = {"list": "evaluation-class", "dated_on": DAY.isoformat(), "source": SOURCE} | typed
    return visitor.submit(PATH, file=(io.BytesIO(content), "名单.xlsx"), **values)


@SQLITE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_cells_are_listed_and_marked_and_the_rest_is_loaded_when_confirmed(
    app: Flask, language: Language
) -> None:
    visitor = at_work(app, BUREAU, language)
    page = send(visitor, made.workbook([HEAD, line(1), line(2, "E"), line(3, name="另一家公司")]))
    assert page.status == 200
    text = page.text
    assert ("类别须为A、B、C、D之一" if language == "zh" else "The class is one of A, B, C, D") in text
    assert "丽水示例3号有限公司" in text, "the name on the register stands beside the other one"
    assert standing() == {}
    number = int(page.url.split("?")[0].rsplit("/", 1)[1])
    book = openpyxl.load_workbook(io.BytesIO(visitor.client.get(f"/support/lists/imports/{number}/marked").data))
    assert [c.coordinate for row in book.worksheets[0].iter_rows() for c in row if c.comment] == ["C3", "B4"]
    done = visitor.submit("/confirm")
    assert ("名单已导入" if language == "zh" else "This list is loaded") in done.text
    assert standing() == {1: ("B", None)}
    assert visitor.client.get(f"/support/lists/imports/{number}/marked").data[:2] == b"PK"
    assert send(visitor, made.workbook([HEAD, line(1)]), dated_on="", source="").status == 422


@SQLITE
def test_the_template_sent_back_as_it_is_changes_nothing(app: Flask, tmp_path: Path) -> None:
    assert loaded(tmp_path, line(1, "A"), line(2, "C", "2026-12-31"))
    content = at_work(app, BUREAU).client.get(f"{PATH}/template?list=evaluation-class").data
    number = offered(tmp_path, content)
    with reading(EVERYTHING) as session:
        plan = plan_for(session, list_import(session, number))
    assert (plan.unchanged, plan.changes, plan.faults, plan.can_load) == (2, [], [], False)


@SQLITE
@pytest.mark.parametrize("role", Role)
def test_only_the_bureau_loads_lists(app: Flask, tmp_path: Path, role: Role) -> None:
    number = offered(tmp_path, made.workbook([HEAD, line(1)]))
    actor: Actor = person(role, 906)
    client = at_work(app, actor).client
    wanted = 200 if Permission.SUPPORT_MANAGE in GRANTS[role] else 403
    place = f"/support/lists/imports/{number}"
    paths = (PATH, f"{PATH}/template", place, f"{place}/marked")
    assert {client.get(path).status_code for path in paths} == {wanted}
    if wanted == 403:
        assert client.post(f"{place}/confirm").status_code in (400, 403)
        assert standing() == {}
