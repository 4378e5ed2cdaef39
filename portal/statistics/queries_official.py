"""Reading official figures: all that were entered, and what counts of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.period import Quarter
from .models_target import OfficialFigure
from .official import WHOLE_YEAR

MOST_SHOWN = 200


def official_figures(session: Session) -> Sequence[OfficialFigure]:
    """Every row that was entered, corrected ones too: by target, the newest period first, the newest entry first."""
    last = OfficialFigure.quarter == WHOLE_YEAR
    return session.scalars(
        select(OfficialFigure)
        .order_by(OfficialFigure.target, OfficialFigure.year.desc(), last.desc(), OfficialFigure.quarter.desc())
        .order_by(OfficialFigure.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def standing_official(session: Session) -> list[OfficialFigure]:
    """The row that counts for each target and period."""
    newest = select(func.max(OfficialFigure.id)).group_by(
        OfficialFigure.target, OfficialFigure.year, OfficialFigure.quarter
    )
    return list(session.scalars(select(OfficialFigure).where(OfficialFigure.id.in_(newest))))


def newest_official(session: Session) -> dict[str, OfficialFigure]:
    """Of every target the figure of the newest period, by target."""
    return {row.target: row for row in sorted(standing_official(session), key=_ends)}


def official_by(session: Session, quarter: Quarter) -> dict[str, OfficialFigure]:
    """The same, of the periods that do not reach beyond `quarter`."""
    rows = [row for row in standing_official(session) if _ends(row) <= (quarter.year, quarter.number)]
    return {row.target: row for row in sorted(rows, key=_ends)}


def _ends(row: OfficialFigure) -> tuple[int, int]:
    return (row.year, row.quarter or 4)


def official_at(session: Session, target: str, year: int, quarter: int) -> OfficialFigure | None:
    """What counts for one target and period."""
    return session.scalars(
        select(OfficialFigure)
        .where(OfficialFigure.target == target, OfficialFigure.year == year, OfficialFigure.quarter == quarter)
        .order_by(OfficialFigure.id.desc())
        .limit(1)
    ).first()
