"""Handing one mail to the operator's mail server. Knows no table."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 15


class NoMailServer(RuntimeError):
    """PORTAL_MAIL_URL is missing or cannot be read. The job stays and is shown to the administrator."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it leaves: all texts final, the receiver one address."""

    sender: str
    receiver: str
    subject: str
    text: str
    language: str
    message_id: str
    written_at: datetime


def send(mail_url: str | None, letter: Letter) -> None:
    """Sends it. `smtps://` speaks TLS from the start, `smtp://…?starttls=1` changes to it.

    Raises NoMailServer, smtplib.SMTPException and OSError.
    """
    parts = urlsplit(mail_url or "")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise NoMailServer("PORTAL_MAIL_URL must be smtp://host:port or smtps://host:port")
    with _server(parts.scheme == "smtps", parts.hostname, parts.port) as server:
        if parts.scheme == "smtp" and parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message(letter), letter.sender, [letter.receiver])


def _server(is_tls: bool, host: str, port: int | None) -> smtplib.SMTP:
    if is_tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)


def message(letter: Letter) -> EmailMessage:
    """The mail in wire form. The same mail sent twice carries the same Message-ID.

    Raises ValueError when a header would hold a line break.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = letter.sender
    mail["To"] = letter.receiver
    mail["Subject"] = letter.subject
    mail["Date"] = letter.written_at
    mail["Message-ID"] = letter.message_id
    mail["Content-Language"] = "zh-CN" if letter.language == "zh" else "en"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, charset="utf-8")
    return mail
