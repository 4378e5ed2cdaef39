"""What was typed and what it means: field names, reading texts into a Document, writing them back as they are kept.

A field parses; it does not judge. What cannot be read stays as it was typed and becomes a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..kernel.bilingual import Bilingual
from ..kernel.findings import Finding, Severity
from ..kernel.intake import INVISIBLE, has_invisible
from ..kernel.measure import NotANumber, Scale, read_decimal, rounded
from ..kernel.period import Quarter
from .compute import in_quarter, with_computed, year_to_date
from .context import Context
from .document import EMPTY, Answer, Document, Explanation, Stop, Typing, Worksheet
from .edition import Edition
from .look import titled
from .question import Question

Typed = Mapping[str, str]
APPROACH_PARTS = ("w_input", "w_vat", "w_depreciation", "w_pay", "w_tax", "w_surplus")
SWITCHES = (
    "typing",
    "stopped",
    "stop_reason",
    "stop_from",
    "stop_to",
    "correcting",
    "correction",
    "approach",
    "estimate",
)
SIGNERS = ("head_name", "chief_name", "preparer_name")
# Fields with a fixed set of texts; anything else there was not typed on a page of ours and is as good as nothing.
CHOICES: Mapping[str, frozenset[str]] = {
    "typing": frozenset({"quarter", "ytd"}),
    "approach": frozenset({"", "production", "income"}),
    "stopped": frozenset({"", "1"}),
    "correcting": frozenset({"", "1"}),
    "estimate": frozenset({"", "1"}),
}
SCALES = {scale.name: scale for scale in Scale}
LONGEST_TEXT = 1000
NUL_PICTURE = "\u2400"
_WHY = re.compile(r"(why|whycode|whybasis)-([A-Za-z0-9]{1,8})-([A-Za-z0-9]{1,8})")

_UNREADABLE = {
    "text": Bilingual(
        "{row}填写的“{typed}”不是数字。只填数字，单位不用写。", "{row}: “{typed}” is no number. Digits only, no unit."
    ),
    "comma": Bilingual(
        "{row}填写的“{typed}”逗号位置不对，可能有两种意思。小数点用“.”，逗号只用作千位分隔。",
        "{row}: the comma in “{typed}” could mean two things. Use a point for decimals; commas only group thousands.",
    ),
    "blank": Bilingual(
        "{row}填写的“{typed}”中间有空格，可能有两种意思。空格只用作千位分隔。",
        "{row}: the blank in “{typed}” could mean two things. Blanks only group thousands.",
    ),
    "long": Bilingual("{row}填写的数字太长。", "{row}: the number is too long."),
}
_NO_BEFORE = Bilingual(
    "{row}按累计填写，但不知道本季度以前的累计数。请先填写“以前季度”一栏。",
    "{row} is typed year to date, but the figure up to last quarter is not known. Fill in “before this quarter” first.",
)
_STOP_REASON = Bilingual("请写明停产的原因和起止日期。", "Say why production stopped, and from when to when.")
_CORRECTION = Bilingual("请写明更正了以前哪个季度、为什么。", "Say which earlier quarter is corrected, and why.")


@dataclass(frozen=True, slots=True)
class Reading:
    """The document that was typed, and what in it could not be read. A problem's `field` is a row or a field name."""

    document: Document
    problems: tuple[Finding, ...]


@lru_cache(maxsize=64)
def names(edition: Edition, respondent_class: str, quarter: Quarter) -> frozenset[str]:
    """Every field the form of this class and quarter has, reasons for queries aside."""
    rows = edition.questions_for(respondent_class, quarter)
    typed = [q for q in rows if q.is_typed]
    found = {f"f{q.code}" for q in typed} | {f"n{q.code}" for q in typed}
    found |= {f"b{q.code}" for q in typed if q.is_flow} | {f"y{q.code}" for q in typed if q.asked_of_last_year}
    return frozenset(found | set(SWITCHES) | set(SIGNERS) | set(APPROACH_PARTS))


def is_reason(edition: Edition, name: str) -> bool:
    """Whether `name` is a field of a reason for one of the edition's queries."""
    match = _WHY.fullmatch(name)
    return match is not None and match[3] in edition.by_code and any(rule.id == match[2] for rule in edition.rules)


def question_of(edition: Edition, name: str) -> Question | None:
    """The row a number field belongs to; None for switches, reasons and the worksheet."""
    return edition.by_code.get(name[1:]) if name[:1] in "fby" else None


# --- how a text is kept ------------------------------------------------------------------------------------------


def settled(edition: Edition, name: str, text: str, scale: Scale = Scale.TEN_THOUSAND) -> str:
    """`text` as a draft keeps it: a number grouped, rounded and in the stored unit; all else as it was typed."""
    text = text.replace("\r\n", "\n").replace("\x00", NUL_PICTURE)
    question = question_of(edition, name)
    is_part = name in APPROACH_PARTS
    if question is None and not is_part:
        return text
    try:
        value = read_decimal(text)
    except NotANumber:
        return text
    if value is None:
        return ""
    if is_part or (question is not None and question.is_money):
        value *= scale.value
    return shown(value, 2 if question is None else question.places)


def shown(value: Decimal, places: int) -> str:
    """A number as it stands in a field: grouped, ASCII minus. A fraction of a thing that is counted is kept."""
    if places == 0 and value != value.to_integral_value():
        return f"{value.normalize():,f}"
    return f"{rounded(value, places):,.{places}f}"


def is_same(edition: Edition, name: str, one: str, other: str) -> bool:
    return settled(edition, name, one) == settled(edition, name, other)


# --- reading -----------------------------------------------------------------------------------------------------


def read(edition: Edition, context: Context, typed: Typed) -> Reading:
    """The document that `typed` means. Never raises for anything that can be typed."""
    return _Reader(edition, context, typed).reading()


class _Reader:
    def __init__(self, edition: Edition, context: Context, typed: Typed) -> None:
        self.edition, self.context, self.typed = edition, context, typed
        self.typing: Typing = "ytd" if typed.get("typing") == "ytd" else "quarter"
        self.problems: list[Finding] = []

    def reading(self) -> Reading:
        rows = self.edition.questions_for(self.context.respondent_class, self.context.quarter)
        before = self._numbers("b", (q for q in rows if q.is_flow and self.context.before(q.code) is None))
        answers = {q.code: self._answer(q, before) for q in rows if q.is_typed}
        document = Document(
            quarter=self.context.quarter,
            respondent_class=self.context.respondent_class,
            typing=self.typing,
            answers=with_computed(rows, answers, {**self.context.past.before, **before}),
            before=before,
            last_year=self._numbers(
                "y", (q for q in rows if q.asked_of_last_year and self.context.past.asks_last_year)
            ),
            stop=self._stop(),
            correction=self._correction(),
            worksheet=self._worksheet(),
            explanations=self._explanations(),
        )
        return Reading(document, tuple(self.problems))

    def _answer(self, question: Question, before: Mapping[str, Decimal]) -> Answer:
        text = self.typed.get(f"f{question.code}", "")
        reason = self.typed.get(f"n{question.code}", "").strip()
        value = self._number(f"f{question.code}", question, question.code)
        if value is None:
            if text.strip():
                return Answer("unreadable", text=text, reason=reason)
            return Answer("not_applicable", reason=self._clean(f"n{question.code}", reason)) if reason else EMPTY
        if not question.is_flow:
            return Answer("value", value, None, text)
        earlier = self.context.before(question.code)
        earlier = before.get(question.code) if earlier is None else earlier
        if self.typing == "quarter":
            return Answer("value", value, year_to_date(value, earlier), text)
        amount = in_quarter(value, earlier)
        if amount is None:
            self._problem("F02", question.code, _NO_BEFORE, question)
            return Answer("unreadable", None, value, text)
        return Answer("value", amount, value, text)

    def _numbers(self, letter: str, questions: Iterable[Question]) -> dict[str, Decimal]:
        found = {}
        for question in questions:
            value = self._number(f"{letter}{question.code}", question, f"{letter}{question.code}")
            if value is not None:
                found[question.code] = value
        return found

    def _number(self, name: str, question: Question | None, field: str) -> Decimal | None:
        text = self.typed.get(name, "")
        if not text:
            return None
        try:
            value = read_decimal(text)
        except NotANumber as error:
            self._problem("F01", field, _UNREADABLE[error.reason], question, text)
            return None
        if value is None:
            return None
        places = question.places if question is not None else 2
        return value if places == 0 else rounded(value, places)

    def _stop(self) -> Stop | None:
        if not self.typed.get("stopped"):
            return None
        names_ = ("stop_reason", "stop_from", "stop_to")
        reason, first, last = (self._clean(name, self.typed.get(name, "").strip()) for name in names_)
        if not reason or not first:
            self._problem("F04", "stop_reason", _STOP_REASON)
        return Stop(reason, first, last)

    def _correction(self) -> str:
        if not self.typed.get("correcting"):
            return ""
        reason = self._clean("correction", self.typed.get("correction", "").strip())
        if not reason:
            self._problem("F05", "correction", _CORRECTION)
        return reason

    def _worksheet(self) -> Worksheet | None:
        approach = self.typed.get("approach", "")
        parts = {name: self._number(name, None, name) for name in APPROACH_PARTS}
        known = {name.removeprefix("w_"): value for name, value in parts.items() if value is not None}
        if approach not in ("production", "income"):
            approach = ""
        return Worksheet(approach, known) if approach or known else None

    def _explanations(self) -> dict[str, Explanation]:
        found = {}
        for name, text in self.typed.items():
            match = _WHY.fullmatch(name)
            if match is None or match[1] != "why" or not text.strip():
                continue
            place = f"{match[2]}-{match[3]}"
            code, basis = self.typed.get(f"whycode-{place}", ""), self.typed.get(f"whybasis-{place}", "")
            found[f"{match[2]}:{match[3]}"] = Explanation(code, self._clean(name, text.strip()), basis)
        return found

    def _clean(self, name: str, text: str) -> str:
        if NUL_PICTURE in text or has_invisible(text):
            self._problem("F03", name, INVISIBLE)
        return text

    def _problem(
        self, rule: str, field: str, message: Bilingual, question: Question | None = None, text: str = ""
    ) -> None:
        row = titled(question.title, question.code) if question is not None else Bilingual("计算表", "Worksheet")
        short = "".join(c for c in text.strip() if c.isprintable())[:24]
        said = message.fill(row=row, typed=short) if "{" in message.zh else message
        self.problems.append(Finding(rule, Severity.HARD, field, said))
