"""The class of the quarter's first day, whenever it was entered: what the pages show is what the submission judges."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal.database.session import Database, reading, transaction
from portal.enterprises.models import AboveScaleStatus, Enterprise, Position
from portal.enterprises.queries import profile_at
from portal.filing import commands
from portal.filing.commands_submit import submit
from portal.filing.draft import held
from portal.filing.models import Filing, FilingVersion
from portal.kernel.bilingual import LANGUAGES, Language
from portal.kernel.errors import Invalid
from portal.kernel.roles import Scope
from portal.kernel.workflow import State
from tests.fixtures.cases import EVERYTHING, HERE
from tests.fixtures.filers import (
    ENTERPRISE,
    FIGURES,
    Q3,
    at_work,
    begun,
    both_posts,
    certifier,
    current,
    fields,
    ground,
    order,
    preparer,
    saved,
)

pytestmark = pytest.mark.content("catalogue")
FORM = "/filings/2026Q3"
WHOSE = {"enterprise_id": ENTERPRISE, "county": HERE, "chain": "01"}
# The short form asks these of a below-scale enterprise; an above-scale one answers the rest as well.
BELOW = {"101", "103", "105", "106", "202", "203", "204", "301", "303", "305", "306", "307", "501", "503"}


@pytest.fixture(autouse=True)
def _ground(database: Database) -> None:
    ground()
    become("C3425", above=False)


def become(gb_class: str, *, above: bool, since: date = date(2022, 1, 1)) -> None:
    """What an officer enters, whenever it is."""
    with transaction(EVERYTHING) as session:
        session.execute(update(Enterprise).values(gb_class=gb_class.lstrip("C")))
        session.execute(delete(AboveScaleStatus))
        session.add(AboveScaleStatus(is_above_scale=above, since_on=since, source="示例名录", **WHOSE))


def short() -> dict[str, str]:
    return fields({code: text for code, text in FIGURES.items() if code in BELOW})


def test_a_class_that_changes_during_the_draft_leaves_no_dead_end() -> None:
    begun()
    saved(short())
    become("3425", above=True, since=date(2026, 6, 30))
    with pytest.raises(Invalid) as refused:
        commands.hand_over(preparer(), Q3)
    assert refused.value.code == "not-ready"
    saved(fields())
    commands.hand_over(preparer(), Q3)
    submit(certifier(), Q3, order())
    with reading(EVERYTHING) as session:
        assert session.scalars(select(FilingVersion)).one().content["class"] == "L"
        assert session.scalars(select(Filing)).one().respondent_class == "L"


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_show_the_findings_that_are_judged_and_what_is_asked_now(app: Flask, language: Language) -> None:
    begun()
    saved(short())
    commands.hand_over(preparer(), Q3)
    become("3425", above=True, since=date(2026, 6, 30))
    head = at_work(app, certifier(), language)
    for path in (f"{FORM}/check", f"{FORM}?check=1"):
        page = head.get(path)
        links = {str(e.get("href")).rpartition("#")[2] for e in page.tree.iter("a")}
        assert {"f102", "f107", "f302"} <= links
        assert ("规模以上工业" if language == "zh" else "Above-scale industry") in page.text
    head.get(f"{FORM}/check")
    head.submit("/send-back", reason="请补填")
    desk = at_work(app, preparer(), language)
    desk.get(FORM)
    desk.submit("/2026Q3", "check", **fields())
    assert desk.page is not None and not desk.page.having(class_="summary")
    desk.submit("/hand-over")
    head = at_work(app, certifier(), language)
    head.get(f"{FORM}/check")
    head.submit("/submit", declaration="1")
    assert current().state is State.SUBMITTED
    assert "规模以下" not in head.get(f"{FORM}/check").text


def test_rows_that_only_the_new_class_has_stand_on_the_form_and_are_kept(app: Flask) -> None:
    become("6513", above=False)
    begun()
    desk = at_work(app, preparer())
    assert "f101" not in {e.get("id") for e in desk.get(FORM).tree.iter()}
    become("3425", above=True)
    page = desk.get(FORM)
    assert "f101" in {e.get("id") for e in page.tree.iter()}
    desk.submit("/2026Q3", "save", f101="12")
    assert current().draft["f101"] == "12.00"


def test_rows_of_the_old_class_are_named_and_their_figures_kept(app: Flask) -> None:
    begun()
    saved(short())
    become("6513", above=False)
    page = at_work(app, preparer(), "en").get(FORM)
    assert "No longer asked" in page.text and "Not industry" in page.text
    assert "f101" not in {e.get("id") for e in page.tree.iter()}
    assert current().draft["f101"] == "8,426.50"


def test_a_page_that_shows_another_class_changes_nothing(app: Flask) -> None:
    begun()
    become("3425", above=True)
    at_work(app, preparer()).get(FORM)
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Filing.respondent_class)).one() == "S"


def test_what_was_sent_is_shown_as_it_was_sent(app: Flask) -> None:
    begun()
    saved(short())
    submit(both_posts(), Q3, order())
    become("3425", above=True)
    assert current().counted.respondent_class == "S"
    assert "规模以上工业" not in at_work(app, certifier()).get(f"{FORM}/check").text


@pytest.mark.parametrize("gb_class", ["3425", "6513"])
@pytest.mark.parametrize(
    "statuses",
    [
        {},
        {date(2026, 7, 1): True},
        {date(2026, 7, 2): True},
        {date(2024, 1, 1): True, date(2026, 7, 1): False},
        {date(2024, 1, 1): True, date(2026, 7, 2): False},
    ],
)
def test_the_columns_say_what_the_profile_of_the_first_day_says(gb_class: str, statuses: dict[date, bool]) -> None:
    begun()
    become(gb_class, above=True)
    with transaction(EVERYTHING) as session:
        session.execute(delete(AboveScaleStatus))
        for since, above in statuses.items():
            session.add(AboveScaleStatus(is_above_scale=above, since_on=since, source="示例名录", **WHOSE))
        for segment, day in (("01-M2", date(2024, 1, 1)), ("01-M3", date(2026, 7, 1)), ("01-M4", date(2026, 7, 2))):
            if statuses:
                session.add(Position(segment=segment, is_primary=True, from_on=day, **WHOSE))
            session.add(Position(segment="02-M1", is_primary=False, from_on=day, **WHOSE))
    for scope in (EVERYTHING, Scope.enterprises(ENTERPRISE)):
        with reading(scope) as session:
            profile = profile_at(session, ENTERPRISE, Q3.first_day)
            found = held(session, ENTERPRISE, Q3).counted
            assert found == current().counted
        assert (found.respondent_class, found.size_class, found.segment) == (
            profile.respondent_class,
            profile.size_class,
            profile.segment,
        )
