"""A way back with a code that is handed over: once, in time, for its owner alone; and a second factor that is lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts import commands, commands_own, commands_recovery
from portal.accounts import commands_administration as administration
from portal.accounts.limits import CODE_DAY, RECOVERY, RECOVERY_ADDRESS, RECOVERY_ISSUED, REGISTERED, TooMany
from portal.accounts.models import Account, OneTimeLink
from portal.accounts.open_account import Details
from portal.accounts.passwords import NewPassword
from portal.accounts.recovery import TELL_COLLEAGUES
from portal.database.seal import LostKey, unseal, use_keys
from portal.database.session import reading, transaction
from portal.jobs.models import Job
from portal.kernel.errors import Denied, Illegal, Invalid, Missing, Refusal
from portal.kernel.roles import ANONYMOUS, Actor, Role, system
from portal.notices.models import Notice
from portal.web.sessions import HALF_FOR, begin
from tests.fixtures.databases import TEST_KEY
from tests.fixtures.visitor import Visitor
from tests.integration.accounts.people import (
    BEGINNING,
    HASHER,
    NOBODY,
    PASSWORD,
    acting,
    code_for,
    events,
    guest,
    open_one,
    sessions,
    stored,
)
from tests.integration.accounts.test_account_pages import code_on, sign_in
from tests.integration.accounts.test_sign_in import half, in_parallel

pytestmark = pytest.mark.usefixtures("database")
TYPED = "another long sentence"
NEW = NewPassword(TYPED, TYPED)
CHECKED = "本人到场，核对居民身份证"
OTHER_KEY = "quite another key, quite another key, quite"


@pytest.fixture
def admin() -> Actor:
    return acting(open_one("admin-1", role=Role.ADMINISTRATOR), Role.ADMINISTRATOR)


def officer(name: str = "lead", email: str = "") -> Account:
    return open_one(name, role=Role.COUNTY_LEAD, email=email)


def use(username: str, code: str, password: NewPassword = NEW, address: str = "192.0.2.10") -> None:
    commands_recovery.recover(guest(address), username, code, password, HASHER)


def answer(username: str, code: str, address: str = "192.0.2.10") -> tuple[str, int, str, dict[str, object]]:
    with pytest.raises(Refusal) as caught:
        use(username, code, address=address)
    said = caught.value
    return said.code, said.status, said.message.zh, dict(said.fields)


def notices(account_id: int) -> list[str]:
    with reading(NOBODY) as session:
        return list(session.scalars(select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)))


# --- the code ----------------------------------------------------------------------------------------------------


def test_a_code_sets_a_password_ends_every_session_and_is_told(admin: Actor) -> None:
    account = officer()
    with transaction(ANONYMOUS) as session:
        begin(session, account.id, proved_at=account.created_at, second_factor_done=True)
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    assert (handed.username, handed.name) == ("lead", account.display_name)
    assert len(sessions(account.id)) == 1
    use("LEAD", handed.code.lower().replace("-", " "))
    assert sessions(account.id) == []
    assert commands.sign_in(guest(), "lead", TYPED, HASHER, agent="", old_token=None).needs_code
    assert notices(account.id) == ["account-recovery", "account-credential"]
    with reading(NOBODY) as session:
        assert session.scalars(select(Job.args).where(Job.name == TELL_COLLEAGUES)).all() == [
            {"account_id": account.id}
        ]


def test_the_trail_says_who_issued_it_and_why_and_never_the_code(admin: Actor) -> None:
    account = officer()
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    use("lead", handed.code)
    issued, used = events("recovery.issued")[0], events("recovery.used")[0]
    assert issued.stream == used.stream == f"account:{account.id}"
    assert (issued.actor_id, used.actor_id) == (admin.account_id, account.id)
    assert issued.detail["identity"] == CHECKED
    written = json.dumps([[e.subject, e.detail] for e in events()])
    assert handed.code not in written and handed.code.replace("-", "") not in written


def test_only_a_hash_of_it_is_kept(admin: Actor) -> None:
    handed = administration.issue_recovery(admin, officer().id, CHECKED)
    with reading(NOBODY) as session:
        (row,) = session.scalars(select(OneTimeLink)).all()
        kept = [str(getattr(row, column.key)) for column in OneTimeLink.__table__.columns]
        kept += [f"{n.title_zh}{n.body_zh}{n.title_en}{n.body_en}" for n in session.scalars(select(Notice))]
    assert not any(handed.code in text or handed.code.replace("-", "") in text for text in kept)


def test_it_works_once(admin: Actor) -> None:
    handed = administration.issue_recovery(admin, officer().id, CHECKED)
    use("lead", handed.code)
    assert answer("lead", handed.code)[:2] == ("recovery", 422)


def test_twenty_uses_at_once_are_one(admin: Actor) -> None:
    account = officer()
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    done = in_parallel(lambda n: use("lead", handed.code, address=f"192.0.2.{n}"), 20)
    assert set(done) <= {None, "None", "recovery", "too-many"}
    assert len(events("recovery.used")) == 1
    assert len([d for d in done if d in (None, "None")]) == 1


def test_a_newer_code_ends_the_one_before(admin: Actor) -> None:
    account = officer()
    first = administration.issue_recovery(admin, account.id, CHECKED)
    second = administration.issue_recovery(admin, account.id, CHECKED)
    assert answer("lead", first.code)[0] == "recovery"
    use("lead", second.code)


def test_its_time_is_over_after_a_day(admin: Actor) -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        account = officer()
        handed = administration.issue_recovery(admin, account.id, CHECKED)
        assert handed.expires_at == BEGINNING + timedelta(hours=24)
        clock.shift(timedelta(hours=24))
        assert answer("lead", handed.code)[0] == "recovery"
        clock.shift(timedelta(seconds=-1))
        use("lead", handed.code)


def test_another_new_password_ends_it_too(admin: Actor) -> None:
    account = officer()
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    commands_own.change_password(acting(account, Role.COUNTY_LEAD), "x", PASSWORD, NEW, HASHER)
    assert answer("lead", handed.code)[0] == "recovery"


def test_a_code_opens_no_other_account(admin: Actor) -> None:
    handed = administration.issue_recovery(admin, officer().id, CHECKED)
    officer("lead-2")
    assert answer("lead-2", handed.code)[0] == "recovery"


def test_a_disabled_account_gets_none_and_uses_none(admin: Actor) -> None:
    account = officer()
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    administration.disable(admin, account.id)
    assert answer("lead", handed.code)[0] == "recovery"
    with pytest.raises(Illegal):
        administration.issue_recovery(admin, account.id, CHECKED)


def test_who_was_never_able_to_open_the_invitation_comes_in_with_a_code(admin: Actor) -> None:
    details = Details("陈某", "chen@example.com", "", "zh")
    wanted = administration.WantedPost("county_lead", "331122", "", ("331122",), ())
    account_id = administration.invite(admin, "lead", details, wanted)
    use("lead", administration.issue_recovery(admin, account_id, CHECKED).code)
    assert stored(account_id).state == "active"


@pytest.mark.parametrize("text", ["", "  ", "ok", "x" * 301])
def test_it_has_to_be_said_how_the_person_was_identified(admin: Actor, text: str) -> None:
    account = officer()
    for deed in (administration.issue_recovery, administration.reset_factor):
        with pytest.raises(Invalid) as caught:
            deed(admin, account.id, text)
        assert set(caught.value.fields) == {"identity"}
    assert events() == []


def test_an_administrator_issues_none_for_an_enterprise_but_the_operator_may(admin: Actor) -> None:
    account = open_one()
    with pytest.raises(Illegal):
        administration.issue_recovery(admin, account.id, CHECKED)
    use("zhang", administration.issue_recovery(system("operator"), account.id, CHECKED).code)


def test_nobody_issues_one_for_themselves(admin: Actor) -> None:
    with pytest.raises(Denied):
        administration.issue_recovery(admin, admin.account_id or 0, CHECKED)


def test_one_office_cannot_issue_codes_by_the_hundred(admin: Actor) -> None:
    account = officer()
    for _ in range(RECOVERY_ISSUED.most):
        administration.issue_recovery(admin, account.id, CHECKED)
    with pytest.raises(TooMany):
        administration.issue_recovery(admin, account.id, CHECKED)


# --- what a stranger is told -------------------------------------------------------------------------------------


def test_a_wrong_name_and_a_wrong_code_are_answered_alike(admin: Actor) -> None:
    administration.issue_recovery(admin, officer().id, CHECKED)
    officer("without-code")
    said = [
        answer(name, "ABCD-EFGH-JKMN-2345", f"192.0.2.{n}")
        for n, name in enumerate(("lead", "nobody", "without-code", "\x00"))
    ]
    assert said[1:] == said[:-1]
    assert {e.outcome for e in events("recovery.failed")} == {"refused"}
    assert all(e.stream.startswith("door:") and not e.detail for e in events("recovery.failed"))


def test_ten_wrong_codes_shut_the_name_whoever_tries(admin: Actor) -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        handed = administration.issue_recovery(admin, officer().id, CHECKED)
        said = [answer("lead", "ABCD-EFGH-JKMN-2345", f"192.0.2.{n}")[0] for n in range(RECOVERY.most + 1)]
        assert said == ["recovery"] * 10 + ["too-many"]
        assert answer("lead", handed.code, "198.51.100.1")[0] == "too-many"
        clock.shift(RECOVERY.window)
        use("lead", handed.code, address="198.51.100.1")


def test_one_address_is_shut_before_it_can_shut_a_name() -> None:
    assert RECOVERY_ADDRESS.most < RECOVERY.most
    said = [answer(f"name-{n}", "ABCD-EFGH-JKMN-2345")[0] for n in range(RECOVERY_ADDRESS.most + 1)]
    assert said == ["recovery"] * RECOVERY_ADDRESS.most + ["too-many"]


def test_a_password_that_will_not_do_uses_nothing_up(admin: Actor) -> None:
    handed = administration.issue_recovery(admin, officer().id, CHECKED)
    for password in (
        NewPassword("short", "short"),
        NewPassword(TYPED, "different"),
        NewPassword("password1", "password1"),
    ):
        with pytest.raises(Invalid) as caught:
            use("lead", handed.code, password)
        assert set(caught.value.fields) <= {"new_password", "repeat_password"} and caught.value.fields
    use("lead", handed.code)


def test_a_weak_password_with_a_wrong_code_says_nothing_of_the_password() -> None:
    with pytest.raises(Invalid) as caught:
        use("lead", "ABCD-EFGH-JKMN-2345", NewPassword("x", "y"))
    assert not caught.value.fields


# --- the pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_behind_i_was_given_a_code(app: Flask, visitor: Visitor, admin: Actor, lang: str) -> None:
    account = officer()
    handed = administration.issue_recovery(admin, account.id, CHECKED)
    assert visitor.get(f"/sign-in?lang={lang}").having(href="/recover")
    visitor.get("/recover")
    wrong = visitor.submit("/recover", username="lead", recovery_code="xxxx", new_password=TYPED, repeat_password=TYPED)
    assert wrong.status == 422 and wrong.having(value="lead") and wrong.having(value="xxxx")
    assert TYPED not in wrong.html
    uneven = visitor.submit("/recover", recovery_code=handed.code, new_password=TYPED, repeat_password="x")
    assert uneven.status == 422 and len(uneven.errors) == 1
    done = visitor.submit("/recover", new_password=TYPED, repeat_password=TYPED)
    assert done.url.startswith("/sign-in")
    assert visitor.submit("/sign-in", username="lead", password=TYPED).url.startswith("/sign-in/code")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_administrator_issues_a_code_that_is_shown_once(visitor: Visitor, lang: str) -> None:
    open_one("admin-1", role=Role.ADMINISTRATOR)
    account = officer()
    sign_in(visitor, "admin-1")
    assert visitor.get(f"/administration/accounts/{account.id}?lang={lang}").having(
        href=f"/administration/accounts/{account.id}/recovery"
    )
    visitor.get(f"/administration/accounts/{account.id}/recovery")
    wrong = visitor.submit("/recovery", identity="ok")
    assert wrong.status == 422 and len(wrong.errors) == 1 and "ok" in wrong.text
    shown = visitor.submit("/recovery", identity=CHECKED)
    (code,) = ["".join(e.itertext()) for e in shown.having(id="code")]
    assert code not in visitor.get(f"/administration/accounts/{account.id}").text
    use("lead", code)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_administrator_resets_a_lost_second_step_with_its_reason(visitor: Visitor, lang: str) -> None:
    open_one("admin-1", role=Role.ADMINISTRATOR)
    account = officer()
    sign_in(visitor, "admin-1")
    visitor.get(f"/administration/accounts/{account.id}/second-factor/reset?lang={lang}")
    assert visitor.submit("/reset", identity="").status == 422
    assert visitor.submit("/reset", identity=CHECKED).url == f"/administration/accounts/{account.id}"
    assert stored(account.id).totp_secret is None
    assert events("second-factor.reset")[0].detail == {"identity": CHECKED}
    assert notices(account.id) == ["account-factor"]


# --- a key that is lost ------------------------------------------------------------------------------------------


@pytest.mark.content("catalogue")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_lost_key_is_said_and_the_account_gets_a_new_second_step(app: Flask, lang: str) -> None:
    open_one("admin-1", role=Role.ADMINISTRATOR)
    account, desk, person = officer(), Visitor(app.test_client(), lang), Visitor(app.test_client(), lang)
    sign_in(desk, "admin-1")
    use_keys(OTHER_KEY)
    person.get("/sign-in")
    page = person.submit("/sign-in", username="lead", password=PASSWORD)
    assert page.status == 200 and page.having(class_="warn")
    assert person.submit("/sign-in/code", code="123456").status == 409
    assert desk.get(f"/administration/accounts/{account.id}").having(class_="warn")
    desk.get(f"/administration/accounts/{account.id}/second-factor/reset")
    desk.submit("/reset", identity=CHECKED)
    person.get("/sign-in")
    page = person.submit("/sign-in", username="lead", password=PASSWORD)
    assert person.submit("/sign-in/code", code=code_on(page)).status == 200
    assert person.get("/account").url == "/account"


def test_a_former_key_still_opens_and_the_secret_moves_to_the_new_one() -> None:
    with time_machine.travel(BEGINNING, tick=False):
        account, token = half()
        code, before = code_for(account), stored(account.id).totp_secret
        use_keys(OTHER_KEY, TEST_KEY)
        commands.give_code(guest(), account.id, code, agent="", half_token=token)
        use_keys(OTHER_KEY)
        after = stored(account.id).totp_secret or ""
        assert after != before and len(unseal(after)) == 32


def test_without_the_key_no_code_is_taken_and_nothing_is_counted() -> None:
    account, token = half()
    use_keys(OTHER_KEY)
    for _ in range(7):
        with pytest.raises(LostKey):
            commands.give_code(guest(), account.id, "123456", agent="", half_token=token)


def test_no_secret_of_a_second_factor_lies_in_clear() -> None:
    account = officer()
    secret = unseal(stored(account.id).totp_secret or "")
    assert len(secret) == 32 and secret not in (stored(account.id).totp_secret or "")


# --- what an attacker would try ----------------------------------------------------------------------------------


def test_who_saw_the_picture_of_an_earlier_first_step_knows_nothing() -> None:
    account = officer()
    with transaction(ANONYMOUS) as session:
        session.get_one(Account, account.id).totp_secret = None
    seen = []
    for _ in range(2):
        commands.sign_in(guest(), "lead", PASSWORD, HASHER, agent="", old_token=None)
        seen.append(unseal(stored(account.id).totp_pending or ""))
    assert seen[0] != seen[1]


def test_half_a_session_lives_ten_minutes(app: Flask) -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        open_one("lead", role=Role.COUNTY_LEAD)
        visitor = Visitor(app.test_client())
        visitor.get("/sign-in")
        visitor.submit("/sign-in", username="lead", password=PASSWORD)
        clock.shift(HALF_FOR)
        assert visitor.get("/sign-in/code").url.startswith("/sign-in/code")
        clock.shift(timedelta(seconds=1))
        assert visitor.get("/sign-in/code").url.startswith("/sign-in?")


def test_a_first_step_that_was_undone_is_worth_nothing_even_in_a_request_under_way() -> None:
    account, token = half()
    code = code_for(account)
    commands_own.change_password(acting(account, Role.COUNTY_LEAD), "x", PASSWORD, NEW, HASHER)
    with pytest.raises(Invalid):
        commands.give_code(guest(), account.id, code, agent="", half_token=token)
    assert sessions(account.id) == []


def test_half_a_session_of_somebody_else_opens_nothing() -> None:
    account, _token = half()
    _other, foreign = half("lead-2")
    with pytest.raises(Invalid):
        commands.give_code(guest(), account.id, code_for(account), agent="", half_token=foreign)


def test_codes_are_borne_fifty_times_a_day_whatever_the_quarter_of_an_hour() -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        account, token = half()
        tries = 0
        while tries < CODE_DAY.most:
            for _ in range(5):
                with pytest.raises(Invalid):
                    commands.give_code(guest(), account.id, "12345", agent="", half_token=token)
                tries += 1
            clock.shift(timedelta(minutes=15))
        with pytest.raises(TooMany):
            commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)
        clock.shift(CODE_DAY.window)
        assert commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)


def test_one_address_does_not_open_accounts_without_end() -> None:
    def opened(n: int, address: str = "192.0.2.10") -> None:
        details = Details("张某", f"a{n}@example.com", "", "zh")
        commands.register(guest(address), f"person-{n}", details, NEW, True, HASHER, "")

    for n in range(REGISTERED.most):
        opened(n)
    with pytest.raises(TooMany):
        opened(99)
    opened(99, "198.51.100.1")


def test_registering_ends_the_session_before() -> None:
    account = open_one()
    entry = commands.sign_in(guest(), "zhang", PASSWORD, HASHER, agent="", old_token=None)
    details = Details("李某", "li@example.com", "", "zh")
    commands.register(guest(), "li-1", details, NEW, True, HASHER, "", entry.token)
    assert sessions(account.id) == []


def test_a_one_time_link_never_stands_in_the_log(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("for the test")

    monkeypatch.setattr("portal.accounts.queries.live_link", broken)
    assert app.test_client().get("/password-reset/a-very-secret-token").status_code == 500
    assert "/password-reset/" in caplog.text and "a-very-secret-token" not in caplog.text


@pytest.mark.parametrize("path", ["/sign-in", "/recover", "/register", "/password-reset", "/sign-out", "/sign-in/code"])
def test_no_form_of_coming_in_is_taken_without_its_token(app: Flask, path: str) -> None:
    account = open_one()
    answer = app.test_client().post(path, data={"username": "zhang", "password": PASSWORD})
    assert answer.status_code == 400
    assert sessions(account.id) == []


def test_signing_out_needs_the_token_of_the_very_session(app: Flask) -> None:
    account, visitor = open_one(), Visitor(app.test_client())
    sign_in(visitor, "zhang")
    assert visitor.client.post("/sign-out", data={"csrf_token": "made up"}).status_code == 400
    assert visitor.client.get("/sign-out").status_code == 405
    assert len(sessions(account.id)) == 1


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:1"]
)
def test_no_way_on_leads_out_of_the_portal(app: Flask, target: str) -> None:
    open_one()
    visitor = Visitor(app.test_client())
    visitor.get("/sign-in")
    form = (visitor.page and visitor.page.form("/sign-in")) or pytest.fail("no form")
    values = {n: v[0] for n, v in form.values.items()} | {"username": "zhang", "password": PASSWORD, "next": target}
    answer = visitor.client.post("/sign-in", data=values)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_missing_account_has_no_recovery(admin: Actor) -> None:
    with pytest.raises(Missing):
        administration.issue_recovery(admin, 987654, CHECKED)


def test_the_operator_brings_the_last_administrator_back(app: Flask) -> None:
    account = open_one("admin-1", role=Role.ADMINISTRATOR)
    runner = app.test_cli_runner()
    said = runner.invoke(args=["recovery-code", "admin-1", "--reason", CHECKED, "--second-factor"])
    assert said.exit_code == 0, said.output
    use("admin-1", json.loads(said.output)["code"])
    assert stored(account.id).totp_secret is None
    assert [e.verb for e in events()][:2] == ["second-factor.reset", "recovery.issued"]
    for arguments in (["nobody", "--reason", CHECKED], ["admin-1", "--reason", "x"], ["admin-1"]):
        assert runner.invoke(args=["recovery-code", *arguments]).exit_code != 0
