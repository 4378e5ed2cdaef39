"""Pure rules of editing: from when a change may apply, what differs between two versions, how a field is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual, both, whole_day_in_words
from ..kernel.period import EARLIEST_YEAR, LATEST_YEAR, Quarter
from .deadlines import WorkCalendar
from .kinds import KINDS, Field, Shape
from .linter import Problem, is_clean

LONGEST_TITLE = 200
MOST_PLACES = 20
LONGEST_REASON = 2000
LONGEST_DAY_TITLE = 100
LONGEST_YEAR_SOURCE = 200
SHORTEST_REASON = 4
# Finds the short name of an entry by kind and code; None when there is none.
Named = Callable[[str, str], Bilingual | None]
_YES, _NO, _NONE = Bilingual("是", "Yes"), Bilingual("否", "No"), both("\u2013")
_LINE_BREAKS = str.maketrans("\r\n\t", "   ")

_AT_ENTRY = Bilingual("{kind}{code}：{text}", "{kind} {code}: {text}")
_AT_FIELD = Bilingual("{kind}{code}，{field}：{text}", "{kind} {code}, {field}: {text}")
_MORE = Bilingual("还有{number}处。", "And {number} more.")
TITLE_WRONG = Bilingual(
    "标题要写，不超过200个字，不含控制字符。", "Write a title of at most 200 characters, without control characters."
)
REASON_WRONG = Bilingual(
    "写明理由和依据文件，4至2000个字，不含控制字符。",
    "Say why and from which document, in 4 to 2,000 characters, without control characters.",
)
DAY_WRONG = Bilingual(
    "按“年-月-日”写一个日期，例如2026-10-30。", "Write a day as year-month-day, for example 2026-10-30."
)
YEAR_WRONG = Bilingual("年份须在2000年至2199年之间。", "The year has to lie between 2000 and 2199.")
YEAR_SOURCE_WRONG = Bilingual(
    "写明依据的通知（名称、文号），不超过200个字。",
    "Name the notice it rests on, with its number, in at most 200 characters.",
)
DAY_TITLE_WRONG = Bilingual("写明这一天的名称，不超过100个字。", "Name the day in at most 100 characters.")
TOO_EARLY = Bilingual(
    "{asked}早于{earliest}。{earliest}的填报已经开始，此前的目录不再改动。",
    "{asked} is before {earliest}. Filing for {earliest} has begun; the catalogue of earlier quarters stays as it is.",
)
BEFORE_PLAN = Bilingual(
    "行动方案从{earliest}开始，不能更早生效。", "The plan begins with {earliest}; nothing can apply before it."
)
OVERTAKEN = Bilingual(
    "“{name}”已有从{later}起生效的版本。生效季度不能早于它。",
    "“{name}” already has a version from {later}. The change cannot apply before that.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that reads differently in the new version; None where it was or will be empty."""

    field: Field
    before: Bilingual | None
    after: Bilingual | None


def wording_faults(title: str, reason: str) -> dict[str, Bilingual]:
    """What is wrong with a draft's title and reason, by form field."""
    faults: dict[str, Bilingual] = {}
    if not title.strip() or len(title) > LONGEST_TITLE or not is_clean(title):
        faults["title"] = TITLE_WRONG
    return faults | reason_faults(reason)


def reason_faults(reason: str) -> dict[str, Bilingual]:
    flat = reason.translate(_LINE_BREAKS)
    clean = all(is_clean(letter) for letter in set(flat[: LONGEST_REASON + 1]))
    if not SHORTEST_REASON <= len(flat.strip()) <= LONGEST_REASON or not clean:
        return {"reason": REASON_WRONG}
    return {}


def effective_fault(asked: Quarter, newest_opened: Quarter | None, plan_first: Quarter) -> Bilingual | None:
    """Why a change may not apply from `asked`, or None when it may."""
    if asked < plan_first:
        return BEFORE_PLAN.fill(earliest=plan_first.title)
    if newest_opened is not None and asked < newest_opened:
        return TOO_EARLY.fill(asked=asked.title, earliest=newest_opened.title)
    return None


def changes(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any], named: Named | None = None
) -> list[Change]:
    """The fields in which two contents differ, in the order of the kind's fields."""
    found = []
    for field in KINDS[kind].all_fields:
        old, new = (before or {}).get(field.name), after.get(field.name)
        if (old or None) != (new or None):
            both_sides = [shown(field, value, named) if value else None for value in (old, new)]
            found.append(Change(field, both_sides[0], both_sides[1]))
    return found


def details(kind: str, content: Mapping[str, Any], named: Named | None = None) -> list[tuple[Bilingual, Bilingual]]:
    """The kind's own fields that have a value, as pages show them."""
    return [
        (field.title, shown(field, content[field.name], named))
        for field in KINDS[kind].fields
        if content.get(field.name) not in (None, "", [])
    ]


def shown(field: Field, value: Any, named: Named | None = None) -> Bilingual:
    """A field's value as pages show it; codes of other entries with the name that `named` knows for them."""
    if value in (None, "", []):
        return _NO if field.shape is Shape.FLAG else _NONE
    if field.shape is Shape.FLAG:
        return _YES if value else _NO
    if field.shape is Shape.CHOICE:
        return dict(field.choices).get(value, both(str(value)))
    words = [_word(field, str(item), named) for item in (value if isinstance(value, list) else [value])]
    return Bilingual("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def _word(field: Field, code: str, named: Named | None) -> Bilingual:
    if field.shape in _WRITTEN:
        try:
            return _WRITTEN[field.shape](code)
        except (ValueError, ArithmeticError):  # a draft may hold what its linter still complains of
            return both(code)
    name = named(field.refers, code) if named is not None and field.refers else None
    return Bilingual(f"{code} {name.zh}", f"{code} {name.en}") if name is not None else both(code)


def _grouped(number: str) -> Bilingual:
    return both(f"{Decimal(number):,f}".replace("-", "\u2212"))


_WRITTEN: Mapping[Shape, Callable[[str], Bilingual]] = {
    Shape.DATE: lambda day: whole_day_in_words(date.fromisoformat(day)),
    Shape.QUARTER: lambda code: Quarter.parse(code).title,
    Shape.NUMBER: _grouped,
}
"""What people write otherwise than files do."""


def faults_by_field(problems: list[Problem]) -> dict[str, Bilingual]:
    """The first problem of each field, as form errors; those of the entry as a whole stand at the code."""
    faults: dict[str, Bilingual] = {}
    for problem in problems:
        faults.setdefault(problem.field or "code", problem.message)
    return faults


def faults_by_place(problems: Sequence[Problem]) -> dict[str, Bilingual]:
    """Every problem with the entry and field it stands at, for a page that shows no form; at most `MOST_PLACES`."""
    faults = {}
    for number, problem in enumerate(problems[:MOST_PLACES]):
        kind, field = KINDS[problem.kind], KINDS[problem.kind].field(problem.field)
        form = _AT_FIELD if field else _AT_ENTRY
        said = form.fill(kind=kind.title, code=problem.code, field=field.title if field else "", text=problem.message)
        faults[f"{number}"] = said
    if len(problems) > MOST_PLACES:
        faults["more"] = _MORE.fill(number=len(problems) - MOST_PLACES)
    return faults


def extension_fault(asked: date | None, due_on: date, calendar: WorkCalendar) -> Bilingual | None:
    """Why a window cannot be extended to `asked`, or None. `asked` is None when the typed day could not be read."""
    if asked is None or not EARLIEST_YEAR <= asked.year <= LATEST_YEAR:
        return DAY_WRONG
    if asked <= due_on:
        return Bilingual("新的截止日要晚于现在的截止日。", "The new day must be later than the present one.")
    if not calendar.is_working(asked):
        return Bilingual("这一天不是工作日。", "That day is not a working day.")
    return None


def day_faults(day: date | None, title: Bilingual) -> dict[str, Bilingual]:
    """What is wrong with a correction of the calendar, by form field."""
    faults = {
        f"title_{language}": DAY_TITLE_WRONG
        for language, text in (("zh", title.zh), ("en", title.en))
        if not text.strip() or len(text) > LONGEST_DAY_TITLE or not is_clean(text)
    }
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        faults["day"] = DAY_WRONG
    return faults


def year_faults(year: int, source: str) -> dict[str, Bilingual]:
    """What is wrong with the source of a calendar year, by form field."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return {"source": YEAR_WRONG}
    if not source.strip() or len(source) > LONGEST_YEAR_SOURCE or not is_clean(source):
        return {"source": YEAR_SOURCE_WRONG}
    return {}
