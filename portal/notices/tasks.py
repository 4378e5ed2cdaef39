"""Sending mails after the commit. The talk with the mail server happens outside any transaction."""

from __future__ import annotations

from sqlalchemy import update

from ..config import Settings
from ..database.session import reading
from ..jobs.registry import JobContext, handler
from ..kernel.bilingual import Language
from ..kernel.clock import now
from ..kernel.roles import Scope
from .models import Mail
from .post import SEND_MAIL
from .queries import link_of, mail
from .rules import mail_text
from .smtp import Letter, send


@handler(SEND_MAIL)
def send_mail(job: JobContext, mail_id: int) -> None:
    """Sends the mail and wipes its text. A demo without a mail server keeps it, to be shown in the portal."""
    with reading(Scope.nobody()) as session:
        row = mail(session, mail_id)
    keeps = job.settings.is_demo and job.settings.mail_url is None
    if row is not None and row.sent_at is None and not keeps:
        send(job.settings.mail_url, _letter(row, job.settings))
    with job.transaction() as session:
        if row is not None and not keeps:
            session.execute(update(Mail).where(Mail.id == mail_id).values(sent_at=now(), body="", link=""))


def _letter(row: Mail, settings: Settings) -> Letter:
    language: Language = "en" if row.language == "en" else "zh"
    link = link_of(row)
    address = f"{settings.public_url}{link}" if link else ""
    host = settings.mail_from.partition("@")[2] or "localhost"
    return Letter(
        sender=settings.mail_from,
        receiver=row.address,
        subject=row.subject,
        text=mail_text(row.body, address, language),
        language=language,
        message_id=f"<{row.message_key}@{host}>",
        written_at=row.created_at,
    )
