"""The deed that makes facts of an approved filing, and the one that takes them back. Statistics read nothing else."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..database.scope import Confined
from ..kernel.errors import Missing
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..questionnaire.document import Document, document_of
from ..questionnaire.edition import Edition
from ..questionnaire.store import edition as edition_of
from .estimate import estimates_in
from .models import VALUE_PLACES, Fact, Filing, FilingVersion


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as it counts in figures."""

    indicator: str
    quarter: int
    county: str
    chain: str
    segment: str
    size_class: str
    respondent_class: str
    value: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class CountedAs:
    """As what the figures of a filing count, whether or not there are any."""

    chain: str
    segment: str
    size_class: str
    respondent_class: str


@dataclass(frozen=True, slots=True)
class FactChanges:
    """The facts of one enterprise and quarter before and after. Stated figures are facts, but never among these."""

    enterprise_id: int
    quarter: int
    counted_as: CountedAs
    before: tuple[FactRow, ...]
    after: tuple[FactRow, ...]


def publish(session: Session, case: Case) -> FactChanges:
    """Makes facts of the newest version of the case's filing, in place of what stood for that quarter.

    Of an opening block, the figures of the same quarter last year become `stated` facts where nothing stands yet.
    Raises Missing when nothing was submitted.
    """
    filing, version = _submitted(session, case)
    document = document_of(version.content)
    edition = edition_of(session, version.content["edition"], version.content["rule_set"])
    before = _taken(session, filing)
    rows = fact_rows(edition, document, filing, version.id, estimates_in(version.content))
    Confined.insert(session, Fact.__table__, rows)
    _state(session, filing, version.id, document)
    return FactChanges(
        case.enterprise_id, filing.quarter, _counted_as(filing), before, tuple(fact_row(row) for row in rows)
    )


def withdraw(session: Session, case: Case) -> FactChanges:
    """Takes back what `publish` made; nothing stands for the quarter afterwards."""
    filing, _ = _submitted(session, case)
    before = _taken(session, filing)
    versions = select(FilingVersion.id).where(FilingVersion.filing_id == filing.id)
    session.execute(
        delete(Fact)
        .where(Fact.enterprise_id == filing.enterprise_id, Fact.basis == "stated", Fact.version_id.in_(versions))
        .execution_options(synchronize_session=False)
    )
    return FactChanges(case.enterprise_id, filing.quarter, _counted_as(filing), before, ())


def _counted_as(filing: Filing) -> CountedAs:
    return CountedAs(filing.chain, filing.segment, filing.size_class, filing.respondent_class)


def fact_rows(
    edition: Edition, document: Document, filing: Filing, version_id: int, estimated: Container[str] = ()
) -> list[dict[str, object]]:
    """The facts that a version's document makes, as rows of the table; `estimated` are rows that it says are."""
    return [
        _row(filing, version_id, code, filing.quarter, value) | {"is_estimated": code in estimated}
        for code, value in counted(edition, document).items()
    ]


def stated_rows(document: Document, filing: Filing, version_id: int) -> list[dict[str, object]]:
    """What its opening block states of the same quarter last year."""
    quarter = Quarter.from_code(filing.quarter).same_last_year.code
    return [_row(filing, version_id, code, quarter, value, "stated") for code, value in document.last_year.items()]


def counted(edition: Edition, document: Document) -> dict[str, Decimal]:
    """The figures of a document that become facts: every row with a value, computed ones where the edition says so."""
    found = {}
    for code, answer in document.answers.items():
        question = edition.by_code[code]
        if answer.value is not None and question.is_fact:
            found[code] = rounded(answer.value, VALUE_PLACES)
    return found


def _submitted(session: Session, case: Case) -> tuple[Filing, FilingVersion]:
    found = session.execute(
        select(Filing, FilingVersion)
        .join(FilingVersion, FilingVersion.filing_id == Filing.id)
        .where(FilingVersion.case_id == case.id)
        .order_by(FilingVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise Missing()
    filing, version = found
    return filing, version


def _taken(session: Session, filing: Filing) -> tuple[FactRow, ...]:
    """Removes the facts that stand for the filing's quarter; gives back those that came of filings."""
    standing = session.scalars(
        select(Fact).where(Fact.enterprise_id == filing.enterprise_id, Fact.quarter == filing.quarter)
    ).all()
    before = tuple(fact_row(_values(fact)) for fact in standing if fact.basis == "filing")
    if standing:
        session.execute(
            delete(Fact)
            .where(Fact.enterprise_id == filing.enterprise_id, Fact.quarter == filing.quarter)
            .execution_options(synchronize_session=False)
        )
    return before


def _state(session: Session, filing: Filing, version_id: int, document: Document) -> None:
    if not document.last_year:
        return
    quarter = Quarter.from_code(filing.quarter).same_last_year.code
    standing = set(
        session.scalars(
            select(Fact.indicator).where(Fact.enterprise_id == filing.enterprise_id, Fact.quarter == quarter)
        )
    )
    rows = [row for row in stated_rows(document, filing, version_id) if row["indicator"] not in standing]
    Confined.insert(session, Fact.__table__, rows)


def _row(
    filing: Filing, version_id: int, code: str, quarter: int, value: Decimal, basis: str = "filing"
) -> dict[str, object]:
    return {
        "enterprise_id": filing.enterprise_id,
        "county": filing.county,
        "chain": filing.chain,
        "indicator": code,
        "quarter": quarter,
        "value": value,
        "segment": filing.segment,
        "size_class": filing.size_class,
        "respondent_class": filing.respondent_class,
        "version_id": version_id,
        "basis": basis,
        "is_estimated": False,
    }


_NAMES = tuple(FactRow.__dataclass_fields__)


def _values(fact: Fact) -> dict[str, object]:
    return {name: getattr(fact, name) for name in _NAMES}


def fact_row(row: Mapping[str, object]) -> FactRow:
    return FactRow(**{name: row[name] for name in _NAMES})  # type: ignore[arg-type]
