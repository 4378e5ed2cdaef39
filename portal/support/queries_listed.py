"""What lists of applications say of their policies. A version never changes, so each is read once a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from ..catalogue.kept import Kept
from ..database.session import database_name
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from .models import PolicyVersion
from .policy import Policy
from .queries import policies, standing_of

_VERSIONS = PolicyVersion.__table__.c
_NEWEST = select(func.max(PolicyVersion.__table__.alias("newest").c.id)).scalar_subquery()
STAMP = (
    select(cast(_VERSIONS.id, String) + ":" + _VERSIONS.content_hash).where(_VERSIONS.id == _NEWEST).scalar_subquery()
)
"""What the newest version of any policy is called: for a statement that a list is read by anyway (G4)."""
_by_hash: Kept[str, Policy] = Kept(1_000)
_titles: Kept[tuple[str, str, date], Mapping[str, Bilingual]] = Kept(16)


def policies_read(session: Session, hashes: Iterable[str | None]) -> dict[str, Policy]:
    """Versions by the hash of their content. One statement for those this process has not read, and none for others."""
    wanted = {mark for mark in hashes if mark}
    found = {mark: policy for mark in wanted if (policy := _by_hash.get(mark)) is not None}
    if missing := wanted - found.keys():
        for row in session.scalars(select(PolicyVersion).where(PolicyVersion.content_hash.in_(missing))):
            policy = found[row.content_hash] = standing_of(row).policy
            _by_hash.keep(row.content_hash, policy)
    return found


def policies_named(session: Session, stamp: str) -> Mapping[str, Bilingual]:
    """The title of every policy as it stands today, by code. None is asked of the database while `STAMP` stays."""
    key = database_name(session), stamp, today()
    found = _titles.get(key)
    if found is None:
        found = {standing.policy.code: standing.policy.title for standing in policies(session)}
        _titles.keep(key, found)
    return found
