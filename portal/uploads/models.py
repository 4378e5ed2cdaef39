"""Table of uploads. The bytes lie under `data_dir/uploads`, by a random name; here is what they are."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Scoped, Stamped


class Upload(Scoped, Stamped, Base):
    """One file. Its bytes are never changed; a newer file of the same purpose is a new row."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), comment="what it proves: licence")
    filename: Mapped[str] = mapped_column(String(120), comment="as the person called it, made safe")
    media_type: Mapped[str] = mapped_column(String(40), comment="by content, not by name")
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the bytes, hex")
    stored_name: Mapped[str] = mapped_column(String(40), unique=True, comment="random name under data_dir/uploads")
