"""Server-side sessions: the cookie holds a random token, the table its hash; sign-out deletes the row."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy import Connection, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant
from ..database.session import looking, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.roles import ANONYMOUS, Actor, Scope

TOUCH_EVERY = timedelta(minutes=5)
HALF_FOR = timedelta(minutes=10)  # how long a right password waits for its code
_SCOPE = Scope.nobody()
# The look-up reads one row by the hash of a random token: it tells whose scope the request will have.
_LOOK_UP = Scope.everything("session look-up")


class WebSession(Base):
    """One signed-in browser. `half` means the password was right and the second factor is still to come."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the cookie's token, hex")
    account_id: Mapped[int] = mapped_column(Identifier, index=True, comment="account.id")
    is_half: Mapped[bool] = mapped_column(comment="second factor still to come")
    began_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    seen_at: Mapped[datetime] = mapped_column(Instant(), comment="last request, at most five minutes old")
    proved_at: Mapped[datetime] = mapped_column(Instant(), comment="when the person last proved who they are")
    address: Mapped[str] = mapped_column(String(64), default="", comment="remote address at sign-in")
    agent: Mapped[str] = mapped_column(String(200), default="", comment="browser's own words at sign-in")


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the loader gives back: the actor, the session's own times, and what the frame says of the person.

    `place` is the enterprise, county or office beside the name; `catalogue_version` lets pages use the snapshot they
    have without asking for it; `unread` counts the messages not read yet.
    """

    actor: Actor
    session_id: int
    is_half: bool
    began_at: datetime
    seen_at: datetime
    language: str | None
    place: Bilingual | None = None
    catalogue_version: str | None = None
    unread: int = 0


class SignedIn(UserMixin):
    """Flask-Login's idea of a user: nothing but the token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


# One SELECT that finds the live session by its token hash; it lives in a higher room and is injected by app.py.
Loader = Callable[[Connection, str], SessionFacts | None]


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    db: Session, account_id: int, *, proved_at: datetime, second_factor_done: bool, address: str = "", agent: str = ""
) -> str:
    """Adds a session row in the caller's transaction and returns the token for `remember`."""
    token = secrets.token_urlsafe(32)
    instant = now()
    db.add(
        WebSession(
            token_hash=token_hash(token),
            account_id=account_id,
            is_half=not second_factor_done,
            began_at=instant,
            seen_at=instant,
            proved_at=proved_at,
            address=address[:64],
            agent=agent[:200],
        )
    )
    db.flush()
    return token


def end(db: Session, token: str) -> None:
    db.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))


def end_all(db: Session, account_id: int, except_token: str | None = None) -> None:
    statement = delete(WebSession).where(WebSession.account_id == account_id)
    if except_token is not None:
        statement = statement.where(WebSession.token_hash != token_hash(except_token))
    db.execute(statement)


def is_there(db: Session, token: str, account_id: int) -> bool:
    """Whether that session of the account still stands."""
    mine = (WebSession.token_hash == token_hash(token)) & (WebSession.account_id == account_id)
    return db.scalar(select(WebSession.id).where(mine)) is not None


def prove(db: Session, token: str) -> None:
    """The person has proved again who they are."""
    db.execute(update(WebSession).where(WebSession.token_hash == token_hash(token)).values(proved_at=now()))


def sessions_of(db: Session, account_id: int) -> list[WebSession]:
    return list(
        db.scalars(select(WebSession).where(WebSession.account_id == account_id).order_by(WebSession.seen_at.desc()))
    )


# --- the request's side ------------------------------------------------------------------------------------------


def remember(token: str) -> None:
    """Puts the token into a fresh cookie session: nothing of the visit before sign-in survives."""
    session.clear()
    login_user(SignedIn(token))
    session.permanent = True


def forget() -> None:
    logout_user()
    session.clear()


def token() -> str | None:
    """The token of this request's cookie, whether or not it still lives."""
    value = session.get("_user_id")
    return value if isinstance(value, str) else None


def facts() -> SessionFacts | None:
    """This request's live session, half or whole; None when nobody is signed in."""
    found: SessionFacts | None = g.get("session_facts")
    return found


def known_version() -> str | None:
    """The catalogue's version as the session's look-up found it; None when nobody is signed in."""
    found = facts()
    return found.catalogue_version if found else None


def init_sessions(app: Flask, loader: Loader) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # bound to the token; addresses of county networks change in mid-visit
    app.extensions["portal_session_loader"] = loader

    @manager.user_loader
    def _load(found: str) -> SignedIn | None:
        return SignedIn(found) if facts() is not None else None

    app.before_request(_find_actor)
    app.after_request(_touch)
    # Flask-Login would add `current_user` to every template at the price of a look-up.
    app.template_context_processors[None] = [
        p for p in app.template_context_processors[None] if p.__module__ != "flask_login.utils"
    ]


def is_alive(began_at: datetime, seen_at: datetime, at: datetime, idle: timedelta, longest: timedelta) -> bool:
    return at - seen_at < idle and at - began_at < longest


def _find_actor() -> None:
    address = request.remote_addr or ""  # every act in the trail says where it came from
    mine = token()
    found = None if mine is None or request.endpoint == "static" else _live(mine)
    g.session_facts = found
    g.actor = replace(ANONYMOUS if found is None or found.is_half else found.actor, address=address)


def _live(mine: str) -> SessionFacts | None:
    loader: Loader = current_app.extensions["portal_session_loader"]
    with looking(_LOOK_UP) as connection:
        found = loader(connection, token_hash(mine))
    settings: Any = current_app.config["PORTAL"]
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    if found is None or not is_alive(found.began_at, found.seen_at, now(), idle, longest):
        return None
    return None if found.is_half and now() - found.began_at > HALF_FOR else found


def _touch(response: Any) -> Any:
    found = facts()
    if found is not None and now() - found.seen_at > TOUCH_EVERY:
        with transaction(_SCOPE) as db:
            db.execute(update(WebSession).where(WebSession.id == found.session_id).values(seen_at=now()))
    return response
