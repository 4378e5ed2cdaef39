"""Running an edition's rules over a document: findings, and which of them are explained. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from ..kernel.findings import Finding, Severity
from .checks import CHECKS
from .context import Context
from .document import Document
from .edition import Edition, Rule, places_of
from .look import Absent, Failing, Hit, Look, words_of

SHORTEST_REASON = 4


def run(edition: Edition, document: Document, context: Context, *, at_submission: bool = False) -> list[Finding]:
    """Everything the rules say, hard before query within each row, in the form's order; one for each rule and row."""
    found: dict[str, Finding] = {}
    for rule in edition.rules_for(document.respondent_class, document.quarter):
        if is_asleep(rule, document, context) or (rule.is_for_submission and not at_submission):
            continue
        for finding in _findings(edition, rule, document, context):
            found.setdefault(finding.key, finding)
    order = places_of(edition)
    return sorted(found.values(), key=lambda f: (order.get(f.field, -1), f.severity is Severity.QUERY, f.rule))


def is_asleep(rule: Rule, document: Document, context: Context) -> bool:
    if rule.needs and rule.needs not in context.past.series:
        return True
    return rule.is_off_when_stopped and document.is_stopped


def _findings(edition: Edition, rule: Rule, document: Document, context: Context) -> Iterable[Finding]:
    look = Look(edition, rule, document, context)
    hits: list[Hit] = []
    try:
        # Kept one by one: what a rule read before it fell silent still stands.
        for hit in CHECKS[rule.check].run(look):
            hits.append(hit)
    except Absent:
        pass
    except Failing:
        code = next(iter(look.rows()), "") or str(look.option("row", look.option("left", "")))
        hits.append(Hit(code, {"row": look.title(code)}))
    for hit in hits:
        message, basis = words_of(rule, hit.words), _basis(rule, look.texts() if hit.read is None else hit.read)
        yield Finding(rule.id, _severity(rule, document, hit), hit.field, message, basis)


def _severity(rule: Rule, document: Document, hit: Hit) -> Severity:
    """What a quarter alone contradicts is right where an earlier one is corrected, year to date, with a reason."""
    relaxed = rule.is_relaxed_by_correction and document.correction and document.typing == "ytd"
    return Severity.QUERY if relaxed and not hit.is_fatal else rule.severity


def _basis(rule: Rule, read: Mapping[str, str]) -> str:
    text = "|".join(f"{name}={value}" for name, value in sorted(read.items()))
    return hashlib.sha256(f"{rule.id}|{text}".encode()).hexdigest()[:16]


def is_explained(edition: Edition, document: Document, finding: Finding) -> bool:
    """Whether the reason given covers the finding: for these very values, by a known code, in words."""
    said = document.explanations.get(finding.key)
    return (
        said is not None
        and said.basis == finding.basis
        and said.code in edition.reasons
        and len(said.text.strip()) >= SHORTEST_REASON
    )


def blocking(edition: Edition, document: Document, findings: Iterable[Finding]) -> list[Finding]:
    """What stands between the document and its submission: hard findings, and queries without a reason."""
    return [f for f in findings if f.severity is Severity.HARD or not is_explained(edition, document, f)]
