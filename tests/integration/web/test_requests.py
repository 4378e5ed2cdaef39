"""What holds for every request: headers, languages, lost forms, sizes, addresses that do not exist, dead sessions."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask import url_for as flask_url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.app import create_app
from portal.audit.models import AuditEvent
from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.kernel.clock import now
from portal.kernel.period import Quarter
from portal.kernel.roles import Scope
from portal.web.address import url_for
from portal.web.sessions import WebSession, begin
from tests.fixtures.cases import add_account

ALL = Scope.everything("test")
pytestmark = [
    pytest.mark.content("catalogue"),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]


def test_every_page_forbids_scripts_frames_and_storing(client: FlaskClient) -> None:
    for path in ("/", "/sign-in", "/no-such-page"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" not in client.get("/static/css/app.css").headers.get("Cache-Control", "")


def test_a_static_file_is_kept_for_good_under_the_mark_of_what_it_holds(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    marked = re.findall(r'(?:href|src)="(/static/[^"]+[?]v=[0-9a-f]+)"', page)
    assert marked
    for address in marked:
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "Set-Cookie" not in answer.headers
    for other in ("/static/css/app.css", "/static/css/app.css?v=0123456789", "/static/none.css?v=0123456789"):
        with client.get(other) as answer:
            assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_each_page_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    one, other = (client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("zh-CN", "zh-CN"), ("zh", "zh-CN"), ("zh-Hans-CN", "zh-CN"), ("zh-TW,en;q=0.5", "zh-CN"), ("en-GB,zh;q=0.8", "en"),
     ("fr,de", "zh-CN"), ("", "zh-CN"), ("fr,en;q=0.3", "en")],
)  # fmt: skip
def test_the_language_follows_the_browser_and_is_chinese_by_default(
    client: FlaskClient, accept: str, expected: str
) -> None:
    page = client.get("/", headers={"Accept-Language": accept}).get_data(as_text=True)
    assert f'<html lang="{expected}">' in page


def test_a_chosen_language_is_remembered_and_keeps_the_page(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=%2Fmessages&lang=en").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert '<html lang="en">' in client.get("/help", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "next=%2Fmessages" in page


def test_a_form_without_its_token_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    answer = client.post("/register", data={"username": "clerk-1", "display_name": "测试甲", "password": "secret word"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'value="clerk-1"' in page
    assert "测试甲" in page
    assert "secret word" not in page
    assert 'name="csrf_token"' in page


@pytest.mark.parametrize(
    "path", ["/no-such-page", "/files/99999999999999999999999999", "/review/1e9", "/%00", "/../etc"]
)
def test_an_address_that_does_not_exist_is_a_page_in_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code in (302, 404)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_too_large_a_request_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/register", data={"username": "x" * 3_000_000})
    assert answer.status_code == 413
    answer = client.post("/register", input_stream=None, headers={"Content-Length": str(10**9)})
    assert answer.status_code in (400, 413)


def test_a_fault_shows_a_number_and_nothing_of_the_inside(app: Flask) -> None:
    def broken() -> str:
        raise ZeroDivisionError("secret inside")

    app.view_functions["home.help_page"] = broken
    broken.portal_audience = app.view_functions["home.privacy"].portal_audience  # type: ignore[attr-defined]
    answer = app.test_client().get("/help")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret inside" not in page
    assert "ZeroDivision" not in page


def test_a_fault_of_ours_keeps_what_was_typed_but_no_password(app: Flask) -> None:
    def broken() -> str:
        raise ZeroDivisionError("secret inside")

    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").get_data(as_text=True))
    assert token is not None
    app.view_functions["accounts.sign_in"] = broken
    broken.portal_audience = app.view_functions["home.privacy"].portal_audience  # type: ignore[attr-defined]
    sent = {"csrf_token": token[1], "username": "测试甲", "password": "Celadon-7"}
    answer = browser.post("/sign-in", data=sent, headers={"Origin": "http://localhost"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "测试甲" in page and "Celadon-7" not in page and "ZeroDivision" not in page
    assert 'action="/sign-in"' in page and re.search('class="mono">[0-9a-f]{12}<', page)
    foreign = browser.post("/sign-in", data=sent, headers={"Origin": "https://evil.example"})
    assert "测试甲" not in foreign.get_data(as_text=True)


# --- sessions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(app: Flask, database: Database) -> FlaskClient:
    with transaction(ALL) as session:
        add_account(session, 5, "测试乙", is_office=False)
        token = begin(session, 5, proved_at=now(), second_factor_done=True)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/session").status_code == 200


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(signed_in: FlaskClient) -> None:
    assert is_in(signed_in)
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert not is_in(signed_in)


def test_a_session_in_use_lives_on_but_not_beyond_the_day(signed_in: FlaskClient) -> None:
    began = now()
    for minutes in range(20, 10 * 60, 20):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert is_in(signed_in), minutes
    with time_machine.travel(began + timedelta(hours=10, minutes=1), tick=False):
        assert not is_in(signed_in)


def test_a_strangers_post_comes_back_with_what_it_brought_and_nothing_else(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sent = {
        "reason": "<script>alert(1)</script>",
        "password": "geheim-1",
        "code": "123456",
        "next": "https://evil.example",
    }
    file = (io.BytesIO(b"bytes of a file"), "用地证明.pdf")
    answer = app.test_client().post("/review/987654/return?tab=mine", data=sent | {"proof": file})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert 'action="/review/987654/return?tab=mine"' in text and 'href="/sign-in?next=/proved"' in text
    assert "&lt;script&gt;alert(1)" in text and "<script>alert(1)" not in text
    assert "geheim-1" not in text and "123456" not in text and "bytes of a file" not in text
    assert 'enctype="multipart/form-data"' in text and "用地证明.pdf" in text and 'type="file"' in text
    assert 'action="https' not in text and 'href="https://evil' not in text
    for typed in ({}, {"reason": "  ", "version": "3", "key": "k" * 24}):  # nothing to keep: to the sign-in page
        answer = app.test_client().post("/review/987654/return", data=typed)
        assert (answer.status_code, answer.headers["Location"].startswith("/sign-in")) == (302, True)


def test_a_form_whose_session_is_gone_asks_to_sign_in_and_takes_the_new_sessions_token_only(
    app: Flask, database: Database
) -> None:
    browser, path = app.test_client(), "/review/987654/return?tab=mine"
    ours = {"Origin": "http://localhost", "Accept-Language": "en"}
    sent = {"reason": "Row 107 is blank.", "code": "123456", "csrf_token": "of a session that is no more"}
    answer = browser.post(path, data=sent, headers=ours)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "Row 107 is blank." in page and "123456" not in page and "open for too long" not in page
    assert 'href="/sign-in?next=/proved"' in page and f'action="{path}"' in page and 'data-renew="/session"' in page
    before = token_in(page)
    with transaction(ALL) as session:
        add_account(session, 5, "测试乙", is_office=False)
        token = begin(session, 5, proved_at=now(), second_factor_done=True)
    with browser.session_transaction() as cookie:  # as `remember` does in the other tab
        cookie.clear()
        cookie["_user_id"] = token
    again = browser.post(path, data=sent | {"csrf_token": before}, headers=ours)
    assert again.status_code == 400 and "signed in anew" in again.get_data(as_text=True)
    said = browser.get("/session", headers=ours).get_json()
    mine = said["token"]
    assert said["who"].startswith("测试乙")
    assert mine != before
    assert browser.post(path, data=sent | {"csrf_token": mine}, headers=ours).status_code in (403, 404)
    empty = app.test_client().post(path, data={"csrf_token": "x", "version": "3"}, headers=ours)
    assert (empty.status_code, empty.headers["Location"].startswith("/sign-in")) == (302, True)


@pytest.mark.parametrize(
    "said",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, {"Referer": "https://evil.example/a"}],
)  # fmt: skip
def test_what_another_site_posts_is_never_offered_for_sending(
    app: Flask, signed_in: FlaskClient, said: dict[str, str]
) -> None:
    stranger = app.test_client()
    for browser, path in ((stranger, "/review/987654/return"), (stranger, "/register"), (signed_in, "/account")):
        answer = browser.post(path, data={"reason": "send the award to us"}, headers=said)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403 and "send the award" not in page
        assert browser is signed_in or "Set-Cookie" not in answer.headers  # it would take the place of a session


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_signing_out_kills_the_session_on_the_server(app: Flask, signed_in: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    stolen = app.test_client()
    with signed_in.session_transaction() as cookie, stolen.session_transaction() as copy:
        copy.update(cookie)
    assert is_in(stolen)
    assert signed_in.post("/sign-out").status_code in (302, 303)
    assert not is_in(stolen)
    with reading(ALL) as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_a_get_writes_nothing_but_when_the_session_was_seen(signed_in: FlaskClient) -> None:
    with reading(ALL) as session:
        before = session.scalars(select(WebSession.seen_at)).one()
    assert is_in(signed_in)
    with reading(ALL) as session:
        assert session.scalars(select(WebSession.seen_at)).one() == before


# --- where an act comes from -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "said", "believed"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # what a visitor adds in front is not believed
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
    ],
)
def test_only_the_operators_own_proxies_are_believed_about_an_address(
    settings: Settings, database: Database, proxies: int, said: str, believed: str
) -> None:
    app = create_app(replace(settings, trusted_proxies=proxies))
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post(
        "/sign-in", data={"username": "nobody", "password": "wrong horse"}, headers={"X-Forwarded-For": said}
    )
    assert answer.status_code == 422
    with reading(ALL) as session:
        assert set(session.scalars(select(AuditEvent.address))) == {believed, ""}  # the catalogue's load has none


def test_every_act_of_somebody_signed_in_carries_its_address(app: Flask, signed_in: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    assert signed_in.post("/registration/start", environ_overrides={"REMOTE_ADDR": "192.0.2.44"}).status_code < 400
    with reading(ALL) as session:
        assert "192.0.2.44" in set(session.scalars(select(AuditEvent.address)))


@pytest.mark.parametrize(
    "values",
    [{"quarter": Quarter(2026, 3)}, {"quarter": "2026Q3", "check": "1"}, {"quarter": "2026Q3", "check": 1},
     {"quarter": "2026Q3", "check": True}, {"quarter": "2026Q3", "check": None, "q": "企业 &?"},
     {"quarter": "2026Q3", "_anchor": "s1"}, {"quarter": "2026Q3", "q": ["a", "b"]}, {"quarter": "2026Q3", "q": "x" * 90}],
)  # fmt: skip
def test_an_address_is_flasks_own_every_time_and_below_every_root(app: Flask, values: dict[str, object]) -> None:
    for root in ("", "/portal", ""):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            for _ in range(2):
                assert url_for("filing.form", **values) == flask_url_for("filing.form", **values)  # type: ignore[arg-type]


def test_addresses_are_kept_up_to_a_measure_and_one_time_links_never(app: Flask) -> None:
    kept = app.extensions["portal_addresses"]._made
    with app.test_request_context("/"):
        for number in range(5000):
            url_for("review.case", case_id=number)
        assert len(kept) <= 4096
        url_for("home.front", token="s" * 43)
    assert not any("s" * 43 in address for address in kept.values())
