"""The respondent's past, put together from earlier versions and stated figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from ..kernel.period import Quarter
from ..questionnaire.context import Context, Past
from ..questionnaire.document import Document
from .estimate import estimates_in


@dataclass(frozen=True, slots=True)
class Earlier:
    """One row of the past: a version's content, or one stated figure of an indicator."""

    quarter: int
    content: Mapping[str, Any] | None
    indicator: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Known:
    """What one earlier filing tells: its figures, the year to date of each row, the approach to value added, and which
    of its figures are estimated."""

    values: Mapping[str, Decimal]
    year_to_date: Mapping[str, Decimal]
    approach: str
    estimated: frozenset[str] = frozenset()


_NOTHING = Known({}, {}, "")
_Filed = TypeVar("_Filed")


def context_of(quarter: Quarter, respondent_class: str, rows: Iterable[Earlier]) -> Context:
    """What is known beside a filing. `rows` are of the same quarter last year and of the year's quarters before this
    one (in the first, of the quarter before), oldest first."""
    year = quarter.same_last_year
    newest: dict[int, Mapping[str, Any]] = {}
    stated: dict[str, Decimal] = {}
    for row in rows:
        if row.content is not None:
            newest[row.quarter] = row.content
        elif row.value is not None and row.quarter == year.code:
            stated[row.indicator] = row.value
    return _beside(quarter, respondent_class, newest, stated, known_in)


def context_beside(
    quarter: Quarter,
    respondent_class: str,
    versions: Mapping[int, Document],
    stated: Mapping[str, Decimal],
    marks: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
) -> Context:
    """The same from documents by quarter code, with what their versions say beside (`marks`), and what was stated of
    the same quarter last year."""
    filed = {code: (document, marks.get(code, {})) for code, document in versions.items()}
    return _beside(quarter, respondent_class, filed, stated, lambda one, before: told_by(*one, before))


def _beside(
    quarter: Quarter,
    respondent_class: str,
    filed: Mapping[int, _Filed],
    stated: Mapping[str, Decimal],
    read: Callable[[_Filed, Mapping[str, Decimal]], Known],
) -> Context:
    def known(earlier: Quarter, before: Mapping[str, Decimal]) -> Known:
        found = filed.get(earlier.code)
        return _NOTHING if found is None else read(found, before)

    of_last_year = known(quarter.same_last_year, {})
    last_year = {**stated, **of_last_year.values}
    previous, carried = known(quarter - 1, {}), _NOTHING.year_to_date
    for earlier in quarter.year_to_date()[:-1]:
        previous = known(earlier, carried)
        carried = previous.year_to_date
    past = Past(
        previous=previous.values,
        last_year=last_year,
        before=carried,
        approach=previous.approach,
        asks_last_year=not last_year,
        estimated=previous.estimated,
        estimated_last_year=of_last_year.estimated,
    )
    return Context(quarter, respondent_class, past)


def known_in(content: Mapping[str, Any], before: Mapping[str, Decimal]) -> Known:
    """Read straight from a version's content: a form page asks for a few, and wants nothing else of them.

    A row left empty, or that did not apply, adds nothing: its year to date is what went before, by the version's own
    opening block or else by the quarter before it (`before`). Where that is not known, it is not there.
    """
    is_first = Quarter.parse(content["quarter"]).number == 1
    opening = content.get("opening", {}).get("before", {})
    values: dict[str, Decimal] = {}
    year_to_date: dict[str, Decimal] = {}
    for code, row in content["rows"].items():
        if row is not None and row[0] != "n/a":
            values[code] = Decimal(row[0])
            if len(row) > 1:
                year_to_date[code] = Decimal(row[1])
        elif is_first:
            year_to_date[code] = _ZERO
        elif code in opening:
            year_to_date[code] = Decimal(opening[code])
        elif code in before:
            year_to_date[code] = before[code]
    sheet = content.get("worksheet")
    return Known(values, year_to_date, sheet["approach"] if sheet else "", frozenset(estimates_in(content)))


_ZERO = Decimal(0)


def told_by(document: Document, marks: Mapping[str, Any], before: Mapping[str, Decimal]) -> Known:
    """The same of a document at hand and of what its version says beside: `known_in` reads it from the content."""
    values: dict[str, Decimal] = {}
    year_to_date: dict[str, Decimal] = {}
    for code, answer in document.answers.items():
        if answer.state != "not_applicable" and answer.value is not None:
            values[code] = answer.value
            if answer.ytd is not None:
                year_to_date[code] = answer.ytd
        elif document.quarter.number == 1:
            year_to_date[code] = _ZERO
        elif code in document.before:
            year_to_date[code] = document.before[code]
        elif code in before:
            year_to_date[code] = before[code]
    approach = document.worksheet.approach if document.worksheet else ""
    return Known(values, year_to_date, approach, frozenset(estimates_in(marks)))
