"""Appending to the trail. `record` is a deed: the last statement of a command, in the command's transaction.

A command writes to one stream only, and last, so that no two commands wait for each other's heads.
`record_access` and `record_at_door` are for what has no transaction of its own: a read, a refusal.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..database.prepared import Prepared
from ..database.session import transaction
from ..kernel.clock import now
from ..kernel.errors import Busy
from ..kernel.roles import Actor, Scope
from .models import LONGEST, AuditEvent, AuditHead
from .rules import FIRST, clean, door_stream, event_digest, plain

Outcome = Literal["done", "refused"]
_log = logging.getLogger("portal.audit")
_EVENTS, _HEADS = AuditEvent.__table__, AuditHead.__table__


def record(
    session: Session,
    actor: Actor,
    *,
    stream: str,
    verb: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    outcome: Outcome = "done",
) -> None:
    """Appends one event to `stream`. `detail` takes texts, whole numbers, Decimals, dates, lists and mappings.

    Raises TypeError for a float in `detail`, ValueError for a name such as `password`.
    """
    event = event_of(actor, now(), stream=stream, verb=verb, subject=subject, detail=detail, outcome=outcome)
    session.flush()
    connection = session.connection()
    (head,) = _TAKE_HEAD[connection.dialect.name].rows(connection, {"stream": event["stream"]})
    event |= {"seq": head.seq + 1, "previous": head.digest}
    event["digest"] = event_digest(event)
    _APPEND.changed(connection, event)


def event_of(
    actor: Actor,
    at: datetime,
    *,
    stream: str,
    verb: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    outcome: Outcome = "done",
) -> dict[str, Any]:
    """The event as a row, made safe, before it has its place in its stream."""
    event: dict[str, Any] = {
        "recorded_at": at,
        "actor_id": actor.account_id,
        "actor_name": _name(actor),
        "roles": " ".join(sorted(role.value for role in actor.roles)),
        "address": actor.address,
        "stream": stream,
        "verb": verb,
        "subject": subject,
    }
    event |= {name: clean(event[name], longest) for name, longest in LONGEST.items()}
    return event | {"outcome": outcome, "detail": plain(detail or {})}


def record_access(actor: Actor, *, subject: str, verb: str = "read", detail: Mapping[str, Any] | None = None) -> None:
    """Notes, in a short transaction of its own, that somebody read something confidential.

    Called once the response is sent (`response.call_on_close`), so that no page waits for the trail. It does not
    raise Busy: there is nobody left to tell, so the process's log says what could not be written.
    """
    stream = f"account:{actor.account_id}" if actor.account_id is not None else door_stream(now())
    _alone(actor, {"stream": stream, "verb": verb, "subject": subject, "detail": detail})


def record_at_door(actor: Actor, *, verb: str, subject: str = "", detail: Mapping[str, Any] | None = None) -> None:
    """Notes in the same way that somebody was turned away: denied, or not let in."""
    event = {"stream": door_stream(now()), "verb": verb, "subject": subject, "detail": detail, "outcome": "refused"}
    _alone(actor, event)


def _alone(actor: Actor, event: dict[str, Any]) -> None:
    try:
        with transaction(Scope.nobody()) as session:
            record(session, actor, **event)
    except Busy:
        _log.warning("the store is busy: %s by account %s was not written down", event["verb"], actor.account_id)


def _name(actor: Actor) -> str:
    if actor.account_id is None and actor.scope.reason:
        return f"{actor.name}: {actor.scope.reason}"
    return actor.name or actor.username


def _take_head(insert: Any) -> Any:
    """Locks the head of a stream, making it first if need be, and gives back where it stands: one statement.

    The update that changes nothing takes the row's lock; the trigger on audit_event moves the head on.
    """
    named = bindparam("stream", type_=_HEADS.c.stream.type)
    new = insert(_HEADS).values(stream=named, seq=0, digest=FIRST, anchored_seq=0)
    kept = new.on_conflict_do_update(index_elements=["stream"], set_={"anchored_seq": _HEADS.c.anchored_seq})
    return kept.returning(_HEADS.c.seq, _HEADS.c.digest)


_TAKE_HEAD = {
    "sqlite": Prepared(_take_head(sqlite.insert)),
    "postgresql": Prepared(_take_head(postgresql.insert)),
}
_APPEND = Prepared(
    _EVENTS.insert()  # type: ignore[attr-defined]
    .inline()
    .values({c.name: bindparam(c.name, type_=c.type) for c in _EVENTS.c if c.name != "id"})
)
