"""Reading releases: the public ones, and for the bureau those still to be signed off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.deadlines import due_on
from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_at, work_calendar
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.clock import local, today
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from .models_release import PUBLIC_STATES, Release, ReleaseCell, ReleaseLine
from .queries import CITY as WHOLE_CITY
from .queries_targets import targets_of
from .question import By, line_title
from .release_freeze import CITY, CLUSTER, NO_CLUSTER, UNIT, Frozen, FrozenLine, planned_on
from .release_open import About
from .release_table import ReleasedTable, released_table
from .release_targets import Progress, progress

QUARTERS_AHEAD = 4
LONGEST_LIST = 40


@dataclass(frozen=True, slots=True)
class Published:
    """A release with its table, and how far its sums are on the way to the targets of its year."""

    release: Release
    about: About
    table: ReleasedTable
    progress: tuple[Progress, ...]
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Planned:
    """A quarter to come and the day its release is meant for."""

    quarter: Quarter
    day: date
    is_late: bool


def newest_published(session: Session) -> Published | None:
    """The newest quarter's standing release, or None before the first."""
    found = session.scalars(
        select(Release).where(Release.state == "released").order_by(Release.quarter.desc()).limit(1)
    ).first()
    return None if found is None else published(session, found)


def public_release(session: Session, quarter: Quarter, number: int | None = None) -> Release:
    """The standing release of a quarter, or the version asked for. Raises Missing for what is not public."""
    which = Release.state == "released" if number is None else Release.number == number
    found = session.scalars(
        select(Release).where(Release.quarter == quarter.code, Release.state.in_(PUBLIC_STATES), which)
    ).first()
    if found is None:
        raise Missing
    return found


def public_releases(session: Session) -> Sequence[Release]:
    """Public releases, revised ones included, newest first."""
    return session.scalars(
        select(Release)
        .where(Release.state.in_(PUBLIC_STATES))
        .order_by(Release.quarter.desc(), Release.number.desc())
        .limit(LONGEST_LIST)
    ).all()


def states_of(session: Session, quarter: Quarter) -> frozenset[str]:
    """In which states releases of the quarter are."""
    return frozenset(session.scalars(select(Release.state).where(Release.quarter == quarter.code)))


def releases(session: Session) -> Sequence[Release]:
    """Every release, for the bureau: drafts first, then by quarter."""
    return session.scalars(
        select(Release)
        .order_by(Release.state != "draft", Release.quarter.desc(), Release.number.desc())
        .limit(LONGEST_LIST)
    ).all()


def release(session: Session, release_id: int) -> Release:
    """Raises Missing."""
    found = session.get(Release, release_id)
    if found is None:
        raise Missing
    return found


def published(session: Session, found: Release) -> Published:
    catalogue = catalogue_at(session, found.period)
    table = table_of(session, found, catalogue)
    frozen, clusters = targets_of(session, found), [line.code for line in table.clusters]
    on_the_way = progress(catalogue.targets.values(), table.to_date, clusters, frozen, found.period)
    return Published(found, about(found), table, on_the_way, catalogue)


def about(found: Release) -> About:
    at = found.released_at or found.prepared_at
    return About(found.period, found.number, local(at).date(), found.is_provisional, found.smallest_n)


def table_of(session: Session, found: Release, catalogue: Catalogue) -> ReleasedTable:
    """A release's figures: two statements whatever its size."""
    responses = session.scalars(select(ReleaseLine).where(ReleaseLine.release_id == found.id))
    lines = [FrozenLine(n.margin, n.line, n.due, n.approved, n.weight_share) for n in responses]
    return released_table(cells_of(session, found), lines, _titles(catalogue))


def cells_of(session: Session, found: Release) -> list[Frozen]:
    rows = session.scalars(select(ReleaseCell).where(ReleaseCell.release_id == found.id))
    return [
        Frozen(c.margin, c.line, c.indicator, c.value, c.base, c.to_date, c.contributors, c.hidden_for) for c in rows
    ]


def _titles(catalogue: Catalogue) -> dict[tuple[str, str], Bilingual]:
    titles = {(CITY, ""): WHOLE_CITY}
    titles |= {(CLUSTER, code): line_title(By.CLUSTER, code, catalogue) for code in (*catalogue.clusters, NO_CLUSTER)}
    return titles | {(UNIT, code): line_title(By.COUNTY, code, catalogue) for code in catalogue.units}


def planned(session: Session, newest: Quarter | None) -> list[Planned]:
    """The release calendar: the quarters after the newest released one, with the day each is meant for."""
    first = (newest + 1) if newest else Quarter.containing(today()) - 1
    quarters = [first + n for n in range(QUARTERS_AHEAD)]
    schedule, calendar = catalogue_at(session, quarters[0]).schedule, work_calendar(session)
    known = {
        window.quarter: window.due_on
        for window in session.scalars(select(FilingWindow).where(FilingWindow.quarter >= first.code))
    }
    days = [(q, planned_on(calendar, known.get(q.code) or due_on(calendar, schedule, q))) for q in quarters]
    return [Planned(quarter, day, day < today()) for quarter, day in days]


def releasable(session: Session) -> list[Quarter]:
    """Quarters whose window is past its last day to file, newest first."""
    codes = session.scalars(
        select(FilingWindow.quarter)
        .where(FilingWindow.due_on < today())
        .order_by(FilingWindow.quarter.desc())
        .limit(12)
    )
    return [Quarter.from_code(code) for code in codes]
