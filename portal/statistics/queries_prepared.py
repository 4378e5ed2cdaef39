"""Reading what a release is made of: approved facts, the list of the due, and what earlier releases say.

Needs a session that sees everything; nothing of what it reads of single enterprises leaves the room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.queries import catalogue_at, window
from ..catalogue.snapshot import Catalogue
from ..filing.models import Fact
from ..filing.queries_lock import accepted_units
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Illegal
from ..kernel.period import Quarter
from .disclosure import Contribution, Rule, protect
from .models import DueEnterprise
from .models_release import PUBLIC_STATES, Release, ReleaseCell, ReleaseContribution
from .queries_targets import frozen_targets
from .question import Frame
from .release_freeze import (
    CITY,
    CLUSTER,
    NO_CLUSTER,
    UNIT,
    Before,
    Content,
    Due,
    Place,
    frozen,
    public_sums,
    year_so_far,
)
from .release_vintage import Contributions, Former
from .shown import INDICATORS

FRAME = Frame.ABOVE_SCALE
_NO_WINDOW = Bilingual(
    "{quarter}没有开过填报期，不能发布。", "{quarter} never had a filing window: it cannot be released."
)
_OPEN = Bilingual(
    "{quarter}的填报截止日是{day}，截止之前不能发布。",
    "{quarter} can be filed until {day}: it cannot be released before.",
)
_EMPTY = Bilingual(
    "{quarter}还没有审核通过的填报，没有可以发布的数据。",
    "No filing of {quarter} is approved yet: there is nothing to release.",
)
_BASE_USED = Bilingual(
    "{later}的发布已把{quarter}作为同期数，现在首次发布会与之相减推算。",
    "The release of {later} already compares with {quarter}: a first release now could be subtracted from it.",
)
_DRAFT = Bilingual(
    "{quarter}已有一份待签发的发布稿。", "A prepared release of {quarter} already waits for its sign-off."
)
_SAME = Bilingual(
    "与上一版相比没有可以公布的变化。", "Nothing that may be published has changed since the last release."
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release's content and what is said around it."""

    quarter: Quarter
    content: Content
    follows_id: int | None
    number: int
    is_provisional: bool
    smallest_n: int
    accepted: frozenset[str]  # the units that had accepted the quarter


def prepared(session: Session, quarter: Quarter, rule: Rule) -> Prepared:
    """Everything of a release of `quarter` as of now. Raises Illegal, in words, when there can be none."""
    is_over = _refuse_early(session, quarter)
    versions = session.scalars(select(Release).where(Release.quarter == quarter.code)).all()
    if any(release.state == "draft" for release in versions):
        raise Illegal("release-draft", _DRAFT.fill(quarter=quarter.title))
    standing = next((release for release in versions if release.state == "released"), None)
    if standing is None:
        _refuse_base(session, quarter)
    catalogue = catalogue_at(session, quarter)
    dues = _dues(session, quarter, catalogue)
    now = contributions(session, quarter, catalogue)
    if not now:
        raise Illegal("release-empty", _EMPTY.fill(quarter=quarter.title))
    lines = {CLUSTER: [*catalogue.clusters, NO_CLUSTER], UNIT: list(catalogue.units)}
    content = frozen(now, dues, lines, _before(session, quarter, standing, rule), rule)
    content = replace(content, targets=frozen_targets(session, quarter, catalogue))
    if standing is not None and standing.sha256 == content.sha256:
        raise Illegal("release-same", _SAME)
    accepted = accepted_units(session, quarter)
    is_settled = accepted >= catalogue.units.keys() or (is_over and all(due.is_approved for due in dues))
    number = max([0, *(release.number for release in versions)]) + 1
    return Prepared(quarter, content, standing.id if standing else None, number, not is_settled, rule.n, accepted)


def _refuse_early(session: Session, quarter: Quarter) -> bool:
    """Whether late filings are over as well; raises Illegal while the quarter can still be filed in time."""
    found = window(session, quarter)
    if found is None:
        raise Illegal("release-no-window", _NO_WINDOW.fill(quarter=quarter.title))
    if today() <= found.due_on:
        raise Illegal("release-open", _OPEN.fill(quarter=quarter.title, day=found.due_on))
    return today() > found.locks_on


def _refuse_base(session: Session, quarter: Quarter) -> None:
    later = quarter + 4
    used = select(Release.id).where(Release.quarter == later.code, Release.state != "dropped").limit(1)
    if session.scalar(used) is not None:
        raise Illegal("release-base", _BASE_USED.fill(quarter=quarter.title, later=later.title))


def contributions(session: Session, quarter: Quarter, catalogue: Catalogue) -> dict[str, dict[int, Contribution]]:
    """What every above-scale enterprise puts in, by indicator; only approved filings, as in the cells."""
    rows = session.execute(
        select(Fact.enterprise_id, Fact.county, Fact.segment, Fact.indicator, Fact.value).where(
            Fact.quarter == quarter.code,
            Fact.basis == "filing",
            Fact.respondent_class == FRAME.value,
            Fact.indicator.in_(sorted(INDICATORS)),
        )
    )
    found: dict[str, dict[int, Contribution]] = {}
    for enterprise_id, county, segment, indicator, value in rows:
        line = cluster_line(segment, catalogue)
        found.setdefault(indicator, {})[enterprise_id] = Contribution(enterprise_id, line, county, value)
    return found


def cluster_line(segment: str, catalogue: Catalogue) -> str:
    """The line of the cluster margin a segment falls into; `00` for those in none of the five."""
    cluster = catalogue.cluster_of_segment(segment)
    return cluster.code if cluster else NO_CLUSTER


def _dues(session: Session, quarter: Quarter, catalogue: Catalogue) -> list[Due]:
    rows = session.execute(
        select(*(getattr(DueEnterprise, n) for n in "enterprise_id segment county weight is_approved".split())).where(
            DueEnterprise.quarter == quarter.code, DueEnterprise.respondent_class == FRAME.value
        )
    )
    return [Due(number, cluster_line(segment, catalogue), *rest) for number, segment, *rest in rows]


def _before(session: Session, quarter: Quarter, standing: Release | None, rule: Rule) -> Before:
    earlier = [_released_values(session, q) for q in year_so_far(quarter)]
    base, values = _base(session, quarter.same_last_year, standing, rule), tuple(values or {} for values in earlier)
    if standing is None:
        return Before({}, base, values)
    counted = _counted(session, standing)
    ids = frozenset(enterprise_id for known in counted.values() for enterprise_id in known)
    return Before(_former(session, standing, counted), base, values, ids)


def _counted(session: Session, standing: Release) -> dict[str, dict[int, Contribution]]:
    counted: dict[str, dict[int, Contribution]] = {code: {} for code in INDICATORS}
    columns = [getattr(ReleaseContribution, n) for n in ("indicator", "enterprise_id", "cluster", "county", "value")]
    for indicator, *row in session.execute(select(*columns).where(ReleaseContribution.release_id == standing.id)):
        counted[indicator][row[0]] = Contribution(*row)
    return counted


def _former(session: Session, standing: Release, counted: Mapping[str, Contributions]) -> Mapping[str, Former]:
    hidden: dict[tuple[str, str], set[str]] = {}
    for cell in session.scalars(select(ReleaseCell).where(ReleaseCell.release_id == standing.id)):
        if cell.hidden_for:
            hidden.setdefault((cell.indicator, cell.margin), set()).add(cell.line)
    return {
        code: Former(counted[code], frozenset(hidden.get((code, CLUSTER), ())), frozenset(hidden.get((code, UNIT), ())))
        for code in INDICATORS
        if (code, CITY) not in hidden  # nothing of it is public then
    }


def _base(session: Session, quarter: Quarter, standing: Release | None, rule: Rule) -> dict[Place, Decimal]:
    """The year before as it was released; else as this quarter's last release had it; else from the facts, once.

    Counting the facts anew for a revision would tell by the difference whose figure of the year before was corrected.
    """
    released = _released_values(session, quarter)
    if released is not None:
        return released
    if standing is not None:
        return _cells_of(session, standing.id, "base")
    sums: dict[Place, Decimal] = {}
    for indicator, known in contributions(session, quarter, catalogue_at(session, quarter)).items():
        sums |= public_sums(known.values(), protect(known.values(), rule), indicator)
    return sums


def _released_values(session: Session, quarter: Quarter) -> dict[Place, Decimal] | None:
    release_id = session.scalar(
        select(Release.id).where(Release.quarter == quarter.code, Release.state == PUBLIC_STATES[0])
    )
    return None if release_id is None else _cells_of(session, release_id, "value")


def _cells_of(session: Session, release_id: int, column: str) -> dict[Place, Decimal]:
    number = getattr(ReleaseCell, column)
    rows = session.execute(
        select(ReleaseCell.margin, ReleaseCell.line, ReleaseCell.indicator, number).where(
            ReleaseCell.release_id == release_id, number.is_not(None)
        )
    )
    return {(margin, line, indicator): value for margin, line, indicator, value in rows}
