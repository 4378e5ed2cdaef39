"""The outbox: jobs, the periods of those that recur, and the consumers that are alive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument
from ..kernel.clock import now


class Job(Base):
    """One piece of work that its transaction asked for. Open until done or parked."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("done_at is null or parked_at is null", name="done_or_parked"),
        CheckConstraint("attempts = 0 or lease_token is not null", name="claimed_has_token"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), comment="which handler, e.g. notices.send_mail")
    args: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="keyword arguments of the handler")
    key: Mapped[str | None] = mapped_column(String(160), comment="at most one job with this key waits to be begun")
    due_at: Mapped[datetime] = mapped_column(Instant(), comment="not before this instant, UTC")
    attempts: Mapped[int] = mapped_column(default=0, comment="how often it was begun")
    leased_until: Mapped[datetime | None] = mapped_column(Instant(), comment="a consumer works on it until then")
    lease_token: Mapped[str | None] = mapped_column(String(32), comment="who began it last; fences the effect")
    done_at: Mapped[datetime | None] = mapped_column(Instant(), comment="set in the effect's own transaction")
    error: Mapped[str | None] = mapped_column(Text, comment="why the last attempt failed, without values")
    parked_at: Mapped[datetime | None] = mapped_column(Instant(), comment="given up until an administrator retries")
    created_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")


_is_open = Job.done_at.is_(None) & Job.parked_at.is_(None)
_waits = Job.done_at.is_(None) & Job.lease_token.is_(None)
_is_parked = Job.parked_at.is_not(None)
Index("ix_job_open", Job.due_at, Job.id, sqlite_where=_is_open, postgresql_where=_is_open)
Index("uq_job_key_waiting", Job.key, unique=True, sqlite_where=_waits, postgresql_where=_waits)
Index("ix_job_parked", Job.parked_at, sqlite_where=_is_parked, postgresql_where=_is_parked)
Index("ix_job_done_at", Job.done_at)


class JobPeriod(Base):
    """A job that recurs. The consumer that moves `next_at` on is the one that enqueues it."""

    __tablename__ = "job_period"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant(), comment="instant of the next turn, UTC")


class JobConsumer(Base):
    """A consumer process and when it last gave a sign of life."""

    __tablename__ = "job_consumer"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    pid: Mapped[int] = mapped_column(comment="process id on its machine")
    started_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    seen_at: Mapped[datetime] = mapped_column(Instant(), index=True, comment="last sign of life, UTC")
