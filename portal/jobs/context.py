"""What a handler is given: the job at hand, and the one transaction in which its effect and its end commit together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..config import Settings
from ..database.session import transaction
from ..kernel.clock import now
from ..kernel.roles import Scope
from .models import Job


class LeaseLost(RuntimeError):
    """Somebody else took the job over, or it is done already. The effect was undone."""


@dataclass(slots=True)
class JobContext:
    """One attempt at one job. `scope` is what the handler declared; `attempt` counts from 1."""

    id: int
    name: str
    attempt: int
    token: str
    scope: Scope
    settings: Settings
    args: dict[str, Any] = field(default_factory=dict)
    is_done: bool = field(default=False, init=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work commits together with the job's end; once per job.

        Raises LeaseLost, and undoes the work, when the job was taken over meanwhile.
        """
        if self.is_done:
            raise LeaseLost(f"job {self.id} ({self.name}) has ended already")
        with transaction(self.scope) as session:
            yield session
            session.flush()
            self.finish(session)
        self.is_done = True

    def finish(self, session: Session) -> None:
        """Marks the job done in `session`, if this attempt still holds it. Raises LeaseLost."""
        table = Job.__table__
        mine = (table.c.id == self.id) & (table.c.lease_token == self.token)
        still = mine & table.c.done_at.is_(None) & table.c.parked_at.is_(None)
        ended = session.connection().execute(
            update(table).where(still).values(done_at=now(), leased_until=None, error=None)  # type: ignore[arg-type]
        )
        if ended.rowcount != 1:
            raise LeaseLost(f"job {self.id} ({self.name}) was taken over")
