"""Refuses policies that cannot be run as they stand, with the place; warns where fair competition is touched. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ..kernel.bilingual import Bilingual
from ..questionnaire.question import Question
from .language import (
    ChainIs,
    Compare,
    Condition,
    Difference,
    Either,
    Every,
    Figure,
    Growth,
    Holds,
    Level,
    Listed,
    Not,
    Officer,
    OnFile,
    Ratio,
    Sum,
    UnitIs,
    Value,
)
from .lint_rows import row_faults, unit_fault
from .policy import AMOUNT_KINDS, LEVELS, VETOES, Tag, Way
from .reading import Unreadable, read_condition

TASKS = tuple("12345678")
TAX_ROWS = frozenset({"201", "202", "203", "204", "205"})
LOCAL = ("本地采购", "本地配套", "本市采购", "local purchase", "bought locally")
_TEXTS = ("title", "summary", "contact", "source")
_BENEFITS = ("fixed", "share", "per-unit", "tiers", "by-list", "by-class", "increase")


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
    lists: Collection[str]
    units: Collection[str]
    chains: Collection[str]


def problems(policies: Sequence[Mapping[str, Any]], known: Known) -> list[Problem]:
    """Every fault of every policy, and the warnings."""
    codes = [str(raw.get("code", "")) for raw in policies]
    found = [fault for raw in policies for fault in _of_one(raw, known, codes)]
    return found + [
        Problem("L10", code, "code", Bilingual("编号重复。", "The code is used twice."))
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]


def refusals(found: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in found if not problem.is_warning]


def _of_one(raw: Mapping[str, Any], known: Known, codes: Sequence[str]) -> list[Problem]:
    policy = str(raw.get("code", ""))
    trees: list[Condition] = []
    found: list[Problem] = []
    for number, text in enumerate(raw.get("conditions", ()), 1):
        field = f"conditions {number}"
        try:
            tree = read_condition(str(text))
        except Unreadable as error:
            found.append(Problem("L01", policy, field, error.message, error.place))
            continue
        trees.append(tree)
        found += _of_condition(policy, field, str(text), tree, raw, known)
    found += [Problem(rule, policy, field, message) for rule, field, message in _of_fields(raw, codes, known)]
    return found + _fairness(raw, policy, trees)


# --- conditions --------------------------------------------------------------------------------------------------


def leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


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
            return [("L04", f"digital({edition})", _unknown("名单", "list", f"digital-{edition}"))]
        case _:
            return []


def _of_codes(leaf: Condition, raw: Mapping[str, Any], known: Known) -> list[tuple[str, str, Bilingual]]:
    match leaf:
        case Holds(name) | Listed(name) if name not in known.lists:
            return [("L04", f'"{name}"', _unknown("名单", "list", name))]
        case UnitIs(code) if code not in known.units:
            return [("L05", f'"{code}"', _unknown("填报单元", "reporting unit", code))]
        case ChainIs(code) if code not in known.chains:
            return [("L05", f'"{code}"', _unknown("产业链", "chain", code))]
        case OnFile(kind) if kind not in {row.get("kind") for row in raw.get("documents", ())}:
            return [("L05", f'"{kind}"', _unknown("材料", "document", kind))]
        case _:
            return []


def _unknown(zh: str, en: str, code: str) -> Bilingual:
    return Bilingual("没有这个{zh}：{code}", "There is no such {en}: {code}").fill(zh=zh, en=en, code=code)


# --- fields ------------------------------------------------------------------------------------------------------


def _of_fields(raw: Mapping[str, Any], codes: Sequence[str], known: Known) -> Iterator[tuple[str, str, Bilingual]]:
    for name in _TEXTS:
        if not raw.get(f"{name}_zh") or not raw.get(f"{name}_en"):
            yield "L07", name, Bilingual("两种语言都要写。", "Write it in both languages.")
    choices = {"task": TASKS, "way": [w.value for w in Way], "tag": [t.value for t in Tag], "level": list(LEVELS)}
    for name, allowed in choices.items():
        if raw.get(name) not in allowed:
            yield "L05", name, _unknown("选项", "choice", str(raw.get(name, "")))
    for code in raw.get("vetoes", ()):
        if code not in VETOES:
            yield "L05", "vetoes", _unknown("否决项", "veto", str(code))
    for code in raw.get("exclusive_with", ()):
        if code not in codes or code == raw.get("code"):
            yield "L05", "exclusive_with", _unknown("政策", "policy", str(code))
    shares = raw.get("shares", {})
    if shares and (sum(shares.values()) != 100 or not set(shares) <= set(LEVELS)):
        yield "L06", "shares", Bilingual("各级分担合计须为100%。", "The shares must add up to 100 per cent.")
    yield from _of_dates(raw)
    yield from _of_amount(raw, known)


def _of_dates(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Bilingual]]:
    days: dict[str, date | None] = {}
    for name in ("accept_from", "accept_until", "valid_from", "valid_until"):
        try:
            days[name] = date.fromisoformat(raw[name]) if name in raw else None
        except (TypeError, ValueError):
            days[name] = None
            yield "L08", name, Bilingual("日期写作“年-月-日”。", "Write a day as year-month-day.")
    opens, closes = days["accept_from"], days["accept_until"]
    if raw.get("tag") == Tag.PAST.value and (opens or closes):
        yield "L08", "accept_from", Bilingual("往年政策不得受理申请。", "A past policy takes no applications.")
    if opens and closes and closes < opens:
        yield "L08", "accept_until", Bilingual("截止早于开始。", "It ends before it begins.")
    if opens and not (raw.get("accept_days", 0) > 0 and raw.get("handle_days", 0) > 0):
        yield "L08", "accept_days", Bilingual("须写明受理和办理的工作日。", "Say the working days of both steps.")


def _of_amount(raw: Mapping[str, Any], known: Known) -> Iterator[tuple[str, str, Bilingual]]:
    amount = raw.get("amount", {})
    kind = amount.get("kind")
    if kind not in AMOUNT_KINDS:
        yield "L09", "amount", _unknown("金额规则", "amount rule", str(kind))
        return
    numbers = [amount[name] for name in ("value", "cap") if name in amount]
    numbers += [step.get("value") for step in amount.get("steps", ())]
    if any(not _is_money(text) for text in numbers):
        yield "L09", "amount", Bilingual("金额和比例写作不小于0的数。", "Amounts and rates are numbers, at least 0.")
    if kind in ("fixed", "share", "per-unit", "increase") and "value" not in amount:
        yield "L09", "amount", Bilingual("缺少金额或比例。", "The amount or rate is missing.")
    if kind in ("share", "tiers", "increase") and "cap" not in amount:
        yield "L09", "amount", Bilingual("按比例给予的须有上限。", "What is given as a share needs a cap.")
    if kind in ("tiers", "by-list", "by-class") and not amount.get("steps"):
        yield "L09", "amount", Bilingual("缺少档次。", "The steps are missing.")
    if kind in ("share", "per-unit", "tiers") and not amount.get("basis_zh"):
        yield "L09", "amount", Bilingual("缺少计算基数的说明。", "Say what the amount is reckoned from.")
    if kind == "increase" and amount.get("row") not in known.questions:
        yield "L02", "amount", _unknown("指标", "row", str(amount.get("row", "")))


def _is_money(text: object) -> bool:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number < Decimal(10) ** 12


# --- fair competition --------------------------------------------------------------------------------------------


def _fairness(raw: Mapping[str, Any], policy: str, trees: Sequence[Condition]) -> list[Problem]:
    """Warnings FC1 to FC4; and for a policy that takes applications the refusal of the first three (rulings 13)."""
    amount = raw.get("amount", {})
    all_leaves = [leaf for tree in trees for leaf in leaves(tree)]
    texts = [t for leaf in all_leaves if isinstance(leaf, Officer) for t in (leaf.text.zh, leaf.text.en.lower())]
    texts += [str(amount.get("basis_zh", "")), str(amount.get("basis_en", "")).lower()]
    fired: list[tuple[str, Bilingual]] = []
    if any(isinstance(leaf, UnitIs) for leaf in all_leaves):
        fired.append(("FC1", Bilingual("以登记地或填报地为条件。", "The place of registration is a condition.")))
    if amount.get("row") in TAX_ROWS:
        fired.append(("FC2", Bilingual("金额与缴纳的税收挂钩。", "The amount follows the tax paid.")))
    if any(word in text for word in LOCAL for text in texts):
        fired.append(("FC3", Bilingual("只奖励本地采购。", "Only local purchase counts.")))
    if amount.get("kind") in _BENEFITS and any(isinstance(leaf, Holds) for leaf in all_leaves):
        fired.append(("FC4", Bilingual("按名单给予：须公布标准。", "Given by a list: its criteria must be published.")))
    found = [Problem(rule, policy, "review", message, is_warning=True) for rule, message in fired]
    is_open, review = "accept_from" in raw, raw.get("review", {})
    if is_open and any(rule in ("FC1", "FC2", "FC3") for rule, _ in fired):
        message = Bilingual(
            "受理中的政策不得含有上述内容。", "A policy that takes applications may hold none of these."
        )
        found.append(Problem("L11", policy, "review", message))
    if is_open and not (review.get("document") and review.get("on")):
        message = Bilingual("须填写公平竞争审查文号和日期。", "The fair-competition review needs number and date.")
        found.append(Problem("L12", policy, "review", message))
    return found
