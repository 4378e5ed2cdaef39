"""Panels: the same enterprises this year and last, summed by a nightly job, because growth like for like needs them."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier
from .models import VALUE_PLACES

PANEL_GRAIN = ("quarter", "indicator", "segment", "county", "respondent_class")


class PanelCell(Base):
    """Enterprises with an approved figure in the quarter and in the same quarter last year, in the same class.

    Each enterprise stands in one row (its place of this year), so that every higher panel is a sum of rows.
    """

    __tablename__ = "panel_cell"
    __table_args__ = (
        UniqueConstraint(*PANEL_GRAIN),
        CheckConstraint("enterprises > 0", name="enterprises"),
        Index("ix_panel_cell_quarter_county", "quarter", "county"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code of this year, 20263")
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    segment: Mapped[str] = mapped_column(String(16), comment="segment of the primary position this year")
    county: Mapped[str] = mapped_column(String(12), comment="reporting unit this year")
    respondent_class: Mapped[str] = mapped_column(String(1), comment="L S N, the same in both quarters")
    enterprises: Mapped[int] = mapped_column(Integer, comment="how many enterprises the panel has")
    value_now: Mapped[Decimal] = mapped_column(ExactDecimal(VALUE_PLACES), comment="their sum this year")
    value_then: Mapped[Decimal] = mapped_column(
        ExactDecimal(VALUE_PLACES), comment="their sum in the quarter last year"
    )
