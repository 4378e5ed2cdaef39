"""Who may call a view: declared on the view, demanded at boot, decided before it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..database.session import open_session
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Denied
from ..kernel.roles import ANONYMOUS, FRESH_PERMISSIONS, Actor, Permission
from .resend import has_typed, send_again_page

View = TypeVar("View", bound=Callable[..., Any])
MARK = "portal_audience"
DENIED = Bilingual("你没有查看这一页的权限。", "You are not permitted to see this page.")


def allow(*permissions: Permission) -> Callable[[View], View]:
    """Declares who may call the view: anybody who holds one of `permissions`."""
    if not permissions:
        raise ValueError("name at least one permission")

    def declare(view: View) -> View:
        setattr(view, MARK, frozenset(permissions))
        return view

    return declare


def audience(app: Flask, endpoint: str) -> frozenset[Permission]:
    """The permissions of an endpoint; empty when it declared none."""
    declared: frozenset[Permission] = getattr(app.view_functions[endpoint], MARK, frozenset())
    return declared


def guard(app: Flask) -> None:
    """The last line of create_app: refuses to start while an endpoint has no declared audience."""
    undeclared = sorted(e for e in app.view_functions if not audience(app, e))
    if undeclared:
        raise RuntimeError(f"endpoints without @allow: {', '.join(undeclared)}")
    app.before_request(_decide)


def actor() -> Actor:
    """The acting person of this request."""
    person: Actor = g.get("actor", ANONYMOUS)
    return person


def read() -> Session:
    """This request's session for reading, confined to the actor's scope; closed when the request ends."""
    if "read_session" not in g:
        g.read_session = open_session(actor().scope)
    session: Session = g.read_session
    return session


def close_reading(error: BaseException | None = None) -> None:
    session = g.pop("read_session", None)
    if session is not None:
        session.close()


def _decide() -> Response | str | None:
    if request.endpoint is None:
        return None  # routing failed; the 404 or 405 page follows
    wanted = audience(current_app, request.endpoint)
    person = actor()
    if Permission.PUBLIC in wanted or wanted & person.permissions:
        return _ask_proof(wanted, person)
    if person.account_id is None:
        return ask_sign_in()
    g.denied = True
    raise Denied("no-permission", DENIED)


def needs_sign_in() -> bool:
    """Whether nobody is signed in (any more) at an address that strangers may not use."""
    wanted = audience(current_app, request.endpoint) if request.endpoint else frozenset()
    return actor().account_id is None and Permission.PUBLIC not in wanted


def ask_sign_in() -> Response:
    """Leads to the sign-in page and back. What somebody typed while the session ended comes back to them: it is sent,
    checked and decided again as any other form; until then nothing of it was read or kept here."""
    if request.method == "POST" and has_typed():
        return send_again_page(sign_in_url=url_for("accounts.sign_in", next="/proved"))
    return redirect(f"{url_for('accounts.sign_in')}?{urlencode({'next': _here()})}", 302)


def _ask_proof(wanted: frozenset[Permission], person: Actor) -> Response | str | None:
    """Asks who it is once more before a deed that needs it (rulings 25); what was typed stays on the page."""
    if not wanted <= FRESH_PERMISSIONS or person.is_fresh(now()):
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(f"{url_for('accounts.confirm_identity')}?{urlencode({'next': _here()})}", 302)
    return send_again_page(proof_url=url_for("accounts.confirm_identity", next="/proved"))


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else _came_from()


def _came_from() -> str:
    """The page the form stands on: our own path only, else the front page."""
    referrer = request.referrer or ""
    return referrer[len(request.host_url) - 1 :] if referrer.startswith(request.host_url) else "/"
