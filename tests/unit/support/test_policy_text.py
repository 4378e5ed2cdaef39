"""A policy on the form: what is typed and what is kept are each other's image; nothing typed raises."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.support.lint import draft_problems
from portal.support.lint_fair import lacks_review
from portal.support.policy import policy_of
from portal.support.policy_fields import FIELDS, GRAMMAR, Shape
from portal.support.policy_text import changes, faults_by_field, read, typed_of
from portal.support.rules import rate
from tests.unit.support.shipped import KNOWN, RAW

KEPT = ("code", "tag", "year", "invented")
TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        "NaN",
        "1e400",
        "12o0",
        "9" * 5000,
        "4%",
        "％",
        "2026-13-01",
        "a|b",
        "｜｜｜",
        "1" + "+1" * 990 + " > 0",
        "²",
        "f(101",
    ]
)


def laid(code: str, **typed: Any) -> dict[str, Any]:
    """The shipped policy with some fields typed over."""
    found = read(typed_of(RAW[code]) | typed)
    assert not found.faults
    return found.content | {name: RAW[code][name] for name in KEPT if name in RAW[code]}


def faults(code: str, **typed: Any) -> dict[str, str]:
    found = read(typed_of(RAW[code]) | typed)
    content = found.content | {name: RAW[code][name] for name in KEPT if name in RAW[code]}
    refused = [p for p in draft_problems(content, KNOWN, RAW) if not p.is_warning]
    return {name: fault.zh for name, fault in (faults_by_field(refused) | found.faults).items()}


@pytest.mark.parametrize("code", RAW)
def test_a_policy_sent_back_as_the_form_shows_it_is_the_same_policy(code: str) -> None:
    content = laid(code)
    assert policy_of(content) == policy_of(RAW[code])
    assert changes(RAW[code], content) == []
    assert [p for p in draft_problems(content, KNOWN, RAW) if not p.is_warning] == []


@settings(max_examples=150)
@given(
    code=st.sampled_from(sorted(RAW)),
    typed=st.dictionaries(st.sampled_from([n for n, f in FIELDS.items() if f.shape is not Shape.CHOICES]), TEXTS),
    lists=st.lists(TEXTS, max_size=3),
)
def test_whatever_is_typed_is_read_or_refused_at_its_field(code: str, typed: dict[str, str], lists: list[str]) -> None:
    found = read(typed_of(RAW[code]) | typed | {"vetoes": lists})
    content = found.content | {"code": code, "tag": "entered"}
    refused = [p for p in draft_problems(content, KNOWN, RAW) if not p.is_warning]
    assert set(faults_by_field(refused)) <= set(FIELDS)
    if not refused and not found.faults:
        policy_of(content)


WRONG = [
    ("P101", "conditions", "chain in plan\nf(999, ttm) >= 1 万元\nchain in", "第2行：第3个字符：报表没有这个指标：999；第3行：第9个字符"),
    ("P101", "conditions", "f(101) >= 5 万元", "第1行：第6个字符处缺少期间"),
    ("P101", "conditions", 'officer("甲\\u202e乙", "A")', "看不见的控制字符"),
    ("P101", "conditions", 'chain = "\\ud800"', "无法读懂"),
    ("P101", "amount_value", "4", "写成百分数"),
    ("P101", "amount_value", "400%", "不超过100%"),
    ("P102", "amount_value", "4%", "不写百分数"),
    ("P102", "amount_value", "12o0", "请写一个数"),
    ("P101", "amount_cap", "", "上限"),
    ("P401", "amount_unit_en", "", "计量单位"),
    ("P502", "amount_steps", "2 | 10% | 2级", "第1行：每行写4项"),
    ("P502", "amount_steps", "12 | 10% | 甲 | A", "数字化水平"),
    ("P502", "amount_edition", "2019", "没有这个名单"),
    ("P602", "amount_steps", "no-list | 5 | 甲 | A", "没有这个名单"),
    ("P801", "amount_or", "green-factory:nowhere | 5 | 甲 | A", "没有这个名单"),
    ("P801", "amount_or", "green-factory | 5% | 甲 | A", "不写百分数"),
    ("P101", "amount_parts", "50% | 建成后 | when complete", "合计须为100%"),
    ("P101", "amount_parts", "50 | 甲 | A", "第1行：比例写成百分数"),
    ("P101", "share_city", "70", "100%"),
    ("P101", "accept_until", "", "开始和截止都要写"),
    ("P101", "accept_until", "2026-02-30", "年-月-日"),
    ("P101", "accept_days", "0", "工作日"),
    ("P101", "handle_days", "soon", "整数"),
    ("P101", "documents", "audit 审计报告", "每行写3项"),
    ("P101", "exclusive_with", "P999", "没有这个政策"),
    ("P101", "title_en", "", "两种语言"),
    ("P101", "review_conclusion_zh", "", "两种语言"),
    ("P101", "review_on", "soon", "年-月-日"),
    ("P101", "title_zh", "甲" * 201, "最多200个字"),
    ("P101", "task", "9", "没有这个选项"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "text", "said"), WRONG, ids=[f"{n}-{i}" for i, (_, n, _, _) in enumerate(WRONG)]
)
def test_what_is_wrong_is_said_at_its_field_with_its_place(code: str, name: str, text: str, said: str) -> None:
    assert said in faults(code, **{name: text}).get(name, "")


@pytest.mark.parametrize("example", [example for example, _ in GRAMMAR])
def test_the_form_shows_conditions_that_can_be_written(example: str) -> None:
    content = laid("P101", conditions=example)
    assert [p for p in draft_problems(content, KNOWN, RAW) if p.rule != "FC4"] == []


def test_signs_of_a_chinese_keyboard_are_read_in_lists() -> None:
    typed = "green-factory：city ｜ 5 ｜ 甲 ｜ A"
    row = {"key": "green-factory:city", "value": "5", "title_zh": "甲", "title_en": "A"}
    assert laid("P801", amount_or=typed)["amount"]["or_list"] == [row]


def test_a_difference_names_only_the_lines_that_differ() -> None:
    after = copy.deepcopy(RAW["P201"])
    after["conditions"][1] = "f(101, ttm) >= 60000 万元"
    after["accept_until"] = "2028-12-31"
    found = {c.field.name: ([x.zh for x in c.before], [x.zh for x in c.after]) for c in changes(RAW["P201"], after)}
    assert found == {
        "conditions": (["f(101, ttm) >= 50000 万元"], ["f(101, ttm) >= 60000 万元"]),
        "accept_until": (["2027-12-31"], ["2028-12-31"]),
    }


FAIR = [
    ("FC1", {"conditions": 'officer("注册地在丽水满两年", "Registered in Lishui for two years")'}),
    ("FC1", {"conditions": 'officer("五年内不迁出", "Does not relocate for five years")'}),
    ("FC1", {"conditions": 'unit = "331121"'}),
    ("FC2", {"amount_kind": "share", "amount_value": "50%", "amount_cap": "1", "amount_basis_zh": "上年缴纳的税收",
             "amount_basis_en": "Taxes paid last year", "amount_unit_zh": "元", "amount_unit_en": "yuan"}),
    ("FC3", {"conditions": 'officer("本地配套率达到30%", "30% from local suppliers")'}),
    ("FC4", {"conditions": "role = chain-leading"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "typed"), FAIR, ids=[f"{r}-{i}" for i, (r, _) in enumerate(FAIR)])
def test_fair_competition_warns_a_draft_and_asks_for_the_reviewed_document(rule: str, typed: dict[str, str]) -> None:
    content = laid("P102", **typed, review_document="")
    found = draft_problems(content, KNOWN, RAW)
    assert {p.rule for p in found} == {rule}
    assert all(p.is_warning for p in found)
    assert lacks_review(content, is_warned=True)
    closed = laid("P102", **typed, review_on="", accept_from="", accept_until="")
    assert lacks_review(closed, is_warned=True)
    assert not lacks_review(closed, is_warned=False)
    assert not lacks_review(laid("P102", **typed), is_warned=True)


@pytest.mark.parametrize(
    ("part", "said"), [("0.3", "30%"), ("0.025", "2.5%"), ("1", "100%"), ("0", "0%"), ("0.0125", "1.25%")]
)
def test_a_rate_is_written_with_all_its_places(part: str, said: str) -> None:
    assert rate(Decimal(part)) == said
