"""Where an application is: what comes next, and which days are promised - none for what no office has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from portal.database.session import Database, reading
from portal.kernel.bilingual import Bilingual
from portal.kernel.clock import today
from portal.kernel.workflow import Action
from portal.support import commands_apply
from portal.support.queries_application import applied
from portal.support.timeline import Item, timeline
from portal.support.values import said_day
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import at_work, preparer
from tests.integration.support.ground import (
    before_the_city,
    budget,
    case_of,
    city,
    decide,
    lead,
    officer,
    submit,
    submitted,
)

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]


def steps_of(number: int) -> list[Item]:
    with reading(EVERYTHING) as session:
        return timeline(applied(session, number), today())


def promised(number: int) -> set[Bilingual]:
    """The days of the newest submission, as they are said."""
    with reading(EVERYTHING) as session:
        sent = applied(session, number).submission
        assert sent is not None
        return {said_day(sent.accept_by), said_day(sent.decide_by)}


def told(number: int) -> str:
    return " ".join(f"{title.en} {note.en if note else ''}" for _kind, title, note in steps_of(number))


def test_nothing_follows_a_rejection_of_the_county_or_the_city(database: Database, tmp_path: Path) -> None:
    city()
    by_county = submitted(tmp_path)
    decide(officer(), by_county, Action.REJECT, "不属于支持范围")
    by_city = before_the_city(tmp_path, "P303", "key-of-the-second-one", claim="3600000")
    decide(lead(), by_city, Action.REJECT, "不属于支持范围")
    for number, last in ((by_county, "County check"), (by_city, "City decision")):
        steps = steps_of(number)
        assert [kind for kind, _title, _note in steps] == ["done"] * len(steps)
        assert (steps[-1][1].en, steps[-1][2] and steps[-1][2].en) == (last, "Rejected")
        assert not any(day.en in told(number) for day in promised(number))


def test_what_was_returned_says_what_comes_next_and_no_day_until_it_is_sent_again(
    database: Database, tmp_path: Path
) -> None:
    city()
    number = submitted(tmp_path)
    assert all(day.en in told(number) for day in promised(number))
    decide(officer(), number, Action.RETURN, "请补充")
    assert [kind for kind, _title, _note in steps_of(number)] == ["done", "now", "next"]
    assert "submitted again" in told(number) and not any(day.en in told(number) for day in promised(number))
    submit(number, "key-of-the-second-time")
    assert all(day.en in told(number) for day in promised(number))
    decide(officer(), number)
    decide(lead(), number, Action.RETURN, "请说明")
    assert [kind for kind, _title, _note in steps_of(number)] == ["done", "done", "now"]
    assert not any(day.en in told(number) for day in promised(number))


def test_what_was_withdrawn_promises_nothing(database: Database, tmp_path: Path) -> None:
    city()
    number = submitted(tmp_path)
    commands_apply.withdraw(preparer(), number)
    assert [(kind, title.en) for kind, title, _note in steps_of(number)] == [
        ("done", "Submitted"),
        ("now", "Withdrawn"),
    ]
    assert not any(day.en in told(number) for day in promised(number))


def test_the_desk_names_the_days_while_they_bind(app: Flask, tmp_path: Path) -> None:
    city()
    budget("250000")
    number = submitted(tmp_path)
    county = at_work(app, officer(), "en")
    path, days = f"/review/{case_of(number).id}", promised(number)
    assert all(day.en in county.get(path).text for day in days)
    decide(officer(), number, Action.RETURN, "请补充")
    page = county.get(path).text
    assert "No day is promised now." in page and not any(day.en in page for day in days)
