"""Reminding enterprises of the filing they owe: by an officer's hand, and by the calendar."""

from __future__ import annotations

from collections.abc import Collection

from ..audit.trail import record
from ..catalogue.models import FilingWindow
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..statistics.queries_due import owing
from .remind import remind
from .rules import REMIND_LIMIT


def remind_chosen(actor: Actor, quarter: Quarter, chosen: Collection[int]) -> int:
    """Reminds those of `chosen` that still owe the quarter and were not reminded within the day; how many.

    Raises Missing where no window of the quarter takes filings.
    """
    with transaction(actor) as session:
        at = now()
        window = session.get(FilingWindow, quarter.code)
        if window is None or not window.takes_filings(at):
            raise Missing("window", Bilingual("这个季度现在不接收填报。", "No filings are taken for this quarter now."))
        told = remind(
            session, window, [o for o in owing(session, quarter, REMIND_LIMIT) if o.enterprise_id in chosen], at
        )
        record(session, actor, stream=f"window:{quarter.code}", verb="filing.remind", detail={"enterprises": told})
        return len(told)
