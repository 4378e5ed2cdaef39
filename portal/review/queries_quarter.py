"""Reading a county's quarter as a whole: how much of it is in, and whether it is accepted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..filing.models import Filing
from ..filing.models_lock import QuarterAcceptance
from ..filing.queries_lock import acceptances
from ..kernel.bilingual import Bilingual
from ..kernel.clock import local, today
from ..kernel.period import Quarter
from ..kernel.workflow import Kind, State
from ..statistics.models import DueEnterprise
from .acceptance import Standing, Tally, hindrances, tally
from .queries_missing import OWN

Place = tuple[int, str]


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


def _owed(session: Session, codes: Collection[int]) -> dict[Place, list[Standing]]:
    place = DueEnterprise.quarter, DueEnterprise.county, Case.state, Case.reply_due_on
    rows = session.execute(
        select(*place, func.count(DueEnterprise.id))
        .select_from(DueEnterprise)
        .outerjoin(Filing, OWN)
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


def taken_back(session: Session, quarter: Quarter, counties: Collection[str]) -> Sequence[QuarterAcceptance]:
    """Acceptances of the quarter that were taken back, the newest first."""
    return session.scalars(
        select(QuarterAcceptance)
        .where(QuarterAcceptance.quarter == quarter.code, QuarterAcceptance.county.in_(counties))
        .where(QuarterAcceptance.taken_back_at.is_not(None))
        .order_by(QuarterAcceptance.taken_back_at.desc())
    ).all()
