"""What is known of one enterprise on a day, for conditions to be held against. Pure; `queries` gathers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..questionnaire.question import ANNUAL, COMPUTED, NOT_ASKED, POINT, Question


@dataclass(frozen=True, slots=True)
class Entry:
    """One enterprise on one dated list. `until` is the first day it no longer counts."""

    list: str
    value: str
    dated_on: date
    until: date | None = None

    def stands(self, day: date) -> bool:
        return self.dated_on <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Known:
    """A value with the period it is of; `stated` when an opening block, not a filing of its own, gave it, `estimated`
    when it is by the rate of the chain."""

    value: Decimal
    period: Bilingual
    is_stated: bool = False
    is_estimated: bool = False

    def made(self, value: Decimal, period: Bilingual, other: Known) -> Known:
        """What is made of this one and another."""
        return Known(value, period, self.is_stated or other.is_stated, self.is_estimated or other.is_estimated)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why there is no value: which filing or list is missing."""

    reason: Bilingual


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Facts are by row and quarter code: value and whether it was only stated; `estimated` are the quarters of a row in
    which it was. `was_above_scale` is of the end of last year, `was_ever_above_scale` of any day before this year.
    `editions` are the days on which the bureau entered each list: a list that was never entered says nothing about
    anybody."""

    day: date
    chain: str
    unit: str
    size: str
    respondent_class: str
    role: str
    founded_on: date | None
    is_above_scale: bool
    was_above_scale: bool
    newest_due: Quarter | None
    questions: Mapping[str, Question]
    chains: frozenset[str]
    facts: Mapping[str, Mapping[int, tuple[Decimal, bool]]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    editions: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    owes_filing: bool = False
    was_ever_above_scale: bool = False
    estimated: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return self.day.year

    def entries_of(self, name: str) -> list[Entry]:
        return sorted((e for e in self.entries if e.list == name and e.stands(self.day)), key=lambda e: e.dated_on)

    def has_list(self, name: str) -> bool:
        return any(day <= self.day for day in self.editions.get(name, ()))


_NOT_ASKED = Bilingual("不要求本企业填报{row}", "This enterprise is not asked for {row}")
_MISSING = Bilingual("缺少{period}已审核的{row}", "Approved {row} of {period} is missing")
_NONE_DUE = Bilingual("还没有已到期的季度", "No quarter is due yet")
_NEVER = Bilingual("还没有已审核的{row}", "No approved {row} yet")
_YEAR = Bilingual("{year}年", "{year}")
_SPAN = Bilingual("{first}至{last}", "{first} to {last}")


_LEADS = {"zh": ("其中：", "备查：", "减："), "en": ("Of which: ", "Memo: ", "Less: ")}
_BRACKETS = re.compile(r"（[^（）]*）$| \([^()]*\)$")
# Rows whose English title is whole only below the row it is a part of.
_WHOLE = {
    "Of which: digital": "digital production equipment",
    "Of which: networked": "networked production equipment",
    "Production equipment, total": "all production equipment",
    "Of which: own land": "land of its own",
    "Of which: leased in": "land leased in",
    "Less: leased out": "land leased out",
    "Of which: other taxes": "other taxes paid",
    "Staff, end of period": "staff",
    "Staff, average of the period": "average staff",
}


def row_name(question: Question) -> Bilingual:
    """The row's title as it stands in a sentence: whole, without its place in the table; English begins small."""
    zh, en = question.title.zh, question.title.en
    if en in _WHOLE:
        return Bilingual(_bare(zh, "zh"), _WHOLE[en])
    return Bilingual(_bare(zh, "zh"), begun_small(_bare(en, "en")))


def _bare(title: str, language: str) -> str:
    for lead in _LEADS[language]:
        title = title.removeprefix(lead)
    return _BRACKETS.sub("", title)


def begun_small(text: str) -> str:
    """An English phrase inside a sentence; what begins with an abbreviation stays as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def row_title(knowledge: Knowledge, row: str) -> Bilingual:
    """The row with its code, as people quote it."""
    name = row_name(knowledge.questions[row])
    return Bilingual(f"{name.zh}（{row}）", f"{name.en} ({row})")


def value_over(knowledge: Knowledge, row: str, base: str) -> Known | Lacking:
    """The row's approved value over the base. Flows are summed, points are taken at the end of the span."""
    question = knowledge.questions.get(row)
    if question is None or question.asked.get(knowledge.respondent_class, NOT_ASKED) == NOT_ASKED:
        name = row_title(knowledge, row) if question else Bilingual(row, row)
        return Lacking(_NOT_ASKED.fill(row=name))
    if base == "last":
        return _newest(knowledge, row, Quarter.containing(knowledge.day))
    if base == "last@y-1":
        return _newest(knowledge, row, Quarter(knowledge.year - 1, 4))
    if base in ("y-1", "y-2", "y-3"):
        year = knowledge.year - int(base[-1])
        return _over(knowledge, question, tuple(Quarter(year, n) for n in (1, 2, 3, 4)), _YEAR.fill(year=year))
    return _recent(knowledge, question, base)


def _recent(knowledge: Knowledge, question: Question, base: str) -> Known | Lacking:
    last = knowledge.newest_due
    if last is None:
        return Lacking(_NONE_DUE)
    if base in ("q-4", "ttm-4"):
        last = last.same_last_year
    if base.startswith("q"):
        return _over(knowledge, question, (last,), last.title)
    span = last.trailing_four()
    return _over(knowledge, question, span, _SPAN.fill(first=span[0].title, last=last.title))


def before(base: str) -> str | None:
    """The base that growth is measured against; None where there is none to speak of."""
    return {"y-1": "y-2", "y-2": "y-3", "ttm": "ttm-4", "q": "q-4", "last": "last@y-1"}.get(base)


def _newest(knowledge: Knowledge, row: str, latest: Quarter) -> Known | Lacking:
    known = {code: v for code, v in knowledge.facts.get(row, {}).items() if code <= latest.code}
    if not known:
        return Lacking(_NEVER.fill(row=row_title(knowledge, row)))
    newest = max(known)
    value, is_stated = known[newest]
    return Known(value, Quarter.from_code(newest).title, is_stated, newest in knowledge.estimated.get(row, ()))


def _over(knowledge: Knowledge, question: Question, span: tuple[Quarter, ...], period: Bilingual) -> Known | Lacking:
    known = knowledge.facts.get(question.code, {})
    wanted = span
    if question.kind == ANNUAL:
        wanted = tuple(quarter for quarter in span if quarter.number == 4)
    elif question.kind == POINT:
        wanted = span[-1:]
    missing = [quarter for quarter in wanted if quarter.code not in known]
    if missing or not wanted:
        first = missing[0] if missing else span[-1]
        return Lacking(_MISSING.fill(row=row_title(knowledge, question.code), period=first.title))
    found = [known[quarter.code] for quarter in wanted]
    total = sum((value for value, _ in found), Decimal(0))
    if question.kind == "M":
        total = total / len(found)
    is_estimated = any(quarter.code in knowledge.estimated.get(question.code, ()) for quarter in wanted)
    return Known(total, period, any(is_stated for _, is_stated in found), is_estimated)


def is_summable(question: Question) -> bool:
    """Whether a value over a span can be formed of the row: not of one that is itself a ratio."""
    return question.kind != COMPUTED or (
        question.is_fact and question.formula is not None and (question.formula.operation == "sum")
    )
