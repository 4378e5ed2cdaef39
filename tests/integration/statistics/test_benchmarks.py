"""Benchmarks are made from approved figures at night and stand beside a filing for the officer only."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.database.session import Database, reading, transaction
from portal.filing.models import Fact
from portal.kernel.clock import now
from portal.kernel.period import Quarter
from portal.kernel.roles import Role
from portal.kernel.workflow import State
from portal.statistics.models_benchmark import BenchmarkRow
from portal.statistics.queries_benchmark import benchmarks_for
from portal.statistics.renew_benchmarks import renew_benchmarks
from tests.fixtures.cases import EVERYTHING, add_case, add_filing, person
from tests.integration.review.test_pages import desk
from tests.integration.statistics.approved import add_registered, approve

SECOND, THIRD = Quarter(2026, 2), Quarter(2026, 3)
pytestmark = pytest.mark.content("catalogue")


def _facts(number: int, chain: str = "01", size_class: str = "M", *, basis: str = "filing") -> None:
    """`number` enterprises whose output per head is 1, 2, 3 …"""
    with transaction(EVERYTHING) as session:
        version = add_filing(
            session, add_case(session, State.APPROVED, enterprise_id=500, quarter=SECOND.code), r101="1"
        )
        for n in range(1, number + 1):
            for indicator, value in (("101", Decimal(n * 10)), ("502", Decimal(10))):
                session.add(
                    Fact(
                        enterprise_id=1000 + n,
                        county="331122",
                        chain=chain,
                        indicator=indicator,
                        quarter=SECOND.code,
                        value=value,
                        segment=f"{chain}-M1",
                        size_class=size_class,
                        respondent_class="L",
                        version_id=version.id if basis == "filing" else None,
                        basis=basis,
                    )
                )
        renew_benchmarks(session, SECOND)


def rows(indicator: str = "504") -> list[tuple[str, str, Decimal, Decimal, int]]:
    with reading(EVERYTHING) as session:
        found = session.scalars(select(BenchmarkRow).where(BenchmarkRow.indicator == indicator))
        return [(r.chain, r.size_class, r.median, r.mad, r.number) for r in found]


def test_ten_approved_figures_make_a_benchmark_and_making_it_again_changes_nothing(database: Database) -> None:
    _facts(10)
    made = rows()
    assert made == [("01", "M", Decimal("5.500000"), Decimal("2.500000"), 10)]
    with transaction(EVERYTHING) as session:
        renew_benchmarks(session, SECOND)
    assert rows() == made


@pytest.mark.parametrize(("number", "basis"), [(9, "filing"), (10, "stated")])
def test_too_few_or_only_stated_figures_make_none(database: Database, number: int, basis: str) -> None:
    _facts(number, basis=basis)
    assert rows() == []


def test_an_estimate_is_not_usual_for_anybody(database: Database) -> None:
    """Ten small ones gave value added, one of them estimated: nine figures are too few, whoever has estimated."""
    with transaction(EVERYTHING) as session:
        for number in range(100, 111):
            add_registered(session, number)
            approve(session, number, SECOND, "S", {"107"} if number == 100 else (), i107="5" if number > 101 else "9")
        renew_benchmarks(session, SECOND)
    assert [row[-1] for row in rows("107")] == [10]
    with transaction(EVERYTHING) as session:
        session.execute(update(Fact).where(Fact.enterprise_id == 101).values(is_estimated=True))
        renew_benchmarks(session, SECOND)
    assert rows("107") == []


@pytest.mark.parametrize(("output", "is_unusual"), [("1800.00", False), ("1800.01", True)])
def test_an_officer_sees_what_is_above_the_usual_and_the_finding_is_no_flag_of_the_filing(
    app: Flask, output: str, is_unusual: bool
) -> None:
    _facts(10)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED, chain="01", quarter=THIRD.code)
        add_filing(session, case, r101=output, r502="100", r504=str(Decimal(output) / 100))
        case_id = case.id
        found = benchmarks_for(session, case)["504"]
        assert (found.limit, found.quarter) == (Decimal(18), SECOND)
    page = desk(app, person(Role.COUNTY_OFFICER)).get(f"/review/{case_id}?show=all")
    assert ("高于同链同规模企业的常见范围" in page.text) is is_unusual


@pytest.mark.parametrize(("chain", "quarter"), [("05", THIRD), ("01", SECOND)])
def test_another_chain_and_the_same_quarter_are_not_compared(database: Database, chain: str, quarter: Quarter) -> None:
    _facts(10)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED, chain=chain, quarter=quarter.code)
        add_filing(session, case, r101="9999")
        assert benchmarks_for(session, case) == {}


def test_every_filed_row_has_its_median_beside_the_enterprises_own_figure(app: Flask) -> None:
    _facts(10)
    assert rows("101") == [("01", "M", Decimal(55), Decimal(25), 10)]
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED, chain="01", quarter=THIRD.code)
        add_filing(session, case, r101="110.00")
        case_id = case.id
    for language, said in (("zh", "10家企业的中位数：55.00"), ("en", "10 enterprises of the same chain and size")):
        page = desk(app, person(Role.COUNTY_OFFICER), language).get(f"/review/{case_id}?show=all&field=101")  # type: ignore[arg-type]
        assert said in page.text
        assert "2.00" in page.text  # times the median


def test_the_newest_quarter_before_is_the_one_that_is_shown(database: Database) -> None:
    _facts(10)
    with transaction(EVERYTHING) as session:
        for quarter, median in ((Quarter(2026, 1), 1), (Quarter(2026, 3), 9)):
            session.add(
                BenchmarkRow(
                    indicator="101", quarter=quarter.code, chain="01", size_class="M", median=Decimal(median),
                    mad=Decimal(1), number=10, made_at=now(),
                )
            )  # fmt: skip
        case = add_case(session, State.SUBMITTED, chain="01", quarter=THIRD.code)
        add_filing(session, case, r101="1")
        found = benchmarks_for(session, case)
    assert {(code, one.quarter) for code, one in found.items()} == {(c, SECOND) for c in ("101", "502", "504")}
