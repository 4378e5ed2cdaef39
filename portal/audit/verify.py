"""Proving the trail: every stream and every anchor is walked, and what does not fit is named.

Found: a changed event, a missing one, a tail that is gone, events in the wrong order, a head or an anchor that was
altered - as far as the attacker did not also rewrite the copy of the anchors outside the database. A tail younger than
the last anchor is guarded by its head row alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ..database.session import reading
from ..kernel.roles import Scope
from .anchor_file import Anchor, read_anchors
from .models import AuditEvent, AuditHead
from .queries import anchors_after
from .rules import CHAINED, FIRST, anchor_digest, event_digest, merkle_root

Anchored = dict[str, dict[int, str]]
_COLUMNS = tuple(getattr(AuditEvent, name) for name in (*CHAINED, "digest"))


def verify(anchors: Path | None = None) -> list[str]:
    """What does not fit, in plain sentences; empty when all is well. `anchors` is the folder of the outside copy."""
    try:
        outside = read_anchors(anchors) if anchors is not None else []
    except ValueError as error:
        return [f"anchor file: {error}"]
    with reading(Scope.nobody()) as session:
        _freeze(session)
        inside = list(anchors_after(session, 0))
        differences = [*_chain_differences("anchor", inside), *_chain_differences("anchor in the file", outside)]
        if anchors is not None:
            differences += _copy_differences(inside, outside)
        anchored = _anchored([*inside, *outside])
        differences += _stream_differences(session, anchored)
    return differences


def _freeze(session: Session) -> None:
    """One state of the database for the whole walk, while others go on writing."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _chain_differences(what: str, chain: list[Anchor]) -> Iterator[str]:
    previous = FIRST
    for expected, anchor in enumerate(chain, 1):
        if anchor.seq != expected:
            yield f"{what} {expected} is missing"
            return
        if anchor.previous != previous:
            yield f"{what} {anchor.seq} does not follow {anchor.seq - 1}"
        digest = anchor_digest(anchor.seq, anchor.recorded_at, anchor.root, anchor.previous)
        if anchor.root != merkle_root(anchor.heads) or anchor.digest != digest:
            yield f"{what} {anchor.seq} was changed"
        previous = anchor.digest


def _copy_differences(inside: list[Anchor], outside: list[Anchor]) -> Iterator[str]:
    """The file may lack the newest anchor (it is written just after), never an older one."""
    for ours, theirs in zip(inside, outside, strict=False):
        if ours != theirs:
            yield f"anchor {ours.seq} differs from the file"
            return
    if len(outside) > len(inside):
        yield f"anchor {len(inside) + 1} is in the file but missing in the database"
    if len(inside) > len(outside) + 1:
        yield f"anchor {len(outside) + 1} is missing in the file"


def _anchored(anchors: Iterable[Anchor]) -> Anchored:
    """Which digest each anchored event must have; where copies differ, the later one read wins (the file's)."""
    found: Anchored = {}
    for anchor in anchors:
        for stream, seq, digest in anchor.heads:
            found.setdefault(stream, {})[seq] = digest
    return found


def _stream_differences(session: Session, anchored: Anchored) -> Iterator[str]:
    heads = {row.stream: row for row in session.execute(select(AuditHead.stream, AuditHead.seq, AuditHead.digest))}
    walk: _Walk | None = None
    statement = select(*_COLUMNS).order_by(AuditEvent.stream, AuditEvent.seq).execution_options(yield_per=1000)
    for event in session.execute(statement):
        if walk is None or walk.stream != event.stream:
            if walk is not None:
                yield from walk.end(heads.pop(walk.stream, None))
            walk = _Walk(event.stream, anchored.pop(event.stream, {}))
        yield from walk.step(event)
    if walk is not None:
        yield from walk.end(heads.pop(walk.stream, None))
    for stream in sorted(heads):
        if heads[stream].seq > 0:
            yield f"{stream}: all {heads[stream].seq} events are missing"
    for stream in sorted(anchored):
        yield f"{stream}: event {min(anchored[stream])} is anchored but missing"


class _Walk:
    """One stream from its first event to its head. After a difference the rest of the stream is not judged."""

    def __init__(self, stream: str, anchored: dict[int, str]) -> None:
        self.stream, self.anchored = stream, anchored
        self.seq, self.digest, self.is_broken = 0, FIRST, False

    def step(self, event: Any) -> Iterator[str]:
        if self.is_broken:
            return
        held = self.anchored.pop(event.seq, event.digest)
        problem = self._problem(event, held)
        if problem:
            self.is_broken = True
            yield f"{self.stream}: {problem}"
        self.seq, self.digest = event.seq, event.digest

    def _problem(self, event: Any, held: str) -> str:
        if event.seq != self.seq + 1:
            return f"event {self.seq + 1} is missing"
        if event_digest(event._mapping) != event.digest:
            return f"event {event.seq} was changed"
        if event.previous != self.digest:
            return f"event {event.seq} does not follow event {self.seq}"
        return f"event {event.seq} is not the one that was anchored" if held != event.digest else ""

    def end(self, head: Row[str, int, str] | None) -> Iterator[str]:
        if self.is_broken:
            return
        if head is None:
            yield f"{self.stream}: the head is missing"
        elif head.seq > self.seq or any(seq > self.seq for seq in self.anchored):
            yield f"{self.stream}: event {self.seq + 1} is missing at the end"
        elif head.seq != self.seq or head.digest != self.digest:
            yield f"{self.stream}: the head says otherwise than event {self.seq}"
