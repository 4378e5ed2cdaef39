"""The deed of entering an enterprise's size class from a 1 January on: one of that day is computed anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.size import YearFigures
from ..catalogue.snapshot import Catalogue
from .models import Enterprise, SizeStatus


@dataclass(frozen=True, slots=True)
class SizeEntered:
    """What was entered; `was` is the class that counted on that day until now, None where there was none."""

    size_class: str
    since_on: date
    was: str | None
    replaced: dict[str, Any] | None


def enter_size(
    session: Session, row: Enterprise, figures: YearFigures, basis: str, catalogue: Catalogue, account_id: int | None
) -> SizeEntered | None:
    """None where just this stands already. The enterprise's row should be locked: two may compute it at one moment."""
    standing = session.scalars(
        select(SizeStatus)
        .where(SizeStatus.enterprise_id == row.id, SizeStatus.since_on <= figures.counts_from)
        .order_by(SizeStatus.since_on.desc())
        .limit(1)
    ).one_or_none()
    here = standing if standing is not None and standing.since_on == figures.counts_from else None
    was = standing.size_class if standing is not None else None  # before the row of this very day is written over
    computed = catalogue.size_class(row.gb_class, figures.staff, figures.revenue).value
    said = {
        "size_class": computed,
        "staff": figures.staff,
        "revenue": figures.revenue,
        "gb_class": row.gb_class,
        "basis": basis,
    }
    before = {name: getattr(here, name) for name in said} if here is not None else None
    if before == said:
        return None
    _write(session, row, here, figures.counts_from, said, account_id)
    if row.size_class_on is None or row.size_class_on <= figures.counts_from:
        row.size_class, row.size_class_on = computed, figures.counts_from
    session.flush()
    return SizeEntered(computed, figures.counts_from, was, before)


def _write(
    session: Session, row: Enterprise, here: SizeStatus | None, day: date, said: dict[str, Any], account_id: int | None
) -> None:
    if here is None:
        whose = {"enterprise_id": row.id, "county": row.county, "chain": row.chain}
        session.add(SizeStatus(since_on=day, created_by_id=account_id, **whose, **said))
        return
    for name, value in said.items():
        setattr(here, name, value)
