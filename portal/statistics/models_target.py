"""Official figures beside the plan's targets: entered with their source, never summed from filings, never changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant
from ..kernel.clock import now

OFFICIAL_PLACES = 4


class OfficialFigure(Base):
    """One figure of the statistics bureau or another authority. A correction is a new row; the newest one counts."""

    __tablename__ = "official_figure"
    __table_args__ = (
        CheckConstraint("quarter BETWEEN 0 AND 3", name="quarter"),
        CheckConstraint("origin IN ('seed', 'entry')", name="origin"),
        CheckConstraint("origin = 'seed' OR entered_by_id IS NOT NULL", name="entry_has_author"),
        Index("ix_official_figure_period", "target", "year", "quarter", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    target: Mapped[str] = mapped_column(String(20), comment="code of the target it stands beside, T1")
    year: Mapped[int] = mapped_column(Integer, comment="calendar year")
    quarter: Mapped[int] = mapped_column(
        Integer, comment="1 to 3: from January to the end of that quarter; 0: the year"
    )
    value: Mapped[Decimal] = mapped_column(ExactDecimal(OFFICIAL_PLACES), comment="in the target's unit")
    growth: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(2), comment="on the year before as the source says it, per cent; empty where it says none"
    )
    source: Mapped[str] = mapped_column(String(300), comment="document or page the figure was taken from")
    source_on: Mapped[date] = mapped_column(Date, comment="date of that document")
    is_confirmed: Mapped[bool] = mapped_column(comment="seen in the source itself; else to be confirmed")
    note: Mapped[str] = mapped_column(
        String(300), default="", comment="why it replaces an earlier one, or its coverage"
    )
    origin: Mapped[str] = mapped_column(String(8), comment="seed: shipped with the portal; entry: typed by an officer")
    entered_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the operator's load")
    entered_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")
    entered_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")


def _refuse_change(mapper: Any, connection: Any, row: OfficialFigure) -> None:
    raise ValueError("an official figure never changes; a correction is a new row")


for _verb in ("before_update", "before_delete"):
    event.listen(OfficialFigure, _verb, _refuse_change)
