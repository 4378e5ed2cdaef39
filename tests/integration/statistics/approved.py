"""Approved figures as an approval leaves them: facts and the cells that follow them, without a form in between."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.enterprises.models import Enterprise, Position
from portal.filing.models import Fact, FilingVersion
from portal.kernel.period import Quarter
from portal.kernel.workflow import Kind, State
from portal.statistics.cells import refresh
from portal.statistics.pairs import with_parts
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import HERE, add_case, add_filing


def add_registered(session: Session, number: int, *, county: str = HERE, segment: str = "05-M1") -> None:
    """A registered enterprise with its primary position, and one submission that facts can come from."""
    whose = {"county": county, "chain": segment[:2]}
    session.add(
        Enterprise(
            id=number, status="registered", credit_code=code_of(number), name_zh=f"丽水示例{number}号有限公司",
            segment=segment, gb_class="3453", size_class="M", registered_on=date(2022, 1, 4), **whose,
        )
    )  # fmt: skip
    session.flush()
    add_position(session, number, segment, county=county, is_primary=True)
    case = add_case(session, State.APPROVED, Kind.FILING, enterprise_id=number, segment=segment, **whose)
    add_filing(session, case)


def add_position(
    session: Session,
    number: int,
    segment: str,
    *,
    county: str = HERE,
    is_primary: bool = False,
    until: date | None = None,
) -> None:
    session.add(
        Position(
            enterprise_id=number, county=county, chain=segment[:2], segment=segment, is_primary=is_primary,
            from_on=date(2022, 1, 4), until_on=until,
        )
    )  # fmt: skip
    session.flush()


def approve(
    session: Session,
    number: int,
    quarter: Quarter,
    kind: str = "L",
    estimated: Container[str] = (),
    **values: str,
) -> None:
    """`i101="12.5"`: the facts of one enterprise and quarter, counted into the cells."""
    enterprise = session.get(Enterprise, number)
    version = session.query(FilingVersion).filter_by(enterprise_id=number).first()
    assert enterprise is not None
    assert version is not None
    facts = [
        Fact(
            enterprise_id=number, county=enterprise.county, chain=enterprise.chain, segment=enterprise.segment,
            indicator=name.removeprefix("i"), quarter=quarter.code, value=Decimal(value), size_class="M",
            respondent_class=kind, version_id=version.id, basis="filing",
            is_estimated=name.removeprefix("i") in estimated,
        )
        for name, value in values.items()
    ]  # fmt: skip
    session.add_all(facts)
    session.flush()
    refresh(session, [], with_parts(facts))
