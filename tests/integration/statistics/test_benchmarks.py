"""Benchmarks are made from approved figures at night and stand beside a filing for the officer only."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database.session import Database, reading, transaction
from portal.filing.models import Fact
from portal.kernel.period import Quarter
from portal.kernel.roles import Role
from portal.kernel.workflow import State
from portal.statistics.models_benchmark import BenchmarkRow
from portal.statistics.queries_benchmark import benchmark_for
from portal.statistics.renew_benchmarks import renew_benchmarks
from tests.fixtures.cases import EVERYTHING, add_case, add_filing, person
from tests.integration.review.test_pages import desk

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


def rows() -> list[tuple[str, str, Decimal, Decimal, int]]:
    with reading(EVERYTHING) as session:
        found = session.scalars(select(BenchmarkRow))
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


@pytest.mark.parametrize(("output", "is_unusual"), [("1800.00", False), ("1800.01", True)])
def test_an_officer_sees_what_is_above_the_usual_and_the_finding_is_no_flag_of_the_filing(
    app: Flask, output: str, is_unusual: bool
) -> None:
    _facts(10)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED, chain="01", quarter=THIRD.code)
        add_filing(session, case, r101=output, r502="100", r504=str(Decimal(output) / 100))
        case_id = case.id
        found = benchmark_for(session, case, "504")
        assert found is not None
        assert found.limit == Decimal(18)
    page = desk(app, person(Role.COUNTY_OFFICER)).get(f"/review/{case_id}?show=all")
    assert ("同链同规模" in page.text) is is_unusual


@pytest.mark.parametrize(("chain", "quarter"), [("05", THIRD), ("01", SECOND)])
def test_another_chain_and_the_same_quarter_are_not_compared(database: Database, chain: str, quarter: Quarter) -> None:
    _facts(10)
    with transaction(EVERYTHING) as session:
        case = add_case(session, State.SUBMITTED, chain=chain, quarter=quarter.code)
        add_filing(session, case, r101="9999")
        assert benchmark_for(session, case, "504") is None
