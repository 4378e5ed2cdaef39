"""The linter of definitions: the shipped edition is clean, and each kind of fault is found."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from portal.kernel.period import Quarter
from portal.questionnaire.edition import Edition, read_folder
from portal.questionnaire.lint import faults
from portal.questionnaire.record import as_content, read_record, record_faults, recorded, written
from portal.questionnaire.store import FOLDER
from tests.fixtures.answers import content, edition

Content = dict[str, Any]


@pytest.mark.parametrize("folder", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_a_shipped_edition_has_no_fault_and_is_what_was_recorded(folder: Any) -> None:
    found = read_folder(folder)
    assert record_faults(found, read_record(folder)) == []
    assert Edition.build(found).code == folder.name


def row(content_: Content, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in content_["indicators"]["indicator"] if r["code"] == code)
    return found


def rule(content_: Content, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in content_["rules"]["rule"] if r["id"] == name)
    return found


def cycle(c: Content) -> None:
    row(c, "202").update(kind="C", formula={"sum": ["201"]})


BROKEN: dict[str, Callable[[Content], object]] = {
    "indicator 101: no title_en": lambda c: row(c, "101").pop("title_en"),
    "indicator 101: no help_zh": lambda c: row(c, "101").update(help_zh=" "),
    "rule H02: no message_zh": lambda c: rule(c, "H02").pop("message_zh"),
    "section 1: no short_en": lambda c: c["sections"]["section"][0].pop("short_en"),
    "unit 10k_yuan: no title_zh": lambda c: c["units"]["unit"][0].pop("title_zh"),
    "reason orders: no title_en": lambda c: c["rules"]["reason"][0].pop("title_en"),
    "rules: no reasons to choose from": lambda c: c["rules"]["reason"].clear(),
    "rule H02: reads the unknown row 999": lambda c: rule(c, "H02").update(left="999"),
    "rule Q01: reads the unknown row 999": lambda c: rule(c, "Q01").update(rows=["101", "999"]),
    "rule H02: unknown check equals": lambda c: rule(c, "H02").update(check="equals"),
    "rule H02: unknown place {sum} in message_en": lambda c: rule(c, "H02").update(message_en="{sum}"),
    "rule Q04: ratio_outside needs high": lambda c: rule(c, "Q04").pop("high"),
    "rule Q04: ratio_outside knows no middle": lambda c: rule(c, "Q04").update(middle="1"),
    "rule H02: unknown severity soft": lambda c: rule(c, "H02").update(severity="soft"),
    "rule H02: not said what a missing value does": lambda c: rule(c, "H02").pop("missing"),
    "rule H02: stands twice": lambda c: rule(c, "H03").update(id="H02"),
    "indicator 101: stands twice": lambda c: row(c, "102").update(code="101"),
    "indicator 101: unknown unit yen": lambda c: row(c, "101").update(unit="yen"),
    "indicator 101: unknown kind Z": lambda c: row(c, "101").update(kind="Z"),
    "indicator 101: unknown section 9": lambda c: row(c, "101").update(section="9"),
    "indicator 102: part of the unknown row 999": lambda c: row(c, "102").update(of="999"),
    "indicator 101: not said of every class whether it is asked": lambda c: row(c, "101")["asked"].pop("N"),
    "indicator 101: asked of nobody": lambda c: row(c, "101").update(asked={"L": "-", "S": "-", "N": "-"}),
    "indicator 101: no source or status": lambda c: row(c, "101").pop("source"),
    "indicator 201: computed from itself": cycle,
    "indicator 201: computed from the unknown row 999": lambda c: row(c, "201").update(formula={"sum": ["999"]}),
    "indicator 201: computed rows have a formula, others none": lambda c: row(c, "201").pop("formula"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_definition_is_refused_with_its_fault(fault: str) -> None:
    broken = deepcopy(content())
    BROKEN[fault](broken)
    assert fault in faults(broken)


# What a row or a unit means may never change under the codes of a published edition, whatever the rules are called.
CHANGED: dict[str, Callable[[Content], object]] = {
    "indicator 101: unit changed within the edition": lambda c: row(c, "101").update(unit="mu"),
    "indicator 101: places changed within the edition": lambda c: row(c, "101").update(places=1),
    "indicator 101: kind changed within the edition": lambda c: row(c, "101").update(kind="P"),
    "indicator 607: gone within the edition": lambda c: c["indicators"]["indicator"].remove(row(c, "607")),
    "unit 10k_yuan: title_zh changed within the edition": lambda c: c["units"]["unit"][0].update(title_zh="亿元"),
    "unit 10k_yuan: is_money changed within the edition": lambda c: c["units"]["unit"][0].pop("is_money"),
}


@pytest.mark.parametrize("fault", CHANGED)
def test_the_shipped_edition_cannot_be_changed_without_a_new_one(fault: str) -> None:
    """Against the record in the repository: no database needs to have seen the edition before."""
    record, changed = read_record(FOLDER / "2026.1"), deepcopy(content())
    CHANGED[fault](changed)
    under_its_own_codes = record_faults(changed, record)
    assert fault in under_its_own_codes
    assert "rule set 2026.1.3: changed after it was recorded; give the rules a new version" in under_its_own_codes
    changed["rules"]["version"] = "2026.1.4"
    assert fault in record_faults(changed, recorded(changed, record)), "nor does recording it anew help"
    assert fault in faults(changed, [content()])


def test_new_rules_are_recorded_beside_the_old_and_every_other_change_is_found() -> None:
    record, changed = read_record(FOLDER / "2026.1"), deepcopy(content())
    rule(changed, "H02")["message_zh"] += "。"
    assert record_faults(changed, record) != []
    changed["rules"]["version"] = "2026.1.4"
    assert record_faults(changed, record) == ["rule set 2026.1.4: not recorded; run python -m scripts.editions"]
    grown = recorded(changed, record)
    assert record_faults(changed, grown) == [] == record_faults(content(), grown)
    assert tomllib.loads(written(grown)) == grown and as_content(grown) == as_content(record)


def test_the_edition_asks_what_the_form_edition_says() -> None:
    sections = [sum(q.section == s.code for q in edition().questions) for s in edition().sections]
    assert sections == [7, 5, 12, 6, 5, 7]
    required = {}
    for name in "LSN":
        asked = edition().questions_for(name, Quarter(2026, 3))
        required[name] = sum(q.is_required(name) for q in asked)
    assert required == {"L": 30, "S": 14, "N": 12}
    asked = edition().questions_for("L", Quarter(2026, 3))
    assert (sum(q.is_typed for q in asked), sum(not q.is_typed for q in asked)) == (38, 2)
    in_fourth = {q.code for q in edition().questions_for("L", Quarter(2026, 4))} - {q.code for q in asked}
    assert in_fourth == {"312", "402"}
