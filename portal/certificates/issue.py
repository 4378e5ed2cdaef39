"""The deeds on papers: issue, supersede, revoke. They join the caller's transaction and make no bytes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import local, now
from ..kernel.roles import Actor
from .models import Paper
from .rules import ALPHABET, SERIAL_LETTERS, TOKEN_LETTERS, PaperKind, PaperState, ended, serial_number
from .snapshot import Snapshot, canonical_hash


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose paper it is: enterprise, reporting unit and chain as they count now."""

    enterprise_id: int
    county: str
    chain: str


def issue(
    session: Session,
    actor: Actor,
    *,
    kind: PaperKind,
    owner: Owner,
    subject: str,
    snapshot: Snapshot,
    case_id: int | None = None,
    serial: str | None = None,
) -> str:
    """Makes a paper that is valid at once; the one that stood for the subject is superseded. Its number.

    `serial` is a number the caller has given already, such as a receipt's. Take the case with a lock before.
    """
    at, former = now(), standing(session, owner.enterprise_id, kind, subject)
    if former is not None:
        supersede(session, actor, former)
    content = snapshot.content()
    paper = Paper(
        kind=kind,
        serial=serial or serial_number(kind, local(at).year, drawn(SERIAL_LETTERS)),
        token=drawn(TOKEN_LETTERS),
        subject=subject,
        case_id=case_id,
        snapshot=content,
        sha256=canonical_hash(content),
        state=PaperState.VALID,
        valid_from=at,
        replaces_id=former.id if former else None,
        enterprise_id=owner.enterprise_id,
        county=owner.county,
        chain=owner.chain,
        created_at=at,
        created_by_id=actor.account_id,
    )
    session.add(paper)
    session.flush()
    return paper.serial


def supersede(session: Session, actor: Actor, paper: Paper) -> None:
    """A newer paper takes its place. Raises Illegal when it has ended already."""
    _end(session, actor, paper, PaperState.SUPERSEDED, "")


def revoke(session: Session, actor: Actor, paper: Paper, reason: str) -> None:
    """It counts no more, for a reason that the public page does not repeat. Raises Illegal."""
    _end(session, actor, paper, PaperState.REVOKED, reason)


def revoke_standing(
    session: Session, actor: Actor, *, enterprise_id: int, kind: PaperKind, subject: str, reason: str
) -> None:
    """Revokes what stands about the subject, if anything does: the case behind it was withdrawn or is void."""
    paper = standing(session, enterprise_id, kind, subject)
    if paper is not None:
        revoke(session, actor, paper, reason)


def standing(session: Session, enterprise_id: int, kind: PaperKind, subject: str) -> Paper | None:
    """The valid paper about the subject, locked."""
    return session.scalars(
        select(Paper)
        .where(
            Paper.enterprise_id == enterprise_id,
            Paper.kind == kind,
            Paper.subject == subject,
            Paper.state == PaperState.VALID,
        )
        .with_for_update()
    ).one_or_none()


def _end(session: Session, actor: Actor, paper: Paper, target: PaperState, reason: str) -> None:
    paper.state, paper.reason = ended(paper.state, target), reason
    paper.ended_at, paper.ended_by_id = now(), actor.account_id
    session.flush()  # the place must be free before another paper takes it


def drawn(count: int) -> str:
    """Random letters of the papers' alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
