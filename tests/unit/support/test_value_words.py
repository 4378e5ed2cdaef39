"""What pages say of a condition and its figure: each language as a finance clerk writes it, and both the same number."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.bilingual import Bilingual
from portal.support.evaluate import Status, judge
from portal.support.knowledge import row_name
from portal.support.match import match
from portal.support.queries import names_of
from portal.support.reading import read_condition
from portal.support.value_words import Look, in_yuan
from portal.support.words import said_condition
from tests.unit.support.shipped import CATALOGUE, EDITION, POLICIES, enterprise, facts
from tests.unit.support.test_policies import MET, NO_FACTS, NOT_MET

NAMES = names_of(CATALOGUE, list(POLICIES.values()))
FACTORS = {" m yuan": Decimal(10**6), "k yuan": Decimal(1000), " yuan": Decimal(1)}
AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4)


def yuan(text: str) -> Decimal:
    """What an English sum of money says, in yuan."""
    found = re.fullmatch(r"(−?)([\d,]+(?:\.\d+)?)( m yuan|k yuan| yuan)(?:/mu|/m²)?", text)
    assert found, text
    return Decimal(found[2].replace(",", "")) * FACTORS[found[3]] * (-1 if found[1] else 1)


@pytest.mark.parametrize(
    ("ten_thousands", "per", "said"),
    [
        ("79977.08", "", "799.7708 m yuan"),
        ("50000", "", "500 m yuan"),
        ("7980.2", "", "79.802 m yuan"),
        ("100.00", "", "1 m yuan"),
        ("99.99", "", "999.9k yuan"),
        ("31.6", "/mu", "316k yuan/mu"),
        ("0.3", "/m²", "3k yuan/m²"),
        ("0.01", "", "100 yuan"),
        ("0.00", "", "0 yuan"),
        ("-120.5", "", "−1.205 m yuan"),
    ],
)
def test_money_is_written_as_english_readers_take_it(ten_thousands: str, per: str, said: str) -> None:
    assert in_yuan(Decimal(ten_thousands), per) == said


@given(AMOUNTS)
def test_the_conversion_keeps_every_digit(ten_thousands: Decimal) -> None:
    assert yuan(in_yuan(ten_thousands)) == ten_thousands * 10_000


@given(AMOUNTS, st.sampled_from(["万元", "万元/亩", "万元/平方米"]), st.booleans())
def test_both_languages_say_the_same_number(value: Decimal, unit: str, is_gap: bool) -> None:
    said = Look(unit).gap(value) if is_gap else Look(unit).say(value)
    chinese = Decimal(said.zh.removesuffix(unit).replace(",", "").replace("−", "-"))
    assert yuan(said.en) == chinese * 10_000


@given(AMOUNTS.filter(bool), st.sampled_from(["万元", "人", "亩", "%", "级", "个月", ""]))
def test_a_gap_is_never_written_as_nothing(value: Decimal, unit: str) -> None:
    said = Look(unit, "mu").gap(value)
    assert re.search("[1-9]", said.zh) and re.search("[1-9]", said.en)


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("人", "1", "1人", "1 person"),
        ("人", "-1", "−1人", "−1 person"),
        ("人", "20", "20人", "20 people"),
        ("人", "19.5", "19.50人", "19.50 people"),
        ("个月", "1", "1个月", "1 month"),
        ("个月", "24", "24个月", "24 months"),
        ("级", "1", "1级", "1 level"),
        ("%", "0.0231", "2.31个百分点", "2.31 points"),
    ],
)
def test_one_is_singular_and_what_is_counted_is_named(unit: str, value: str, zh: str, en: str) -> None:
    assert Look(unit).gap(Decimal(value)) == Bilingual(zh, en)


@pytest.mark.parametrize("code", EDITION.by_code)
def test_every_row_has_a_name_that_stands_alone_in_a_sentence(code: str) -> None:
    name = row_name(EDITION.by_code[code])
    assert not re.search("[：（）]", name.zh)
    assert not re.search(r"Of which|Memo|Less|[():]|^(digital|networked|leased in)$", name.en)
    assert name.en[0].islower() or not name.en[1].islower()


SAID = [
    ("f(101, ttm) >= 50000 万元", "工业总产值（近四个季度）不低于50,000万元",
     "Gross output (last four quarters) is at least 500 m yuan"),
    ("ratio(605, 604, last) >= 40 %", "数字化生产设备占生产设备总数的比例（最近一期）不低于40%",
     "Digital production equipment as a share of all production equipment (newest quarter) is at least 40%"),
    ("ratio(606, 604, last) - ratio(606, 604, last@y-1) >= 10 %",
     "联网生产设备占生产设备总数的比例（最近一期）比上年末的增加不低于10个百分点",
     "The rise of networked production equipment as a share of all production equipment (newest quarter) since the "  # noqa: ISC004
     "end of last year is at least 10 points"),
    ("ratio(107, 301, y-1) >= 100 万元/亩", "工业增加值与实际用地面积之比（上年全年）不低于100万元/亩",
     "Value added per mu of land in use (last complete year) is at least 1 m yuan/mu"),
    ("f(501, last) >= 1 人", "期末从业人员（最近一期）不少于1人", "Staff (newest quarter) is at least 1 person"),
    ("g(ratio(302, 101), y-1) <= -5 %", "综合能源消费量与工业总产值之比的增长（上年比前年）不高于−5%",
     "Growth of the ratio of energy use to gross output (last year on the year before) is at most −5%"),
    ('chain = "08" and not listed("credit-breach", 2)', "属于智能控制阀产业链，且近2年内未列入严重失信主体名单",
     "On the chain “Control valves”, and not on the list of the last 2 years: Serious breach of credit"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "zh", "en"), SAID)
def test_a_condition_reads_as_a_sentence(condition: str, zh: str, en: str) -> None:
    assert said_condition(read_condition(condition), EDITION.by_code, NAMES) == Bilingual(zh, en)


def test_two_rows_without_a_number_are_told_in_their_own_unit() -> None:
    known = enterprise(facts=facts({"101": "100", "105": "120"}))
    found = judge(read_condition("f(101, ttm) >= f(105, ttm)"), known, NAMES)
    assert found.status is Status.NOT_MET
    assert (found.detail.zh.split("：")[1], found.detail.en.split(": ")[1]) == (
        "400.00万元，还差80.00万元", "4 m yuan, 800k yuan short",
    )  # fmt: skip


def test_nothing_is_short_where_a_strict_limit_is_just_reached() -> None:
    found = judge(read_condition("f(308, last) > 0 平方米"), enterprise({"308": "0"}), NAMES)
    assert (found.status, found.detail.zh, found.detail.en) == (
        Status.NOT_MET, "2026年第三季度：0.00平方米", "Q3 2026: 0.00 m²",
    )  # fmt: skip


@pytest.mark.parametrize("code", POLICIES)
def test_no_page_says_a_code_where_a_name_belongs_nor_tens_of_thousands_in_english(code: str) -> None:
    elsewhere = enterprise({"501": "19", "403": "9", "601": "20.5"}, chain="00", unit="331181", size="L")
    for known in (MET[code], NOT_MET.get(code, elsewhere), NO_FACTS, elsewhere):
        for line in match(POLICIES[code], known, NAMES).conditions:
            for words in (line.text, line.detail):
                assert not re.search(r"33\d{4}|产业链\d|chain \d", words.zh + words.en)
                assert not re.search(r"10,000|\b1 (persons|people|months|levels)|Of which|divided by", words.en)
                assert "其中" not in words.zh
            assert line.text.en[0].isupper()
