"""Reading figures: always with the Actor, because cells are nobody's and everybody may see a different part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from ..catalogue.queries import catalogue_at
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Denied
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from .measures import Accumulation, Growth, Span, city_frames_shown, growth, ratio_of_sums
from .models import Cell, CellDue
from .question import By, Frame, Question, line_title, lines_of
from .shown import INDICATORS, SHOWN, Shown, accumulation

SMALLEST_N = 3
WHOLE_ENOUGH = Decimal("0.95")  # share of response by weight


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in stored units. `contributors` is the smallest number of enterprises behind any quarter of it."""

    shown: Shown
    value: Decimal | None
    growth: Growth | None
    contributors: int


@dataclass(slots=True)
class Sums:
    """Sums by (indicator, quarter) of one line, before they become figures."""

    totals: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    contributors: dict[tuple[str, int], int] = field(default_factory=dict)
    due: int = 0
    approved: int = 0
    weight_due: Decimal = Decimal(0)
    weight_approved: Decimal = Decimal(0)

    def add(self, indicator: str, quarter: int, total: Decimal, contributors: int) -> None:
        key = (indicator, quarter)
        self.totals[key] = self.totals.get(key, Decimal(0)) + total
        self.contributors[key] = self.contributors.get(key, 0) + contributors

    def over(self, indicator: str, quarters: Iterable[Quarter]) -> Decimal | None:
        return accumulation(indicator).over([self.totals.get((indicator, q.code)) for q in quarters])

    def fewest(self, indicator: str, quarters: Iterable[Quarter]) -> int:
        return min((n for q in quarters if (n := self.contributors.get((indicator, q.code), 0))), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its name, its figures, and how much of the open quarter it rests on."""

    code: str
    title: Bilingual
    figures: tuple[Figure, ...]
    due: int
    approved: int
    weight_share: Decimal | None


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures. `city` is the whole city's line for a county, without what would give an enterprise away."""

    question: Question
    lines: tuple[Line, ...]
    total: Line
    city: Line | None


CITY = Bilingual("全市", "Whole city")
TOTAL = Bilingual("合计", "Total")


def figures(session: Session, actor: Actor, question: Question) -> FigureTable:
    """The table `question` asks for, as far as `actor` may see it. Raises Denied without figures:read."""
    catalogue = catalogue_at(session, question.quarter)
    mine = visible(actor, Cell), visible(actor, CellDue)
    groups = _sums(session, question, catalogue, *mine)
    total, present = together(groups.values()), _quarters_in(groups.values())
    lines = tuple(
        _line(question, code, line_title(question.by, code, catalogue), groups.get(code, Sums()), present)
        for code in lines_of(question.by, groups, catalogue)
    )
    city = _city(session, question, catalogue, mine) if actor.counties else None
    return FigureTable(question, lines, _line(question, "", TOTAL, total, present), city)


def _quarters_in(groups: Iterable[Sums]) -> frozenset[int]:
    """The quarters that anybody's figures are in for: a span that reaches beyond them is not whole."""
    return frozenset(quarter for group in groups for _, quarter in group.totals)


def quarters_with_figures(session: Session) -> list[Quarter]:
    """The quarters that have cells, newest first. Steps from one to the next in the index: cells are many."""
    newest = select(func.max(Cell.quarter).label("quarter")).cte("known", recursive=True)
    before = select(func.max(Cell.quarter)).where(Cell.quarter < newest.c.quarter).scalar_subquery()
    known = newest.union_all(select(before).where(newest.c.quarter.is_not(None)))
    codes = session.scalars(select(known.c.quarter).where(known.c.quarter.is_not(None)))
    return sorted((Quarter.from_code(code) for code in codes), reverse=True)


def visible(actor: Actor, table: Any) -> list[ColumnElement[bool]]:
    """A county reads its own unit, a chain officer their chains, bureau and auditor all (rulings 17)."""
    if not actor.may(Permission.FIGURES_READ):
        raise Denied("figures", Bilingual("你没有查看统计数据的权限。", "You are not permitted to see figures."))
    if actor.scope.kind == "counties":
        return [table.county.in_(sorted(actor.counties))]
    if actor.scope.kind == "chains":
        return [func.substr(table.segment, 1, 2).in_(sorted(actor.chains))]
    if actor.scope.kind == "everything":
        return []
    raise Denied("figures", Bilingual("你没有查看统计数据的权限。", "You are not permitted to see figures."))


def group_column(table: Any, by: By) -> ColumnElement[Any]:
    stem = func.substr(table.segment, 1, 2)
    if by is By.CLUSTER:
        # `00` keeps its cluster (00-SEMI); a listed chain's cluster comes from the catalogue of the quarter.
        return case((stem == "00", table.segment), else_=stem)
    column: ColumnElement[Any] = stem if by is By.CHAIN else getattr(table, _COLUMNS[by])
    return column


_COLUMNS = {By.SEGMENT: "segment", By.COUNTY: "county", By.SIZE: "size_class", By.CLASS: "respondent_class"}


def _sums(
    session: Session,
    question: Question,
    catalogue: Catalogue,
    cells: list[ColumnElement[bool]],
    dues: list[ColumnElement[bool]],
) -> dict[str, Sums]:
    span = question.span.quarters(question.quarter)
    codes = [q.code for q in span] + [q.same_last_year.code for q in span]
    column = group_column(Cell, question.by).label("line")
    rows = session.execute(
        select(column, Cell.indicator, Cell.quarter, func.sum(Cell.total), func.sum(Cell.contributors))
        .where(Cell.quarter.in_(codes), Cell.indicator.in_(sorted(INDICATORS)), *_in_frame(Cell, question), *cells)
        .group_by(column, Cell.indicator, Cell.quarter)
    )
    groups: dict[str, Sums] = {}
    for line, indicator, quarter, total, contributors in rows:
        code = line_code(question.by, line, catalogue)
        groups.setdefault(code, Sums()).add(indicator, quarter, total, int(contributors))
    _add_due(session, question, catalogue, dues, groups)
    return groups


def _add_due(
    session: Session, question: Question, catalogue: Catalogue, dues: list[ColumnElement[bool]], groups: dict[str, Sums]
) -> None:
    column = group_column(CellDue, question.by).label("line")
    sums = [func.sum(c) for c in (CellDue.due, CellDue.approved, CellDue.weight_due, CellDue.weight_approved)]
    rows = session.execute(
        select(column, *sums)
        .where(CellDue.quarter == question.quarter.code, *_in_frame(CellDue, question), *dues)
        .group_by(column)
    )
    for line, due, approved, weight_due, weight_approved in rows:
        group = groups.setdefault(line_code(question.by, line, catalogue), Sums())
        group.due += int(due)
        group.approved += int(approved)
        group.weight_due += weight_due
        group.weight_approved += weight_approved


def _in_frame(table: Any, question: Question) -> list[ColumnElement[bool]]:
    return [] if question.frame is Frame.ALL else [table.respondent_class == question.frame.value]


def line_code(by: By, line: str, catalogue: Catalogue) -> str:
    if by is not By.CLUSTER:
        return line
    cluster = catalogue.cluster_of_segment(line) if line.startswith("00") else catalogue.cluster_of(line)
    return cluster.code if cluster else "00"


def together(groups: Iterable[Sums]) -> Sums:
    whole = Sums()
    for group in groups:
        for (indicator, quarter), total in group.totals.items():
            whole.add(indicator, quarter, total, group.contributors[indicator, quarter])
        whole.due += group.due
        whole.approved += group.approved
        whole.weight_due += group.weight_due
        whole.weight_approved += group.weight_approved
    return whole


def _line(question: Question, code: str, title: Bilingual, sums: Sums, present: frozenset[int]) -> Line:
    figures_ = tuple(_figure(question, shown, sums, present) for shown in SHOWN)
    share = ratio_of_sums(sums.weight_approved, sums.weight_due)
    return Line(code, title, figures_, sums.due, sums.approved, share)


def _figure(question: Question, shown: Shown, sums: Sums, present: frozenset[int]) -> Figure:
    span = question.span.quarters(question.quarter)
    before = [q.same_last_year for q in span]
    value = sums.over(shown.indicator, span) if present.issuperset(q.code for q in span) else None
    fewest = sums.fewest(shown.indicator, span)
    if shown.per is not None:
        ratio = ratio_of_sums(value, sums.over(shown.per, span)) if _may_divide(question, shown, sums) else None
        return Figure(shown, ratio, None, fewest)
    base = sums.over(shown.indicator, before) if present.issuperset(q.code for q in before) else None
    return Figure(shown, value, growth(value, base) if shown.has_growth else None, fewest)


def _may_divide(question: Question, shown: Shown, sums: Sums) -> bool:
    """Several quarters' flow over the last quarter's land or staff means something once nearly all of that is in."""
    if question.span is Span.QUARTER or accumulation(shown.per or "") is Accumulation.SUM or not sums.weight_due:
        return True
    return sums.weight_approved >= WHOLE_ENOUGH * sums.weight_due


def _city(
    session: Session, question: Question, catalogue: Catalogue, mine: tuple[list[ColumnElement[bool]], ...]
) -> Line:
    """The city's line for a county: a figure stands only where neither it nor what is left of the others is one's own
    or a few enterprises' figure. Asked by class in every frame, for frames can be subtracted from one another."""
    by_class = replace(question, by=By.CLASS, frame=Frame.ALL)
    city, own = _sums(session, by_class, catalogue, [], []), _sums(session, by_class, catalogue, *mine)
    parts = city.values() if question.frame is Frame.ALL else [city.get(question.frame.value, Sums())]
    present, line = _quarters_in(city.values()), together(parts)
    spans = question.span.quarters(question.quarter)
    codes = [q.code for q in (*spans, *(q.same_last_year for q in spans))]
    for indicator in INDICATORS:
        if not all(_is_shown(question.frame, city, own, (indicator, code)) for code in codes):
            for code in codes:
                line.totals.pop((indicator, code), None)
    return _line(question, "", CITY, line, present)


def _is_shown(frame: Frame, city: dict[str, Sums], own: dict[str, Sums], key: tuple[str, int]) -> bool:
    counts = {
        name: (sums.contributors.get(key, 0), own[name].contributors.get(key, 0) if name in own else 0)
        for name, sums in city.items()
    }
    if not any(key in sums.totals for sums in city.values()):
        return True  # nobody filed such a figure then: there is nothing to hide
    classes, whole = city_frames_shown(counts, SMALLEST_N)
    return whole if frame is Frame.ALL else frame.value in classes
