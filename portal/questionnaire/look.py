"""How a check reads a document: values by row, by the rule's strategy for what is missing, and words for them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..kernel.bilingual import Bilingual, both
from ..kernel.measure import plain, rounded, written
from .context import Context
from .document import Document
from .edition import Edition, Rule


@lru_cache(maxsize=512)
def _number(text: str) -> Decimal:
    return Decimal(text)


class Absent(Exception):
    """A row the rule reads has no value, and the rule skips then."""


class Failing(Exception):
    """A row the rule reads has no value, and the rule fires then."""


@dataclass(slots=True)
class Hit:
    """A rule fired at `field`; `words` fill the places of its sentence.

    `read` are the figures it rests on, where they are not all that the rule read. `is_fatal` says that no correction
    of an earlier quarter makes it right.
    """

    field: str
    words: dict[str, object]
    is_fatal: bool = True
    read: dict[str, str] | None = None


@dataclass(slots=True)
class Look:
    """One rule looking at one document. Notes every figure it reads: they are the basis of an explanation.

    They are noted as they are and written out (`texts`) for the few rules that find something.
    """

    edition: Edition
    rule: Rule
    document: Document
    context: Context
    read: dict[str, Decimal | str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        return {name: value if isinstance(value, str) else plain(value) for name, value in self.read.items()}

    def option(self, name: str, default: Any = None) -> Any:
        return self.rule.parameters.get(name, default)

    def number(self, name: str) -> Decimal:
        return _number(str(self.rule.parameters[name]))

    def rows(self) -> Iterator[str]:
        """The rule's rows that stand on this form."""
        answers = self.document.answers
        return (code for code in self.rule.parameters.get("rows", ()) if code in answers)

    def value(self, code: str) -> Decimal:
        """The quarter's figure. Raises Absent or Failing by the rule's strategy; a row not asked is always absent."""
        answer = self.document.answers.get(code)
        value = answer.value if answer is not None else None
        return self._noted(code, value, answer is not None)

    def ytd(self, code: str) -> Decimal:
        return self._noted(f"{code}.ytd", self.document.ytd(code), code in self.document.answers)

    def previous(self, code: str) -> Decimal:
        """Last quarter's figure; always skips where there is none."""
        return self._known(f"{code}.previous", self.context.past.previous.get(code))

    def last_year(self, code: str) -> Decimal:
        stated = self.document.last_year.get(code)
        return self._known(f"{code}.last_year", self.context.past.last_year.get(code, stated))

    def series(self, name: str, code: str) -> Decimal:
        return self._known(f"{code}.{name}", self.context.past.series.get(name, {}).get(code))

    def _noted(self, name: str, value: Decimal | None, is_asked: bool) -> Decimal:
        if value is None:
            if not is_asked or self.rule.missing == "skip":
                raise Absent
            if self.rule.missing == "fail":
                raise Failing
            value = Decimal(0)
        self.read[name] = value
        return value

    def _known(self, name: str, value: Decimal | None) -> Decimal:
        if value is None:
            raise Absent
        self.read[name] = value
        return value

    # --- the year to date, where a quarter alone may be wrong; where it is not known, nothing speaks for that ---

    def is_year_below(self, code: str, least: Decimal) -> bool:
        year = self.document.ytd(code)
        return year is None or year < least

    def is_year_above(self, code: str, most: Decimal | None) -> bool:
        year = self.document.ytd(code)
        return year is None or most is None or year > most

    # --- words ---

    def title(self, code: str) -> Bilingual:
        return titled(self.edition.by_code[code].title, code)

    def said(self, code: str, value: Decimal) -> str:
        return written(value, self.edition.by_code[code].places)

    def pair(self, code: str, value: Decimal, other: str, other_value: Decimal) -> dict[str, object]:
        """The words most sentences need: this row and the one it is held against."""
        return {
            "row": self.title(code),
            "value": self.said(code, value),
            "other_row": self.title(other),
            "other": self.said(other, other_value),
        }

    def change(self, code: str, value: Decimal, past: Decimal) -> dict[str, object]:
        return {"row": self.title(code), "value": self.said(code, value), "past": self.said(code, past)}


def short(title: Bilingual) -> Bilingual:
    """A row's title as lists and sentences use it: without “of which” and without what stands in brackets."""
    zh = title.zh.removeprefix("其中：").removeprefix("减：").removeprefix("备查：").split("（")[0]
    en = title.en.removeprefix("Of which: ").removeprefix("Less: ").removeprefix("Memo: ").split(" (")[0]
    return Bilingual(zh, f"{en[:1].upper()}{en[1:]}")


def titled(title: Bilingual, code: str) -> Bilingual:
    """A row as sentences name it: its short title and its code."""
    name = short(title)
    return Bilingual(f"{name.zh}（{code}）", f"{name.en} ({code})")


def percent(share: Decimal) -> str:
    return f"{written(share * 100, 1)}%"


def signed(share: Decimal) -> str:
    return ("+" if share > 0 else "") + percent(share)


def times(factor: Decimal) -> str:
    return written(factor, 0 if factor >= 2 else 5)


def number(value: Decimal) -> Bilingual:
    return both(written(rounded(value, 2), 2))


def words_of(rule: Rule, words: Mapping[str, object]) -> Bilingual:
    return rule.message.fill(**words)
