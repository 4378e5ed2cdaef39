"""Tables of the trail: events, the head of each stream, and the anchors. No foreign key leads upward."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Index, String, Table, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument
from .triggers import trigger_ddl

LONGEST = {"stream": 80, "actor_name": 120, "roles": 120, "address": 64, "verb": 60, "subject": 200}


class AuditEvent(Base):
    """One thing that was done, or refused. The database itself refuses to change or delete a row."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        CheckConstraint("seq > 0", name="counts_from_one"),
        CheckConstraint("outcome in ('done', 'refused')", name="known_outcome"),
        Index("ix_audit_event_actor_id_id", "actor_id", "id"),
        Index("ix_audit_event_verb_id", "verb", "id"),
        Index("ix_audit_event_subject_id", "subject", "id"),
        Index("ix_audit_event_recorded_at", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    stream: Mapped[str] = mapped_column(String(LONGEST["stream"]), comment="case:<id>, account:<id>, door:<day> …")
    seq: Mapped[int] = mapped_column(comment="place in the stream, from 1, without gaps")
    actor_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; None: the system or nobody known")
    actor_name: Mapped[str] = mapped_column(String(LONGEST["actor_name"]), comment="the person's name at the time")
    roles: Mapped[str] = mapped_column(String(LONGEST["roles"]), comment="their roles at the time")
    address: Mapped[str] = mapped_column(String(LONGEST["address"]), comment="remote address")
    verb: Mapped[str] = mapped_column(String(LONGEST["verb"]), comment="what was done, e.g. submit, sign-in")
    subject: Mapped[str] = mapped_column(String(LONGEST["subject"]), comment="to what, e.g. filing:12")
    outcome: Mapped[str] = mapped_column(String(8), comment="done or refused")
    detail: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="old and new values, version ids, reasons")
    previous: Mapped[str] = mapped_column(String(64), comment="digest of the event before in the stream, hex")
    digest: Mapped[str] = mapped_column(String(64), comment="sha256 over all columns but id, hex")


class AuditHead(Base):
    """The last event of a stream. Its row is the lock under which the next one is appended."""

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(String(LONGEST["stream"]), primary_key=True)
    seq: Mapped[int] = mapped_column(comment="seq of the last event, 0 before the first")
    digest: Mapped[str] = mapped_column(String(64), comment="digest of the last event, hex")
    anchored_seq: Mapped[int] = mapped_column(comment="seq that stands in an anchor, 0 for none yet")


Index(
    "ix_audit_head_moved",
    AuditHead.stream,
    sqlite_where=AuditHead.seq > AuditHead.anchored_seq,
    postgresql_where=AuditHead.seq > AuditHead.anchored_seq,
)


class AuditAnchor(Base):
    """The heads that moved since the anchor before, under one root, chained. A copy is kept outside the database."""

    __tablename__ = "audit_anchor"
    __table_args__ = (CheckConstraint("seq > 0", name="counts_from_one"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    seq: Mapped[int] = mapped_column(unique=True, comment="place in the chain of anchors, from 1, without gaps")
    recorded_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    heads: Mapped[list[Any]] = mapped_column(JsonDocument, comment="[stream, seq, digest] of each head that moved")
    root: Mapped[str] = mapped_column(String(64), comment="Merkle root over heads, hex")
    previous: Mapped[str] = mapped_column(String(64), comment="digest of the anchor before, hex")
    digest: Mapped[str] = mapped_column(String(64), comment="sha256 over seq, instant, root and previous, hex")


@event.listens_for(AuditEvent.__table__, "after_create")
@event.listens_for(AuditHead.__table__, "after_create")
@event.listens_for(AuditAnchor.__table__, "after_create")
def _create_triggers(target: Table, connection: Connection, **kw: Any) -> None:
    """Schemas made by `create_all` get the triggers that the migrations also write."""
    for statement in trigger_ddl(connection.dialect.name, target.name):
        connection.exec_driver_sql(statement)
