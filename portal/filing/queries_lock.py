"""Reading which counties have accepted which quarters. The rows are nobody's: a page says whose it shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from ..enterprises.models import Enterprise
from ..kernel.clock import local
from ..kernel.period import Quarter
from .models_lock import QuarterAcceptance

STANDING = QuarterAcceptance.taken_back_at.is_(None)


def acceptance(session: Session, quarter: Quarter, county: str) -> QuarterAcceptance | None:
    """The one that stands, or None while the county has not accepted the quarter."""
    return session.scalars(
        select(QuarterAcceptance)
        .where(QuarterAcceptance.quarter == quarter.code, QuarterAcceptance.county == county, STANDING)
        .execution_options(populate_existing=True)
    ).one_or_none()


def acceptances(session: Session, codes: Collection[int]) -> dict[tuple[int, str], QuarterAcceptance]:
    """Those that stand, by quarter and county."""
    rows = session.scalars(select(QuarterAcceptance).where(QuarterAcceptance.quarter.in_(codes), STANDING))
    return {(row.quarter, row.county): row for row in rows}


def accepted_units(session: Session, quarter: Quarter) -> frozenset[str]:
    """The reporting units that have accepted the quarter."""
    return frozenset(
        session.scalars(select(QuarterAcceptance.county).where(QuarterAcceptance.quarter == quarter.code, STANDING))
    )


def accepted_counts(session: Session, codes: Collection[int]) -> dict[int, int]:
    """How many units have accepted each quarter."""
    rows = session.execute(
        select(QuarterAcceptance.quarter, func.count())
        .where(QuarterAcceptance.quarter.in_(codes), STANDING)
        .group_by(QuarterAcceptance.quarter)
    )
    return {row[0]: row[1] for row in rows}


def locked_since(session: Session, quarter: Quarter, county: str) -> date | None:
    """The day the county accepted the quarter, in Lishui."""
    found = acceptance(session, quarter, county)
    return None if found is None else local(found.accepted_at).date()


def is_of(enterprise_id: int) -> ColumnElement[bool]:
    """The test, in a statement over acceptances, that they stand and are of the enterprise's own county."""
    home: ScalarSelect[str] = select(Enterprise.county).where(Enterprise.id == enterprise_id).scalar_subquery()
    return STANDING & (QuarterAcceptance.county == home)


def locked_quarters(session: Session, enterprise_id: int) -> set[int]:
    """The quarters, by code, that the enterprise's county has accepted."""
    return set(session.scalars(select(QuarterAcceptance.quarter).where(is_of(enterprise_id))))
