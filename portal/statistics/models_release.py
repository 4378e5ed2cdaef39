"""Releases: frozen figures that the public reads. A hidden cell keeps no value, so that nothing can show it.

Account ids are plain numbers and names are copied, as they were then.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant, Scoped
from ..kernel.clock import now
from ..kernel.period import Quarter
from .models import VALUE_PLACES
from .models_target import OFFICIAL_PLACES

RELEASE_STATES = ("draft", "released", "superseded", "dropped")
MARGINS = ("city", "cluster", "unit")
PUBLIC_STATES = ("released", "superseded")
SHARE_PLACES = 4


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Release(Base):
    """One version of one quarter's figures: prepared by one person, signed off by another, then never changed."""

    __tablename__ = "statistics_release"
    __table_args__ = (
        UniqueConstraint("quarter", "number"),
        CheckConstraint(_among("state", RELEASE_STATES), name="state"),
        CheckConstraint(f"({_among('state', PUBLIC_STATES)}) = (released_at IS NOT NULL)", name="released"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by"),
        CheckConstraint("prepared_by_id IS NULL OR released_by_id <> prepared_by_id", name="second_person"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code, 20263")
    number: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the quarter; below 0 once dropped")
    state: Mapped[str] = mapped_column(String(12), default="draft", comment="draft, released, superseded or dropped")
    follows_id: Mapped[int | None] = mapped_column(Identifier, comment="release.id that it revises")
    smallest_n: Mapped[int] = mapped_column(Integer, comment="fewest enterprises behind a published figure; public")
    is_provisional: Mapped[bool] = mapped_column(
        comment="not every filing due was approved, or late ones were possible"
    )
    held: Mapped[int] = mapped_column(Integer, comment="enterprises whose corrections wait for a later release")
    note: Mapped[str] = mapped_column(Text, default="", comment="what changed and why; public")
    prepared_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    prepared_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the operator's command")
    prepared_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")
    released_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant of the sign-off, UTC")
    released_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; never the one who prepared it")
    released_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")
    sha256: Mapped[str] = mapped_column(String(64), comment="sha256 of the cells, lines and targets, hex")

    @property
    def period(self) -> Quarter:
        return Quarter.from_code(self.quarter)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES


class ReleaseLine(Base):
    """One line of a margin: how much of it is in."""

    __tablename__ = "release_line"
    __table_args__ = (
        UniqueConstraint("release_id", "margin", "line"),
        CheckConstraint(_among("margin", MARGINS), name="margin"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("statistics_release.id"), comment="release.id")
    margin: Mapped[str] = mapped_column(String(8), comment="city, cluster or unit")
    line: Mapped[str] = mapped_column(String(12), default="", comment="cluster or unit code; empty for the city")
    due: Mapped[int] = mapped_column(Integer, comment="above-scale enterprises that owed the quarter")
    approved: Mapped[int] = mapped_column(Integer, comment="of them approved")
    weight_share: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(SHARE_PLACES), comment="approved by weight, 0–1; empty where it would give an enterprise away"
    )


class ReleaseCell(Base):
    """One frozen sum. `hidden_for` says why there is no value; then nothing of the value is kept."""

    __tablename__ = "release_cell"
    __table_args__ = (
        UniqueConstraint("release_id", "margin", "line", "indicator"),
        CheckConstraint(_among("margin", MARGINS), name="margin"),
        CheckConstraint("hidden_for = '' OR COALESCE(value, base, to_date, contributors) IS NULL", name="hidden"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("statistics_release.id"), comment="release.id")
    margin: Mapped[str] = mapped_column(String(8), comment="city, cluster or unit")
    line: Mapped[str] = mapped_column(String(12), default="", comment="cluster or unit code; empty for the city")
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal(VALUE_PLACES), comment="sum, in the indicator's unit")
    base: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(VALUE_PLACES), comment="the same sum a year before, where that is public"
    )
    to_date: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(VALUE_PLACES), comment="from January on, of released quarters; empty while one is missing"
    )
    contributors: Mapped[int | None] = mapped_column(Integer, comment="enterprises with a figure other than zero")
    hidden_for: Mapped[str] = mapped_column(String(12), default="", comment="why it is hidden; empty: it is not")


class ReleaseTarget(Base):
    """What stands beside the released sum of one of the plan's targets: the official figure as it was entered by then,
    and where last year's released quarters put the year. Both can be unknown; the row says that they were looked for.
    """

    __tablename__ = "release_target"
    __table_args__ = (
        UniqueConstraint("release_id", "target"),
        CheckConstraint("(value IS NULL) = (source_on IS NULL)", name="official_has_day"),
        CheckConstraint("(value IS NULL) = (source = '')", name="official_has_source"),
        CheckConstraint("value IS NULL OR (year IS NOT NULL AND quarter BETWEEN 0 AND 3)", name="official_has_period"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("statistics_release.id"), comment="release.id")
    target: Mapped[str] = mapped_column(String(20), comment="code of the target, T1")
    pace: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(SHARE_PLACES), comment="part of last year that had come by its same quarter, as released, 0–1"
    )
    value: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(OFFICIAL_PLACES), comment="official figure, in the target's unit; empty: none was entered by then"
    )
    growth: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(2), comment="on the year before as the official source says it, per cent"
    )
    year: Mapped[int | None] = mapped_column(Integer, comment="calendar year of the official figure")
    quarter: Mapped[int | None] = mapped_column(
        Integer, comment="1 to 3: from January to the end of that quarter; 0: the year"
    )
    source: Mapped[str] = mapped_column(String(300), default="", comment="document or page of the official figure")
    source_on: Mapped[date | None] = mapped_column(Date, comment="date of that document")
    is_confirmed: Mapped[bool] = mapped_column(
        default=False, comment="the official figure was seen in the source itself; else to be confirmed"
    )


class ReleaseContribution(Scoped, Base):
    """What one enterprise counted with in a release: a revision compares with it. Confidential, never shown."""

    __tablename__ = "release_contribution"
    __table_args__ = (UniqueConstraint("release_id", "enterprise_id", "indicator"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("statistics_release.id"), comment="release.id")
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    cluster: Mapped[str] = mapped_column(String(12), comment="line of the cluster margin")
    value: Mapped[Decimal] = mapped_column(ExactDecimal(VALUE_PLACES), comment="in the indicator's unit")
