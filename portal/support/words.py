"""Conditions in the words of both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kernel.bilingual import Bilingual
from ..questionnaire.question import Question
from .evaluate import ROLE_NAMES, SIZE_NAMES, Names
from .knowledge import begun_small
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
from .reader import list_kinds
from .value_words import said_compare

_ON = {
    "today": Bilingual("现为规模以上工业企业", "above-scale industry today"),
    "y-1": Bilingual("上年末为规模以上工业企业", "above-scale industry at the end of last year"),
    "earlier": Bilingual("往年曾为规模以上工业企业", "above-scale industry in an earlier year"),
}
_NOT_ON = {
    "today": Bilingual("现不是规模以上工业企业", "not above-scale industry today"),
    "y-1": Bilingual("上年末不是规模以上工业企业", "not above-scale industry at the end of last year"),
    "earlier": Bilingual("往年未曾为规模以上工业企业", "not above-scale industry in any earlier year"),
}


def said_condition(condition: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    """The condition as a person reads it; parts of a whole are joined by 且 and 或."""
    words = _said(condition, questions, names)
    return Bilingual(words.zh, words.en[:1].upper() + words.en[1:])


def _said(condition: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    match condition:
        case Every(parts):
            return _joined(parts, questions, names, "，且", ", and ")
        case Either(parts):
            return _joined(parts, questions, names, "，或者", ", or ")
        case Not(part):
            return _denied(part, questions, names)
        case Compare():
            return said_compare(condition, questions)
        case _:
            return _predicate(condition, names)


def _denied(part: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    match part:
        case AboveScale(on):
            return _NOT_ON[on]
        case Listed(name, years):
            span = _span(years)
            return Bilingual("{span}未列入{name}", "not on the list {span}: {name}").fill(
                span=span, name=_list(name, names)
            )
        case Holds(name, False) if _is_status(name):
            return Bilingual("未认定为{name}", "not recognised as {name}").fill(name=_status(name, names))
        case _:
            return Bilingual("不是：{inner}", "not: {inner}").fill(inner=_inner(part, questions, names))


def _inner(condition: Condition, questions: Mapping[str, Question], names: Names) -> Bilingual:
    words = _said(condition, questions, names)
    if isinstance(condition, Every | Either):
        return Bilingual(f"（{words.zh}）", f"({words.en})")
    return words


def _joined(parts: Sequence[Condition], questions: Mapping[str, Question], names: Names, zh: str, en: str) -> Bilingual:
    said = [_inner(part, questions, names) for part in parts]
    return Bilingual(zh.join(words.zh for words in said), en.join(words.en for words in said))


def _predicate(predicate: Predicate, names: Names) -> Bilingual:
    match predicate:
        case InPlan():
            return Bilingual("属于行动方案的产业链", "on one of the chains of the plan")
        case ChainIs(code):
            return Bilingual("属于{name}产业链", "on the chain “{name}”").fill(name=names("chain", code))
        case UnitIs(code):
            return Bilingual("填报单元为{name}", "reports in {name}").fill(name=names("unit", code))
        case SizeIn(sizes):
            said = [SIZE_NAMES[size] for size in sizes]
            words = Bilingual("或".join(s.zh for s in said), " or ".join(s.en for s in said))
            return Bilingual("企业规模为{words}", "size: {words}").fill(words=words)
        case RoleIs(role):
            return Bilingual("认定情况为{role}", "designation: {role}").fill(role=ROLE_NAMES[role])
        case AboveScale(on):
            return _ON[on]
        case Grade(letters):
            zh, en = "或".join(letters), " or ".join(letters)
            return Bilingual(f"上年度亩均效益评价为{zh}类", f"evaluation class {en} last year")
        case _:
            return _of_lists(predicate, names)


def _of_lists(predicate: Predicate, names: Names) -> Bilingual:
    match predicate:
        case Holds(name, is_first) if _is_status(name):
            first = Bilingual("本年首次认定为{name}", "recognised this year for the first time as {name}")
            form = first if is_first else Bilingual("已认定为{name}", "recognised as {name}")
            return form.fill(name=_status(name, names))
        case Holds(name, True):
            return Bilingual("本年首次列入{name}", "on the list this year for the first time: {name}").fill(
                name=_list(name, names)
            )
        case Holds(name, False):
            return Bilingual("已列入{name}", "on the list: {name}").fill(name=_list(name, names))
        case Listed(name, years):
            return Bilingual("{span}列入{name}", "on the list {span}: {name}").fill(
                span=_span(years), name=_list(name, names)
            )
        case OnFile(kind):
            return Bilingual("提供{name}", "document provided: {name}").fill(name=names("document", kind))
        case Officer(text):
            return text
        case _:
            raise AssertionError(predicate)


def _span(years: int) -> Bilingual:
    if years == 0:
        return Bilingual("本年", "of this year")
    return Bilingual(f"近{years}年内", "of the last year" if years == 1 else f"of the last {years} years")


def _is_status(name: str) -> bool:
    """Whether a list is of something an enterprise is, not only of who stands on it."""
    return name in list_kinds() and list_kinds()[name].kind == "designation"


def _status(name: str, names: Names) -> Bilingual:
    title = names("list", name)
    article = "an" if title.en[:1].lower() in "aeiou" else "a"
    return Bilingual(title.zh, f"{article} {begun_small(title.en)}")


def _list(name: str, names: Names) -> Bilingual:
    """By its title, in Chinese called a list where the title does not say so."""
    title = names("list", name)
    return Bilingual(title.zh if "名单" in title.zh else f"{title.zh}名单", title.en)
