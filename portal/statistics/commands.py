"""Intentions of the statistics room: making the list of the due, and proving that the cells are the facts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..database.session import reading, transaction
from ..filing.queries_proof import unlike_their_versions
from ..kernel.period import Quarter
from ..kernel.roles import Scope, system
from .due import renew_due
from .models import GRAIN, Cell, CellDue
from .recount import cells, cells_of_due, recount

_REASON = "statistics"
Recount = dict[tuple[Any, ...], tuple[Any, ...]]


def list_due(quarter: Quarter) -> int:
    """Brings the list of who owes `quarter` up to date; returns how many came on."""
    actor = system(_REASON)
    with transaction(actor) as session:
        number = renew_due(session, quarter)
        if number:
            record(session, actor, stream=f"window:{quarter.code}", verb="due.listed", detail={"enterprises": number})
    return number


def compare() -> list[str]:
    """Holds every fact against the version it came from and recounts every cell from the facts; each difference in
    one line, none when all is well."""
    with reading(Scope.everything(_REASON)) as session:
        return [
            *unlike_their_versions(session),
            *_differences("cell", _cells_kept(session), _cells_recounted(session)),
            *_differences("cell_due", _dues_kept(session), _dues_recounted(session)),
        ]


def rebuild() -> None:
    """Makes all cells anew from the facts, in one transaction."""
    actor = system(_REASON)
    with transaction(actor) as session:
        number = recount(session)
        record(session, actor, stream="statistics", verb="cells.rebuilt", detail={"cells": number})


def _cells_kept(session: Session) -> Recount:
    grain = [getattr(Cell, name) for name in ("indicator", *GRAIN)]
    rows = session.execute(select(*grain, Cell.total, Cell.facts, Cell.contributors))
    return {tuple(row[:-3]): tuple(row[-3:]) for row in rows}


def _cells_recounted(session: Session) -> Recount:
    rows = [row for counted in cells() for row in session.execute(counted)]
    return {tuple(row[:-3]): (row[-3], int(row[-2]), int(row[-1])) for row in rows}


def _dues_kept(session: Session) -> Recount:
    grain = [getattr(CellDue, name) for name in GRAIN]
    sums = CellDue.due, CellDue.approved, CellDue.weight_due, CellDue.weight_approved
    rows = session.execute(select(*grain, *sums))
    return {tuple(row[:-4]): tuple(row[-4:]) for row in rows}


def _dues_recounted(session: Session) -> Recount:
    rows = session.execute(cells_of_due())
    return {tuple(row[:-4]): (int(row[-4]), int(row[-3]), row[-2], row[-1]) for row in rows}


def _differences(table: str, kept: Recount, counted: Recount) -> list[str]:
    wrong = sorted((k for k in {*kept, *counted} if kept.get(k) != counted.get(k)), key=str)
    return [f"{table} {key}: kept {kept.get(key)}, counted {counted.get(key)}" for key in wrong]
