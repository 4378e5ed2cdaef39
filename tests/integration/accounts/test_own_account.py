"""Registering, changing what is one's own, one-time links: what each ends, tells and leaves in the trail."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts import commands, commands_own
from portal.accounts import tasks as account_tasks
from portal.accounts.limits import ACCOUNT, RESET_ACCOUNT, RESET_ADDRESS, TAKEN_NAME, TooMany
from portal.accounts.link import open_link
from portal.accounts.models import Account, OneTimeLink, Throttle
from portal.accounts.open_account import Details
from portal.accounts.passwords import NewPassword
from portal.accounts.queries import link_hash, live_link
from portal.accounts.rules import PRIVACY_VERSION, PURPOSES
from portal.accounts.second_factor import code_of, step_at
from portal.config import Settings
from portal.database.seal import unseal
from portal.database.session import Database, reading, transaction
from portal.jobs.queue import enqueue
from portal.jobs.run import Runner
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, Missing, Refusal
from portal.kernel.roles import ANONYMOUS, Role
from portal.notices import tasks as mail_tasks
from portal.notices.models import Mail, Notice
from portal.web.sessions import begin, token_hash
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

pytestmark = pytest.mark.usefixtures("database")
NEW = NewPassword("another long sentence", "another long sentence")
DECLARING = (account_tasks, mail_tasks)  # importing them is what declares their handlers
DETAILS = Details("王小明", "wang@example.com", "", "zh")


def register(
    username: str = "wang-1", details: Details = DETAILS, password: NewPassword = NEW, accepts: bool = True
) -> str:
    return commands.register(guest(), username, details, password, accepts, HASHER, "test")


def sit_down(account: Account) -> str:
    with transaction(ANONYMOUS) as session:
        return begin(session, account.id, proved_at=now(), second_factor_done=True)


def mails() -> list[Mail]:
    with reading(NOBODY) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


@pytest.fixture
def runner(database: Database, tmp_path: Path) -> Runner:
    return Runner(Settings(str(database.url), "k" * 40, tmp_path, mode="demo"))


# --- registering -------------------------------------------------------------------------------------------------


def test_who_registers_is_signed_in_and_the_accepted_notice_is_kept() -> None:
    token = register()
    with reading(NOBODY) as session:
        account = session.scalars(select(Account)).one()
    assert not account.is_office
    assert account.privacy_version == PRIVACY_VERSION
    assert account.privacy_accepted_at is not None
    assert [row.token_hash for row in sessions(account.id)] == [token_hash(token)]
    assert [e.verb for e in events()] == ["account.registered"]


@pytest.mark.parametrize(
    ("field", "refused"),
    [
        ("username", lambda: register("a b")),
        ("display_name", lambda: register(details=Details("a\u202eb", "w@example.com", "", "zh"))),
        ("email", lambda: register(details=Details("王小明", "w@", "", "zh"))),
        ("email", lambda: register(details=Details("王小明", "", "", "zh"))),
        ("phone", lambda: register(details=Details("王小明", "", "\x00", "zh"))),
        ("new_password", lambda: register(password=NewPassword("12345678", "12345678"))),
        ("repeat_password", lambda: register(password=NewPassword("another long sentence", "x"))),
        ("accepts", lambda: register(accepts=False)),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(field: str, refused: object) -> None:
    with pytest.raises(Invalid) as caught:
        refused()  # type: ignore[operator]
    assert set(caught.value.fields) == {field}
    with reading(NOBODY) as session:
        assert session.scalars(select(Account)).all() == []


def test_a_username_is_given_once_and_an_e_mail_address_says_nothing() -> None:
    register()
    with pytest.raises(Invalid) as caught:
        register("WANG-1", Details("别人", "other@example.com", "", "zh"))
    assert set(caught.value.fields) == {"username"}
    assert register("wang-2")


def test_taken_usernames_cannot_be_collected() -> None:
    register()
    for _ in range(TAKEN_NAME.most):
        with pytest.raises(Invalid):
            register()
    with pytest.raises(TooMany):
        register("free-name")


def test_two_who_want_one_username_at_once_get_one_account() -> None:
    done: list[str] = []
    gate = threading.Barrier(6)

    def one() -> None:
        gate.wait()
        try:
            register()
            done.append("in")
        except Refusal as refusal:
            done.append(refusal.code)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["in"] + ["username-taken"] * 5


# --- changing ----------------------------------------------------------------------------------------------------


def test_another_password_ends_the_other_sessions_and_open_links_and_is_told() -> None:
    account = open_one()
    here, there = sit_down(account), sit_down(account)
    with transaction(ANONYMOUS) as session:
        link = open_link(session, account, "reset")
    commands_own.change_password(acting(account), here, PASSWORD, NEW, HASHER)
    assert [row.token_hash for row in sessions(account.id)] == [token_hash(here)] != [token_hash(there)]
    with reading(NOBODY) as session:
        assert live_link(session, link, "reset", now()) is None
        assert session.scalars(select(Notice.kind)).all() == ["account-credential"]
    assert HASHER.verify(stored(account.id).password_hash, NEW.new_password)
    assert [m.address for m in mails()] == ["zhang@example.com"]


def test_changing_the_password_needs_the_current_one_and_tries_are_counted() -> None:
    account = open_one()
    token = sit_down(account)
    for _ in range(ACCOUNT.most):
        with pytest.raises(Invalid) as caught:
            commands_own.change_password(acting(account), token, "wrong password", NEW, HASHER)
        assert set(caught.value.fields) == {"current_password"}
    with pytest.raises(TooMany):
        commands_own.change_password(acting(account), token, PASSWORD, NEW, HASHER)
    assert HASHER.verify(stored(account.id).password_hash, PASSWORD)


def test_the_same_password_is_no_change() -> None:
    account = open_one()
    with pytest.raises(Invalid):
        commands_own.change_password(
            acting(account), sit_down(account), PASSWORD, NewPassword(PASSWORD, PASSWORD), HASHER
        )


def test_another_e_mail_address_needs_the_password_and_the_old_address_is_told() -> None:
    account = open_one()
    wanted = Details("张某", "new@example.com", "13800001234", "en")
    with pytest.raises(Invalid) as caught:
        commands_own.change_details(acting(account), wanted, "", HASHER)
    assert set(caught.value.fields) == {"current_password"}
    commands_own.change_details(acting(account), wanted, PASSWORD, HASHER)
    assert stored(account.id).email == "new@example.com"
    assert [m.address for m in mails()] == ["zhang@example.com"]


def test_a_name_is_changed_without_the_password_and_the_trail_names_the_fields_only() -> None:
    account = open_one()
    commands_own.change_details(acting(account), Details("张一", "zhang@example.com", "", "en"), "", HASHER)
    (event,) = events("account.changed")
    assert event.detail == {"fields": ["display_name", "language"]}


def test_another_second_factor_needs_proof_and_ends_the_other_sessions() -> None:
    with time_machine.travel(BEGINNING, tick=False):
        account = open_one("lead", role=Role.COUNTY_LEAD)
        here, before = sit_down(account), stored(account.id).totp_secret
        sit_down(account)
        actor = acting(account, Role.COUNTY_LEAD)
        with pytest.raises(Invalid):
            commands_own.begin_factor(actor, PASSWORD, "000000", HASHER)
        commands_own.begin_factor(actor, PASSWORD, code_for(account), HASHER)
        assert stored(account.id).totp_secret == before
        with pytest.raises(Invalid):
            commands_own.confirm_factor(actor, here, "000000")
        pending = stored(account.id).totp_pending or ""
        commands_own.confirm_factor(actor, here, code_of(unseal(pending), step_at(now())))
        assert stored(account.id).totp_secret == pending
        assert len(sessions(account.id)) == 1


def test_nobody_ends_a_session_of_somebody_else() -> None:
    mine, other = open_one(), open_one("lina")
    sit_down(other)
    (row,) = sessions(other.id)
    for number in (row.id, 10**30, 0):
        with pytest.raises(Missing):
            commands_own.end_session(acting(mine), number)
    assert len(sessions(other.id)) == 1


def test_ending_the_others_keeps_the_one_at_hand() -> None:
    account = open_one()
    tokens = [sit_down(account) for _ in range(3)]
    commands_own.end_other_sessions(acting(account), tokens[1])
    assert [row.token_hash for row in sessions(account.id)] == [token_hash(tokens[1])]


# --- one-time links ----------------------------------------------------------------------------------------------


def link_for(account: Account, purpose: str = "reset") -> str:
    with transaction(ANONYMOUS) as session:
        return open_link(session, account, purpose)


def test_a_link_works_once_and_ends_every_session() -> None:
    account = open_one()
    sit_down(account)
    link = link_for(account)
    commands.set_password_by_link(guest(), "reset", link, NEW, HASHER)
    assert sessions(account.id) == []
    with pytest.raises(Missing):
        commands.set_password_by_link(guest(), "reset", link, NEW, HASHER)
    assert [e.verb for e in events()] == ["credential.reset"]


def test_a_link_sent_by_many_at_once_works_once() -> None:
    account = open_one()
    link, done = link_for(account), []
    gate = threading.Barrier(6)

    def one() -> None:
        gate.wait()
        try:
            commands.set_password_by_link(guest(), "reset", link, NEW, HASHER)
            done.append("set")
        except Refusal as refusal:
            done.append(refusal.code)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["dead-link"] * 5 + ["set"]


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_a_link_dies_when_its_time_is_over(purpose: str) -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        link = link_for(open_one(), purpose)
        clock.shift(PURPOSES[purpose] - timedelta(seconds=1))
        with reading(NOBODY) as session:
            assert live_link(session, link, purpose, now()) is not None
        clock.shift(timedelta(seconds=1))
        with pytest.raises(Missing):
            commands.set_password_by_link(guest(), purpose, link, NEW, HASHER)


def test_a_link_is_for_its_purpose_only_and_dies_with_a_newer_one() -> None:
    account = open_one()
    first, second = link_for(account), link_for(account)
    for link, purpose in ((first, "reset"), (second, "invitation"), ("x", "reset"), ("\x00", "reset")):
        with pytest.raises(Missing):
            commands.set_password_by_link(guest(), purpose, link, NEW, HASHER)
    commands.set_password_by_link(guest(), "reset", second, NEW, HASHER)


def test_a_refused_password_does_not_use_the_link_up() -> None:
    link = link_for(open_one())
    with pytest.raises(Invalid):
        commands.set_password_by_link(guest(), "reset", link, NewPassword("12345678", "12345678"), HASHER)
    commands.set_password_by_link(guest(), "reset", link, NEW, HASHER)


def test_the_database_holds_the_hash_of_a_link_and_not_the_link() -> None:
    link = link_for(open_one())
    with reading(NOBODY) as session:
        row = session.scalars(select(OneTimeLink)).one()
    assert row.token_hash == link_hash(link)
    assert link not in str(vars(row))


def test_a_disabled_account_cannot_come_back_by_a_link() -> None:
    account = open_one()
    link = link_for(account)
    with transaction(ANONYMOUS) as session:
        row = session.get(Account, account.id)
        assert row is not None
        row.state = "disabled"
    with pytest.raises(Missing):
        commands.set_password_by_link(guest(), "reset", link, NEW, HASHER)
    assert stored(account.id).state == "disabled"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("zhang", 1), (" ZHANG ", 1), ("zhang@example.com", 1), ("nobody", 0), ("n@example.com", 0), ("", 0), ("\x00", 0)],
)
def test_asking_for_a_link_leaves_the_same_traces_whoever_is_meant(typed: str, sent: int, runner: Runner) -> None:
    open_one()
    commands.ask_reset(guest(), typed)
    (event,) = events()
    assert (event.verb, event.subject, event.stream[:5]) == ("reset.asked", "account:unknown", "door:")
    assert mails() == []
    assert runner.sweep() >= 1
    assert len(mails()) == sent


def test_links_cannot_be_asked_for_without_end(runner: Runner) -> None:
    account = open_one()
    for _ in range(RESET_ADDRESS.most):
        commands.ask_reset(guest(), "zhang")
    with pytest.raises(TooMany):
        commands.ask_reset(guest(), "zhang")
    runner.sweep()
    assert len(mails()) == RESET_ACCOUNT.most
    assert len(events("link.sent")) == RESET_ACCOUNT.most
    assert account.email == mails()[0].address


def test_a_mailed_link_leads_to_a_new_password(runner: Runner) -> None:
    account = open_one()
    commands.ask_reset(guest(), "zhang")
    runner.sweep()
    (mail,) = mails()
    commands.set_password_by_link(guest(), "reset", unseal(mail.link).rpartition("/")[2], NEW, HASHER)
    assert HASHER.verify(stored(account.id).password_hash, NEW.new_password)


def test_the_operator_opens_an_account_with_a_password_that_must_be_good() -> None:
    with pytest.raises(Invalid):
        commands.create_user(guest(), "ops-1", DETAILS, "12345678", HASHER)
    account_id = commands.create_user(guest(), "ops-1", DETAILS, NEW.new_password, HASHER)
    assert stored(account_id).state == "active"


def test_the_command_line_opens_an_account_that_mails_reach(app: Flask) -> None:
    typed = f"{NEW.new_password}\n{NEW.new_password}\n"
    words = ["create-user", "ops-2", "--name", "运维", "--role", "administrator", "--email"]
    refused = app.test_cli_runner().invoke(args=[*words, "no address"], input=typed)
    assert refused.exit_code == 1 and "email" in refused.output
    done = app.test_cli_runner().invoke(args=[*words, "Ops@Example.gov.cn"], input=typed)
    assert done.exit_code == 0, done.output
    with reading(NOBODY) as session:
        assert session.scalars(select(Account.email).where(Account.username == "ops-2")).one() == "ops@example.gov.cn"


def test_counts_and_dead_links_are_swept_away(runner: Runner) -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        link_for(open_one())
        commands.ask_reset(guest(), "x")
        clock.shift(timedelta(days=60))
        with transaction(ANONYMOUS) as session:
            enqueue(session, "accounts.sweep")
        runner.sweep()
    with reading(NOBODY) as session:
        assert session.scalars(select(OneTimeLink)).all() == []
        assert session.scalars(select(Throttle)).all() == []
