"""Reading accounts, posts and one-time links. Nothing here writes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Missing
from ..kernel.roles import Role
from .models import Account, OneTimeLink, Post
from .rules import COUNTY_ROLES, is_username, masked_email, masked_phone, office_role, username_key

PAGE_SIZE = 50
MOST_ID = 2**62  # an address may name any number, a column cannot hold it


def account(session: Session, account_id: int) -> Account:
    """Raises Missing."""
    found = session.get(Account, account_id) if account_id < MOST_ID else None
    if found is None:
        raise Missing()
    return found


def account_named(session: Session, typed: str | None) -> Account | None:
    """The account whose username was typed, in whatever width and case."""
    key = username_key(typed)
    if not is_username(key):
        return None
    return session.scalar(select(Account).where(Account.username == key))


def accounts_reached_by(session: Session, typed: str | None, most: int = 3) -> list[Account]:
    """Active accounts that `typed` means as a username or an email address, and that can be written to."""
    key = username_key(typed)
    if not key.isascii() or len(key) > 254 or "\x00" in key:
        return []
    statement = select(Account).where(
        or_(Account.username == key, Account.email == key), Account.state == "active", Account.email.is_not(None)
    )
    return list(session.scalars(statement.order_by(Account.id).limit(most)))


def names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    """The display names of those accounts; an unknown id is simply not in it."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    found = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(wanted)))
    return {row.id: row.display_name for row in found}


def is_current(day: date) -> ColumnElement[bool]:
    """The posts that are held on `day`."""
    return (Post.since_on <= day) & (Post.until_on.is_(None) | (Post.until_on > day))


def posts_of(session: Session, account_id: int) -> list[Post]:
    """Every post of that person, ended ones included, the newest first."""
    statement = select(Post).where(Post.account_id == account_id).order_by(Post.since_on.desc(), Post.id.desc())
    return list(session.scalars(statement))


def held(session: Session, account_id: int, day: date) -> set[tuple[Role, str | None, str | None]]:
    rows = session.execute(
        select(Post.role, Post.county, Post.chain).where(Post.account_id == account_id, is_current(day))
    )
    return {(Role(row.role), row.county, row.chain) for row in rows}


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may review in a county."""

    account_id: int
    name: str
    role: Role


def officers_of(session: Session, county: str, day: date | None = None) -> list[Officer]:
    """The active officers and leads of that county on that day (today), by name."""
    statement = (
        select(Account.id, Account.display_name, Post.role)
        .join(Post, Post.account_id == Account.id)
        .where(Post.county == county, Post.role.in_([r.value for r in COUNTY_ROLES]), is_current(day or today()))
        .where(Account.state == "active")
        .order_by(Account.display_name, Account.id)
    )
    return [Officer(row.id, row.display_name, Role(row.role)) for row in session.execute(statement)]


def holders_of(session: Session, roles: Collection[Role], day: date, *, county: str | None = None) -> Sequence[Account]:
    """The active accounts that hold one of those posts on that day, in that county where one is named."""
    held_post = select(Post.account_id).where(Post.role.in_([role.value for role in roles]), is_current(day))
    if county is not None:
        held_post = held_post.where(Post.county == county)
    statement = select(Account).where(Account.id.in_(held_post), Account.state == "active").order_by(Account.id)
    return session.scalars(statement).all()


def other_administrators(session: Session, account_id: int, day: date) -> int:
    """How many other active people hold the administrator's post."""
    statement = (
        select(func.count(func.distinct(Account.id)))
        .join(Post, Post.account_id == Account.id)
        .where(Post.role == Role.ADMINISTRATOR.value, is_current(day))
        .where(Account.state == "active", Account.id != account_id)
    )
    return session.scalar(statement) or 0


# --- one-time links ----------------------------------------------------------------------------------------------


def link_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def live_link(session: Session, token: str, purpose: str, at: datetime) -> OneTimeLink | None:
    """The unused, unexpired link of that token whose account may still use it."""
    statement = (
        select(OneTimeLink)
        .join(Account, Account.id == OneTimeLink.account_id)
        .where(OneTimeLink.token_hash == link_hash(token), OneTimeLink.purpose == purpose)
        .where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at, Account.state != "disabled")
    )
    return session.scalar(statement)


# --- the administrator's list ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the administrator's list; contacts are masked."""

    id: int
    username: str
    name: str
    email: str
    phone: str
    is_office: bool
    state: str
    roles: tuple[Bilingual, ...]
    last_signed_in_at: datetime | None


def account_rows(
    session: Session,
    day: date,
    *,
    text: str = "",
    kind: str = "",
    state: str = "",
    role: str = "",
    after: str = "",
    most: int = PAGE_SIZE,
) -> list[AccountRow]:
    """Up to `most` accounts by username after the one named `after`, with the posts they hold on `day`."""
    statement = select(Account).where(Account.username > after).order_by(Account.username).limit(most)
    for test in _tests(day, text, kind, state, role):
        statement = statement.where(test)
    accounts = list(session.scalars(statement))
    roles = _roles(session, [a.id for a in accounts], day)
    return [_row(a, roles.get(a.id, ())) for a in accounts]


def _tests(day: date, text: str, kind: str, state: str, role: str) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if text:
        tests.append(or_(Account.username.contains(text.lower(), autoescape=True), _named(text)))
    if kind in ("office", "enterprise"):
        tests.append(Account.is_office.is_(kind == "office"))
    if state:
        tests.append(Account.state == state)
    if office_role(role) is not None:
        tests.append(exists().where(Post.account_id == Account.id, Post.role == role, is_current(day)))
    return tests


def _named(text: str) -> ColumnElement[bool]:
    return Account.display_name.contains(text, autoescape=True)


def _roles(session: Session, ids: list[int], day: date) -> dict[int, tuple[Bilingual, ...]]:
    found: dict[int, tuple[Bilingual, ...]] = {}
    rows = session.execute(
        select(Post.account_id, Post.role).where(Post.account_id.in_(ids), is_current(day)).order_by(Post.id)
    )
    for row in rows:
        title = Role(row.role).title
        found[row.account_id] = tuple(dict.fromkeys((*found.get(row.account_id, ()), title)))
    return found


def _row(a: Account, roles: tuple[Bilingual, ...]) -> AccountRow:
    return AccountRow(
        a.id,
        a.username,
        a.display_name,
        masked_email(a.email),
        masked_phone(a.phone),
        a.is_office,
        a.state,
        roles,
        a.last_signed_in_at,
    )
