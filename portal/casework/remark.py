"""Deeds of the talk about a case: ask on a field, reply, close."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Denied, Illegal, Invalid
from ..kernel.roles import Actor, Permission
from .models import Case, Remark
from .rules import written

_EMPTY = Bilingual("请写下内容。", "Write something.")


def ask(
    session: Session,
    case: Case,
    actor: Actor,
    field: str | None,
    text: str,
    at_field: str = "text",
) -> Remark:
    """Puts a question or comment on `field` (None: on the whole case). Raises Invalid on the form field `at_field`."""
    side = "officer" if actor.is_office else "enterprise"
    if side == "officer" and not (actor.may(Permission.CASE_DECIDE) or actor.may(Permission.AWARD_DECIDE)):
        raise Denied(
            "not-permitted",
            Bilingual("你没有提问的权限。", "You are not permitted to ask."),
        )
    said = _said(text, at_field)
    row = Remark(
        case_id=case.id,
        enterprise_id=case.enterprise_id,
        county=case.county,
        chain=case.chain,
        field=field or None,
        text=said,
        author_id=actor.account_id,
        author_side=side,
        version_no=case.version,
        opened_at=now(),
    )
    session.add(row)
    session.flush()
    return row


def reply(session: Session, remark: Remark, actor: Actor, text: str, at_field: str = "reply") -> None:
    """Answers a remark; a later reply replaces an earlier one until the remark is closed (Illegal after that)."""
    said = _said(text, at_field)
    if remark.closed_at is not None:
        raise Illegal("remark-closed", Bilingual("这个问题已经关闭。", "This question is closed."))
    remark.reply, remark.replied_at, remark.replied_by_id = (
        said,
        now(),
        actor.account_id,
    )
    session.flush()


def close(session: Session, remark: Remark, actor: Actor) -> None:
    """Settles a remark. Closing twice is the same as once."""
    if remark.closed_at is None:
        remark.closed_at, remark.closed_by_id = now(), actor.account_id
        session.flush()


def _said(text: str, at_field: str) -> str:
    said = written(text, at_field)
    if not said:
        raise Invalid("text-missing", _EMPTY, {at_field: _EMPTY})
    return said
