"""Published form editions with their rule sets: table `form_edition`. Not Scoped; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument
from ..kernel.clock import now


class FormEdition(Base):
    """One edition of the form with one version of its rules, as it was published. A filing is pinned to both codes."""

    __tablename__ = "form_edition"
    __table_args__ = (UniqueConstraint("code", "rule_set"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), comment="code of the edition, 2026.1")
    rule_set: Mapped[str] = mapped_column(String(20), comment="version of the rules, 2026.1.1")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="sections, units, indicators and rules")
    content_hash: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    published_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
