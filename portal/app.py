"""create_app: the only file that knows every room."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, g, request
from flask.cli import AppGroup
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from .accounts.views import blueprint as accounts
from .audit.trail import record_at_door
from .audit.views import blueprint as audit
from .catalogue.views_windows import blueprint as catalogue
from .certificates.views import blueprint as certificates
from .config import ROOT, Settings
from .database.seal import use_keys
from .database.session import Database, use
from .demo.views import blueprint as demo
from .enterprises.views import blueprint as enterprises
from .filing.views import blueprint as filing
from .home.frame import navigation, role_title, switch_url
from .home.queries import load_session
from .home.views import blueprint as home
from .jobs.bell import hang
from .kernel.clock import today
from .kernel.roles import Actor, Permission
from .notices.views import blueprint as notices
from .review.queries import waiting
from .review.views import blueprint as review
from .statistics.views import blueprint as statistics
from .statistics.views_overview import blueprint as overview
from .statistics.views_public import blueprint as published
from .statistics.views_release import blueprint as releases
from .support.views import blueprint as support
from .support.views_policies import blueprint as policies
from .uploads.views import blueprint as uploads
from .web.access import actor, allow, close_reading, guard, read
from .web.address import init_addresses, url_for
from .web.errors import init_errors
from .web.language import COOKIE, COOKIE_DAYS, asked_language, html_lang, init_languages, language
from .web.pages import FILTERS, Pages
from .web.security import init_security, nonce, request_id
from .web.sessions import facts, init_sessions
from .web.skeleton import init_skeletons

BLUEPRINTS = (
    home, accounts, notices, catalogue, enterprises, filing, review, statistics, overview, releases, published, support,
    policies, uploads, audit, demo, certificates,
)  # fmt: skip
LARGEST_ID = 2**63 - 1
_STATIC = str(ROOT / "static")


class RowNumber(IntegerConverter):
    """`<int:…>` in addresses: a number no row can have is an address that does not exist, not a fault."""

    def to_python(self, value: str) -> int:
        number: int = super().to_python(value[:19])
        return number if len(value) < 20 and number <= LARGEST_ID else 0


class Portal(Flask):
    """Flask, of whose functions none is asynchronous: it asked each of the seventeen of a request whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class Commands(AppGroup):
    """The commands of portal/cli.py, which is imported when one is asked for: a web worker never asks."""

    def _loaded(self) -> Commands:
        if not self.commands:
            import_module("portal.cli").register_commands(self)
        return self

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super(Commands, self._loaded()).get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return super(Commands, self._loaded()).list_commands(ctx)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as a WSGI application. Raises BadSettings, and RuntimeError on a view without an audience."""
    settings = settings or Settings.from_environment()
    app = Portal(
        "portal",
        root_path=str(ROOT / "portal"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.jinja_environment = Pages
    app.config["PORTAL"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.url_map.converters["int"] = RowNumber
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    open_to(settings)
    init_security(app)
    init_languages(app, ROOT / "translations")
    init_sessions(app, load_session)
    CSRFProtect(app)
    init_errors(app)
    init_addresses(app)
    init_skeletons(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _frame(app)
    app.cli = Commands()
    app.view_functions["static"] = allow(Permission.PUBLIC)(app.view_functions["static"])
    guard(app)
    return app


def open_to(settings: Settings) -> None:
    """Makes the settings' database, keys and bell those of this process: all that an application shares with others."""
    use(Database(settings.database_url))
    use_keys(*settings.keys)
    hang(settings)


def _frame(app: Flask) -> None:
    app.context_processor(_context)
    app.after_request(_keep_assets)
    app.after_request(_remember_language)
    app.after_request(_note_denial)
    app.teardown_appcontext(close_reading)


def _context() -> dict[str, Any]:
    person, found = actor(), facts()
    return {
        "lang": language(),
        "html_lang": html_lang(),
        "actor": person,
        "role_title": role_title(person),
        "place_title": found.place if found else None,
        "nav": navigation(person, _counts(person)) if person.account_id is not None else [],
        "mode": current_app.config["PORTAL"].mode,
        "switch_url": switch_url,
        "csp_nonce": nonce(),
        "request_id": request_id(),
        "asset": asset,
    }


def _counts(person: Actor) -> dict[str, int]:
    """What waits for the person, by entry of the navigation. An error page asks the database for nothing."""
    found = facts()
    counts = {"notices.messages": found.unread if found else 0}
    if person.may(Permission.CASE_READ) and not g.get("is_error_page"):
        for section, number in waiting(read(), person.account_id, today()).items():
            counts[f"review.queue.{section}"] = number
    return counts


def asset(name: str) -> str:
    """The address of a static file, with a mark that changes within a second of the file."""
    return url_for("static", filename=name, v=_mark(name, int(time.monotonic())))


@lru_cache(maxsize=64)
def _mark(name: str, second: int) -> str:
    return _mark_of(name, os.stat(f"{_STATIC}/{name}").st_mtime_ns)


@lru_cache(maxsize=256)
def _mark_of(name: str, changed_at: int) -> str:
    return hashlib.sha256(Path(_STATIC, name).read_bytes()).hexdigest()[:10]


def _keep_assets(response: Response) -> Response:
    """A file that is asked for by the mark of what it holds now never changes under that address: no need to ask again.
    On a slow line each page asked four times before it was drawn."""
    if request.endpoint != "static" or not request.view_args or response.status_code not in (200, 304):
        return response
    if request.args.get("v") == _mark(request.view_args["filename"], int(time.monotonic())):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _remember_language(response: Response) -> Response:
    asked = asked_language()
    if asked is not None:
        secure = current_app.config["PORTAL"].is_https
        response.set_cookie(COOKIE, asked, COOKIE_DAYS * 86400, samesite="Lax", httponly=True, secure=secure)
    return response


def _note_denial(response: Response) -> Response:
    """Somebody signed in was turned away: noted at the door once the page is out."""
    if g.get("denied"):
        person, subject = actor(), f"{request.method} {request.path}"
        response.call_on_close(lambda: record_at_door(person, verb="denied", subject=subject))
    return response
