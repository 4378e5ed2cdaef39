"""Table of papers. What a paper states is kept as a snapshot with its hash; its bytes are made from it, not kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument, Scoped, Stamped, among, words_of
from .rules import PaperKind, PaperState

_STANDS = text("state = 'valid'")


class Paper(Scoped, Stamped, Base):
    """One paper. Of one kind about one subject of an enterprise at most one is valid."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint(among("kind", PaperKind), name="kind"),
        CheckConstraint(among("state", PaperState), name="state"),
        CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state <> 'revoked' OR reason <> ''", name="reason"),
        Index(
            "uq_paper_standing",
            *("enterprise_id", "kind", "subject"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_paper_register", "county", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[PaperKind] = mapped_column(words_of(PaperKind), comment="filing_receipt, registration_record, …")
    serial: Mapped[str] = mapped_column(String(32), unique=True, comment="printed number with its check letter")
    token: Mapped[str] = mapped_column(String(32), unique=True, comment="random code that the QR and the reader give")
    subject: Mapped[str] = mapped_column(String(60), comment="what it is about: filing:2026Q3")
    case_id: Mapped[int | None] = mapped_column(Identifier, comment="case that gave rise to it, if any")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="what it states, in both languages")
    sha256: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical snapshot, hex")
    state: Mapped[PaperState] = mapped_column(words_of(PaperState), default=PaperState.VALID, comment="valid, …")
    valid_from: Mapped[datetime] = mapped_column(Instant(), comment="in force from this instant, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(Instant(), comment="superseded or revoked, instant, UTC")
    ended_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; null: the system")
    reason: Mapped[str] = mapped_column(Text, default="", comment="why it was revoked")
    replaces_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey("paper.id"), unique=True, comment="paper.id of the one it took the place of"
    )
