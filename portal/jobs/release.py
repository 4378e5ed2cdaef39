"""Taking a parked job up again. A deed: the command that calls it stands in the room that keeps the trail."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..database.session import after_commit
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict
from .bell import ring
from .models import Job

_NOT_PARKED = Bilingual(
    "这项任务没有停放，可能别人已经让它重新执行。", "This job is not parked; somebody may have retried it already."
)


def release(session: Session, job_id: int) -> str:
    """Makes a parked job due now, with all its attempts before it; gives back its name.

    Raises Conflict when it is not parked. The last error stays on it until it is done.
    """
    parked = (Job.id == job_id) & Job.parked_at.is_not(None)
    name = session.scalar(
        update(Job)
        .where(parked)
        .values(parked_at=None, attempts=0, due_at=now(), leased_until=None)
        .returning(Job.name)
    )
    if name is None:
        raise Conflict("not-parked", _NOT_PARKED)
    after_commit(session, ring)
    return str(name)
