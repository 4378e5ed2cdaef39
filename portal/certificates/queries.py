"""Reading papers: lists for those in whose scope they lie, one paper, and what the public sees of one by its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..database.session import reading
from ..kernel.errors import Missing
from ..kernel.roles import Scope
from .models import Paper
from .rules import PaperKind, PaperState, may_be_serial
from .snapshot import Snapshot, snapshot_of

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper as a page shows it."""

    id: int
    enterprise_id: int
    kind: PaperKind
    serial: str
    token: str
    subject: str
    case_id: int | None
    state: PaperState
    sha256: str
    issued_at: datetime
    valid_from: datetime
    ended_at: datetime | None
    reason: str
    snapshot: Snapshot
    replaced_by: str | None = None

    def is_in_force(self, at: datetime) -> bool:
        return self.state is PaperState.VALID and self.valid_from <= at


def _sheet(paper: Paper, replaced_by: str | None = None) -> Sheet:
    return Sheet(
        paper.id,
        paper.enterprise_id,
        paper.kind,
        paper.serial,
        paper.token,
        paper.subject,
        paper.case_id,
        paper.state,
        paper.sha256,
        paper.created_at,
        paper.valid_from,
        paper.ended_at,
        paper.reason,
        snapshot_of(paper.snapshot),
        replaced_by,
    )


def papers(session: Session, before: int | None = None, limit: int = PAGE_SIZE) -> list[Sheet]:
    """Those in the session's scope, newest first, below the id `before`."""
    statement = select(Paper).order_by(Paper.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Paper.id < before)
    return [_sheet(paper) for paper in session.scalars(statement)]


def paper(session: Session, serial: str) -> Sheet:
    """Raises Missing where there is none in the session's scope."""
    if not may_be_serial(serial):
        raise Missing()
    newer = aliased(Paper)
    row = session.execute(
        select(Paper, newer.serial).outerjoin(newer, newer.replaces_id == Paper.id).where(Paper.serial == serial)
    ).one_or_none()
    if row is None:
        raise Missing()
    return _sheet(row[0], row[1])


def paper_by_id(session: Session, paper_id: int) -> Sheet | None:
    found = session.scalars(select(Paper).where(Paper.id == paper_id)).one_or_none()
    return None if found is None else _sheet(found)


def standing_serial(session: Session, enterprise_id: int, kind: PaperKind, subject: str) -> str | None:
    """The number of the valid paper about a subject."""
    return session.scalars(
        select(Paper.serial).where(
            Paper.enterprise_id == enterprise_id,
            Paper.kind == kind,
            Paper.subject == subject,
            Paper.state == PaperState.VALID,
        )
    ).one_or_none()


def newest_about(session: Session, enterprise_id: int, kind: PaperKind, subject: str) -> Sheet | None:
    """The last paper about a subject, in whatever state. Where one is valid it is this one."""
    found = session.scalars(
        select(Paper)
        .where(Paper.enterprise_id == enterprise_id, Paper.kind == kind, Paper.subject == subject)
        .order_by(Paper.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _sheet(found)


def paper_by_token(token: str) -> Sheet | None:
    """What the code on a paper opens: that paper alone, for whoever holds it."""
    with reading(Scope.everything("a paper's code opens that paper to its holder")) as session:
        found = session.scalars(select(Paper).where(Paper.token == token)).one_or_none()
        return None if found is None else _sheet(found)
