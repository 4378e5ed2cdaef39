"""Background work of statistics: the list of who owes the open quarters grows with the register."""

from __future__ import annotations

from ..catalogue.queries import open_windows
from ..database.session import reading
from ..jobs.context import JobContext
from ..jobs.registry import every
from ..kernel.clock import now
from ..kernel.period import Quarter
from ..kernel.roles import Scope
from .due import renew_due


@every("statistics.list_due", seconds=60, scope=Scope.everything("statistics"))
def list_due_of_open_windows(job: JobContext) -> None:
    with reading(Scope.nobody()) as session:
        quarters = [Quarter.from_code(window.quarter) for window in open_windows(session, now())]
    with job.transaction() as session:
        for quarter in quarters:
            renew_due(session, quarter)
