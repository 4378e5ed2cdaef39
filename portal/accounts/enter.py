"""The deeds of coming in: the session that begins, the code that is taken, the proof that is weighed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from ..audit.rules import door_stream
from ..audit.trail import record
from ..database.seal import seal, sealed_anew, unseal
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Actor
from ..web.sessions import begin, end
from .limits import ACCOUNT, CODE, CODE_DAY, Count
from .models import Account
from .queries import MOST_ID
from .second_factor import matching_step, new_secret
from .throttle import count_failure, forgive, take_turn

WRONG_PASSWORD = Bilingual("密码不正确。", "The password is not right.")
WRONG_CODE = Bilingual(
    "验证码不正确，或者已经用过。请等下一个验证码。",
    "This code is not right, or was used already. Wait for the next one.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A session that began: its token, and whether the second factor is still to come."""

    token: str
    needs_code: bool


def as_person(actor: Actor, account: Account) -> Actor:
    """The actor once it is known whose account it is: for the audit trail."""
    return replace(actor, account_id=account.id, username=account.username, name=account.display_name)


def stream_of(account_id: int | None) -> str:
    return f"account:{account_id}"


def locked(session: Session, account_id: int | None) -> Account:
    """The account under a lock, so that two requests cannot take one code. Raises Missing."""
    if account_id is None or account_id >= MOST_ID:
        raise Missing()
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise Missing()
    return account


def enter(
    session: Session, account: Account, at: datetime, *, address: str, agent: str, old_token: str | None, proved: bool
) -> Entry:
    """Begins a session under a new token and ends the one before. `proved`: the second factor was given just now."""
    needs_code = not proved and (account.is_office or account.totp_secret is not None)
    if needs_code and account.totp_secret is None:
        account.totp_pending = seal(new_secret())  # a fresh one each time: who saw the one before knows nothing
    if old_token is not None:
        end(session, old_token)
    if not needs_code:
        account.last_signed_in_at = at
    token = begin(session, account.id, proved_at=at, second_factor_done=not needs_code, address=address, agent=agent)
    return Entry(token, needs_code)


def take_code(account: Account, typed: str, at: datetime) -> bool:
    """Whether the code is right and was never taken. Take the row with a lock: the step is written here.

    Raises LostKey when the secret cannot be opened any more.
    """
    sealed = account.totp_secret or account.totp_pending
    if sealed is None:
        return False
    step = matching_step(unseal(sealed), typed, at, account.totp_last_step if account.totp_secret else None)
    if step is None:
        return False
    account.totp_last_step = step
    if account.totp_secret is None:
        account.totp_pending = None
    account.totp_secret = sealed_anew(sealed)
    return True


def take_new_factor(account: Account, typed: str, at: datetime) -> bool:
    """Puts the pending second factor in the place of the present one once a code of it was typed."""
    if account.totp_pending is None:
        return False
    step = matching_step(unseal(account.totp_pending), typed, at, None)
    if step is None:
        return False
    account.totp_secret, account.totp_pending, account.totp_last_step = account.totp_pending, None, step
    return True


def weigh(
    session: Session, actor: Actor, account: Account, at: datetime, *, password_is_right: bool, code: str | None = None
) -> Invalid | None:
    """Takes a person's proof, counts a wrong one, and says what was wrong with it.

    A `code` is asked only of who has a second factor; None asks for the password alone. Raises TooMany.
    """
    passwords, codes = Count.of(ACCOUNT, account.username), Count.of(CODE, account.id)
    a_day = Count.of(CODE_DAY, account.id)
    take_turn(session, at, passwords, codes, a_day)
    if not password_is_right:
        note_failure(session, actor, at, "proof.failed", account, passwords)
        return wrong("current_password", WRONG_PASSWORD)
    if code is not None and account.totp_secret is not None and not take_code(account, code, at):
        note_failure(session, actor, at, "proof.code-failed", account, codes, a_day)
        return wrong("code", WRONG_CODE)
    forgive(session, passwords)
    if code is not None:
        forgive(session, codes)
    return None


def note_failure(
    session: Session, actor: Actor, at: datetime, verb: str, account: Account | None, *counts: Count
) -> None:
    """Counts a failed try and writes it to the day's door. What was typed is kept nowhere."""
    count_failure(session, at, *counts)
    subject = f"account:{account.id}" if account is not None else "account:unknown"
    record(session, actor, stream=door_stream(at), verb=verb, subject=subject, outcome="refused")


def wrong(field: str, message: Bilingual) -> Invalid:
    return Invalid("not-proved", message, {field: message})
