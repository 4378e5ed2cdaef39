"""Reading the inbox and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from ..database.seal import unseal
from ..kernel.bilingual import Bilingual
from .models import Mail, Notice

PAGE_SIZE = 30
MOST_ID = 2**62  # an address may name any number, a column cannot hold it


def inbox(
    session: Session, account_id: int, at: datetime, before: tuple[datetime, int] | None = None, most: int = PAGE_SIZE
) -> Sequence[Notice]:
    """What that person has been told until `at`, the newest first, before the notice that ends at `before`."""
    statement = select(Notice).where(Notice.account_id == account_id, Notice.due_at <= at)
    if before is not None:
        statement = statement.where(tuple_(Notice.due_at, Notice.id) < before)
    return session.scalars(statement.order_by(Notice.due_at.desc(), Notice.id.desc()).limit(most)).all()


def newest_by_reference(session: Session, prefix: str) -> dict[str, datetime]:
    """When something was last posted under each reference that begins with `prefix`."""
    newest = (
        select(Notice.reference, func.max(Notice.created_at))
        .where(Notice.reference >= prefix, Notice.reference < f"{prefix}\U0010ffff")
        .group_by(Notice.reference)
    )
    return dict(session.execute(newest).all())


def unread(session: Session, account_id: int, at: datetime) -> int:
    """How many of them are unread: the number that stands in the navigation."""
    waiting = Notice.account_id == account_id, Notice.due_at <= at, Notice.read_at.is_(None)
    return session.scalar(select(func.count(Notice.id)).where(*waiting)) or 0


def title(notice: Notice) -> Bilingual:
    return Bilingual(notice.title_zh, notice.title_en)


def body(notice: Notice) -> Bilingual:
    return Bilingual(notice.body_zh, notice.body_en)


def mail(session: Session, mail_id: int) -> Mail | None:
    return session.get(Mail, mail_id)


def link_of(mail: Mail) -> str:
    """The path the mail leads to, or nothing. Raises LostKey for a sealed one that no key opens any more."""
    return mail.link if not mail.link or mail.link.startswith("/") else unseal(mail.link)


def newest_mails(session: Session, at: datetime, most: int = PAGE_SIZE) -> Sequence[Mail]:
    """The mails due by `at`, the newest first: what the demo shows in place of a mailbox."""
    statement = select(Mail).where(Mail.due_at <= at).order_by(Mail.due_at.desc(), Mail.id.desc()).limit(most)
    return session.scalars(statement).all()
