"""The deeds of opening an account and giving or ending a post, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual, Language
from ..kernel.clock import now, today
from ..kernel.errors import Invalid
from ..kernel.roles import Role
from .models import Account, Post
from .rules import (
    BAD_USERNAME,
    PRIVACY_VERSION,
    email_problem,
    is_username,
    name_problem,
    phone_number,
    phone_problem,
    post_key,
    post_problems,
    tidy,
    username_key,
)

TAKEN = Bilingual("这个用户名已被使用，请换一个。", "This username is taken: choose another.")
WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")


class Taken(Invalid):
    """The username belongs to somebody. The caller counts such answers, for each of them gives a name away."""

    def __init__(self) -> None:
        super().__init__("username-taken", WRONG, {"username": TAKEN})


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says of themselves, as typed."""

    display_name: str
    email: str
    phone: str
    language: Language


@dataclass(frozen=True, slots=True)
class PostGiven:
    """A post to be given with the account."""

    role: Role
    county: str | None = None
    chain: str | None = None


def open_account(
    session: Session,
    *,
    username: str,
    display_name: str,
    password_hash: str | None = None,
    email: str = "",
    phone: str = "",
    language: Language = "zh",
    is_office: bool = False,
    posts: Iterable[PostGiven] = (),
    created_by_id: int | None = None,
    accepts_privacy: bool = False,
) -> Account:
    """Adds an account; without a password it is invited and waits for its one-time link.

    Raises Invalid with the field for what is not acceptable, Taken for a username in use.
    """
    key = _free_username(session, username, display_name, email, phone)
    instant = now()
    account = Account(
        username=key,
        display_name=tidy(display_name),
        email=tidy(email).lower() or None,
        phone=phone_number(phone) or None,
        password_hash=password_hash,
        password_changed_at=instant if password_hash else None,
        language=language,
        is_office=is_office,
        state="active" if password_hash else "invited",
        created_by_id=created_by_id,
        privacy_version=PRIVACY_VERSION if accepts_privacy else None,
        privacy_accepted_at=instant if accepts_privacy else None,
    )
    _insert(session, account)
    for post in posts:
        give_post(session, account, post, created_by_id)
    return account


def _free_username(session: Session, username: str, display_name: str, email: str, phone: str) -> str:
    """The username as it is kept. Raises Invalid for anything not acceptable, Taken when it belongs to somebody."""
    problems = identity_problems(username, display_name, email, phone)
    if problems:
        raise Invalid("account", WRONG, problems)
    key = username_key(username)
    if session.scalar(select(Account.id).where(Account.username == key)) is not None:
        raise Taken
    return key


def _insert(session: Session, account: Account) -> None:
    """Two people may want one username at the same moment: the database decides who gets it."""
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        raise Taken from error


def identity_problems(username: str, display_name: str, email: str, phone: str) -> dict[str, Bilingual]:
    """What is wrong with these, by field."""
    found = {
        "username": None if is_username(username_key(username)) else BAD_USERNAME,
        "display_name": name_problem(tidy(display_name)),
        "email": email_problem(tidy(email)),
        "phone": phone_problem(phone_number(phone)),
    }
    return {name: problem for name, problem in found.items() if problem is not None}


def give_post(
    session: Session, account: Account, post: PostGiven, by_id: int | None, since: date | None = None
) -> Post:
    """Adds a post from `since` (today) on.

    Raises Invalid for a missing place, ValueError for an account of an enterprise.
    """
    if not account.is_office:
        raise ValueError("an account of an enterprise holds no post")
    role, county, chain = post_key(post.role, post.county, post.chain)
    problems = post_problems(post.role, county, chain, [county] if county else [], [chain] if chain else [])
    if problems:
        raise Invalid("post", WRONG, problems)
    row = Post(
        account_id=account.id,
        role=role.value,
        county=county,
        chain=chain,
        since_on=since or today(),
        created_by_id=by_id,
    )
    session.add(row)
    session.flush()
    return row
