"""The deed that makes all cells from what they are sums of, inside the database: for a rebuild, and for bulk loads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, delete, func, insert, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from ..filing.models import Fact
from .models import GRAIN, Cell, CellDue, DueEnterprise
from .shown import BASES, ESTIMABLE, ESTIMATED, RATIOS


def recount(session: Session) -> int:
    """Empties both tables of cells and fills them anew; how many cells of facts there are now."""
    session.execute(delete(Cell))
    session.execute(delete(CellDue))
    names = ["indicator", *GRAIN, "total", "facts", "contributors"]
    for counted in cells():
        session.execute(insert(Cell).from_select(names, counted))
    sums = ["due", "approved", "weight_due", "weight_approved"]
    session.execute(insert(CellDue).from_select([*GRAIN, *sums], cells_of_due()))
    return session.scalar(select(func.count()).select_from(Cell)) or 0


def cells() -> tuple[Select[Any] | CompoundSelect[Any], ...]:
    """Every cell of facts, statement by statement: what `pairs.with_parts` counts one by one.

    Facts of filings only: what was stated never enters a cell (rulings 17).
    """
    return _rows(), union_all(*(part for above, below in RATIOS for part in _sides(above, below))), _estimated()


_SUMS = (func.sum(Fact.value), func.count(), func.sum(case((Fact.value != Decimal(0), 1), else_=0)))


def _rows() -> Select[Any]:
    grain = [getattr(Fact, name) for name in ("indicator", *GRAIN)]
    counted = (Fact.basis == "filing", Fact.indicator != "504")
    return select(*grain, *_SUMS).select_from(Fact).where(*counted).group_by(*grain)


def _estimated() -> Select[Any]:
    grain = [getattr(Fact, name) for name in GRAIN]
    named = literal(ESTIMABLE + ESTIMATED, Fact.indicator.type)
    counted = (Fact.basis == "filing", Fact.indicator == ESTIMABLE, Fact.is_estimated.is_(True))
    return select(named, *grain, *_SUMS).select_from(Fact).where(*counted).group_by(*grain)


def _sides(above: str, below: str) -> list[Select[Any]]:
    """Each side of a ratio, of the filings that are in it; of value added also what is estimated of its side."""
    other = aliased(Fact)
    some = [Fact.value > Decimal(0)] if below in BASES else []
    some_of_other = [other.value > Decimal(0)] if below in BASES else []
    found = [
        _side(f"{above}/{below}", other, above, below, some_of_other),
        _side(f"{below}/{above}", other, below, above, some),
    ]
    if above == ESTIMABLE:
        estimated = [*some_of_other, Fact.is_estimated.is_(True)]
        found.append(_side(f"{above}/{below}{ESTIMATED}", other, above, below, estimated))
    return found


def _side(name: str, other: Any, code: str, beside: str, only: list[ColumnElement[bool]]) -> Select[Any]:
    """Both rows by name, so that the other one is found at once in the index of enterprise, indicator and quarter."""
    grain = [getattr(Fact, name) for name in GRAIN]
    return (
        select(literal(name, Fact.indicator.type), *grain, *_SUMS)
        .select_from(Fact)
        .join(other, (other.enterprise_id == Fact.enterprise_id) & (other.quarter == Fact.quarter))
        .where(Fact.basis == "filing", other.basis == "filing")
        .where(Fact.indicator == code, other.indicator == beside, *only)
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
