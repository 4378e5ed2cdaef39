"""What the administrator of the machines may do; each leaves its line in the trail."""

from __future__ import annotations

from ..database.session import transaction
from ..jobs.release import release
from ..kernel.roles import Actor
from .trail import record


def retry_job(actor: Actor, job_id: int) -> None:
    """Takes a parked job up again. Raises Conflict when it is not parked any more."""
    with transaction(actor) as session:
        name = release(session, job_id)
        record(
            session,
            actor,
            stream=f"account:{actor.account_id}",
            verb="retry-job",
            subject=f"job:{job_id}",
            detail={"name": name},
        )
