"""Reading what a release freezes beside its targets: official figures, and last year's course as it was released."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.snapshot import Catalogue
from ..kernel.period import Quarter
from .models_release import Release, ReleaseCell, ReleaseTarget
from .models_target import OfficialFigure
from .official import OfficialEntry
from .queries_official import official_by
from .release_freeze import CITY, CLUSTER, NO_CLUSTER, FrozenTarget, Place
from .release_targets import FLOW_ROWS, paces, spoken_to


def frozen_targets(session: Session, quarter: Quarter, catalogue: Catalogue) -> tuple[FrozenTarget, ...]:
    """What the public shall read beside the sums of `quarter`, as of now."""
    targets = spoken_to(catalogue.targets.values(), quarter)
    if not targets:
        return ()
    official = {code: _entry(row) for code, row in official_by(session, quarter).items()}
    lines = [*catalogue.clusters, NO_CLUSTER]
    pace = paces(_last_year(session, quarter), lines, quarter.number)
    return tuple(FrozenTarget(t.code, pace.get(t.code), official.get(t.code)) for t in targets)


def _last_year(session: Session, quarter: Quarter) -> list[dict[Place, Decimal]]:
    """The released sums of last year's four quarters: only what is public, so that a pace tells nothing new."""
    codes = [Quarter(quarter.year - 1, number).code for number in (1, 2, 3, 4)]
    sums: dict[int, dict[Place, Decimal]] = {code: {} for code in codes}
    columns = ReleaseCell.margin, ReleaseCell.line, ReleaseCell.indicator, ReleaseCell.value
    rows = session.execute(
        select(Release.quarter, *columns)
        .join_from(Release, ReleaseCell, ReleaseCell.release_id == Release.id)
        .where(Release.quarter.in_(codes), Release.state == "released")
        .where(ReleaseCell.margin.in_((CITY, CLUSTER)), ReleaseCell.indicator.in_(FLOW_ROWS))
    )
    for code, margin, line, indicator, value in rows:
        if value is not None:
            sums[code][margin, line, indicator] = value
    return [sums[code] for code in codes]


def targets_of(session: Session, release: Release) -> list[FrozenTarget]:
    """What stands beside the targets of a release. Empty for one of before such were frozen."""
    rows = session.scalars(select(ReleaseTarget).where(ReleaseTarget.release_id == release.id))
    return [FrozenTarget(row.target, row.pace, _frozen_entry(row)) for row in rows]


def _entry(row: OfficialFigure) -> OfficialEntry:
    return OfficialEntry(
        row.target, row.year, row.quarter, row.value, row.growth, row.source, row.source_on, row.is_confirmed
    )


def _frozen_entry(row: ReleaseTarget) -> OfficialEntry | None:
    if row.value is None or row.source_on is None or row.year is None or row.quarter is None:
        return None
    return OfficialEntry(
        row.target, row.year, row.quarter, row.value, row.growth, row.source, row.source_on, row.is_confirmed
    )
