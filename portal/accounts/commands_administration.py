"""What an administrator does with accounts: invite, disable, enable, give and end posts. One transaction each.

Nobody administers their own account here, and the last administrator stays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Denied, Illegal, Invalid, Missing
from ..kernel.roles import Actor, Role
from ..web.sessions import end_all
from . import queries
from .enter import locked, stream_of
from .limits import ACCOUNT, CODE, CODE_DAY, Count
from .link import NOT_YOU, end_links, send_link, tell
from .models import Account, Post
from .open_account import WRONG, Details, PostGiven, give_post, identity_problems, open_account
from .recovery import Handed, check_identity, issue_code
from .rules import NO_EMAIL, office_role, post_key, post_problems, tidy
from .throttle import forgive

_OWN = Bilingual(
    "不能管理自己的账号，请由另一位管理员办理。", "Nobody administers their own account: ask another administrator."
)
_LAST = Bilingual("这是最后一位系统管理员，不能停用或免去岗位。", "This is the last administrator: they stay.")
_ENTERPRISE = Bilingual("企业账号没有岗位。", "An account of an enterprise holds no post.")
_COUNTYS = Bilingual(
    "企业账号的恢复码由企业所在县（市、区）的审核员发放。",
    "A recovery code for an account of an enterprise is issued by an officer of its county.",
)
_RESET_FACTOR = Bilingual("第二步验证已重置", "Your second step was reset")
_NO_ADDRESS = Bilingual("这个账号没有电子邮箱，发不出链接。", "This account has no email address to send a link to.")
_DISABLED = Bilingual("账号已停用，先启用再发链接。", "The account is disabled: enable it before sending a link.")


@dataclass(frozen=True, slots=True)
class WantedPost:
    """A post as chosen on a form, and what there is to choose from."""

    role: str
    county: str
    chain: str
    counties: Collection[str]
    chains: Collection[str]

    def checked(self, held: Collection[tuple[Role, str | None, str | None]] = ()) -> PostGiven:
        """Raises Invalid by field."""
        role = office_role(self.role)
        problems = post_problems(role, self.county, self.chain, self.counties, self.chains, held)
        if role is None or problems:
            raise Invalid("post", WRONG, problems)
        return PostGiven(*post_key(role, self.county, self.chain))


def invite(actor: Actor, username: str, details: Details, wanted: WantedPost) -> int:
    """Opens an office account with one post and mails the invitation; returns the account's id. Raises Invalid."""
    problems = identity_problems(username, details.display_name, details.email, details.phone)
    if not tidy(details.email):
        problems["email"] = NO_EMAIL
    try:
        post = wanted.checked()
    except Invalid as refusal:
        problems |= refusal.fields
    if problems:
        raise Invalid("invitation", WRONG, problems)
    with transaction(actor) as session:
        account = open_account(
            session,
            username=username,
            display_name=details.display_name,
            email=details.email,
            phone=details.phone,
            language=details.language,
            is_office=True,
            posts=[post],
            created_by_id=actor.account_id,
        )
        send_link(session, account, "invitation", actor.account_id)
        detail = {"username": account.username, "role": post.role, "county": post.county, "chain": post.chain}
        record(session, actor, stream=stream_of(account.id), verb="account.invited", detail=detail)
    return account.id


def send_new_link(actor: Actor, account_id: int) -> None:
    """Mails a fresh invitation, or, to who has a password already, a link to set a new one."""
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        if account.email is None:
            raise Illegal("no-address", _NO_ADDRESS)
        if account.state == "disabled":
            raise Illegal("disabled", _DISABLED)
        purpose = "invitation" if account.state == "invited" else "reset"
        send_link(session, account, purpose, actor.account_id)
        record(session, actor, stream=stream_of(account_id), verb="link.sent", detail={"purpose": purpose})


def disable(actor: Actor, account_id: int) -> None:
    """Shuts the account out at its next request: sessions and links end at once."""
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        _keep_an_administrator(session, account_id)
        account.state = "disabled"
        end_all(session, account_id)
        end_links(session, account_id)
        record(session, actor, stream=stream_of(account_id), verb="account.disabled")


def enable(actor: Actor, account_id: int) -> None:
    """Lets it in again; who never set a password is invited as before."""
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        account.state = "active" if account.password_hash else "invited"
        forgive(session, Count.of(ACCOUNT, account.username))
        record(session, actor, stream=stream_of(account_id), verb="account.enabled")


def end_sessions_of(actor: Actor, account_id: int) -> None:
    with transaction(actor) as session:
        _other(session, actor, account_id)
        end_all(session, account_id)
        record(session, actor, stream=stream_of(account_id), verb="sessions.ended")


def issue_recovery(actor: Actor, account_id: int, identity: str) -> Handed:
    """A code that sets a new password once, for somebody of an office. Raises Invalid, Illegal, TooMany.

    Accounts of enterprises belong to their county's officers; only the operator, who is no account, may do both.
    """
    checked = check_identity(identity)
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        if not account.is_office and actor.account_id is not None:
            raise Illegal("enterprise-account", _COUNTYS)
        return issue_code(session, actor, account, checked)


def reset_factor(actor: Actor, account_id: int, identity: str) -> None:
    """Forgets the second factor of somebody who lost it, tells them, and ends their sessions.

    A new one is set at the next sign-in. Raises Invalid (field `identity`).
    """
    checked = check_identity(identity)
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        account.totp_secret = account.totp_pending = account.totp_last_step = None
        end_all(session, account_id)
        forgive(session, Count.of(CODE, account_id))
        forgive(session, Count.of(CODE_DAY, account_id))
        tell(session, account, "account-factor", _RESET_FACTOR, NOT_YOU)
        detail = {"identity": checked}
        record(session, actor, stream=stream_of(account_id), verb="second-factor.reset", detail=detail)


def appoint(actor: Actor, account_id: int, wanted: WantedPost) -> None:
    """Gives another post from today on. Raises Invalid by field."""
    with transaction(actor) as session:
        account = _other(session, actor, account_id)
        if not account.is_office:
            raise Illegal("enterprise-account", _ENTERPRISE)
        post = wanted.checked(queries.held(session, account_id, today()))
        row = give_post(session, account, post, actor.account_id)
        detail = {"role": row.role, "county": row.county, "chain": row.chain}
        record(session, actor, stream=stream_of(account_id), verb="post.given", subject=f"post:{row.id}", detail=detail)


def dismiss(actor: Actor, account_id: int, post_id: int) -> None:
    """Ends a post today. Raises Missing for a post that is not this person's, or has ended."""
    with transaction(actor) as session:
        _other(session, actor, account_id)
        row = session.get(Post, post_id, with_for_update=True) if post_id < queries.MOST_ID else None
        if row is None or row.account_id != account_id or row.until_on is not None:
            raise Missing()
        if row.role == Role.ADMINISTRATOR.value:
            _keep_an_administrator(session, account_id)
        row.until_on = max(today(), row.since_on)
        record(session, actor, stream=stream_of(account_id), verb="post.ended", subject=f"post:{post_id}")


def _other(session: Session, actor: Actor, account_id: int) -> Account:
    """Somebody else's account, locked. Raises Missing, and Denied for the actor's own."""
    if account_id == actor.account_id:
        raise Denied("own-account", _OWN)
    return locked(session, account_id)


def _keep_an_administrator(session: Session, account_id: int) -> None:
    """Raises Illegal when nobody but this account administers."""
    roles = {role for role, _county, _chain in queries.held(session, account_id, today())}
    if Role.ADMINISTRATOR in roles and not queries.other_administrators(session, account_id, today()):
        raise Illegal("last-administrator", _LAST)
