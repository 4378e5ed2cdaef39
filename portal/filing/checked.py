"""A draft read and judged: its document, every finding, and what stands between it and its submission. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.findings import Finding, Severity
from ..questionnaire import form
from ..questionnaire.compute import mean_staff
from ..questionnaire.context import Context
from ..questionnaire.document import Document
from ..questionnaire.edition import Edition, places_of
from ..questionnaire.judge import blocking, is_explained, run

STAFF_END, STAFF_MEAN = "501", "502"


@dataclass(frozen=True, slots=True)
class Checked:
    """`findings` in the form's order, what could not be read among them; `open` are those that block."""

    edition: Edition
    context: Context
    document: Document
    findings: tuple[Finding, ...]
    open: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.HARD)

    @property
    def queries(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.QUERY)

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.open if f.severity is Severity.QUERY)

    def is_explained(self, finding: Finding) -> bool:
        return is_explained(self.edition, self.document, finding)


def check(edition: Edition, context: Context, typed: Mapping[str, str], *, at_submission: bool) -> Checked:
    """Reads and judges what was typed; `at_submission` also asks for what is missing."""
    reading = form.read(edition, context, typed)
    said = [*reading.problems, *run(edition, reading.document, context, at_submission=at_submission)]
    # A figure that has to change anyway is not asked about as well.
    wrong = {f.field for f in said if f.severity is Severity.HARD}
    findings = [f for f in said if f.severity is Severity.HARD or f.field not in wrong]
    order = places_of(edition)
    findings.sort(key=lambda f: (order.get(f.field.lstrip("fbyn"), len(order)), f.severity is Severity.QUERY))
    open_ = tuple(blocking(edition, reading.document, findings))
    return Checked(edition, context, reading.document, tuple(findings), open_)


def anchor(edition: Edition, finding: Finding) -> str:
    """The id of the control a finding is about: the row's field, or the box for its reason."""
    if finding.severity is Severity.QUERY:
        return f"why-{finding.rule}-{finding.field}"
    return f"f{finding.field}" if finding.field in edition.by_code else finding.field


# --- what is filled in for the enterprise --------------------------------------------------------------------------


def carried(edition: Edition, context: Context) -> dict[str, str]:
    """What a new draft starts with: rows that seldom change, as they were last quarter."""
    asked = edition.questions_for(context.respondent_class, context.quarter)
    past = context.past.previous
    return {
        f"f{q.code}": form.shown(past[q.code], q.places)
        for q in asked
        if q.is_typed and q.is_carried and q.code in past
    }


def filled(edition: Edition, context: Context, before: Mapping[str, str], draft: Mapping[str, str]) -> dict[str, str]:
    """`draft` after a save with what follows from it: zeros when the stop is ticked, the average of staff."""
    found = dict(draft)
    document = form.read(edition, context, draft).document
    if draft.get("stopped") and not before.get("stopped"):
        for question in edition.questions_for(context.respondent_class, context.quarter):
            if question.zero_when_stopped and not found.get(f"f{question.code}"):
                found[f"f{question.code}"] = _nothing(document, context, question.code, question.places)
    name = f"f{STAFF_MEAN}"
    is_new = draft.get(f"f{STAFF_END}") != before.get(f"f{STAFF_END}")
    if is_new and not found.get(name) and STAFF_MEAN in document.answers:
        mean = mean_staff(context.past.previous.get(STAFF_END), document.value(STAFF_END))
        if mean is not None:
            found[name] = form.shown(mean, edition.by_code[STAFF_MEAN].places)
    return found


def _nothing(document: Document, context: Context, code: str, places: int) -> str:
    """A quarter's zero as it is typed: year to date it is what went before."""
    before = context.before(code)
    earlier = before if before is not None else document.before.get(code, Decimal(0))
    return form.shown(earlier if document.typing == "ytd" else Decimal(0), places)


def retyped(edition: Edition, context: Context, draft: Mapping[str, str], typing: str) -> dict[str, str] | None:
    """The draft with its flows counted the other way; None where what went before is not known for one of them."""
    document = form.read(edition, context, draft).document
    found = {**draft, "typing": typing}
    for question in edition.questions_for(context.respondent_class, context.quarter):
        name = f"f{question.code}"
        if not question.is_flow or not draft.get(name):
            continue
        answer = document.answer(question.code)
        if answer.state == "unreadable" and answer.ytd is None:
            continue
        value = answer.ytd if typing == "ytd" else answer.value
        if value is None:
            return None
        found[name] = form.shown(value, question.places)
    return found
