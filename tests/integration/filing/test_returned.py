"""What was returned comes back by its own day, through every hand it passes meanwhile, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.casework.models import Case
from portal.casework.move import move
from portal.catalogue.models import FilingWindow
from portal.database.session import Database, reading, transaction
from portal.filing import commands
from portal.filing.commands_submit import submit
from portal.filing.models import FilingVersion
from portal.kernel.clock import today
from portal.kernel.errors import Illegal
from portal.kernel.roles import Role
from portal.kernel.workflow import Action, State
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.filers import (
    FIGURES,
    Q3,
    at_work,
    both_posts,
    certifier,
    current,
    fields,
    order,
    preparer,
    saved,
)

pytestmark = pytest.mark.content("filed")
OFFICER = person(Role.COUNTY_OFFICER)
REPLY = today() + timedelta(days=4)


@pytest.fixture(autouse=True)
def _returned(database: Database) -> None:
    """Returned in time; the quarter locked meanwhile."""
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        move(session, case, OFFICER, Action.RETURN, reason="请核对", due_on=REPLY)
    window(due=-9, lock=-2)


def window(*, due: int, lock: int) -> None:
    day = today() + timedelta(days=due)
    values = {"due_on": day, "first_due_on": day, "locks_on": today() + timedelta(days=lock)}
    with transaction(EVERYTHING) as session:
        session.execute(update(FilingWindow).where(FilingWindow.quarter == Q3.code).values(**values))


def is_late() -> list[bool]:
    with reading(EVERYTHING) as session:
        return list(session.scalars(select(FilingVersion.is_late).order_by(FilingVersion.number)))


def hand_over() -> None:
    saved(fields(FIGURES | {"101": "8400"}))
    commands.hand_over(preparer(), Q3)


def send_back() -> None:
    commands.send_back(certifier(), Q3, "请再核对")


def withdraw() -> None:
    commands.withdraw(preparer(), Q3)


def resubmit() -> None:
    submit(both_posts(), Q3, order("r" * 24))


WALKS = {
    "handed over": [hand_over],
    "sent back and handed over again": [hand_over, send_back, hand_over],
    "taken back from the certifier": [hand_over, withdraw, hand_over],
    "withdrawn after it was sent again": [hand_over, resubmit, withdraw, hand_over],
    "withdrawn, and saved only": [resubmit, withdraw],
}


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_after_the_lock_it_is_sent_in_time_whatever_hands_it_passed(walk: list[Callable[[], None]]) -> None:
    for step in walk:
        step()
        assert current().reply_due_on == REPLY
    submit(both_posts(), Q3, order("n" * 24))
    assert current().state is State.SUBMITTED
    assert not any(is_late()) and not current().is_late


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_before_the_lock_it_is_in_time_by_its_own_day(walk: list[Callable[[], None]]) -> None:
    window(due=-1, lock=20)
    for step in walk:
        step()
    submit(both_posts(), Q3, order("n" * 24))
    assert not any(is_late())


@pytest.mark.parametrize(
    "walk", [[], [hand_over, send_back], [hand_over, withdraw]], ids=["returned", "sent back", "taken back"]
)
def test_the_form_says_why_it_came_back_until_it_is_sent_again(app: Flask, walk: list[Callable[[], None]]) -> None:
    def says_why() -> bool:
        return "请核对" in at_work(app, preparer(), "en").get(f"/filings/{Q3}").text

    for step in walk:
        step()
    assert says_why()
    hand_over()
    resubmit()
    assert not says_why()


def own_day(*, due: int) -> None:
    with transaction(EVERYTHING) as session:
        session.execute(update(Case).values(reply_due_on=today() + timedelta(days=due)))


def test_the_mark_of_the_case_is_that_of_the_newest_version(app: Flask) -> None:
    window(due=3, lock=20)
    own_day(due=-1)
    hand_over()
    resubmit()
    assert not any(is_late()) and not current().is_late, "the quarter’s own day is still to come"
    withdraw()
    window(due=-1, lock=20)
    hand_over()
    submit(both_posts(), Q3, order("n" * 24))
    assert is_late() == [False, False, True] and current().is_late
    assert "Filed late" in at_work(app, preparer(), "en").get("/filings").text


@pytest.mark.parametrize("walk", [[hand_over], [hand_over, send_back], [hand_over, withdraw], [hand_over, resubmit]])
def test_after_its_own_day_it_is_closed_in_every_state(walk: list[Callable[[], None]]) -> None:
    for step in walk:
        step()
    with transaction(EVERYTHING) as session:
        session.execute(update(Case).values(reply_due_on=today() - timedelta(days=1)))
    if current().state is State.SUBMITTED:
        withdraw()
    with pytest.raises(Illegal) as refused:
        submit(both_posts(), Q3, order("n" * 24))
    assert refused.value.code == "closed"


@pytest.mark.parametrize("walk", [[hand_over, send_back], [hand_over, withdraw], [hand_over, resubmit, withdraw]])
def test_the_pages_show_its_own_day_and_take_what_is_typed(app: Flask, walk: list[Callable[[], None]]) -> None:
    for step in walk:
        step()
    desk = at_work(app, preparer(), "en")
    assert "4 days left" in desk.get("/filings/2026Q3").text
    desk.submit("/2026Q3", "save", f103="8101")
    assert current().draft["f103"] == "8,101.00"
    task = desk.get("/filings").having(class_="tasks")
    assert task and "4 days left" in "".join(task[0].itertext())
    desk.get("/filings/2026Q3/check")
    desk.submit("/hand-over")
    head = at_work(app, certifier(), "en")
    page = head.get("/filings/2026Q3/check")
    assert "Filing for this quarter is closed" not in page.text
    head.submit("/submit", declaration="1")
    assert current().state is State.SUBMITTED
