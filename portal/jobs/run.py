"""Running what is due: claim, work, end; and the signs of life of the consumer that does it.

A claim is one conditional UPDATE. A job ends in the transaction of its effect, fenced by the claim's token, so a
consumer that was thought dead and comes back undoes itself. Machine room: opens its own short transactions.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from ..config import Settings
from ..database.session import reading, transaction
from ..kernel.clock import now
from ..kernel.roles import Scope
from .models import Job, JobConsumer, JobPeriod
from .queue import enqueue
from .registry import HANDLERS, PERIODS, JobContext, LeaseLost
from .rules import LEASE, LONGEST_ERROR, LONGEST_LEASE, MOST_ATTEMPTS, backoff

_log = logging.getLogger("portal.jobs")
_NOBODY = Scope.nobody()
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Runner:
    """One consumer's hands. Several threads may call `sweep`; `stopping` makes them stop between two jobs."""

    def __init__(
        self, settings: Settings, *, lease: timedelta = LEASE, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self.settings, self.lease, self.stopping = settings, lease, stopping
        self.token = secrets.token_hex(16)
        self.started_at = now()
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def sweep(self) -> int:
        """Does everything that is due, one job after another; gives back how many were begun."""
        begun = 0
        while not self.stopping() and is_anything_due():
            job = self.claim()
            if job is None:
                break
            begun += 1
            if job.attempt > MOST_ATTEMPTS:
                _fail(job, "the consumer died in each attempt")
            else:
                self.run(job)
        return begun

    def claim(self) -> JobContext | None:
        """Takes the job that has waited longest, or None when another consumer was faster."""
        instant, token = now(), secrets.token_hex(16)
        other = aliased(Job)
        oldest = select(other.id).where(_is_due(instant, other)).order_by(other.due_at, other.id).limit(1)
        statement = (
            update(Job)
            .where(Job.id == oldest.with_for_update(skip_locked=True).scalar_subquery(), _is_due(instant))
            .values(lease_token=token, leased_until=instant + self.lease, attempts=Job.attempts + 1)
            .returning(Job.id, Job.name, Job.args, Job.attempts)
            .execution_options(synchronize_session=False)
        )
        with transaction(_NOBODY) as session:
            row = session.execute(statement).one_or_none()
        if row is None:
            return None
        found = HANDLERS.get(row.name)
        scope = found.scope if found else _NOBODY
        return JobContext(row.id, row.name, row.attempts, token, scope, self.settings, row.args)

    def run(self, job: JobContext) -> None:
        """One attempt. Whatever the handler raises is kept on the job; nothing is raised here but Busy."""
        with self._lock:
            self._running.add(job.token)
        try:
            with _Attempt(job):
                if job.name not in HANDLERS:
                    raise LookupError(f"no handler is called {job.name}")
                HANDLERS[job.name].work(job, **job.args)
                if not job.is_done:
                    with job.transaction():
                        pass
        finally:
            with self._lock:
                self._running.discard(job.token)

    def beat(self) -> None:
        """Gives a sign of life and renews the leases of the jobs at hand."""
        instant = now()
        with self._lock:
            held = sorted(self._running)
        with transaction(_NOBODY) as session:
            row = {"token": self.token, "pid": os.getpid(), "started_at": self.started_at, "seen_at": instant}
            _upsert(session, row)
            session.execute(delete(JobConsumer).where(JobConsumer.seen_at < instant - timedelta(days=1)))
            if held:
                mine = Job.lease_token.in_(held) & Job.done_at.is_(None) & Job.parked_at.is_(None)
                session.execute(update(Job).where(mine).values(leased_until=instant + self.lease))

    def leave(self) -> None:
        """Takes this consumer off the list of the living."""
        with transaction(_NOBODY) as session:
            session.execute(delete(JobConsumer).where(JobConsumer.token == self.token))

    def learn_periods(self) -> None:
        """Makes a row for each recurring job that is new, and pulls in turns that lie further away than a period."""
        instant = now()
        with transaction(_NOBODY) as session:
            insert = _INSERT[session.get_bind().dialect.name]
            for name, period in PERIODS.items():
                session.execute(insert(JobPeriod).values(name=name, next_at=instant).on_conflict_do_nothing())
                too_far = (JobPeriod.name == name) & (JobPeriod.next_at > instant + period)
                session.execute(update(JobPeriod).where(too_far).values(next_at=instant + period))

    def take_turns(self) -> None:
        """Enqueues the recurring jobs whose turn has come; of several consumers one does."""
        instant = now()
        with reading(_NOBODY) as session:
            come = session.scalars(select(JobPeriod.name).where(JobPeriod.next_at <= instant)).all()
        for name in come:
            if name in PERIODS:
                self._take_turn(name, instant)

    def _take_turn(self, name: str, instant: datetime) -> None:
        its_turn = (JobPeriod.name == name) & (JobPeriod.next_at <= instant)
        with transaction(_NOBODY) as session:
            moved = session.execute(
                update(JobPeriod).where(its_turn).values(next_at=instant + PERIODS[name]).returning(JobPeriod.name)
            ).all()
            if moved:
                enqueue(session, name, key=f"every:{name}")


def is_anything_due() -> bool:
    with reading(_NOBODY) as session:
        return session.scalar(select(Job.id).where(_is_due(now())).limit(1)) is not None


def _is_due(instant: datetime, job: type[Job] = Job) -> ColumnElement[bool]:
    """Open, due, and nobody's: never leased, the lease run out, or written under a clock that has been set back."""
    free = or_(job.leased_until.is_(None), job.leased_until < instant, job.leased_until > instant + LONGEST_LEASE)
    return job.done_at.is_(None) & job.parked_at.is_(None) & (job.due_at <= instant) & free


def _upsert(session: Session, row: dict[str, Any]) -> None:
    insert = _INSERT[session.get_bind().dialect.name](JobConsumer).values(**row)
    session.execute(insert.on_conflict_do_update(index_elements=["token"], set_={"seen_at": row["seen_at"]}))


class _Attempt(AbstractContextManager[None, bool]):
    """The edge of the house around a handler: a failure ends the attempt, never the consumer."""

    def __init__(self, job: JobContext) -> None:
        self.job = job

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        _log.error("job %s (%s), attempt %s", self.job.id, self.job.name, self.job.attempt, exc_info=error)
        if not isinstance(error, LeaseLost) and not self.job.is_done:
            _fail(self.job, _in_short(error))
        return True


def _in_short(error: Exception) -> str:
    """The kind of failure and its first line; a database's error would repeat the values of the statement."""
    first = str(getattr(error, "orig", None) or error).split("\n", 1)[0]
    return f"{type(error).__name__}: {first}"[:LONGEST_ERROR].replace("\x00", "")


def _fail(job: JobContext, error: str) -> None:
    """Ends the attempt without an effect: another later, or, after the last, parked for the administrator."""
    instant = now()
    is_last = job.attempt >= MOST_ATTEMPTS
    after = {"parked_at": instant} if is_last else {"due_at": instant + backoff(job.attempt)}
    mine = (Job.id == job.id) & (Job.lease_token == job.token) & Job.done_at.is_(None)
    with transaction(_NOBODY) as session:
        session.execute(update(Job).where(mine).values(leased_until=None, error=error, **after))
