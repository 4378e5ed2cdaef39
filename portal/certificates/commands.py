"""What people do with papers: ask for the printed form, revoke one; and the count of wrong codes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.limits import Count
from ..accounts.throttle import count_failure
from ..audit.rules import clean, door_stream
from ..audit.trail import record
from ..database.session import transaction
from ..jobs.queue import enqueue
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Denied, Illegal, Invalid, Missing
from ..kernel.roles import Actor, Scope
from .issue import revoke
from .models import Paper
from .rules import LONGEST_REASON, MISSES, RENDER, is_in_force, may_be_serial, may_revoke

_NO_REASON = Bilingual("请写明撤销的理由。", "Give the reason for revoking it.")
_LONG = Bilingual("理由最多{limit}个字。", "A reason has {limit} characters at most.").fill(limit=LONGEST_REASON)
_NOT_ITS_OFFICE = Bilingual("告知书由作出决定的单位撤销。", "The notice of a decision is revoked by who decided.")
_NOT_IN_FORCE = Bilingual(
    "这份文书现在无效，不能再打印。", "This paper is not in force; it cannot be printed any more."
)


def prepare(actor: Actor, serial: str) -> None:
    """Asks the background for the paper's printed form. Raises Missing, Illegal (not in force)."""
    with transaction(actor) as session:
        paper = _paper(session, serial)
        if not is_in_force(paper.state, paper.valid_from, now()):
            raise Illegal("not-in-force", _NOT_IN_FORCE)
        enqueue(session, RENDER, key=f"paper:{paper.id}", paper_id=paper.id, enterprise_id=paper.enterprise_id)
        record(session, actor, stream=f"account:{actor.account_id}", verb="paper.prepare", subject=f"paper:{serial}")


def revoke_paper(actor: Actor, serial: str, reason: str) -> None:
    """It counts no more. Raises Missing, Denied, Invalid (field `reason`), Illegal (revoked already)."""
    said = clean(reason.strip())
    wrong = _NO_REASON if not said else _LONG if len(said) > LONGEST_REASON else None
    if wrong is not None:
        raise Invalid("reason", wrong, {"reason": wrong})
    with transaction(actor) as session:
        paper = _paper(session, serial)
        if not may_revoke(actor, paper.kind):
            raise Denied("not-its-office", _NOT_ITS_OFFICE)
        revoke(session, actor, paper, said)
        stream = f"case:{paper.case_id}" if paper.case_id else f"account:{actor.account_id}"
        detail = {"kind": paper.kind.value, "reason": said}
        record(session, actor, stream=stream, verb="paper.revoke", subject=f"paper:{serial}", detail=detail)


def note_miss(actor: Actor) -> None:
    """Counts a code that opened nothing, by the address it came from; what was typed is kept nowhere."""
    at = now()
    with transaction(Scope.nobody()) as session:
        count_failure(session, at, Count.of(MISSES, actor.address))
        record(session, actor, stream=door_stream(at), verb="paper.unknown-code", outcome="refused")


def _paper(session: Session, serial: str) -> Paper:
    if not may_be_serial(serial):
        raise Missing()
    found = session.scalars(select(Paper).where(Paper.serial == serial).with_for_update()).one_or_none()
    if found is None:
        raise Missing()
    return found
