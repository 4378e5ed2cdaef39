"""The table of files that dated lists were loaded from. No verbs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument, Stamped
from ..uploads.models import Upload
from .models import DatedList


class ListImport(Stamped, Base):
    """One file of a dated list as it was read; `loaded` once its lines stand. It is the bureau's own."""

    __tablename__ = "list_import"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'loaded')", name="state"),
        CheckConstraint("(state = 'loaded') = (loaded_at IS NOT NULL)", name="loaded"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    upload_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Upload.id), comment="the file")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the file, hex")
    list: Mapped[str] = mapped_column(String(40), comment="code of the list")
    dated_on: Mapped[date] = mapped_column(Date, comment="date of the document")
    source: Mapped[str] = mapped_column(String(200), comment="the document it was taken from")
    state: Mapped[str] = mapped_column(String(8), default="open", comment="open or loaded")
    rows: Mapped[int] = mapped_column(Integer, comment="rows below the headings")
    wrong: Mapped[int] = mapped_column(Integer, comment="rows that did not pass when the file was read")
    content: Mapped[dict[str, Any]] = mapped_column(
        JsonDocument, deferred=True, comment="lines, faults, columns, as read from the file"
    )
    result: Mapped[dict[str, Any]] = mapped_column(
        JsonDocument, deferred=True, default=dict, comment="counts and every change made; empty while open"
    )
    dated_list_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey(DatedList.id), comment="dated_list.id that its lines stand on; empty while open"
    )
    loaded_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    loaded_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
