"""Two people on one draft: nothing of either is lost unseen, whichever fields they touched."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.support.policy_merge import marks_of, merged
from portal.support.policy_text import typed_of
from tests.unit.support.shipped import POLICIES, RAW

FRAME = {"effective_on": "", "reason": "市局文件"}
EDITS = st.dictionaries(
    st.sampled_from(["title_zh", "annual_cap", "conditions", "vetoes", "withdrawn", "reason", "effective_on"]),
    st.sampled_from([0, 1]),
)
WORDS: dict[str, tuple[Any, Any]] = {
    "title_zh": ("甲", "乙"), "annual_cap": ("70,000", "not a number"), "conditions": ("chain in plan", "f(101"),
    "vetoes": (["V5", "V4"], []), "withdrawn": (True, True), "reason": ("理由一", "理由二"),
    "effective_on": ("2027-01-01", "soon"),
}  # fmt: skip


def edited(shown: dict[str, Any], edits: dict[str, int]) -> dict[str, Any]:
    return shown | {name: WORDS[name][which] for name, which in edits.items()}


@given(st.sampled_from(sorted(POLICIES)), EDITS, EDITS)
def test_each_keeps_what_only_they_touched_and_every_difference_is_told(
    code: str, ours: dict[str, int], theirs: dict[str, int]
) -> None:
    shown = typed_of(RAW[code]) | FRAME
    mine, saved = edited(shown, ours), edited(shown, theirs)
    found = merged(saved, marks_of(shown), mine, {})
    clashes = {name for name in ours.keys() & theirs.keys() if mine[name] != saved[name]}
    assert {one.change.field.name for one in found.met if not one.is_taken} == clashes
    assert found.typed == edited(saved, ours)
    assert {one.change.field.name for one in found.met if one.is_taken} == {
        name for name in theirs.keys() - ours.keys() if saved[name] != shown[name]
    }


@given(EDITS, EDITS, st.sampled_from(["", "0" * 392, "\u202e𠮷" * 90]))
def test_a_page_that_does_not_say_what_it_showed_loses_nothing_typed(
    ours: dict[str, int], theirs: dict[str, int], marks: str
) -> None:
    shown = typed_of(RAW["P102"]) | FRAME
    mine, saved = edited(shown, ours), edited(shown, theirs)
    found = merged(saved, marks, mine, {})
    assert found.typed == mine
    assert {one.change.field.name for one in found.met} == {name for name in shown if mine[name] != saved[name]}


def test_another_way_to_write_the_same_is_no_difference() -> None:
    shown = typed_of(RAW["P102"]) | FRAME
    found = merged(shown, "", shown | {"annual_cap": "300000", "accept_from": "2026/1/1", "vetoes": ["V1"]}, {})
    assert found.met == ()
