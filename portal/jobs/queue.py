"""Asking for background work. A deed: the job appears with the caller's transaction or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..database.session import after_commit
from ..kernel.clock import now
from .bell import ring
from .models import Job

_INSERT = {
    "sqlite": sqlite.insert(Job.__table__).on_conflict_do_nothing(),  # type: ignore[arg-type]
    "postgresql": postgresql.insert(Job.__table__).on_conflict_do_nothing(),  # type: ignore[arg-type]
}


def enqueue(
    session: Session, name: str, *, due_at: datetime | None = None, key: str | None = None, **args: Any
) -> None:
    """Adds a job in the caller's transaction: the handler called `name` with `args` (plain JSON values).

    With a `key`, nothing is added while a job of that key still waits to be begun. One that has begun does not
    count: it may already have read what the caller has just changed.
    """
    instant = now()
    row = {"name": name, "args": args, "key": key, "due_at": due_at or instant, "attempts": 0, "created_at": instant}
    session.connection().execute(_INSERT[session.get_bind().dialect.name], row)
    if due_at is None or due_at <= instant:
        after_commit(session, ring)
