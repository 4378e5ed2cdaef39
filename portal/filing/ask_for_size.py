"""The deed that asks for an enterprise's size class to be computed anew, once a filing of a past year was approved."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..jobs.queue import enqueue
from ..kernel.clock import today
from ..kernel.period import Quarter

JOB = "filing.renew_size"


def ask_for_size(session: Session, case: Case) -> None:
    """Of a year that has not ended nothing follows yet. A reopened filing asks for nothing: the class stands until
    the year is complete again."""
    year = Quarter.from_code(case.quarter or 0).year
    if year < today().year:
        key = f"size:{case.enterprise_id}:{year}"
        enqueue(session, JOB, key=key, enterprise_id=case.enterprise_id, year=year)
