"""The sheet an officer reviews: one version beside its past, its flags and the version before. Never a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Missing
from ..kernel.findings import Finding
from ..kernel.measure import divided
from ..kernel.period import Quarter
from ..questionnaire.bands import Band, Passed, band_of, passed
from ..questionnaire.context import Context
from ..questionnaire.document import Answer, Document, document_of
from ..questionnaire.edition import Edition
from ..questionnaire.judge import run
from ..questionnaire.question import Question
from ..questionnaire.store import edition as edition_of
from .estimate import Rate, estimates_in
from .models import FilingVersion
from .queries import context
from .queries_history import Point, histories
from .rules import HEADLINES

EIGHT = 8


@dataclass(frozen=True, slots=True)
class Flag:
    """A query that fired, with what the enterprise said about it (empty: nothing) and its limits where it has some."""

    rule: str
    message: Bilingual
    reason: Bilingual | None
    explanation: str
    band: Band | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the submitted value beside its past. `was` is the value of the version before, where it `is_changed`.

    `median` is that of `peers` others in `median_of`, where somebody who may compare them has put it in. `estimated`
    says by which rate, where the figure is not the enterprise's own; `was_estimated` and `last_year_estimated` that the
    figures beside it were not.
    """

    code: str
    section: str
    title: Bilingual
    unit: Bilingual
    places: int
    state: str
    value: Decimal | None
    ytd: Decimal | None
    reason: str
    previous: Decimal | None
    last_year: Decimal | None
    growth: Decimal | None
    change: Decimal | None
    was: Decimal | None
    is_changed: bool
    is_headline: bool
    flags: tuple[Flag, ...]
    history: tuple[Point, ...]
    median: Decimal | None = None
    peers: int = 0
    median_of: Quarter | None = None
    estimated: Bilingual | None = None
    was_estimated: bool = False
    last_year_estimated: bool = False

    @property
    def broken(self) -> Flag | None:
        """The first flag whose limits the value is beyond: what a chart of the row draws."""
        if self.value is None:
            return None
        return next((f for f in self.flags if f.band is not None and f.band.broken(self.value) is not None), None)


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """A submitted version as it is reviewed; `rows` in the form's order, `passed` what held in the rules' order."""

    quarter: Quarter
    edition: Edition
    document: Document
    version_no: int
    receipt_no: str
    sha256: str
    submitted_at: datetime
    is_late: bool
    people: dict[str, str]
    rows: tuple[SheetRow, ...]
    findings_without_row: tuple[Flag, ...]
    passed: tuple[Passed, ...]


def review_sheet(session: Session, case: Case) -> ReviewSheet:
    """The newest version of the case's filing. Raises Missing while nothing was submitted. Three statements."""
    found = session.scalars(
        select(FilingVersion).where(FilingVersion.case_id == case.id).order_by(FilingVersion.number.desc()).limit(2)
    ).all()
    if not found:
        raise Missing()
    version = found[0]
    quarter = Quarter.from_code(version.quarter)
    edition = edition_of(session, version.content["edition"], version.content["rule_set"])
    document = document_of(version.content)
    known = context(session, version.enterprise_id, quarter, document.respondent_class)
    found_out = run(edition, document, known)
    flags = flags_of(edition, document, known, found_out)
    before = document_of(found[1].content) if len(found) > 1 else None
    past = histories(session, version.enterprise_id, quarter, EIGHT)
    builder = _Rows(edition, document, known, before, past, flags, estimates_in(version.content))
    return ReviewSheet(
        quarter=quarter,
        edition=edition,
        document=document,
        version_no=version.number,
        receipt_no=version.receipt_no,
        sha256=version.sha256,
        submitted_at=version.submitted_at,
        is_late=version.is_late,
        people=dict(version.content["people"]),
        rows=builder.rows(),
        findings_without_row=tuple(f for code, fs in flags.items() if code not in document.answers for f in fs),
        passed=passed(edition, document, known, found_out),
    )


def flags_of(
    edition: Edition, document: Document, known: Context, findings: Iterable[Finding]
) -> dict[str, tuple[Flag, ...]]:
    """Findings by row, each with the explanation that covers its values."""
    rules = {rule.id: rule for rule in edition.rules}
    found: dict[str, tuple[Flag, ...]] = {}
    for finding in findings:
        said = document.explanations.get(finding.key)
        holds = said is not None and said.basis == finding.basis
        flag = Flag(
            finding.rule,
            finding.message,
            edition.reasons.get(said.code) if said is not None and holds else None,
            said.text if said is not None and holds else "",
            band_of(edition, rules[finding.rule], document, known, finding.field),
        )
        found[finding.field] = (*found.get(finding.field, ()), flag)
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    edition: Edition
    document: Document
    context: Context
    before: Document | None
    history: dict[str, list[Point]]
    flags: dict[str, tuple[Flag, ...]]
    estimates: dict[str, Rate]

    def rows(self) -> tuple[SheetRow, ...]:
        asked = self.edition.questions_for(self.document.respondent_class, self.document.quarter)
        return tuple(self._row(q, self.document.answer(q.code)) for q in asked)

    def _row(self, question: Question, answer: Answer) -> SheetRow:
        code, past = question.code, self.context.past
        previous = past.previous.get(code)
        last_year = past.last_year.get(code, self.document.last_year.get(code))
        was = self.before.answer(code) if self.before is not None else answer
        return SheetRow(
            code=code,
            section=question.section,
            title=question.title,
            unit=question.unit.title,
            places=question.places,
            state=answer.state,
            value=answer.value,
            ytd=answer.ytd,
            reason=answer.reason,
            previous=previous,
            last_year=last_year,
            growth=grown(answer.value, last_year),
            change=grown(answer.value, previous),
            was=was.value,
            is_changed=(was.state, was.value, was.reason) != (answer.state, answer.value, answer.reason),
            is_headline=code == HEADLINES[self.document.respondent_class],
            flags=self.flags.get(code, ()),
            history=self._history(code, answer.value),
            estimated=self.estimates[code].said if code in self.estimates else None,
            was_estimated=code in past.estimated,
            last_year_estimated=code in past.estimated_last_year,
        )

    def _history(self, code: str, value: Decimal | None) -> tuple[Point, ...]:
        """Approved quarters, and at the end this one as it was submitted."""
        quarter, past = self.document.quarter, self.history.get(code)
        earlier = past[:-1] if past else [Point(quarter - back) for back in range(EIGHT - 1, 0, -1)]
        return (*earlier, Point(quarter, value, code in self.estimates))


def grown(value: Decimal | None, past: Decimal | None) -> Decimal | None:
    """The change on `past` as a ratio; none over a base that is not positive."""
    if value is None or past is None or past <= 0:
        return None
    return divided(value - past, past)
