"""Keeping cells equal to the facts: a deed that joins the approval's transaction and moves only what it touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .models import GRAIN, Cell, CellDue, DueEnterprise
from .pairs import FactLike

Key = tuple[str, ...]


class Belonging(Protocol):
    """As what an enterprise counts in a quarter, but for its county."""

    @property
    def chain(self) -> str: ...
    @property
    def segment(self) -> str: ...
    @property
    def size_class(self) -> str: ...
    @property
    def respondent_class(self) -> str: ...


@dataclass(slots=True)
class Movement:
    """By how much one cell moves."""

    total: Decimal = Decimal(0)
    facts: int = 0
    contributors: int = 0

    def add(self, value: Decimal, sign: int) -> None:
        self.total += sign * value
        self.facts += sign
        self.contributors += sign * (value != 0)

    @property
    def is_nothing(self) -> bool:
        return not (self.total or self.facts or self.contributors)


def refresh(session: Session, before: Iterable[FactLike], after: Iterable[FactLike]) -> None:
    """Moves the cells of the facts that went (`before`) and came (`after`), in the caller's transaction."""
    moved = movements(before, after)
    rows = [
        {**_grain(key), "total": m.total, "facts": m.facts, "contributors": m.contributors}
        for key, m in sorted(moved.items())  # one order for all: two approvals at once cannot lock each other out
        if not m.is_nothing
    ]
    if not rows:
        return
    # A new cell can only come of a fact that comes; all else changes a cell that stands already, and a row of negative
    # counts would fail the table's CHECKs before ON CONFLICT is looked at.
    coming = [row for row in rows if _is_addition(row)]
    standing = [row for row in rows if not _is_addition(row)]
    if coming:
        _add(session, Cell.__table__, coming, ("total", "facts", "contributors"))
    for row in standing:
        _change(session, row)
    touched = {row["quarter"] for row in rows}
    session.execute(delete(Cell).where(Cell.facts == 0, Cell.quarter.in_(touched)))


def _is_addition(row: Mapping[str, Any]) -> bool:
    return bool(row["facts"] > 0 and 0 <= row["contributors"] <= row["facts"])


def movements(before: Iterable[FactLike], after: Iterable[FactLike]) -> dict[Key, Movement]:
    moved: dict[Key, Movement] = {}
    for facts, sign in ((before, -1), (after, 1)):
        for fact in facts:
            moved.setdefault(_key(fact), Movement()).add(fact.value, sign)
    return moved


def mark_approved(
    session: Session, enterprise_id: int, quarter: int, is_approved: bool, counted_as: Belonging | None = None
) -> bool:
    """Notes that the enterprise's filing counts, or no longer counts; False when it is not on the list of the due.

    `counted_as` is where its figures count: a row that the list has not moved there yet is moved now, for an approved
    row is never moved any more.
    """
    due = session.scalar(
        select(DueEnterprise)
        .where(DueEnterprise.enterprise_id == enterprise_id, DueEnterprise.quarter == quarter)
        .with_for_update()  # the list may be moving it just now
        .execution_options(populate_existing=True)
    )
    if due is None:
        return False
    if due.is_approved is is_approved:
        return True
    if is_approved and counted_as is not None and belonging(due) != belonging(counted_as):
        follow(session, due, counted_as)
    due.is_approved = is_approved
    session.flush()
    sign = 1 if is_approved else -1
    session.execute(
        update(CellDue)
        .where(
            CellDue.quarter == quarter,
            CellDue.segment == due.segment,
            CellDue.county == due.county,
            CellDue.size_class == due.size_class,
            CellDue.respondent_class == due.respondent_class,
        )
        .values(approved=CellDue.approved + sign, weight_approved=CellDue.weight_approved + sign * due.weight)
    )
    return True


def belonging(place: Belonging) -> tuple[str, ...]:
    return place.chain, place.segment, place.size_class, place.respondent_class


def follow(session: Session, row: DueEnterprise, place: Belonging) -> None:
    """Moves a row that is not approved yet, and its share of the sums, to where its enterprise belongs.

    The county stays: a move to another unit counts for later quarters only (rulings 16).
    """
    take_due(session, row)
    row.chain, row.segment, row.size_class, row.respondent_class = belonging(place)
    session.flush()
    add_due(session, [row])


def add_due(session: Session, rows: Iterable[DueEnterprise]) -> None:
    """Counts newly due enterprises into `cell_due`."""
    sums: dict[Key, list[Any]] = {}
    for row in rows:
        key = (str(row.quarter), row.segment, row.county, row.size_class, row.respondent_class)
        entry = sums.setdefault(key, [0, 0, Decimal(0), Decimal(0)])
        entry[0] += 1
        entry[1] += int(row.is_approved)
        entry[2] += row.weight
        entry[3] += row.weight if row.is_approved else Decimal(0)
    names = ("due", "approved", "weight_due", "weight_approved")
    values = [{**_grain(("", *key)), **dict(zip(names, entry, strict=True))} for key, entry in sorted(sums.items())]
    for value in values:
        del value["indicator"]
    if values:
        _add(session, CellDue.__table__, values, names)


def take_due(session: Session, row: DueEnterprise) -> None:
    """Takes an enterprise that is not approved out of `cell_due`; a cell that nobody is due in any more goes."""
    here = [getattr(CellDue, name) == getattr(row, name) for name in GRAIN]
    moved = {"due": CellDue.due - 1, "weight_due": CellDue.weight_due - row.weight}
    session.execute(update(CellDue).where(*here).values(**moved).execution_options(synchronize_session=False))
    session.execute(delete(CellDue).where(*here, CellDue.due == 0))


def _change(session: Session, row: dict[str, Any]) -> None:
    grain = [getattr(Cell, name) == row[name] for name in ("indicator", *GRAIN)]
    done = session.execute(
        update(Cell)
        .where(*grain)
        .values(
            total=Cell.total + row["total"],
            facts=Cell.facts + row["facts"],
            contributors=Cell.contributors + row["contributors"],
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuntimeError(f"facts withdrawn from a cell that is not there: {row}")


def _key(fact: FactLike) -> Key:
    return (
        fact.indicator, str(fact.quarter), fact.segment, fact.county, fact.size_class, fact.respondent_class,
    )  # fmt: skip


def _grain(key: Key) -> dict[str, Any]:
    indicator, quarter, segment, county, size_class, respondent_class = key
    return {
        "indicator": indicator,
        "quarter": int(quarter),
        "segment": segment,
        "county": county,
        "size_class": size_class,
        "respondent_class": respondent_class,
    }


def _add(session: Session, table: Any, rows: Sequence[Mapping[str, Any]], sums: tuple[str, ...]) -> None:
    """INSERT … ON CONFLICT adds to what stands there: one statement, no read before the write."""
    assert isinstance(table, Table)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    grain = [c.name for c in table.columns if c.name not in (*sums, "id")]
    statement = statement.on_conflict_do_update(
        index_elements=grain, set_={name: table.c[name] + statement.excluded[name] for name in sums}
    )
    session.connection().execute(statement, rows)
