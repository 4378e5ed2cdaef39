"""Appending an anchor: the heads that moved since the last one, under one Merkle root, chained to it. A deed.

An anchor's heads together with those of all anchors before it are the heads of every stream at that moment, so the
chain of roots commits to all of them while an anchor stays as small as the last five minutes were busy.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel.clock import now
from .models import AuditAnchor, AuditHead
from .rules import FIRST, Head, anchor_digest, merkle_root


def append_anchor(session: Session) -> AuditAnchor | None:
    """Adds the next anchor, or None when no head has moved. Streams in use at this moment wait for the next one."""
    heads = _take_moved(session)
    if not heads:
        return None
    last = session.execute(
        select(AuditAnchor.seq, AuditAnchor.digest).order_by(AuditAnchor.seq.desc()).limit(1)
    ).one_or_none()
    seq, previous = (last.seq + 1, last.digest) if last else (1, FIRST)
    root, instant = merkle_root(heads), now()
    anchor = AuditAnchor(
        seq=seq,
        recorded_at=instant,
        heads=[list(head) for head in heads],
        root=root,
        previous=previous,
        digest=anchor_digest(seq, instant, root, previous),
    )
    session.add(anchor)
    session.flush()
    return anchor


def _take_moved(session: Session) -> list[Head]:
    moved = select(AuditHead.stream).where(AuditHead.seq > AuditHead.anchored_seq).with_for_update(skip_locked=True)
    streams = list(session.scalars(moved))
    taken: list[Head] = []
    for start in range(0, len(streams), 500):
        some = AuditHead.stream.in_(streams[start : start + 500])
        rows = session.execute(
            update(AuditHead)
            .where(some)
            .values(anchored_seq=AuditHead.seq)
            .returning(AuditHead.stream, AuditHead.seq, AuditHead.digest)
            .execution_options(synchronize_session=False)
        )
        taken += [(row.stream, row.seq, row.digest) for row in rows]
    return sorted(taken)
