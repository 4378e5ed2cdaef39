"""Background work of statistics: who owes the open quarters; every night what is usual, and panels of growth."""

from __future__ import annotations

from ..catalogue.queries import newest_opened, open_windows
from ..database.session import reading
from ..jobs.context import JobContext
from ..jobs.registry import every
from ..kernel.clock import now
from ..kernel.period import Quarter
from ..kernel.roles import Scope
from .due import renew_due
from .renew_benchmarks import renew_benchmarks
from .renew_panels import renew_panels
from .renew_rates import renew_rates

_DAY = 24 * 60 * 60


@every("statistics.list_due", seconds=60, scope=Scope.everything("statistics"))
def list_due_of_open_windows(job: JobContext) -> None:
    with reading(Scope.nobody()) as session:
        quarters = [Quarter.from_code(window.quarter) for window in open_windows(session, now())]
    with job.transaction() as session:
        for quarter in quarters:
            renew_due(session, quarter)


@every("statistics.benchmarks", seconds=_DAY, scope=Scope.everything("statistics"))
def renew_benchmarks_nightly(job: JobContext) -> None:
    """From the quarter before the newest window, and from that window's own once it is approved, for the next."""
    with job.transaction() as session:
        newest = newest_opened(session)
        if newest is not None:
            for quarter in (newest - 1, newest):
                renew_benchmarks(session, quarter)


@every("statistics.renew_panels", seconds=_DAY, scope=Scope.everything("statistics"))
def renew_panels_of_the_night(job: JobContext) -> None:
    with job.transaction() as session:
        renew_panels(session)


@every("statistics.renew_rates", seconds=_DAY, scope=Scope.everything("statistics"))
def renew_rates_of_the_night(job: JobContext) -> None:
    with job.transaction() as session:
        renew_rates(session)
