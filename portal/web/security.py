"""Headers and limits on every response and request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

LONGEST_REQUEST = 12 * 1024 * 1024  # a licence of 10 MB and its form around it
LONGEST_FIELDS = 2 * 1024 * 1024
MOST_FIELDS = 2000
_FILES = "portal_files"
View = TypeVar("View", bound=Callable[..., Any])


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def request_id() -> str:
    """The number that the error page shows and the log carries."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    value: str = g.request_id
    return value


def init_security(app: Flask) -> None:
    settings = app.config["PORTAL"]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-portal" if settings.is_https else "portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        # The session itself ends at that age, counted from signing in: a cookie that lives on would open nothing.
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        MAX_CONTENT_LENGTH=LONGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LONGEST_FIELDS,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_refuse_long_forms)
    app.after_request(_add_headers)


def takes_files(most: int) -> Callable[[View], View]:
    """Declares that a view's form may bring up to `most` files at once: its requests may be that much longer."""

    def declare(view: View) -> View:
        setattr(view, _FILES, most)
        return view

    return declare


def _refuse_long_forms() -> None:
    """A plain form is read at once whatever its length; one with files is read part by part under its own limit."""
    files = getattr(current_app.view_functions.get(request.endpoint or ""), _FILES, 1)
    request.max_content_length = LONGEST_REQUEST * files
    if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > LONGEST_FIELDS:
        raise RequestEntityTooLarge


# Set here and nowhere else, so they are only added: to look for each among the others costs every request.
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.extend(_ALWAYS)
    headers.pop("Server", None)
    if current_app.config["PORTAL"].is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _policy() -> str:
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce()}'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
