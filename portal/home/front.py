"""What stands on a person's front page: what to do now, by deadline, and where things stand. A read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.queries import drafts, open_windows, windows
from ..enterprises.queries_roster import unregistered_count
from ..filing.queries_lock import locked_quarters
from ..jobs.queries import queue_state
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import EDITABLE, IN_REVIEW, Kind, State
from ..review.queries_quarter import UnitQuarter, unit_quarters

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: verb and thing, where, until when, and how it stands. `days_left` None: no deadline."""

    title: Bilingual
    note: Bilingual | None
    href: str
    due_on: date | None
    days_left: int | None
    state: State | None
    is_done: bool = False


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


def front_of(session: Session, person: Actor) -> Front:
    tasks: list[Task] = []
    tiles: list[Tile] = []
    for permission, more_tasks, more_tiles in PARTS:
        if person.may(permission):
            tasks += more_tasks(session, person)
            tiles += more_tiles(session, person)
    tasks.sort(key=lambda task: (task.due_on is None, task.due_on or date.max))
    return Front(tuple(t for t in tasks if not t.is_done), tuple(t for t in tasks if t.is_done), tuple(tiles))


def _no_tasks(session: Session, person: Actor) -> list[Task]:
    return []


def _no_tiles(session: Session, person: Actor) -> list[Tile]:
    return []


# --- enterprises -------------------------------------------------------------------------------------------------

_REGISTER = {
    None: Bilingual("登记企业", "Register your enterprise"),
    State.DRAFT: Bilingual("继续填写企业登记", "Continue your registration"),
    State.WITHDRAWN: Bilingual("继续填写企业登记", "Continue your registration"),
    State.RETURNED: Bilingual("按退回意见修改企业登记", "Mend your registration as the officer asked"),
    State.REJECTED: Bilingual("查看不予通过的理由", "See why the registration was rejected"),
}
_REGISTERED = Bilingual("企业登记已提交，等待审核", "Your registration is with the county officer")


def _registration_tasks(session: Session, person: Actor) -> list[Task]:
    case = session.scalars(
        select(Case).where(Case.kind.in_((Kind.REGISTRATION, Kind.ACCESS))).order_by(Case.id.desc()).limit(1)
    ).one_or_none()
    state = case.state if case else None
    title = _REGISTER.get(state, _REGISTERED)
    due = case.reply_due_on if case else None
    waiting = state in IN_REVIEW
    return [Task(title, None, url_for("enterprises.registration"), due, _left(due), state, is_done=waiting)]


_FILING = {
    None: Bilingual("填报{quarter}数据", "File the figures for {quarter}"),
    State.RETURNED: Bilingual("修改被退回的{quarter}填报", "Mend the returned filing for {quarter}"),
    State.TO_CERTIFY: Bilingual("{quarter}填报待负责人确认", "{quarter}: waiting for the certifier"),
}
_CERTIFY = Bilingual("确认并提交{quarter}填报", "Certify and submit {quarter}")
_CONTINUE = Bilingual("继续填写{quarter}填报", "Continue the filing for {quarter}")
_SENT = Bilingual("{quarter}填报", "Filing for {quarter}")


def _filing_tasks(session: Session, person: Actor) -> list[Task]:
    opened = open_windows(session, now())
    codes = [window.quarter for window in opened]
    locked = locked_quarters(session, person.enterprise_id) if person.enterprise_id is not None else set()
    cases = {
        case.quarter: case
        for case in session.scalars(
            select(Case).where(Case.kind == Kind.FILING, Case.quarter.in_(codes)).order_by(Case.id)
        )
    }
    return [
        _filing_task(person, window.quarter, window.due_on, cases.get(window.quarter))
        for window in opened
        if window.quarter not in locked or window.quarter in cases
    ]


def _filing_task(person: Actor, code: int, due_on: date, case: Case | None) -> Task:
    quarter = Quarter.from_code(code)
    state = case.state if case else None
    is_sent = state is not None and state not in EDITABLE and state is not State.TO_CERTIFY
    is_done = is_sent or (case is not None and case.locked_on is not None)
    if not is_done and state is State.TO_CERTIFY and person.may(Permission.FILING_SUBMIT):
        title = _CERTIFY
    elif is_done:
        title = _SENT
    else:
        title = _FILING.get(state, _CONTINUE)
    due = (case.reply_due_on if case else None) or due_on
    href = url_for("filing.form", quarter=str(quarter))
    return Task(title.fill(quarter=quarter.title), quarter.months, href, due, _left(due), state, is_done)


def _left(due: date | None) -> int | None:
    return None if due is None else (due - today()).days


# --- offices -----------------------------------------------------------------------------------------------------

_ACCEPT = Bilingual("确认并锁定{quarter}数据", "Accept and lock {quarter}")
_OPEN = Bilingual("还有{count}份没有审完", "{count} not decided yet")
_ALL_DECIDED = Bilingual(
    "已审完：通过{approved}家，缺报{missing}家", "All decided: {approved} approved, {missing} missing"
)
MOST_TO_ACCEPT = 4  # the newest quarters


def _acceptance_tasks(session: Session, person: Actor) -> list[Task]:
    """Quarters of the lead's county whose day to file has passed and that nobody has accepted."""
    closed = [window for window in windows(session, MOST_TO_ACCEPT) if window.due_on < today()]
    lines = unit_quarters(session, closed, sorted(person.counties))
    return [_acceptance_task(line) for line in lines if line.acceptance is None and line.numbers.due]


def _acceptance_task(line: UnitQuarter) -> Task:
    note = _OPEN.fill(count=line.numbers.open) if line.numbers.open else _ALL_DECIDED
    note = note.fill(approved=line.numbers.approved, missing=line.numbers.missing)
    href = url_for("review.quarter", quarter=str(line.quarter))
    return Task(_ACCEPT.fill(quarter=line.quarter.title), note, href, None, None, None)


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


def _review_tiles(session: Session, person: Actor) -> list[Tile]:
    is_overdue = Case.due_on < today()  # one expression: PostgreSQL takes two of them for two different ones
    rows = session.execute(
        select(Case.kind, is_overdue, func.count())
        .select_from(Case)
        .where(Case.state.in_(IN_REVIEW))
        .group_by(Case.kind, is_overdue)
    )
    counts = {(kind, bool(is_late)): number for kind, is_late, number in rows}
    tiles = []
    for kind, title in _WAITING.items():
        kinds = _TOGETHER[kind]
        number = sum(counts.get((k, late), 0) for k in kinds for late in (True, False))
        tiles.append(Tile(title, min(number, MOST_COUNTED), url_for("review.queue", kind=kind.value)))
        late = sum(counts.get((k, True), 0) for k in kinds)
        if late:
            overdue = Bilingual(f"{title.zh}（已超期）", f"{title.en}, overdue")
            href = url_for("review.queue", kind=kind.value, tab="overdue")
            tiles.append(Tile(overdue, min(late, MOST_COUNTED), href, is_urgent=True))
    return tiles


_ON_LIST = Bilingual("名录中尚未登记的企业", "On the list, not registered")


def _roster_tiles(session: Session, person: Actor) -> list[Tile]:
    number = unregistered_count(session)
    return [Tile(_ON_LIST, min(number, MOST_COUNTED), url_for("enterprises.roster"))] if number else []


_PUBLISH = Bilingual("待发布的目录修改：{title}", "Catalogue change to publish: {title}")


def _catalogue_tasks(session: Session, person: Actor) -> list[Task]:
    return [
        Task(
            Bilingual(_PUBLISH.zh.format(title=row.title), _PUBLISH.en.format(title=row.title)),
            Quarter.from_code(row.effective_from).title,
            url_for("catalogue.draft", draft_id=row.id),
            None,
            None,
            None,
        )
        for row in drafts(session)
        if row.state == "submitted" and row.created_by_id != person.account_id
    ]


def _job_tiles(session: Session, person: Actor) -> list[Tile]:
    state = queue_state(session, now())
    href = url_for("jobs.jobs")
    return [
        Tile(Bilingual("到期未办的后台任务", "Background jobs due"), state.due, href),
        Tile(Bilingual("已搁置的后台任务", "Jobs given up"), state.parked, href, is_urgent=state.parked > 0),
    ]


Tasks = Callable[[Session, Actor], list[Task]]
Tiles = Callable[[Session, Actor], list[Tile]]
PARTS: tuple[tuple[Permission, Tasks, Tiles], ...] = (
    (Permission.REGISTRATION_EDIT, _registration_tasks, _no_tiles),
    (Permission.ENTERPRISE_OWN, _filing_tasks, _no_tiles),
    (Permission.CASE_READ, _no_tasks, _review_tiles),
    (Permission.WINDOW_LOCK, _acceptance_tasks, _no_tiles),
    (Permission.STATUS_ENTER, _no_tasks, _roster_tiles),
    (Permission.CATALOGUE_PUBLISH, _catalogue_tasks, _no_tiles),
    (Permission.JOB_MANAGE, _no_tasks, _job_tiles),
)
