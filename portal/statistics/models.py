"""Cells and the list of who is due. Every higher total sums cells; cells belong to nobody and are read by Actor."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Scoped

VALUE_PLACES = 4
GRAIN = ("quarter", "segment", "county", "size_class", "respondent_class")


class Cell(Base):
    """Sum and number of the approved facts of one indicator at the finest grain.

    Under `a/b` stands row a of those who gave both a and b: one side of a ratio (decision 021). Under `a~` stands what
    is estimated of `a`, contained in it (decision 022).
    """

    __tablename__ = "cell"
    __table_args__ = (
        UniqueConstraint("indicator", *GRAIN),
        CheckConstraint("facts >= 0 AND contributors >= 0 AND contributors <= facts", name="counts"),
        Index("ix_cell_quarter_county", "quarter", "county"),
        # Everything a table of figures adds up, in the order it is grouped in: the rows themselves are not visited.
        Index(
            "ix_cell_sums", "indicator", "quarter", "segment", "respondent_class", "county", "size_class", "total",
            "facts", "contributors",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code, 20263")
    segment: Mapped[str] = mapped_column(String(12), comment="segment of the primary position; NN-x, 00, 00-CLUSTER")
    county: Mapped[str] = mapped_column(String(12), comment="reporting unit")
    size_class: Mapped[str] = mapped_column(String(1), comment="L M S X")
    respondent_class: Mapped[str] = mapped_column(String(1), comment="L S N; L is above-scale")
    total: Mapped[Decimal] = mapped_column(ExactDecimal(VALUE_PLACES), comment="sum, in the indicator's unit")
    facts: Mapped[int] = mapped_column(Integer, comment="enterprises with a fact, zeros included")
    contributors: Mapped[int] = mapped_column(Integer, comment="enterprises with a fact other than zero")


class CellDue(Base):
    """How much of a quarter is in, at the same grain without the indicator. Made from `due_enterprise`."""

    __tablename__ = "cell_due"
    __table_args__ = (
        UniqueConstraint(*GRAIN),
        CheckConstraint("due >= 0 AND approved >= 0 AND approved <= due", name="counts"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code")
    segment: Mapped[str] = mapped_column(String(12))
    county: Mapped[str] = mapped_column(String(12))
    size_class: Mapped[str] = mapped_column(String(1))
    respondent_class: Mapped[str] = mapped_column(String(1))
    due: Mapped[int] = mapped_column(Integer, comment="enterprises that owe the quarter")
    approved: Mapped[int] = mapped_column(Integer, comment="of them approved")
    weight_due: Mapped[Decimal] = mapped_column(ExactDecimal(2), comment="sum of weights, 万元")
    weight_approved: Mapped[Decimal] = mapped_column(ExactDecimal(2), comment="of them approved, 万元")


class DueEnterprise(Scoped, Base):
    """One enterprise that owes one quarter, with its weight frozen when the window opened (rulings 17)."""

    __tablename__ = "due_enterprise"
    __table_args__ = (
        UniqueConstraint("quarter", "enterprise_id"),
        CheckConstraint("weight >= 0", name="weight"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code")
    segment: Mapped[str] = mapped_column(String(12))
    size_class: Mapped[str] = mapped_column(String(1))
    respondent_class: Mapped[str] = mapped_column(String(1))
    weight: Mapped[Decimal] = mapped_column(
        ExactDecimal(2), comment="101 (N: 105) of the newest approved quarter, else of last year as stated, 万元"
    )
    is_approved: Mapped[bool] = mapped_column(default=False, comment="its filing for the quarter is approved")
