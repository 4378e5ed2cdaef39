"""What an applicant types: the fields, their names and limits, and how a post is read. Pure.

A draft keeps whatever was typed, text by text; what must be right to submit it stands in `application`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ..kernel.bilingual import Bilingual

PURPOSES_VERSION = "2026-1"
PURPOSES: dict[str, Bilingual] = {
    "P1": Bilingual(
        "运行监测：掌握产业链运行情况，形成汇总统计",
        "Monitoring: to follow how the chains are doing and to form aggregate figures",
    ),
    "P2": Bilingual(
        "政策支持：核对申请条件，办理扶持政策",
        "Support: to check conditions and handle applications for support",
    ),
    "P3": Bilingual(
        "效益评价：开展亩均效益等综合评价",
        "Evaluation: to carry out evaluations such as output per mu",
    ),
}
REQUIRED_PURPOSE = "P1"
SUPPORT_PURPOSE = "P2"  # figures are held against the conditions of policies
OUTSIDE = "other"  # registered outside Lishui, working here

LONGEST_SOURCE = 200  # what an office names as the source of an entry
LABELS: dict[str, Bilingual] = {
    "credit_code": Bilingual("统一社会信用代码", "Unified Social Credit Code"),
    "name_zh": Bilingual("企业名称", "Name of the enterprise"),
    "name_en": Bilingual("英文名称", "English name"),
    "registered_county": Bilingual("登记注册地", "Registered in"),
    "county": Bilingual("拟填报单元", "Proposed reporting unit"),
    "address": Bilingual("生产经营地址", "Place of business"),
    "founded_on": Bilingual("成立日期", "Founded on"),
    "representative": Bilingual("法定代表人姓名", "Legal representative"),
    "contact_name": Bilingual("联系人", "Contact person"),
    "contact_phone": Bilingual("联系电话", "Contact phone"),
    "gb_class": Bilingual("主要行业代码", "Main industry class"),
    "figures_year": Bilingual("数据年度", "Year of the figures"),
    "staff": Bilingual("从业人员（年末）", "Staff at the end of the year"),
    "revenue": Bilingual("营业收入", "Operating revenue"),
    "base_output": Bilingual("工业总产值（非工业填营业收入）", "Gross output (not industry: revenue)"),
    "primary_segment": Bilingual("主要链上位置", "Primary chain position"),
    "other_segments": Bilingual("其他链上位置", "Other chain positions"),
    "products": Bilingual("主要产品", "Main products"),
    "purposes": Bilingual("同意的数据用途", "Purposes accepted"),
}
"""Every field of the form in its order; officers' remarks stand at these names."""

REACHED_BY = ("address", "contact_name", "contact_phone")
"""What an enterprise keeps current itself once it is registered."""

LINES: dict[str, int] = {
    "credit_code": 40,
    "name_zh": 100,
    "name_en": 200,
    "registered_county": 12,
    "county": 12,
    "address": 200,
    "founded_on": 20,
    "representative": 50,
    "contact_name": 50,
    "contact_phone": 30,
    "gb_class": 10,
    "figures_year": 10,
    "staff": 40,
    "revenue": 40,
    "base_output": 40,
    "primary_segment": 16,
}
"""Longest text of each single line, in characters."""

LISTS: dict[str, int] = {"other_segments": 200, "products": 20, "purposes": 3}
"""Most lines of each list; of other positions as many as there can be."""

LONGEST_ITEM = 100
# What a draft keeps of a line and of a list; more than any limit, so that the limit can be explained.
LONGEST_KEPT = 30_000
MOST_KEPT = 400
TOO_MANY = Bilingual("最多填{most}项，现在是{count}项。", "{most} at most; there are {count}.")

_FORBIDDEN = frozenset({"Cc", "Cs", "Co"})
_MARKS = frozenset(
    {"\u061c", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff"}
    | {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
)

Typed = dict[str, Any]


def clean(text: str | None) -> str:
    """NFC, without control characters and invisible marks of direction or width; rare Han stay as they are."""
    kept = (c for c in unicodedata.normalize("NFC", text or "") if c not in _MARKS)
    return "".join(" " if c in "\t\n\r" else c for c in kept if c in "\t\n\r" or _is_written(c)).strip()


def _is_written(character: str) -> bool:
    return unicodedata.category(character) not in _FORBIDDEN


def typed_from(form: Mapping[str, Sequence[str]]) -> Typed:
    """What a post carried; everything a person can have typed is kept. Blank lines of lists are dropped."""
    typed: Typed = {name: clean("".join(form.get(name, ())[:1])[:LONGEST_KEPT]) for name in LINES}
    for name in LISTS:
        items = [clean(item[:LONGEST_KEPT]) for item in form.get(name, ())]
        typed[name] = [item for item in dict.fromkeys(items) if item][:MOST_KEPT]
    return typed


def blank() -> Typed:
    return {**dict.fromkeys(LINES, ""), **{name: [] for name in LISTS}}
