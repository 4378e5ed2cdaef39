"""The deed that makes a quarter's benchmarks anew from its approved figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from ..filing.models import Fact
from ..kernel.clock import now
from ..kernel.measure import divided, rounded
from ..kernel.period import Quarter
from .benchmarks import PER_HEAD, benchmarks
from .models_benchmark import BenchmarkRow

OUTPUT, STAFF = "101", "502"  # output per head is no fact of its own (rulings 17)
PLACES = 6


def renew_benchmarks(session: Session, quarter: Quarter) -> int:
    """Replaces what stands for the quarter; how many rows stand now. Needs a session that sees everything."""
    session.execute(delete(BenchmarkRow).where(BenchmarkRow.quarter == quarter.code))
    made = _rows(quarter, PER_HEAD, _per_head(session, quarter))
    filed = select(Fact.indicator).where(Fact.quarter == quarter.code, Fact.indicator != PER_HEAD).distinct()
    for indicator in session.scalars(filed).all():
        made += _rows(quarter, indicator, _levels(session, quarter, indicator))  # one by one: of all it is too much
    session.add_all(made)
    session.flush()
    return len(made)


def _rows(quarter: Quarter, indicator: str, values: Iterable[tuple[str, str, Decimal]]) -> list[BenchmarkRow]:
    return [
        BenchmarkRow(
            indicator=indicator,
            quarter=quarter.code,
            chain=chain,
            size_class=size_class,
            median=rounded(one.median, PLACES),
            mad=rounded(one.mad, PLACES),
            number=one.number,
            made_at=now(),
        )
        for (chain, size_class), one in benchmarks(values).items()
    ]


def _levels(session: Session, quarter: Quarter, indicator: str) -> Iterable[tuple[str, str, Decimal]]:
    """What is usual among figures of their own: an estimate only says again what the chain's rate is."""
    statement = select(Fact.chain, Fact.size_class, Fact.value).where(
        Fact.quarter == quarter.code, Fact.indicator == indicator, Fact.basis == "filing", Fact.is_estimated.is_(False)
    )
    return ((chain, size_class, value) for chain, size_class, value in session.execute(statement))


def _per_head(session: Session, quarter: Quarter) -> Iterator[tuple[str, str, Decimal]]:
    output, staff = aliased(Fact), aliased(Fact)
    rows = session.execute(
        select(output.chain, output.size_class, output.value, staff.value)
        .join(staff, (staff.enterprise_id == output.enterprise_id) & (staff.quarter == output.quarter))
        .where(output.indicator == OUTPUT, staff.indicator == STAFF, output.quarter == quarter.code)
        .where(output.basis == "filing", staff.basis == "filing", staff.value > Decimal(0))
    )
    for chain, size_class, made, people in rows:
        per_head = divided(made, people)
        if per_head is not None:
            yield chain, size_class, per_head
