"""The deed of giving somebody a way back into an account: a code that an office hands over in person, used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Denied, Illegal, Invalid
from ..kernel.roles import Actor
from .enter import stream_of
from .handed_code import code_hash, new_code
from .limits import RECOVERY_ISSUED, Count
from .link import keep_link, tell
from .models import Account, OneTimeLink
from .open_account import WRONG
from .rules import identity_problem, tidy
from .throttle import count_failure, take_turn

PURPOSE = "recovery"
TELL_COLLEAGUES = "enterprises.tell_recovered"  # who else acts for an enterprise is known only to a higher room
_OWN = Bilingual(
    "不能为自己的账号发放恢复码，请由另一位同事办理。",
    "Nobody issues a recovery code for their own account: ask a colleague.",
)
_DISABLED = Bilingual("账号已停用，先启用再办理。", "The account is disabled: enable it first.")
_ISSUED = Bilingual("已为你的账号发放恢复码", "A recovery code was issued for your account")
_ISSUED_BODY = Bilingual(
    "{office}在核实身份后，为账号{username}发放了一次性恢复码，24小时内有效，凭码可以设置新密码。"
    "如果不是你本人申请，请立即联系市经信局。",
    "{office} checked who you are and issued a one-time recovery code for the account {username}. It is good for 24 "
    "hours and sets a new password. If you did not ask for it, get in touch with the city bureau at once.",
)


@dataclass(frozen=True, slots=True)
class Handed:
    """What is shown once: the code in clear, whose it is, and until when it works."""

    code: str
    username: str
    name: str
    expires_at: datetime


def check_identity(typed: str) -> str:
    """How the person was identified, as the officer typed it. Raises Invalid (field `identity`)."""
    text = tidy(typed)
    problem = identity_problem(text)
    if problem is not None:
        raise Invalid("identity", WRONG, {"identity": problem})
    return text


def issue_code(session: Session, actor: Actor, account: Account, identity: str, *, about: str = "") -> Handed:
    """Makes a fresh code, ends the one before, tells the owner and writes it down. Take the account with a lock.

    Raises Denied for the actor's own account, Illegal for a disabled one, TooMany for one office issuing too many.
    """
    if account.id == actor.account_id:
        raise Denied("own-account", _OWN)
    if account.state == "disabled":
        raise Illegal("disabled", _DISABLED)
    count = Count.of(RECOVERY_ISSUED, actor.account_id or 0)
    take_turn(session, now(), count)
    count_failure(session, now(), count)
    plain = new_code()
    row = keep_link(session, account, PURPOSE, code_hash(plain), actor.account_id)
    tell(session, account, "account-recovery", _ISSUED, _ISSUED_BODY.fill(office=actor.name, username=account.username))
    detail = {"identity": identity, "expires": row.expires_at}
    record(session, actor, stream=stream_of(account.id), verb="recovery.issued", subject=about, detail=detail)
    return Handed(plain, account.username, account.display_name, row.expires_at)


def live_code(session: Session, account: Account | None, typed: str, at: datetime) -> OneTimeLink | None:
    """The account's unused code that was typed, if its time is not over. Without an account: the same work, None."""
    statement = select(OneTimeLink).where(
        OneTimeLink.token_hash == code_hash(typed),
        OneTimeLink.account_id == (account.id if account is not None else 0),
        OneTimeLink.purpose == PURPOSE,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > at,
    )
    found = session.scalar(statement)
    return found if account is not None and account.state != "disabled" else None


def take_recovery(session: Session, account: Account, typed: str, at: datetime) -> bool:
    """Uses the code up; False when somebody did so meanwhile."""
    found = live_code(session, account, typed, at)
    if found is None:
        return False
    unused = (OneTimeLink.id == found.id) & OneTimeLink.used_at.is_(None)
    taken = update(OneTimeLink).where(unused).values(used_at=at).returning(OneTimeLink.id)
    return bool(session.scalars(taken).all())
