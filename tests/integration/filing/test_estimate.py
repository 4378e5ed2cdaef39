"""Value added by the rate of the chain: ticked on the form, kept in the version, shown to the officer, never fed back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from portal.certificates.models import Paper
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import AboveScaleStatus, Enterprise
from portal.filing.commands import start_filing
from portal.filing.commands_submit import submit
from portal.filing.models import ChainRate, Fact, Filing, FilingVersion
from portal.filing.queries import standing
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.period import Quarter
from portal.kernel.roles import Role
from portal.kernel.workflow import Action
from portal.review.commands import claim, decide
from portal.review.decide_one import Order
from portal.statistics.commands import compare, rebuild
from portal.statistics.models import Cell
from portal.statistics.renew_rates import renew_rates
from tests.fixtures.cases import EVERYTHING, add_account, person
from tests.fixtures.filers import (
    ENTERPRISE,
    FIGURES,
    Q2,
    Q3,
    add_window,
    at_work,
    both_posts,
    certifier,
    current,
    fields,
    ground,
    order,
    preparer,
    saved,
)
from tests.integration.statistics.approved import add_registered
from tests.integration.statistics.approved import approve as approved

pytestmark = pytest.mark.content("catalogue")
OFFICER = person(Role.COUNTY_OFFICER, 901)
# A believable quarter of a below-scale enterprise: what its short form has to know.
SHORT = {
    "101": "1000", "103": "980", "105": "990", "106": "60", "202": "12", "203": "3", "204": "1", "301": "5", "303": "20",
    "305": "5", "306": "0", "307": "0", "501": "40", "503": "100",
}  # fmt: skip


@pytest.fixture
def small(database: Database) -> None:
    """A below-scale enterprise with the window of Q3, on a chain with a rate."""
    ground()
    with transaction(EVERYTHING) as session:
        session.scalars(select(AboveScaleStatus)).one().is_above_scale = False
        add_account(session, OFFICER.account_id or 0, "审核员")
        made = {"quarter": Quarter(2025, 4).code, "enterprises": 12, "made_at": now()}
        session.add(ChainRate(chain="01", rate=Decimal("0.231400"), **made))
    start_filing(preparer(), Q3)


def draft() -> dict[str, str]:
    return current().draft


def test_a_tick_fills_the_row_and_output_moves_it(small: None) -> None:
    saved(fields({"101": "1000"}, estimate="1"))
    assert (draft()["f107"], draft()["estimate"]) == ("231.40", "1")
    saved(fields({"101": "2,000", "107": draft()["f107"]}, estimate="1"))
    assert draft()["f107"] == "462.80"


def test_another_figure_in_the_row_unticks(small: None) -> None:
    saved(fields({"101": "1000"}, estimate="1"))
    saved(fields({"101": "1000", "107": "300"}, estimate="1"))
    assert draft()["f107"] == "300.00"
    assert "estimate" not in draft() and "estimate_basis" not in draft()


def test_nobody_sends_a_rate_of_their_own(small: None) -> None:
    saved(fields({"101": "1000", "107": "999"}, estimate_basis="01 2025Q4 0.999 99"))
    assert "estimate_basis" not in draft()
    saved(fields({"101": "1000"}, estimate="1", estimate_basis="01 2025Q4 0.999 99"))
    assert draft()["estimate_basis"] == "01 2025Q4 0.231400 12"


def test_without_a_base_the_tick_does_nothing(small: None) -> None:
    with transaction(EVERYTHING) as session:
        session.delete(session.scalars(select(ChainRate)).one())
    saved(fields({"101": "1000"}, estimate="1"))
    assert "f107" not in draft() and "estimate" not in draft()


def test_a_rate_made_anew_overnight_does_not_change_what_was_filled_in(small: None) -> None:
    saved(fields({"101": "1000"}, estimate="1"))
    with transaction(EVERYTHING) as session:
        session.scalars(select(ChainRate)).one().rate = Decimal("0.5")
    saved(fields({"105": "990"}))
    assert draft()["f107"] == "231.40" and "0.2314" in draft()["estimate_basis"]


def test_who_comes_above_scale_is_asked_for_a_figure_of_its_own(small: None) -> None:
    """Also where neither the row nor what the estimate rests on is touched again."""
    saved(fields(SHORT, estimate="1"))
    with transaction(EVERYTHING) as session:
        session.scalars(select(AboveScaleStatus)).one().is_above_scale = True
    with reading(EVERYTHING) as session:
        shown = standing(session, ENTERPRISE, Q3)
    assert shown is not None and "f107" not in shown.draft and shown.draft["f101"] == draft()["f101"]
    with pytest.raises(Invalid) as refused:
        submit(both_posts(), Q3, order())
    assert refused.value.code == "not-ready"
    saved(fields({"302": "5"}))
    assert "f107" not in draft() and "estimate" not in draft()
    saved(fields({"107": "260"}))
    assert draft()["f107"] == "260.00"


def test_nor_is_an_estimate_sent_that_the_draft_of_before_still_holds(small: None) -> None:
    """All that form L asks for is there, and nothing was saved since the class changed."""
    whole = fields({code: text for code, text in FIGURES.items() if code != "107"})
    saved(fields({"101": FIGURES["101"]}, estimate="1"))
    with transaction(EVERYTHING) as session:
        session.scalars(select(AboveScaleStatus)).one().is_above_scale = True
        filing = session.scalars(select(Filing)).one()
        filing.draft = whole | filing.draft
    with pytest.raises(Invalid) as refused:
        submit(both_posts(), Q3, order())
    assert refused.value.code == "not-ready"
    saved(fields({"107": FIGURES["107"]}))
    submit(both_posts(), Q3, order())


def test_the_version_the_receipt_and_the_officer_s_sheet_say_that_it_is_estimated(app: Flask, small: None) -> None:
    saved(fields(SHORT, estimate="1"))
    submit(both_posts(), Q3, order())
    with reading(EVERYTHING) as session:
        version = session.scalars(select(FilingVersion)).one()
        paper = session.scalars(select(Paper)).one()
    said = {"chain": "01", "quarter": "2025Q4", "rate": "0.231400", "enterprises": "12"}
    assert version.content["estimated"] == {"107": said}
    assert version.content["rows"]["107"][0] == "231.40"
    assert "推算" in str(paper.snapshot) and "(estimated)" in str(paper.snapshot)
    for language in LANGUAGES:
        word = "推算" if language == "zh" else "Estimated"
        page = at_work(app, OFFICER, language).get(f"/review/{version.case_id}")
        assert word in page.text and "23.14%" in page.text
        assert "23.14%" in at_work(app, certifier(), language).get("/filings/2026Q3/versions/1").text
    assert cells() == {}
    claim(OFFICER, version.case_id)
    decide(OFFICER, Order(version.case_id, Action.APPROVE))
    with reading(EVERYTHING) as session:
        marked = session.scalars(select(Fact).where(Fact.is_estimated)).one()
        assert (marked.indicator, marked.value) == ("107", Decimal("231.4"))
    assert cells() == dict.fromkeys(("107", "107~", "107/301", "107/301~"), (Decimal("231.4"), 1, 1))
    assert compare() == []
    assert said_when(is_estimated=False) == "kept 231.4000, version 1 says 231.4000 estimated"
    assert said_when(value=Decimal("231.5")) == "kept 231.5000 estimated, version 1 says 231.4000 estimated"
    assert said_when(indicator="999") == "kept nothing, version 1 says 231.4000 estimated"
    assert said_when(quarter=Q2.code).startswith("in other quarters")
    assert compare() == []
    lead = replace(person(Role.COUNTY_LEAD, 902), proved_at=now())
    decide(lead, Order(version.case_id, Action.REOPEN, reason="请补充说明"))
    assert (cells(), compare()) == ({}, [])
    decide(lead, Order(version.case_id, Action.RETURN, reason="请填本企业核算的增加值"))
    saved(fields(SHORT | {"107": "250"}))
    submit(both_posts(), Q3, order("n" * 24))
    claim(OFFICER, version.case_id)
    decide(OFFICER, Order(version.case_id, Action.APPROVE))
    assert cells() == dict.fromkeys(("107", "107/301"), (Decimal(250), 1, 1)), "a figure of one’s own takes its place"
    rebuild()
    assert compare() == []


def said_when(**values: Any) -> str:
    """What the check says first while the fact of 107 is changed so."""
    with transaction(EVERYTHING) as session:
        fact = session.scalars(select(Fact).where(Fact.indicator == "107")).one()
        before = {name: getattr(fact, name) for name in values}
        for name, value in values.items():
            setattr(fact, name, value)
        number = fact.id
    first = compare()[0]
    with transaction(EVERYTHING) as session:
        for name, value in before.items():
            setattr(session.get_one(Fact, number), name, value)
    return first.partition(f"({ENTERPRISE}, {Q3.code}, 107): ")[2] or first.partition("of version 1 ")[2]


def cells() -> dict[str, tuple[Decimal, int, int]]:
    """Those of value added, and of its side by land."""
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(Cell).where(Cell.indicator.startswith("107")))
        return {cell.indicator: (cell.total, cell.facts, cell.contributors) for cell in rows}


@pytest.mark.parametrize("what", [{"respondent_class": "L"}, {"basis": "stated"}], ids=str)
def test_the_table_takes_no_estimate_of_another_form_and_none_that_was_stated(
    database: Database, what: dict[str, str]
) -> None:
    """Releases, which are of form L only, say that they hold none."""
    with pytest.raises(IntegrityError), transaction(EVERYTHING) as session:
        add_registered(session, 100)
        approved(session, 100, Q3, "S", {"107"}, i107="5")
        fact = session.scalars(select(Fact)).one()
        for name, value in what.items():
            setattr(fact, name, value)
        session.flush()


SAID = {"zh": ("推算", "其中推算37.5%（1家）"), "en": ("estimated", "estimated: 37.5% (1 enterprise)")}


def test_what_is_estimated_is_said_beside_the_sum_and_stays_marked_as_the_past(app: Flask, small: None) -> None:
    with transaction(EVERYTHING) as session:
        add_window(session, Q2)
        for number, value in ((100, "600"), (101, "1000")):
            add_registered(session, number)
            approved(session, number, Q3, "S", {"107"} if number == 100 else (), i107=value, i301="10", i101="3000")
    start_filing(preparer(), Q2)
    for quarter in (Q2, Q3):
        saved(fields(SHORT | {"101": "1200"}, estimate="1"), quarter)
        submit(both_posts(), quarter, order(str(quarter) * 4, quarter))
    with reading(EVERYTHING) as session:
        mine = (FilingVersion.quarter == Q3.code) & (FilingVersion.enterprise_id == ENTERPRISE)
        case_id = session.scalars(select(FilingVersion.case_id).where(mine)).one()
    for language in LANGUAGES:
        word, sentence = SAID[language]
        figures = at_work(app, person(Role.COUNTY_LEAD, 902), language).get("/figures?frame=S&by=county").text
        assert figures.count(sentence) == 4, "value added and value added per mu, of the county and in all"
        review = at_work(app, OFFICER, language).get(f"/review/{case_id}?show=all").html
        assert review.count(f'<div class="tiny">{word}</div>') == 1, "the quarter before; of last year nothing stands"
        form = at_work(app, preparer(), language).get("/filings/2026Q3").text
        assert f"277.68 {word}" in form


def test_a_version_with_a_figure_of_one_s_own_says_nothing_of_estimates(small: None) -> None:
    saved(fields(SHORT | {"107": "250"}))
    submit(both_posts(), Q3, order())
    with reading(EVERYTHING) as session:
        assert "estimated" not in session.scalars(select(FilingVersion)).one().content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_offers_it_says_by_what_and_works_without_a_script(app: Flask, small: None, language: Any) -> None:
    visitor = at_work(app, both_posts(), language)
    page = visitor.get("/filings/2026Q3")
    assert page.having(id="estimate") and "23.14%" in page.text
    done = visitor.submit("/filings/2026Q3", f101="1000", estimate="1")
    assert done.status == 200 and "231.40" in done.html
    assert page.having(id="estimate")
    assert "23.14%" in visitor.get("/filings/2026Q3/check").text
    again = visitor.get("/filings/2026Q3")
    assert again.having(id="estimate")[0].get("checked") is not None
    with transaction(EVERYTHING) as session:
        session.delete(session.scalars(select(ChainRate)).one())
    visitor.submit("/filings/2026Q3", f107="5")
    none = visitor.get("/filings/2026Q3")
    assert not none.having(id="estimate") and ("推算" if language == "zh" else "cannot be estimated") in none.text


def test_the_long_form_does_not_offer_it(app: Flask, database: Database) -> None:
    ground()
    start_filing(preparer(), Q3)
    assert not at_work(app, both_posts()).get("/filings/2026Q3").having(id="estimate")
    saved(fields({"101": "1000"}, estimate="1"))
    assert "f107" not in draft() and "estimate" not in draft()


def test_the_short_form_costs_no_statement_more_than_the_long_one(app: Flask, small: None) -> None:
    visitor, seen = at_work(app, both_posts()), list[str]()
    visitor.get("/filings/2026Q3")

    def note(*args: Any) -> None:
        seen.append(args[2])

    event.listen(Engine, "before_cursor_execute", note)
    visitor.get("/filings/2026Q3")
    event.remove(Engine, "before_cursor_execute", note)
    assert len(seen) <= 4, seen


def figures(count: int, quarter: Quarter, kind: str = "L", first: int = 100, output: str = "100") -> None:
    with transaction(EVERYTHING) as session:
        for number in range(first, first + count):
            if session.get(Enterprise, number) is None:
                add_registered(session, number, segment="05-M1")
            approved(session, number, quarter, kind, i101=output, i107="25")


def made() -> dict[str, tuple[int, Decimal, int]]:
    with transaction(EVERYTHING) as session:
        renew_rates(session)
        return {r.chain: (r.quarter, r.rate, r.enterprises) for r in session.scalars(select(ChainRate))}


def year_of(year: int, count: int, kind: str = "L", first: int = 100, output: str = "100") -> None:
    for number in (1, 2, 3, 4):
        figures(count, Quarter(year, number), kind, first, output)


def test_a_rate_is_of_the_last_whole_year_of_ten_above_scale_enterprises_or_more(database: Database) -> None:
    year_of(2025, 9)
    assert made() == {}
    year_of(2025, 1, first=109)
    assert made() == {"05": (Quarter(2025, 4).code, Decimal("0.25"), 10)}
    figures(10, Quarter(2026, 1), output="50")
    assert made() == {"05": (Quarter(2025, 4).code, Decimal("0.25"), 10)}, "a year that goes on is no year yet"


def test_who_gave_a_part_of_the_year_is_not_in_its_rate(database: Database) -> None:
    year_of(2025, 9)
    figures(1, Quarter(2025, 4), first=109)
    assert made() == {}


def test_what_below_scale_enterprises_say_never_feeds_a_rate(database: Database) -> None:
    year_of(2024, 10)
    year_of(2025, 11, "S", first=200)
    assert made() == {"05": (Quarter(2024, 4).code, Decimal("0.25"), 10)}


def test_one_enterprise_that_is_more_than_half_is_not_shown_by_a_rate(database: Database) -> None:
    year_of(2025, 10)
    year_of(2025, 1, first=110, output="1001")
    assert made() == {}
