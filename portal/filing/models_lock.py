"""The acceptance of a county's quarter: who accepted it, when, with which counts, and whether it was taken back.

Rows belong to nobody: they tell of a county's work, not of an enterprise. Account ids are plain numbers and names are
copied, as they were then. What is locked by an acceptance says so itself: `review_case.locked_on` (decision 020).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant
from ..kernel.clock import now
from ..kernel.period import Quarter

_STANDS = text("taken_back_at IS NULL")


class QuarterAcceptance(Base):
    """One acceptance. Nothing was open when it was made: who was due is approved, or missing and confirmed so."""

    __tablename__ = "quarter_acceptance"
    __table_args__ = (
        CheckConstraint("approved >= 0 AND missing >= 0 AND due = approved + missing", name="counts"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_reason = '')", name="taken_back_reason"),
        CheckConstraint("taken_back_at IS NOT NULL OR NOT was_released", name="released_when_taken_back"),
        Index(
            "ix_quarter_acceptance_standing",
            *("quarter", "county"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code, 20263")
    county: Mapped[str] = mapped_column(String(12), comment="reporting unit that accepted it")
    due: Mapped[int] = mapped_column(Integer, comment="enterprises of the unit that owed the quarter")
    approved: Mapped[int] = mapped_column(Integer, comment="of them approved")
    missing: Mapped[int] = mapped_column(Integer, comment="of them without an approved filing, confirmed as missing")
    accepted_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    accepted_by_id: Mapped[int] = mapped_column(Identifier, comment="account.id of the county lead")
    accepted_by_name: Mapped[str] = mapped_column(String(200), comment="name as it was then")
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC; empty: it stands")
    taken_back_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id of the bureau lead")
    taken_back_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")
    taken_back_reason: Mapped[str] = mapped_column(Text, default="", comment="why; the county reads it")
    was_released: Mapped[bool] = mapped_column(
        default=False, comment="taken back after the quarter was released: changes come as a revision"
    )

    @property
    def period(self) -> Quarter:
        return Quarter.from_code(self.quarter)
