"""Background work of the desk: what the calendar reminds enterprises of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..catalogue.models import FilingWindow
from ..catalogue.queries import open_windows
from ..jobs.context import JobContext
from ..jobs.registry import every
from ..kernel.clock import local, now
from ..kernel.roles import Scope, system
from ..statistics.queries_due import Owing, owing
from .remind import last_reminded, remind
from .rules import REMIND_LIMIT, is_reminding_day

REASON = "reminders of filings that are due"


@every("review.remind", seconds=600, scope=Scope.everything(REASON))
def remind_by_the_calendar(job: JobContext) -> None:
    """On the days the rules name, everybody who has not filed is told once; each turn takes the next lot of them."""
    at = now()
    with job.transaction() as session:
        for window in open_windows(session, at):
            if not is_reminding_day(window.due_on, local(at).date()):
                continue
            told = remind(session, window, _not_told_today(session, window, at), at)
            if told:
                detail = {"enterprises": told}
                record(session, system(REASON), stream=f"window:{window.quarter}", verb="filing.remind", detail=detail)


def _not_told_today(session: Session, window: FilingWindow, at: datetime) -> list[Owing]:
    today = local(at).date()
    told = {one for one, last in last_reminded(session, window.period).items() if local(last).date() == today}
    waiting = owing(session, window.period, REMIND_LIMIT + len(told))
    return [one for one in waiting if one.enterprise_id not in told][:REMIND_LIMIT]
