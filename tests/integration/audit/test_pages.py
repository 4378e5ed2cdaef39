"""The auditor's pages and the administrator's: who sees them, what they filter, what bad input does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.audit.models import AuditEvent
from portal.audit.trail import record
from portal.audit.verbs import VERBS
from portal.audit.verify import verify
from portal.database.session import reading, transaction
from portal.jobs.models import Job
from portal.jobs.queue import enqueue
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.clock import now, today
from portal.kernel.roles import GRANTS, Actor, Permission, Role, Scope, system
from portal.web.sessions import SessionFacts
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.visitor import Page, Visitor

pytestmark = ON_SQLITE
NOBODY = Scope.nobody()
PAGES = {"/audit": Permission.AUDIT_READ, "/administration/jobs": Permission.JOB_MANAGE}
HOSTILE = [
    "\x00",
    "a\u202eb",
    "x" * 65536,
    "𠮷" * 300,
    "'; drop table audit_event; --",
    "１２３",
    "{{ 7*7 }}",
    "<script>",
]


def signed_in(app: Flask, role: Role) -> Visitor:
    """Somebody with one role, as the session loader would find them."""
    actor = Actor(9, "someone", "审计员甲", frozenset({role}), Scope.everything("a test"), proved_at=now())
    app.extensions["portal_session_loader"] = lambda db, token: SessionFacts(actor, 1, False, now(), now(), None)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    return Visitor(client)


@pytest.fixture
def auditor(app: Flask) -> Visitor:
    return signed_in(app, Role.AUDITOR)


@pytest.fixture
def administrator(app: Flask) -> Visitor:
    return signed_in(app, Role.ADMINISTRATOR)


def note(stream: str, verb: str = "case.approve", count: int = 1, **detail: str) -> None:
    with transaction(NOBODY) as session:
        for _ in range(count):
            record(session, system("test"), stream=stream, verb=verb, subject="filing:3", detail=detail)


def park(name: str = "test.work") -> int:
    with transaction(NOBODY) as session:
        enqueue(session, name, secret="not shown")
        values = {"parked_at": now(), "attempts": 8, "lease_token": "x", "error": "the mail server is away"}
        session.execute(update(Job).values(values))
    with reading(NOBODY) as session:
        return session.scalars(select(Job.id)).one()


@pytest.mark.parametrize("path", PAGES)
def test_only_who_is_granted_it_sees_the_page(app: Flask, path: str) -> None:
    for role in Role:
        expected = 200 if PAGES[path] in GRANTS[role] else 403
        assert signed_in(app, role).get(path).status == expected, role


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_shows_the_newest_first_and_an_event_shows_its_detail(auditor: Visitor, language: Language) -> None:
    note("case:1", "case.submit")
    note("case:2", "case.approve", to="approved")
    page = auditor.get(f"/audit?lang={language}")
    assert page.text.index("case:2") < page.text.index("case:1")
    link = page.tree.find(".//table//a")
    assert link is not None
    sheet = auditor.get(str(link.get("href")))
    assert "approved" in sheet.text
    assert "case:2" in sheet.text
    for shown in (page, sheet):
        assert VERBS["case.approve"].text(language) in shown.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filter_says_words_and_the_address_keeps_the_code(auditor: Visitor, language: Language) -> None:
    note("case:1", "case.submit")
    note("case:2", "case.approve")
    page = auditor.get(f"/audit?lang={language}&verb=case.approve")
    (offered,) = page.having(id="verb")
    options = {str(option.get("value")): "".join(option.itertext()) for option in offered.iter("option")}
    assert {code: said for code, said in options.items() if code} == {
        code: title.text(language) for code, title in VERBS.items()
    }
    assert [o.get("value") for o in offered.iter("option") if o.get("selected") is not None] == ["case.approve"]
    (table,) = page.tree.findall(".//table")
    assert "case:2" in "".join(table.itertext())
    assert "case:1" not in "".join(table.itertext())


def test_a_verb_that_only_an_older_portal_wrote_stands_as_it_was_written(auditor: Visitor) -> None:
    note("case:1", "case.pondered")
    page = auditor.get("/audit?verb=case.pondered")
    (table,) = page.tree.findall(".//table")
    assert "case.pondered" in "".join(table.itertext())


def test_each_filter_leaves_out_what_does_not_fit(auditor: Visitor) -> None:
    note("case:1", "case.submit")
    note("case:2", "case.approve")
    day, tomorrow = today(), today() + timedelta(days=1)
    for query, there, gone in (
        ("stream=case:1", "case:1", "case:2"),
        ("verb=case.approve", "case:2", "case:1"),
        ("person=nobody", "", "case:1"),
        ("person=12", "", "case:1"),
        (f"since_on={tomorrow}", "", "case:1"),
        (f"until_on={day - timedelta(days=1)}", "", "case:1"),
        (f"since_on={day}&until_on={day}", "case:1", "case:9"),
        ("subject=filing:3", "case:1", "case:9"),
    ):
        table = auditor.get(f"/audit?{query}").tree.find(".//table")
        said = "" if table is None else " ".join(table.itertext())
        assert there in said, query
        assert gone not in said, query


def test_pages_follow_one_another_without_gap_or_repetition(auditor: Visitor) -> None:
    note("case:1", count=120)
    seen: list[str] = []
    page = auditor.get("/audit")
    for _ in range(4):
        seen += [str(link.get("href")) for link in page.tree.findall(".//tbody//a")]
        following = page.having(rel="next")
        if not following:
            break
        page = auditor.get(str(following[0].get("href")))
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.content("walked")
def test_every_verb_of_a_living_portal_has_words(app: Flask) -> None:
    with reading(Scope.everything("a test")) as session:
        found = set(session.scalars(select(AuditEvent.verb).distinct()))
    assert len(found) > 20
    assert found <= set(VERBS)


@pytest.mark.parametrize("name", ["stream", "person", "verb", "subject", "since_on", "until_on"])
def test_hostile_input_is_answered_beside_the_field_and_kept(auditor: Visitor, name: str) -> None:
    for typed in HOSTILE:
        page = Page(auditor.client.get("/audit", query_string={name: typed}), "/audit")
        assert page.status in (200, 422)
        if page.status == 422:
            assert page.having(id=f"{name}-error")
        (field,) = page.having(id=name)
        chosen = [option for option in field.iter("option") if option.get("selected") is not None]
        assert (chosen or [field])[0].get("value") == typed.replace("\x00", "\ufffd")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since_on=0001-01-01", "since_on"),
        ("until_on=9999-12-31", "until_on"),
        ("since_on=2026-11-02&until_on=2026-11-01", "until_on"),
        ("since_on=yesterday", "since_on"),
    ],
)
def test_a_date_that_cannot_be_meant_is_said_beside_its_field(auditor: Visitor, query: str, field: str) -> None:
    page = auditor.get(f"/audit?{query}")
    assert page.status == 422
    assert page.having(id=f"{field}-error")


@pytest.mark.parametrize("path", ["/audit", "/administration/jobs"])
@pytest.mark.parametrize(
    "after", ["x", "W10", "WzFd", "WyJ4IiwgMV0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTld", "\x00", "x" * 5000]
)
def test_a_forged_cursor_shows_the_first_page(app: Flask, path: str, after: str) -> None:
    role = Role.AUDITOR if path == "/audit" else Role.ADMINISTRATOR
    assert signed_in(app, role).client.get(path, query_string={"after": after}).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", str(10**30)])
def test_an_event_that_is_not_there_is_missing(auditor: Visitor, number: str) -> None:
    assert auditor.get(f"/audit/{number}").status == 404


def test_reading_the_trail_is_itself_written_down_after_the_page_was_sent(auditor: Visitor) -> None:
    page = auditor.get("/audit")
    page.response.close()
    with reading(NOBODY) as session:
        rows = session.execute(select(AuditEvent.stream, AuditEvent.verb, AuditEvent.subject)).all()
    assert [tuple(row) for row in rows] == [("account:9", "read", "audit")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parked_job_is_shown_without_its_arguments_and_can_be_tried_again(
    administrator: Visitor, language: str
) -> None:
    number = park()
    page = administrator.get(f"/administration/jobs?lang={language}")
    assert "the mail server is away" in page.text
    assert "not shown" not in page.html
    page = administrator.submit(f"/administration/jobs/{number}/retry")
    assert page.status == 200
    assert "the mail server is away" in page.text, "its last failure stays until it is done"
    with reading(NOBODY) as session:
        job = session.scalars(select(Job)).one()
        event = session.scalars(select(AuditEvent)).one()
    assert (job.parked_at, job.attempts) == (None, 0)
    assert (event.stream, event.verb, event.subject) == ("account:9", "retry-job", f"job:{number}")
    assert verify() == []


def test_a_job_that_somebody_else_retried_is_a_conflict_and_not_a_fault(administrator: Visitor) -> None:
    number = park()
    page = administrator.get("/administration/jobs")
    with transaction(NOBODY) as session:
        session.execute(update(Job).values(parked_at=None))
    page = administrator.submit(f"/administration/jobs/{number}/retry")
    assert page.status == 409


def test_long_queues_are_paged(administrator: Visitor) -> None:
    with transaction(NOBODY) as session:
        for minutes in range(60):
            enqueue(session, f"test.job-{minutes}", due_at=now() + timedelta(minutes=minutes // 3))
    page = administrator.get("/administration/jobs")
    first = set(page.having(class_="mono"))
    page = administrator.get(str(page.having(rel="next")[0].get("href")))
    assert len(first) == 50
    assert len(page.having(class_="mono")) == 10
