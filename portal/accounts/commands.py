"""Coming in and going out: register, sign in, prove, sign out, and the one-time links. One transaction each.

Hashing is slow on purpose and happens before the transaction opens. What people do with their own account stands in
`commands_own`, what an administrator does in `commands_administration`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ..audit.rules import door_stream
from ..audit.trail import record
from ..database.session import reading, transaction
from ..jobs.queue import enqueue
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Actor, Scope
from ..web.sessions import end, is_there, prove
from . import queries
from .enter import WRONG_CODE, Entry, as_person, enter, locked, note_failure, stream_of, take_code, weigh, wrong
from .hashing import Hasher
from .limits import ACCOUNT, ADDRESS, CODE, CODE_DAY, REGISTERED, RESET_ADDRESS, TAKEN_NAME, Count
from .link import DEAD, SEND_RESET, set_password, use_link
from .models import Account
from .open_account import WRONG, Details, PostGiven, Taken, identity_problems, open_account
from .passwords import NewPassword
from .rules import NO_CONTACT, phone_number, tidy, username_key
from .throttle import count_failure, forgive, refuse_if_shut, take_turn

NOT_THESE = Bilingual("用户名或密码不正确。", "The username or the password is not right.")
_PRIVACY = Bilingual("注册前需要阅读并同意隐私说明。", "To register, read the privacy notice and agree to it.")
_NOBODY = Scope.nobody()


def register(
    actor: Actor,
    username: str,
    details: Details,
    password: NewPassword,
    accepts: bool,
    hasher: Hasher,
    agent: str,
    old_token: str | None = None,
) -> str:
    """Opens an account for somebody of an enterprise and signs them in; returns the session's token.

    Raises Invalid by field, TooMany when one address tried too many taken usernames or opened too many accounts.
    """
    _refuse_registration(username, details, password, accepts)
    at, count, opened = now(), Count.of(TAKEN_NAME, actor.address), Count.of(REGISTERED, actor.address)
    with reading(_NOBODY) as session:
        refuse_if_shut(session, at, count, opened)  # before the slow work: it is what a flood wants of us
    hashed = hasher.hash(password.new_password)
    taken: Taken | None = None
    with transaction(actor) as session:
        take_turn(session, at, count, opened)
        try:
            account = _open(session, username, details, hashed)
        except Taken as refusal:
            taken = refusal
            count_failure(session, at, count)
        else:
            count_failure(session, at, opened)
            entry = enter(session, account, at, address=actor.address, agent=agent, old_token=old_token, proved=False)
            record(session, as_person(actor, account), stream=stream_of(account.id), verb="account.registered")
    if taken is not None:
        raise taken
    return entry.token


def _refuse_registration(username: str, details: Details, password: NewPassword, accepts: bool) -> None:
    problems = identity_problems(username, details.display_name, details.email, details.phone)
    if not tidy(details.email) and not phone_number(details.phone):
        problems["email"] = NO_CONTACT
    problems |= password.problems(username, details.display_name, details.email)
    if not accepts:
        problems["accepts"] = _PRIVACY
    if problems:
        raise Invalid("registration", WRONG, problems)


def _open(session: Session, username: str, details: Details, hashed: str) -> Account:
    return open_account(
        session,
        username=username,
        display_name=details.display_name,
        password_hash=hashed,
        email=details.email,
        phone=details.phone,
        language=details.language,
        accepts_privacy=True,
    )


def create_user(
    actor: Actor,
    username: str,
    details: Details,
    password: str,
    hasher: Hasher,
    *,
    is_office: bool = False,
    posts: Iterable[PostGiven] = (),
) -> int:
    """Opens an account with a password, for the operator at the command line; returns its id. Raises Invalid."""
    problems = NewPassword(password, password).problems(username, details.display_name, details.email)
    if problems:
        raise Invalid("password", WRONG, problems)
    hashed = hasher.hash(password)
    with transaction(actor) as session:
        account = open_account(
            session,
            username=username,
            display_name=details.display_name,
            password_hash=hashed,
            email=details.email,
            phone=details.phone,
            language=details.language,
            is_office=is_office,
            posts=posts,
            created_by_id=actor.account_id,
        )
        record(session, actor, stream=stream_of(account.id), verb="account.created")
    return account.id


def sign_in(actor: Actor, username: str, password: str, hasher: Hasher, *, agent: str, old_token: str | None) -> Entry:
    """Begins a session, half of one where a second factor is needed.

    Raises Invalid in the same words, after the same work, for a wrong name, a wrong password and a disabled account;
    TooMany when the address or the name has failed too often.
    """
    at = now()
    counts = (Count.of(ADDRESS, actor.address), Count.of(ACCOUNT, username_key(username)))
    with reading(_NOBODY) as session:
        refuse_if_shut(session, at, *counts)
        found = queries.account_named(session, username)
    stored = found.password_hash if found is not None and found.state == "active" else None
    is_right = hasher.verify(stored, password)
    fresh = hasher.hash(password) if is_right and stored and hasher.is_outdated(stored) else stored
    entry: Entry | None = None
    with transaction(actor) as session:
        account = locked(session, found.id) if found is not None else None
        take_turn(session, at, *counts)  # others may have failed while we hashed
        if is_right and account is not None and (account.state, account.password_hash) == ("active", stored):
            account.password_hash = fresh
            forgive(session, counts[1], counts[0])
            entry = enter(session, account, at, address=actor.address, agent=agent, old_token=old_token, proved=False)
            verb = "sign-in.first-step" if entry.needs_code else "sign-in"
            record(session, as_person(actor, account), stream=stream_of(account.id), verb=verb)
        else:
            note_failure(session, actor, at, "sign-in.failed", account, *counts)
    if entry is None:
        raise Invalid("sign-in", NOT_THESE)
    return entry


def give_code(actor: Actor, account_id: int, code: str, *, agent: str, half_token: str) -> str:
    """The second step: takes a code once and begins the whole session under a new token.

    Raises Invalid for a wrong or used code, TooMany after too many.
    """
    at, counts = now(), (Count.of(CODE, account_id), Count.of(CODE_DAY, account_id))
    entry: Entry | None = None
    with transaction(actor) as session:
        account = locked(session, account_id)
        take_turn(session, at, *counts)
        is_new = account.totp_secret is None
        # The first step may have been undone meanwhile: by a new password, by an administrator.
        is_half = account.state == "active" and is_there(session, half_token, account_id)
        if is_half and take_code(account, code, at):
            forgive(session, counts[0])
            entry = enter(session, account, at, address=actor.address, agent=agent, old_token=half_token, proved=True)
            verb = "sign-in.second-factor-set" if is_new else "sign-in"
            record(session, as_person(actor, account), stream=stream_of(account_id), verb=verb)
        else:
            note_failure(session, actor, at, "sign-in.code-failed", account, *counts)
    if entry is None:
        raise wrong("code", WRONG_CODE)
    return entry.token


def sign_out(actor: Actor, token: str) -> None:
    """Ends the session on the server: the cookie is worth nothing from now on."""
    with transaction(actor) as session:
        end(session, token)
        record(session, actor, stream=stream_of(actor.account_id), verb="sign-out")


def confirm_identity(actor: Actor, token: str, password: str, code: str, hasher: Hasher) -> None:
    """Proves once more who sits there: password, and second factor where the account has one."""
    with reading(_NOBODY) as session:
        stored = queries.account(session, actor.account_id or 0).password_hash
        refuse_if_shut(session, now(), Count.of(ACCOUNT, actor.username))
    is_right = hasher.verify(stored, password)
    with transaction(actor) as session:
        account = locked(session, actor.account_id)
        refusal = weigh(session, actor, account, now(), password_is_right=is_right, code=code)
        if refusal is None:
            prove(session, token)
            record(session, actor, stream=stream_of(account.id), verb="identity.confirmed")
    if refusal is not None:
        raise refusal


# --- one-time links ----------------------------------------------------------------------------------------------


def ask_reset(actor: Actor, typed: str) -> None:
    """Asks for a link to set a new password. The same work and the same words, whoever is or is not meant.

    Raises TooMany when an address asks too often.
    """
    at, count = now(), Count.of(RESET_ADDRESS, actor.address)
    with transaction(actor) as session:
        take_turn(session, at, count)
        count_failure(session, at, count)
        meant = queries.accounts_reached_by(session, typed)
        enqueue(session, SEND_RESET, account_ids=[account.id for account in meant])
        record(session, actor, stream=door_stream(at), verb="reset.asked", subject="account:unknown")


def set_password_by_link(actor: Actor, purpose: str, link: str, password: NewPassword, hasher: Hasher) -> None:
    """Sets the password of the link's account and uses the link up. Raises Missing (dead link), Invalid."""
    with reading(_NOBODY) as session:
        row = queries.live_link(session, link, purpose, now())
        if row is None:
            raise Missing("dead-link", DEAD)
        owner = queries.account(session, row.account_id)
    problems = password.problems(owner.username, owner.display_name, owner.email or "")
    if problems:
        raise Invalid("password", WRONG, problems)
    hashed = hasher.hash(password.new_password)
    with transaction(actor) as session:
        account = use_link(session, link, purpose)
        set_password(session, account, hashed)
        verb = "invitation.accepted" if purpose == "invitation" else "credential.reset"
        record(session, as_person(actor, account), stream=stream_of(account.id), verb=verb)
