"""Where a policy touches fair competition (公平竞争审查条例, art. 10): four warnings, and what they ask for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..kernel.bilingual import Bilingual
from .language import Condition, Either, Every, Holds, Not, Officer, RoleIs, UnitIs

Fired = tuple[str, Bilingual]
TAX_ROWS = frozenset({"201", "202", "203", "204", "205"})
_BENEFITS = ("fixed", "share", "per-unit", "tiers", "by-list", "by-class", "increase")
_PLACE = (
    "注册地", "登记地", "注册在", "登记在", "迁入", "迁至", "迁址", "不迁出", "住所在",
    "registered in", "place of registration", "registered office", "relocat", "move its registration",
)  # fmt: skip
_TAX = (
    "税收", "纳税", "缴税", "缴纳的税", "入库税", "地方财政贡献", "tax paid", "taxes paid", "tax contribution",
    "local fiscal contribution",
)  # fmt: skip
_LOCAL = ("本地采购", "本地配套", "本市采购", "本县采购", "local purchase", "bought locally", "local suppliers")
_FC1 = Bilingual("以登记地或填报地为条件。", "The place of registration is a condition.")
_FC2 = Bilingual("金额与缴纳的税收挂钩。", "The amount follows the tax paid.")
_FC3 = Bilingual("只奖励本地采购。", "Only local purchase counts.")
_FC4 = Bilingual("按名单给予：须公布标准。", "Given by a list: its criteria must be published.")
NEVER_OPEN = frozenset({"FC1", "FC2", "FC3"})
"""What no policy that ships with the portal may hold while it takes applications (rulings 13)."""


def leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def warnings(raw: Mapping[str, Any], leaves: Sequence[Condition]) -> Iterator[Fired]:
    """By rule. `leaves` are the parts of all conditions that could be read."""
    amount = raw.get("amount", {})
    basis = [str(amount.get("basis_zh", "")), str(amount.get("basis_en", "")).lower()]
    texts = [t for leaf in leaves if isinstance(leaf, Officer) for t in (leaf.text.zh, leaf.text.en.lower())] + basis
    if any(isinstance(leaf, UnitIs) for leaf in leaves) or _names(_PLACE, texts):
        yield "FC1", _FC1
    if amount.get("row") in TAX_ROWS or _names(_TAX, basis):
        yield "FC2", _FC2
    if _names(_LOCAL, texts):
        yield "FC3", _FC3
    if amount.get("kind") in _BENEFITS and (any(_is_list(leaf) for leaf in leaves) or amount.get("or_list")):
        yield "FC4", _FC4


def _names(words: Sequence[str], texts: Sequence[str]) -> bool:
    return any(word in text for word in words for text in texts)


def _is_list(leaf: Condition) -> bool:
    return isinstance(leaf, Holds) or (isinstance(leaf, RoleIs) and leaf.role != "none")


def lacks_review(raw: Mapping[str, Any], is_warned: bool) -> bool:
    """Whether number or date of the review is missing where applications are taken or a warning stands."""
    review = raw.get("review", {})
    return ("accept_from" in raw or is_warned) and not (review.get("document") and review.get("on"))
