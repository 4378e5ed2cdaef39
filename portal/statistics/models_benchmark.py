"""The table of benchmarks: made anew every night from approved figures. No verbs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant


class BenchmarkRow(Base):
    """What is usual for one indicator in one chain and size class in one quarter. Names nobody: ten at least are in."""

    __tablename__ = "benchmark"
    __table_args__ = (UniqueConstraint("indicator", "quarter", "chain", "size_class"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code of the figures it was made from")
    chain: Mapped[str] = mapped_column(String(4), comment="chain of the primary position")
    size_class: Mapped[str] = mapped_column(String(1), comment="L M S X")
    median: Mapped[Decimal] = mapped_column(ExactDecimal(6), comment="in the indicator's unit")
    mad: Mapped[Decimal] = mapped_column(ExactDecimal(6), comment="median distance from the median, same unit")
    number: Mapped[int] = mapped_column(Integer, comment="enterprises behind it")
    made_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
