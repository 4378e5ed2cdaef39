"""Conditions in the words of both languages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..kernel.bilingual import Bilingual
from ..questionnaire.question import Question
from .evaluate import ROLE_NAMES, SIZE_NAMES
from .language import (
    AboveScale,
    ChainIs,
    Compare,
    Condition,
    Either,
    Every,
    Grade,
    Holds,
    InPlan,
    Listed,
    Not,
    Officer,
    OnFile,
    Predicate,
    RoleIs,
    SizeIn,
    UnitIs,
)
from .values import said_value

Names = Callable[[str, str], Bilingual]
_OPERATORS = {
    ">=": Bilingual("{left}不低于{right}", "{left} at least {right}"),
    "<=": Bilingual("{left}不高于{right}", "{left} at most {right}"),
    ">": Bilingual("{left}高于{right}", "{left} above {right}"),
    "<": Bilingual("{left}低于{right}", "{left} below {right}"),
    "=": Bilingual("{left}为{right}", "{left} is {right}"),
}
_ON = {
    "today": Bilingual("现为规模以上工业企业", "Above-scale industry today"),
    "y-1": Bilingual("上年末为规模以上工业企业", "Above-scale industry at the end of last year"),
    "earlier": Bilingual("往年曾为规模以上工业企业", "Above-scale industry in an earlier year"),
}

_NOT_ON = {
    "today": Bilingual("现非规模以上工业企业", "not above-scale industry today"),
    "y-1": Bilingual("上年末非规模以上工业企业", "not above-scale industry at the end of last year"),
    "earlier": Bilingual("往年未曾为规模以上工业企业", "not above-scale industry in any earlier year"),
}


def said_condition(condition: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    """The condition as a person reads it; parts of a whole are joined by 且 and 或."""
    match condition:
        case Every(parts):
            return _joined(parts, questions, names, "，且", " and ")
        case Either(parts):
            return _joined(parts, questions, names, "，或者", " or ")
        case Not(AboveScale(on)):
            return _NOT_ON[on]
        case Not(part):
            inner = _inner(part, questions, names)
            return Bilingual("不是：{inner}", "not: {inner}").fill(inner=inner)
        case Compare(left, operator, right):
            return _OPERATORS[operator].fill(left=said_value(left, questions), right=said_value(right, questions))
        case _:
            return _predicate(condition, names)


def _inner(condition: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    words = said_condition(condition, questions, names)
    if isinstance(condition, Every | Either):
        return Bilingual(f"（{words.zh}）", f"({words.en})")
    return words


def _joined(parts: Sequence[Condition], questions: Mapping[str, Question], names: Names, zh: str, en: str) -> Bilingual:
    said = [_inner(part, questions, names) for part in parts]
    return Bilingual(zh.join(words.zh for words in said), en.join(words.en for words in said))


def _predicate(predicate: Predicate, names: Names) -> Bilingual:
    match predicate:
        case InPlan():
            return Bilingual("属于行动方案的产业链", "On one of the chains of the plan")
        case ChainIs(code):
            return Bilingual("属于{name}", "On the chain {name}").fill(name=names("chain", code))
        case UnitIs(code):
            return Bilingual("填报单元为{name}", "Reports in {name}").fill(name=names("unit", code))
        case SizeIn(sizes):
            said = [SIZE_NAMES[size] for size in sizes]
            words = Bilingual("、".join(s.zh for s in said), " or ".join(s.en for s in said))
            return Bilingual("企业规模为{words}", "Size: {words}").fill(words=words)
        case RoleIs(role):
            return Bilingual("认定情况为{role}", "Designation: {role}").fill(role=ROLE_NAMES[role])
        case AboveScale(on):
            return _ON[on]
        case Grade(letters):
            text = "、".join(letters)
            return Bilingual(f"上年度亩均效益评价为{text}类", f"Evaluation class {', '.join(letters)} last year")
        case _:
            return _of_lists(predicate, names)


def _of_lists(predicate: Predicate, names: Names) -> Bilingual:
    match predicate:
        case Holds(name, True):
            return Bilingual("本年首次认定为{name}", "Recognised this year for the first time: {name}").fill(
                name=names("list", name)
            )
        case Holds(name, False):
            return Bilingual("已认定为{name}", "Recognised: {name}").fill(name=names("list", name))
        case Listed(name, 0):
            return Bilingual("本年列入{name}", "This year on: {name}").fill(name=names("list", name))
        case Listed(name, years):
            return Bilingual("近{years}年内列入{name}", "Within {years} years on: {name}").fill(
                name=names("list", name), years=years
            )
        case OnFile(kind):
            return Bilingual("提供{name}", "Provides: {name}").fill(name=names("document", kind))
        case Officer(text):
            return text
        case _:
            raise AssertionError(predicate)
