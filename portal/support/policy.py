"""A policy as pages and deeds use it, made of one paragraph of a definition file. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word
from .language import Condition
from .lint_fair import Fired, leaves, warnings
from .reading import read_condition

CODE = re.compile(r"P[1-9][0-9]{2,4}", re.ASCII)
"""Whatever is no code is never looked up: PostgreSQL takes no NUL."""


class Way(Word):
    APPLY = "apply"
    WITHOUT_APPLICATION = "without-application"
    DATA_CHECKED = "data-checked"

    @property
    def title(self) -> Bilingual:
        return _WAY_TITLES[self]


_WAY_TITLES = {
    Way.APPLY: Bilingual("申请后办理", "By application"),
    Way.WITHOUT_APPLICATION: Bilingual("免申即享", "Without application"),
    Way.DATA_CHECKED: Bilingual("数据核验", "Checked by data"),
}


class Tag(Word):
    """Where a policy comes from. The bureau's own are entered in the portal and carry no mark."""

    PAST = "past"
    SAMPLE = "sample"
    ENTERED = "entered"

    @property
    def title(self) -> Bilingual:
        return _TAG_TITLES[self]


_TAG_TITLES = {
    Tag.PAST: Bilingual("往年政策，已停止受理", "Past policy, closed"),
    Tag.SAMPLE: Bilingual("示例", "Sample"),
    Tag.ENTERED: Bilingual("市局录入", "Entered by the bureau"),
}
VETOES = {
    "V1": Bilingual("有严重失信记录", "Serious breach of credit on record"),
    "V2": Bilingual(
        "近3年发生较大以上安全、环境事故或受到重大处罚",
        "Major safety or environment accident or penalty within 3 years",
    ),
    "V3": Bilingual("上年度亩均效益评价为D类", "Evaluation class D last year"),
    "V4": Bilingual("有尚未了结的资金追回", "A claw-back is open"),
    "V5": Bilingual("有到期未报的季度填报", "A due quarterly filing is missing"),
}
LEVELS = {
    "province": Bilingual("省级", "Province"),
    "city": Bilingual("市级", "City"),
    "county": Bilingual("县级", "County"),
}
AMOUNT_KINDS = {
    "none": Bilingual("资格认定，不涉及资金", "A designation; no money"),
    "fixed": Bilingual("固定金额", "Fixed sum"),
    "share": Bilingual("按比例", "Share of a figure"),
    "per-unit": Bilingual("按数量", "By the unit"),
    "tiers": Bilingual("按数字化水平分档", "Share by digital level"),
    "by-list": Bilingual("按名单分档", "Sum by list"),
    "by-class": Bilingual("按首台（套）类别分档", "Sum by class of first set"),
    "increase": Bilingual("按指标增加额", "Share of a row’s increase"),
}
DESIGNATES = {
    "chain-leading": Bilingual("链主企业", "chain-leading enterprise"),
    "key": Bilingual("骨干企业", "key enterprise"),
}
"""What the register knows as a designation, and an award of a designation can make of its holder."""
RATES = frozenset({"share", "tiers", "increase"})
"""Amount rules whose values are parts of one, not yuan."""


@dataclass(frozen=True, slots=True)
class Step:
    """One value of an amount rule that has several: a level, list or class, and the rate or the yuan it gives. A list
    with classes may be narrowed to one: `green-factory:city`."""

    key: str
    value: Decimal
    title: Bilingual


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of an award, promised for when something has come about: a part of one, and when in words."""

    value: Decimal
    title: Bilingual


@dataclass(frozen=True, slots=True)
class AmountRule:
    """How much: yuan. `basis` says in words what is multiplied; `row` is the form row of an increase. `or_list` are
    sums by list that count instead where they are higher; `instalments` is how the policy promises to pay. Of a
    designation, `designates` is what the register then knows the enterprise as, for so many years (0: without end)."""

    kind: str
    value: Decimal = Decimal(0)
    cap: Decimal | None = None
    most_units: int | None = None
    basis: Bilingual | None = None
    basis_unit: Bilingual | None = None
    row: str = ""
    edition: int = 0
    steps: tuple[Step, ...] = ()
    or_list: tuple[Step, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    designates: str = ""
    years: int = 0

    @property
    def asks_basis(self) -> bool:
        """Whether the applicant states a figure that the amount is reckoned from."""
        return self.kind in ("share", "per-unit", "tiers")


@dataclass(frozen=True, slots=True)
class Document:
    kind: str
    title: Bilingual


@dataclass(frozen=True, slots=True)
class FairReview:
    """The fair-competition review: what it found, when, and in which document."""

    conclusion: Bilingual
    on: date | None
    document: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy."""

    code: str
    task: str
    way: Way
    tag: Tag
    year: int
    title: Bilingual
    summary: Bilingual
    conditions: tuple[Condition, ...]
    amount: AmountRule
    vetoes: tuple[str, ...]
    documents: tuple[Document, ...]
    level: str
    shares: Mapping[str, int]
    annual_cap: Decimal | None
    exclusive_with: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    accept_from: date | None
    accept_until: date | None
    accept_days: int
    handle_days: int
    contact: Bilingual
    source: Bilingual
    review: FairReview
    invented: tuple[str, ...]
    is_withdrawn: bool = False
    fair: tuple[Fired, ...] = ()
    """Where it touches fair competition, by the linter's rule and in its words: shown wherever the policy is."""

    @property
    def is_designation(self) -> bool:
        return self.amount.kind == "none"

    def is_open(self, day: date) -> bool:
        """Whether applications are taken on `day`. A past policy never takes any, nor does one withdrawn."""
        if self.is_withdrawn or self.tag is Tag.PAST or self.accept_from is None or self.accept_until is None:
            return False
        return self.accept_from <= day <= self.accept_until

    def takes_applications(self, day: date) -> bool:
        return self.way is Way.APPLY and self.is_open(day)


def exclude(one: Policy, other: Policy) -> bool:
    """Whether the two are not enjoyed together: it is enough that either names the other."""
    return other.code in one.exclusive_with or one.code in other.exclusive_with


def policy_of(raw: Mapping[str, Any]) -> Policy:
    """The policy of one paragraph that the linter let through."""
    review, conditions = raw["review"], tuple(read_condition(text) for text in raw["conditions"])
    return Policy(
        code=raw["code"],
        task=raw["task"],
        way=Way(raw["way"]),
        tag=Tag(raw["tag"]),
        year=raw.get("year", 0),
        title=both_of(raw, "title"),
        summary=both_of(raw, "summary"),
        conditions=conditions,
        amount=_amount(raw["amount"]),
        vetoes=tuple(raw["vetoes"]),
        documents=tuple(Document(row["kind"], both_of(row, "title")) for row in raw.get("documents", ())),
        level=raw["level"],
        shares=dict(raw.get("shares", {})),
        annual_cap=_decimal(raw.get("annual_cap")),
        exclusive_with=tuple(raw.get("exclusive_with", ())),
        valid_from=_day(raw.get("valid_from")),
        valid_until=_day(raw.get("valid_until")),
        accept_from=_day(raw.get("accept_from")),
        accept_until=_day(raw.get("accept_until")),
        accept_days=raw.get("accept_days", 0),
        handle_days=raw.get("handle_days", 0),
        contact=both_of(raw, "contact"),
        source=both_of(raw, "source"),
        review=FairReview(both_of(review, "conclusion"), _day(review.get("on")), review.get("document", "")),
        invented=tuple(raw.get("invented", ())),
        is_withdrawn=bool(raw.get("withdrawn")),
        fair=tuple(warnings(raw, [leaf for condition in conditions for leaf in leaves(condition)])),
    )


def both_of(raw: Mapping[str, Any], name: str) -> Bilingual:
    return Bilingual(raw[f"{name}_zh"], raw[f"{name}_en"])


def _amount(raw: Mapping[str, Any]) -> AmountRule:
    return AmountRule(
        kind=raw["kind"],
        value=Decimal(raw.get("value", "0")),
        cap=_decimal(raw.get("cap")),
        most_units=raw.get("most_units"),
        basis=both_of(raw, "basis") if "basis_zh" in raw else None,
        basis_unit=both_of(raw, "basis_unit") if "basis_unit_zh" in raw else None,
        row=raw.get("row", ""),
        edition=raw.get("edition", 0),
        steps=_steps(raw.get("steps", ())),
        or_list=_steps(raw.get("or_list", ())),
        instalments=tuple(
            Instalment(Decimal(row["value"]), both_of(row, "title")) for row in raw.get("instalments", ())
        ),
        designates=raw.get("designates", ""),
        years=raw.get("years", 0),
    )


def _steps(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(row["key"], Decimal(row["value"]), both_of(row, "title")) for row in rows)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
