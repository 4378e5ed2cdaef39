"""The list of risks: counted from cells, panels, positions and waiting cases, and nobody learns of another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.catalogue.models import FilingWindow
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import AboveScaleStatus, Enterprise, Position
from portal.enterprises.queries_register import enterprises_by_segment, none_one_or_more
from portal.kernel.bilingual import Language
from portal.kernel.clock import now, today
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import State
from portal.statistics.cells import mark_approved
from portal.statistics.commands import list_due
from portal.statistics.commands_overview import renew_all_panels
from portal.statistics.queries_overview import overview
from portal.statistics.queries_risks import risks
from portal.statistics.risks import Risk, RiskKind, Severity
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_case, person
from tests.fixtures.filers import at_work
from tests.integration.statistics.approved import add_registered, approve

pytestmark = pytest.mark.content("catalogue")
Q3, LAST = Quarter(2026, 3), Quarter(2025, 3)
BUREAU, AUDITOR, OFFICER = person(Role.BUREAU_OFFICER), person(Role.AUDITOR), person(Role.COUNTY_OFFICER)
CHAIN = Actor(3, "c", "c", frozenset({Role.CHAIN_OFFICER}), Scope.chains("05"), chains=frozenset({"05"}))
SEGMENTS = [("05-M1", HERE), ("05-M1", HERE), ("05-M2", HERE), ("01-M1", ELSEWHERE)]


@pytest.fixture
def city(database: Database) -> None:
    """Three enterprises of chain 05 in HERE and one of chain 01 ELSEWHERE; a quarter past its day, half of it in."""
    with transaction(EVERYTHING) as session:
        for number, (segment, county) in enumerate(SEGMENTS, 1):
            add_registered(session, number, county=county, segment=segment)
            session.add(
                AboveScaleStatus(
                    enterprise_id=number, county=county, chain=segment[:2], is_above_scale=True, since_on=LAST.first_day,
                    source="名录",
                )
            )  # fmt: skip
            for quarter in LAST.year_to_date():
                approve(session, number, quarter, i101="1000")
            for quarter in Q3.year_to_date():
                approve(session, number, quarter, i101="850")
        due = today() - timedelta(days=1)
        session.add(
            FilingWindow(
                quarter=Q3.code, opens_at=now() - timedelta(days=30), due_on=due, first_due_on=due, locks_on=today(),
                edition="2026.1",
            )
        )  # fmt: skip
        for number, county in ((1, HERE), (4, ELSEWHERE)):
            late = today() - timedelta(days=9 if county == HERE else 2)
            add_case(session, enterprise_id=number, county=county, chain=SEGMENTS[number - 1][0][:2], due_on=late)
    list_due(Q3)
    with transaction(EVERYTHING) as session:
        for number in (2, 3, 4):
            mark_approved(session, number, Q3.code, False)
    renew_all_panels()


def warned(actor: Actor) -> list[Risk]:
    with reading(actor.scope) as session:
        return list(risks(session, actor, overview(session, actor, Q3), today()))


def told(actor: Actor, *kinds: RiskKind) -> set[tuple[str, str, str]]:
    return {(r.kind.value, r.code, r.severity.value) for r in warned(actor) if not kinds or r.kind in kinds}


def test_bureau_and_auditor_are_warned_of_the_whole_city(city: None) -> None:
    for actor in (BUREAU, AUDITOR):
        assert told(actor, RiskKind.FALL) == {("fall", HERE, "high"), ("fall", "05", "high")}, "a panel of one is none"
        assert told(actor, RiskKind.RESPONSE) == {("response", HERE, "high"), ("response", ELSEWHERE, "high")}
        assert told(actor, RiskKind.DEPENDENCE) == {("dependence", "01", "high")}
        assert told(actor, RiskKind.REVIEW) == {("review", HERE, "high"), ("review", ELSEWHERE, "medium")}
        missing = [risk for risk in warned(actor) if risk.kind is RiskKind.MISSING]
        assert len(missing) == 16, "no chain of the plan has all of its links"
    leading = next(risk for risk in warned(BUREAU) if (risk.kind, risk.code) == (RiskKind.FALL, HERE))
    assert "−15.0%" in leading.said.zh


def test_a_county_is_warned_of_its_own_alone(city: None) -> None:
    assert told(OFFICER) == {
        ("fall", HERE, "high"), ("fall", "05", "high"), ("response", HERE, "high"), ("review", HERE, "high"),
    }  # fmt: skip


def test_a_chain_officer_is_warned_of_their_chains_and_learns_no_enterprises_share(city: None) -> None:
    found = told(CHAIN)
    assert {kind for kind, _, _ in found} == {"fall", "response", "missing"}
    assert {code for kind, code, _ in found if kind in ("response", "missing")} == {"05"}


def test_whether_a_link_has_nobody_one_or_more_is_what_counting_says_too(city: None) -> None:
    """In each reader's scope and on any day; merged enterprises and ended positions stand nowhere."""
    ended = {"segment": "05-M2", "is_primary": False, "from_on": LAST.first_day, "until_on": today()}
    with transaction(EVERYTHING) as session:
        for number, segment, more in ((1, "05-M1", {}), (4, "01-M1", {}), (4, "05-M1", {}), (1, "", ended)):
            held = {"segment": segment, "is_primary": False, "from_on": today()} | more
            chain = held["segment"][:2]
            session.add(Position(enterprise_id=number, county=SEGMENTS[number - 1][1], chain=chain, **held))
        session.get_one(Enterprise, 2).status = "merged"
    wanted = ["01-M1", "05-M1", "05-M2", "05-S1"]
    for actor in (BUREAU, OFFICER, CHAIN):
        for day in (today(), today() - timedelta(days=1), LAST.first_day - timedelta(days=1)):
            with reading(actor.scope) as session:
                counted = enterprises_by_segment(session, day, wanted)
                found = none_one_or_more(session, day, wanted)
            assert found == {code: min(counted.get(code, 0), 2) for code in wanted}
    with reading(EVERYTHING) as session:
        assert none_one_or_more(session, today(), wanted) == {"01-M1": 1, "05-M1": 2, "05-M2": 1, "05-S1": 0}
        assert none_one_or_more(session, today(), []) == {}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_before_the_day_to_file_nobody_is_warned_that_filings_are_missing(city: None) -> None:
    with transaction(EVERYTHING) as session:
        window = session.get_one(FilingWindow, Q3.code)
        window.first_due_on = window.due_on = window.locks_on = today()
    for actor in (BUREAU, OFFICER, CHAIN):
        assert not told(actor, RiskKind.RESPONSE)


def test_one_cell_of_several_enterprises_bounds_what_the_largest_makes(city: None) -> None:
    """In chain 05 two share a cell with 1,700 of 2,550, so the larger makes 850 at least: a third is no dependence."""
    assert ("dependence", "05") not in {(kind, code) for kind, code, _ in told(BUREAU)}
    with transaction(EVERYTHING) as session:
        add_registered(session, 9, county=ELSEWHERE, segment="05-S1")
        approve(session, 9, Q3, i101="100000")
        approve(session, 9, Quarter(2026, 2), i101="100000")
    (found,) = [r for r in warned(BUREAU) if (r.kind, r.code) == (RiskKind.DEPENDENCE, "05")]
    assert found.severity is Severity.HIGH
    assert "98%" in found.said.zh
    assert not [r for r in warned(CHAIN) if r.kind is RiskKind.DEPENDENCE]


@pytest.mark.parametrize(
    ("actor", "language"), [(BUREAU, "en"), (OFFICER, "zh"), (CHAIN, "zh")], ids=["bureau", "county", "chain"]
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_warning_opens_a_list_that_its_reader_may_see(
    app: Flask, city: None, actor: Actor, language: Language
) -> None:
    visitor = at_work(app, actor, language)
    lists: list[Any] = visitor.get("/overview?quarter=2026Q3").having(class_="risk")
    assert sum(len(list(one.iter("li"))) for one in lists) == len(warned(actor))
    addresses = {link.get("href").partition("#")[0] for link in lists[0].iter("a")}  # one of each kind
    assert {visitor.get(address).status for address in addresses} == {200}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_nothing_passes_a_bound_the_list_says_so(app: Flask, database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_registered(session, 1)
        approve(session, 1, Q3, i101="10")
        add_case(session, State.SUBMITTED, enterprise_id=1, chain="05")
    assert "没有指标越过提示线" in at_work(app, OFFICER, "zh").get("/overview").text
