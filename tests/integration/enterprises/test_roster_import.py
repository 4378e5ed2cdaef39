"""A county loads its list: everything wrong at once and by cell, a preview, one effect, and nothing twice."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.config import Settings
from portal.database.session import reading, transaction
from portal.enterprises import tasks
from portal.enterprises.commands_roster import ListFile, load_list, offer_list
from portal.enterprises.models import AboveScaleStatus, Enterprise
from portal.enterprises.models_roster import RegisterImport, RosterEntry
from portal.enterprises.queries import profile_at, registration_sheet
from portal.enterprises.queries_roster import plan_for, register_import
from portal.enterprises.roster_rules import FIELDS
from portal.jobs.queue import enqueue
from portal.jobs.run import Runner
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import now, today
from portal.kernel.errors import Conflict, Invalid, Missing
from portal.kernel.roles import GRANTS, Actor, Permission, Role
from portal.kernel.workflow import Action
from portal.review.commands import decide
from portal.review.decide_one import Order
from portal.review.effects import Choices
from portal.spreadsheet.read_types import MOST_ROWS
from portal.uploads.models import Upload
from tests.fixtures import workbooks as made
from tests.fixtures.applicants import code_of, submitted
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_account, person
from tests.fixtures.registered import OFFICER, REGISTERED, registered
from tests.fixtures.visitor import Page, Visitor
from tests.integration.enterprises.desk import signed_in

pytestmark = pytest.mark.content("registered")
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HEAD = [f"{title.zh} / {title.en}" for title in FIELDS.values()]
BUREAU = person(Role.BUREAU_OFFICER, 905)
DAY = f"{today().year}-01-01"
PATH = "/enterprises/import"
DECLARING = (tasks,)  # importing it is what declares its handler


def line(number: int, name: str = "", unit: str = "缙云县", since: Any = DAY, gb_class: str = "3425") -> list[Any]:
    return [code_of(number), name or f"丽水示例{number}号机械有限公司", unit, since, gb_class]


def sheet(*lines: list[Any]) -> bytes:
    return made.workbook([HEAD, *lines])


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    with transaction(EVERYTHING) as session:
        add_account(session, 905, "经办人")
    return REGISTERED.given(tmp_path)


@pytest.fixture
def officer(app: Flask, enterprise_id: int) -> Visitor:
    return signed_in(app, OFFICER)


def send(visitor: Visitor, content: bytes, name: str = "名录.xlsx", **typed: Any) -> Page:
    visitor.get(PATH)
    values = {"document_no": "缙经信〔2026〕1号", "listed_on": today().isoformat(), "county": HERE} | typed
    return visitor.submit(PATH, file=(io.BytesIO(content), name), **values)


def sent(tmp_path: Path, content: bytes, county: str = HERE, *, is_complete: bool = False) -> ListFile:
    stream = io.BytesIO(content)
    return ListFile(tmp_path, "名录.xlsx", stream, county, "缙经信〔2026〕1号", today().isoformat(), is_complete)


def loaded(tmp_path: Path, actor: Actor, content: bytes, ticked: set[str] = frozenset(), **options: Any) -> int:  # type: ignore[assignment]
    number = offer_list(actor, sent(tmp_path, content, **options))
    with reading(actor.scope) as session:
        fingerprint = plan_for(session, register_import(session, number)).fingerprint
    load_list(actor, number, fingerprint, ticked)
    return number


def count(model: Any) -> int:
    with reading(EVERYTHING) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def number_of(page: Page) -> int:
    return int(page.url.split("?")[0].rsplit("/", 1)[1])


def test_a_preview_nobody_confirmed_within_a_week_goes_with_its_file(
    enterprise_id: int, settings: Settings, tmp_path: Path
) -> None:
    folder = settings.data_dir
    old, young = (offer_list(OFFICER, replace(sent(folder, sheet(line(n))), folder=folder)) for n in (1, 2))
    done = loaded(folder, OFFICER, sheet(line(3)))
    with transaction(EVERYTHING) as session:
        files = {row.id: session.get_one(Upload, row.upload_id).stored_name for row in session.query(RegisterImport)}
        for number, days in ((old, 8), (young, 6), (done, 400)):
            session.get_one(RegisterImport, number).created_at = now() - timedelta(days=days)
        enqueue(session, "enterprises.forget_previews")
    Runner(settings).sweep()
    with reading(EVERYTHING) as session:
        left = {row.id for row in session.query(RegisterImport)}
        kept = {row.stored_name for row in session.query(Upload).filter_by(purpose="register-list")}
    assert left == {young, done}
    assert kept == {files[young], files[done]} == {p.name for p in (folder / "uploads").iterdir()} & set(files.values())
    assert verify() == []


# --- the walk ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_is_shown_confirmed_and_in_force(
    app: Flask, officer: Visitor, enterprise_id: int, language: str
) -> None:
    officer.get(f"/enterprises?lang={language}")
    page = send(officer, sheet(line(90, "丽水改名机械有限公司"), line(3), line(4, since=None)))
    assert page.status == 200 and "丽水改名机械有限公司" in page.text
    assert count(AboveScaleStatus) == count(RosterEntry) == 0
    page = officer.submit("/confirm")
    assert page.status == 200
    with reading(EVERYTHING) as session:
        assert profile_at(session, enterprise_id, today()).is_above_scale
        assert session.get_one(Enterprise, enterprise_id).name_zh == "丽水示例90号机械有限公司"
        entries = {e.credit_code: e for e in session.scalars(select(RosterEntry))}
        status = session.scalars(select(AboveScaleStatus)).one()
    assert {code: e.since_on for code, e in entries.items()} == {code_of(3): date.fromisoformat(DAY), code_of(4): None}
    assert status.since_on == date.fromisoformat(DAY) and "缙经信〔2026〕1号" in status.source
    assert "丽水示例3号机械有限公司" in officer.get("/enterprises/roster").text
    assert verify() == []


@SQLITE
def test_a_name_with_a_character_that_papers_cannot_print_is_said_before_it_counts(
    officer: Visitor, tmp_path: Path
) -> None:
    notes = send(officer, sheet(line(3, "丽水𪚥祥机械有限公司"))).having(class_="warn")
    assert ["“𪚥”不在凭证字库内" in "".join(note.itertext()) for note in notes] == [True]
    found = submitted(92, tmp_path, name_zh="丽水鿰祥机械有限公司")
    assert "“鿰”不在凭证字库内" in officer.get(f"/review/{found.case.id}").text


def test_a_name_is_changed_only_where_it_was_ticked(app: Flask, officer: Visitor, enterprise_id: int) -> None:
    send(officer, sheet(line(90, "丽水改名机械有限公司", since=None)))
    officer.submit("/confirm", ticked=[f"name:{enterprise_id}"])
    with reading(EVERYTHING) as session:
        assert session.get_one(Enterprise, enterprise_id).name_zh == "丽水改名机械有限公司"
    assert count(AboveScaleStatus) == 0


def test_brackets_of_another_width_are_no_other_name(app: Flask, officer: Visitor, tmp_path: Path) -> None:
    registered(tmp_path, 91, name_zh="丽水（示例）机械有限公司")
    page = send(officer, sheet(line(91, "丽水(示例)机械有限公司", since=None)))
    assert [form for form in page.forms if form.action.endswith("/confirm")] == []


@pytest.mark.parametrize("is_ticked", [True, False])
def test_who_is_missing_from_a_complete_list_stays_unless_ticked(
    officer: Visitor, enterprise_id: int, tmp_path: Path, is_ticked: bool
) -> None:
    loaded(tmp_path, OFFICER, sheet(line(90)))
    page = send(officer, sheet(line(5)), is_complete="y")
    assert "丽水示例90号机械有限公司" in page.text
    officer.submit("/confirm", ticked=[f"missing:{enterprise_id}"] if is_ticked else [])
    with reading(EVERYTHING) as session:
        assert profile_at(session, enterprise_id, today()).is_above_scale is not is_ticked


def test_who_stands_on_the_list_in_a_wrong_row_is_not_missing(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    loaded(tmp_path, OFFICER, sheet(line(90)))
    page = send(officer, sheet(line(90, since="昨天"), line(5)), is_complete="y")
    assert f"missing:{enterprise_id}" not in page.html
    page = send(officer, sheet([913311000123456789, "甲公司", "缙云县", DAY, ""], line(6)), is_complete="y")
    assert f"missing:{enterprise_id}" not in page.html


def test_the_register_sent_back_as_the_template_gave_it_changes_nothing(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    loaded(tmp_path, OFFICER, sheet(line(90), line(3), line(4, since=None)))
    answer = officer.client.get("/enterprises/import/template")
    assert answer.data[:2] == b"PK" and "attachment" in answer.headers["Content-Disposition"]
    number = offer_list(OFFICER, sent(tmp_path, answer.data, is_complete=True))
    with reading(OFFICER.scope) as session:
        found = register_import(session, number)
        plan = plan_for(session, found)
    assert (found.rows, found.wrong, plan.changes, plan.unchanged, plan.faults) == (3, 0, [], 3, [])


def test_the_template_locks_its_headings_and_offers_units_and_classes(officer: Visitor) -> None:
    book = openpyxl.load_workbook(io.BytesIO(officer.client.get("/enterprises/import/template").data))
    form = book.worksheets[0]
    assert form.protection.sheet and form["A1"].protection.locked and not form["A2"].protection.locked
    assert len(form.data_validations.dataValidation) == 2
    assert [s.sheet_state for s in book.worksheets] == ["visible", "visible", "veryHidden"]


def test_the_same_file_again_says_so_and_changes_nothing(officer: Visitor, enterprise_id: int, tmp_path: Path) -> None:
    content = sheet(line(90), line(3))
    number = loaded(tmp_path, OFFICER, content)
    before = (count(AboveScaleStatus), count(RosterEntry), count(RegisterImport), count(Upload))
    assert number_of(send(officer, content)) == number
    assert load_list(OFFICER, number, "", ()) is False
    assert (count(AboveScaleStatus), count(RosterEntry), count(RegisterImport), count(Upload)) == before


def test_what_was_not_ticked_is_offered_again_when_the_same_file_comes_again(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    content = sheet(line(90, "丽水改名机械有限公司"), line(3))
    number = loaded(tmp_path, OFFICER, content)
    page = send(officer, content)
    assert number_of(page) != number and f"name:{enterprise_id}" in page.html
    officer.submit("/confirm", ticked=[f"name:{enterprise_id}"])
    with reading(EVERYTHING) as session:
        assert session.get_one(Enterprise, enterprise_id).name_zh == "丽水改名机械有限公司"
    assert number_of(send(officer, content)) == number_of(page), "the newest of those that did it"
    assert verify() == []


@pytest.mark.parametrize(
    "otherwise", [{"is_complete": "y"}, {"document_no": "缙经信〔2026〕2号"}, {"listed_on": "2026-01-02"}]
)
def test_the_same_file_sent_as_another_list_is_a_preview_of_its_own(
    officer: Visitor, enterprise_id: int, tmp_path: Path, otherwise: dict[str, str]
) -> None:
    registered(tmp_path, 91)
    loaded(tmp_path, OFFICER, sheet(line(91)))
    number = loaded(tmp_path, OFFICER, sheet(line(90)))
    page = send(officer, sheet(line(90)), **otherwise)
    assert number_of(page) != number
    assert ("missing:" in page.html) is ("is_complete" in otherwise)


def test_a_register_that_moved_since_is_brought_back_by_the_same_file(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    content = sheet(line(90), line(3))
    number = loaded(tmp_path, OFFICER, content)
    loaded(tmp_path, OFFICER, sheet(line(3, "丽水新名机械有限公司")))
    assert number_of(send(officer, content)) != number
    assert officer.submit("/confirm").status == 200
    with reading(EVERYTHING) as session:
        assert session.scalars(select(RosterEntry)).one().name == "丽水示例3号机械有限公司"


def test_a_second_tab_with_something_left_to_tick_is_asked_to_look_again(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    content = sheet(line(90, "丽水改名机械有限公司"), line(3))
    send(officer, content)
    loaded(tmp_path, OFFICER, content)
    assert officer.submit("/confirm", ticked=[f"name:{enterprise_id}"]).status == 409


def test_twenty_previews_of_one_file_confirmed_at_once_load_it_once(
    app: Flask, enterprise_id: int, tmp_path: Path
) -> None:
    content = sheet(line(90), *(line(n) for n in range(100, 110)))
    numbers = [offer_list(OFFICER, sent(tmp_path, content)) for _ in range(20)]
    with reading(OFFICER.scope) as session:
        fingerprint = plan_for(session, register_import(session, numbers[0])).fingerprint
    assert sorted(at_once(numbers, fingerprint)) == ["False"] * 19 + ["True"]
    assert count(RosterEntry) == 10 and count(AboveScaleStatus) == 1
    with reading(EVERYTHING) as session:
        verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.stream.in_([f"import:{n}" for n in numbers])))
        assert list(verbs).count("register-list.loaded") == 1
    assert verify() == []


def at_once(numbers: list[int], fingerprint: str) -> list[str]:
    """What each of these previews says to a confirmation, all of them confirmed together."""
    results: list[Any] = []

    def confirm(number: int) -> None:
        try:
            results.append(load_list(OFFICER, number, fingerprint, ()))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=confirm, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [str(result) for result in results]


def test_two_previews_of_one_file_load_it_once(officer: Visitor, enterprise_id: int, tmp_path: Path) -> None:
    content = sheet(line(90), line(3))
    first, second = (offer_list(OFFICER, sent(tmp_path, content)) for _ in range(2))
    with reading(OFFICER.scope) as session:
        fingerprint = plan_for(session, register_import(session, first)).fingerprint
    assert [load_list(OFFICER, n, fingerprint, ()) for n in (first, second)] == [True, False]


def test_twenty_confirmations_at_once_load_the_list_once(app: Flask, enterprise_id: int, tmp_path: Path) -> None:
    number = offer_list(OFFICER, sent(tmp_path, sheet(*(line(n) for n in (90, *range(100, 130))))))
    with reading(OFFICER.scope) as session:
        fingerprint = plan_for(session, register_import(session, number)).fingerprint
    assert sorted(at_once([number] * 20, fingerprint)) == ["False"] * 19 + ["True"]
    assert count(RosterEntry) == 30 and count(AboveScaleStatus) == 1
    with reading(EVERYTHING) as session:
        verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.stream == f"import:{number}")).all()
    assert verbs == ["register-list.read", "register-list.loaded"] and verify() == []


def test_what_moved_on_since_the_preview_is_not_loaded(officer: Visitor, enterprise_id: int, tmp_path: Path) -> None:
    send(officer, sheet(line(90), line(3)))
    loaded(tmp_path, OFFICER, sheet(line(90)))
    page = officer.submit("/confirm")
    assert page.status == 409 and count(RosterEntry) == 0
    with pytest.raises(Conflict):
        load_list(OFFICER, count(RegisterImport) - 1, "x", ())


# --- what is wrong in it -----------------------------------------------------------------------------------------


def wrong_list() -> bytes:
    def spoil(page: Any) -> None:
        page["A2"] = 913311000123456789
        page["A3"] = code_of(3)[:-1] + ("0" if code_of(3)[-1] != "0" else "1")
        page["B4"] = None
        page["C5"] = "莲都区"
        page["D6"] = "明天"
        page["D7"] = 45000
        page["E8"] = "0111"
        page["A9"] = code_of(10)
        page["B10"] = "=A1"
        page.row_dimensions[11].hidden = True
        page.merge_cells("C12:C13")
        page["E14"] = "6510"

    lines = [HEAD, *(line(n) for n in range(2, 15))]
    lines[9] = line(10)
    return made.workbook(lines, spoil)


def test_every_fault_is_told_at_once_at_its_cell(officer: Visitor, tmp_path: Path) -> None:
    number = offer_list(OFFICER, sent(tmp_path, wrong_list()))
    with reading(OFFICER.scope) as session:
        faults = {f[0]: f[1] for f in register_import(session, number).content["faults"]}
    expected = {
        "A2": "digits-lost",
        "A3": "credit-code",
        "B4": "name",
        "C5": "unit",
        "D6": "since",
        "D7": "since",
        "E8": "gb-class",
        "A10": "twice",
        "B10": "formula",
        "A11": "hidden",
        "C12": "merged",
        "C13": "merged",
        "E14": "gb-class",
    }
    assert faults == expected
    page = officer.get(f"/enterprises/imports/{number}?lang=en")
    assert all(f">{address}<" in page.html for address in expected)


def test_the_file_comes_back_marked_and_can_be_mended_and_sent_again(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    number = offer_list(OFFICER, sent(tmp_path, sheet(line(90), line(3, since="=A1"), line(4, since="明天"))))
    answer = officer.client.get(f"/enterprises/imports/{number}/marked")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    page = book["名录"]
    for address in ("D3", "D4"):
        assert page[address].fill.fgColor.rgb == "FFF4C7C3"
        said = page[address].comment.text
        assert "。" in said and "." in said
    assert page["D2"].comment is None and page["A2"].value == code_of(90)
    listed = [row[0].value for row in book["错误 Errors"].iter_rows(min_row=2)]
    assert listed == ["D3", "D4"]
    page["D3"], page["D4"] = date(2024, 1, 1), "2024年3月1日"
    again = offer_list(OFFICER, sent(tmp_path, made.saved(book)))
    with reading(OFFICER.scope) as session:
        found = register_import(session, again)
    assert (found.rows, found.wrong) == (3, 0)


def test_a_csv_comes_back_as_a_marked_workbook_without_formulas(officer: Visitor, tmp_path: Path) -> None:
    content = made.text([HEAD, [code_of(3), "=HYPERLINK(1)", "缙云县", "", ""], [code_of(4), "甲", "月球", "", ""]])
    number = offer_list(OFFICER, sent(tmp_path, content))
    book = openpyxl.load_workbook(io.BytesIO(officer.client.get(f"/enterprises/imports/{number}/marked").data))
    assert {cell.data_type for row in book.worksheets[0] for cell in row if cell.value} == {"s"}
    assert book.worksheets[0]["C3"].comment is not None


def test_a_merged_cell_and_a_long_list_of_blank_rows_are_marked_too(officer: Visitor, tmp_path: Path) -> None:
    for content in (wrong_list(), made.blank_rows([HEAD, line(3, since="x")], MOST_ROWS + 1_000)):
        number = offer_list(OFFICER, sent(tmp_path, content))
        assert officer.client.get(f"/enterprises/imports/{number}/marked").status_code == 200


def test_an_enterprise_of_another_industry_or_that_left_later_is_told_at_its_date(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    service = registered(tmp_path, 92, gb_class="6510")
    with transaction(EVERYTHING) as session:
        row = session.get_one(Enterprise, enterprise_id)
        whose = {"enterprise_id": row.id, "county": row.county, "chain": row.chain, "source": "名单"}
        session.add(AboveScaleStatus(is_above_scale=True, since_on=date(2020, 1, 1), **whose))
        session.add(AboveScaleStatus(is_above_scale=False, since_on=date(2023, 1, 1), **whose))
    number = offer_list(OFFICER, sent(tmp_path, sheet(line(90, since="2021-01-01"), line(92, gb_class=""))))
    with reading(OFFICER.scope) as session:
        plan = plan_for(session, register_import(session, number))
    assert [(f.address, f.kind) for f in plan.faults] == [("D2", "since"), ("D3", "since")]
    assert plan.changes == [] and plan.wrong == 2 and service


# --- files that are no list --------------------------------------------------------------------------------------

BROKEN: dict[str, bytes] = {
    "empty": b"",
    "only headings": made.workbook([HEAD]),
    "no headings": made.workbook([["a", "b"], ["c", "d"]]),
    "zip renamed": made.archive({"list.csv": b"a"}),
    "bomb": made.bomb(),
    "password": made.locked(),
    "two sheets": made.two_sheets([HEAD, line(3)]),
    "half": sheet(line(3))[:2000],
    "web page": b"<html><table>",
    "column twice": made.workbook([[*HEAD, "企业名称"], line(3)]),
    "big5": made.text([["統一社會信用代碼", "企業名稱", "麗水機械製造"]], "big5"),
}


def other_form(form: str, version: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(sheet(line(3))))
    mark = book.create_sheet("_form")
    mark["A1"], mark["A2"], mark.sheet_state = form, version, "veryHidden"
    return made.saved(book)


@SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_is_no_list_is_named_beside_its_field_and_leaves_nothing(
    app: Flask, officer: Visitor, tmp_path: Path, language: str
) -> None:
    before = (count(Upload), len(list((tmp_path / "uploads").iterdir())))
    files = BROKEN | {"another form": other_form("filing", "1"), "an old form": other_form("register-list", "0")}
    said = set()
    officer.get(f"/enterprises?lang={language}")
    for kind, content in files.items():
        page = send(officer, content, "名录.csv")
        assert page.status == 422 and len(page.errors) == 1, kind
        assert "缙经信〔2026〕1号" in page.html, "what was typed is gone"
        said.add(page.errors[0])
    assert len(said) == len(files), "two different files are called the same"
    assert (count(Upload), len(list((tmp_path / "uploads").iterdir()))) == before and count(RegisterImport) == 0


def test_all_that_is_wrong_on_the_form_is_told_together(officer: Visitor) -> None:
    officer.get(PATH)
    page = officer.submit(PATH, document_no="", listed_on="gestern", county="999999", file=None)
    assert page.status == 422 and len(page.errors) == 4 and "gestern" in page.html


@SQLITE
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "unicode-text"])
def test_a_list_in_every_encoding_says_the_same(officer: Visitor, tmp_path: Path, encoding: str) -> None:
    lines = [HEAD, line(3, "丽水𠮷祥机械有限公司"), line(4, "丽水㛃镕机械有限公司")]
    content = made.unicode_text(lines) if encoding == "unicode-text" else made.text(lines, encoding)
    loaded(tmp_path, OFFICER, content)
    with reading(EVERYTHING) as session:
        names = session.scalars(select(RosterEntry.name).order_by(RosterEntry.credit_code)).all()
    assert sorted(names) == sorted(["丽水𠮷祥机械有限公司", "丽水㛃镕机械有限公司"])


# --- whose list --------------------------------------------------------------------------------------------------


def test_only_offices_of_the_county_and_the_bureau_come_here(app: Flask, officer: Visitor, tmp_path: Path) -> None:
    number = offer_list(OFFICER, sent(tmp_path, sheet(line(3))))
    paths = (PATH, "/enterprises/import/template", "/enterprises/roster", f"/enterprises/imports/{number}")
    for role in Role:
        may = bool(GRANTS[role] & {Permission.STATUS_ENTER, Permission.ROSTER_IMPORT})
        for path in (*paths, f"/enterprises/imports/{number}/marked"):
            assert signed_in(app, person(role)).client.get(path).status_code == (200 if may else 403), (role, path)


def test_the_import_of_another_county_does_not_exist(app: Flask, officer: Visitor, tmp_path: Path) -> None:
    number = loaded(tmp_path, OFFICER, sheet(line(3)))
    neighbour = person(Role.COUNTY_LEAD, 3, county=ELSEWHERE)
    stranger = signed_in(app, neighbour)
    for path in (f"/enterprises/imports/{number}", f"/enterprises/imports/{number}/marked"):
        assert stranger.get(path).status == 404
    with pytest.raises(Missing):
        load_list(neighbour, number, "", ())
    assert "丽水示例3号" not in stranger.get("/enterprises/roster").text


def test_nobody_loads_a_list_into_another_county(app: Flask, officer: Visitor, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        offer_list(OFFICER, sent(tmp_path, sheet(line(3)), county=ELSEWHERE))
    assert set(refused.value.fields) == {"county"}
    with pytest.raises(Invalid) as refused:
        offer_list(OFFICER, sent(tmp_path, sheet(line(3)), county=""))
    assert set(refused.value.fields) == {"county"}
    neighbour = person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE)
    number = offer_list(neighbour, sent(tmp_path, sheet(line(90, unit="")), county=ELSEWHERE))
    with reading(neighbour.scope) as session:
        found = register_import(session, number)
    assert [(f[0], f[1]) for f in found.content["faults"]] == [("A2", "elsewhere")]


def test_the_bureau_loads_a_list_of_all_units(officer: Visitor, enterprise_id: int, tmp_path: Path) -> None:
    content = sheet(line(90), line(3, unit="莲都区"), line(4, unit=""), line(5, unit="Liandu"))
    number = loaded(tmp_path, BUREAU, content, county="")
    with reading(EVERYTHING) as session:
        entries = {e.credit_code: e.county for e in session.scalars(select(RosterEntry))}
        assert session.scalars(select(AboveScaleStatus)).one().county == HERE
    assert entries == {code_of(3): ELSEWHERE, code_of(5): ELSEWHERE}
    with reading(OFFICER.scope) as session, pytest.raises(Missing):
        register_import(session, number)


# --- what becomes of an entry ------------------------------------------------------------------------------------


def test_a_registration_of_an_enterprise_on_the_list_says_so_and_takes_the_status_over(
    officer: Visitor, tmp_path: Path
) -> None:
    loaded(tmp_path, OFFICER, sheet(line(95)))
    found = submitted(95, tmp_path)
    with reading(OFFICER.scope) as session:
        said = registration_sheet(session, found.case).roster
    assert said is not None
    assert f"{today().year}年1月1日" in said.zh and f"1 January {today().year}" in said.en
    assert said.zh in officer.get(f"/review/{found.case.id}?lang=zh").text
    decide(OFFICER, Order(found.case.id, Action.APPROVE, choices=Choices(HERE)))
    with reading(EVERYTHING) as session:
        assert profile_at(session, found.registration.enterprise_id, today()).is_above_scale
        assert session.scalars(select(RosterEntry)).one().enterprise_id == found.registration.enterprise_id
    assert "丽水示例95号" not in officer.get("/enterprises/roster").text


def test_an_entry_leads_to_an_enrolment_code_of_its_enterprise(officer: Visitor, tmp_path: Path) -> None:
    loaded(tmp_path, OFFICER, sheet(line(3)))
    page = officer.get("/enterprises/roster")
    (link,) = [e.get("href") or "" for e in page.tree.iter("a") if "enrolment-codes?" in (e.get("href") or "")]
    officer.get(link)
    assert officer.submit("enrolment-codes").having(id="code")


def test_an_entry_follows_the_next_list(officer: Visitor, tmp_path: Path) -> None:
    loaded(tmp_path, OFFICER, sheet(line(3)))
    loaded(tmp_path, OFFICER, sheet(line(3, "丽水新名机械有限公司", since="2025-01-01")))
    with reading(EVERYTHING) as session:
        entry = session.scalars(select(RosterEntry)).one()
    assert (entry.name, entry.since_on) == ("丽水新名机械有限公司", date(2025, 1, 1))


@SQLITE
def test_a_list_of_ten_thousand_is_shown_and_loaded(app: Flask, officer: Visitor, tmp_path: Path) -> None:
    content = made.text([HEAD, *(line(n) for n in range(10_000, 20_000))])
    page = send(officer, content, "list.csv")
    assert page.status == 200 and page.having(rel="next")
    assert officer.submit("/confirm").status == 200
    assert count(RosterEntry) == 10_000


def test_an_officer_of_two_units_chooses_one(officer: Visitor, tmp_path: Path) -> None:
    both = replace(OFFICER, counties=frozenset({HERE, ELSEWHERE}), scope=EVERYTHING)
    number = offer_list(both, sent(tmp_path, sheet(line(3, unit="莲都区")), county=ELSEWHERE))
    with reading(EVERYTHING) as session:
        assert register_import(session, number).wrong == 0


@SQLITE
def test_what_differs_without_being_loaded_is_shown_and_counted(
    officer: Visitor, enterprise_id: int, tmp_path: Path
) -> None:
    loaded(tmp_path, OFFICER, sheet(line(90)))
    year = today().year
    later = f"{year}-02-01"
    page = send(officer, sheet(line(90, since=later, gb_class="3422"), line(5)))
    assert "与登记不一致，登记保持不变" in page.text
    assert all(
        text in page.text for text in ("3425", "3422", f"规模以上，自{year}年1月1日起", f"规模以上，自{year}年2月1日起")
    )
    number = number_of(page)
    officer.submit(f"/enterprises/imports/{number}/confirm")
    with reading(EVERYTHING) as session:
        row = session.get_one(Enterprise, enterprise_id)
        counts = register_import(session, number).result["counts"]
    assert row.gb_class == "3425"
    assert counts == {"new": 1, "unchanged": 0, "wrong": 0, "differing": 2, "records": 0}
