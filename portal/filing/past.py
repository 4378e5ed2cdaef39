"""The respondent's past, put together from earlier versions and stated figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..kernel.period import Quarter
from ..questionnaire.context import Context, Past
from ..questionnaire.document import Document


@dataclass(frozen=True, slots=True)
class Earlier:
    """One row of the past: a version's content, or one stated figure of an indicator."""

    quarter: int
    content: Mapping[str, Any] | None
    indicator: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Known:
    """What one earlier filing tells: its figures, the year to date of each row, the approach to value added."""

    values: Mapping[str, Decimal]
    year_to_date: Mapping[str, Decimal]
    approach: str


_NOTHING = Known({}, {}, "")


def context_of(quarter: Quarter, respondent_class: str, rows: Iterable[Earlier]) -> Context:
    """What is known beside a filing. `rows` are of the previous quarter and the same one last year, oldest first."""
    year = quarter.same_last_year
    newest: dict[int, Mapping[str, Any]] = {}
    stated: dict[str, Decimal] = {}
    for row in rows:
        if row.content is not None:
            newest[row.quarter] = row.content
        elif row.value is not None and row.quarter == year.code:
            stated[row.indicator] = row.value
    return _beside(quarter, respondent_class, {code: known_in(content) for code, content in newest.items()}, stated)


def context_beside(
    quarter: Quarter, respondent_class: str, versions: Mapping[int, Document], stated: Mapping[str, Decimal]
) -> Context:
    """The same from documents by quarter code, and what was stated of the same quarter last year."""
    return _beside(quarter, respondent_class, {code: _known(said) for code, said in versions.items()}, stated)


def _beside(
    quarter: Quarter, respondent_class: str, known: Mapping[int, Known], stated: Mapping[str, Decimal]
) -> Context:
    before, year = quarter - 1, quarter.same_last_year
    last_year = {**stated, **known.get(year.code, _NOTHING).values}
    previous = known.get(before.code, _NOTHING)
    past = Past(
        previous=previous.values,
        last_year=last_year,
        before=previous.year_to_date if before.year == quarter.year else {},
        approach=previous.approach,
        asks_last_year=not last_year,
    )
    return Context(quarter, respondent_class, past)


def _known(document: Document) -> Known:
    return known_in(document.content())


def known_in(content: Mapping[str, Any]) -> Known:
    """Read straight from a version's content: a form page asks for two, and wants nothing else of them.

    The year to date of a row left empty, or that did not apply, counts nothing; where it is not known, it is not there.
    """
    values: dict[str, Decimal] = {}
    year_to_date: dict[str, Decimal] = {}
    for code, row in content["rows"].items():
        if row is None or row[0] == "n/a":
            year_to_date[code] = _ZERO
            continue
        values[code] = Decimal(row[0])
        if len(row) > 1:
            year_to_date[code] = Decimal(row[1])
    sheet = content.get("worksheet")
    return Known(values, year_to_date, sheet["approach"] if sheet else "")


_ZERO = Decimal(0)
