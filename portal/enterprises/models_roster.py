"""Tables of the county's list: enterprises it names that are not registered yet, and the files it was loaded from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument, Scoped, Stamped
from ..uploads.models import Upload

NOBODY = 0  # the enterprise of what belongs to a county alone
NO_CHAIN = ""


class RosterEntry(Scoped, Stamped, Base):
    """An enterprise on the county's list that was not registered when the list was loaded.

    `enterprise_id` is 0 until a registration with this code is admitted.
    """

    __tablename__ = "roster_entry"
    __table_args__ = (UniqueConstraint("county", "credit_code"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    credit_code: Mapped[str] = mapped_column(String(18), index=True, comment="unified social credit code, compact")
    name: Mapped[str] = mapped_column(String(200), comment="as the list names it")
    gb_class: Mapped[str] = mapped_column(String(4), default="", comment="main class, GB/T 4754, as the list has it")
    since_on: Mapped[date | None] = mapped_column(Date, comment="above-scale from this day, by the list")
    source: Mapped[str] = mapped_column(String(200), comment="the list it was taken from")
    import_id: Mapped[int] = mapped_column(Identifier, comment="register_import.id that wrote it last")


class RegisterImport(Scoped, Stamped, Base):
    """One file of a list as it was read; `loaded` once its lines stand in the register. `county` empty: the city's."""

    __tablename__ = "register_import"
    __table_args__ = (CheckConstraint("state IN ('open', 'loaded')", name="state"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    upload_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Upload.id), comment="the file")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the file, hex")
    document_no: Mapped[str] = mapped_column(String(100), comment="number or title of the list's document")
    listed_on: Mapped[date] = mapped_column(Date, comment="date of the list")
    is_complete: Mapped[bool] = mapped_column(comment="names every above-scale enterprise of the unit")
    state: Mapped[str] = mapped_column(String(8), default="open", comment="open or loaded")
    rows: Mapped[int] = mapped_column(Integer, comment="rows below the headings")
    wrong: Mapped[int] = mapped_column(Integer, comment="rows that did not pass when the file was read")
    content: Mapped[dict[str, Any]] = mapped_column(
        JsonDocument, deferred=True, comment="lines, faults, columns, as read from the file"
    )
    result: Mapped[dict[str, Any]] = mapped_column(
        JsonDocument, deferred=True, default=dict, comment="counts and every change made; empty while open"
    )
    loaded_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    loaded_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
