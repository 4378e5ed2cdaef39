"""Tables of notices and mails. An account is a plain number here: accounts live on a higher floor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant


class Notice(Base):
    """One message in one person's inbox, in both languages. It is shown from `due_at` on."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "account_id", "due_at", "id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[int] = mapped_column(Identifier, comment="account.id of the reader")
    kind: Mapped[str] = mapped_column(String(40), comment="what it is about, e.g. case-returned")
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text())
    body_en: Mapped[str] = mapped_column(Text())
    link: Mapped[str] = mapped_column(String(300), default="", comment="path in the portal it leads to, or empty")
    reference: Mapped[str] = mapped_column(String(80), default="", index=True, comment="what it may be taken back by")
    created_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    due_at: Mapped[datetime] = mapped_column(Instant(), comment="shown from then on, UTC")
    read_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC; empty while unread")


class Mail(Base):
    """One mail on its way. Once it is sent, its text is wiped: it may hold a one-time link."""

    __tablename__ = "mail"
    __table_args__ = (CheckConstraint("language in ('zh', 'en')", name="language"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    address: Mapped[str] = mapped_column(String(254), comment="receiver")
    language: Mapped[str] = mapped_column(String(2), comment="zh or en")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text(), comment="plain text; empty once sent")
    link: Mapped[str] = mapped_column(String(300), default="", comment="path, sealed if secret; empty once sent")
    message_key: Mapped[str] = mapped_column(String(32), unique=True, comment="left part of the Message-ID")
    reference: Mapped[str] = mapped_column(String(80), default="", index=True, comment="what it may be taken back by")
    created_at: Mapped[datetime] = mapped_column(Instant(), index=True, comment="instant, UTC")
    due_at: Mapped[datetime] = mapped_column(Instant(), comment="sent from then on, UTC")
    sent_at: Mapped[datetime | None] = mapped_column(Instant(), comment="handed to the mail server, UTC")
