"""The respondent's past, put together from earlier versions and stated figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..kernel.period import Quarter
from ..questionnaire.context import Context, Past
from ..questionnaire.document import Document, document_of


@dataclass(frozen=True, slots=True)
class Earlier:
    """One row of the past: a version's content, or one stated figure of an indicator."""

    quarter: int
    content: Mapping[str, Any] | None
    indicator: str
    value: Decimal | None


def context_of(quarter: Quarter, respondent_class: str, rows: Iterable[Earlier]) -> Context:
    """What is known beside a filing. `rows` are of the previous quarter and the same one last year, oldest first."""
    year = quarter.same_last_year
    versions: dict[int, Document] = {}
    stated: dict[str, Decimal] = {}
    for row in rows:
        if row.content is not None:
            versions[row.quarter] = document_of(row.content)
        elif row.value is not None and row.quarter == year.code:
            stated[row.indicator] = row.value
    return context_beside(quarter, respondent_class, versions, stated)


def context_beside(
    quarter: Quarter, respondent_class: str, versions: Mapping[int, Document], stated: Mapping[str, Decimal]
) -> Context:
    """The same from documents by quarter code, and what was stated of the same quarter last year."""
    before, year = quarter - 1, quarter.same_last_year
    last_year = {**stated, **_values(versions.get(year.code))}
    previous = versions.get(before.code)
    sheet = previous.worksheet if previous is not None else None
    past = Past(
        previous=_values(previous),
        last_year=last_year,
        before=_year_to_date(previous) if before.year == quarter.year else {},
        approach=sheet.approach if sheet is not None else "",
        asks_last_year=not last_year,
    )
    return Context(quarter, respondent_class, past)


def _values(document: Document | None) -> dict[str, Decimal]:
    if document is None:
        return {}
    return {code: answer.value for code, answer in document.answers.items() if answer.value is not None}


def _year_to_date(document: Document | None) -> dict[str, Decimal]:
    """The year to date of every row it is known for; a row left empty, or that did not apply, counts nothing."""
    if document is None:
        return {}
    found: dict[str, Decimal] = {}
    for code, answer in document.answers.items():
        if answer.ytd is not None:
            found[code] = answer.ytd
        elif answer.value is None:
            found[code] = Decimal(0)
    return found
