"""The desk's part of a front page: what waits for an officer, by kind, with the nearest day. A read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.queries import time_left
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import IN_REVIEW, Kind
from ..review.rules import Section, section_of
from .front_parts import MOST_COUNTED, Task, Tile

_WAITING = {
    Kind.FILING: Bilingual("待审填报", "Filings to review"),
    Kind.REGISTRATION: Bilingual("待审登记", "Registrations to review"),
    Kind.APPLICATION: Bilingual("待办政策申请", "Applications to decide"),
}
_TOGETHER = {
    Kind.FILING: (Kind.FILING,),
    Kind.REGISTRATION: (Kind.REGISTRATION, Kind.ACCESS),
    Kind.APPLICATION: (Kind.APPLICATION, Kind.AWARD),
}


_DECIDE = {
    Kind.FILING: (Bilingual("审核季度填报：{number}份", "Review filings: {number}"), Permission.CASE_DECIDE),
    Kind.REGISTRATION: (
        Bilingual("审核企业登记：{number}件", "Review registrations: {number}"),
        Permission.CASE_DECIDE,
    ),
    Kind.APPLICATION: (Bilingual("审核政策申请：{number}件", "Check applications: {number}"), Permission.CASE_DECIDE),
    Kind.AWARD: (Bilingual("作出政策申请决定：{number}件", "Decide applications: {number}"), Permission.AWARD_DECIDE),
}
_OVERDUE = Bilingual("其中逾期{number}", "{number} overdue")
_MINE = Bilingual("由你审核{number}", "{number} claimed by you")


@dataclass(frozen=True, slots=True)
class _Waits:
    """What waits of one kind: how many, how many of them too late, how many the reader has claimed, the first day."""

    number: int
    late: int
    mine: int
    first_day: date | None


def _waiting(session: Session, person: Actor) -> dict[Kind, _Waits]:
    is_late, is_mine = Case.due_on < today(), Case.claimed_by_id == person.account_id
    rows = session.execute(
        select(
            Case.kind,
            func.count(),
            func.count(case((is_late, 1))),
            func.count(case((is_mine, 1))),
            func.min(Case.due_on),
        )
        .where(Case.state.in_(IN_REVIEW))
        .group_by(Case.kind)
    )
    found = {row[0]: _Waits(*row[1:]) for row in rows}
    if Kind.ACCESS in found:  # on the desk they stand in one list with registrations
        one, other = found.pop(Kind.ACCESS), found.get(Kind.REGISTRATION, _Waits(0, 0, 0, None))
        days = [day for day in (one.first_day, other.first_day) if day is not None]
        sums = (one.number + other.number, one.late + other.late, one.mine + other.mine)
        found[Kind.REGISTRATION] = _Waits(*sums, min(days, default=None))
    return found


def review_tasks(session: Session, person: Actor) -> list[Task]:
    """What the reader is to decide, by kind, with the nearest day; who only reads finds the numbers as tiles."""
    tasks = []
    for kind, waits in _waiting(session, person).items():
        title, permission = _DECIDE[kind]
        if not person.may(permission):
            continue
        notes = [text.fill(number=n) for text, n in ((_OVERDUE, waits.late), (_MINE, waits.mine)) if n]
        note = Bilingual("，".join(n.zh for n in notes), ", ".join(n.en for n in notes)) if notes else None
        tasks.append(
            Task(
                title.fill(number=waits.number),
                note,
                _list_of(kind),
                waits.first_day,
                None,
                None,
                working_days=time_left(session, waits.first_day, today()),
                is_list=True,
            )
        )
    return tasks


def _list_of(kind: Kind) -> str:
    """The list that holds what a task counts, and nothing else."""
    section = section_of(kind)
    matter = kind.value if section is Section.APPLICATION else None  # registrations and access requests are one task
    return url_for("review.queue", kind=section.value, matter=matter)


def review_tiles(session: Session, person: Actor) -> list[Tile]:
    if person.may(Permission.CASE_DECIDE):
        return []
    waiting, tiles = _waiting(session, person), []
    for section, title in _WAITING.items():
        parts = [waiting[kind] for kind in _TOGETHER[section] if kind in waiting]
        href = url_for("review.queue", kind=section.value)
        tiles.append(Tile(title, min(sum(part.number for part in parts), MOST_COUNTED), href))
        late = sum(part.late for part in parts)
        if late:
            overdue = Bilingual(f"{title.zh}（已超期）", f"{title.en}, overdue")
            href = url_for("review.queue", kind=section.value, tab="overdue")
            tiles.append(Tile(overdue, min(late, MOST_COUNTED), href, is_urgent=True))
    return tiles
