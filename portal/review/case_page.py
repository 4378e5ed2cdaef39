"""What stands around one case, whatever its kind: buttons, talk, decisions, people, the next one. A read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ..accounts.queries import names
from ..casework.models import Case, Decision, Remark
from ..casework.queries import decisions, remarks
from ..casework.rules import locked_words
from ..catalogue.deadlines import WorkingDaysLeft
from ..catalogue.queries import time_left
from ..kernel.bilingual import Bilingual
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import DECISIONS, IN_REVIEW, Action, State, open_actions
from .queries_place import Place, place_of
from .rules import View


@dataclass(frozen=True, slots=True)
class CasePage:
    """`actions` are the buttons that will work; `is_own` and `holder` say why there are none."""

    case: Case
    actions: frozenset[Action]
    remarks: Sequence[Remark]
    decisions: Sequence[Decision]
    people: Mapping[int, str]
    place: Place
    time_left: WorkingDaysLeft | None
    is_own: bool
    is_mine: bool
    holder: str | None

    @property
    def locked(self) -> Bilingual | None:
        """Why nothing can be done: the county has locked the quarter."""
        return locked_words(self.case.locked_on)

    def person(self, account_id: int | None) -> str:
        return self.people.get(account_id or 0, "")

    def about(self, field: str | None) -> list[Remark]:
        return [row for row in self.remarks if row.field == field]


def case_page(
    session: Session, case: Case, actor: Actor, at: datetime, today: date, window: timedelta, view: View
) -> CasePage:
    talk, decided = remarks(session, case.id), decisions(session, case.id)
    ids = {case.claimed_by_id, case.decided_by_id, *(row.decided_by_id for row in decided)}
    ids |= {number for row in talk for number in (row.author_id, row.replied_by_id)}
    people = names(session, ids)
    waits = case.state in IN_REVIEW
    return CasePage(
        case=case,
        actions=possible(case, actor, at, window),
        remarks=talk,
        decisions=decided,
        people=people,
        place=place_of(session, case, today, view=view, me=actor.account_id),
        time_left=time_left(session, case.due_on if waits else case.reply_due_on, today),
        is_own=actor.account_id in case.entered_by_ids,
        is_mine=case.claimed_by_id == actor.account_id and actor.account_id is not None,
        holder=people.get(case.claimed_by_id or 0),
    )


def possible(case: Case, actor: Actor, at: datetime, window: timedelta) -> frozenset[Action]:
    """The actions that the law and the case's people leave to `actor` now."""
    if case.locked_on is not None:
        return frozenset()
    found = set(open_actions(case.kind, case.state, actor.permissions))
    if actor.account_id in case.entered_by_ids:
        found -= DECISIONS | {Action.CLAIM}
    if case.claimed_by_id not in (None, actor.account_id):
        found -= DECISIONS
        if not actor.may(Permission.CASE_ASSIGN):
            found.discard(Action.RELEASE)
    if case.decided_at is None or case.decided_by_id != actor.account_id or at - case.decided_at > window:
        found.discard(Action.UNDO)
    if case.state is State.UNDER_REVIEW:
        found.discard(Action.CLAIM)
    return frozenset(found)
