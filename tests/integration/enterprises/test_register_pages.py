"""The register's pages: who sees what, what officers enter, and a registration that changes hands."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.handed_code import code_hash
from portal.audit.verify import verify
from portal.casework.queries import case as case_of
from portal.database.session import current, reading, transaction
from portal.enterprises import commands_transfer
from portal.enterprises.models import EnrolmentCode, Enterprise
from portal.enterprises.queries import profile_at, registration_sheet
from portal.enterprises.queries_register import PAGE_SIZE
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import today
from portal.kernel.errors import Conflict, Denied, Illegal, Invalid, Missing
from portal.kernel.roles import GRANTS, Permission, Role
from portal.kernel.workflow import Kind, State
from portal.review.commands import claim
from portal.uploads.queries import upload
from tests.fixtures.applicants import applicant, code_of, standing, submitted
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_case, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.registered import OFFICER, REGISTERED, offices
from tests.fixtures.visitor import Visitor
from tests.integration.enterprises.desk import member, signed_in

pytestmark = [pytest.mark.content("registered"), ON_SQLITE]
HOSTILE = ["", "\x00", "a\u202eb", "x" * 65536, "１２３", "%' or 1=1 --", "{{ 7*7 }}", "<script>", "NaN", "2026-13-45"]


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    return REGISTERED.given(tmp_path)


@pytest.fixture
def officer(app: Flask) -> Visitor:
    return signed_in(app, OFFICER)


def pages(enterprise_id: int) -> dict[str, Permission]:
    return {
        "/enterprises": Permission.ENTERPRISE_READ,
        f"/enterprises/{enterprise_id}": Permission.ENTERPRISE_READ,
        f"/enterprises/{enterprise_id}/above-scale": Permission.STATUS_ENTER,
        f"/enterprises/{enterprise_id}/designation": Permission.DESIGNATION_ENTER,
        "/enterprises/enrolment-codes": Permission.STATUS_ENTER,
    }


def test_only_who_is_granted_it_sees_a_page(app: Flask, enterprise_id: int) -> None:
    for path, permission in pages(enterprise_id).items():
        for role in Role:
            expected = 200 if permission in GRANTS[role] else 403
            assert signed_in(app, person(role)).get(path).status == expected, (path, role)


def test_an_officer_of_another_county_finds_no_page_of_it(app: Flask, enterprise_id: int) -> None:
    stranger = signed_in(app, person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE))
    for path in (f"/enterprises/{enterprise_id}", f"/enterprises/{enterprise_id}/above-scale", "/enterprises/99999999"):
        assert stranger.get(path).status == 404
    assert "丽水示例" not in stranger.get("/enterprises").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_finds_by_name_code_and_chain(app: Flask, enterprise_id: int, language: str) -> None:
    visitor = signed_in(app, OFFICER)
    name = "丽水示例90号机械有限公司"
    for query in ("", "text=示例90", f"text={code_of(90).lower()[:12]}", "text=sample machines", "chain=01"):
        assert name in visitor.get(f"/enterprises?lang={language}&{query}").text, query
    for query in ("text=不存在", "text=%25", "chain=02", f"county={ELSEWHERE}"):
        assert name not in visitor.get(f"/enterprises?lang={language}&{query}").text, query


@pytest.mark.parametrize("text", HOSTILE)
def test_no_search_and_no_cursor_can_break_the_register(officer: Visitor, text: str) -> None:
    values = {"text": text, "chain": text, "county": text, "after": text[:500]}
    assert officer.get("/enterprises", query_string=values).status == 200


@pytest.mark.content("catalogue")
def test_the_register_is_read_screen_by_screen_and_shows_everyone_once(officer: Visitor) -> None:
    row = {"status": "registered", "county": HERE, "chain": "01", "segment": "01-M1", "size_class": "S"}
    count = PAGE_SIZE * 2 + 1
    with transaction(EVERYTHING) as session:
        session.add_all(Enterprise(**row, name_zh="同名企业", credit_code=code_of(n)) for n in range(count))
    shown, address = [], "/enterprises"
    while address:
        page = officer.get(address)
        shown += [e.get("href") for e in page.tree.iter("a") if "/enterprises/" in e.get("href", "")]
        following = [e.get("href", "") for e in page.having(rel="next")]
        address = following[0] if following else ""
    entries = [href for href in shown if href and href.rsplit("/", 1)[1].isdigit()]
    assert len(entries) == count == len(set(entries))


def test_the_above_scale_status_is_entered_with_its_source_and_changes_the_form(
    officer: Visitor, enterprise_id: int
) -> None:
    officer.get(f"/enterprises/{enterprise_id}/above-scale")
    wrong = officer.submit("above-scale", is_above_scale="perhaps", since_on="昨天", source="")
    assert wrong.status == 422 and len(wrong.errors) == 3 and "昨天" in wrong.html
    day = f"{today().year}-01-01"
    done = officer.submit("above-scale", is_above_scale="yes", since_on=day, source="2026年规模以上名单")
    assert done.status == 200 and "2026年规模以上名单" in done.text
    with reading(EVERYTHING) as session:
        assert profile_at(session, enterprise_id, today()).is_above_scale


def test_hostile_entries_are_told_at_their_fields(app: Flask, enterprise_id: int) -> None:
    visitor = signed_in(app, OFFICER)
    for path, text in product((f"/enterprises/{enterprise_id}/above-scale", "/enterprises/enrolment-codes"), HOSTILE):
        form = visitor.get(path).form(path)
        names = [name for name in (*form.values, "is_above_scale") if name != "csrf_token"]
        page = visitor.submit(path, **dict.fromkeys(names, text))
        assert page.status == 422 and page.errors, (path, text[:40])
    bureau = signed_in(app, person(Role.BUREAU_LEAD, 4))
    bureau.get(f"/enterprises/{enterprise_id}/designation")
    names = ("kind", "for_chain", "document_no", "decided_on", "until_on")
    for text in HOSTILE:
        assert bureau.submit("designation", **dict.fromkeys(names, text)).status == 422, text[:40]


def test_a_designation_stands_on_the_page_with_its_document(app: Flask, enterprise_id: int) -> None:
    bureau = signed_in(app, person(Role.BUREAU_LEAD, 4))
    bureau.get(f"/enterprises/{enterprise_id}/designation?lang=en")
    facts = {"kind": "chain-leading", "for_chain": "01", "document_no": "丽经信〔2026〕0号", "decided_on": "2026-03-01"}
    page = bureau.submit("designation", **facts)
    assert "Chain-leading enterprise" in page.text and "丽经信〔2026〕0号" in page.text


def test_an_enrolment_code_is_shown_once_and_kept_as_a_hash(officer: Visitor) -> None:
    officer.get("/enterprises/enrolment-codes")
    page = officer.submit("enrolment-codes", credit_code=code_of(3), name="丽水示例3号", county=HERE)
    (shown,) = page.having(id="code")
    plain = "".join(shown.itertext())
    with reading(EVERYTHING) as session:
        kept = session.scalars(select(EnrolmentCode)).one()
    assert kept.code_hash == code_hash(plain)
    assert plain not in officer.get("/enterprises/enrolment-codes").text


# --- handing over ------------------------------------------------------------------------------------------------


@pytest.mark.content("catalogue")
def test_a_registration_handed_over_is_the_other_units_with_all_that_was_sent(app: Flask, tmp_path: Path) -> None:
    offices()
    found = submitted(90, tmp_path)
    claim(OFFICER, found.case.id)
    visitor = signed_in(app, OFFICER)
    visitor.get(f"/review/{found.case.id}/hand-over")
    page = visitor.submit("hand-over", county=ELSEWHERE, reason="")
    assert page.status == 422 and len(page.errors) == 1
    visitor.submit("hand-over", county=ELSEWHERE, reason="在莲都经营")
    stranger = person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE)
    with reading(stranger.scope) as session:
        case = case_of(session, found.case.id)
        assert (case.state, case.county, case.claimed_by_id) == (State.SUBMITTED, ELSEWHERE, None)
        assert registration_sheet(session, case).licence is not None
        assert found.licence is not None and upload(session, found.licence.id)
    with reading(OFFICER.scope) as session, pytest.raises(Missing):
        case_of(session, found.case.id)
    assert standing(applicant(90)).case.id == found.case.id
    assert verify() == []


@pytest.mark.content("catalogue")
def test_only_the_own_unit_hands_over_and_only_what_is_in_review(app: Flask, tmp_path: Path) -> None:
    offices()
    found = submitted(90, tmp_path)
    with transaction(EVERYTHING) as session:
        request, draft = (add_case(session, kind=Kind.ACCESS), add_case(session, State.DRAFT, Kind.REGISTRATION))
        returned = add_case(session, State.RETURNED, Kind.REGISTRATION)
    number, version = found.case.id, found.case.version
    stranger, bureau = person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE), person(Role.BUREAU_LEAD, 4)
    refused = [
        (Missing, stranger, number, version, ELSEWHERE, "理由"),
        (Denied, bureau, number, version, ELSEWHERE, "理由"),
        (Conflict, OFFICER, number, version - 1, ELSEWHERE, "理由"),
        (Invalid, OFFICER, number, version, HERE, "理由"),
        (Invalid, OFFICER, number, version, "999999", "理由"),
        (Invalid, OFFICER, number, version, ELSEWHERE, " "),
        (Illegal, OFFICER, request.id, request.version, ELSEWHERE, "理由"),
        (Illegal, OFFICER, returned.id, returned.version, ELSEWHERE, "理由"),
        (Missing, OFFICER, draft.id, draft.version, ELSEWHERE, "理由"),
    ]
    for kind, actor, case_id, seen, county, reason in refused:
        with pytest.raises(kind):
            commands_transfer.transfer_case(actor, case_id, seen, county=county, reason=reason)
    officer = signed_in(app, OFFICER)
    assert officer.get(f"/review/{number}/hand-over").form("hand-over")
    assert officer.get(f"/review/{request.id}/hand-over").status == 409, "no form that cannot be sent"
    assert standing(applicant(90)).case.county == HERE


# --- the enterprise's own page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_profile_shows_facts_with_sources_and_no_officers_note(
    app: Flask, enterprise_id: int, language: str
) -> None:
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, enterprise_id).override_reason = "内部备注"
    page = signed_in(app, member(enterprise_id)).get(f"/enterprise?lang={language}")
    assert code_of(90) in page.text and "内部备注" not in page.text
    assert ("登记时填报" if language == "zh" else "Stated at registration") in page.text
    assert "内部备注" in signed_in(app, OFFICER).get(f"/enterprises/{enterprise_id}").text


def test_a_preparer_sees_the_people_and_has_no_buttons(app: Flask, enterprise_id: int) -> None:
    visitor = signed_in(app, member(enterprise_id, 90, Role.PREPARER))
    assert [form for form in visitor.get("/enterprise").forms if "/enterprise/" in form.action] == []
    assert visitor.get("/enterprise/members/new").status == 403


def test_a_colleague_is_invited_with_one_post_and_given_the_other(app: Flask, enterprise_id: int) -> None:
    visitor = signed_in(app, member(enterprise_id))
    visitor.get("/enterprise/members/new")
    wrong = visitor.submit("members/new", post="", username="王", display_name="", email="")
    assert wrong.status == 422 and len(wrong.errors) == 4
    page = visitor.submit(
        "members/new", post="preparer", username="wang", display_name="王某", email="wang@example.com"
    )
    assert "王某" in page.text
    colleague = page.form("/posts")
    assert colleague.values["post"] == ["certifier"]
    assert visitor.submit("/posts").status == 200
    assert len([form for form in visitor.get("/enterprise").forms if form.action.endswith("/end")]) == 4


def test_managing_people_asks_who_it_is_once_more(app: Flask, enterprise_id: int) -> None:
    visitor = signed_in(app, member(enterprise_id), fresh=False)
    assert visitor.get("/enterprise/members/new").url.startswith("/confirm-identity")


@pytest.mark.parametrize("rows", [0, PAGE_SIZE + 5])
def test_the_register_takes_four_statements_whatever_the_rows_and_whoever_reads_it(
    app: Flask, enterprise_id: int, rows: int
) -> None:
    with transaction(EVERYTHING) as session:
        for number in range(rows):
            session.add(
                Enterprise(
                    status="registered",
                    credit_code=code_of(5000 + number),
                    name_zh=f"示例{number}",
                    county=HERE,
                    chain=("05", "01")[number % 2],
                    segment=("05-M1", "01-M2", "05-U1", "01-M1")[number % 4],
                    gb_class="3425",
                )
            )
    sent: list[str] = []
    event.listen(current().engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    readers = [role for role in Role if Permission.ENTERPRISE_READ in GRANTS[role]]
    assert len(readers) == 6
    for role in readers:
        reader = signed_in(app, person(role))
        reader.get("/enterprises")
        sent.clear()
        page = reader.get("/enterprises")
        assert len([a for a in page.tree.iter("a") if a.get("href", "").startswith("/enterprises/")]) > min(rows, 20)
        asked = [sql for sql in sent if not sql.startswith(("BEGIN", "PRAGMA", "SELECT pg_catalog"))]
        # The session's own look-up, which this test's loader does not make, brings the catalogue's version along.
        assert len(asked) - sum("catalogue_entry" in sql for sql in asked) <= 3, (role, asked)
        assert sum("catalogue_entry" in sql for sql in asked) <= 1, (role, asked)
