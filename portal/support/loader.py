"""A deed: brings the shipped policies into the database, each new version by its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import PolicyVersion
from .reader import content_hash


def load(session: Session, policies: Sequence[Mapping[str, Any]]) -> int:
    """Adds every version not seen before; how many. A second load adds none."""
    known: dict[str, list[PolicyVersion]] = {}
    for row in session.scalars(select(PolicyVersion)):
        known.setdefault(row.code, []).append(row)
    added = 0
    for content in policies:
        versions, mark = known.get(content["code"], []), content_hash(content)
        if any(row.content_hash == mark for row in versions):
            continue
        number = 1 + max((row.number for row in versions), default=0)
        session.add(PolicyVersion(code=content["code"], number=number, content=dict(content), content_hash=mark))
        added += 1
    session.flush()
    return added
