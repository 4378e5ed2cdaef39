"""A deed: brings the shipped policies into the database without ever touching what the bureau has edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import today
from .models import PolicyVersion
from .reader import content_hash

FROM_THE_START = date(2022, 1, 1)
"""The first version of a shipped policy stands as long as the plan."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: versions added, and policies left alone because the bureau edited them."""

    added: int
    kept_edits: tuple[str, ...]


def load(session: Session, policies: Sequence[Mapping[str, Any]]) -> Loaded:
    """Adds every version not seen before, by content hash. Idempotent: a second load adds none."""
    known: dict[str, list[PolicyVersion]] = {}
    for row in session.scalars(select(PolicyVersion)):
        known.setdefault(row.code, []).append(row)
    added, kept = 0, []
    for content in policies:
        versions, mark = known.get(content["code"], []), content_hash(content)
        if any(row.content_hash == mark for row in versions):
            continue
        if any(row.source == "edit" for row in versions):
            kept.append(content["code"])
            continue
        session.add(_version(content, mark, versions))
        added += 1
    session.flush()
    return Loaded(added, tuple(kept))


def _version(content: Mapping[str, Any], mark: str, versions: Sequence[PolicyVersion]) -> PolicyVersion:
    return PolicyVersion(
        code=content["code"],
        number=next_number(versions),
        content=dict(content),
        content_hash=mark,
        effective_on=today() if versions else FROM_THE_START,
        source="seed",
    )


def next_number(versions: Sequence[PolicyVersion]) -> int:
    return 1 + max((row.number for row in versions), default=0)
