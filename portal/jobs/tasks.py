"""The outbox keeps itself small."""

from __future__ import annotations

from sqlalchemy import delete, select

from ..kernel.clock import now
from .models import Job
from .registry import JobContext, every
from .rules import KEPT_DONE

_AT_ONCE = 5000


@every("jobs.forget", seconds=3600)
def forget(job: JobContext) -> None:
    """Deletes jobs that were done long ago, a bounded number at a time."""
    with job.transaction() as session:
        old = select(Job.id).where(Job.done_at < now() - KEPT_DONE).limit(_AT_ONCE)
        session.execute(
            delete(Job).where(Job.id.in_(old.scalar_subquery())).execution_options(synchronize_session=False)
        )
