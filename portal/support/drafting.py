"""Deeds on drafts of policies: put what was typed in, check it, publish it. Each joins its caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..catalogue.rules import reason_faults
from ..catalogue.second_person import FAULTY, STALE, UNCHANGED, locked_draft, mark_published, note_editor
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing
from ..kernel.roles import Actor
from .lint import NO_REVIEW
from .lint_amount import DAY, is_day
from .loader import next_number
from .models import PolicyDraft, PolicyVersion
from .policy import CODE, Tag
from .policy_text import Typed, changes, day_text, faults_by_field, named, read
from .queries_drafts import Said, newest_version, open_draft, said_of, versions_of
from .reader import content_hash

_KEPT = ("tag", "year", "invented")  # where a policy comes from is no matter of editing
_WAITING = Bilingual(
    "这项政策的修改正在等待发布。先退回修改，再继续。",
    "A change of this policy waits for publication. Send it back for changes first.",
)
_BASE_MOVED = Bilingual(
    "起草之后，这项政策已有新版本。放弃这份草案，按新版本重做。",
    "This policy has a newer version since this was drafted. Drop the draft and begin from the new version.",
)
_CODE = Bilingual(
    "编号写作P加三至五位数字，例如P103。", "Write the code as P and three to five digits, for instance P103."
)
_USED = Bilingual("这个编号已经用过。编号不重复使用。", "This code has been used. Codes are never used twice.")
_PAST_DAY = Bilingual(
    "生效日期已过。写今天或以后的日期，或者留空，自发布之日起生效。",
    "That day has passed. Write today or a later day, or none: then it applies from the day it is published.",
)
_OVERTAKEN = Bilingual(
    "已有从{later}起生效的版本。生效日期不能早于它。",
    "A version already applies from {later}. The change cannot apply before that.",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a policy as it was sent. `version` is that of the draft the page showed; 0: there was none."""

    typed: Typed
    version: int = 0
    effective_on: str = ""
    reason: str = ""


def put(session: Session, actor: Actor, code: str, sheet: Sheet) -> PolicyDraft:
    """Lays what was typed over the draft of a published policy, or of one that is only drafted; or begins a draft.

    Raises Missing, Conflict, Illegal, and Invalid with every field at fault. Nothing is asked of the database about a
    code that was not judged first.
    """
    if not CODE.fullmatch(code):
        raise Missing()
    base, drafted = newest_version(session, code), _open(session, code, sheet.version)
    if base is None and drafted is None:
        raise Missing()
    content, faults = _judged(session, code, sheet, base)
    if faults:
        raise Invalid("policy", FAULTY, faults)
    if base is not None and not changes(base.content, content):
        raise Invalid("unchanged", UNCHANGED)
    return _laid(session, actor, drafted, base, content, sheet)


def put_new(session: Session, actor: Actor, code: str, sheet: Sheet) -> PolicyDraft:
    """Begins the draft of a policy that is not there yet. Raises Invalid with every field at fault."""
    content, faults = _judged(session, code, sheet, None)
    if not CODE.fullmatch(code):
        faults["new_code"] = _CODE
    elif newest_version(session, code) is not None or open_draft(session, code) is not None:
        faults["new_code"] = _USED
    if faults:
        raise Invalid("policy", FAULTY, faults)
    return _laid(session, actor, None, None, content, sheet)


def _open(session: Session, code: str, version: int) -> PolicyDraft | None:
    """The draft under way, locked; None where there is none. Raises Illegal, Conflict."""
    found = open_draft(session, code)
    if found is None:
        if version:
            raise Conflict("draft-stale", STALE)
        return None
    if found.state != "draft":
        raise Illegal("draft-state", _WAITING)
    return locked_draft(session, PolicyDraft, found.id, version, "draft")


def _judged(
    session: Session, code: str, sheet: Sheet, base: PolicyVersion | None
) -> tuple[dict[str, Any], dict[str, Bilingual]]:
    """The definition, and everything that is wrong with it or with the frame of the draft, by field of the form."""
    found = read(sheet.typed)
    origin = base.content if base is not None else {"tag": Tag.ENTERED.value}
    content = found.content | {"code": code} | {name: origin[name] for name in _KEPT if name in origin}
    faults = faults_by_field(said_of(session, content).refusals) | found.faults | reason_faults(sheet.reason)
    day = _day_fault(sheet.effective_on, base)
    return content, named(faults if day is None else faults | {"effective_on": day})


def _day_fault(typed: str, base: PolicyVersion | None) -> Bilingual | None:
    text = day_text(typed)
    if text and not is_day(text):
        return DAY
    return effective_fault(date.fromisoformat(text) if text else None, base)


def effective_fault(asked: date | None, newest: PolicyVersion | None) -> Bilingual | None:
    """Why a version may not apply from that day (None: today), or None when it may. Dated versions come in order."""
    if asked is not None and asked < today():
        return _PAST_DAY
    if newest is not None and (asked or today()) < newest.effective_on:
        return _OVERTAKEN.fill(later=newest.effective_on)
    return None


def _laid(
    session: Session,
    actor: Actor,
    drafted: PolicyDraft | None,
    base: PolicyVersion | None,
    content: dict[str, Any],
    sheet: Sheet,
) -> PolicyDraft:
    row = drafted or PolicyDraft(
        code=content["code"], created_by_id=actor.account_id, created_by_name=actor.name, editor_ids=[]
    )
    row.content, row.reason = content, sheet.reason.strip()
    text = day_text(sheet.effective_on)
    row.effective_on = date.fromisoformat(text) if text else None
    row.base_id = base.id if base is not None else None
    note_editor(row, actor)
    session.add(row)
    session.flush()
    return row


def check_whole(session: Session, found: PolicyDraft) -> Said:
    """Everything that must hold before a draft may be submitted or published. Raises Conflict, Illegal."""
    base = newest_version(session, found.code)
    if (base.id if base is not None else None) != found.base_id:
        raise Conflict("draft-base", _BASE_MOVED)
    late = effective_fault(found.effective_on, base)
    if late is not None:
        raise Illegal("draft-effective", late)
    said = said_of(session, found.content)
    if said.refusals:
        raise Illegal("draft-faults", said.refusals[0].message)
    if said.lacks_review:
        raise Illegal("no-review", NO_REVIEW)
    return said


def publish(session: Session, found: PolicyDraft, actor: Actor) -> PolicyVersion:
    """Adds the version; earlier ones stay as they are, and so does whatever was begun under them."""
    row = PolicyVersion(
        code=found.code,
        number=next_number(versions_of(session, found.code)),
        content=dict(found.content),
        content_hash=content_hash(found.content),
        effective_on=found.effective_on or today(),
        source="edit",
        created_at=now(),
        created_by_id=actor.account_id,
        published_by_name=actor.name,
    )
    session.add(row)
    session.flush()
    mark_published(found, actor)
    found.version_id = row.id
    session.flush()
    return row
