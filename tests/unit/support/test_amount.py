"""What an award comes to: exact, never negative, never above a cap; and how the letter writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.bilingual import Bilingual
from portal.support.amount import Reckoned, parts, reckon
from portal.support.answers import blanks, problems, receipt_number, said
from portal.support.entered import lines_of
from portal.support.letter import Holder, letter_snapshot, yuan_in_words
from portal.support.policy import AmountRule, Instalment, Policy, Step
from portal.support.rules import amount_words, instalment_words, money
from tests.unit.support.shipped import POLICIES, RAW, enterprise, entry, yearly

YUAN = st.decimals(0, 10**11, places=2, allow_nan=False, allow_infinity=False)
LEVEL = st.sampled_from(["", "1", "2", "3", "4"])


def worth(code: str, basis: str | None = None, *, already: str = "0", **known: object) -> Decimal:
    policy = POLICIES[code]
    return reckon(
        policy.amount,
        basis=None if basis is None else Decimal(basis),
        knowledge=enterprise(**known),  # type: ignore[arg-type]
        annual_cap=policy.annual_cap,
        already=Decimal(already),
    ).amount


@pytest.mark.parametrize(
    ("code", "basis", "amount"),
    [
        ("P101", "10000000", "400000"),
        ("P101", "100000000", "3000000"),
        ("P101", "33.33", "1.33"),
        ("P102", None, "100000"),
        ("P201", None, "0"),
        ("P401", "3", "60000"),
        ("P401", "12", "200000"),
        ("P801", "123.5", "61750"),
        ("P801", "5000", "300000"),
        ("P701", None, "0"),
    ],
)
def test_the_rule_gives_what_the_table_says(code: str, basis: str | None, amount: str) -> None:
    assert worth(code, basis) == Decimal(amount)


@pytest.mark.parametrize(("level", "amount"), [("1", "0"), ("2", "100000"), ("3", "150000"), ("4", "200000")])
def test_the_rate_rises_with_the_digital_level(level: str, amount: str) -> None:
    assert worth("P502", "1000000", entries=(entry("digital-2024", level),)) == Decimal(amount)


def test_of_two_recognitions_the_higher_one_counts() -> None:
    held = (entry("research-institute"), entry("technology-centre"))
    assert worth("P602", entries=held) == Decimal(300000)
    assert worth("P602", entries=held[1:]) == Decimal(200000)
    assert worth("P301", entries=(entry("first-set-2024", "provincial"),)) == Decimal(500000)


@pytest.mark.parametrize(
    ("tonnes", "grade", "amount"),
    [
        (None, "province", "200000"),
        (None, "city", "100000"),
        (None, "", "0"),
        ("150", "city", "100000"),
        ("250", "city", "125000"),
        ("5000", "province", "300000"),
    ],
)
def test_of_what_was_saved_and_the_green_factory_the_higher_one_counts(
    tonnes: str | None, grade: str, amount: str
) -> None:
    assert worth("P801", tonnes, entries=(entry("green-factory", grade),)) == Decimal(amount)


SUMS = st.dictionaries(st.sampled_from(["province", "city"]), YUAN, max_size=2)


@given(st.sampled_from(sorted(POLICIES)), st.none() | YUAN, SUMS, st.sampled_from(["", "province", "city"]), YUAN)
def test_a_sum_by_list_counts_exactly_where_it_is_the_higher_one(
    code: str, basis: Decimal | None, sums: dict[str, Decimal], grade: str, already: Decimal
) -> None:
    policy, known = POLICIES[code], enterprise(entries=(entry("green-factory", grade), entry("digital-2024", "3")))
    by_list = tuple(Step(f"green-factory:{key}", value, Bilingual(key, key)) for key, value in sums.items())

    def of(rule: AmountRule, cap: Decimal | None = None) -> Reckoned:
        return reckon(rule, basis=basis, knowledge=known, annual_cap=cap, already=already if cap else Decimal(0))

    plain, rule = replace(policy.amount, or_list=()), replace(policy.amount, or_list=by_list)
    best = max(of(plain).amount, sums.get(grade, Decimal(0)))
    assert of(rule).amount == best
    assert of(rule, Decimal(300_000)).amount == min(best, max(Decimal(300_000) - already, Decimal(0)))
    assert not sums.get(grade) or any(money(sums[grade]).zh in step.zh for step in of(rule).steps)


@given(YUAN, st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_instalments_are_the_whole_award_to_the_cent(amount: Decimal, weights: list[int]) -> None:
    shares = [(Decimal(weight) / sum(weights)).quantize(Decimal("0.0001"), ROUND_DOWN) for weight in weights[:-1]]
    rule = AmountRule("fixed", instalments=tuple(
        Instalment(share, Bilingual("何时", "when")) for share in (*shares, 1 - sum(shares))
    ))  # fmt: skip
    found = parts(rule, amount)
    assert sum(part.amount for part in found) == amount
    assert all(part.amount >= 0 and part.amount == round(part.amount, 2) for part in found)
    assert all(abs(part.amount - amount * part.rate) <= Decimal("0.01") for part in found)


def test_an_increase_is_taken_in_yuan_and_a_fall_gives_nothing() -> None:
    rising = yearly("105", 2025, "1") | {"402": {20254: (Decimal("160.5"), False), 20244: (Decimal("100"), False)}}
    assert worth("P302", facts=rising) == Decimal("30250")
    falling = {"402": {20254: (Decimal(90), False), 20244: (Decimal(100), False)}}
    assert worth("P302", facts=falling) == 0
    assert worth("P302", facts={}) == 0


@pytest.mark.parametrize(
    ("already", "amount"), [("0", "100000"), ("250000", "50000"), ("300000", "0"), ("400000", "0")]
)
def test_the_year_leaves_what_its_cap_leaves(already: str, amount: str) -> None:
    assert worth("P102", already=already) == Decimal(amount)


@given(st.sampled_from(sorted(POLICIES)), YUAN, YUAN, YUAN, LEVEL)
def test_an_amount_is_never_negative_never_above_a_cap_and_rises_with_its_basis(
    code: str, basis: Decimal, more: Decimal, already: Decimal, level: str
) -> None:
    policy, known = POLICIES[code], enterprise(entries=(entry("digital-2024", level),) if level else ())

    def of(base: Decimal) -> Decimal:
        return reckon(policy.amount, basis=base, knowledge=known, annual_cap=policy.annual_cap, already=already).amount

    low, high = of(basis), of(basis + more)
    assert 0 <= low <= high
    assert low == round(low, 2)
    for cap in (policy.amount.cap, policy.annual_cap):
        assert cap is None or high <= cap
    if policy.annual_cap is not None:
        assert high <= max(policy.annual_cap - already, Decimal(0))


@pytest.mark.parametrize("code", POLICIES)
def test_every_rule_is_said_in_both_languages(code: str) -> None:
    said = amount_words(POLICIES[code].amount)
    assert said.zh
    assert said.en.isascii() or "–" in said.en


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("P101", "经审计的设备投资额的4%，最高300万元", "4% of audited equipment investment, 3,000,000 yuan at most"),
        ("P302", "R&D经费支出（402）比上年的增加额的5%，最高50万元",
         "5% of the increase of R&D expenditure (402) on the year before, 500,000 yuan at most"),
        ("P401", "每人2万元（引进工程师人数），最多10人", "20,000 yuan per person (engineers recruited), 10 people at most"),
        ("P301", "国际首台（套）：200万元；国内首台（套）：100万元；省内首台（套）：50万元；零部件不奖励",
         ("First set internationally: 2,000,000 yuan; First set nationally: 1,000,000 yuan; First set in the province: "
          "500,000 yuan; Parts: none")),
        ("P201", "认定为链主企业，有效期3年，不涉及资金", "Designation as chain-leading enterprise for 3 years; no money"),
        ("P501", "资格认定，不涉及资金", "A designation; no money"),
    ],
)  # fmt: skip
def test_an_amount_reads_as_a_sentence(code: str, zh: str, en: str) -> None:
    assert amount_words(POLICIES[code].amount) == Bilingual(zh, en)


def test_what_is_promised_and_what_is_higher_is_said() -> None:
    green, project = POLICIES["P801"].amount, POLICIES["P303"].amount
    assert amount_words(green).zh == (
        "每吨标准煤500元（节能量），最多30万元；或者按名单给予，就高计算（省级绿色工厂：20万元，市级绿色工厂：10万元）"
    )
    assert instalment_words(project).en == (
        "40%: after the first milestone; 40%: after the second milestone; 20%: after the last milestone"
    )
    assert instalment_words(green) == Bilingual("", "")


def test_money_is_said_as_people_say_it() -> None:
    assert (money(Decimal(1_200_000)).zh, money(Decimal(1_200_000)).en) == ("120万元", "1,200,000 yuan")
    assert money(Decimal("30250.50")).zh == "30,250.50元"
    assert money(Decimal(500)).zh == "500元"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("1200000", "壹佰贰拾万元整"),
        ("10010.05", "壹万零壹拾元零伍分"),
        ("100000000", "壹亿元整"),
        ("10000001", "壹仟万零壹元整"),
        ("0.50", "伍角整"),
        ("3005.30", "叁仟零伍元叁角整"),
    ],
)
def test_the_letter_writes_the_amount_as_cheques_do(amount: str, words: str) -> None:
    assert yuan_in_words(Decimal(amount)).zh == words


@given(YUAN)
def test_every_amount_can_be_written_and_none_is_written_like_another(amount: Decimal) -> None:
    said = yuan_in_words(amount).zh
    assert said != yuan_in_words(amount + Decimal("0.01")).zh
    assert "零零" not in said
    assert not said.startswith("零") or amount == 0


def test_the_letter_names_policy_holder_amount_and_that_it_is_a_sample() -> None:
    holder = Holder(Bilingual("丽水示例有限公司", "Lishui Sample Ltd"), "91331122MA2E1H8U6K")
    said = letter_snapshot(
        POLICIES["P102"], holder, amount=Decimal(100000), year=2026, decision_no="LS-ZC-2026-00001",
        decided_on=date(2026, 11, 25),
    )  # fmt: skip
    lines = {line.label.en: line.value for line in said.lines}
    assert said.text is not None
    assert "人民币100,000.00元（大写：壹拾万元整）" in said.text.zh
    assert "CNY 100,000.00" in said.text.en
    assert RAW["P102"]["title_zh"] in said.text.zh
    assert RAW["P102"]["title_en"] in lines["Policy"].en
    assert lines["Decision"].zh == "LS-ZC-2026-00001"
    assert "示例" in lines["Note"].zh
    assert "Promised instalments" not in lines
    assert (said.holder.en, said.issued_on) == ("Lishui Sample Ltd", date(2026, 11, 25))


def test_the_letter_says_the_promised_instalments_at_length_only_where_there_is_room() -> None:
    holder, short = Holder(Bilingual("丽水示例有限公司", ""), "91331122MA2E1H8U6K"), POLICIES["P303"]

    def promised(policy: Policy) -> Bilingual:
        said = letter_snapshot(
            policy, holder, amount=Decimal(1), year=2026, decision_no="LS-ZC-2026-1", decided_on=date(2026, 11, 25)
        )
        return {line.label.zh: line.value for line in said.lines}["分期兑现安排"]

    assert promised(short) == instalment_words(short.amount)
    for title in (Bilingual("长" * 120, "Short"), Bilingual("短", "long " * 60)):
        assert promised(replace(short, title=title)).zh == "40%、40%、20%（各期条件见政策）"


CLEAN = {
    "statement": "说明", "claim": "100", "contact_name": "张敏", "contact_phone": "0578-000000",
    "account_name": "示例", "bank": "示例", "account_no": "330000000000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "is_wrong"),
    [
        ("claim", "12,345.67", False),
        ("claim", "１２３", False),
        ("claim", "0", True),
        ("claim", "-5", True),
        ("claim", "1.234", True),
        ("claim", "NaN", True),
        ("claim", "1e400", True),
        ("claim", "9" * 30, True),
        ("account_no", "12", True),
        ("contact_phone", "call me", True),
        ("statement", "x" * 2001, True),
        ("bank", "x" * 101, True),
    ],
)
def test_each_answer_is_checked_at_its_field(name: str, text: str, is_wrong: bool) -> None:
    kinds = {document.kind for document in POLICIES["P101"].documents}
    assert problems(POLICIES["P101"], CLEAN, kinds) == {}
    assert set(problems(POLICIES["P101"], CLEAN | {name: text}, kinds)) == ({name} if is_wrong else set())


def test_a_figure_is_read_in_groups_and_a_number_that_is_none_as_it_was_typed() -> None:
    by_name = {blank.name: blank for blank in blanks(POLICIES["P101"])}
    assert said(by_name["claim"], "3600000.5") == "3,600,000.5"
    assert said(by_name["claim"], "many") == "many"
    assert said(by_name["account_no"], "62000004") == "62000004"


def test_a_missing_document_is_named() -> None:
    assert "doc-audit" in problems(POLICIES["P101"], CLEAN, {"contracts"})


def test_a_figure_beside_which_a_list_may_count_is_optional() -> None:
    kinds = {document.kind for document in POLICIES["P801"].documents}
    assert problems(POLICIES["P801"], CLEAN | {"claim": ""}, kinds) == {}
    assert set(problems(POLICIES["P801"], CLEAN | {"claim": "-1"}, kinds)) == {"claim"}


def test_a_designation_asks_for_no_account() -> None:
    assert "account_no" not in problems(POLICIES["P201"], {}, set())


def test_a_receipt_number_carries_a_check_letter() -> None:
    assert receipt_number(2026, "7K4M2QXR").startswith("LS-SQ2026-7K4M-2QXR-")
    assert receipt_number(2026, "7K4M2QXR") != receipt_number(2026, "7K4M2QRX")


@given(st.text(max_size=80))
def test_any_typed_list_is_read_or_refused(text: str) -> None:
    lines, wrong = lines_of(text, ())
    assert wrong is None or lines == []


@pytest.mark.parametrize(
    ("text", "classes", "read"),
    [
        ("91331122MADEM0046J", (), ("", None)),
        ("91331122MADEM0046J，2026-06-30", (), ("", date(2026, 6, 30))),
        ("91331122MADEM0046J, D, 2026/6/30", ("A", "D"), ("D", date(2026, 6, 30))),
        ("91331122MADEM0046J,D", ("A", "D"), ("D", None)),
        ("91331122MADEM0046J,2026-02-28", (), None),  # before the list
        ("91331122MADEM0046J,2026-13-01", (), None),
        ("91331122MADEM0046J,D,D", ("D",), None),
        ("91331122MADEM0046J,2026-06-30", ("D",), None),  # the class is missing
    ],
)
def test_a_typed_line_holds_a_code_a_class_and_a_last_day(
    text: str, classes: tuple[str, ...], read: tuple[str, date | None] | None
) -> None:
    lines, wrong = lines_of(text, classes, date(2026, 3, 1))
    assert [(line.value, line.until) for line in lines] == ([] if read is None else [read])
    assert (wrong is None) is (read is not None)
