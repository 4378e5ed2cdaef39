"""The deed that reminds an enterprise of a filing it owes: a notice and a mail to everybody who acts for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..catalogue.models import FilingWindow
from ..enterprises.tell import tell_people
from ..kernel.bilingual import Bilingual
from ..kernel.clock import day_in_words, local
from ..kernel.period import Quarter
from ..notices.queries import newest_by_reference
from ..statistics.queries_due import Owing

KIND = "filing-reminder"
REST = timedelta(hours=20)  # one reminder a day: a second one within it would only annoy
_TITLE = Bilingual("请填报{quarter}数据", "Filing for {quarter}: please submit")
_BODY = Bilingual(
    "{name}的{quarter}填报还没有提交，请在{day}24:00前提交。",
    "{name} has not submitted its filing for {quarter}. Submit it by midnight on {day}.",
)
_LATE = Bilingual(
    "{name}的{quarter}填报已过期限（{day}），请尽快补报。", "The filing of {name} for {quarter} was due on {day}. Please submit it now."
)  # fmt: skip


def last_reminded(session: Session, quarter: Quarter) -> dict[int, datetime]:
    """When each enterprise was last reminded of the quarter, by its id."""
    prefix = _prefix(quarter)
    found = newest_by_reference(session, prefix)
    return {int(reference.removeprefix(prefix)): at for reference, at in found.items()}


def may_remind(one: Owing, last: datetime | None, at: datetime) -> bool:
    """Somebody is there to be told, and nobody told them within the last day."""
    return one.people > 0 and (last is None or at - last >= REST)


def remind(session: Session, window: FilingWindow, owing: Iterable[Owing], at: datetime) -> list[int]:
    """Tells the people of each of `owing` who may be reminded; the ids of the enterprises told."""
    quarter = window.period
    last = last_reminded(session, quarter)
    wording = _LATE if window.due_on < local(at).date() else _BODY
    due = [one for one in owing if may_remind(one, last.get(one.enterprise_id), at)]
    for one in due:
        tell_people(
            session,
            one.enterprise_id,
            KIND,
            _TITLE.fill(quarter=quarter.title),
            wording.fill(name=one.title, quarter=quarter.title, day=day_in_words(window.due_on)),
            f"/filings/{quarter}",
            f"{_prefix(quarter)}{one.enterprise_id}",
        )
    return [one.enterprise_id for one in due]


def _prefix(quarter: Quarter) -> str:
    return f"remind:{quarter}:"
