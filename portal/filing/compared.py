"""Two versions of one filing, row by row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..questionnaire.document import Answer, Document
from ..questionnaire.edition import Edition


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was submitted, and as it was in the version before where the two differ."""

    code: str
    section: Bilingual
    title: Bilingual
    unit: Bilingual
    places: int
    state: str
    value: Decimal | None
    ytd: Decimal | None
    reason: str
    was: Decimal | None
    is_changed: bool
    explanations: tuple[tuple[str, Bilingual, str], ...]


def differences(edition: Edition, document: Document, before: Document | None) -> list[Line]:
    """Every asked row of the version, in the form's order; `is_changed` against the version before."""
    titles = {section.code: section.title for section in edition.sections}
    asked = edition.questions_for(document.respondent_class, document.quarter)
    said = _said(edition, document)
    found = []
    for question in asked:
        answer = document.answer(question.code)
        was = before.answer(question.code) if before is not None else answer
        found.append(
            Line(
                question.code,
                titles[question.section],
                question.title,
                question.unit.title,
                question.places,
                answer.state,
                answer.value,
                answer.ytd,
                answer.reason,
                was.value,
                _differ(answer, was),
                said.get(question.code, ()),
            )
        )
    return found


def _differ(one: Answer, other: Answer) -> bool:
    return (one.state, one.value, one.reason) != (other.state, other.value, other.reason)


def _said(edition: Edition, document: Document) -> Mapping[str, tuple[tuple[str, Bilingual, str], ...]]:
    """Explanations by row: (rule, kind of reason, words)."""
    found: dict[str, tuple[tuple[str, Bilingual, str], ...]] = {}
    for key, explanation in document.explanations.items():
        rule, _, code = key.partition(":")
        kind = edition.reasons.get(explanation.code, Bilingual("", ""))
        found[code] = (*found.get(code, ()), (rule, kind, explanation.text))
    return found
