"""What stands on a person's front page: what to do now, by deadline, and where things stand. A read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import url_for
from sqlalchemy import select
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
from ..support.policy import both_of
from ..support.queries import returned_applications
from ..support.queries_drafts import open_drafts
from .front_desk import review_tasks, review_tiles
from .front_parts import MOST_COUNTED, Front, Task, Tile, left


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
    State.RETURNED: Bilingual("按退回意见修改企业登记", "Change your registration as the officer asked"),
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
    return [Task(title, None, url_for("enterprises.registration"), due, left(due), state, is_done=waiting)]


_FILING = {
    None: Bilingual("填报{quarter}数据", "File the figures for {quarter}"),
    State.RETURNED: Bilingual("修改被退回的{quarter}填报", "Change the returned filing for {quarter}"),
    State.TO_CERTIFY: Bilingual("{quarter}填报待负责人确认", "{quarter}: waiting for the certifier"),
}
# For who certifies and does not fill in.
_WITH_PREPARER = {
    None: Bilingual("{quarter}填报：等填报人开始填写", "Filing for {quarter}: a preparer begins it"),
    State.RETURNED: Bilingual(
        "{quarter}填报被退回：由填报人修改", "Returned filing for {quarter}: the preparer changes it"
    ),
}
_IS_FILLED_IN = Bilingual("{quarter}填报：填报人正在填写", "Filing for {quarter}: with the preparer")
_CERTIFY = Bilingual("确认并提交{quarter}填报", "Certify and submit {quarter}")
_CONTINUE = Bilingual("继续填写{quarter}填报", "Continue the filing for {quarter}")
_SENT = Bilingual("{quarter}填报", "Filing for {quarter}")


def _filing_tasks(session: Session, person: Actor) -> list[Task]:
    """Every open window, and what was sent back and may still come in though its quarter has locked."""
    due = {window.quarter: window.due_on for window in open_windows(session, now())}
    locked = locked_quarters(session, person.enterprise_id) if person.enterprise_id is not None else set()
    comes_back = Case.state.in_(EDITABLE | {State.TO_CERTIFY}) & (Case.reply_due_on >= today())
    found = select(Case).where(Case.kind == Kind.FILING, Case.quarter.in_(list(due)) | comes_back).order_by(Case.id)
    cases = {case.quarter: case for case in session.scalars(found) if case.quarter is not None}
    for quarter, case in cases.items():
        if quarter not in due and case.reply_due_on is not None:
            due[quarter] = case.reply_due_on
    return [
        _filing_task(person, quarter, day, cases.get(quarter))
        for quarter, day in sorted(due.items())
        if quarter not in locked or quarter in cases
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
    elif state is not State.TO_CERTIFY and not person.may(Permission.FILING_EDIT):
        title = _WITH_PREPARER.get(state, _IS_FILLED_IN)
    else:
        title = _FILING.get(state, _CONTINUE)
    due = max(due_on, case.reply_due_on) if case and case.reply_due_on else due_on
    href = url_for("filing.form", quarter=str(quarter))
    return Task(title.fill(quarter=quarter.title), quarter.months, href, due, left(due), state, is_done)


_MEND = Bilingual("按退回意见修改{policy}申请", "Change the returned application: {policy}")


def _application_tasks(session: Session, person: Actor) -> list[Task]:
    return [
        Task(
            _MEND.fill(policy=policy.title),
            Kind.APPLICATION.title,
            url_for("support.application", application_id=application_id),
            case.reply_due_on,
            left(case.reply_due_on),
            case.state,
        )
        for application_id, policy, case in returned_applications(session)
    ]


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


_PUBLISH_POLICY = Bilingual("待发布的政策修改：{code} {title}", "Policy to publish: {code} {title}")


def _policy_tasks(session: Session, person: Actor) -> list[Task]:
    return [
        Task(
            _PUBLISH_POLICY.fill(code=row.code, title=both_of(row.content, "title")),
            None,
            url_for("policies.draft", draft_id=row.id),
            None,
            None,
            None,
        )
        for row in open_drafts(session)
        if row.state == "submitted" and person.account_id not in {row.created_by_id, *row.editor_ids}
    ]


def _job_tiles(session: Session, person: Actor) -> list[Tile]:
    state = queue_state(session, now())
    href = url_for("jobs.jobs")
    return [
        Tile(Bilingual("到期未办的后台任务", "Background jobs due"), state.due, href),
        Tile(Bilingual("停放的后台任务", "Parked jobs"), state.parked, href, is_urgent=state.parked > 0),
    ]


Tasks = Callable[[Session, Actor], list[Task]]
Tiles = Callable[[Session, Actor], list[Tile]]
PARTS: tuple[tuple[Permission, Tasks, Tiles], ...] = (
    (Permission.REGISTRATION_EDIT, _registration_tasks, _no_tiles),
    (Permission.ENTERPRISE_OWN, _filing_tasks, _no_tiles),
    (Permission.APPLICATION_EDIT, _application_tasks, _no_tiles),
    (Permission.CASE_READ, review_tasks, review_tiles),
    (Permission.WINDOW_LOCK, _acceptance_tasks, _no_tiles),
    (Permission.STATUS_ENTER, _no_tasks, _roster_tiles),
    (Permission.CATALOGUE_PUBLISH, _catalogue_tasks, _no_tiles),
    (Permission.POLICY_PUBLISH, _policy_tasks, _no_tiles),
    (Permission.JOB_MANAGE, _no_tasks, _job_tiles),
)
