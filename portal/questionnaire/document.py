"""An answered form as values: three states a row, both ways of counting a flow, and its canonical content. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from ..kernel.measure import plain
from ..kernel.period import Quarter

AnswerState = Literal["value", "empty", "not_applicable", "unreadable"]
Typing = Literal["quarter", "ytd"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One row's answer. Empty, 0 and not applicable are three different things; `unreadable` is typed but no number.

    `value` counts the quarter alone, `ytd` (flows only) from January; either is None where it is not known. `text` is
    what was typed, `reason` why the row does not apply.
    """

    state: AnswerState
    value: Decimal | None = None
    ytd: Decimal | None = None
    text: str = ""
    reason: str = ""

    @property
    def is_answered(self) -> bool:
        return self.state in ("value", "not_applicable")


EMPTY = Answer("empty")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a value that a query asked about is right. It holds for one `basis` only: for those very values."""

    code: str
    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A quarter without production: why, and from when to when as the enterprise wrote it."""

    reason: str
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """How value added was computed: the approach and the figures it was put together from."""

    approach: str
    parts: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Document:
    """What a respondent answered about one quarter. `answers` holds the asked rows only, computed ones included."""

    quarter: Quarter
    respondent_class: str
    typing: Typing
    answers: Mapping[str, Answer] = field(hash=False)
    before: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    last_year: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    stop: Stop | None = None
    correction: str = ""
    worksheet: Worksheet | None = None
    explanations: Mapping[str, Explanation] = field(default_factory=dict, hash=False)

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None

    def answer(self, code: str) -> Answer:
        return self.answers.get(code, EMPTY)

    def value(self, code: str) -> Decimal | None:
        return self.answer(code).value

    def ytd(self, code: str) -> Decimal | None:
        return self.answer(code).ytd

    def content(self) -> dict[str, Any]:
        """The document as canonical content: numbers are strings, absent is not asked, null is empty."""
        found: dict[str, Any] = {
            "quarter": str(self.quarter),
            "class": self.respondent_class,
            "typing": self.typing,
            "rows": {code: _row(answer) for code, answer in sorted(self.answers.items())},
        }
        if self.before or self.last_year:
            found["opening"] = {"before": _numbers(self.before), "last_year": _numbers(self.last_year)}
        if self.stop is not None:
            found["stop"] = [self.stop.reason, self.stop.first_day, self.stop.last_day]
        if self.correction:
            found["correction"] = self.correction
        if self.worksheet is not None:
            found["worksheet"] = {"approach": self.worksheet.approach, "parts": _numbers(self.worksheet.parts)}
        if self.explanations:
            found["why"] = {key: [e.code, e.text, e.basis] for key, e in sorted(self.explanations.items())}
        return found


def _row(answer: Answer) -> Any:
    """null for empty, ["n/a", reason], or [quarter] / [quarter, year to date]."""
    if answer.state == "not_applicable":
        return ["n/a", answer.reason]
    if answer.value is None:
        return None
    return [plain(answer.value)] if answer.ytd is None else [plain(answer.value), plain(answer.ytd)]


def _numbers(values: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: plain(value) for code, value in sorted(values.items())}


def document_of(content: Mapping[str, Any]) -> Document:
    """The document behind canonical content: the way back from `Document.content`."""
    opening = content.get("opening", {})
    sheet = content.get("worksheet")
    stop = content.get("stop")
    return Document(
        quarter=Quarter.parse(content["quarter"]),
        respondent_class=content["class"],
        typing=content["typing"],
        answers={code: _answer(row) for code, row in content["rows"].items()},
        before=_decimals(opening.get("before", {})),
        last_year=_decimals(opening.get("last_year", {})),
        stop=Stop(*stop) if stop else None,
        correction=content.get("correction", ""),
        worksheet=Worksheet(sheet["approach"], _decimals(sheet["parts"])) if sheet else None,
        explanations={key: Explanation(*said) for key, said in content.get("why", {}).items()},
    )


def _answer(row: Any) -> Answer:
    if row is None:
        return EMPTY
    if row[0] == "n/a":
        return Answer("not_applicable", reason=row[1])
    return Answer("value", Decimal(row[0]), Decimal(row[1]) if len(row) > 1 else None)


def _decimals(values: Mapping[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in values.items()}


_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one writing of `content` that is hashed: sorted keys, no spaces, UTF-8."""
    return _WRITTEN(content).encode("utf-8")


def fingerprint(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
