"""`flask --app wsgi …`: each command is a thin call of one room's command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from .accounts.commands import create_user
from .accounts.commands_administration import issue_recovery, reset_factor
from .accounts.hashing import Hasher
from .accounts.open_account import Details, PostGiven
from .accounts.queries import account_named
from .audit.anchor_file import FOLDER
from .audit.verify import verify
from .catalogue.commands import load_definitions, open_window
from .catalogue.reader import BadDefinitions
from .config import ROOT, Settings
from .database import migrate
from .database.session import reading
from .demo.commands import NotEmpty, load_demo
from .demo.commands_listed import listed_accounts
from .demo.plan import DEFAULTS, Wishes
from .home.documents import access_page, workflow_page
from .kernel.errors import Refusal
from .kernel.period import Quarter
from .kernel.roles import Role, Scope, system
from .questionnaire.store import BadEdition
from .serve import serve
from .statistics.commands import compare, list_due, rebuild
from .statistics.commands_overview import load_official, renew_all_panels
from .statistics.commands_release import prepare_release
from .statistics.disclosure import Rule
from .support.commands import load_policies
from .support.reader import BadPolicies

OPERATOR = "the operator at the command line"
database_group = AppGroup("db", help="The database: upgrade, current, check.")
catalogue_group = AppGroup("catalogue", help="Reference data.")
audit_group = AppGroup("audit", help="The audit trail.")
statistics_group = AppGroup("statistics", help="Cells and totals.")
docs_group = AppGroup("docs", help="Write the generated pages of docs/.")
PAGES: dict[str, Callable[[Flask], str]] = {"access": access_page, "workflow": workflow_page}


def register_commands(portal: AppGroup) -> None:
    for group in (database_group, catalogue_group, audit_group, statistics_group, docs_group):
        portal.add_command(group)
    for command in (serve_portal, window, user, recovery, demo, demo_accounts):
        portal.add_command(command)


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL"]
    return settings


def _hasher(settings: Settings) -> Hasher:
    return Hasher(settings.argon2_time, settings.argon2_memory_kib, settings.argon2_parallelism)


def _said(problems: list[str]) -> None:
    """Exit 0 when all is well, 1 with the first difference named."""
    if problems:
        click.echo(problems[0])
        if len(problems) > 1:
            click.echo(f"and {len(problems) - 1} more")
        sys.exit(1)
    click.echo("all is well")


@click.command("serve", help="Web workers and the job consumer under one supervisor.")
def serve_portal() -> None:
    sys.exit(serve(Settings.from_environment()))


@database_group.command("upgrade")
def upgrade() -> None:
    """Bring the database to the head of the migrations."""
    migrate.upgrade(_settings().database_url, _settings().keys)


@database_group.command("current")
def current_revision() -> None:
    """Print the newest migration the database has."""
    click.echo(migrate.current_revision(_settings().database_url) or "none")


@database_group.command("check")
def check() -> None:
    """Compare the tables with the code."""
    _said(migrate.differences(_settings().database_url))


@catalogue_group.command("load")
def load() -> None:
    """Add versions of the definition files that the database has not seen; edits are never overwritten."""
    try:
        click.echo(str(load_definitions()))
        click.echo(f"official figures added: {load_official()}")
        click.echo(f"policies: {load_policies()}")
    except (BadDefinitions, BadEdition, BadPolicies) as error:
        raise click.ClickException(str(error)) from error


@audit_group.command("verify")
def verify_trail() -> None:
    """Walk every stream and the anchors."""
    _said(verify(_settings().data_dir / FOLDER))


@statistics_group.command("rebuild")
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Compare facts with their versions and cells with the facts; change nothing.",
)
def rebuild_cells(only_check: bool) -> None:
    """Make all cells anew from the facts."""
    if not only_check:
        rebuild()
        renew_all_panels()
    _said(compare())


@statistics_group.command("release")
@click.argument("quarter")
@click.option("--note", default="", help="What a revision changes and why.")
def release_quarter(quarter: str, note: str) -> None:
    """Freeze a quarter for its release, for example 2026Q3. A bureau lead signs it off in the portal."""
    settings = _settings()
    rule = Rule(settings.release_smallest_n, Decimal(settings.release_share))
    try:
        release_id = prepare_release(system(OPERATOR), Quarter.parse(quarter), rule, note)
    except (Refusal, ValueError) as error:
        raise click.ClickException(_reason(error)) from error
    click.echo(json.dumps({"quarter": quarter, "release": release_id, "sign_off": f"/releases/{release_id}"}))


def _reason(error: Refusal | ValueError) -> str:
    """A refusal in words: of its fields, else its own."""
    if not isinstance(error, Refusal):
        return str(error)
    return "; ".join(message.en for message in error.fields.values()) or error.message.en


@click.command("open-window", help="Open the filing window of a quarter, for example 2026Q4.")
@click.argument("quarter")
def window(quarter: str) -> None:
    try:
        chosen = Quarter.parse(quarter)
        due = open_window(system(OPERATOR), chosen)
        number = list_due(chosen)
    except (Refusal, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"quarter": quarter, "due_on": due.isoformat(), "enterprises": number}))


@click.command("create-user", help="Open an account. The password is asked for, or read from standard input.")
@click.argument("username")
@click.option("--name", required=True, help="The person's name as others see it.")
@click.option("--email", default="", help="Where one-time links and notices are mailed to.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="A post; without it an enterprise account."
)
@click.option("--county", help="Reporting unit, for county roles.")
@click.option("--chain", help="Chain code, for chain officers.")
@click.password_option()
@with_appcontext
def user(
    username: str, name: str, email: str, role: str | None, county: str | None, chain: str | None, password: str
) -> None:
    settings = _settings()
    hasher = _hasher(settings)
    posts = [PostGiven(Role(role), county, chain)] if role else []
    details = Details(name, email, "", "zh")
    try:
        account_id = create_user(
            system(OPERATOR), username, details, password, hasher, is_office=bool(role), posts=posts
        )
    except Refusal as error:
        raise click.ClickException(_reason(error)) from error
    click.echo(json.dumps({"account": account_id, "username": username}))


def _account_id(username: str) -> int:
    with reading(Scope.nobody()) as session:
        found = account_named(session, username)
    if found is None:
        raise click.ClickException(f"there is no account called {username}")
    return found.id


@click.command(
    "recovery-code", help="Print a one-time code that sets a new password: the way back for an administrator."
)
@click.argument("username")
@click.option("--reason", required=True, help="Why, and how you know who asks; kept in the audit trail.")
@click.option("--second-factor", is_flag=True, help="Forget the second factor as well; a new one is set at sign-in.")
def recovery(username: str, reason: str, second_factor: bool) -> None:
    try:
        account_id = _account_id(username)
        if second_factor:
            reset_factor(system(OPERATOR), account_id, reason)
        handed = issue_recovery(system(OPERATOR), account_id, reason)
    except Refusal as error:
        raise click.ClickException(_reason(error)) from error
    click.echo(json.dumps({"username": handed.username, "code": handed.code, "expires": handed.expires_at.isoformat()}))


@click.command("demo", help="Fill an empty database with the demo city. Demo mode only.")
@click.option("--enterprises", type=int, default=DEFAULTS.enterprises, help="How many are registered (1400).")
@click.option("--quarters", type=int, help="Closed quarters before the open one (from 2024Q1 on).")
@click.option("--seed", type=int, default=DEFAULTS.seed, help="Another seed, another city (1).")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the demo stands at (today).")
@with_appcontext
def demo(enterprises: int, quarters: int | None, seed: int, as_of: datetime | None) -> None:
    settings = _demo_only()
    wishes = Wishes(enterprises, quarters, seed, as_of.date() if as_of else None)
    try:
        summary = load_demo(wishes, _hasher(settings), settings.data_dir)
    except (NotEmpty, ValueError) as error:
        _refuse(str(error))
    click.echo(json.dumps(summary, ensure_ascii=False))


@click.command("demo-accounts", help="Print the demo's accounts as JSON. Demo mode only.")
@with_appcontext
def demo_accounts() -> None:
    _demo_only()
    names = ("username", "password", "role", "county", "credit_code", "totp_secret")
    rows = [{name: getattr(account, name) for name in names} for account in listed_accounts()]
    click.echo(json.dumps([row | {"role": row["role"].value} for row in rows], ensure_ascii=False, indent=1))


def _demo_only() -> Settings:
    settings = _settings()
    if not settings.is_demo:
        _refuse("only in demo mode: PORTAL_MODE=demo")
    return settings


def _refuse(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(2)


@docs_group.command("write", help="Write docs/access.md and docs/workflow.md from the tables.")
def write_pages() -> None:
    for name in PAGES:
        write_page(name)


def write_page(name: str, folder: Path = ROOT / "docs") -> None:
    (folder / f"{name}.md").write_text(PAGES[name](current_app), "utf-8")


for _name in PAGES:
    docs_group.command(_name)(lambda name=_name: write_page(name))
