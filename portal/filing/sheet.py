"""The form page as values: rows with their past, changes, messages and questions, ready for one loop. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..kernel.bilingual import Bilingual, Language
from ..kernel.findings import Finding, Severity
from ..kernel.measure import divided, signed_percent, written
from ..questionnaire.document import Answer
from ..questionnaire.edition import Edition
from ..questionnaire.question import Question
from .checked import Checked, anchor

VALUE_ADDED = "107"
_ESTIMATED = Bilingual("{value}\n推算", "{value}\nestimated")


@dataclass(frozen=True, slots=True)
class Label:
    """What never changes about a row of one form, in one language."""

    code: str
    section: str
    title: str
    help: str
    unit: str
    places: int
    is_part: bool
    is_required: bool
    is_flow: bool
    is_typed: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A query at a row, with the reason given so far. `is_stale`: a reason stands there, but for other values."""

    place: str
    rule: str
    message: str
    basis: str
    code: str
    text: str
    is_explained: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`state`: e error, w query to explain, x query explained, i question of the officer, or nothing."""

    label: Label
    text: str
    computed: str
    previous: str
    last_year: str
    on_year: str
    on_quarter: str
    reason: str
    state: str
    errors: tuple[str, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its counts. `done` of `asked` typed rows are answered."""

    code: str
    title: str
    short: str
    rows: tuple[Row, ...]
    done: int
    asked: int
    errors: int
    to_explain: int
    questions: int
    is_complete: bool

    @property
    def has_worksheet(self) -> bool:
        """Whether value added is asked here: it may be worked out on a sheet below the rows."""
        return any(row.label.code == VALUE_ADDED for row in self.rows)

    @property
    def is_open(self) -> bool:
        return not self.is_complete or bool(self.errors or self.to_explain or self.questions)


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A row of the opening block; a text is None where the block does not ask."""

    label: Label
    before: str | None
    last_year: str | None
    before_errors: tuple[str, ...]
    last_year_errors: tuple[str, ...]


@lru_cache(maxsize=64)
def labels(edition: Edition, respondent_class: str, number: int, language: Language) -> dict[str, Label]:
    """The rows' words, resolved once per form and language."""
    return {
        q.code: Label(
            q.code,
            q.section,
            q.title.text(language),
            q.help.text(language),
            q.unit.title.text(language),
            q.places,
            q.parent is not None,
            q.is_required(respondent_class),
            q.is_flow,
            q.is_typed,
        )
        for q in edition.questions
        if q.is_asked(respondent_class, number)
    }


class Sheet:
    """Builds the page of one checked draft in one language. `talk` are the rows with an open question."""

    def __init__(
        self, checked: Checked, typed: Mapping[str, str], language: Language, talk: Sequence[str | None] = ()
    ) -> None:
        self.checked, self.typed, self.language = checked, typed, language
        self.document, self.past = checked.document, checked.context.past
        self.labels = labels(checked.edition, self.document.respondent_class, self.document.quarter.number, language)
        self.talk = frozenset(talk)
        self.findings: dict[str, list[Finding]] = {}
        for finding in checked.findings:
            self.findings.setdefault(finding.field, []).append(finding)

    def sections(self) -> list[SectionView]:
        by_section: dict[str, list[Row]] = {}
        for code, label in self.labels.items():
            by_section.setdefault(label.section, []).append(self._row(label, self.document.answer(code)))
        return [
            self._section(s.code, s.title, s.short, by_section.get(s.code, [])) for s in self.checked.edition.sections
        ]

    def _section(self, code: str, title: Bilingual, short: Bilingual, rows: list[Row]) -> SectionView:
        typed = [row for row in rows if row.label.is_typed]
        answered = {r.label.code for r in typed if self.document.answer(r.label.code).is_answered}
        needed = {r.label.code for r in typed if r.label.is_required}
        return SectionView(
            code=code,
            title=title.text(self.language),
            short=short.text(self.language),
            rows=tuple(rows),
            done=len(answered),
            asked=len(typed),
            errors=sum(len(row.errors) for row in rows),
            to_explain=sum(not ask.is_explained for row in rows for ask in row.asks),
            questions=sum(row.label.code in self.talk for row in rows),
            is_complete=bool(answered) and needed <= answered,
        )

    def _row(self, label: Label, answer: Answer) -> Row:
        code, places = label.code, label.places
        previous, last_year = self.past.previous.get(code), self._last_year(code)
        errors: tuple[str, ...] = ()
        asks: tuple[Ask, ...] = ()
        if code in self.findings or f"n{code}" in self.findings:
            errors = self._errors(code)
            asks = tuple(self._ask(f) for f in self.findings.get(code, ()) if f.severity is Severity.QUERY)
        return Row(
            label=label,
            text=self.typed.get(f"f{code}", "") if label.is_typed else self._number(answer.value, places),
            computed=self._other(label, answer),
            previous=self._past(previous, places, code in self.past.estimated),
            last_year=self._past(last_year, places, code in self.past.estimated_last_year),
            on_year=_change(answer.value, last_year),
            on_quarter=_change(answer.value, previous),
            reason=self.typed.get(f"n{code}", ""),
            state=self._state(code, errors, asks),
            errors=errors,
            asks=asks,
        )

    def _state(self, code: str, errors: Sequence[str], asks: Sequence[Ask]) -> str:
        if errors:
            return "e"
        if asks:
            return "x" if all(ask.is_explained for ask in asks) else "w"
        return "i" if code in self.talk else ""

    def _errors(self, code: str) -> tuple[str, ...]:
        here = [*self.findings.get(code, ()), *self.findings.get(f"n{code}", ())]
        here += [f for ask in self.findings.get(code, ()) for f in self.findings.get(f"why-{ask.rule}-{code}", ())]
        return tuple(f.message.text(self.language) for f in here if f.severity is Severity.HARD)

    def _ask(self, finding: Finding) -> Ask:
        place = f"{finding.rule}-{finding.field}"
        text, code = self.typed.get(f"why-{place}", ""), self.typed.get(f"whycode-{place}", "")
        is_explained = self.checked.is_explained(finding)
        is_stale = bool(text) and self.typed.get(f"whybasis-{place}", "") not in ("", finding.basis)
        message = finding.message.text(self.language)
        return Ask(place, finding.rule, message, finding.basis, code, text, is_explained, is_stale)

    def _other(self, label: Label, answer: Answer) -> str:
        """A flow counted the other way than it was typed."""
        if not label.is_flow:
            return ""
        value = answer.ytd if self.document.typing == "quarter" else answer.value
        return "" if value is None else self._number(value, label.places)

    def _last_year(self, code: str) -> Decimal | None:
        return self.past.last_year.get(code, self.document.last_year.get(code))

    def _past(self, value: Decimal | None, places: int, is_estimated: bool) -> str:
        number = self._number(value, places)
        return _ESTIMATED.fill(value=number).text(self.language) if is_estimated else number

    def _number(self, value: Decimal | None, places: int) -> str:
        return written(value, places, self.language)

    # --- beside the rows ---

    def opening(self) -> list[OpeningRow]:
        """The rows of the opening block; empty where the past is known."""
        found = []
        for code, label in self.labels.items():
            question = self.checked.edition.by_code[code]
            before = self._asked_text(f"b{code}") if self._asks_before(question) else None
            asks_year = question.asked_of_last_year and self.past.asks_last_year
            last_year = self._asked_text(f"y{code}") if asks_year else None
            if before is not None or last_year is not None:
                found.append(OpeningRow(label, before, last_year, self.said(f"b{code}"), self.said(f"y{code}")))
        return found

    def _asks_before(self, question: Question) -> bool:
        return question.is_flow and self.checked.context.before(question.code) is None

    def _asked_text(self, name: str) -> str:
        return self.typed.get(name, "")

    def said(self, field: str) -> tuple[str, ...]:
        """The errors at a field that is no row."""
        return tuple(f.message.text(self.language) for f in self.findings.get(field, ()))

    def problems(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) of every error, in the form's order."""
        return self._linked(self.checked.errors)

    def questions(self) -> list[tuple[str, str]]:
        """The same for every query without a reason."""
        return self._linked(self.checked.unexplained)

    def _linked(self, findings: Sequence[Finding]) -> list[tuple[str, str]]:
        return [(anchor(self.checked.edition, f), f.message.text(self.language)) for f in findings]


def _change(value: Decimal | None, past: Decimal | None) -> str:
    if value is None or past is None or past <= 0:
        return signed_percent(None)
    return signed_percent(divided(value - past, past))
