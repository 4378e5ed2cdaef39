"""Reads of one case. The queue's list is the review room's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.errors import Missing
from .models import Case, Decision, Remark


def case(session: Session, case_id: int) -> Case:
    """The case, or Missing where there is none in the session's scope."""
    found = session.scalars(select(Case).where(Case.id == case_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def handed_in(case: Case) -> Case:
    """The same case, as an office may know of it: Missing before it was handed in for the first time."""
    if case.first_submitted_at is None:
        raise Missing()
    return case


def cases(session: Session, ids: Collection[int]) -> dict[int, Case]:
    """Those of the cases that are in the session's scope, by id."""
    found = session.scalars(select(Case).where(Case.id.in_(ids))) if ids else ()
    return {row.id: row for row in found}


def locked(session: Session, case_id: int) -> Case:
    """The case as it is on disk now, held until the transaction ends (on SQLite the write gate holds it)."""
    statement = select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise Missing()
    return found


def remarks(session: Session, case_id: int) -> Sequence[Remark]:
    """Oldest first."""
    return session.scalars(select(Remark).where(Remark.case_id == case_id).order_by(Remark.id)).all()


def remark(session: Session, remark_id: int) -> Remark:
    found = session.scalars(select(Remark).where(Remark.id == remark_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def open_remarks(session: Session, case_id: int) -> tuple[Remark, ...]:
    """Officer's questions that the enterprise has not answered and nobody closed."""
    return tuple(
        row
        for row in remarks(session, case_id)
        if row.author_side == "officer" and row.reply is None and row.closed_at is None
    )


def decisions(session: Session, case_id: int) -> Sequence[Decision]:
    """Oldest first."""
    return session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.id)).all()


def decision_by_key(session: Session, case_id: int, key: str) -> Decision | None:
    """The decision that a post with this key made on this case, if it came through before."""
    return session.scalars(
        select(Decision).where(Decision.case_id == case_id, Decision.idempotency_key == key)
    ).one_or_none()
