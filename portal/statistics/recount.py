"""The deed that makes all cells from what they are sums of, inside the database: for a rebuild, and for bulk loads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, Select, case, delete, func, insert, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from ..filing.models import Fact
from .models import GRAIN, Cell, CellDue, DueEnterprise
from .shown import PAIRS


def recount(session: Session) -> int:
    """Empties both tables of cells and fills them anew; how many cells of facts there are now."""
    session.execute(delete(Cell))
    session.execute(delete(CellDue))
    names = ["indicator", *GRAIN, "total", "facts", "contributors"]
    for counted in (cells_of_facts(), cells_of_sides()):
        session.execute(insert(Cell).from_select(names, counted))
    sums = ["due", "approved", "weight_due", "weight_approved"]
    session.execute(insert(CellDue).from_select([*GRAIN, *sums], cells_of_due()))
    return session.scalar(select(func.count()).select_from(Cell)) or 0


def cells_of_facts() -> Select[Any]:
    """Facts of filings only: what was stated never enters a cell (rulings 17)."""
    grain = [getattr(Fact, name) for name in ("indicator", *GRAIN)]
    not_zero = func.sum(case((Fact.value != Decimal(0), 1), else_=0))
    return (
        select(*grain, func.sum(Fact.value), func.count(), not_zero)
        .select_from(Fact)
        .where(Fact.basis == "filing", Fact.indicator != "504")
        .group_by(*grain)
    )


def cells_of_sides() -> CompoundSelect[Any]:
    """Each side of a ratio, of the filings that gave both its rows: what `pairs.with_sides` counts one by one."""
    return union_all(*(_side(one, two) for one, two in PAIRS))


def _side(code: str, beside: str) -> Select[Any]:
    """Both rows by name, so that the other one is found at once in the index of enterprise, indicator and quarter."""
    other = aliased(Fact)
    grain = [getattr(Fact, name) for name in GRAIN]
    return (
        select(literal(f"{code}/{beside}", Fact.indicator.type), *grain)
        .add_columns(func.sum(Fact.value), func.count(), func.sum(case((Fact.value != Decimal(0), 1), else_=0)))
        .select_from(Fact)
        .join(other, (other.enterprise_id == Fact.enterprise_id) & (other.quarter == Fact.quarter))
        .where(Fact.basis == "filing", other.basis == "filing")
        .where(Fact.indicator == code, other.indicator == beside)
        .group_by(*grain)
    )


def cells_of_due() -> Select[Any]:
    grain = [getattr(DueEnterprise, name) for name in GRAIN]
    approved = func.sum(case((DueEnterprise.is_approved, 1), else_=0))
    weight = func.sum(case((DueEnterprise.is_approved, DueEnterprise.weight), else_=Decimal(0)))
    return (
        select(*grain, func.count(), approved, func.sum(DueEnterprise.weight), weight)
        .select_from(DueEnterprise)
        .group_by(*grain)
    )
