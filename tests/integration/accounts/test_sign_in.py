"""Coming in: the same answer to every stranger, few tries, codes taken once, a new token at each step."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import commands
from portal.accounts.limits import ACCOUNT, ADDRESS, CODE, TooMany
from portal.accounts.models import Account, Throttle
from portal.database.seal import unseal
from portal.database.session import Database, reading, transaction
from portal.kernel.errors import Invalid, Refusal
from portal.kernel.roles import ANONYMOUS, OFFICE_ROLES, Role
from portal.web.sessions import token_hash
from tests.integration.accounts.people import (
    BEGINNING,
    HASHER,
    NOBODY,
    PASSWORD,
    CountingHasher,
    acting,
    code_for,
    events,
    guest,
    open_one,
    sessions,
    stored,
)

pytestmark = pytest.mark.usefixtures("database")


def come_in(username: str = "zhang", password: str = PASSWORD, address: str = "192.0.2.10") -> str:
    entry = commands.sign_in(guest(address), username, password, HASHER, agent="test", old_token=None)
    return entry.token


def answer(username: str, password: str, address: str = "192.0.2.10") -> tuple[str, int, str, str]:
    with pytest.raises(Refusal) as caught:
        come_in(username, password, address)
    refusal = caught.value
    return refusal.code, refusal.status, refusal.message.zh, refusal.message.en


def disable(account: Account) -> None:
    with transaction(ANONYMOUS) as session:
        row = session.get(Account, account.id)
        assert row is not None
        row.state = "disabled"


def invited() -> None:
    with transaction(ANONYMOUS) as session:
        session.add(Account(username="invited", display_name="x", is_office=True, state="invited", language="zh"))


def test_the_right_password_begins_a_session() -> None:
    account = open_one()
    token = come_in(" ZHANG ")
    (row,) = sessions(account.id)
    assert row.token_hash == token_hash(token)
    assert not row.is_half
    assert stored(account.id).last_signed_in_at is not None


def test_wrong_name_wrong_password_disabled_and_invited_get_one_answer() -> None:
    open_one()
    disable(open_one("lina"))
    invited()
    answers = {
        answer("zhang", "wrong password"),
        answer("nobody", PASSWORD, "192.0.2.11"),
        answer("lina", PASSWORD, "192.0.2.12"),
        answer("invited", PASSWORD, "192.0.2.13"),
        answer("王某 \x00", PASSWORD, "192.0.2.14"),
        answer("", "", "192.0.2.15"),
    }
    assert len(answers) == 1


@pytest.mark.parametrize("username", ["zhang", "lina", "nobody", "invited", "\x00", ""])
def test_every_try_costs_exactly_one_password_check(username: str) -> None:
    open_one()
    disable(open_one("lina"))
    invited()
    hasher = CountingHasher(1, 8, 1)
    with pytest.raises(Invalid):
        commands.sign_in(guest(), username, "wrong password", hasher, agent="", old_token=None)
    assert hasher.work == ["verify"]


@pytest.mark.parametrize("username", ["zhang", "nobody"])
def test_a_name_is_shut_after_five_failures_whoever_tries_and_whether_or_not_it_exists(username: str) -> None:
    open_one()
    for n in range(ACCOUNT.most):
        answer(username, "wrong password", f"192.0.2.{n}")
    code, status, zh, en = answer(username, PASSWORD, "192.0.2.99")
    assert (code, status) == ("too-many", 429)
    assert username not in zh + en
    assert "15" in zh


def test_an_address_is_shut_after_five_failures_so_that_it_cannot_shut_everybody_out() -> None:
    open_one()
    for n in range(ADDRESS.most):
        answer(f"name-{n}", "wrong password")
    assert answer("zhang", PASSWORD)[1] == 429
    assert come_in("zhang", address="192.0.2.77")
    with reading(NOBODY) as session:
        keys = [row.key for row in session.scalars(select(Throttle))]
    assert len([k for k in keys if k.startswith("account:")]) == ADDRESS.most


def test_a_shut_name_opens_again_by_itself() -> None:
    open_one()
    with time_machine.travel(BEGINNING, tick=False) as clock:
        for n in range(ACCOUNT.most):
            answer("zhang", "wrong password", f"192.0.2.{n}")
        clock.shift(ACCOUNT.window - timedelta(seconds=1))
        assert answer("zhang", PASSWORD)[1] == 429
        clock.shift(timedelta(seconds=1))
        assert come_in()


def test_a_clock_set_back_shuts_nobody_out() -> None:
    open_one()
    with time_machine.travel(BEGINNING, tick=False) as clock:
        for n in range(ACCOUNT.most):
            answer("zhang", "wrong password", f"192.0.2.{n}")
        clock.shift(-timedelta(days=400))
        assert come_in()


def test_a_success_wipes_the_failures_of_the_name_and_gives_them_back_to_the_address() -> None:
    open_one()
    for _ in range(ACCOUNT.most - 1):
        answer("zhang", "wrong password")
    come_in()
    with reading(NOBODY) as session:
        assert session.scalars(select(Throttle)).all() == []


def test_trying_while_shut_makes_the_wait_no_longer() -> None:
    open_one()
    with time_machine.travel(BEGINNING, tick=False) as clock:
        for n in range(ACCOUNT.most):
            answer("zhang", "wrong password", f"192.0.2.{n}")
        for _ in range(10):
            clock.shift(timedelta(seconds=89))
            assert answer("zhang", PASSWORD)[1] == 429
        clock.shift(timedelta(seconds=10))
        assert come_in()


def in_parallel(work: Callable[[int], object], threads: int) -> list[object]:
    results: list[object] = []
    gate = threading.Barrier(threads)

    def one(n: int) -> None:
        gate.wait()
        try:
            results.append(work(n))
        except Refusal as refusal:
            results.append(refusal.code)

    workers = [threading.Thread(target=one, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results


def test_failures_in_parallel_are_all_counted() -> None:
    open_one()
    answers = in_parallel(lambda n: come_in("zhang", "wrong password", f"192.0.2.{n}"), 12)
    assert answers.count("sign-in") == ACCOUNT.most
    assert answers.count("too-many") == 12 - ACCOUNT.most


# --- the second step ---------------------------------------------------------------------------------------------


def half(username: str = "lead", role: Role = Role.COUNTY_LEAD) -> tuple[Account, str]:
    account = open_one(username, role=role)
    entry = commands.sign_in(guest(), username, PASSWORD, HASHER, agent="", old_token=None)
    assert entry.needs_code
    return account, entry.token


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES, key=str))
def test_every_office_role_gets_only_half_a_session_for_a_password(role: Role) -> None:
    account, _token = half(role=role)
    (row,) = sessions(account.id)
    assert row.is_half


def test_the_code_brings_a_whole_session_under_a_new_token() -> None:
    account, token = half()
    new = commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)
    (row,) = sessions(account.id)
    assert new != token
    assert row.token_hash == token_hash(new)
    assert not row.is_half


def test_a_code_works_once() -> None:
    with time_machine.travel(BEGINNING, tick=False):
        account, token = half()
        code = code_for(account)
        commands.give_code(guest(), account.id, code, agent="", half_token=token)
        again = come_in("lead")
        with pytest.raises(Invalid):
            commands.give_code(guest(), account.id, code, agent="", half_token=again)
        assert commands.give_code(guest(), account.id, code_for(account, 1), agent="", half_token=again)


def test_a_code_sent_twenty_times_at_once_begins_one_session() -> None:
    account, token = half()
    code = code_for(account)
    done = in_parallel(lambda n: commands.give_code(guest(), account.id, code, agent="", half_token=token), 4)
    assert done.count("not-proved") == 3
    assert len(sessions(account.id)) == 1


def test_codes_cannot_be_tried_for_long() -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        account, token = half()
        wrong = "000000" if code_for(account) != "000000" else "111111"
        for _ in range(CODE.most):
            with pytest.raises(Invalid):
                commands.give_code(guest(), account.id, wrong, agent="", half_token=token)
        with pytest.raises(TooMany):
            commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)
        clock.shift(CODE.window)
        assert commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)


def test_an_office_account_without_a_second_factor_sets_one_up_with_its_first_code() -> None:
    account = open_one("lead", role=Role.COUNTY_LEAD)
    with transaction(ANONYMOUS) as session:
        row = session.get(Account, account.id)
        assert row is not None
        row.totp_secret = None
    entry = commands.sign_in(guest(), "lead", PASSWORD, HASHER, agent="", old_token=None)
    pending = stored(account.id).totp_pending
    assert pending is not None
    commands.give_code(guest(), account.id, code_for(account), agent="", half_token=entry.token)
    after = stored(account.id)
    assert (after.totp_secret, after.totp_pending) == (pending, None)


def test_signing_in_again_ends_the_session_before() -> None:
    account = open_one()
    first = come_in()
    commands.sign_in(guest(), "zhang", PASSWORD, HASHER, agent="", old_token=first)
    assert token_hash(first) not in [row.token_hash for row in sessions(account.id)]


def test_signing_out_ends_the_session_on_the_server() -> None:
    account = open_one()
    token = come_in()
    commands.sign_out(acting(account), token)
    assert sessions(account.id) == []


def test_proving_again_needs_password_and_code_and_renews_the_proof() -> None:
    with time_machine.travel(BEGINNING, tick=False) as clock:
        account, token = half()
        token = commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)
        clock.shift(timedelta(minutes=20))
        actor = acting(account, Role.COUNTY_LEAD)
        for password, code in (("wrong password", code_for(account)), (PASSWORD, "000000"), (PASSWORD, "")):
            with pytest.raises(Invalid):
                commands.confirm_identity(actor, token, password, code, HASHER)
        commands.confirm_identity(actor, token, PASSWORD, code_for(account), HASHER)
        (row,) = sessions(account.id)
        assert row.proved_at == BEGINNING + timedelta(minutes=20)


# --- the trail ---------------------------------------------------------------------------------------------------


def test_every_way_in_and_out_stands_in_the_trail_without_what_was_typed() -> None:
    account, token = half()
    answer("nobody-of-that-name", "my very own password")
    token = commands.give_code(guest(), account.id, code_for(account), agent="", half_token=token)
    commands.sign_out(acting(account), token)
    seen = [(e.stream.split(":")[0], e.verb, e.subject, e.outcome, e.address) for e in events()]
    assert seen == [
        ("account", "sign-in.first-step", "", "done", "192.0.2.10"),
        ("door", "sign-in.failed", "account:unknown", "refused", "192.0.2.10"),
        ("account", "sign-in", "", "done", "192.0.2.10"),
        ("account", "sign-out", "", "done", "192.0.2.10"),
    ]
    written = json.dumps([[e.subject, e.actor_name, e.detail] for e in events()])
    for secret in (
        "nobody-of-that-name",
        "my very own password",
        PASSWORD,
        token,
        unseal(stored(account.id).totp_secret or ""),
    ):
        assert str(secret) not in written


def test_a_hash_of_an_older_cost_is_renewed_at_sign_in(database: Database) -> None:
    account = open_one()
    before = stored(account.id).password_hash
    commands.sign_in(guest(), "zhang", PASSWORD, CountingHasher(2, 16, 1), agent="", old_token=None)
    after = stored(account.id).password_hash
    assert after is not None
    assert after != before
    assert "t=2" in after
    assert after.startswith("$argon2id$")
