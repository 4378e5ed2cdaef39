"""The language of conditions: reading and writing are each other's inverse, evaluation is total."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.bilingual import Bilingual, both
from portal.kernel.period import Quarter
from portal.support import language as l
from portal.support.evaluate import Result, Status, judge
from portal.support.reading import Unreadable, read_condition
from portal.support.values import Look
from portal.support.words import said_condition
from tests.unit.support.shipped import EDITION, EDITIONS, RAW, enterprise, entry, names

ROWS = st.sampled_from([*EDITION.by_code, "999"])
BASES = st.sampled_from(l.BASES)
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
NUMBERS = st.builds(
    l.Number,
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4),
    st.sampled_from(["", *l.UNITS]),
)
VALUES = st.recursive(
    NUMBERS
    | st.builds(l.Figure, ROWS, BASES)
    | st.builds(l.Ratio, ROWS, ROWS, BASES)
    | st.builds(l.Growth, ROWS, st.none() | ROWS, BASES)
    | st.just(l.Months())
    | st.builds(l.Level, st.integers(0, 9999)),
    lambda inner: st.builds(l.Sum, inner, inner) | st.builds(l.Difference, inner, inner),
    max_leaves=5,
)
LEAVES = (
    st.builds(l.Compare, VALUES, st.sampled_from(l.OPERATORS), VALUES)
    | st.just(l.InPlan())
    | st.builds(l.ChainIs, TEXTS)
    | st.builds(l.UnitIs, TEXTS)
    | st.builds(l.SizeIn, st.lists(st.sampled_from(l.SIZES), min_size=1, max_size=4).map(tuple))
    | st.builds(l.RoleIs, st.sampled_from(l.ROLES))
    | st.builds(l.AboveScale, st.sampled_from(["today", "y-1", "earlier"]))
    | st.builds(l.Grade, st.lists(st.sampled_from(l.GRADES), min_size=1, max_size=4).map(tuple))
    | st.builds(l.Holds, TEXTS, st.booleans())
    | st.builds(l.Listed, TEXTS, st.integers(0, 99))
    | st.builds(l.OnFile, TEXTS)
    | st.builds(l.Officer, st.builds(Bilingual, TEXTS, TEXTS))
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(l.Not, inner)
        | st.builds(l.Every, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(l.Either, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(CONDITIONS)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back_as_the_same_tree(condition: l.Condition) -> None:
    assert read_condition(l.text_of(condition)) == condition


@given(CONDITIONS, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_evaluation_and_words_never_fail(condition: l.Condition, has_facts: bool, is_due: bool) -> None:
    known = replace(
        enterprise(),
        facts=enterprise().facts if has_facts else {},
        newest_due=Quarter(2026, 3) if is_due else None,
        founded_on=None,
    )
    result = judge(condition, known)
    assert isinstance(result, Result)
    said = said_condition(condition, EDITION.by_code, names)
    assert isinstance(said.zh, str)
    assert isinstance(said.en, str)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    assert 1 <= _place(text) <= len(text) + 1


def _place(text: str) -> int:
    try:
        read_condition(text)
    except Unreadable as error:
        return error.place
    return 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("f(101) >= 1", 6),
        ("f(101, y-9) >= 1", 8),
        ("f(101, ttm) >=", 15),
        ("f(101, ttm) >= 1 and", 21),
        ("drop table", 1),
        ('holds("x"', 10),
        ("(" * 40 + "chain in plan", 26),
        ("", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, place: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_condition(text)
    assert caught.value.place == place


@pytest.mark.parametrize("code", RAW)
def test_shipped_conditions_are_written_as_they_are_read(code: str) -> None:
    for text in RAW[code]["conditions"]:
        assert read_condition(l.text_of(read_condition(text))) == read_condition(text)


@given(st.lists(st.sampled_from(["met", "not", "unknown", "officer"]), min_size=2, max_size=5), st.booleans())
def test_unknown_is_never_met_and_never_not_met(kinds: list[str], is_every: bool) -> None:
    """A whole with an unknown part is met only by an alternative that is met, and refused only by a part that is not."""
    leaf = {
        "met": l.InPlan(),
        "not": l.ChainIs("99"),
        "unknown": l.Holds("never-entered"),
        "officer": l.Officer(Bilingual("判断", "judge")),
    }
    parts = tuple(leaf[kind] for kind in kinds)
    status = judge(l.Every(parts) if is_every else l.Either(parts), enterprise()).status
    if is_every:
        assert (status is Status.NOT_MET) == ("not" in kinds)
        assert (status is Status.MET) == (set(kinds) == {"met"})
    else:
        assert (status is Status.MET) == ("met" in kinds)
        assert (status is Status.NOT_MET) == (set(kinds) == {"not"})


def test_a_gap_is_told_in_words_and_units() -> None:
    known = enterprise({"101": "7750"})
    found = judge(read_condition("f(101, ttm) >= 50000 万元"), known)
    assert found.status is Status.NOT_MET
    assert found.detail.zh == "2025年第四季度至2026年第三季度：31,000.00万元，还差19,000.00万元"
    assert found.detail.en == "Q4 2025 to Q3 2026: 310 m yuan, 190 m yuan short"


@given(
    value=st.decimals("-99999999.99", "99999999.99", places=2), unit=st.sampled_from(("万元", "万元/亩", "万元/平方米"))
)
def test_both_languages_name_the_same_sum(value: Decimal, unit: str) -> None:
    said = Look(unit, 2).say(value)
    chinese, english = (
        Decimal(text.replace("\u2212", "-").replace(",", ""))
        for text in (said.zh.removesuffix(unit), said.en.split()[0])
    )
    factor = {"m": 100, "k": Decimal("0.1")}[said.en.split()[1]]
    assert english * factor == chinese == value


@pytest.mark.parametrize("on", ["today", "y-1", "earlier"])
def test_not_above_scale_is_said_as_people_say_it(on: str) -> None:
    said = said_condition(read_condition(f"not above_scale({on})"), {}, lambda kind, code: both(code))
    assert ":" not in said.en and "：" not in said.zh and said.en.startswith("not ")


@pytest.mark.parametrize(
    ("condition", "is_said"),
    [
        ("ratio(107, 301, y-1) >= 1 万元/亩", True),
        ("f(107, ttm) >= 1 万元", True),
        ("f(107, q) >= 1 万元", False),  # another quarter’s is its own
        ("f(101, y-1) >= 1 万元", False),
    ],
)
def test_a_condition_that_rests_on_an_estimate_says_so(condition: str, is_said: bool) -> None:
    known = replace(enterprise({"107": "900", "301": "5"}), estimated={"107": frozenset({20254})})
    found = judge(read_condition(condition), known)
    assert found.status is Status.MET
    assert ("推算" in found.detail.zh, "estimated" in found.detail.en) == (is_said, is_said)


def test_a_missing_quarter_is_named_and_is_unknown() -> None:
    known = enterprise()
    rows = {row: dict(values) for row, values in known.facts.items()}
    del rows["101"][20261]
    found = judge(read_condition("f(101, ttm) >= 50000 万元"), replace(known, facts=rows))
    assert found.status is Status.UNKNOWN
    assert "2026年第一季度" in found.detail.zh
    assert "101" in found.detail.en


def test_a_row_that_is_not_asked_is_unknown() -> None:
    found = judge(read_condition("f(101, ttm) >= 50000 万元"), replace(enterprise(), respondent_class="N"))
    assert found.status is Status.UNKNOWN
    assert "not asked" in found.detail.en


def test_a_list_that_was_never_entered_says_nothing_about_anybody() -> None:
    known = replace(enterprise(), editions={k: v for k, v in EDITIONS.items() if k != "high-tech"})
    assert judge(l.Holds("high-tech"), known).status is Status.UNKNOWN
    assert judge(l.Holds("high-tech"), enterprise()).status is Status.NOT_MET
    assert judge(l.Holds("high-tech"), enterprise(entries=(entry("high-tech"),))).status is Status.MET


@pytest.mark.parametrize(
    ("base", "worth"), [("y-1", "48"), ("y-2", "40"), ("ttm", "54"), ("q", "14"), ("last", "14"), ("last@y-1", "12")]
)
def test_every_base_takes_its_own_quarters(base: str, worth: str) -> None:
    values = {2024: "10", 2025: "12", 2026: "14"}
    code = "403" if base.startswith("last") else "105"
    rows = {code: {y * 10 + n: (Decimal(v), False) for y, v in values.items() for n in (1, 2, 3, 4)}}
    rows[code].pop(20264)
    known = enterprise(facts=rows)
    assert judge(read_condition(f"f({code}, {base}) = {worth}"), known).status is Status.MET
