"""Reading a county's quarter as a whole: how much of it is in, who is missing, whether it is accepted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..enterprises.models import Enterprise
from ..filing.models import Filing
from ..filing.models_lock import QuarterAcceptance
from ..filing.queries_lock import acceptances
from ..kernel.bilingual import Bilingual
from ..kernel.clock import local, today
from ..kernel.period import Quarter
from ..kernel.workflow import EDITABLE, Kind, State
from ..statistics.models import DueEnterprise
from ..statistics.queries_due import HAS_MOVED, NAMED
from .acceptance import MOST_MISSING, Standing, Tally, hindrances, tally

Place = tuple[int, str]
_UNSENT = EDITABLE | {State.TO_CERTIFY}


@dataclass(frozen=True, slots=True)
class UnitQuarter:
    """One reporting unit's quarter: its window, its numbers, its acceptance, and why it cannot be locked now."""

    quarter: Quarter
    county: str
    window: FilingWindow
    numbers: Tally
    acceptance: QuarterAcceptance | None

    @property
    def hindrances(self) -> tuple[Bilingual, ...]:
        return hindrances(self.window.due_on, self.numbers, today())

    @property
    def is_closed(self) -> bool:
        """Whether the day to file in time has passed."""
        return self.window.due_on < today()

    @property
    def locked_on(self) -> date | None:
        return None if self.acceptance is None else local(self.acceptance.accepted_at).date()


@dataclass(frozen=True, slots=True)
class Missing:
    """An enterprise that owes the quarter and has no approved filing. `state` None: not begun. With `has_moved` it
    belongs to another county by now; it is missing where it was due."""

    enterprise_id: int
    name: str
    credit_code: str
    state: State | None
    has_moved: bool


def unit_quarters(session: Session, windows: Sequence[FilingWindow], counties: Collection[str]) -> list[UnitQuarter]:
    """Every county's line of every window, in their orders. Three statements."""
    codes = [window.quarter for window in windows]
    owed, filed, accepted = _owed(session, codes), _filed(session, codes), acceptances(session, codes)
    return [
        UnitQuarter(
            window.period,
            county,
            window,
            tally(owed.get((window.quarter, county), ()), filed.get((window.quarter, county), ()), today()),
            accepted.get((window.quarter, county)),
        )
        for window in windows
        for county in counties
    ]


# What was begun in another county is not this one's: the city reads of a county what the county reads.
_OWN = and_(
    Filing.enterprise_id == DueEnterprise.enterprise_id,
    Filing.quarter == DueEnterprise.quarter,
    Filing.county == DueEnterprise.county,
)


def _owed(session: Session, codes: Collection[int]) -> dict[Place, list[Standing]]:
    place = DueEnterprise.quarter, DueEnterprise.county, Case.state, Case.reply_due_on
    rows = session.execute(
        select(*place, func.count(DueEnterprise.id))
        .select_from(DueEnterprise)
        .outerjoin(Filing, _OWN)
        .outerjoin(Case, Case.id == Filing.case_id)
        .where(DueEnterprise.quarter.in_(codes))
        .group_by(*place)
    )
    return _by_place(rows)


def _filed(session: Session, codes: Collection[int]) -> dict[Place, list[Standing]]:
    place = Case.quarter, Case.county, Case.state, Case.reply_due_on
    rows = session.execute(
        select(*place, func.count(Case.id))
        .where(Case.kind == Kind.FILING, Case.quarter.in_(codes), Case.state != State.VOID)
        .group_by(*place)
    )
    return _by_place(rows)


def _by_place(rows: object) -> dict[Place, list[Standing]]:
    found: dict[Place, list[Standing]] = {}
    for quarter, county, *standing in rows:  # type: ignore[attr-defined]
        found.setdefault((quarter, county), []).append(Standing(*standing))
    return found


def missing(session: Session, quarter: Quarter, county: str, most: int = MOST_MISSING) -> list[Missing]:
    """Up to `most` of those that stay without an approved filing, the heaviest in the figures first."""
    is_over = Case.state.in_(_UNSENT) & or_(Case.reply_due_on.is_(None), Case.reply_due_on < today())
    rows = session.execute(
        select(DueEnterprise.enterprise_id, *NAMED, Case.state, HAS_MOVED)
        .select_from(DueEnterprise)
        .outerjoin(Enterprise, Enterprise.id == DueEnterprise.enterprise_id)
        .outerjoin(Filing, _OWN)
        .outerjoin(Case, Case.id == Filing.case_id)
        .where(DueEnterprise.quarter == quarter.code, DueEnterprise.county == county)
        .where(or_(Case.id.is_(None), Case.state == State.VOID, is_over))
        .order_by(DueEnterprise.weight.desc(), DueEnterprise.enterprise_id)
        .limit(most)
    )
    return [Missing(*row) for row in rows]


def taken_back(session: Session, quarter: Quarter, counties: Collection[str]) -> Sequence[QuarterAcceptance]:
    """Acceptances of the quarter that were taken back, the newest first."""
    return session.scalars(
        select(QuarterAcceptance)
        .where(QuarterAcceptance.quarter == quarter.code, QuarterAcceptance.county.in_(counties))
        .where(QuarterAcceptance.taken_back_at.is_not(None))
        .order_by(QuarterAcceptance.taken_back_at.desc())
    ).all()
