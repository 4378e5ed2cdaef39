"""The sums an overview stands on: few statements, each grouped in the database, none over facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ..catalogue.snapshot import Catalogue
from ..kernel.period import Quarter
from .measures import may_see_city_total, ratio_of_sums
from .models import Cell, CellDue
from .queries import SMALLEST_N, added_up, group_column, line_code
from .question import By, Frame
from .sums import WHOLE_ENOUGH, Sums, together
from .targets import INDICATORS, PAIRS, READ
from .withheld import withhold

OUTPUT = "101"
FRAME = Frame.ABOVE_SCALE
NO_CLUSTER = "00"
# Point rows take the last quarter, so a year's ratio over a quarter that is half in would be far too high.
SETTLED = WHOLE_ENOUGH
Where = Sequence[ColumnElement[bool]]


@dataclass(slots=True)
class Grounds:
    """Sums of one reader's part: by cluster and chain in the frame, the same of output over all filers, by unit."""

    clusters: dict[str, Sums] = field(default_factory=dict)
    chains: dict[str, Sums] = field(default_factory=dict)
    clusters_all: dict[str, Sums] = field(default_factory=dict)
    chains_all: dict[str, Sums] = field(default_factory=dict)
    units: dict[str, Sums] = field(default_factory=dict)

    @property
    def whole(self) -> Sums:
        return together(self.clusters.values())

    @property
    def five(self) -> Sums:
        return together(sums for code, sums in self.clusters.items() if code != NO_CLUSTER)

    @property
    def rest(self) -> Sums:
        return self.clusters.get(NO_CLUSTER, Sums())


def read_clusters(session: Session, quarter: Quarter, catalogue: Catalogue, cells: Where) -> Grounds:
    """Sums by cluster and chain for the quarters of this year so far, of last year and of the year that ends here."""
    codes = {q.code for q in (*quarter.year_to_date(), *quarter.trailing_four())}
    codes |= {Quarter(quarter.year - 1, number).code for number in (1, 2, 3, 4)}
    wanted = Cell.quarter.in_(sorted(codes)), Cell.indicator.in_(READ), *cells
    in_frame = or_(Cell.respondent_class == FRAME.value, Cell.indicator == OUTPUT)
    rows = session.execute(added_up(By.CLUSTER, *wanted, in_frame, by_class=True))
    found = Grounds()
    for line, indicator, at, total, contributors, facts, kind in rows:
        cluster, values = line_code(By.CLUSTER, line, catalogue), (indicator, at, total, int(contributors), int(facts))
        if kind == FRAME.value:
            found.clusters.setdefault(cluster, Sums()).add(*values)
            found.chains.setdefault(line[:2], Sums()).add(*values)
        if indicator == OUTPUT:
            found.clusters_all.setdefault(cluster, Sums()).add(*values)
            found.chains_all.setdefault(line[:2], Sums()).add(*values)
    return found


def read_units(session: Session, quarter: Quarter, cells: Where) -> dict[str, Sums]:
    """Output by unit, this year so far and the same quarters last year."""
    span = quarter.year_to_date()
    codes = [q.code for q in span] + [q.same_last_year.code for q in span]
    rows = session.execute(
        select(Cell.county, Cell.quarter, func.sum(Cell.total), func.sum(Cell.contributors))
        .where(Cell.quarter.in_(codes), Cell.indicator == OUTPUT, Cell.respondent_class == FRAME.value, *cells)
        .group_by(Cell.county, Cell.quarter)
    )
    units: dict[str, Sums] = {}
    for county, at, total, contributors in rows:
        units.setdefault(county, Sums()).add(OUTPUT, at, total, int(contributors))
    return units


def add_response(session: Session, quarter: Quarter, catalogue: Catalogue, dues: Where, grounds: Grounds) -> None:
    """How much of the quarter is in, onto every cluster, chain and unit."""
    column = group_column(CellDue, By.CLUSTER).label("line")
    sums = [func.sum(c) for c in (CellDue.due, CellDue.approved, CellDue.weight_due, CellDue.weight_approved)]
    rows = session.execute(
        select(column, CellDue.county, *sums)
        .where(CellDue.quarter == quarter.code, CellDue.respondent_class == FRAME.value, *dues)
        .group_by(column, CellDue.county)
    )
    for line, county, *counts in rows:
        cluster = line_code(By.CLUSTER, line, catalogue)
        groups = (grounds.clusters, cluster), (grounds.chains, line[:2]), (grounds.units, county)
        for kind, code in groups:
            kind.setdefault(code, Sums()).response_of(quarter.code).add(*counts)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of the whole city's filings that is approved, by weight, by the quarter's code; `told` is what of it a
    reader may be told, who knows the weights of their own part."""

    shares: Mapping[int, Decimal | None]
    told: Mapping[int, Decimal | None]


def coverage(session: Session, quarter: Quarter, own: Where) -> Coverage:
    """Of the quarter and all before it that its figures reach back to. `own` are the due whom the reader sees one by
    one: where one or two elsewhere are missing, or in, the share would say what those weigh."""
    reached = {q.code for q in (*quarter.year_to_date(), *quarter.trailing_four(), *(quarter - 1).trailing_four())}
    sums = [func.sum(c) for c in (CellDue.due, CellDue.approved, CellDue.weight_due, CellDue.weight_approved)]
    of = CellDue.quarter.in_(sorted(reached)), CellDue.respondent_class == FRAME.value
    city, mine = (
        {
            code: counts
            for code, *counts in session.execute(
                select(CellDue.quarter, *sums).where(*of, *more).group_by(CellDue.quarter)
            )
        }
        for more in ((), own)
    )
    shares = {code: ratio_of_sums(approved, due) for code, (_, _, due, approved) in city.items()}
    told = {}
    for code, (due, approved, *_) in city.items():
        my_due, my_approved, *_ = mine.get(code, (0, 0))
        elsewhere = approved - my_approved, (due - approved) - (my_due - my_approved)
        told[code] = shares[code] if all(number == 0 or number >= SMALLEST_N for number in elsewhere) else None
    return Coverage(shares, told)


def least(found: Mapping[int, Decimal | None], quarters: Iterable[Quarter]) -> Decimal | None:
    """Of the quarter that is least in: a sum of several is as whole as that. None: of one of them nothing is due, or
    nothing may be told."""
    shares = [found.get(quarter.code) for quarter in quarters]
    known = [share for share in shares if share is not None]
    return min(known) if known and len(known) == len(shares) else None


def year_end(quarter: Quarter, responded: Decimal | None) -> Quarter:
    """The quarter a year's figures end with: this one once nearly all of it is in, else the one before."""
    return quarter if responded is None or responded >= SETTLED else quarter - 1


def city_for_county(city: Grounds, own: Grounds) -> tuple[Sums, Sums]:
    """The city's sums, and those of the five clusters, without what would give an enterprise elsewhere away.

    The clusters and the rest add up to the whole: where one of the two is not safe, the clusters are not shown.
    """
    whole, five = city.whole, city.five
    parts = (city.five, own.five), (city.rest, own.rest)
    for indicator in INDICATORS:
        keys = [key for key in whole.contributors if key[0] == indicator]
        is_safe = _is_safe(whole.contributors, own.whole.contributors, keys)
        if not is_safe:
            _drop(whole, keys)
        if not is_safe or not all(_is_safe(c.contributors, o.contributors, keys) for c, o in parts):
            _drop(five, keys)
    withhold(whole, [(city.whole, own.whole)], PAIRS, SMALLEST_N)
    withhold(five, parts, PAIRS, SMALLEST_N)
    return whole, five


def _is_safe(
    city: Mapping[tuple[str, int], int], own: Mapping[tuple[str, int], int], keys: Sequence[tuple[str, int]]
) -> bool:
    return all(may_see_city_total(city[k], own.get(k, 0), SMALLEST_N) for k in keys if city.get(k, 0))


def _drop(sums: Sums, keys: Sequence[tuple[str, int]]) -> None:
    for key in keys:
        sums.totals.pop(key, None)
