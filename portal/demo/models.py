"""The mark that a database holds the demo: production refuses to serve it. No verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument


class DemoLoad(Base):
    """One load of the demo: what was asked for, and the digest of what came of it."""

    __tablename__ = "demo_load"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="resolved arguments of the load")
    digest: Mapped[str] = mapped_column(String(64), comment="sha256 over the rows that the arguments decide, hex")
    loaded_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
