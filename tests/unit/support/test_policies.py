"""The eighteen policies: the linter refuses what cannot run, and each is met, missed, unknown and vetoed as it says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.support.evaluate import Status
from portal.support.knowledge import Knowledge
from portal.support.lint import problems, refusals
from portal.support.match import Group, Standing, group_of, in_order, match, veto
from portal.support.policy import VETOES, Tag, Way
from portal.support.reader import BadPolicies, checked_policies
from tests.unit.support.shipped import (
    DAY,
    EDITIONS,
    KNOWN,
    POLICIES,
    RAW,
    enterprise,
    entry,
    facts,
    names,
    spoilt_file,
    yearly,
)

Raw = dict[str, Any]


def test_the_shipped_policies_pass_the_linter() -> None:
    assert refusals(problems(list(RAW.values()), KNOWN)) == []


def test_there_are_eighteen_for_eight_tasks_and_four_of_them_are_past_and_closed() -> None:
    assert len(POLICIES) == 18
    assert {policy.task for policy in POLICIES.values()} == set("12345678")
    past = {code for code, policy in POLICIES.items() if policy.tag is Tag.PAST}
    assert past == {"P204", "P301", "P501", "P503"}
    assert not any(POLICIES[code].is_open(DAY) for code in past)
    ways = [policy.way for policy in POLICIES.values()]
    assert (ways.count(Way.WITHOUT_APPLICATION), ways.count(Way.DATA_CHECKED), ways.count(Way.APPLY)) == (4, 3, 11)


def test_only_past_policies_carry_warnings_that_would_refuse_an_open_one() -> None:
    found = {(p.policy, p.rule) for p in problems(list(RAW.values()), KNOWN) if p.rule in ("FC1", "FC2", "FC3")}
    assert found == {("P204", "FC1"), ("P503", "FC1")}


def test_a_policy_carries_the_linters_warnings_wherever_it_is_shown() -> None:
    said = {code: {(p.rule, p.message) for p in problems([RAW[code]], KNOWN) if p.is_warning} for code in RAW}
    assert {code: set(policy.fair) for code, policy in POLICIES.items()} == said
    assert {rule for code in ("P204", "P503") for rule, _ in POLICIES[code].fair} >= {"FC1"}


def _conditions(*texts: str) -> Callable[[Raw], None]:
    return lambda raw: raw.update(conditions=list(texts))


def _amount(**amount: Any) -> Callable[[Raw], None]:
    return lambda raw: raw.update(amount=amount)


FAILING: list[tuple[str, str, Callable[[Raw], None]]] = [
    ("L01", "P201", _conditions("f(101) >= 50000 万元")),
    ("L01", "P201", _conditions("chain in")),
    ("L02", "P201", _conditions("f(999, ttm) >= 1 万元")),
    ("L02", "P302", lambda raw: raw["amount"].update(row="999")),
    ("L03", "P201", _conditions("f(101, last) >= 1 万元")),
    ("L03", "P201", _conditions("f(504, ttm) >= 1 万元")),
    ("L03", "P201", _conditions("g(101, y-2) >= 1 %")),
    ("L03", "P302", _conditions("f(402, ttm) >= 1 万元")),
    ("L04", "P601", _conditions('holds("no-such-list")')),
    ("L04", "P601", _conditions("digital(2019) >= 2 级")),
    ("L05", "P201", _conditions('unit = "999999"')),
    ("L05", "P201", _conditions('chain = "99"')),
    ("L05", "P201", _conditions('doc("no-such-document")')),
    ("L05", "P201", lambda raw: raw.update(task="9")),
    ("L05", "P201", lambda raw: raw.update(vetoes=["V9"])),
    ("L05", "P203", lambda raw: raw.update(exclusive_with=["P999"])),
    ("L06", "P201", _conditions("f(101, ttm) >= 50000 亩")),
    ("L06", "P201", lambda raw: raw.update(shares={"city": 60, "county": 60})),
    ("L07", "P201", lambda raw: raw.update(title_en="")),
    ("L08", "P204", lambda raw: raw.update(accept_from="2026-01-01")),
    ("L08", "P201", lambda raw: raw.update(accept_until="2025-01-01")),
    ("L08", "P201", lambda raw: raw.update(accept_days=0)),
    ("L08", "P201", lambda raw: raw.update(valid_from="soon")),
    ("L09", "P102", _amount(kind="much")),
    ("L09", "P102", _amount(kind="fixed")),
    ("L09", "P102", _amount(kind="fixed", value="-1")),
    ("L09", "P101", _amount(kind="share", value="0.04", basis_zh="投资", basis_en="investment")),
    ("L09", "P101", _amount(kind="share", value="0.04", cap="1")),
    ("L09", "P502", _amount(kind="tiers", cap="1", basis_zh="投资", basis_en="investment")),
    ("L04", "P801", lambda raw: raw["amount"]["or_list"][0].update(key="green-factory:national")),
    ("L04", "P801", lambda raw: raw["amount"]["or_list"][0].update(key="high-tech:city")),
    ("L09", "P801", lambda raw: raw["amount"]["or_list"][0].update(value="-1")),
    ("L09", "P101", lambda raw: raw["amount"]["instalments"][0].update(value="0.6")),
    ("L09", "P101", lambda raw: raw["amount"]["instalments"][0].update(title_en="")),
    ("L09", "P101", lambda raw: raw["amount"].update(kind="none")),
    ("L05", "P201", lambda raw: raw["amount"].update(designates="leader")),
    ("L09", "P201", lambda raw: raw["amount"].update(years=21)),
    ("L09", "P201", lambda raw: raw["amount"].pop("designates")),
    ("L09", "P102", lambda raw: raw["amount"].update(designates="key")),
    ("L10", "P101", lambda raw: raw.update(code="P102")),
    ("L11", "P201", _conditions('unit = "331121"')),
    ("L11", "P201", _conditions('officer("本地采购不低于50%", "At least half bought locally")')),
    ("L11", "P102", _amount(kind="increase", value="0.5", cap="100000", row="201")),
    ("L12", "P201", lambda raw: raw["review"].pop("document")),
]


@pytest.mark.parametrize(("rule", "code", "spoil"), FAILING, ids=[f"{r}-{n}" for n, (r, _, _) in enumerate(FAILING)])
def test_the_linter_refuses_each_fault_by_its_rule(rule: str, code: str, spoil: Callable[[Raw], None]) -> None:
    spoilt = copy.deepcopy(RAW)
    spoil(spoilt[code])
    assert rule in {problem.rule for problem in refusals(problems(list(spoilt.values()), KNOWN))}


WARNED = [
    ("FC1", _conditions('unit = "331121"')),
    ("FC2", _amount(kind="increase", value="0.5", cap="100000", row="202")),
    ("FC3", _conditions('officer("从本地采购", "bought locally")')),
    ("FC4", _conditions('holds("high-tech")')),
]


@pytest.mark.parametrize(("rule", "spoil"), WARNED, ids=[rule for rule, _ in WARNED])
def test_the_linter_warns_where_fair_competition_is_touched(rule: str, spoil: Callable[[Raw], None]) -> None:
    spoilt = copy.deepcopy(RAW)
    spoil(spoilt["P402"])
    found = [p for p in problems(list(spoilt.values()), KNOWN) if p.policy == "P402" and p.rule == rule]
    assert found
    assert found[0].is_warning


def test_the_linter_names_the_place_in_the_condition() -> None:
    spoilt = copy.deepcopy(RAW)
    spoilt["P201"]["conditions"] = ["chain in plan and f(999, ttm) >= 1 万元"]
    (found,) = [p for p in problems(list(spoilt.values()), KNOWN) if p.rule == "L02"]
    assert (found.field, found.place) == ("conditions 1", 21)


def test_the_reader_refuses_a_condition_without_a_base_and_names_its_place(tmp_path: Path) -> None:
    folder = spoilt_file(tmp_path, "f(101, ttm) >= 50000 万元", "f(101) >= 50000 万元")
    with pytest.raises(BadPolicies) as caught:
        checked_policies(KNOWN, folder)
    assert str(caught.value).startswith("P201 conditions 2 6 L01: The base is missing at character 6")
    assert len(str(caught.value).splitlines()) == 1
    assert [raw["code"] for raw in checked_policies(KNOWN)] == list(RAW)


def test_the_reader_names_line_and_column_of_a_file_that_is_no_toml(tmp_path: Path) -> None:
    folder = spoilt_file(tmp_path, 'code = "P101"', 'code = "P101')
    with pytest.raises(BadPolicies, match=r"^policies\.toml: .*line 6"):
        checked_policies(KNOWN, folder)


# --- vectors -----------------------------------------------------------------------------------------------------

R_AND_D = yearly("105", 2025, "5000") | {"402": {20254: (Decimal("900"), False), 20244: (Decimal("500"), False)}}
SAVING = facts({}) | {
    "302": {y * 10 + n: (Decimal(v), False) for y, v in ((2024, 1000), (2025, 900)) for n in (1, 2, 3, 4)},
    "101": {y * 10 + n: (Decimal(5000), False) for y in (2024, 2025) for n in (1, 2, 3, 4)},
}
DIGITAL = entry("digital-2024", "3")
SUPPLEMENT = entry("annual-supplement")
PARK = enterprise({"101": "400", "308": "500"}, size="S", founded_on=date(2024, 6, 1))
MET: dict[str, Knowledge] = {
    "P101": enterprise(documents=frozenset({"project-filing"})),
    "P102": enterprise(),
    "P201": enterprise(),
    "P202": enterprise(was_above_scale=False, was_ever_above_scale=False),
    "P203": enterprise(entries=(entry("srdi-provincial"), DIGITAL)),
    "P204": enterprise(unit="331121", entries=(entry("little-giant"),)),
    "P301": enterprise(entries=(entry("first-set-2024", "national"),)),
    "P302": enterprise(facts=R_AND_D, entries=(SUPPLEMENT,)),
    "P303": enterprise(),
    "P401": enterprise(
        facts=facts({"501": "300"}) | {"403": {20254: (Decimal(40), False), 20263: (Decimal(41), False)}}
    ),
    "P402": enterprise(),
    "P501": enterprise(entries=(DIGITAL,)),
    "P502": enterprise(),
    "P503": enterprise(unit="331121", chain="08"),
    "P601": enterprise(entries=(entry("high-tech"),)),
    "P602": enterprise(entries=(entry("technology-centre"),)),
    "P701": PARK,
    "P801": enterprise(facts=SAVING),
}
NOT_MET: dict[str, Knowledge] = {
    "P101": enterprise(chain="00"),
    "P201": enterprise({"101": "7750"}),
    "P202": enterprise(was_above_scale=False, was_ever_above_scale=True),  # was, left, and came back
    "P203": enterprise(entries=(entry("srdi-provincial", dated_on=date(DAY.year - 1, 12, 20)), DIGITAL)),
    "P204": enterprise(entries=(entry("little-giant"),)),
    "P301": enterprise(),
    "P302": enterprise(
        facts=R_AND_D | {"402": {20254: (Decimal("700"), False), 20244: (Decimal("650"), False)}}, entries=(SUPPLEMENT,)
    ),
    "P401": enterprise(),
    "P402": enterprise({"505": "30"}),
    "P501": enterprise(entries=(DIGITAL, entry("credit-breach"))),
    "P502": enterprise({"601": "20"}),
    "P503": enterprise(unit="331121"),
    # A recognition that has ended, and one of this year: the second is no first one.
    "P601": enterprise(
        entries=(replace(entry("high-tech", dated_on=date(2023, 1, 5)), until=date(2026, 1, 5)), entry("high-tech"))
    ),
    "P602": enterprise({"403": "9"}, entries=(entry("technology-centre"),)),
    "P701": replace(PARK, size="M"),
    "P801": enterprise(),
}
NO_FACTS = enterprise(facts={}, editions={}, founded_on=None)


def statuses(code: str, known: Knowledge) -> list[Status]:
    return [line.status for line in match(POLICIES[code], known, names).conditions]


@pytest.mark.parametrize("code", POLICIES)
def test_each_policy_is_met_by_an_enterprise_that_meets_it(code: str) -> None:
    assert set(statuses(code, MET[code])) <= {Status.MET, Status.OFFICER}
    found = match(POLICIES[code], MET[code], names)
    assert found.standing in (Standing.AVAILABLE, Standing.PAST) or found.is_vetoed


@pytest.mark.parametrize("code", [code for code in POLICIES if code not in ("P102", "P303")])
def test_each_policy_is_missed_by_an_enterprise_that_misses_it(code: str) -> None:
    found = match(POLICIES[code], NOT_MET[code], names)
    missed = [line for line in found.conditions if line.status is Status.NOT_MET]
    assert len(missed) == 1
    assert missed[0].detail.zh
    assert missed[0].detail.en
    assert not found.may_apply


@pytest.mark.parametrize("code", [code for code in POLICIES if code not in ("P102", "P202", "P303")])
def test_each_policy_is_unknown_where_filings_and_lists_are_missing(code: str) -> None:
    known = replace(NO_FACTS, unit="331121", chain="08", size="S")
    found = match(POLICIES[code], known, names)
    assert found.is_unclear
    assert not found.may_be_granted


@pytest.mark.parametrize("code", POLICIES)
def test_each_policy_is_blocked_by_each_of_its_vetoes(code: str) -> None:
    lists = {
        "V1": entry("credit-breach"),
        "V2": entry("safety-environment"),
        "V3": entry("evaluation-class", "D", date(2025, 6, 1)),
        "V4": entry("claw-back-open"),
    }
    for blocked in POLICIES[code].vetoes:
        known = replace(MET[code], owes_filing=blocked == "V5")
        if blocked in lists:
            known = replace(known, entries=(*known.entries, lists[blocked]))
        found = match(POLICIES[code], known, names)
        assert found.is_vetoed
        assert not found.may_apply


@pytest.mark.parametrize("code", VETOES)
def test_a_veto_clears_nobody_before_its_list_was_entered(code: str) -> None:
    status = veto(code, replace(enterprise(), editions={})).status
    assert status is (Status.MET if code == "V5" else Status.UNKNOWN)
    assert veto(code, enterprise()).status is Status.MET


def test_an_old_penalty_and_an_ended_breach_block_no_longer() -> None:
    old = entry("safety-environment", dated_on=date(2022, 1, 1))
    ended = replace(entry("credit-breach", dated_on=date(2025, 1, 1)), until=date(2026, 1, 1))
    known = enterprise(entries=(old, ended))
    assert veto("V2", known).status is Status.MET
    assert veto("V1", known).status is Status.MET
    assert EDITIONS["credit-breach"]


def test_a_page_begins_with_what_can_be_applied_for_and_ends_with_the_past() -> None:
    every = [match(policy, enterprise(), names) for policy in POLICIES.values()]
    ordered = in_order(every, DAY)
    assert sorted(one.policy.code for _, one in ordered) == sorted(POLICIES)
    assert list(dict.fromkeys(group for group, _ in ordered)) == [g for g in Group if any(g is of for of, _ in ordered)]
    for group, one in ordered:
        may_apply = one.policy.takes_applications(DAY) and one.may_apply
        assert (group in (Group.APPLY, Group.JUDGED)) == may_apply
        assert (group is Group.PAST) == (one.policy.tag is Tag.PAST)
        assert group is not Group.SHORT or one.gap in one.conditions
    unknown = in_order([match(POLICIES["P502"], enterprise(facts={}), names)], DAY)
    assert [group for group, _ in unknown] == [Group.JUDGED]


@pytest.mark.parametrize(
    ("editions", "entries", "status"),
    [
        ((), (), Status.UNKNOWN),
        ((date(DAY.year - 1, 6, 1),), (entry("annual-supplement", dated_on=date(DAY.year - 1, 6, 1)),), Status.UNKNOWN),
        ((date(DAY.year, 6, 1),), (), Status.NOT_MET),
        ((date(DAY.year, 6, 1),), (entry("annual-supplement", dated_on=date(DAY.year, 6, 1)),), Status.MET),
    ],
    ids=["never entered", "last year only", "entered without it", "entered with it"],
)
def test_the_growth_grant_is_unknown_until_the_years_supplement_is_approved(
    editions: tuple[date, ...], entries: tuple[Any, ...], status: Status
) -> None:
    known = enterprise(facts=R_AND_D, entries=entries, editions=EDITIONS | {"annual-supplement": editions})
    assert statuses("P302", known) == [Status.MET, Status.MET, Status.MET, status]
    found = match(POLICIES["P302"], known, names)
    assert found.is_unclear == (status is Status.UNKNOWN)
    assert found.may_be_granted == (status is Status.MET)


def test_what_is_under_way_is_not_offered_once_more() -> None:
    (only,) = in_order([match(POLICIES["P102"], enterprise(), names)], DAY, {"P102"})
    assert only[0] is Group.OTHER
    (only,) = in_order([match(POLICIES["P503"], enterprise(), names)], DAY, ())
    assert only[0] is Group.PAST


def test_a_veto_is_the_gap_where_every_condition_is_met() -> None:
    vetoed = match(POLICIES["P102"], enterprise(entries=(entry("credit-breach"),)), names)
    assert vetoed.gap in vetoed.vetoes
    assert group_of(vetoed, DAY) is Group.OTHER
    assert match(POLICIES["P102"], enterprise(), names).gap is None


@pytest.mark.parametrize(
    ("code", "known", "is_over"),
    [
        ("P202", enterprise(was_above_scale=True, was_ever_above_scale=True), True),
        ("P202", enterprise(is_above_scale=False, was_above_scale=False, was_ever_above_scale=True), True),
        ("P202", enterprise(is_above_scale=False, was_above_scale=False, was_ever_above_scale=False), False),
        ("P601", NOT_MET["P601"], True),
        ("P601", enterprise(entries=(replace(entry("high-tech", dated_on=date(2023, 1, 5)), until=DAY),)), True),
        ("P601", enterprise(), False),
        ("P701", replace(PARK, founded_on=date(2020, 1, 1)), True),
        ("P701", NOT_MET["P701"], False),
        ("P502", replace(MET["P502"], founded_on=date(DAY.year, 1, 1)), False),
        # Only the last way is out of reach: another one of the alternative is still open.
        ("P204", enterprise(unit="331121", entries=(entry("little-giant", dated_on=date(2020, 1, 5)),)), False),
    ],
    ids=[
        "above scale long since",
        "above scale once",
        "never above scale",
        "recognised before",
        "recognition that has ended",
        "never recognised",
        "too old",
        "too large",
        "too young",
        "one way is left",
    ],
)
def test_what_can_never_be_met_again_says_so_and_is_not_nearly_met(code: str, known: Knowledge, is_over: bool) -> None:
    found = match(POLICIES[code], known, names)
    missed = [line for line in found.conditions if line.status is Status.NOT_MET]
    assert len(missed) == 1
    assert missed[0].said.en == ("cannot be met any more" if is_over else "not met")
    assert found.is_out_of_reach is is_over
    if found.policy.tag is not Tag.PAST:
        assert found.standing is (Standing.NOT_ELIGIBLE if is_over else Standing.ONE_SHORT)
        assert (group_of(found, DAY) is Group.OTHER) is is_over
        assert found.said.en == ("Cannot be met any more" if is_over else "One condition short")
