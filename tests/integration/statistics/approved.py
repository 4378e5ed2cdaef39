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
    """`i101="12.5"`: a version of one enterprise and quarter, the facts it says, counted into the cells."""
    enterprise, said = session.get_one(Enterprise, number), {k.removeprefix("i"): v for k, v in values.items()}
    version = _version(session, number, quarter, said, [code for code in said if code in estimated])
    facts = [
        Fact(
            enterprise_id=number, county=enterprise.county, chain=enterprise.chain, segment=enterprise.segment,
            indicator=code, quarter=quarter.code, value=Decimal(value), size_class="M",
            respondent_class=kind, version_id=version.id, basis="filing", is_estimated=code in estimated,
        )
        for code, value in said.items()
    ]  # fmt: skip
    session.add_all(facts)
    session.flush()
    refresh(session, [], with_parts(facts))


def _version(
    session: Session, number: int, quarter: Quarter, said: dict[str, str], estimated: list[str]
) -> FilingVersion:
    """One more of the enterprise's, beside what it was registered with."""
    old = session.query(FilingVersion).filter_by(enterprise_id=number).order_by(FilingVersion.number.desc()).first()
    assert old is not None
    content = {**old.content, "quarter": str(quarter), "rows": {code: [value] for code, value in said.items()}}
    values = {column.name: getattr(old, column.name) for column in FilingVersion.__table__.columns}
    values |= {"id": None, "number": old.number + 1, "quarter": quarter.code}
    values |= {name: f"{values[name]}+" for name in ("receipt_no", "idempotency_key")}
    version = FilingVersion(**{**values, "content": content | {"estimated": {code: {} for code in estimated}}})
    session.add(version)
    session.flush()
    return version
