"""What waits, what was given up, and whether anybody is at work. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from .models import Job, JobConsumer
from .rules import BEAT

ALIVE_FOR = 4 * BEAT
MOST_COUNTED = 1000
SCREEN = 50


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the administrator sees it: never its arguments, which may be personal."""

    id: int
    name: str
    created_at: datetime
    due_at: datetime
    attempts: int
    leased_until: datetime | None
    parked_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """Counts stop at MOST_COUNTED; `lag` is how long the oldest due job has waited."""

    is_consumed: bool
    due: int
    later: int
    parked: int
    lag: timedelta


def consumer_is_alive(session: Session, instant: datetime) -> bool:
    """Whether a consumer gave a sign of life within four beats (either way, should the clock be set)."""
    near = JobConsumer.seen_at.between(instant - ALIVE_FOR, instant + ALIVE_FOR)
    return session.scalar(select(JobConsumer.token).where(near).limit(1)) is not None


def queue_state(session: Session, instant: datetime) -> QueueState:
    is_open = Job.done_at.is_(None) & Job.parked_at.is_(None)
    oldest = session.scalar(select(func.min(Job.due_at)).select_from(Job).where(is_open, Job.due_at <= instant))
    return QueueState(
        is_consumed=consumer_is_alive(session, instant),
        due=_counted(session, is_open & (Job.due_at <= instant)),
        later=_counted(session, is_open & (Job.due_at > instant)),
        parked=_counted(session, Job.parked_at.is_not(None)),
        lag=instant - oldest if oldest else timedelta(0),
    )


def _counted(session: Session, which: ColumnElement[bool]) -> int:
    some = select(Job.id).where(which).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def open_jobs(session: Session, after: tuple[datetime, int] | None = None, limit: int = SCREEN) -> Sequence[JobRow]:
    """Open jobs by the instant they are due; `after` is (due_at, id) of the last one already shown."""
    statement = _rows().where(Job.done_at.is_(None), Job.parked_at.is_(None)).order_by(Job.due_at, Job.id).limit(limit)
    if after is not None:
        due_at, id_ = after
        statement = statement.where((Job.due_at > due_at) | ((Job.due_at == due_at) & (Job.id > id_)))
    return [JobRow(*row) for row in session.execute(statement)]


def parked_jobs(session: Session, limit: int = SCREEN) -> Sequence[JobRow]:
    """Parked jobs, the newest first. There should be none, so there is one screen of them."""
    statement = _rows().where(Job.parked_at.is_not(None)).order_by(Job.parked_at.desc(), Job.id.desc()).limit(limit)
    return [JobRow(*row) for row in session.execute(statement)]


def _rows() -> Any:
    return select(
        Job.id, Job.name, Job.created_at, Job.due_at, Job.attempts, Job.leased_until, Job.parked_at, Job.error
    )
