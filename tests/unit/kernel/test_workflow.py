"""The one state machine, row by row and as a graph."""

from __future__ import annotations

from itertools import product

import pytest

from portal.kernel.errors import Denied, Illegal, Invalid
from portal.kernel.roles import GRANTS, Role
from portal.kernel.workflow import (
    DECIDED,
    EDITABLE,
    TRANSITIONS,
    Action,
    Kind,
    State,
    advance,
    open_actions,
    transition,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_state_action_and_role_follows_the_table(kind: Kind, state: State) -> None:
    for action, role in product(Action, Role):
        case = f"{kind} {state} {action} {role}"
        granted = GRANTS[role]
        row = transition(kind, state, action)
        may_ever = any(r.action is action and kind in r.kinds and r.permission in granted for r in TRANSITIONS)
        if row is not None and row.permission in granted and row.beside in (None, *granted):
            assert advance(kind, state, action, granted, "because") is (row.target or state), case
            assert action in open_actions(kind, state, granted), case
            continue
        assert action not in open_actions(kind, state, granted), case
        refusal = Illegal if may_ever else Denied
        with pytest.raises(refusal):
            pytest.fail(f"{case}: {advance(kind, state, action, granted, 'because')} instead of {refusal}")


@pytest.mark.parametrize("state", sorted(EDITABLE, key=lambda state: state.value))
def test_a_certifier_submits_what_was_handed_over_and_only_with_both_posts_in_one_step(state: State) -> None:
    alone = GRANTS[Role.CERTIFIER]
    assert Action.SUBMIT in open_actions(Kind.FILING, State.TO_CERTIFY, alone)
    assert Action.SUBMIT not in open_actions(Kind.FILING, state, alone)
    with pytest.raises(Illegal) as refused:
        advance(Kind.FILING, state, Action.SUBMIT, alone)
    assert refused.value.code == "not-handed-over"
    assert advance(Kind.FILING, state, Action.SUBMIT, alone | GRANTS[Role.PREPARER]) is State.SUBMITTED


@pytest.mark.parametrize("row", [r for r in TRANSITIONS if r.needs_reason], ids=lambda r: r.action.value)
def test_a_reason_that_is_needed_cannot_be_blank(row: object) -> None:
    for kind, state in product(row.kinds, row.sources):  # type: ignore[attr-defined]
        with pytest.raises(Invalid) as caught:
            advance(kind, state, row.action, {row.permission}, "  \n")  # type: ignore[attr-defined]
        assert "reason" in caught.value.fields


@pytest.mark.parametrize("kind", list(Kind))
def test_from_every_state_a_decision_can_be_reached(kind: Kind) -> None:
    reachable = {State.DRAFT}
    edges = {(s, r.target or s) for r in TRANSITIONS if kind in r.kinds for s in r.sources}
    while more := {t for s, t in edges if s in reachable} - reachable:
        reachable |= more
    for start in reachable - DECIDED:
        seen = {start}
        while more := {t for s, t in edges if s in seen} - seen:
            seen |= more
        assert seen & DECIDED, f"{kind} {start} is a dead end"


@pytest.mark.parametrize("kind", list(Kind))
def test_an_action_means_one_thing_in_one_state(kind: Kind) -> None:
    pairs = [(s, r.action) for r in TRANSITIONS if kind in r.kinds for s in r.sources]
    assert len(pairs) == len(set(pairs))


def test_filings_are_never_rejected_and_registrations_never_voided() -> None:
    assert all(Kind.FILING not in r.kinds for r in TRANSITIONS if r.action is Action.REJECT)
    assert all(Kind.REGISTRATION not in r.kinds for r in TRANSITIONS if r.action is Action.VOID)
