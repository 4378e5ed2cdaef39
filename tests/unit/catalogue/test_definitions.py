"""The shipped definitions: complete, linted, and counted against what the plan says of itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.catalogue.kinds import KINDS
from portal.catalogue.linter import RULES, problems
from portal.catalogue.reader import (
    BadDefinitions,
    checked_entries,
    marked_days,
    marked_years,
    raw_entries,
)
from portal.kernel.errors import Missing
from portal.kernel.period import Quarter
from tests.fixtures.shipped import shipped_catalogue

NOW = Quarter(2026, 3)
PROVENANCE = 'source = "S1"\nstatus = "confirmed"\n'
NAMED = 'name_zh = "名称"\nname_en = "Name"\n'
SOURCE = f'[[source]]\ncode = "S1"\n{NAMED}{PROVENANCE}'
DIVISION = f'[[division]]\ncode = "34"\nsection = "C"\n{NAMED}{PROVENANCE}'
CHAIN = f'[[chain]]\ncode = "01"\n{NAMED}{PROVENANCE}'
TASK = f'[[task]]\ncode = "1"\norder = 1\n{NAMED}{PROVENANCE}'
SIZE = (
    f'[[size_rule]]\ncode = "industry"\napplies_to = ["C"]\n{NAMED}{PROVENANCE}staff_medium = 300\nstaff_small = 20\n'
)
TARGET = '[[target]]\ncode = "T1"\nyear = 2026\nunit = "percent"\nwording_zh = "表述"\nwording_en = "Wording"\n'

# One file per rule that breaks this rule and no other.
FAULTY = {
    "kind": TASK.replace("[[task]]", "[[tsak]]"),
    "code": TASK.replace('code = "1"', 'code = "one"'),
    "period": TASK + 'effective_from = "2026"\n',
    "duplicate": TASK + TASK,
    "language": TASK.replace('name_en = "Name"\n', ""),
    "tongue": TASK.replace('name_en = "Name"', 'name_en = "名称"'),
    "source": TASK.replace('source = "S1"\n', ""),
    "status": TASK.replace('status = "confirmed"', 'status = "perhaps"'),
    "missing": TASK.replace("order = 1\n", ""),
    "unknown": TASK + 'colour = "green"\n',
    "shape": TASK.replace("order = 1", 'order = "first"'),
    "text": TASK.replace('"Name"', '"Na\\u202eme"'),
    "reference": CHAIN + 'cluster = "SEMI"\n',
    "retired": CHAIN
    + 'cluster = "SEMI"\n'
    + f'[[cluster]]\ncode = "SEMI"\norder = 1\nretired = true\n{NAMED}{PROVENANCE}',
    "division": CHAIN
    + f'[[segment]]\ncode = "01-U1"\nchain = "01"\nstream = "U"\ngb_classes = ["9999"]\n{NAMED}{PROVENANCE}',
    "division-retired": CHAIN
    + f'[[division]]\ncode = "06"\nsection = "B"\nretired = true\n{NAMED}{PROVENANCE}'
    + f'[[class]]\ncode = "0610"\n{NAMED}{PROVENANCE}'
    + f'[[class]]\ncode = "0620"\nretired = true\n{NAMED}{PROVENANCE}'
    + f'[[segment]]\ncode = "01-U1"\nchain = "01"\nstream = "U"\ngb_classes = ["3425", "0610"]\n{NAMED}{PROVENANCE}',
    "stream": CHAIN + f'[[segment]]\ncode = "01-U1"\nchain = "01"\nstream = "D"\n{NAMED}{PROVENANCE}',
    "floors": SIZE + "staff_large = 100\n",
    "value": TARGET + f'comparison = "gt"\n{NAMED}{PROVENANCE}',
}


def _folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "some.toml").write_text(SOURCE + DIVISION + text, encoding="utf-8")
    return tmp_path


def test_the_shipped_definitions_have_no_problem() -> None:
    assert [str(problem) for problem in problems(raw_entries())] == []


def test_every_rule_of_the_linter_has_a_fixture_that_breaks_it() -> None:
    assert set(FAULTY) == set(RULES)


@pytest.mark.parametrize("rule", sorted(FAULTY))
def test_the_linter_finds(rule: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path, FAULTY[rule])
    found = problems(raw_entries(folder))
    assert {problem.rule for problem in found} == {rule}
    assert all(problem.place == "some.toml" and problem.message.zh and problem.message.en for problem in found)
    with pytest.raises(BadDefinitions, match=r"some\.toml"):
        checked_entries(folder)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadDefinitions, match=r"^some\.toml: .*line \d+, column \d+"):
        checked_entries(_folder(tmp_path, '[[task]]\ncode = "1\n'))


@pytest.mark.parametrize(
    "text", [TASK, CHAIN, SIZE + "staff_large = 1000\n", TARGET + f'comparison = "some"\n{NAMED}{PROVENANCE}']
)
def test_the_linter_lets_a_right_file_pass(text: str, tmp_path: Path) -> None:
    assert problems(raw_entries(_folder(tmp_path, text))) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_shipped_and_every_entry_has_both_names_source_and_status(kind: str) -> None:
    entries = [raw for raw in raw_entries() if raw.kind == kind]
    assert entries
    for raw in entries:
        assert raw.content["name_zh"]
        assert raw.content["name_en"]
        assert raw.content["source"]
        assert raw.content["status"] in ("confirmed", "to_confirm")


@pytest.mark.parametrize(("code", "rules"), [("3425", set()), ("9901", {"division"}), ("34", {"code"})])
def test_a_class_of_no_loaded_division_makes_the_loader_fail_even_if_nobody_refers_to_it(
    tmp_path: Path, code: str, rules: set[str]
) -> None:
    folder = _folder(tmp_path, f'[[class]]\ncode = "{code}"\n{NAMED}{PROVENANCE}')
    found = problems(raw_entries(folder))
    assert {problem.rule for problem in found} == rules
    if rules == {"division"}:
        assert found[0].message.zh == "行业小类9901所属的大类没有载入目录。"
        assert found[0].message.en == "The division of industry class 9901 is not in the catalogue."
        with pytest.raises(BadDefinitions, match="9901"):
            checked_entries(folder)


def test_each_class_in_use_of_a_retired_division_is_named_where_it_stands(tmp_path: Path) -> None:
    found = problems(raw_entries(_folder(tmp_path, FAULTY["division-retired"])))
    assert [(one.kind, one.code, one.field) for one in found] == [
        ("class", "0610", ""),
        ("segment", "01-U1", "gb_classes"),
    ]


def test_the_plan_counts_what_its_title_says() -> None:
    catalogue = shipped_catalogue(NOW)
    assert len(catalogue.clusters) == 5
    assert len(catalogue.listed_chains) == 16
    assert len(catalogue.units) == 10
    assert sum(unit.gb2260 for unit in catalogue.units.values()) == 9
    assert len(catalogue.targets) == 10
    assert (len(catalogue.tasks), len(catalogue.measures), len(catalogue.levels)) == (8, 5, 3)
    named = [segment for segment in catalogue.segments.values() if not segment.is_open]
    assert len(named) == 112


def test_every_chain_has_segments_and_exactly_one_open_one() -> None:
    catalogue = shipped_catalogue(NOW)
    for chain in catalogue.listed_chains:
        segments = catalogue.segments_of(chain.code)
        assert len(segments) > 3
        assert [segment.code for segment in segments if segment.is_open] == [f"{chain.code}-x"]
        assert segments[-1].is_open


def test_on_no_chain_there_is_a_segment_for_each_cluster_and_one_for_none() -> None:
    catalogue = shipped_catalogue(NOW)
    found = {segment.code: catalogue.cluster_of_segment(segment.code) for segment in catalogue.segments_of("00")}
    assert set(found) == {"00"} | {f"00-{code}" for code in catalogue.clusters}
    assert found.pop("00") is None
    assert all(cluster is not None and code == f"00-{cluster.code}" for code, cluster in found.items())


def test_the_development_zone_lies_on_liandu_ground_and_has_no_national_code() -> None:
    zone = shipped_catalogue(NOW).unit("331100-KFQ")
    assert zone.ground == "331102"
    assert not zone.gb2260


def test_every_class_a_segment_suggests_has_a_name_and_a_division() -> None:
    catalogue = shipped_catalogue(NOW)
    suggested = {gb_class for segment in catalogue.segments.values() for gb_class in segment.gb_classes}
    assert suggested and suggested <= set(catalogue.classes)
    assert all(catalogue.division_of(gb_class) is not None for gb_class in suggested)


def test_exactly_the_sections_of_industry_are_industrial() -> None:
    for division in shipped_catalogue(NOW).divisions.values():
        assert division.industrial == (division.section in "BCD")


def test_a_code_that_never_was_is_missing() -> None:
    with pytest.raises(Missing):
        shipped_catalogue(NOW).chain("99")


def test_the_calendar_marks_only_days_that_are_not_what_their_weekday_says() -> None:
    days = marked_days()
    assert len({marked.day for marked in days}) == len(days)
    assert all(marked.working == (marked.day.weekday() > 4) for marked in days)


def test_every_year_with_marked_days_names_a_source_that_is_known_and_as_sure_as_itself() -> None:
    years, sources = {marked.year: marked for marked in marked_years()}, shipped_catalogue(NOW).sources
    assert len(years) == len(marked_years())
    assert {marked.day.year for marked in marked_days()} <= set(years)
    assert all(sources[year.source].confirmed == year.is_confirmed for year in years.values())
    assert {year for year, marked in years.items() if marked.is_confirmed} == {2024, 2025, 2026}


def test_no_definition_names_an_address_of_a_package_registry() -> None:
    addresses = [raw.content["address"] for raw in raw_entries() if raw.content.get("address")]
    assert all(re.match(r"https://www\.lishui\.gov\.cn/", address) for address in addresses)
