"""What the bureau does to policies: draft, submit, send back, drop; a second person publishes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..catalogue.second_person import locked_draft, refuse_own, step
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Conflict
from ..kernel.roles import Actor
from .drafting import Sheet, check_whole, publish, put, put_new
from .models import PolicyDraft
from .policy_text import changes
from .queries_drafts import version
from .reader import content_hash

_TWICE = Bilingual("另一位同事刚刚开始修改这项政策。", "A colleague has just begun to change this policy.")


def draft_policy(actor: Actor, code: str, sheet: Sheet, *, is_new: bool = False) -> int:
    """Keeps a change of a policy, or a new one, as a draft; its id. Raises Missing, Illegal, Conflict, and Invalid with
    the fields at fault."""
    try:
        with transaction(actor) as session:
            found = (put_new if is_new else put)(session, actor, code, sheet)
            base = version(session, found.base_id)
            changed = [change.field.name for change in changes(base.content if base else None, found.content)]
            _record(session, actor, "draft", found, changed=changed, sha256=content_hash(found.content))
            return found.id
    except IntegrityError as error:
        raise Conflict("draft-begun", _TWICE) from error


def submit_policy(actor: Actor, draft_id: int, version_no: int) -> None:
    """Hands a draft to a second person. Raises Missing, Illegal while something is wrong with it, Conflict."""
    with transaction(actor) as session:
        found = locked_draft(session, PolicyDraft, draft_id, version_no, "draft")
        check_whole(session, found)
        step(found, "submitted")
        _record(session, actor, "submit", found)


def reopen_policy(actor: Actor, draft_id: int, version_no: int) -> None:
    """Gives a submitted draft back for changes."""
    with transaction(actor) as session:
        found = locked_draft(session, PolicyDraft, draft_id, version_no, "submitted")
        step(found, "draft")
        _record(session, actor, "reopen", found)


def drop_policy(actor: Actor, draft_id: int, version_no: int) -> None:
    with transaction(actor) as session:
        found = locked_draft(session, PolicyDraft, draft_id, version_no, "draft", "submitted")
        step(found, "dropped")
        _record(session, actor, "drop", found)


def publish_policy(actor: Actor, draft_id: int, version_no: int) -> None:
    """Publishes a submitted draft. Raises Illegal for anybody who took part in drafting it, and where a warning stands
    without the review's number and date."""
    with transaction(actor) as session:
        found = locked_draft(session, PolicyDraft, draft_id, version_no, "submitted")
        refuse_own(found, actor)
        said = check_whole(session, found)
        row = publish(session, found, actor)
        review = found.content.get("review", {})
        detail = {"number": row.number, "effective_on": row.effective_on, "sha256": row.content_hash}
        detail |= {"warnings": [problem.rule for problem in said.warnings], "review": review.get("document", "")}
        _record(session, actor, "withdraw" if found.content.get("withdrawn") else "publish", found, **detail)


def _record(session: Session, actor: Actor, verb: str, found: PolicyDraft, **detail: Any) -> None:
    subject = f"policy:{found.code} draft:{found.id}"
    record(session, actor, stream="support", verb=f"support.policy-{verb}", subject=subject, detail=detail)
