"""The deed of counting failures. One row a count, gone when it is forgiven or when its window is long over.

In a transaction: lock the account first, if there is one, then `take_turn`, then count or forgive.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .limits import Count, TooMany
from .models import Throttle

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def refuse_if_shut(session: Session, at: datetime, *counts: Count) -> None:
    """Raises TooMany while one of `counts` is full."""
    for count in counts:
        row = session.execute(
            select(Throttle.failures, Throttle.window_began_at).where(Throttle.key == count.key)
        ).first()
        if row is None or row.failures < count.limit.most:
            continue
        left = row.window_began_at + count.limit.window - at
        # A window that begins far in the future was written under another clock and binds nobody.
        if left.total_seconds() > 0 and left <= 2 * count.limit.window:
            raise TooMany(left.total_seconds())


def take_turn(session: Session, at: datetime, *counts: Count) -> None:
    """Waits for the others who count these, then raises TooMany as `refuse_if_shut` does.

    SQLite has one writer anyway. On PostgreSQL a row cannot be locked before it exists, so a lock on the name is taken.
    """
    if session.get_bind().dialect.name == "postgresql":
        for number in sorted(_number(count) for count in counts):
            session.execute(select(func.pg_advisory_xact_lock(number)))
    refuse_if_shut(session, at, *counts)


def _number(count: Count) -> int:
    return int.from_bytes(hashlib.sha256(count.key.encode()).digest()[:8], "big", signed=True)


def count_failure(session: Session, at: datetime, *counts: Count) -> None:
    """Adds one to each; a window that has ended begins anew."""
    insert = _INSERT[session.get_bind().dialect.name]
    for count in counts:
        began, window = Throttle.window_began_at, count.limit.window
        is_over = (began <= at - window) | (began > at + window)
        statement = insert(Throttle).values(key=count.key, failures=1, window_began_at=at)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[Throttle.key],
                set_={
                    "failures": case((is_over, 1), else_=Throttle.failures + 1),
                    "window_began_at": case((is_over, at), else_=began),
                },
            )
        )


def forgive(session: Session, account: Count, address: Count | None = None) -> None:
    """Wipes the account's failures after a success, and gives them back to the address they came from."""
    spent = session.scalar(select(Throttle.failures).where(Throttle.key == account.key))
    if spent is None:
        return
    session.execute(delete(Throttle).where(Throttle.key == account.key))
    if address is None:
        return
    mine = Throttle.key == address.key
    session.execute(delete(Throttle).where(mine, Throttle.failures <= spent))
    session.execute(update(Throttle).where(mine).values(failures=Throttle.failures - spent))


def wipe_ended(session: Session, before: datetime) -> None:
    """Deletes counts whose window began before `before`: the longest window has then ended."""
    session.execute(delete(Throttle).where(Throttle.window_began_at < before))
