"""Refuses policies that cannot be run as they stand, with the place; warns where fair competition is touched. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.intake import is_plain_line
from ..questionnaire.question import Question
from .language import (
    ChainIs,
    Compare,
    Condition,
    Difference,
    Figure,
    Growth,
    Holds,
    Level,
    Listed,
    Officer,
    OnFile,
    Ratio,
    Sum,
    UnitIs,
    Value,
)
from .lint_amount import CHOOSE, Lists, amount_faults, date_faults, is_day, unknown
from .lint_amount import DAY as _DAY
from .lint_fair import NEVER_OPEN, lacks_review, leaves, warnings
from .lint_rows import row_faults, unit_fault
from .policy import LEVELS, VETOES, Tag, Way
from .reading import Unreadable, read_condition

TASKS = tuple("12345678")
NO_REVIEW = Bilingual("须填写公平竞争审查文号和日期。", "The fair-competition review needs number and date.")
_TEXTS = ("title", "summary", "contact", "source")
_NOT_OPEN = Bilingual("受理中的政策不得含有上述内容。", "A policy that takes applications may hold none of these.")
_BOTH = Bilingual("两种语言都要写。", "Write it in both languages.")
UNSEEN = Bilingual("文字中有看不见的控制字符。", "The text holds invisible control characters.")
_SHARES = Bilingual("各级分担合计须为100%。", "The shares must add up to 100 per cent.")
_TWICE = Bilingual("编号重复。", "The code is used twice.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a policy. `rule` is stable; a warning does not refuse. `place` counts letters from 1."""

    rule: str
    policy: str
    field: str
    message: Bilingual
    place: int = 0
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.policy} {self.field} {self.place or ''} {self.rule}: {self.message.en}"


@dataclass(frozen=True, slots=True)
class Known:
    """The codes that conditions may name."""

    questions: Mapping[str, Question]
    lists: Lists
    units: Collection[str]
    chains: Collection[str]


def problems(policies: Sequence[Mapping[str, Any]], known: Known) -> list[Problem]:
    """Every fault of every policy, and the warnings."""
    codes = [str(raw.get("code", "")) for raw in policies]
    found = [fault for raw in policies for fault in _of_one(raw, known, codes)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    return found + [Problem("L10", code, "code", _TWICE) for code in twice]


def draft_problems(raw: Mapping[str, Any], known: Known, codes: Collection[str]) -> list[Problem]:
    """Of one policy that the bureau drafts; `codes` are those of every policy. Fair competition only warns: the
    review's number and date are asked for when it is published."""
    return _of_one(raw, known, codes, is_shipped=False)


def refusals(found: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in found if not problem.is_warning]


def _of_one(raw: Mapping[str, Any], known: Known, codes: Collection[str], *, is_shipped: bool = True) -> list[Problem]:
    policy = str(raw.get("code", ""))
    parts: list[Condition] = []
    found: list[Problem] = []
    for number, text in enumerate(raw.get("conditions", ()), 1):
        field = f"conditions {number}"
        try:
            tree = read_condition(str(text))
        except Unreadable as error:
            found.append(Problem("L01", policy, field, error.message, error.place))
            continue
        parts += leaves(tree)
        found += _of_condition(policy, field, str(text), tree, raw, known)
    found += [Problem(rule, policy, field, message) for rule, field, message in _of_fields(raw, codes, known)]
    return found + _fairness(raw, policy, parts, is_shipped=is_shipped)


# --- conditions --------------------------------------------------------------------------------------------------


def values_in(value: Value) -> Iterator[Value]:
    yield value
    if isinstance(value, Sum | Difference):
        yield from values_in(value.left)
        yield from values_in(value.right)


def _of_condition(
    policy: str, field: str, text: str, tree: Condition, raw: Mapping[str, Any], known: Known
) -> list[Problem]:
    found = []
    for leaf in leaves(tree):
        faults: list[tuple[str, str, Bilingual]] = []
        if isinstance(leaf, Compare):
            for value in (*values_in(leaf.left), *values_in(leaf.right)):
                faults += _of_value(value, known)
            faults += unit_fault(leaf, known.questions)
        faults += _of_codes(leaf, raw, known)
        found += [
            Problem(rule, policy, field, message, max(text.find(sought), 0) + 1) for rule, sought, message in faults
        ]
    return found


def _of_value(value: Value, known: Known) -> list[tuple[str, str, Bilingual]]:
    match value:
        case Figure() | Ratio() | Growth():
            return row_faults(value, known.questions)
        case Level(edition) if f"digital-{edition}" not in known.lists:
            return [("L04", f"digital({edition})", unknown("名单", "list", f"digital-{edition}"))]
        case _:
            return []


def _of_codes(leaf: Condition, raw: Mapping[str, Any], known: Known) -> list[tuple[str, str, Bilingual]]:
    match leaf:
        case Holds(name) | Listed(name) if name not in known.lists:
            return [("L04", f'"{name}"', unknown("名单", "list", name))]
        case UnitIs(code) if code not in known.units:
            return [("L05", f'"{code}"', unknown("填报单元", "reporting unit", code))]
        case ChainIs(code) if code not in known.chains:
            return [("L05", f'"{code}"', unknown("产业链", "chain", code))]
        case OnFile(kind) if kind not in {row.get("kind") for row in raw.get("documents", ())}:
            return [("L05", f'"{kind}"', unknown("材料", "document", kind))]
        case Officer(text) if not (is_plain_line(text.zh) and is_plain_line(text.en)):
            return [("L01", "officer", UNSEEN)]
        case Officer(text) if not (text.zh.strip() and text.en.strip()):
            return [("L07", "officer", _BOTH)]
        case _:
            return []


# --- fields ------------------------------------------------------------------------------------------------------


def _of_fields(raw: Mapping[str, Any], codes: Collection[str], known: Known) -> Iterator[tuple[str, str, Bilingual]]:
    review = raw.get("review", {})
    texts = {f"{name}_{tongue}": raw.get(f"{name}_{tongue}") for name in _TEXTS for tongue in ("zh", "en")}
    texts |= {f"review conclusion_{tongue}": review.get(f"conclusion_{tongue}") for tongue in ("zh", "en")}
    for name, text in texts.items():
        if not text:
            yield "L07", name, _BOTH
    if "on" in review and not is_day(review["on"]):
        yield "L08", "review on", _DAY
    choices = {"task": TASKS, "way": [w.value for w in Way], "tag": [t.value for t in Tag], "level": list(LEVELS)}
    for name, allowed in choices.items():
        if raw.get(name) not in allowed:
            yield "L05", name, unknown("选项", "choice", str(raw[name])) if raw.get(name) else CHOOSE
    for code in raw.get("vetoes", ()):
        if code not in VETOES:
            yield "L05", "vetoes", unknown("否决项", "veto", str(code))
    for code in raw.get("exclusive_with", ()):
        if code not in codes or code == raw.get("code"):
            yield "L05", "exclusive_with", unknown("政策", "policy", str(code))
    shares = raw.get("shares", {})
    if shares and (sum(shares.values()) != 100 or not set(shares) <= set(LEVELS)):
        yield "L06", "shares", _SHARES
    yield from date_faults(raw)
    yield from amount_faults(raw, known.questions, known.lists)


def _fairness(raw: Mapping[str, Any], policy: str, parts: Sequence[Condition], *, is_shipped: bool) -> list[Problem]:
    """The warnings; and what the portal's own definitions may not hold. The bureau's are judged when published."""
    fired = list(warnings(raw, parts))
    found = [Problem(rule, policy, "review", message, is_warning=True) for rule, message in fired]
    if is_shipped and "accept_from" in raw and any(rule in NEVER_OPEN for rule, _ in fired):
        found.append(Problem("L11", policy, "review", _NOT_OPEN))
    if is_shipped and lacks_review(raw, is_warned=False):
        found.append(Problem("L12", policy, "review document", NO_REVIEW))
    return found
