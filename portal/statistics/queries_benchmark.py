"""Reading benchmarks: for the officer beside a filing, never for an enterprise."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..casework.models import Case
from ..filing.models import Filing
from ..kernel.period import Quarter
from .benchmarks import Benchmark
from .models_benchmark import BenchmarkRow


def benchmarks_for(session: Session, case: Case) -> dict[str, Benchmark]:
    """By row of the form: the newest benchmarks of the case's chain and size class from before its own quarter."""
    other = aliased(BenchmarkRow)
    newest = (
        select(func.max(other.quarter))
        .where(other.chain == Filing.chain, other.size_class == Filing.size_class, other.quarter < Filing.quarter)
        .correlate(Filing)
        .scalar_subquery()
    )
    rows = session.scalars(
        select(BenchmarkRow)
        .join(Filing, (Filing.chain == BenchmarkRow.chain) & (Filing.size_class == BenchmarkRow.size_class))
        .where(Filing.case_id == case.id, BenchmarkRow.quarter == newest)
    )
    return {row.indicator: Benchmark(row.median, row.mad, row.number, Quarter.from_code(row.quarter)) for row in rows}
