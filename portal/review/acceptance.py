"""When a county's quarter may be accepted and locked, and when the lock may be taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..kernel.bilingual import Bilingual, whole_day_in_words
from ..kernel.period import Quarter
from ..kernel.workflow import IN_REVIEW, State

MOST_MISSING = 500
LONGEST_REASON = 1000
SENT = IN_REVIEW | {State.APPROVED, State.RETURNED}


@dataclass(frozen=True, slots=True)
class Standing:
    """How many filings of one county and quarter stand alike. `state` None: not begun."""

    state: State | None
    reply_due_on: date | None
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One county's quarter in numbers. `due`, `filed`, `approved` and `missing` count who owes it; `waiting` and
    `returned` everything that is still open: for the officer, and for the enterprise until its own day."""

    due: int
    filed: int
    approved: int
    missing: int
    waiting: int
    returned: int
    open_until: date | None

    @property
    def open(self) -> int:
        return self.waiting + self.returned


def is_open(state: State | None, reply_due_on: date | None, today: date) -> bool:
    """Whether a filing holds up the lock: it waits for a decision, or was returned and its own day has not passed.

    A returned filing keeps its day through every hand it passes; one that was never sent has no such day.
    """
    if state in IN_REVIEW:
        return True
    is_over = state in (None, State.APPROVED, State.VOID)
    return not is_over and reply_due_on is not None and reply_due_on >= today


def tally(owed: Iterable[Standing], filings: Iterable[Standing], today: date) -> Tally:
    """`owed` are the lines of who owes the quarter, `filings` all filings of the county for it."""
    lines, cases = list(owed), list(filings)

    def count(rows: list[Standing]) -> int:
        return sum(row.number for row in rows)

    still_open = [row for row in cases if is_open(row.state, row.reply_due_on, today)]
    waiting = [row for row in still_open if row.state in IN_REVIEW]
    returned = [row for row in still_open if row.state not in IN_REVIEW]
    settled = [row for row in lines if not is_open(row.state, row.reply_due_on, today)]
    return Tally(
        due=count(lines),
        filed=count([row for row in lines if row.state in SENT]),
        approved=count([row for row in lines if row.state is State.APPROVED]),
        missing=count([row for row in settled if row.state is not State.APPROVED]),
        waiting=count(waiting),
        returned=count(returned),
        open_until=max((row.reply_due_on for row in returned if row.reply_due_on), default=None),
    )


_AHEAD = Bilingual(
    "报送截止日是{day}，过了这一天才能锁定。", "Filings are due by {day}; the quarter can be locked after that day."
)
_WAITING = Bilingual(
    "还有{count}份填报没有审核，审完才能锁定。",
    "Not reviewed yet: {count}. Decide them first, then lock the quarter.",
)
_RETURNED = Bilingual(
    "退回修改、仍在企业手里的有{count}份，最晚{day}报回；过了这一天或审完之后才能锁定。",
    "Returned and still with the enterprise: {count}, due back by {day} at the latest. Lock the quarter once they are "
    "decided or that day has passed.",
)


def hindrances(due_on: date, numbers: Tally, today: date) -> tuple[Bilingual, ...]:
    """Why the quarter cannot be locked now; empty when it can."""
    found = []
    if today <= due_on:
        found.append(_AHEAD.fill(day=whole_day_in_words(due_on)))
    if numbers.waiting:
        found.append(_WAITING.fill(count=numbers.waiting))
    if numbers.returned and numbers.open_until:
        found.append(_RETURNED.fill(count=numbers.returned, day=whole_day_in_words(numbers.open_until)))
    return tuple(found)


CONFIRM = Bilingual(
    "还有企业没有通过审核的填报，请勾选确认。",
    "Some enterprises have no approved filing. Tick the box to confirm that they stay missing.",
)
CHANGED = Bilingual(
    "打开页面之后情况有了变化，请再看一遍下面的数字，然后锁定。",
    "Something changed after you opened the page. Look at the numbers below again, then lock the quarter.",
)


def taking_back_fault(quarter: Quarter, *, has_draft: bool, is_year_closed: bool) -> Bilingual | None:
    """Why the lock cannot be taken back now, or None."""
    if has_draft:
        return _HAS_DRAFT.fill(quarter=quarter.title)
    if is_year_closed and quarter.number < 4:
        return _YEAR_CLOSED.fill(fourth=Quarter(quarter.year, 4).title)
    return None


_HAS_DRAFT = Bilingual(
    "{quarter}有一份待签发的发布稿，签发或放弃之后才能解除锁定。",
    "A prepared release of {quarter} waits for its sign-off. Sign it off or drop it before you take the lock back.",
)
_YEAR_CLOSED = Bilingual(
    "这个县（市、区）已锁定{fourth}，全年数据已定。要更正较早的季度，先解除{fourth}的锁定。",
    "This county has locked {fourth} and with it the year. To correct an earlier quarter, take back {fourth} first.",
)
