"""What is wrong with a set of catalogue entries: the same law for the seed files and for the bureau's drafts. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.intake import is_plain_line
from ..kernel.period import Quarter
from .building import Content
from .kinds import KINDS, Field, Kind, Shape

LONGEST_LINE = 300
LARGEST_COUNT = 1_000_000
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]")
_SOURCE_CODE = re.compile(KINDS["source"].pattern)
_DIVISION_DIGITS = 2

RULES: dict[str, Bilingual] = {
    "kind": Bilingual("没有“{value}”这一类条目。", "There is no kind of entry called “{value}”."),
    "code": Bilingual("代码“{value}”的写法不对。", "The code “{value}” is not written as codes of this kind are."),
    "period": Bilingual("“{value}”不是季度。", "“{value}” is not a quarter."),
    "duplicate": Bilingual("代码{value}出现了不止一次。", "The code {value} stands here more than once."),
    "language": Bilingual("缺少{field}。中英文都要写。", "{field} is missing. Both languages are needed."),
    "tongue": Bilingual("{field}没有用这种语言书写。", "{field} is not written in that language."),
    "source": Bilingual("缺少来源。", "The source is missing."),
    "status": Bilingual("要写明已确认还是待确认。", "Say whether it is confirmed or to be confirmed."),
    "missing": Bilingual("缺少{field}。", "{field} is missing."),
    "unknown": Bilingual("没有名为“{value}”的字段。", "There is no field called “{value}”."),
    "shape": Bilingual("{field}的写法不对：“{value}”。", "{field} is not written as it should be: “{value}”."),
    "text": Bilingual(
        "{field}含有看不见的控制字符，或者过长。", "{field} holds invisible control characters or is too long."
    ),
    "reference": Bilingual("{field}“{value}”不在目录中。", "{field} “{value}” is not in the catalogue."),
    "retired": Bilingual("{field}“{value}”已经不再使用。", "{field} “{value}” is no longer in use."),
    "division": Bilingual(
        "行业小类{value}所属的大类没有载入目录。", "The division of industry class {value} is not in the catalogue."
    ),
    "division-retired": Bilingual(
        "{value}还在使用，所属的大类却已停用。",
        "{value} is in use, but its division no longer is.",
    ),
    "stream": Bilingual(
        "环节代码{value}与产业链或上下游不符。", "The segment code {value} disagrees with its chain or stream."
    ),
    "floors": Bilingual("大、中、小型的下限必须依次降低。", "The floors must fall from large to medium to small."),
    "value": Bilingual("有比较方式就要有目标值。", "A comparison needs a target value."),
}


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as written, before anything is known to be right about it. `place` is its file or draft."""

    kind: str
    code: str
    effective_from: str
    content: Content
    place: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one entry; `field` is the name of the field, empty when it is the entry as a whole."""

    place: str
    kind: str
    code: str
    rule: str
    field: str
    message: Bilingual

    def __str__(self) -> str:
        return f"{self.place}: {self.kind} {self.code}: {self.field or '-'}: [{self.rule}] {self.message.en}"


@dataclass(frozen=True, slots=True)
class _Known:
    """Which codes stand in the set, by kind, and which of them are out of use."""

    codes: dict[str, set[str]]
    retired: set[tuple[str, str]]


def problems(entries: Sequence[RawEntry]) -> list[Problem]:
    """Everything wrong with the set, in the order of the entries. Empty means it may be loaded or published."""
    known = _Known({kind: set() for kind in KINDS}, set())
    for entry in entries:
        known.codes.setdefault(entry.kind, set()).add(entry.code)
        if entry.content.get("retired"):
            known.retired.add((entry.kind, entry.code))
    found = list(_duplicates(entries))
    for entry in entries:
        found.extend(_of_entry(entry, known))
    return found


def _problem(entry: RawEntry, rule: str, field: Field | None = None, value: object = "") -> Problem:
    message = RULES[rule].fill(field=field.title if field else "", value=_shown(value))
    return Problem(entry.place, entry.kind, entry.code, rule, field.name if field else "", message)


def _shown(value: object) -> str:
    text = "".join(letter for letter in str(value) if letter.isprintable())
    return text[:60]


def _duplicates(entries: Sequence[RawEntry]) -> Iterator[Problem]:
    counts = Counter((entry.kind, entry.code, entry.effective_from) for entry in entries)
    seen: set[tuple[str, str, str]] = set()
    for entry in entries:
        key = (entry.kind, entry.code, entry.effective_from)
        if counts[key] > 1 and key not in seen:
            seen.add(key)
            yield _problem(entry, "duplicate", value=entry.code)


def _of_entry(entry: RawEntry, known: _Known) -> Iterator[Problem]:
    kind = KINDS.get(entry.kind)
    if kind is None:
        yield _problem(entry, "kind", value=entry.kind)
        return
    if not is_code(entry.kind, entry.code):
        yield _problem(entry, "code", value=entry.code)
    elif entry.kind == "class" and (rule := _without_division(entry, entry.code, known)):
        yield _problem(entry, rule, value=entry.code)
    try:
        Quarter.parse(entry.effective_from)
    except ValueError:
        yield _problem(entry, "period", value=entry.effective_from)
    for name in entry.content:
        if kind.field(name) is None:
            yield _problem(entry, "unknown", value=name)
    faults = [fault for field in kind.all_fields for fault in _of_field(entry, field, known)]
    yield from faults
    special = _SPECIAL.get(entry.kind)
    if special is not None and not faults:
        yield from special(entry, kind)


def _of_field(entry: RawEntry, field: Field, known: _Known) -> Iterator[Problem]:
    value = entry.content.get(field.name)
    if value in (None, "", []):
        if field.required:
            yield _problem(entry, _absence(field), field)
        return
    if not _SHAPES[field.shape](value, field):
        yield _problem(entry, "status" if field.name == "status" else "shape", field, value)
        return
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and not is_clean(text) for text in texts):
        yield _problem(entry, "text", field)
    elif field.language and not _spoken(str(value), field.language):
        yield _problem(entry, "tongue", field)
    yield from _references(entry, field, texts, known)


def _absence(field: Field) -> str:
    if field.language:
        return "language"
    return field.name if field.name in ("source", "status") else "missing"


def is_code(kind: str, code: str) -> bool:
    """Whether `code` is written as codes of `kind` are."""
    return kind in KINDS and re.fullmatch(KINDS[kind].pattern, code, re.ASCII) is not None


def is_clean(text: str) -> bool:
    """No control, bidi or private-use characters, no line breaks, and short enough for a name or a sentence."""
    return len(text) <= LONGEST_LINE and is_plain_line(text)


def _spoken(text: str, language: str) -> bool:
    return bool(_HAN.search(text)) if language == "zh" else bool(_LATIN.search(text)) and not _HAN.search(text)


def _references(entry: RawEntry, field: Field, values: list[Any], known: _Known) -> Iterator[Problem]:
    if field.name == "source":
        missing = _SOURCE_CODE.fullmatch(values[0]) and values[0] not in known.codes["source"]
        if missing:
            yield _problem(entry, "reference", field, values[0])
        return
    for value in values:
        if field.refers == "gb":
            if rule := _without_division(entry, value, known):
                yield _problem(entry, rule, field, value)
        elif field.refers and value not in known.codes[field.refers]:
            yield _problem(entry, "reference", field, value)
        elif (field.refers, value) in known.retired and not entry.content.get("retired"):
            yield _problem(entry, "retired", field, value)


def _without_division(entry: RawEntry, gb_class: str, known: _Known) -> str:
    """The rule that a class breaks where its division is not loaded, or was retired under an entry in use."""
    division = gb_class[:_DIVISION_DIGITS]
    if division not in known.codes["division"]:
        return "division"
    is_left = ("division", division) in known.retired and not entry.content.get("retired")
    return "division-retired" if is_left else ""


# --- shapes ------------------------------------------------------------------------------------------------------


def _is_number(value: Any, field: Field) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", value, re.ASCII) is not None


def _is_day(value: Any, field: Field) -> bool:
    if not isinstance(value, str) or len(value) != len("2026-01-01"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_quarter(value: Any, field: Field) -> bool:
    try:
        Quarter.parse(value)
    except (ValueError, TypeError):
        return False
    return True


def _is_codes(value: Any, field: Field) -> bool:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        return False
    return field.refers != "gb" or all(re.fullmatch(r"\d{4}", code, re.ASCII) for code in value)


_SHAPES: dict[Shape, Callable[[Any, Field], bool]] = {
    Shape.LINE: lambda value, field: isinstance(value, str),
    Shape.TEXT: lambda value, field: isinstance(value, str),
    Shape.NUMBER: _is_number,
    Shape.COUNT: lambda value, field: type(value) is int and 0 <= value <= LARGEST_COUNT,
    Shape.DATE: _is_day,
    Shape.QUARTER: _is_quarter,
    Shape.CODE: lambda value, field: isinstance(value, str),
    Shape.CODES: _is_codes,
    Shape.CHOICE: lambda value, field: value in dict(field.choices),
    Shape.FLAG: lambda value, field: isinstance(value, bool),
}


# --- what only one kind asks -------------------------------------------------------------------------------------


def _segment(entry: RawEntry, kind: Kind) -> Iterator[Problem]:
    """A segment's code begins with its chain, and its letter is its stream; open ones have stream X."""
    chain, _, rest = entry.code.partition("-")
    stream = rest[0] if re.fullmatch(r"[UMDS]\d+", rest, re.ASCII) else "X"
    if chain != entry.content["chain"] or stream != entry.content["stream"]:
        yield _problem(entry, "stream", kind.field("stream"), entry.code)


def _size_rule(entry: RawEntry, kind: Kind) -> Iterator[Problem]:
    for what in ("staff", "revenue"):
        given = [entry.content.get(f"{what}_{size}") for size in ("large", "medium", "small")]
        floors = [Decimal(str(floor)) for floor in given if floor not in (None, "")]
        if len(floors) not in (0, len(given)) or floors != sorted(floors, reverse=True):
            yield _problem(entry, "floors", kind.field(f"{what}_large"))


def _target(entry: RawEntry, kind: Kind) -> Iterator[Problem]:
    if (entry.content["comparison"] == "some") != (not entry.content.get("value")):
        yield _problem(entry, "value", kind.field("value"))


_SPECIAL: dict[str, Callable[[RawEntry, Kind], Iterator[Problem]]] = {
    "segment": _segment,
    "size_rule": _size_rule,
    "target": _target,
}
