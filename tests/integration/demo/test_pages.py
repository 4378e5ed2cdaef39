"""The demo's accounts: listed in demo mode and nowhere else, and each of them lets somebody in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import tasks as account_tasks
from portal.accounts.models import Account
from portal.accounts.second_factor import code_of, step_at
from portal.app import create_app
from portal.config import Settings
from portal.database.seal import unseal
from portal.database.session import Database, reading
from portal.demo.cast import PASSWORD, listed_usernames
from portal.jobs.run import Runner
from portal.kernel.clock import now
from portal.kernel.roles import OFFICE_ROLES, Role
from portal.notices import tasks as mail_tasks
from portal.serve import serve
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.visitor import Visitor
from tests.integration.demo.people import ALL

DECLARING = (account_tasks, mail_tasks)  # importing them is what declares their handlers
demo = pytest.mark.content("demo")
pytestmark = ON_SQLITE


@demo
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_lists_every_account(app: Flask, language: str) -> None:
    page = Visitor(app.test_client(), language).get("/demo/accounts")
    assert page.status == 200
    assert all(name in page.text for name in (*listed_usernames(), PASSWORD))


def test_before_the_load_the_page_says_that_there_is_nothing(visitor: Visitor) -> None:
    assert visitor.get("/demo/accounts?lang=en").status == 200
    assert visitor.page is not None
    assert "does not hold" in visitor.page.text


@demo
def test_outside_demo_mode_there_is_no_such_page_and_no_way_to_it(settings: Settings, database: Database) -> None:
    client = create_app(replace(settings, mode="production", secret_key="x" * 40)).test_client()
    visitor = Visitor(client)
    assert visitor.get("/demo/accounts").status == 404
    assert "/demo/accounts" not in visitor.get("/sign-in").html


def test_the_sign_in_page_leads_to_the_list(visitor: Visitor) -> None:
    assert visitor.get("/sign-in").having(href="/demo/accounts")


@demo
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_forgotten_password_can_be_tried_out_to_the_end(app: Flask, settings: Settings, language: str) -> None:
    visitor, username = Visitor(app.test_client(), language), "preparer-jinyun-1"
    with reading(ALL) as session:
        addresses = session.scalars(select(Account.email)).all()
    assert all(address and address.endswith("@lishui.example") for address in addresses)
    visitor.get("/password-reset")
    visitor.submit("/password-reset", identity=username)
    Runner(settings).sweep()
    page = visitor.get("/demo/mail")
    (link,) = [e.get("href", "") for e in page.tree.iter("a") if e.get("href", "").startswith("/password-reset/")]
    visitor.get(link)
    visitor.submit(new_password="another long sentence", repeat_password="another long sentence")
    page = visitor.submit("/sign-in", username=username, password="another long sentence")
    assert page.status == 200 and "sign-in" not in page.url


@demo
def test_everybody_on_the_list_can_sign_in(app: Flask) -> None:
    for username in listed_usernames():
        visitor = Visitor(app.test_client())
        visitor.get("/sign-in")
        page = visitor.submit("/sign-in", username=username, password=PASSWORD)
        with reading(ALL) as session:
            account = session.scalars(select(Account).where(Account.username == username)).one()
        if account.is_office:
            assert page.url.startswith("/sign-in/code"), username
            assert account.totp_secret is not None, username
            page = visitor.submit("/sign-in/code", code=code_of(unseal(account.totp_secret), step_at(now())))
        assert page.status == 200, username
        assert "sign-in" not in page.url, username
        assert account.display_name in page.text, username


# --- commands ----------------------------------------------------------------------------------------------------


@demo
def test_the_command_prints_the_accounts_as_json(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["demo-accounts"])
    assert done.exit_code == 0
    rows = {row["username"]: row for row in json.loads(done.output)}
    assert tuple(rows) == listed_usernames()
    for row in rows.values():
        assert set(row) == {"username", "password", "role", "county", "credit_code", "totp_secret"}
        assert (row["totp_secret"] is not None) == (Role(row["role"]) in OFFICE_ROLES)
    assert rows["officer-jinyun"]["county"] == rows["preparer-jinyun-1"]["county"] == "331122"


@pytest.mark.parametrize("command", ["demo", "demo-accounts"])
def test_outside_demo_mode_the_commands_refuse(settings: Settings, database: Database, command: str) -> None:
    app = create_app(replace(settings, mode="production", secret_key="x" * 40))
    done = app.test_cli_runner().invoke(args=[command])
    assert done.exit_code == 2
    with reading(ALL) as session:
        assert session.scalars(select(Account)).first() is None


def test_the_command_loads_once_and_prints_what_it_did(app: Flask) -> None:
    arguments = ["demo", "--enterprises", "12", "--quarters", "1", "--seed", "2", "--as-of", "2026-11-24"]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output)
    assert summary["arguments"] == {"enterprises": 12, "quarters": 1, "seed": 2, "as_of": "2026-11-24"}
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 2
    for check in (["statistics", "rebuild", "--check"], ["audit", "verify"]):
        assert app.test_cli_runner().invoke(args=check).exit_code == 0


@pytest.mark.parametrize("arguments", [["--enterprises", "3"], ["--quarters", "99"], ["--as-of", "2020-01-01"]])
def test_arguments_that_cannot_be_met_are_refused(app: Flask, arguments: list[str]) -> None:
    assert app.test_cli_runner().invoke(args=["demo", *arguments]).exit_code == 2


@demo
def test_production_does_not_serve_a_demo(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve(replace(settings, mode="production", port=0)) == 1
    assert "demo" in capsys.readouterr().out
