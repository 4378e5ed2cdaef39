"""One-time links: made, written to their owner, used once. In the caller's transaction."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual, Language
from ..kernel.clock import now
from ..kernel.errors import Missing
from ..notices.post import mail, post
from ..web.sessions import end_all
from .limits import ACCOUNT, Count
from .models import Account, OneTimeLink
from .queries import link_hash, live_link
from .rules import PURPOSES
from .throttle import forgive

DEAD = Bilingual("这个链接已经用过，或者已经过期。", "This link was used already, or its time is over.")
SEND_RESET = "accounts.send_reset"
NOT_YOU = Bilingual(
    "如果不是你本人操作，请立即联系市经信局。", "If this was not you, get in touch with the city bureau at once."
)
_CHANGED_PASSWORD = Bilingual("密码已更改", "Your password was changed")
_PATHS = {"invitation": "/invitation/", "reset": "/password-reset/"}
_LETTERS = {
    "invitation": (
        Bilingual("邀请你使用丽水市产业链服务平台", "You are invited to the Lishui Industry Chain Portal"),
        Bilingual(
            "{name}，你好。\n\n已为你开通账号，用户名是{username}。请在7天内打开下面的链接，设置你自己的密码。"
            "链接只能使用一次。",
            "Dear {name},\n\nAn account was opened for you. Your username is {username}. Open the link below within "
            "7 days and set a password of your own. The link works once.",
        ),
    ),
    "reset": (
        Bilingual("重新设置密码", "Set a new password"),
        Bilingual(
            "{name}，你好。\n\n有人为账号{username}申请重新设置密码。如果是你本人，请在1小时内打开下面的链接，"
            "链接只能使用一次。如果不是你，不用理会这封邮件，密码不会改变。",
            "Dear {name},\n\nSomebody asked for a new password for the account {username}. If it was you, open the "
            "link below within an hour; it works once. If not, do nothing: your password stays as it is.",
        ),
    ),
}


def send_link(session: Session, account: Account, purpose: str, by_id: int | None = None) -> None:
    """Makes a fresh link, ends older ones of the purpose, and mails it. Raises ValueError without an email address."""
    if account.email is None:
        raise ValueError("a link needs an address to go to")
    token = open_link(session, account, purpose, by_id)
    title, body = _LETTERS[purpose]
    words = body.fill(name=account.display_name, username=account.username)
    mail(
        session,
        to=account.email,
        language=language_of(account),
        title=title,
        body=words,
        link=f"{_PATHS[purpose]}{token}",
        is_secret=True,
    )


def open_link(session: Session, account: Account, purpose: str, by_id: int | None = None) -> str:
    """The token of a fresh link; the database keeps only its hash."""
    token = secrets.token_urlsafe(32)
    keep_link(session, account, purpose, link_hash(token), by_id)
    return token


def keep_link(session: Session, account: Account, purpose: str, hashed: str, by_id: int | None) -> OneTimeLink:
    """Adds the row of a fresh link or code, of which only the hash is known here, and ends older ones."""
    end_links(session, account.id, purpose)
    row = OneTimeLink(
        account_id=account.id,
        purpose=purpose,
        token_hash=hashed,
        expires_at=now() + PURPOSES[purpose],
        created_by_id=by_id,
    )
    session.add(row)
    session.flush()
    return row


def use_link(session: Session, token: str, purpose: str) -> Account:
    """The account of a live link, which is dead from now on. Raises Missing."""
    instant = now()
    link = live_link(session, token, purpose, instant)
    if link is None:
        raise Missing("dead-link", DEAD)
    unused = (OneTimeLink.id == link.id) & OneTimeLink.used_at.is_(None)
    taken = session.scalars(update(OneTimeLink).where(unused).values(used_at=instant).returning(OneTimeLink.id)).all()
    if not taken:
        raise Missing("dead-link", DEAD)
    account = session.scalars(select(Account).where(Account.id == link.account_id).with_for_update()).one()
    if account.state == "disabled":
        raise Missing("dead-link", DEAD)
    return account


def end_links(session: Session, account_id: int, purpose: str | None = None) -> None:
    """Deletes the unused links of that account."""
    statement = delete(OneTimeLink).where(OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None))
    if purpose is not None:
        statement = statement.where(OneTimeLink.purpose == purpose)
    session.execute(statement)


def set_password(session: Session, account: Account, hashed: str, except_token: str | None = None) -> None:
    """Sets it, ends the sessions but one, ends open links, forgives failures, and tells the owner."""
    account.password_hash, account.password_changed_at, account.state = hashed, now(), "active"
    end_all(session, account.id, except_token)
    end_links(session, account.id)
    forgive(session, Count.of(ACCOUNT, account.username))
    tell(session, account, "account-credential", _CHANGED_PASSWORD, NOT_YOU)


def language_of(account: Account) -> Language:
    return "en" if account.language == "en" else "zh"


def tell(session: Session, account: Account, kind: str, title: Bilingual, body: Bilingual) -> None:
    """Tells the owner of an account that something of it changed, in the portal and by mail."""
    post(
        session,
        account_id=account.id,
        kind=kind,
        title=title,
        body=body,
        link="/account",
        mail_to=account.email,
        language=language_of(account),
    )
