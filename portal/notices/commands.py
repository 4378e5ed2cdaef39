"""Marking notices read. Reading one's own messages is no business of the audit trail."""

from __future__ import annotations

from sqlalchemy import update

from ..database.session import transaction
from ..kernel.clock import now
from ..kernel.errors import Missing
from ..kernel.roles import Actor
from .models import Notice
from .queries import MOST_ID


def mark_read(actor: Actor, notice_id: int) -> None:
    """Raises Missing when it is not the actor's own notice."""
    instant = now()
    if notice_id >= MOST_ID:
        raise Missing()
    with transaction(actor) as session:
        mine = (Notice.id == notice_id) & (Notice.account_id == actor.account_id) & (Notice.due_at <= instant)
        known = session.scalars(update(Notice).where(mine).values(read_at=instant).returning(Notice.id)).all()
        if not known:
            raise Missing()


def mark_all_read(actor: Actor) -> None:
    instant = now()
    with transaction(actor) as session:
        session.execute(
            update(Notice)
            .where(Notice.account_id == actor.account_id, Notice.due_at <= instant, Notice.read_at.is_(None))
            .values(read_at=instant)
        )
