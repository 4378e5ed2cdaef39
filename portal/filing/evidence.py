"""What a submission says for good: its canonical content, and what lists show of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.measure import divided, rounded
from .checked import Checked
from .rules import DECLARATION_VERSION, HEADLINES


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose filing it is, as it counted in the quarter."""

    enterprise_id: int
    name: str
    credit_code: str
    county: str
    segment: str
    size_class: str
    edition: str
    rule_set: str


def people_of(draft: Mapping[str, Any], prepared: str, certified: str, day: date) -> dict[str, str]:
    """The names under a submission: who typed and who certified it, and the three of the form's footer."""
    signers = {name: str(draft.get(f"{name}_name", "")).strip() for name in ("head", "chief", "preparer")}
    return {
        "prepared": prepared,
        "certified": certified,
        "head": signers["head"] or certified,
        "chief": signers["chief"] or certified,
        "preparer": signers["preparer"] or prepared,
        "on": day.isoformat(),
    }


def content_of(subject: Subject, checked: Checked, people: Mapping[str, str]) -> dict[str, Any]:
    """The document with everything that makes it evidence: whose it is, by which edition, by whom, under what words."""
    fired = {finding.key: finding.basis for finding in checked.queries}
    # A reason stays in the draft when its question goes away; only those that answer something are evidence.
    said = {key: why for key, why in checked.document.explanations.items() if fired.get(key) == why.basis}
    return {
        **replace(checked.document, explanations=said).content(),
        "edition": subject.edition,
        "rule_set": subject.rule_set,
        "enterprise": {"id": subject.enterprise_id, "name": subject.name, "credit_code": subject.credit_code},
        "unit": subject.county,
        "segment": subject.segment,
        "size": subject.size_class,
        "people": dict(people),
        "declaration": DECLARATION_VERSION,
        "flags": sorted(fired),
    }


def headline_of(checked: Checked) -> tuple[Decimal | None, Decimal | None]:
    """The figure a filing is known by in lists, and its growth on the same quarter last year as a ratio."""
    document, past = checked.document, checked.context.past
    code = HEADLINES[document.respondent_class]
    value, base = document.value(code), past.last_year.get(code, document.last_year.get(code))
    growth = divided(value - base, base) if value is not None and base is not None and base > 0 else None
    return (None if value is None else rounded(value, 2)), growth
