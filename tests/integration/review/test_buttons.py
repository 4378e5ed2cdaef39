"""The buttons of a case's page are exactly the moves that will be taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from portal.casework.move import move
from portal.database.session import Database, transaction
from portal.kernel.clock import now
from portal.kernel.errors import Refusal
from portal.kernel.roles import Role
from portal.kernel.workflow import AFTER_DECISION, DECISIONS, Action, Kind, State
from portal.review.case_page import possible
from tests.fixtures.cases import EVERYTHING, add_case, person

ME, OTHER = 1, 2
DESK = DECISIONS | {Action.CLAIM, Action.RELEASE, Action.ASSIGN}
WINDOW = timedelta(minutes=10)


def standings(state: State) -> Iterator[dict[str, Any]]:
    """The ways a case of that state can stand towards the officer."""
    for entered in ([OTHER], [ME]):
        if state is State.UNDER_REVIEW:
            yield from ({"entered_by_ids": entered, "claimed_by_id": who} for who in (ME, OTHER))
        elif state in AFTER_DECISION:
            yield from ({"entered_by_ids": entered, "decided_by_id": who} for who in (ME, OTHER))
        else:
            yield {"entered_by_ids": entered}


# Whether a move is allowed is decided before anything is written, so one database tells of both.
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_button_is_shown_when_and_only_when_its_move_is_taken(database: Database, kind: Kind) -> None:
    shown = 0
    with transaction(EVERYTHING) as session:
        for state in State:
            for standing in standings(state):
                case = add_case(session, state, kind, **standing)
                for role, action in product(Role, sorted(DESK, key=str)):
                    actor = person(role, ME)
                    is_shown = action in possible(case, actor, now(), WINDOW)
                    point = session.begin_nested()
                    try:
                        move(session, case, actor, action, reason="理由", assignee_id=OTHER)
                        is_taken = True
                    except Refusal:
                        is_taken = False
                    point.rollback()
                    session.refresh(case)
                    assert is_shown == is_taken, (kind, state, standing, role, action)
                    shown += is_shown
    assert shown > (2 if kind is Kind.AWARD else 20)  # the city has three buttons, in one state, for one role


def test_undo_is_offered_only_within_the_window(database: Database) -> None:
    officer = person(Role.COUNTY_OFFICER, ME)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.APPROVED, decided_at=now() - WINDOW - timedelta(seconds=1))
        assert Action.UNDO not in possible(case, officer, now(), WINDOW)
        assert Action.UNDO in possible(case, officer, now(), WINDOW * 2)
