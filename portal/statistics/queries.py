"""Reading figures: always with the Actor, because cells are nobody's and everybody may see a different part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from ..catalogue.queries import catalogue_at
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Denied
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from .estimates import Estimated, estimated_over
from .measures import Accumulation, Growth, Span, city_frames_shown, growth
from .models import Cell, CellDue
from .question import By, Frame, Question, line_title, lines_of
from .shown import ESTIMABLE, ESTIMATED, INDICATORS, RATIOS, SHOWN, SIDES, Shown, accumulation
from .sums import WHOLE_ENOUGH, Sums, missing_words, ratio_over, together
from .withheld import withhold

SMALLEST_N = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in stored units. `contributors` is the smallest number of enterprises behind any quarter of it.

    `why` says why there is no value; `gave` how many of how many enterprises a ratio is of, where not of all;
    `estimated` what is estimated of it (of a ratio: of what is divided), `estimated_before` of what it has grown from.
    """

    shown: Shown
    value: Decimal | None
    growth: Growth | None
    contributors: int
    why: Bilingual | None = None
    gave: tuple[int, int] | None = None
    estimated: Estimated | None = None
    estimated_before: Estimated | None = None


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


_READ = sorted(INDICATORS | SIDES | {code + ESTIMATED for code in (ESTIMABLE, *SIDES) if code.startswith(ESTIMABLE)})
UNFILLED = Bilingual("季度填报不足90%", "less than 90% of a quarter is in")
CITY = Bilingual("全市", "Whole city")
TOTAL = Bilingual("合计", "Total")


def figures(session: Session, actor: Actor, question: Question) -> FigureTable:
    """The table `question` asks for, as far as `actor` may see it. Raises Denied without figures:read."""
    catalogue = catalogue_at(session, question.quarter)
    mine = visible(actor, Cell), visible(actor, CellDue)
    groups = _sums(session, question, catalogue, *mine)
    lines = tuple(
        _line(question, code, line_title(question.by, code, catalogue), groups.get(code, Sums()))
        for code in lines_of(question.by, groups, catalogue)
    )
    city = _city(session, question, catalogue, mine) if actor.counties else None
    return FigureTable(question, lines, _line(question, "", TOTAL, together(groups.values())), city)


def quarters_with_figures(session: Session) -> list[Quarter]:
    """The quarters that have cells, newest first. Steps from one to the next in the index: cells are many."""
    newest = select(func.max(Cell.quarter).label("quarter")).cte("known", recursive=True)
    before = select(func.max(Cell.quarter)).where(Cell.quarter < newest.c.quarter).scalar_subquery()
    known = newest.union_all(select(before).where(newest.c.quarter.is_not(None)))
    codes = session.scalars(select(known.c.quarter).where(known.c.quarter.is_not(None)))
    return sorted((Quarter.from_code(code) for code in codes), reverse=True)


def visible(actor: Actor, table: Any) -> list[ColumnElement[bool]]:
    """A county reads its own unit, a chain officer their chains, bureau and auditor all (rulings 17)."""
    kind = actor.scope.kind if actor.may(Permission.FIGURES_READ) else ""
    if kind == "counties":
        return [table.county.in_(sorted(actor.counties))]
    if kind == "chains":
        return [func.substr(table.segment, 1, 2).in_(sorted(actor.chains))]
    if kind == "everything":
        return []
    raise Denied("figures", Bilingual("你没有查看统计数据的权限。", "You are not permitted to see figures."))


def group_column(table: Any, by: By) -> ColumnElement[Any]:
    stem = func.substr(table.segment, 1, 2)
    if by is By.CLUSTER:
        # `00` keeps its cluster (00-SEMI); a listed chain's cluster comes from the catalogue of the quarter.
        return case((stem == "00", table.segment), else_=stem)
    column: ColumnElement[Any] = stem if by is By.CHAIN else getattr(table, _COLUMNS[by])
    return column


def added_up(by: By, *wanted: ColumnElement[bool], by_class: bool = False) -> Select[Any]:
    """Line, indicator, quarter, sum, contributors and facts of the cells that are `wanted`; at the end the class.

    What has a segment or class for a line is added up in the order of the index first, where nothing needs sorting;
    what that leaves is a tenth.
    """
    keys = Cell.indicator, Cell.quarter, Cell.segment, Cell.respondent_class
    sums = [func.sum(column).label(column.key) for column in (Cell.total, Cell.contributors, Cell.facts)]
    in_order = select(*keys, *sums).where(*wanted).group_by(*keys).subquery()
    cells: Any = Cell if by in (By.COUNTY, By.SIZE) else in_order.c
    lines = [group_column(cells, by).label("line"), cells.indicator, cells.quarter]
    lines += [cells.respondent_class] if by_class else []
    found = select(*lines[:3], *(func.sum(column) for column in (cells.total, cells.contributors, cells.facts)))
    return found.add_columns(*lines[3:]).where(*(wanted if cells is Cell else ())).group_by(*lines)


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
    wanted = Cell.quarter.in_(codes), Cell.indicator.in_(_READ), *_in_frame(Cell, question), *cells
    rows = session.execute(added_up(question.by, *wanted))
    groups: dict[str, Sums] = {}
    for line, indicator, quarter, total, contributors, facts in rows:
        code = line_code(question.by, line, catalogue)
        groups.setdefault(code, Sums()).add(indicator, quarter, total, int(contributors), int(facts))
    _add_due(session, question, catalogue, dues, groups)
    return groups


def _add_due(
    session: Session, question: Question, catalogue: Catalogue, dues: list[ColumnElement[bool]], groups: dict[str, Sums]
) -> None:
    column = group_column(CellDue, question.by).label("line")
    sums = [func.sum(c) for c in (CellDue.due, CellDue.approved, CellDue.weight_due, CellDue.weight_approved)]
    rows = session.execute(
        select(column, CellDue.quarter, *sums)
        .where(CellDue.quarter.in_([q.code for q in question.span.quarters(question.quarter)]))
        .where(*_in_frame(CellDue, question), *dues)
        .group_by(column, CellDue.quarter)
    )
    for line, quarter, *counts in rows:
        group = groups.setdefault(line_code(question.by, line, catalogue), Sums())
        group.response_of(quarter).add(*counts)


def _in_frame(table: Any, question: Question) -> list[ColumnElement[bool]]:
    return [] if question.frame is Frame.ALL else [table.respondent_class == question.frame.value]


def line_code(by: By, line: str, catalogue: Catalogue) -> str:
    if by is not By.CLUSTER:
        return line
    cluster = catalogue.cluster_of_segment(line) if line.startswith("00") else catalogue.cluster_of(line)
    return cluster.code if cluster else "00"


def _line(question: Question, code: str, title: Bilingual, sums: Sums) -> Line:
    said = sums.response
    return Line(
        code, title, tuple(_figure(question, shown, sums) for shown in SHOWN), said.due, said.approved, said.share
    )


def _figure(question: Question, shown: Shown, sums: Sums) -> Figure:
    span = question.span.quarters(question.quarter)
    fewest = sums.fewest(shown.indicator, span)
    if shown.per is not None:
        found = ratio_over(sums, shown.indicator, shown.per, span)
        if found.value is not None and not _may_divide(question, shown.per, sums):
            return Figure(shown, None, None, fewest, UNFILLED)
        part = estimated_over(sums, f"{shown.indicator}/{shown.per}", span) if found.value is not None else None
        return Figure(shown, found.value, None, fewest, found.why, found.gave, part)
    before = [q.same_last_year for q in span]
    value, base = sums.over(shown.indicator, span), sums.over(shown.indicator, before)
    if value is None:
        why = missing_words(sums.missing(shown.indicator, span))
        return Figure(shown, None, growth(None, base) if shown.has_growth else None, fewest, why)
    grown = growth(value, base) if shown.has_growth else None
    of_base = estimated_over(sums, shown.indicator, before) if grown and grown.rate is not None else None
    part = estimated_over(sums, shown.indicator, span)
    return Figure(shown, value, grown, fewest, estimated=part, estimated_before=of_base)


def _may_divide(question: Question, per: str, sums: Sums) -> bool:
    """Several quarters' flow over the last quarter's land means something once nearly all of each quarter is in."""
    if question.span is Span.QUARTER or accumulation(per) is not Accumulation.LAST:
        return True
    return sums.response.rank >= WHOLE_ENOUGH


def _city(
    session: Session, question: Question, catalogue: Catalogue, mine: tuple[list[ColumnElement[bool]], ...]
) -> Line:
    """The city's line for a county: a figure stands only where neither it nor what is left of the others is one's own
    or a few enterprises' figure. Asked by class in every frame, for frames can be subtracted from one another."""
    by_class = replace(question, by=By.CLASS, frame=Frame.ALL)
    city, own = _sums(session, by_class, catalogue, [], []), _sums(session, by_class, catalogue, *mine)
    classes = list(city) if question.frame is Frame.ALL else [question.frame.value]
    parts = [(city.get(name, Sums()), own.get(name, Sums())) for name in classes]
    line = together(whole for whole, _ in parts)
    spans = question.span.quarters(question.quarter)
    codes = [q.code for q in (*spans, *(q.same_last_year for q in spans))]
    for indicator in INDICATORS:
        if not all(_is_shown(question.frame, city, own, (indicator, code)) for code in codes):
            for code in codes:
                line.totals.pop((indicator, code), None)
    withhold(line, parts, RATIOS, SMALLEST_N)
    said = _line(question, "", CITY, line)
    # A share by weight would say what the one weighs that is missing elsewhere, or whom a narrower frame leaves.
    return said if said.approved == said.due else replace(said, weight_share=None)


def _is_shown(frame: Frame, city: dict[str, Sums], own: dict[str, Sums], key: tuple[str, int]) -> bool:
    counts = {
        name: (sums.contributors.get(key, 0), own[name].contributors.get(key, 0) if name in own else 0)
        for name, sums in city.items()
    }
    if not any(key in sums.totals for sums in city.values()):
        return True  # nobody filed such a figure then: there is nothing to hide
    classes, whole = city_frames_shown(counts, SMALLEST_N)
    return whole if frame is Frame.ALL else frame.value in classes
