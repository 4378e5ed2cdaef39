"""Tables of the quarterly filing: the filing with its draft, its immutable versions, the facts. No verbs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..casework.models import Case
from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant, JsonDocument, Scoped, Stamped

VALUE_PLACES = 4
TYPINGS = ("quarter", "ytd")
RESPONDENT_CLASSES = ("L", "S", "N")
SIZE_CLASSES = ("L", "M", "S", "X")
BASES = ("filing", "stated")


def _among(column: str, members: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{member}'" for member in members)
    return f"{column} IN ({listed})"


class Filing(Scoped, Stamped, Base):
    """One enterprise's filing of one quarter. Its state is its case's; its draft is what was typed, field by field.

    Class, size and segment are those of the quarter's first day, taken anew at every submission. Void filings are
    begun again on the same row with a new case.
    """

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "quarter"),
        CheckConstraint(_among("typing", TYPINGS), name="typing"),
        CheckConstraint(_among("respondent_class", RESPONDENT_CLASSES), name="respondent_class"),
        CheckConstraint(_among("size_class", SIZE_CLASSES), name="size_class"),
        CheckConstraint("draft_version >= 1", name="draft_version"),
        Index("ix_filing_quarter_county", "quarter", "county"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), unique=True, comment="review_case.id, newest")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code, 20263")
    edition: Mapped[str] = mapped_column(String(20), comment="form edition it answers, 2026.1")
    rule_set: Mapped[str] = mapped_column(String(20), comment="version of the rules it is checked by")
    respondent_class: Mapped[str] = mapped_column(String(1), comment="L above-scale, S below-scale, N not industry")
    size_class: Mapped[str] = mapped_column(String(1), comment="L M S X, of the year")
    segment: Mapped[str] = mapped_column(String(16), comment="segment of the primary position; NN-x, 00, 00-CLUSTER")
    typing: Mapped[str] = mapped_column(String(8), default="quarter", comment="flows are typed: quarter or ytd")
    draft: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict, comment="what was typed, by field name")
    draft_version: Mapped[int] = mapped_column(Integer, default=1, comment="rises by one with every save that changes")
    saved_at: Mapped[datetime | None] = mapped_column(Instant(), comment="newest save, instant, UTC")


class FilingVersion(Scoped, Base):
    """One submission, for good: canonical content with its fingerprint, and the receipt given for it."""

    __tablename__ = "filing_version"
    __table_args__ = (
        UniqueConstraint("filing_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_filing_version_enterprise_quarter", "enterprise_id", "quarter", "number"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    filing_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Filing.id), comment="filing.id")
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), index=True, comment="review_case.id")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code, 20263")
    number: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the filing")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="canonical content; numbers are strings")
    sha256: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    receipt_no: Mapped[str] = mapped_column(String(24), unique=True, comment="number of the receipt, with check letter")
    submitted_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    submitted_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id of the certifier")
    is_late: Mapped[bool] = mapped_column(default=False, comment="submitted after the day it was due")
    idempotency_key: Mapped[str] = mapped_column(
        String(64), unique=True, comment="of the post that made it: a repeated post finds its version"
    )


class Fact(Scoped, Base):
    """One approved number: what statistics are made of. `stated` ones come from an opening block, not from a filing."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "indicator", "quarter"),
        CheckConstraint(_among("basis", BASES), name="basis"),
        CheckConstraint("basis = 'stated' OR version_id IS NOT NULL", name="filing_has_version"),
        # Form L offers no estimate, and releases, which are of L only, say that they hold none (decision 022).
        CheckConstraint("NOT is_estimated OR (basis = 'filing' AND respondent_class = 'S')", name="estimated"),
        Index("ix_fact_quarter_indicator", "quarter", "indicator"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    indicator: Mapped[str] = mapped_column(String(8), comment="row code of the form edition")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code; annual rows stand in the fourth")
    value: Mapped[Decimal] = mapped_column(
        ExactDecimal(VALUE_PLACES), comment="in the indicator's unit, in the quarter"
    )
    segment: Mapped[str] = mapped_column(String(16), comment="segment of the primary position in the quarter")
    size_class: Mapped[str] = mapped_column(String(1), comment="L M S X")
    respondent_class: Mapped[str] = mapped_column(String(1), comment="L S N")
    version_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey(FilingVersion.id), index=True, comment="filing_version.id; empty: a loaded base figure"
    )
    basis: Mapped[str] = mapped_column(String(8), default="filing", comment="filing, or stated by the enterprise")
    is_estimated: Mapped[bool] = mapped_column(
        default=False,
        comment="by the rate of the chain, as the filing's version says; no figure of the enterprise's own",
    )


class ChainRate(Base):
    """Value added over gross output of a chain's above-scale enterprises, in the last year that is whole.

    Belongs to nobody: made every night of approved figures, at least ten enterprises, none of them more than half.
    """

    __tablename__ = "chain_rate"

    chain: Mapped[str] = mapped_column(String(4), primary_key=True, comment="chain of the primary position")
    quarter: Mapped[int] = mapped_column(Integer, comment="quarter code of the figures")
    rate: Mapped[Decimal] = mapped_column(ExactDecimal(6), comment="sum of 107 / sum of 101, above 0 and at most 1")
    enterprises: Mapped[int] = mapped_column(Integer, comment="enterprises in both sums")
    made_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
