"""Deeds on releases: write a prepared one, sign it off by a second person, drop it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.models import FilingWindow
from ..database.bulk import packer, send
from ..filing.queries_lock import accepted_units
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Illegal, Invalid, Missing
from ..kernel.roles import Actor
from .models_release import Release, ReleaseCell, ReleaseContribution, ReleaseLine, ReleaseTarget
from .queries_prepared import Prepared
from .release_freeze import FrozenTarget

LONGEST_NOTE = 1000
_GONE_ON = Bilingual("这份发布稿刚才已被处理。", "Somebody has dealt with this release just now.")
_BETWEEN = Bilingual(
    "准备之后又有一版发布。请放弃这一稿，重新准备。",
    "Another version was released since this one was prepared. Drop it and prepare anew.",
)
_LOCKS_MOVED = Bilingual(
    "刚才有县（市、区）锁定或解除锁定了这个季度，请重新准备。",
    "A county’s quarter was locked or opened again just now. Prepare the release anew.",
)
_OWN = Bilingual("准备人不能签发自己准备的发布稿。", "Whoever prepared a release cannot sign it off.")
_NEEDS_PERSON = Bilingual("发布稿须由市局负责人签发。", "A release is signed off by a bureau lead.")
_NOT_WRITTEN = Bilingual("发布稿没有保存。", "The release was not prepared.")
_NOTE = Bilingual(
    "修订须写明改了什么、为什么（1,000字以内）。", "A revision says what changed and why (up to 1,000 characters)."
)


def write(session: Session, actor: Actor, made: Prepared, note: str) -> Release:
    """Keeps a prepared release as a draft. Raises Conflict when another of the quarter came first."""
    faults = note_fault(note, is_revision=made.follows_id is not None)
    if faults is not None:
        raise Invalid("release-note", _NOT_WRITTEN, {"note": faults})
    _lock_quarter(session, made.quarter.code)
    release_ids = select(Release.number, Release.state).where(Release.quarter == made.quarter.code)
    for number, state in session.execute(release_ids):
        if number >= made.number or state == "draft":
            raise Conflict("release-draft", _GONE_ON)
    if accepted_units(session, made.quarter) != made.accepted:
        raise Conflict("release-locks", _LOCKS_MOVED)
    release = Release(
        quarter=made.quarter.code,
        number=made.number,
        follows_id=made.follows_id,
        smallest_n=made.smallest_n,
        is_provisional=made.is_provisional,
        held=len(made.content.held),
        note=note.strip(),
        prepared_by_id=actor.account_id,
        prepared_by_name=actor.name,
        sha256=made.content.sha256,
    )
    session.add(release)
    session.flush()
    _write_content(session, release.id, made)
    return release


def note_fault(note: str, *, is_revision: bool) -> Bilingual | None:
    typed = note.strip()
    return _NOTE if len(typed) > LONGEST_NOTE or (is_revision and not typed) else None


def sign(session: Session, actor: Actor, release_id: int) -> Release:
    """Releases a draft; the version before it is superseded. Raises Illegal for whoever prepared it."""
    release = locked(session, release_id)
    if actor.account_id is None:
        raise Illegal("release-nobody", _NEEDS_PERSON)
    if release.prepared_by_id == actor.account_id:
        raise Illegal("release-own", _OWN)
    standing = session.scalars(
        select(Release).where(Release.quarter == release.quarter, Release.state == "released").with_for_update()
    ).first()
    if (standing.id if standing else None) != release.follows_id:
        raise Conflict("release-between", _BETWEEN)
    if standing is not None:
        standing.state = "superseded"
    release.state, release.released_at = "released", now()
    release.released_by_id, release.released_by_name = actor.account_id, actor.name
    session.flush()
    return release


def drop(session: Session, release_id: int) -> Release:
    release = locked(session, release_id)
    release.state = "dropped"
    release.number = -release.id  # the public counts versions: what was never released leaves no gap among them
    session.flush()
    return release


def locked(session: Session, release_id: int) -> Release:
    """A draft, locked for change. Raises Missing, or Conflict when it is no draft any more."""
    release = session.scalars(select(Release).where(Release.id == release_id).with_for_update()).first()
    if release is None:
        raise Missing
    if release.state != "draft":
        raise Conflict("release-state", _GONE_ON)
    _lock_quarter(session, release.quarter)
    return release


def _lock_quarter(session: Session, quarter: int) -> None:
    session.scalars(select(FilingWindow).where(FilingWindow.quarter == quarter).with_for_update()).first()


def _write_content(session: Session, release_id: int, made: Prepared) -> None:
    cells = [
        {
            "margin": c.margin,
            "line": c.line,
            "indicator": c.indicator,
            "value": c.value,
            "base": c.base,
            "to_date": c.to_date,
            "contributors": c.contributors,
            "hidden_for": c.hidden_for,
        }
        for c in made.content.cells
    ]
    lines = [
        {"margin": n.margin, "line": n.line, "due": n.due, "approved": n.approved, "weight_share": n.weight_share}
        for n in made.content.lines
    ]
    targets = [_target(target) for target in made.content.targets]
    tables: list[tuple[Any, list[dict[str, Any]]]] = [
        (ReleaseCell, cells),
        (ReleaseLine, lines),
        (ReleaseTarget, targets),
    ]
    for model, rows in tables:
        if rows:
            session.execute(model.__table__.insert(), [{"release_id": release_id, **row} for row in rows])
    table: Any = ReleaseContribution.__table__
    pack = packer(table, session.get_bind().dialect.name, first=1).pack
    send(session, table, pack(_contributions(release_id, made)), first=1)


def _target(frozen: FrozenTarget) -> dict[str, Any]:
    said = frozen.official
    return {
        "target": frozen.target,
        "pace": frozen.pace,
        "value": said.value if said else None,
        "growth": said.growth if said else None,
        "year": said.year if said else None,
        "quarter": said.quarter if said else None,
        "source": said.source if said else "",
        "source_on": said.source_on if said else None,
        "is_confirmed": said is not None and said.is_confirmed,
    }


def _contributions(release_id: int, made: Prepared) -> Iterator[dict[str, Any]]:
    """Some twenty for each enterprise: by far the most rows of a release."""
    for indicator, known in made.content.counted.items():
        for c in known.values():
            yield {
                "release_id": release_id,
                "indicator": indicator,
                "enterprise_id": c.enterprise_id,
                "county": c.unit,
                "chain": "",
                "cluster": c.cluster,
                "value": c.value,
            }
