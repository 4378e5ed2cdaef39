"""What people do with their own account: details, password, second factor, sessions. One transaction each."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..database.seal import seal
from ..database.session import reading, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Actor, Scope
from ..web.sessions import WebSession, end_all
from . import queries
from .enter import WRONG_CODE, locked, note_failure, stream_of, take_new_factor, weigh, wrong
from .hashing import Hasher
from .limits import ACCOUNT, CODE, CODE_DAY, Count
from .link import NOT_YOU, set_password, tell
from .models import Account
from .open_account import WRONG, Details, identity_problems
from .passwords import SAME, NewPassword
from .rules import phone_number, tidy
from .second_factor import new_secret
from .throttle import forgive, refuse_if_shut, take_turn

_CHANGED_FACTOR = Bilingual("第二步验证方式已更改", "Your second step was changed")
_CHANGED_EMAIL = Bilingual("账号的电子邮箱已更改", "The email address of your account was changed")


def _own_row(actor: Actor) -> Account:
    """The actor's account as it stands, for what is slow and must happen before a transaction. Raises TooMany."""
    with reading(Scope.nobody()) as session:
        refuse_if_shut(session, now(), Count.of(ACCOUNT, actor.username))
        return queries.account(session, actor.account_id or 0)


def change_details(actor: Actor, details: Details, password: str, hasher: Hasher) -> None:
    """Changes name, contacts and language. Another email address needs the password: links go there."""
    problems = identity_problems(actor.username, details.display_name, details.email, details.phone)
    if problems:
        raise Invalid("details", WRONG, problems)
    new = {
        "display_name": tidy(details.display_name),
        "email": tidy(details.email).lower() or None,
        "phone": phone_number(details.phone) or None,
        "language": details.language,
    }
    own = _own_row(actor)
    is_proved = own.email == new["email"] or hasher.verify(own.password_hash, password)
    with transaction(actor) as session:
        account = locked(session, actor.account_id)
        refusal = None
        if account.email != new["email"]:
            refusal = weigh(session, actor, account, now(), password_is_right=is_proved)
        if refusal is None:
            changed = _lay_over(session, account, new)
            record(session, actor, stream=stream_of(account.id), verb="account.changed", detail={"fields": changed})
    if refusal is not None:
        raise refusal


def _lay_over(session: Session, account: Account, new: dict[str, str | None]) -> list[str]:
    """Writes what differs and names it. Of a new email address the old one is told."""
    if account.email != new["email"]:
        tell(session, account, "account-email", _CHANGED_EMAIL, NOT_YOU)
    changed = sorted(name for name, value in new.items() if getattr(account, name) != value)
    for name in changed:
        setattr(account, name, new[name])
    return changed


def change_password(actor: Actor, token: str, current: str, password: NewPassword, hasher: Hasher) -> None:
    """Sets a new password, ends every other session and every open link, and tells the owner."""
    own = _own_row(actor)
    problems = password.problems(own.username, own.display_name, own.email or "")
    if not problems and password.new_password == current:
        problems = {"new_password": SAME}
    if problems:
        raise Invalid("password", WRONG, problems)
    is_right = hasher.verify(own.password_hash, current)
    hashed = hasher.hash(password.new_password)
    with transaction(actor) as session:
        account = locked(session, actor.account_id)
        refusal = weigh(session, actor, account, now(), password_is_right=is_right)
        if refusal is None:
            set_password(session, account, hashed, except_token=token)
            record(session, actor, stream=stream_of(account.id), verb="credential.changed")
    if refusal is not None:
        raise refusal


def begin_factor(actor: Actor, password: str, code: str, hasher: Hasher) -> None:
    """Prepares another second factor; the present one stays in use until a code of the new one is typed."""
    is_right = hasher.verify(_own_row(actor).password_hash, password)
    with transaction(actor) as session:
        account = locked(session, actor.account_id)
        refusal = weigh(session, actor, account, now(), password_is_right=is_right, code=code)
        if refusal is None:
            account.totp_pending = seal(new_secret())
            record(session, actor, stream=stream_of(account.id), verb="second-factor.begun")
    if refusal is not None:
        raise refusal


def confirm_factor(actor: Actor, token: str, code: str) -> None:
    """Takes the new second factor into use, ends every other session, and tells the owner."""
    at, mine = now(), actor.account_id or 0
    counts = (Count.of(CODE, mine), Count.of(CODE_DAY, mine))
    with transaction(actor) as session:
        account = locked(session, actor.account_id)
        take_turn(session, at, *counts)
        is_right = take_new_factor(account, code, at)
        if is_right:
            forgive(session, counts[0])
            end_all(session, account.id, token)
            tell(session, account, "account-factor", _CHANGED_FACTOR, NOT_YOU)
            record(session, actor, stream=stream_of(account.id), verb="second-factor.changed")
        else:
            note_failure(session, actor, at, "proof.code-failed", account, *counts)
    if not is_right:
        raise wrong("code", WRONG_CODE)


def end_session(actor: Actor, session_id: int) -> None:
    """Ends one of the actor's own sessions. Raises Missing for anybody else's."""
    if session_id >= queries.MOST_ID:
        raise Missing()
    with transaction(actor) as session:
        mine = (WebSession.id == session_id) & (WebSession.account_id == actor.account_id)
        if not session.scalars(delete(WebSession).where(mine).returning(WebSession.id)).all():
            raise Missing()
        record(session, actor, stream=stream_of(actor.account_id), verb="session.ended")


def end_other_sessions(actor: Actor, token: str) -> None:
    with transaction(actor) as session:
        end_all(session, actor.account_id or 0, token)
        record(session, actor, stream=stream_of(actor.account_id), verb="session.others-ended")
