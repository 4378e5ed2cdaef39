"""Pure rules of a case: written texts, who may decide. No tables."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ..kernel.bilingual import Bilingual, whole_day_in_words
from ..kernel.errors import Denied, Illegal, Invalid
from ..kernel.intake import INVISIBLE, TEXT_TOO_LONG, has_invisible

# Used where the catalogue holds no schedule yet; rulings 9: a return carries its own due date.
REVIEW_WORKING_DAYS = 5
REPLY_WORKING_DAYS = 3
TEXT_LIMIT = 2000


def written(text: str | None, field: str, limit: int = TEXT_LIMIT) -> str:
    """What a person wrote, trimmed, with one kind of line end. Raises Invalid (on `field`) where it cannot be kept."""
    said = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(said) > limit:
        raise _invalid(
            field,
            "text-long",
            TEXT_TOO_LONG.fill(limit=limit, length=len(said)),
        )
    if has_invisible(said):
        raise _invalid(field, "text-control", INVISIBLE)
    return said


def _invalid(field: str, code: str, message: Bilingual) -> Invalid:
    return Invalid(code, message, {field: message})


def refuse_own_entry(entered_by: Collection[int], account_id: int | None) -> None:
    """Four eyes: nobody decides what they typed, handed over or submitted. Raises Denied."""
    if account_id is not None and account_id in entered_by:
        raise Denied(
            "own-entry",
            Bilingual(
                "内容是你本人填写或提交的，须由另一人审核。",
                "You entered or submitted this yourself; another person has to decide it.",
            ),
        )


_LOCKED = Bilingual(
    "县（市、区）已于{day}确认并锁定这个季度的数据，不能再改动。确需更正的，请联系县级审核部门，由市局解除锁定。",
    "This quarter was accepted and locked by the county on {day}; nothing in it can be changed. If a figure is wrong, "
    "tell the county office: the city bureau can take the lock back.",
)


def locked_words(locked_on: date | None) -> Bilingual | None:
    """Why nothing of a case moves any more, or None while its quarter is not locked."""
    return None if locked_on is None else _LOCKED.fill(day=whole_day_in_words(locked_on))


def refuse_locked(locked_on: date | None) -> None:
    """Raises Illegal once the county has accepted the quarter."""
    words = locked_words(locked_on)
    if words is not None:
        raise Illegal("quarter-locked", words)
