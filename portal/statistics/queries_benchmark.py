"""Reading benchmarks: for the officer beside a filing, never for an enterprise."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..filing.models import Filing
from .benchmarks import Benchmark
from .models_benchmark import BenchmarkRow


def benchmark_for(session: Session, case: Case, indicator: str) -> Benchmark | None:
    """The newest benchmark of the case's chain and size class from a quarter before its own, if there is one."""
    row = session.scalars(
        select(BenchmarkRow)
        .join(Filing, (Filing.chain == BenchmarkRow.chain) & (Filing.size_class == BenchmarkRow.size_class))
        .where(Filing.case_id == case.id, BenchmarkRow.indicator == indicator, BenchmarkRow.quarter < Filing.quarter)
        .order_by(BenchmarkRow.quarter.desc())
        .limit(1)
    ).first()
    return None if row is None else Benchmark(row.median, row.mad, row.number)
