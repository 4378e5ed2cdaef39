"""Background work of statistics: who owes the open quarters; every night what is usual, and panels of growth."""

from __future__ import annotations

from ..catalogue.queries import newest_opened, windows
from ..database.session import reading
from ..jobs.context import JobContext
from ..jobs.registry import every
from ..kernel.clock import now
from ..kernel.roles import Scope
from .due import follow_approved, renew_due
from .renew_benchmarks import renew_benchmarks
from .renew_panels import renew_panels
from .renew_rates import renew_rates

_DAY = 24 * 60 * 60
_FOLLOWED = 12  # quarters: by then a county has accepted what was late


@every("statistics.list_due", seconds=60, scope=Scope.everything("statistics"))
def list_due_of_open_windows(job: JobContext) -> None:
    """Who owes a quarter is settled when it locks; where a figure counts that is approved later is not."""
    at = now()
    with reading(Scope.nobody()) as session:
        begun = [window for window in windows(session, _FOLLOWED) if window.opens_at <= at]
    with job.transaction() as session:
        for window in begun:
            if window.takes_filings(at):
                renew_due(session, window.period)
        follow_approved(session, [window.period for window in begun if not window.takes_filings(at)])


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
