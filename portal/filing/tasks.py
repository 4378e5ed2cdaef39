"""Background work of filings: the size class of each enterprise, once the year before is approved as a whole."""

from __future__ import annotations

from ..database.session import reading
from ..jobs.context import JobContext
from ..jobs.registry import every, handler
from ..kernel.clock import today
from ..kernel.roles import Scope, system
from .ask_for_size import JOB
from .commands_size import renew_size
from .queries_size import sizes_to_renew

REASON = "size classes of 1 January"
_DAY = 24 * 60 * 60


@every("filing.sizes_of_the_year", seconds=_DAY, scope=Scope.everything(REASON))
def sizes_of_the_year(job: JobContext) -> None:
    """From 1 January on, every night: whoever's last year has become complete since. The others wait, and are listed
    on the register."""
    year = today().year - 1
    with reading(Scope.everything(REASON)) as session:
        waiting = sizes_to_renew(session, year)
    for enterprise_id in waiting:
        renew_size(system(REASON), enterprise_id, year)


@handler(JOB, scope=Scope.everything(REASON))
def renew_one_size(job: JobContext, enterprise_id: int, year: int) -> None:
    renew_size(system(REASON), enterprise_id, year)
