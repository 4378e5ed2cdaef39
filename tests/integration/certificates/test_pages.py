"""Pages of papers: the list, one paper, its file by job only, and what a stranger sees who types or scans a code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.certificates import tasks
from portal.certificates.commands import prepare, revoke_paper
from portal.certificates.models import Paper
from portal.certificates.rules import MISSES, PaperKind, PaperState, spaced
from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.enterprises.commands_particulars import change_particulars, standing
from portal.enterprises.commands_register import issue_again
from portal.enterprises.queries_register import dossier
from portal.jobs.models import Job
from portal.jobs.run import Runner
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.errors import Denied
from portal.kernel.roles import Role
from tests.fixtures.cases import EVERYTHING, HERE, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import ENTERPRISE, Q3, at_work, certifier, receipt_no
from tests.fixtures.papers import issued
from tests.fixtures.visitor import Visitor

DECLARING = (tasks,)  # importing it is what declares its handler
pytestmark = [pytest.mark.content("filed"), ON_SQLITE]
LEAD = person(Role.COUNTY_LEAD, 2)


@pytest.fixture
def receipt(database: Database) -> str:
    return receipt_no()


@pytest.fixture
def desk(app: Flask, receipt: str) -> Visitor:
    return at_work(app, certifier())


def row_of(serial: str) -> Paper:
    with reading(EVERYTHING) as session:
        return session.scalars(select(Paper).where(Paper.serial == serial)).one()


def of_kind(kind: PaperKind) -> list[Paper]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(Paper).where(Paper.kind == kind).order_by(Paper.id)))


def files(settings: Settings) -> list[Path]:
    return sorted((settings.data_dir / "papers").glob("*"))


# --- for those who are signed in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_enterprise_finds_its_receipt_and_its_code(app: Flask, receipt: str, language: Language) -> None:
    desk = at_work(app, certifier(), language)
    page = desk.get("/papers")
    assert receipt in page.text
    assert spaced(row_of(receipt).token) in page.text
    assert {"zh": "有效", "en": "Valid"}[language] in page.text
    assert f"/papers/{receipt}" in desk.get(f"/filings/{Q3}/receipt").html


def test_the_file_is_made_by_a_job_and_never_by_the_page(desk: Visitor, receipt: str, settings: Settings) -> None:
    desk.get(f"/papers/{receipt}")
    page = desk.submit(f"/papers/{receipt}/print")
    assert page.url.endswith("/print")
    assert page.response.headers["Refresh"].startswith("3; url=/papers/")
    assert files(settings) == []
    assert desk.get(f"/papers/{receipt}/file").url.endswith(f"/papers/{receipt}")  # nothing there: back to the paper
    Runner(settings).sweep()
    page = desk.get(f"/papers/{receipt}/print?look=1")
    assert "Refresh" not in page.response.headers
    answer = desk.client.get(f"/papers/{receipt}/file")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={receipt}.pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(files(settings)) == 1


def test_asking_twice_makes_one_job_and_done_twice_one_file(desk: Visitor, receipt: str, settings: Settings) -> None:
    for _ in range(2):
        desk.get(f"/papers/{receipt}")
        desk.submit(f"/papers/{receipt}/print")
    with reading(EVERYTHING) as session:
        assert len(session.scalars(select(Job).where(Job.name == "certificates.render")).all()) == 1
    Runner(settings).sweep()
    before = [(file, file.stat().st_mtime_ns) for file in files(settings)]
    prepare(certifier(), receipt)
    Runner(settings).sweep()
    assert [(file, file.stat().st_mtime_ns) for file in files(settings)] == before


def test_a_page_that_has_looked_long_enough_stops_by_itself(desk: Visitor, receipt: str) -> None:
    desk.get(f"/papers/{receipt}")
    desk.submit(f"/papers/{receipt}/print")
    assert "Refresh" in desk.get(f"/papers/{receipt}/print?look=39").response.headers
    for look in ("40", "999", "-1", "x"):
        assert desk.get(f"/papers/{receipt}/print?look={look}").status == 200
    assert "Refresh" not in desk.get(f"/papers/{receipt}/print?look=40").response.headers


def test_a_paper_that_ended_is_printed_no_more(desk: Visitor, receipt: str, settings: Settings) -> None:
    desk.get(f"/papers/{receipt}")
    desk.submit(f"/papers/{receipt}/print")
    revoke_paper(LEAD, receipt, "填错了企业")
    Runner(settings).sweep()
    assert files(settings) == []
    page = desk.get(f"/papers/{receipt}")
    assert "填错了企业" in page.text
    assert [form for form in page.forms if form.action.endswith("/print")] == []
    assert desk.client.get(f"/papers/{receipt}/file").status_code == 303


@pytest.mark.parametrize("way", ["", "/print", "/file"])
def test_a_paper_of_another_enterprise_is_not_there(desk: Visitor, way: str) -> None:
    with transaction(EVERYTHING) as session:
        foreign = issued(session, LEAD, enterprise_id=8)
    assert desk.client.get(f"/papers/{foreign}{way}").status_code == 404
    assert desk.client.get(f"/papers/no-such-paper{way}").status_code == 404


@pytest.mark.parametrize("address", ["a%00b", "%F0%A0%AE%B7", "x" * 5000, "%27%3B--", "ls-dj", "%E2%80%AE"])
def test_an_address_that_can_be_no_number_or_code_is_not_there(desk: Visitor, address: str) -> None:
    token = desk.get("/papers").forms[0].values["csrf_token"][0]
    for way in ("", "/print", "/file"):
        assert desk.client.get(f"/papers/{address}{way}").status_code == 404
    assert desk.client.post(f"/papers/{address}/print", data={"csrf_token": token}).status_code == 404
    assert desk.client.get(f"/verify/{address}").status_code == 404


@pytest.mark.parametrize(
    ("role", "county", "sees", "revokes"),
    [
        (Role.COUNTY_OFFICER, HERE, True, False),
        (Role.COUNTY_LEAD, HERE, True, True),
        (Role.COUNTY_LEAD, "331102", False, False),
        (Role.BUREAU_OFFICER, HERE, True, False),
        (Role.BUREAU_LEAD, HERE, True, True),
        (Role.AUDITOR, HERE, True, False),
    ],
)
def test_an_office_sees_the_papers_of_its_counties_and_leads_revoke(
    app: Flask, receipt: str, role: Role, county: str, sees: bool, revokes: bool
) -> None:
    desk = at_work(app, person(role, 3, county=county))
    assert (receipt in desk.get("/papers").text) is sees
    if not sees:
        assert desk.client.get(f"/papers/{receipt}").status_code == 404
        return
    page = desk.get(f"/papers/{receipt}")
    assert bool([form for form in page.forms if form.action.endswith("/revoke")]) is revokes
    if revokes:
        page = desk.submit(f"/papers/{receipt}/revoke", reason="  ")
        assert page.status == 422
        assert page.errors
        page = desk.submit(f"/papers/{receipt}/revoke", reason="企业申请撤销")
        assert "企业申请撤销" in page.text


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.COUNTY_LEAD, Role.BUREAU_LEAD])
def test_the_letter_of_the_citys_decision_is_revoked_by_the_city_alone(
    app: Flask, database: Database, role: Role
) -> None:
    with transaction(EVERYTHING) as session:
        letter = issued(session, LEAD, PaperKind.AWARD_LETTER, enterprise_id=ENTERPRISE, subject="award")
    desk, decides = at_work(app, person(role, 3)), role is Role.BUREAU_LEAD
    page = desk.get(f"/papers/{letter}")
    assert bool([form for form in page.forms if form.action.endswith("/revoke")]) is decides
    try:
        revoke_paper(person(role, 3), letter, "决定已撤销")
    except Denied:
        assert not decides
    assert row_of(letter).state is (PaperState.REVOKED if decides else PaperState.VALID)


@pytest.mark.content("catalogue")
def test_the_list_of_papers_goes_on_page_by_page(app: Flask, database: Database) -> None:
    with transaction(EVERYTHING) as session:
        numbers = [issued(session, LEAD, subject=f"test:{n}") for n in range(35)]
    desk = at_work(app, LEAD)
    page = desk.get("/papers")
    assert sum(number in page.text for number in numbers) == 30
    onward = next(a.get("href", "") for a in page.tree.iter("a") if "after=" in a.get("href", ""))
    assert sum(number in desk.get(onward).text for number in numbers) == 5
    assert desk.get("/papers?after=no-cursor").status == 200


# --- for everybody -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["valid", "revoked"])
def test_a_code_shows_the_state_and_what_the_paper_states(
    app: Flask, receipt: str, state: str, language: Language
) -> None:
    paper = row_of(receipt)
    if state == "revoked":
        revoke_paper(LEAD, receipt, "内部理由")
    stranger = Visitor(app.test_client(), language)
    page = stranger.get(f"/verify/{paper.token}")
    assert page.status == 200
    assert page.having(data_paper_state=state)
    words = {"valid": ("有效", "Valid"), "revoked": ("已撤销", "Revoked")}
    assert words[state][LANGUAGES.index(language)] in page.text
    for fact in (receipt, "丽水示例7号机械有限公司", "8,426.50", paper.snapshot["fingerprint"]):
        assert fact in page.text
    assert "内部理由" not in page.text
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_of_a_record_from_before_a_new_name_shows_the_old_name_and_that_it_counts_no_more(
    app: Flask, receipt: str, language: Language
) -> None:
    assert issue_again(LEAD, ENTERPRISE)
    (before,) = of_kind(PaperKind.REGISTRATION_RECORD)
    with reading(EVERYTHING) as session:
        stated = standing(dossier(session, ENTERPRISE))
    typed = replace(
        stated, address="示例路1号", contact_name="示例", contact_phone="0578-0000000", name_en="New Name Ltd"
    )
    assert change_particulars(certifier(), typed)
    _, after = of_kind(PaperKind.REGISTRATION_RECORD)
    stranger = Visitor(app.test_client(), language)
    page = stranger.get(f"/verify/{before.token}")
    assert page.having(data_paper_state="superseded") and "New Name Ltd" not in page.text
    assert {"zh": "已被取代", "en": "Superseded"}[language] in page.text
    page = stranger.get(f"/verify/{after.token}")
    assert page.having(data_paper_state="valid") and "New Name Ltd" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_no_paper_says_so(app: Flask, database: Database, language: Language) -> None:
    page = Visitor(app.test_client(), language).get("/verify/0000000000000000")
    assert page.status == 404
    assert {"zh": "查无此凭证", "en": "No such paper"}[language] in page.text


@pytest.mark.parametrize("page", ["/", "/verify"])
def test_anybody_types_the_code_as_it_is_printed(app: Flask, receipt: str, page: str) -> None:
    stranger = Visitor(app.test_client(), "en")
    stranger.get(page)
    shown = stranger.submit("/verify", code=spaced(row_of(receipt).token).lower())
    assert receipt in shown.text


def test_what_cannot_be_a_code_is_said_beside_the_field(app: Flask, database: Database) -> None:
    stranger = Visitor(app.test_client(), "en")
    stranger.get("/verify")
    page = stranger.submit("/verify", code="LS-2026Q3-7K4M-2QXR-B")
    assert page.status == 422
    assert page.errors
    assert "LS-2026Q3-7K4M-2QXR-B" in page.html


def test_the_printed_number_opens_nothing(app: Flask, receipt: str) -> None:
    assert Visitor(app.test_client()).get(f"/verify/{receipt}").status == 404


def asked(app: Flask, code: str, address: str = "192.0.2.8") -> int:
    with app.test_client().get(f"/verify/{code}", environ_base={"REMOTE_ADDR": address}) as answer:
        return answer.status_code


def test_who_tries_codes_is_shut_out_and_a_true_code_does_not_count(app: Flask, receipt: str) -> None:
    true, wrong = row_of(receipt).token, "0000000000000000"
    for _ in range(MISSES.most):
        assert asked(app, wrong) == 404
        assert asked(app, true) in (200, 429)
    assert asked(app, wrong) == 429
    assert asked(app, true) == 429
    assert asked(app, true, address="192.0.2.9") == 200
    with app.test_client().get(f"/verify/{wrong}?lang=en", environ_base={"REMOTE_ADDR": "192.0.2.8"}) as answer:
        said = answer.get_data(as_text=True)
    assert "letter by letter" in said and "password" not in said  # a clerk has none here
