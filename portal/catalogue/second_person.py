"""Deeds on a draft that one person writes and another publishes, whatever it drafts: its steps and who may take them.

Which table holds it, and what must hold of its content, is each room's own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Illegal, Missing
from ..kernel.roles import Actor

STALE = Bilingual(
    "这份草案在你打开之后有了变动。看过最新内容再继续。",
    "This draft changed after you opened it. Look at it again first.",
)
UNCHANGED = Bilingual(
    "内容与现行版本相同，没有可以保存的改动。",
    "Nothing differs from the version in force, so there is nothing to save.",
)
FAULTY = Bilingual("草案还有问题，改正后才能继续。", "The draft has problems that must be corrected first.")
SAID = {
    "submit": Bilingual("已提交，等待另一人发布。", "Submitted. A second person can publish it now."),
    "reopen": Bilingual("已退回修改。", "Sent back for changes."),
    "drop": Bilingual("草案已放弃。", "The draft was dropped."),
}
"""What the page says once a step is done."""
_STATE = Bilingual("这份草案现在不能这样处理。", "This cannot be done to the draft as it stands.")
_OWN = Bilingual(
    "参与起草的人不能发布。由另一位市局负责人发布。",
    "Whoever drafted a change cannot publish it. A second person of the bureau does.",
)


class Draft(Protocol):
    id: Any
    state: str
    version: int
    created_by_id: int
    editor_ids: list[int]
    submitted_at: datetime | None
    published_by_id: int | None
    published_by_name: str


Drafted = TypeVar("Drafted", bound=Draft)


def locked_draft(session: Session, table: type[Drafted], draft_id: int, version: int, *states: str) -> Drafted:
    """The draft for changing, as it is by now. Raises Missing, Illegal in another state, Conflict for an older page."""
    wanted = select(table).where(table.id == draft_id).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).first()
    if found is None:
        raise Missing()
    if found.state not in states:
        raise Illegal("draft-state", _STATE)
    if found.version != version:
        raise Conflict("draft-stale", STALE)
    found.version += 1
    return found


def note_editor(draft: Draft, actor: Actor) -> None:
    draft.editor_ids = sorted({*draft.editor_ids, actor.account_id or 0})


def took_part(draft: Draft, actor: Actor) -> bool:
    """Whether they started the draft or typed into it."""
    return actor.account_id is None or actor.account_id in {draft.created_by_id, *draft.editor_ids}


def refuse_own(draft: Draft, actor: Actor) -> None:
    """Two persons: nobody who took part in a draft may publish it."""
    if took_part(draft, actor):
        raise Illegal("own-draft", _OWN)


def step(draft: Draft, state: str) -> None:
    """Submitted to a second person, back to `draft`, or dropped."""
    draft.state, draft.submitted_at = state, now() if state == "submitted" else None


def mark_published(draft: Draft, actor: Actor) -> None:
    draft.state = "published"
    draft.published_by_id, draft.published_by_name = actor.account_id, actor.name
