"""Who does what (rulings 33), and what a state is called, written out by hand.

Other tests take what they expect from TRANSITIONS and GRANTS, where a wrong row would be wrong twice. Who changes the
law changes it here too.
"""

from __future__ import annotations

from itertools import product

from portal.kernel.roles import FRESH_PERMISSIONS, GRANTS, Permission, Role
from portal.kernel.workflow import Action, Kind, State, transition

# kinds: action (! asks for a reason): from where > to where (= stays): who; + is one person with both posts
STEPS = """
registration access: save: draft returned withdrawn > =: applicant
registration access: submit: draft returned withdrawn > submitted: applicant
registration access: withdraw: submitted > withdrawn: applicant

filing: save: draft returned withdrawn > =: preparer
filing: hand_over: draft returned withdrawn > to_certify: preparer
filing: submit: draft returned withdrawn > submitted: preparer+certifier
filing: submit: to_certify > submitted: certifier
filing: send_back!: to_certify > draft: certifier
filing: withdraw: to_certify submitted > withdrawn: preparer certifier

application award: save: draft returned withdrawn > =: preparer certifier
application: submit: draft returned withdrawn > submitted: certifier
application: withdraw: submitted > withdrawn: preparer certifier
award: submit: draft > submitted: county_officer county_lead
award: submit: returned > submitted: certifier

registration access filing application: claim: submitted > under_review: county_officer county_lead
registration access filing application: release: under_review > submitted: county_officer county_lead
registration access filing application: assign: submitted under_review > under_review: county_lead
registration access filing application: approve: submitted under_review > approved: county_officer county_lead
registration access filing application: return!: submitted under_review > returned: county_officer county_lead
registration access application: reject!: submitted under_review > rejected: county_officer county_lead
filing: void!: submitted under_review returned > void: county_lead
filing: reopen!: approved > under_review: county_lead
filing: undo: approved > under_review: county_officer county_lead

award: approve: submitted > approved: bureau_lead
award: return!: submitted > returned: bureau_lead
award: reject!: submitted > rejected: bureau_lead
"""

# What each may beyond the steps above, and nothing else.
POWERS = """
applicant:
preparer: enterprise:own
certifier: enterprise:own member:manage
county_officer: case:read enterprise:read paper:read status:enter account:recover figures:read catalogue:read
county_lead: case:read enterprise:read paper:read status:enter account:recover figures:read catalogue:read
  credit-code:override window:lock paper:revoke paper:issue
bureau_officer: case:read enterprise:read paper:read figures:read catalogue:read catalogue:draft target:write
  release:read release:prepare roster:import support:manage policy:read policy:draft
bureau_lead: case:read enterprise:read paper:read figures:read catalogue:read catalogue:draft target:write
  release:read release:prepare roster:import support:manage policy:read policy:draft
  catalogue:publish policy:publish release:sign window:open designation:enter paper:revoke paper:issue
chain_officer: figures:read enterprise:read catalogue:read
auditor: audit:read figures:read release:read enterprise:read case:read catalogue:read paper:read policy:read
administrator: account:manage job:manage
"""

# Who they are is asked once more for certification, roles, awards and the signing of releases (rulings 25).
FRESH = """
filing:submit application:submit member:manage account:manage account:recover award:decide release:sign
"""

STATES = {
    "draft": "填写中", "to_certify": "待负责人确认", "submitted": "待审核", "under_review": "审核中", "returned": "已退回",
    "approved": "已通过", "rejected": "不予通过", "void": "作废", "withdrawn": "已撤回",
}  # fmt: skip
BOTH = "preparer+certifier"


def law() -> dict[tuple[str, str, str], tuple[str, bool, set[str]]]:
    """(kind, state, action) with the state after it, whether a reason is asked for, and who may."""
    found = {}
    for line in filter(None, STEPS.splitlines()):
        kinds, action, way, who = line.split(": ")
        sources, target = way.split(" > ")
        for kind, state in product(kinds.split(), sources.split()):
            key = kind, state, action.rstrip("!")
            assert key not in found, f"{key} stands twice"
            found[key] = state if target == "=" else target, action.endswith("!"), set(who.split())
    return found


def who_may(kind: Kind, state: State, action: Action) -> set[str]:
    row = transition(kind, state, action)
    assert row is not None
    alone = {role.value for role in Role if row.is_open_to(GRANTS[role])}
    together = GRANTS[Role.PREPARER] | GRANTS[Role.CERTIFIER]
    return alone or ({BOTH} if row.is_open_to(together) else set())


def test_the_machine_is_the_written_law() -> None:
    machine = {}
    for kind, state, action in product(Kind, State, Action):
        row = transition(kind, state, action)
        if row is not None:
            after = (row.target or state).value
            machine[kind.value, state.value, action.value] = after, row.needs_reason, who_may(kind, state, action)
    assert machine == law()


def test_nobody_is_granted_more_or_less_than_is_written() -> None:
    steps = {row.permission for key in product(Kind, State, Action) if (row := transition(*key)) is not None}
    lines = POWERS.replace("\n  ", " ").strip().splitlines()
    powers = {role: set(powers.split()) for role, _, powers in (line.partition(":") for line in lines)}
    assert {role.value: {p.value for p in GRANTS[role] - steps} for role in Role} == powers
    assert set().union(*powers.values()) == {p.value for p in set(Permission) - steps} - {"public", "signed-in"}


def test_who_it_is_is_asked_once_more_for_what_is_written_and_for_no_review_decision() -> None:
    assert {permission.value for permission in FRESH_PERMISSIONS} == set(FRESH.split())


def test_a_state_is_called_as_the_glossary_calls_it() -> None:
    assert {state.value: state.title.zh for state in State} == STATES
