"""A release as people read it: figures by line, made of frozen cells alone. Pure.

A ratio stands only where both its parts are public, growth only where both quarters are: neither gives a hidden value
away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual, Language
from .measures import Growth, growth, ratio_of_sums
from .release_freeze import CITY, CLUSTER, UNIT, Frozen, FrozenLine
from .shown import SHOWN, Shown

OUTPUT = "101"


@dataclass(frozen=True, slots=True)
class ReleasedFigure:
    """One figure in stored units. Hidden: it exists and is not shown; without value and not hidden: nothing to show."""

    shown: Shown
    value: Decimal | None
    growth: Growth | None
    is_hidden: bool

    def said(self, language: Language) -> str:
        """The figure in the page's unit, or an en dash."""
        return self.shown.said(self.value, language)


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """One line: its figures, how much of it is in, how many enterprises stand behind its output."""

    margin: str
    code: str
    title: Bilingual
    figures: tuple[ReleasedFigure, ...]
    response: FrozenLine
    enterprises: int | None
    share: Decimal | None

    def figure(self, code: str) -> ReleasedFigure:
        return next(figure for figure in self.figures if figure.shown.code == code)


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """Everything a release shows; `to_date` are the public sums from January on, by (margin, line, indicator)."""

    city: ReleasedLine
    clusters: tuple[ReleasedLine, ...]
    units: tuple[ReleasedLine, ...]
    to_date: Mapping[tuple[str, str, str], Decimal]

    @property
    def lines(self) -> tuple[ReleasedLine, ...]:
        return (self.city, *self.clusters, *self.units)

    @property
    def has_hidden(self) -> bool:
        return any(figure.is_hidden for line in self.lines for figure in line.figures)


def released_table(
    cells: Iterable[Frozen], responses: Sequence[FrozenLine], titles: Mapping[tuple[str, str], Bilingual]
) -> ReleasedTable:
    """Puts frozen cells into lines; the lines stand in the order of `titles`."""
    by_place = {cell.place: cell for cell in cells}
    said = {(response.margin, response.line): response for response in responses}
    whole = by_place.get((CITY, "", OUTPUT))
    lines = [
        _line(margin, code, title, by_place, said[margin, code], whole)
        for (margin, code), title in titles.items()
        if (margin, code) in said
    ]
    return ReleasedTable(
        next(line for line in lines if line.margin == CITY),
        tuple(line for line in lines if line.margin == CLUSTER),
        tuple(line for line in lines if line.margin == UNIT),
        {place: cell.to_date for place, cell in by_place.items() if cell.to_date is not None},
    )


def _line(
    margin: str,
    code: str,
    title: Bilingual,
    cells: Mapping[tuple[str, str, str], Frozen],
    response: FrozenLine,
    whole: Frozen | None,
) -> ReleasedLine:
    mine = {indicator: cell for (m, c, indicator), cell in cells.items() if (m, c) == (margin, code)}
    output = mine.get(OUTPUT)
    share = ratio_of_sums(output.value, whole.value) if output and whole else None
    return ReleasedLine(
        margin,
        code,
        title,
        tuple(_figure(shown, mine) for shown in SHOWN),
        response,
        output.contributors if output else None,
        share,
    )


def _figure(shown: Shown, cells: Mapping[str, Frozen]) -> ReleasedFigure:
    parts = [cells.get(code) for code in (shown.indicator, shown.per) if code is not None]
    if any(part is not None and part.hidden_for for part in parts):
        return ReleasedFigure(shown, None, None, True)
    first = parts[0]
    value = first.value if first else None
    if shown.per is not None:
        per = parts[1]
        return ReleasedFigure(shown, ratio_of_sums(value, per.value if per else None), None, False)
    if not shown.has_growth or first is None or value is None or not first.contributors:
        return ReleasedFigure(shown, value, None, False)
    return ReleasedFigure(shown, value, growth(value, first.base), False)
