"""Pure rules of the filing: receipt numbers, merging two people's typing, when it may be edited, the declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ..certificates.rules import check_letter
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.workflow import EDITABLE, State

RECEIPT_LETTERS = 8
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
DRAFT_LIMIT = 96 * 1024

DECLARATION_VERSION = "2026-1"
# A truth commitment towards the bureau (rulings 2): business reporting, no article of the Statistics Law.
DECLARATION = Bilingual(
    "本企业按丽水市经济和信息化局关于产业链企业季度填报的通知提供以上数据，用于产业链运行监测。"
    "数据已与账务和生产记录核对，真实、准确、完整；如有差错，本企业及时更正，并对虚假填报承担责任。",
    "The enterprise provides these figures under the notice of the Lishui Bureau of Economy and Information Technology "
    "on quarterly reporting by chain enterprises, for monitoring the industry chains. They have been checked against "
    "our accounts and production records and are true, accurate and complete; we will correct errors promptly and "
    "answer for false reporting.",
)


# --- receipts ----------------------------------------------------------------------------------------------------


def receipt_number(quarter: Quarter, letters: str) -> str:
    """`LS-2026Q3-7K4M-2QXR-B`: `letters` are eight of the papers' ALPHABET, the last one checks all before it."""
    body = f"LS-{quarter}-{letters[:4]}-{letters[4:]}"
    return f"{body}-{check_letter(body)}"


def is_key(text: str) -> bool:
    """Whether `text` can be the key of one post."""
    return _KEY.fullmatch(text) is not None


# --- two people, one draft ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed to different things since the page was made."""

    name: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The draft after a save, which of its fields changed, and the fields somebody has to choose on."""

    draft: dict[str, str]
    changed: tuple[str, ...]
    clashes: tuple[Clash, ...]


def merged(standing: Mapping[str, str], base: Mapping[str, str], mine: Mapping[str, str]) -> Merge:
    """A three-way merge by field: `base` is what the page showed, `mine` what came back, `standing` what is kept now.

    Fields absent from `mine` were not on the page and stay. Different fields are both kept; the same field changed to
    different things by two people is a clash, and keeps what stands.
    """
    draft, changed, clashes = dict(standing), [], []
    for name, text in mine.items():
        shown, kept = base.get(name, ""), standing.get(name, "")
        if text in (shown, kept):
            continue
        if kept != shown:
            clashes.append(Clash(name, text, kept))
            continue
        changed.append(name)
        if text:
            draft[name] = text
        else:
            draft.pop(name, None)
    return Merge(draft, tuple(changed), tuple(clashes))


# --- when ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """When a quarter is filed: from an instant, in time until `due_on`, at all until `locks_on`."""

    opens_at: datetime
    due_on: date
    locks_on: date


CLOSED = Bilingual(
    "这个季度的报送已经截止，不能再修改。", "Filing for this quarter is closed; it can no longer be changed."
)
NOT_OPEN = Bilingual("这个季度的报送还没有开始。", "Filing for this quarter has not opened yet.")


def shut(window: Window | None, reply_due_on: date | None, at: datetime, today: date) -> Bilingual | None:
    """Why the quarter takes no filing now, or None. What was returned may come back until its own day."""
    if window is None or at < window.opens_at:
        return NOT_OPEN
    last = max(window.locks_on, reply_due_on) if reply_due_on is not None else window.locks_on
    return CLOSED if today > last else None


def is_late(window: Window, reply_due_on: date | None, today: date) -> bool:
    """Whether a submission today is late: after the later of the window's day and a returned filing's own."""
    return today > deadline(window, reply_due_on)


def deadline(window: Window, reply_due_on: date | None) -> date:
    """The day that counts for the enterprise: the window's; once it was returned the filing's own, if that is later."""
    return window.due_on if reply_due_on is None else max(window.due_on, reply_due_on)


def is_editable(state: State | None) -> bool:
    return state is None or state in EDITABLE


# The row a filing is known by in lists, by respondent class; it is also what it weighs in shares of response.
HEADLINES = {"L": "101", "S": "101", "N": "105"}
