"""The case and what is said about it: tables `review_case`, `case_remark`, `case_decision`. No verbs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import ColumnElement

from ..database.base import Base
from ..database.columns import (
    ExactDecimal,
    Identifier,
    Instant,
    JsonDocument,
    Scoped,
    Stamped,
    among,
    words_of,
)
from ..kernel.workflow import AFTER_DECISION, DECIDED, IN_REVIEW, Action, Kind, State


def _exactly_when(condition: str, column: str) -> str:
    return f"({condition} AND {column} IS NOT NULL) OR (NOT ({condition}) AND {column} IS NULL)"


_OPEN = among("state", IN_REVIEW)
_WAITING: ColumnElement[bool] = literal_column(_OPEN, Boolean())
_SENT = among("state", IN_REVIEW | AFTER_DECISION)


class Case(Scoped, Stamped, Base):
    """One thing to be reviewed. Its content lies with the kind's own room, found by `case_id`.

    `version` rises with every move and is what a decision has to have seen; the ORM also writes no row whose version
    moved meanwhile.
    """

    __tablename__ = "review_case"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[Kind] = mapped_column(words_of(Kind), comment="registration, access, filing, application, award")
    state: Mapped[State] = mapped_column(words_of(State), default=State.DRAFT, comment="state of the one machine")
    version: Mapped[int] = mapped_column(Integer, default=1, comment="rises by one with every move")
    quarter: Mapped[int | None] = mapped_column(Integer, comment="quarter code of a filing (20263), else null")
    enterprise_name: Mapped[str] = mapped_column(String(200), comment="name as it was when the case was made")
    credit_code: Mapped[str] = mapped_column(String(18), comment="unified social credit code, or what was claimed")
    segment: Mapped[str] = mapped_column(String(16), default="", comment="segment of the primary position")
    flags: Mapped[int] = mapped_column(Integer, default=0, comment="number of findings of the newest version")
    headline: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(2),
        comment="gross output, or revenue where output is not asked; 10,000 yuan, in the quarter",
    )
    headline_growth: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(6),
        comment="headline on the same quarter last year, as a ratio (0.05 = 5 per cent)",
    )
    weight: Mapped[Decimal | None] = mapped_column(ExactDecimal(2), comment="weight in response shares, 10,000 yuan")
    submitted_at: Mapped[datetime | None] = mapped_column(Instant(), comment="newest submission, instant, UTC")
    first_submitted_at: Mapped[datetime | None] = mapped_column(Instant(), comment="first submission, instant, UTC")
    due_on: Mapped[date | None] = mapped_column(Date, comment="day by which the office should decide")
    reply_due_on: Mapped[date | None] = mapped_column(Date, comment="day by which a returned case should come back")
    is_late: Mapped[bool] = mapped_column(Boolean, default=False, comment="newest version was sent after its day")
    claimed_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id of the officer reviewing it")
    claimed_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    locked_on: Mapped[date | None] = mapped_column(
        Date, comment="day its county accepted the quarter: nothing of it moves any more; null: not locked"
    )
    decided_at: Mapped[datetime | None] = mapped_column(Instant(), comment="standing decision, instant, UTC")
    decided_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; null: the system")
    entered_by_ids: Mapped[list[int]] = mapped_column(
        JsonDocument,
        default=list,
        comment="accounts that typed, handed over or submitted: they may not decide",
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's form
    __table_args__ = (
        CheckConstraint(among("kind", Kind), name="kind"),
        CheckConstraint(among("state", State), name="state"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(_exactly_when("kind = 'filing'", "quarter"), name="quarter_of_filing"),
        CheckConstraint(_exactly_when(among("state", AFTER_DECISION), "decided_at"), name="decided"),
        CheckConstraint(_exactly_when("state = 'under_review'", "claimed_by_id"), name="claimed"),
        # A returned case keeps its day through every draft and every resubmission, until it is decided.
        CheckConstraint("NOT (state = 'returned') OR reply_due_on IS NOT NULL", name="reply_due"),
        CheckConstraint(f"NOT ({among('state', DECIDED)}) OR reply_due_on IS NULL", name="reply_over"),
        CheckConstraint(f"NOT ({_SENT}) OR (submitted_at IS NOT NULL AND due_on IS NOT NULL)", name="submitted"),
        # The lock of a county's quarter (decision 020): only filings have one, and none that waits for a decision.
        CheckConstraint("locked_on IS NULL OR kind = 'filing'", name="locked_filing"),
        CheckConstraint(f"locked_on IS NULL OR NOT ({_OPEN})", name="locked_waiting"),
        # The two partial ones serve the lists of what waits, in their order, for one county and for the whole city.
        Index(
            "ix_review_case_waiting",
            *("county", "kind", "due_on", "id"),
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_review_case_city", "kind", "due_on", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        # With all that a county's lists are counted by, so that no row is read for a number.
        Index("ix_review_case_queue", "county", "kind", "state", "due_on", "id", "quarter", "claimed_by_id"),
        Index("ix_review_case_states", "kind", "state", "due_on", "id"),
        Index("ix_review_case_claimed", "claimed_by_id", "state"),
    )


class Remark(Scoped, Base):
    """One question or comment on a case, on one field or on the whole, with its one answer."""

    __tablename__ = "case_remark"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), index=True, comment="review_case.id")
    field: Mapped[str | None] = mapped_column(String(40), comment="code of the field; null: the whole case")
    text: Mapped[str] = mapped_column(Text, comment="what is asked or said")
    author_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
    author_side: Mapped[str] = mapped_column(String(10), comment="officer or enterprise")
    version_no: Mapped[int] = mapped_column(Integer, comment="case version it was written on")
    opened_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    reply: Mapped[str | None] = mapped_column(Text, comment="the answer")
    replied_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
    replied_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    closed_at: Mapped[datetime | None] = mapped_column(Instant(), comment="settled, instant, UTC")
    closed_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")

    __table_args__ = (
        CheckConstraint("author_side IN ('officer', 'enterprise')", name="side"),
        CheckConstraint("(reply IS NULL) = (replied_at IS NULL)", name="replied"),
    )


class Decision(Scoped, Base):
    """One decision, as it was made. Rows are never changed."""

    __tablename__ = "case_decision"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), index=True, comment="review_case.id")
    action: Mapped[Action] = mapped_column(words_of(Action), comment="approve, return, reject, void, reopen, undo")
    from_state: Mapped[State] = mapped_column(words_of(State), comment="state before")
    to_state: Mapped[State] = mapped_column(words_of(State), comment="state after")
    reason: Mapped[str] = mapped_column(Text, default="", comment="what the officer wrote to the enterprise")
    version_no: Mapped[int] = mapped_column(Integer, comment="case version the officer saw")
    decided_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; null: the system")
    decided_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    idempotency_key: Mapped[str | None] = mapped_column(
        String(64), comment="of the post that made it: a repeated post finds its decision"
    )

    __table_args__ = (UniqueConstraint("case_id", "idempotency_key"),)
