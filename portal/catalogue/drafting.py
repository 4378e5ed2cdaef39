"""Deeds on drafts: put an entry in, check the whole, bring it into force. Each joins its caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Illegal, Invalid, Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .kinds import KINDS
from .linter import Problem, RawEntry, problems
from .loader import next_number, take_turn
from .models import CatalogueDraft, CatalogueDraftItem, CatalogueEntry
from .queries import draft_items, newest_opened, raw_with, standing_version
from .reader import FROM_THE_START, content_hash
from .rules import OVERTAKEN, effective_fault, faults_by_field, faults_by_place, wording_faults
from .second_person import FAULTY, UNCHANGED, mark_published, note_editor
from .uses import USES

_BASE_MOVED = Bilingual(
    "草案起草之后，其中的条目已有新版本发布。退回起草人，按新版本重做。",
    "A newer version was published since this was drafted. Send it back and draft it from the new version.",
)
_USED = Bilingual("这个代码已经用过。代码不重复使用。", "This code has been used. Codes are never used twice.")
_IN_USE = Bilingual(
    "{kind}{code}：还有{number}家已登记的企业，不能停用。",
    "{kind} {code}: registered enterprises in it: {number}. It cannot be retired.",
)
_EMPTY = Bilingual("草案里还没有任何改动。", "There is no change in this draft yet.")


def draft_faults(session: Session, title: str, effective_from: Quarter, reason: str) -> dict[str, Bilingual]:
    """What is wrong with the frame of a new draft, by form field."""
    faults = wording_faults(title, reason)
    late = effective_fault(effective_from, newest_opened(session), Quarter.parse(FROM_THE_START))
    return faults if late is None else {**faults, "effective_from": late}


def new_draft(actor: Actor, title: str, effective_from: Quarter, reason: str) -> CatalogueDraft:
    """A draft that is not in the session yet: `put` adds it once everything about it is right."""
    return CatalogueDraft(
        title=title.strip(),
        effective_from=effective_from.code,
        reason=reason.strip(),
        created_by_id=actor.account_id,
        created_by_name=actor.name,
        editor_ids=[],
    )


def put(
    session: Session,
    draft: CatalogueDraft,
    actor: Actor,
    kind: str,
    code: str,
    content: Mapping[str, Any],
    *,
    is_new: bool = False,
    faults: Mapping[str, Bilingual] | None = None,
) -> None:
    """Lays one entry into the draft, over what the draft said of it before.

    Raises Invalid with every field at fault, those in `faults` included. Nothing is asked of the database about a
    text that was not judged first: PostgreSQL takes no NUL, not even in a look-up.
    """
    if kind not in KINDS:
        raise Missing
    kept = {name: value for name, value in content.items() if value not in (None, "", [], False)}
    mine = [fault for fault in _faults(session, draft, kind, code, kept) if (fault.kind, fault.code) == (kind, code)]
    wrong = {**faults_by_field(mine), **(faults or {})}
    if wrong:
        raise Invalid("entry", FAULTY, wrong)
    base = standing_version(session, kind, code, Quarter.from_code(draft.effective_from))
    if is_new and _is_used(session, draft, kind, code):
        raise Invalid("used", FAULTY, {"code": _USED})
    if base is not None and content_hash(base.content) == content_hash(_bare(kept, base.content)):
        raise Invalid("unchanged", UNCHANGED)
    session.add(draft)
    session.flush()
    items = {(item.kind, item.code): item for item in draft_items(session, draft.id)}
    item = items.get((kind, code)) or CatalogueDraftItem(draft_id=draft.id, kind=kind, code=code)
    item.content, item.base_id = kept, base.id if base is not None else None
    session.add(item)
    note_editor(draft, actor)
    session.flush()


def _is_used(session: Session, draft: CatalogueDraft, kind: str, code: str) -> bool:
    published = select(CatalogueEntry.id).where(CatalogueEntry.kind == kind, CatalogueEntry.code == code).limit(1)
    in_draft = any((item.kind, item.code) == (kind, code) for item in draft_items(session, draft.id))
    return in_draft or session.scalar(published) is not None


def _bare(kept: dict[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The new content with the false flags that the old one happens to spell out, so that only meaning is compared."""
    return kept | {name: value for name, value in base.items() if value is False and name not in kept}


def _faults(
    session: Session, draft: CatalogueDraft, kind: str = "", code: str = "", content: Mapping[str, Any] | None = None
) -> list[Problem]:
    """What the linter says of the draft's quarter with the draft in force, and one more entry laid over it."""
    said, place = str(Quarter.from_code(draft.effective_from)), f"draft {draft.id}"
    changed = [RawEntry(i.kind, i.code, said, i.content, place) for i in draft_items(session, draft.id)]
    if content is not None:
        changed.append(RawEntry(kind, code, said, content, place))
    return problems(raw_with(session, Quarter.parse(said), changed))


def check_whole(session: Session, draft: CatalogueDraft) -> Sequence[CatalogueDraftItem]:
    """Everything that must hold before a draft may be submitted or published. Raises Invalid, Illegal or Conflict."""
    items = draft_items(session, draft.id)
    quarter = Quarter.from_code(draft.effective_from)
    if not items:
        raise Illegal("draft-empty", _EMPTY)
    late = effective_fault(quarter, newest_opened(session), Quarter.parse(FROM_THE_START))
    if late is not None:
        raise Illegal("draft-effective", late)
    moved: dict[str, Bilingual] = {}
    for item in items:
        _refuse_overtaken(session, item, quarter)
        base = standing_version(session, item.kind, item.code, quarter)
        if (base.id if base is not None else None) != item.base_id:
            moved[item.code] = Bilingual(item.content["name_zh"], item.content["name_en"])
    if moved:
        raise Conflict("draft-base", _BASE_MOVED, moved)
    faults = faults_by_place(_faults(session, draft)) | _in_use(session, items, quarter)
    if faults:
        raise Illegal("draft-faults", FAULTY, faults)
    return items


def _in_use(session: Session, items: Sequence[CatalogueDraftItem], quarter: Quarter) -> dict[str, Bilingual]:
    """What the draft retires while registered enterprises stand in it."""
    found = {}
    for item in items:
        base = standing_version(session, item.kind, item.code, quarter)
        if item.kind not in USES or not item.content.get("retired") or (base and base.content.get("retired")):
            continue
        number = USES[item.kind](session).get(item.code, 0)
        if number:
            said = _IN_USE.fill(kind=KINDS[item.kind].title, code=item.code, number=number)
            found[f"{item.kind}:{item.code}"] = said
    return found


def _refuse_overtaken(session: Session, item: CatalogueDraftItem, quarter: Quarter) -> None:
    """A version from a later quarter would hide this one from that quarter on: dated changes come in order."""
    later = session.scalar(
        select(CatalogueEntry.effective_from)
        .where(
            CatalogueEntry.kind == item.kind,
            CatalogueEntry.code == item.code,
            CatalogueEntry.effective_from > quarter.code,
        )
        .order_by(CatalogueEntry.effective_from)
        .limit(1)
    )
    if later is not None:
        name = Bilingual(item.content["name_zh"], item.content["name_en"])
        raise Illegal("draft-overtaken", OVERTAKEN.fill(name=name, later=Quarter.from_code(later).title))


def publish(session: Session, draft: CatalogueDraft, actor: Actor) -> Sequence[CatalogueDraftItem]:
    """Adds one dated version per entry of the draft; earlier ones stay as they are. Raises as `check_whole` does."""
    take_turn(session)
    items, at = check_whole(session, draft), now()
    for item in items:
        rows = session.scalars(
            select(CatalogueEntry).where(CatalogueEntry.kind == item.kind, CatalogueEntry.code == item.code)
        ).all()
        session.add(
            CatalogueEntry(
                kind=item.kind,
                code=item.code,
                effective_from=draft.effective_from,
                number=next_number(rows, draft.effective_from),
                content=dict(item.content),
                content_hash=content_hash(item.content),
                source="edit",
                draft_id=draft.id,
                published_at=at,
                published_by_id=actor.account_id,
                published_by_name=actor.name,
            )
        )
    mark_published(draft, actor)
    draft.published_at = at
    session.flush()
    return items
