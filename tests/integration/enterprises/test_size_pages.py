"""What the register shows of size classes: what changed this year, what waits, and the history with its base."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from portal.catalogue.queries import catalogue_today
from portal.catalogue.size import YearFigures
from portal.database.session import reading, transaction
from portal.enterprises.enter_size import enter_size
from portal.enterprises.models import Enterprise
from portal.enterprises.queries_register import RegisterFilter, register_rows
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import today
from portal.kernel.roles import Role
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, person
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.registered import OFFICER, REGISTERED, offices
from tests.integration.enterprises.desk import member, signed_in

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]
YEAR = today().year


def add(number: int, *figures: tuple[int, int], county: str = HERE) -> None:
    """A registered enterprise with a class for each (year, staff)."""
    whose = {"county": county, "chain": "01"}
    with transaction(EVERYTHING) as session:
        row = Enterprise(
            id=number, status="registered", credit_code=code_of(number), name_zh=f"示例{number}号", segment="01-M1",
            gb_class="3453", size_class="X", **whose,
        )  # fmt: skip
        session.add(row)
        session.flush()
        for year, staff in figures:
            enter_size(
                session, row, YearFigures(year, staff, Decimal(50000)), "filings", catalogue_today(session), None
            )


def found(size: str) -> dict[int, tuple[str, str | None]]:
    with reading(EVERYTHING) as session:
        rows = register_rows(session, today(), RegisterFilter(size=size), None)
        return {row.id: (row.size_class, row.size_was) for row in rows}


@pytest.fixture
def city(app: Flask) -> None:
    offices()
    add(1, (YEAR - 3, 50), (YEAR - 2, 400), (YEAR - 1, 1100))  # medium until last year, large now
    add(2, (YEAR - 2, 400), (YEAR - 1, 410))  # the same
    add(3, (YEAR - 2, 400))  # last year is not complete
    add(4, (YEAR - 1, 400))  # came onto the register with last year's figures
    add(5)  # nothing known at all
    add(6, (YEAR - 2, 400), (YEAR - 1, 15), county=ELSEWHERE)


def test_the_filter_names_exactly_whose_class_changed_and_who_waits(city: None) -> None:
    assert found("changed") == {1: ("L", "M"), 6: ("X", "M")}
    assert set(found("waiting")) == {3, 5}
    assert set(found("")) == set(found("perhaps")) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_reads_what_changed_in_the_own_county(app: Flask, city: None, language: str) -> None:
    page = signed_in(app, OFFICER).get(f"/enterprises?lang={language}&size=changed")
    assert "示例1号" in page.text and "示例2号" not in page.text and "示例6号" not in page.text
    assert ("中型" if language == "zh" else "Medium") in page.text
    elsewhere = signed_in(app, person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE)).get("/enterprises?size=changed")
    assert "示例6号" in elsewhere.text and "示例1号" not in elsewhere.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_has_every_class_with_its_year_and_figures(app: Flask, city: None, language: str) -> None:
    text = signed_in(app, OFFICER).get(f"/enterprises/1?lang={language}").text
    for said in (f"{YEAR}", f"{YEAR - 2}", "1,100", "50,000.00"):
        assert said in text
    assert (f"按{YEAR - 1}年已通过的填报计算" if language == "zh" else f"approved filings of {YEAR - 1}") in text
    waiting = signed_in(app, OFFICER).get(f"/enterprises/3?lang={language}").text
    assert ("尚未计算" if language == "zh" else "Not computed yet") in waiting
    assert ("尚未计算" if language == "zh" else "Not computed yet") not in text


@pytest.mark.content("registered")
def test_an_enterprise_sees_its_own_classes(app: Flask, tmp_path: Path) -> None:
    number = REGISTERED.given(tmp_path)
    text = signed_in(app, member(number)).get("/enterprise?lang=zh").text
    assert "按登记时填报的" in text
    with reading(EVERYTHING) as session:
        row = session.get(Enterprise, number)
        assert row is not None and row.size_class_on == date((row.figures_year or 0) + 1, 1, 1)
