"""What a front page is made of: tasks with their deadlines, tiles with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..catalogue.deadlines import WorkingDaysLeft
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.workflow import State

MOST_COUNTED = 1000


def left(due: date | None) -> int | None:
    """Days until then; None where there is no deadline."""
    return None if due is None else (due - today()).days


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: verb and thing, where, until when, and how it stands. `days_left` None: no deadline.

    An office's deadline is told in working days; a list of things to do has no state of its own.
    """

    title: Bilingual
    note: Bilingual | None
    href: str
    due_on: date | None
    days_left: int | None
    state: State | None
    is_done: bool = False
    working_days: WorkingDaysLeft | None = None
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that opens the list it counts."""

    title: Bilingual
    number: int
    href: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """Tasks in order of deadline, done ones apart; tiles below."""

    tasks: tuple[Task, ...]
    done: tuple[Task, ...]
    tiles: tuple[Tile, ...]
