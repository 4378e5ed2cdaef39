"""Posting a notice, a mail or both, in the caller's transaction: told if, and only if, the work is committed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..database.seal import seal
from ..jobs.queue import enqueue
from ..kernel.bilingual import Bilingual, Language
from ..kernel.clock import now
from .models import Mail, Notice
from .rules import is_address, mail_subject, one_line

SEND_MAIL = "notices.send_mail"


def post(
    session: Session,
    *,
    account_id: int,
    kind: str,
    title: Bilingual,
    body: Bilingual,
    link: str = "",
    mail_to: str | None = None,
    language: Language = "zh",
    delay: timedelta = timedelta(0),
    reference: str = "",
) -> None:
    """Puts a notice into a person's inbox, and a mail beside it when `mail_to` is given.

    `link` is a path of the portal. With a `delay` both wait until it has passed, and `take_back` with the same
    `reference` undoes them until then.
    """
    instant = now()
    session.add(
        Notice(
            account_id=account_id,
            kind=kind,
            title_zh=one_line(title.zh),
            title_en=one_line(title.en),
            body_zh=body.zh,
            body_en=body.en,
            link=link,
            reference=reference,
            created_at=instant,
            due_at=instant + delay,
        )
    )
    if mail_to:
        mail(
            session, to=mail_to, language=language, title=title, body=body, link=link, delay=delay, reference=reference
        )
    session.flush()


def mail(
    session: Session,
    *,
    to: str,
    language: Language,
    title: Bilingual,
    body: Bilingual,
    link: str = "",
    delay: timedelta = timedelta(0),
    reference: str = "",
    is_secret: bool = False,
) -> None:
    """Only a mail: for links that may not lie in an inbox. Raises ValueError for what is not one address.

    A link that `is_secret` lies sealed until the mail is sent: a mail may wait long for its server.
    """
    if not is_address(to):
        raise ValueError("a mail goes to exactly one address")
    instant = now()
    row = Mail(
        address=to,
        language=language,
        subject=mail_subject(title.text(language), language),
        body=body.text(language),
        link=seal(link) if is_secret else link,
        message_key=secrets.token_hex(16),
        reference=reference,
        created_at=instant,
        due_at=instant + delay,
    )
    session.add(row)
    session.flush()
    enqueue(session, SEND_MAIL, due_at=row.due_at if delay else None, mail_id=row.id)


def take_back(session: Session, reference: str, at: datetime | None = None) -> None:
    """Removes what was posted under `reference` and is not due yet: the decision it told of was undone."""
    instant = at or now()
    session.execute(delete(Notice).where(Notice.reference == reference, Notice.due_at > instant))
    session.execute(delete(Mail).where(Mail.reference == reference, Mail.due_at > instant, Mail.sent_at.is_(None)))
