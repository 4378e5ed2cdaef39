"""The bureau's screen: two series that never mix, panels that equal the facts, a county's part, what is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.audit.models import AuditEvent
from portal.catalogue.queries import catalogue_today
from portal.database.session import Database, current, reading, transaction
from portal.filing.models import Fact
from portal.kernel.bilingual import Language
from portal.kernel.clock import today
from portal.kernel.errors import Denied, Invalid
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope
from portal.statistics import queries_overview
from portal.statistics.cells import add_due, mark_approved
from portal.statistics.commands_overview import enter_figure, load_official, renew_all_panels
from portal.statistics.models import DueEnterprise
from portal.statistics.models_panel import PanelCell
from portal.statistics.models_target import OfficialFigure
from portal.statistics.official import Typed
from portal.statistics.overview import Overview
from portal.statistics.pace import WAITS
from portal.statistics.queries_official import newest_official
from portal.statistics.queries_overview import overview
from portal.statistics.renew_panels import counted_panels
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, person
from tests.fixtures.filers import at_work
from tests.integration.statistics.approved import add_position, add_registered, approve

pytestmark = pytest.mark.content("catalogue")
Q3, LAST = Quarter(2026, 3), Quarter(2025, 3)
BUREAU, AUDITOR = person(Role.BUREAU_OFFICER), person(Role.AUDITOR)
OFFICER, ADMINISTRATOR = person(Role.COUNTY_OFFICER), person(Role.ADMINISTRATOR)
CHAIN = Actor(3, "c", "c", frozenset({Role.CHAIN_OFFICER}), Scope.chains("05"), chains=frozenset({"05"}))
FIGURE = Typed("T1", "2025", "0", "520.5", "10.3", "统计公报", date(2026, 3, 1), True, "")


def seen(actor: Actor, quarter: Quarter = Q3) -> Overview:
    with reading(actor.scope) as session:
        return overview(session, actor, quarter)


def two_years(number: int, county: str, now: str, then: str, segment: str = "05-M1", *, is_whole: bool = False) -> None:
    """A registered enterprise with a third quarter in both years; `is_whole`: and noughts in the quarters before."""
    with transaction(EVERYTHING) as session:
        add_registered(session, number, county=county, segment=segment)
        approve(session, number, LAST, i101=then, i107=then)
        approve(session, number, Q3, i101=now, i107=now)
        for quarter in (*LAST.year_to_date()[:-1], *Q3.year_to_date()[:-1]) if is_whole else ():
            approve(session, number, quarter, i101="0", i107="0")


# --- official figures --------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_row_and_the_newest_counts(database: Database) -> None:
    enter_figure(BUREAU, FIGURE, today())
    with pytest.raises(Invalid) as refused:
        enter_figure(BUREAU, replace(FIGURE, value="521"), today())
    assert set(refused.value.fields) == {"note"}
    enter_figure(BUREAU, replace(FIGURE, value="521", note="最终核实数"), today())
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(OfficialFigure).order_by(OfficialFigure.id)).all()
        assert [row.value for row in rows] == [Decimal("520.5"), 521]
        assert newest_official(session)["T1"].value == 521
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "enter")).all()
    assert [e.actor_id for e in events] == [BUREAU.account_id] * 2
    assert events[1].detail["replaces"] == rows[0].id


def test_an_official_figure_cannot_be_changed_or_taken_away(database: Database) -> None:
    enter_figure(BUREAU, FIGURE, today())
    with pytest.raises(ValueError, match="never changes"), transaction(EVERYTHING) as session:
        session.scalars(select(OfficialFigure)).one().value = Decimal(1)
    with pytest.raises(ValueError, match="never changes"), transaction(EVERYTHING) as session:
        session.delete(session.scalars(select(OfficialFigure)).one())


def test_the_shipped_figure_is_loaded_once_and_never_over_an_officers(database: Database) -> None:
    assert (load_official(), load_official()) == (1, 0)
    with reading(EVERYTHING) as session:
        row = newest_official(session)["T1"]
        assert (row.value, row.growth, row.is_confirmed, row.origin) == (
            Decimal("471.78"),
            Decimal("9.3"),
            True,
            "seed",
        )


def test_a_shipped_figure_stays_out_where_an_officer_entered_one(database: Database) -> None:
    enter_figure(BUREAU, replace(FIGURE, year="2024", value="472"), today())
    assert load_official() == 0


def test_neither_series_stands_in_the_place_of_the_other(database: Database) -> None:
    enter_figure(BUREAU, replace(FIGURE, year="2026", quarter="3", value="600"), today())
    line = next(line for line in seen(BUREAU).targets if line.target.code == "T1")
    assert line.official is not None
    assert (line.official.value, line.value) == (600, None)
    two_years(1, HERE, "10000", "9000", is_whole=True)
    line = next(line for line in seen(BUREAU).targets if line.target.code == "T1")
    assert line.official is not None
    assert (line.official.value, line.value) == (600, 1)
    other = next(line for line in seen(BUREAU).targets if line.target.code == "T4")
    assert (other.official, other.value) == (None, 1)


# --- panels ------------------------------------------------------------------------------------------------------


def recounted() -> dict[tuple[Any, ...], tuple[int, Decimal, Decimal]]:
    """From the facts, one by one: who has both quarters in the same class."""
    with reading(EVERYTHING) as session:
        facts = {(f.enterprise_id, f.indicator, f.quarter): f for f in session.scalars(select(Fact))}
    sums: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for (enterprise, indicator, quarter), fact in facts.items():
        base = facts.get((enterprise, indicator, Quarter.from_code(quarter).same_last_year.code))
        if base and base.respondent_class == fact.respondent_class and {base.basis, fact.basis} == {"filing"}:
            entry = sums[quarter, indicator, fact.segment, fact.county, fact.respondent_class]
            entry[0], entry[1], entry[2] = entry[0] + 1, entry[1] + fact.value, entry[2] + base.value
    return {key: (number, now, then) for key, (number, now, then) in sums.items()}


def test_panels_equal_a_recount_from_the_facts(database: Database) -> None:
    for number, (now, then) in enumerate([("120", "100"), ("90.5", "80.25"), ("-4", "7")], 1):
        two_years(number, HERE if number < 3 else ELSEWHERE, now, then)
    with transaction(EVERYTHING) as session:
        add_registered(session, 4)
        approve(session, 4, Q3, i101="1000")  # new this year: in no panel
        add_registered(session, 5)
        approve(session, 5, LAST, kind="S", i101="50")
        approve(session, 5, Q3, i101="60")  # another class last year: in no panel
        session.add(
            Fact(enterprise_id=4, county=HERE, chain="05", segment="05-M1", indicator="101", quarter=LAST.code,
                 value=Decimal(900), size_class="M", respondent_class="L", basis="stated")
        )  # fmt: skip
    assert (renew_all_panels(), renew_all_panels()) == (1, 0)
    with reading(EVERYTHING) as session:
        kept = {
            (p.quarter, p.indicator, p.segment, p.county, p.respondent_class): (
                p.enterprises,
                p.value_now,
                p.value_then,
            )
            for p in session.scalars(select(PanelCell))
        }
        assert kept == counted_panels(session)
    assert kept == recounted()
    assert sum(number for (_, indicator, *_), (number, _, _) in kept.items() if indicator == "101") == 3


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [("12000", "10000", "0.2"), ("9300", "10000", "-0.07"), ("0", "500", "-1"), ("500", "0", "上年同期为0"),
     ("100", "-50", "扭亏"), ("-30", "-60", "减亏")],
)  # fmt: skip
def test_growth_like_for_like_speaks_as_the_dossier_does(database: Database, now: str, then: str, said: str) -> None:
    two_years(1, HERE, now, then, is_whole=True)
    renew_all_panels()
    found = seen(AUDITOR).whole.panel.growth
    assert found is not None
    assert (found.words.zh if found.words else found.rate) == (Decimal(said) if found.words is None else said)


def test_a_panel_below_three_is_shown_to_bureau_and_auditor_only(database: Database) -> None:
    for number in (1, 2):
        two_years(number, HERE, "110", "100", is_whole=True)
    renew_all_panels()
    for actor in (BUREAU, AUDITOR):
        assert seen(actor).whole.panel.growth is not None
    for actor in (OFFICER, CHAIN):
        assert seen(actor).whole.panel.most == 2
        assert seen(actor).whole.panel.growth is None
    two_years(3, HERE, "110", "100", is_whole=True)
    renew_all_panels()
    for actor in (OFFICER, CHAIN):
        found = seen(actor).whole.panel.growth
        assert found is not None
        assert found.rate == Decimal("0.1")


def test_a_span_has_no_growth_while_one_of_its_quarters_has_no_panel(database: Database) -> None:
    """That of January to June would stand beside figures of January to September."""
    for number in (1, 2, 3):
        two_years(number, HERE, "110", "100")
    renew_all_panels()
    for actor in (BUREAU, OFFICER):
        found = seen(actor).whole.panel
        assert (found.fewest, found.most, found.growth) == (0, 3, None)


# --- whose part --------------------------------------------------------------------------------------------------


def test_a_county_never_sees_another_countys_figures(database: Database) -> None:
    two_years(1, HERE, "1000", "900", is_whole=True)
    for number, value in ((2, "777000"), (3, "5550000")):
        two_years(number, ELSEWHERE, value, value)
    found = seen(OFFICER)
    assert [line.code for line in found.units] == [HERE]
    assert found.whole.output == 1000
    assert found.chains_on_ladder == ()
    by_code = {line.target.code: line for line in found.targets}
    assert by_code["T1"].value is None, "two others stand behind the city's sum"
    assert by_code["T1"].own == Decimal("0.1")
    two_years(4, ELSEWHERE, "1000", "1000", segment="01-M1")
    by_code = {line.target.code: line for line in seen(OFFICER).targets}
    assert by_code["T1"].value == Decimal("632.9")
    assert by_code["T4"].value == Decimal("632.9")
    two_years(5, ELSEWHERE, "50000", "50000", segment="00")
    by_code = {line.target.code: line for line in seen(OFFICER).targets}
    assert by_code["T1"].value == Decimal("637.9")
    assert by_code["T4"].value is None, "the difference to the whole would be one enterprise's figure"


def test_a_chain_officer_sees_their_chains_and_no_city_target_the_administrator_nothing(database: Database) -> None:
    two_years(1, HERE, "1000", "900", is_whole=True)
    two_years(2, HERE, "70000", "70000", segment="01-M1")
    found = seen(CHAIN)
    assert [line.code for line in found.groups] == ["05"]
    assert [rung.code for rung in found.chains_on_ladder] == ["05"]
    assert (found.targets, found.clusters_on_ladder, found.whole.output) == ((), (), 1000)
    with pytest.raises(Denied):
        seen(ADMINISTRATOR)


def test_a_year_is_counted_only_with_all_its_quarters_and_its_ratios_are_ratios_of_sums(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number, (tax, land) in enumerate([("100", "10"), ("20", "30")], 1):
            add_registered(session, number)
            for quarter in Q3.trailing_four()[1:]:
                approve(session, number, quarter, i201=tax, i301=land)
    by_code = {line.target.code: line for line in seen(BUREAU).targets}
    assert by_code["T2"].value is None
    with transaction(EVERYTHING) as session:
        for number, (tax, land) in enumerate([("100", "10"), ("20", "30")], 1):
            approve(session, number, Q3 - 3, i201=tax, i301=land)
    by_code = {line.target.code: line for line in seen(BUREAU).targets}
    assert by_code["T2"].value == 12
    assert by_code["T2"].verdict is not None
    assert by_code["T2"].verdict.words.zh == "低于目标60.0%"


def test_a_target_that_adds_up_is_judged_once_nearly_all_of_the_quarter_is_in(database: Database) -> None:
    quarters = [Quarter(2025, 1) + n for n in range(7)]
    where = {"quarter": Q3.code, "county": HERE, "chain": "05", "segment": "05-M1", "size_class": "M"}
    with transaction(EVERYTHING) as session:
        add_registered(session, 1)
        for quarter in quarters:
            approve(session, 1, quarter, i107="100", i201="10", i301="10")
        rows = [
            DueEnterprise(
                enterprise_id=number, respondent_class="L", weight=Decimal(weight), is_approved=number == 1, **where
            )
            for number, weight in ((1, 89), (2, 11))
        ]
        session.add_all(rows)
        session.flush()
        add_due(session, rows)
    by_code = {line.target.code: line.verdict for line in seen(BUREAU).targets}
    assert by_code["T1"] is WAITS
    assert by_code["T2"] is not None and by_code["T2"].kind == "warn", "a year that has ended can be judged"
    with transaction(EVERYTHING) as session:
        mark_approved(session, 2, Q3.code, True)
    said = {line.target.code: line.verdict for line in seen(BUREAU).targets}["T1"]
    assert said is not None and said.kind == "warn" and said is not WAITS


def owe(*rows: tuple[str, str, int, bool]) -> None:
    """The due of the third quarter: county, chain, weight, whether it is in."""
    with transaction(EVERYTHING) as session:
        due = [
            DueEnterprise(
                enterprise_id=number, respondent_class="L", weight=Decimal(weight), is_approved=is_in, quarter=Q3.code,
                county=county, chain=chain, segment=f"{chain}-M1", size_class="M",
            )
            for number, (county, chain, weight, is_in) in enumerate(rows, start=101)
        ]  # fmt: skip
        session.add_all(due)
        session.flush()
        add_due(session, due)


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_the_citys_share_by_weight_tells_nobody_what_one_elsewhere_weighs(
    app: Flask, database: Database, missing: int
) -> None:
    two_years(1, HERE, "10000", "9000", is_whole=True)
    here = [(HERE, "01", 50, True), (HERE, "01", 7, False)]
    there = [(ELSEWHERE, "05", 80, True)] * 3 + [(ELSEWHERE, "01", 100, False)] * missing
    owe(*here, *there)
    weight = 50 + 7 + 240 + 100 * missing
    share = Decimal(290) / weight
    assert abs((seen(BUREAU).responded or 0) - share) < Decimal("0.0001")
    assert seen(BUREAU).is_provisional
    may_know = missing in (0, 3)
    for actor in (OFFICER, CHAIN):
        found = seen(actor)
        assert (found.responded is not None) == (may_know and actor is OFFICER), "one is in outside the chain"
        assert found.is_provisional
    page = at_work(app, OFFICER, "en").get("/overview?quarter=2026Q3")
    assert (f"{share * 100:.1f}% by weight" in page.text) == may_know
    assert ("not every filing due for Q3 2026 is approved yet" in page.text) != may_know
    table = at_work(app, OFFICER, "en").get("/figures?quarter=2026Q3")
    assert f"{share * 100:.1f}%" not in table.text, "frames of a table are subtracted from one another"


def test_an_accepted_quarter_still_says_how_much_of_it_is_in(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the quarters that a figure is of the least counts, and not the quarter of the page alone."""
    two_years(1, HERE, "10000", "9000", is_whole=True)
    two_years(2, HERE, "10000", "9000", is_whole=True)
    with transaction(EVERYTHING) as session:
        rows = [
            DueEnterprise(
                enterprise_id=number, respondent_class="L", weight=Decimal(weight), is_approved=is_in, quarter=code,
                county=HERE, chain="05", segment="05-M1", size_class="M",
            )
            for code, shares in ((Q3.code, ((1, 97, True), (2, 3, False))), (Q3.code - 1, ((1, 60, True), (2, 40, False))))
            for number, weight, is_in in shares
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        add_due(session, rows)
    with reading(EVERYTHING) as session:
        units = catalogue_today(session).units.keys()
    monkeypatch.setattr(queries_overview, "accepted_units", lambda session, quarter: frozenset(units))
    found = seen(BUREAU)
    assert found.is_accepted
    assert (found.responded, {line.target.code: line.coverage for line in found.targets}["T1"]) == (
        Decimal("0.97"),
        None,
    ), "of the first quarter nobody is listed"
    with transaction(EVERYTHING) as session:
        first = DueEnterprise(
            enterprise_id=1, respondent_class="L", weight=Decimal(1), is_approved=True, quarter=Q3.code - 2, county=HERE,
            chain="05", segment="05-M1", size_class="M",
        )  # fmt: skip
        session.add(first)
        session.flush()
        add_due(session, [first])
    assert {line.target.code: line.coverage for line in seen(BUREAU).targets}["T1"] == Decimal("0.6")
    page = at_work(app, BUREAU, "en").get("/overview?quarter=2026Q3")
    assert "97.0% approved by weight" in page.text
    assert "60.0% approved by weight" in page.text


# --- pages -------------------------------------------------------------------------------------------------------

languages = pytest.mark.parametrize("language", ["zh", "en"])


@languages
def test_without_figures_the_page_says_so(app: Flask, language: Language) -> None:
    page = at_work(app, BUREAU, language).get("/overview")
    assert page.status == 200
    assert ("还没有审核通过的填报" if language == "zh" else "No filing is approved yet") in page.text


@languages
def test_the_page_shows_both_series_in_each_languages_units(app: Flask, database: Database, language: Language) -> None:
    load_official()
    for number in (1, 2, 3):
        two_years(number, HERE, "1000000", "900000", is_whole=True)
    renew_all_panels()
    text = at_work(app, BUREAU, language).get("/overview").text
    for words in {
        "zh": ["官方数据：2024年471.78亿元", "官方数据：尚未录入", "300.00", "+11.1%", "可比企业3家", "现价，企业填报汇总，非统计部门数据"],
        "en": ["Official: 2024 47.18 bn yuan", "No official figure entered yet", "30.00", "+11.1%", "3 enterprises in both years",
               "current prices, sum of enterprises' own figures, not from the statistics bureau"],
    }[language]:  # fmt: skip
        assert words in text
    assert language == "zh" or "471.78" not in text


def test_a_missing_link_goes_when_a_position_comes_and_comes_back_when_it_ends(app: Flask, database: Database) -> None:
    two_years(1, HERE, "1000", "900")
    visitor = at_work(app, BUREAU)

    def linked() -> dict[str, str]:
        page = visitor.get("/overview?chain=05")
        return {node.get("href", ""): "".join(node.itertext()) for node in page.having(class_="node")}

    place = "/enterprises?segment=05-M2"
    assert "缺环" in linked()[place]
    assert "缺环" not in linked()["/enterprises?segment=05-M1"]
    with transaction(EVERYTHING) as session:
        add_position(session, 1, "05-M2")
    assert "1家" in linked()[place]
    assert "丽水示例1号有限公司" in visitor.get(place).text, "the node leads to as many as it counts"
    with transaction(EVERYTHING) as session:
        add_position(session, 1, "05-M3", until=today() - timedelta(days=1))
    assert "缺环" in linked()["/enterprises?segment=05-M3"]


def test_a_link_that_one_or_two_carry_is_weak_for_who_sees_the_whole_city(app: Flask, database: Database) -> None:
    place = "/enterprises?segment=05-M1"

    def said(actor: Actor) -> str:
        page = at_work(app, actor).get("/overview?chain=05")
        return next("".join(node.itertext()) for node in page.having(class_="node") if node.get("href") == place)

    for number in (1, 2, 3):
        two_years(number, HERE, "1000", "900")
        assert ("薄弱环节" in said(BUREAU)) == (number < 3)
        assert "薄弱环节" not in said(OFFICER), "the others of the city are not in sight"
    assert "缺环" not in said(BUREAU)


@languages
def test_a_figure_is_entered_on_its_page_and_faults_stand_beside_their_fields(
    app: Flask, database: Database, language: Language
) -> None:
    visitor = at_work(app, BUREAU, language)
    visitor.get("/overview/official/enter")
    page = visitor.submit("/overview/official/enter", target="T1", year="2025", value="many", source="公报")
    assert page.status == 422
    assert len(page.errors) == 2
    page = visitor.submit("/overview/official/enter", value="520.5", source_on="2026-03-01")
    assert page.url == "/overview/official"
    assert ("520.50亿元" if language == "zh" else "52.05 bn yuan") in page.text
    assert "公报" in page.text


@pytest.mark.parametrize("actor", [OFFICER, AUDITOR, CHAIN], ids=["county", "auditor", "chain"])
def test_others_read_official_figures_and_enter_none(app: Flask, database: Database, actor: Actor) -> None:
    visitor = at_work(app, actor)
    assert visitor.get("/overview/official").status == 200
    assert visitor.get("/overview/official/enter").status == 403


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def note(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        found.append(sql)

    event.listen(current().engine, "before_cursor_execute", note)
    yield found
    event.remove(current().engine, "before_cursor_execute", note)


@pytest.mark.parametrize("actor", [BUREAU, OFFICER, CHAIN], ids=["bureau", "county", "chain"])
def test_the_page_asks_as_many_statements_for_thirty_enterprises_as_for_three(
    app: Flask, database: Database, actor: Actor
) -> None:
    visitor, asked = at_work(app, actor), []
    for numbers in (range(1, 4), range(4, 31)):
        for number in numbers:
            two_years(
                number, [HERE, ELSEWHERE, "331181"][number % 3], "1000", "900", ["05-M1", "01-M1", "00"][number % 3]
            )
        renew_all_panels()
        visitor.get("/overview?chain=05")  # the catalogue's snapshot is made once
        with statements() as found:
            visitor.get("/overview?chain=05")
        asked.append(len(found))
        assert not any(re.search(r"\bfact\b", sql) for sql in found), "a page reads cells, never facts"
    assert asked[0] == asked[1] <= 24
