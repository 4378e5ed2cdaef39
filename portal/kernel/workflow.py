"""The one state machine: every case of every kind walks this table and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from .bilingual import Bilingual
from .errors import Denied, Illegal, Invalid
from .roles import Permission
from .word import Word


class Kind(Word):
    REGISTRATION = "registration"
    ACCESS = "access"
    FILING = "filing"
    APPLICATION = "application"
    AWARD = "award"

    @property
    def title(self) -> Bilingual:
        return _KIND_TITLES[self]


_KIND_TITLES = {
    Kind.REGISTRATION: Bilingual("入链登记", "Registration"),
    Kind.ACCESS: Bilingual("账号接入申请", "Account request"),
    Kind.FILING: Bilingual("季度填报", "Quarterly filing"),
    Kind.APPLICATION: Bilingual("政策申请", "Policy application"),
    Kind.AWARD: Bilingual("政策申请市级决定", "City decision on an application"),
}


class State(Word):
    DRAFT = "draft"
    TO_CERTIFY = "to_certify"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOID = "void"
    WITHDRAWN = "withdrawn"

    @property
    def title(self) -> Bilingual:
        return _STATE_TITLES[self]


_STATE_TITLES = {
    State.DRAFT: Bilingual("填写中", "In progress"),
    State.TO_CERTIFY: Bilingual("待负责人确认", "To be certified"),
    State.SUBMITTED: Bilingual("待审核", "To review"),
    State.UNDER_REVIEW: Bilingual("审核中", "In review"),
    State.RETURNED: Bilingual("已退回", "Returned"),
    State.APPROVED: Bilingual("已通过", "Approved"),
    State.REJECTED: Bilingual("不予通过", "Rejected"),
    State.VOID: Bilingual("作废", "Void"),
    State.WITHDRAWN: Bilingual("已撤回", "Withdrawn"),
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED, State.WITHDRAWN})
IN_REVIEW = frozenset({State.SUBMITTED, State.UNDER_REVIEW})
DECIDED = frozenset({State.APPROVED, State.REJECTED, State.VOID})
# States that stand only after a decision; the CHECK constraints on cases are generated from this and from IN_REVIEW.
AFTER_DECISION = frozenset({State.APPROVED, State.REJECTED, State.VOID, State.RETURNED})


class Action(Word):
    SAVE = "save"
    HAND_OVER = "hand_over"
    SEND_BACK = "send_back"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    VOID = "void"
    REOPEN = "reopen"
    UNDO = "undo"

    @property
    def title(self) -> Bilingual:
        return _ACTION_TITLES[self]


_ACTION_TITLES = {
    Action.SAVE: Bilingual("保存", "Save"),
    Action.HAND_OVER: Bilingual("交负责人确认", "Hand over to the certifier"),
    Action.SEND_BACK: Bilingual("退回填报人", "Send back to the preparer"),
    Action.SUBMIT: Bilingual("提交", "Submit"),
    Action.WITHDRAW: Bilingual("撤回", "Withdraw"),
    Action.CLAIM: Bilingual("认领", "Claim"),
    Action.RELEASE: Bilingual("取消认领", "Release"),
    Action.ASSIGN: Bilingual("指派", "Assign"),
    Action.APPROVE: Bilingual("通过", "Approve"),
    Action.RETURN: Bilingual("退回修改", "Return for changes"),
    Action.REJECT: Bilingual("不予通过", "Reject"),
    Action.VOID: Bilingual("作废", "Void"),
    Action.REOPEN: Bilingual("重新打开", "Reopen"),
    Action.UNDO: Bilingual("撤销", "Undo"),
}

DECISIONS = frozenset({Action.APPROVE, Action.RETURN, Action.REJECT, Action.VOID, Action.REOPEN, Action.UNDO})


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the law. `target` None means the state stays as it is.

    `beside` is a second permission that the action needs from these states: it does in one step what two posts do.
    """

    action: Action
    sources: frozenset[State]
    target: State | None
    permission: Permission
    kinds: frozenset[Kind]
    needs_reason: bool = False
    beside: Permission | None = None

    def is_open_to(self, permissions: Collection[Permission]) -> bool:
        return self.permission in permissions and (self.beside is None or self.beside in permissions)


_P, _S, _A = Permission, State, Action
_SUPPORT = frozenset({Kind.APPLICATION, Kind.AWARD})
_APPLICATION, _AWARD = frozenset({Kind.APPLICATION}), frozenset({Kind.AWARD})
# What a county reviews. The city decides on awards only, and alone.
_COUNTY = frozenset(Kind) - _AWARD
_FILING = frozenset({Kind.FILING})
_JOINING = frozenset({Kind.REGISTRATION, Kind.ACCESS})
_SUBMITTED = frozenset({_S.SUBMITTED})

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_A.SAVE, EDITABLE, None, _P.FILING_EDIT, _FILING),
    Transition(_A.SAVE, EDITABLE, None, _P.REGISTRATION_EDIT, _JOINING),
    Transition(_A.HAND_OVER, EDITABLE, _S.TO_CERTIFY, _P.FILING_HAND_OVER, _FILING),
    Transition(_A.SEND_BACK, frozenset({_S.TO_CERTIFY}), _S.DRAFT, _P.FILING_SUBMIT, _FILING, needs_reason=True),
    Transition(_A.SUBMIT, frozenset({_S.TO_CERTIFY}), _S.SUBMITTED, _P.FILING_SUBMIT, _FILING),
    # One person with both posts hands over and submits in one step (rulings 33); a certifier alone waits for it.
    Transition(_A.SUBMIT, EDITABLE, _S.SUBMITTED, _P.FILING_SUBMIT, _FILING, beside=_P.FILING_HAND_OVER),
    Transition(_A.SUBMIT, EDITABLE, _S.SUBMITTED, _P.REGISTRATION_SUBMIT, _JOINING),
    Transition(_A.WITHDRAW, frozenset({_S.TO_CERTIFY, _S.SUBMITTED}), _S.WITHDRAWN, _P.FILING_WITHDRAW, _FILING),
    Transition(_A.WITHDRAW, _SUBMITTED, _S.WITHDRAWN, _P.REGISTRATION_SUBMIT, _JOINING),
    Transition(_A.SAVE, EDITABLE, None, _P.APPLICATION_EDIT, _SUPPORT),
    Transition(_A.SUBMIT, EDITABLE, _S.SUBMITTED, _P.APPLICATION_SUBMIT, _APPLICATION),
    Transition(_A.WITHDRAW, _SUBMITTED, _S.WITHDRAWN, _P.APPLICATION_EDIT, _APPLICATION),
    # The county puts the city's case before the city; returned by the city, the enterprise hands it in again.
    Transition(_A.SUBMIT, frozenset({_S.DRAFT}), _S.SUBMITTED, _P.CASE_DECIDE, _AWARD),
    Transition(_A.SUBMIT, frozenset({_S.RETURNED}), _S.SUBMITTED, _P.APPLICATION_SUBMIT, _AWARD),
    Transition(_A.CLAIM, _SUBMITTED, _S.UNDER_REVIEW, _P.CASE_CLAIM, _COUNTY),
    Transition(_A.RELEASE, frozenset({_S.UNDER_REVIEW}), _S.SUBMITTED, _P.CASE_CLAIM, _COUNTY),
    Transition(_A.ASSIGN, IN_REVIEW, _S.UNDER_REVIEW, _P.CASE_ASSIGN, _COUNTY),
    Transition(_A.APPROVE, IN_REVIEW, _S.APPROVED, _P.CASE_DECIDE, _COUNTY),
    Transition(_A.RETURN, IN_REVIEW, _S.RETURNED, _P.CASE_DECIDE, _COUNTY, needs_reason=True),
    Transition(_A.REJECT, IN_REVIEW, _S.REJECTED, _P.CASE_DECIDE, _JOINING | _APPLICATION, needs_reason=True),
    Transition(_A.APPROVE, _SUBMITTED, _S.APPROVED, _P.AWARD_DECIDE, _AWARD),
    Transition(_A.RETURN, _SUBMITTED, _S.RETURNED, _P.AWARD_DECIDE, _AWARD, needs_reason=True),
    Transition(_A.REJECT, _SUBMITTED, _S.REJECTED, _P.AWARD_DECIDE, _AWARD, needs_reason=True),
    Transition(_A.VOID, IN_REVIEW | {_S.RETURNED}, _S.VOID, _P.CASE_VOID, _FILING, needs_reason=True),
    Transition(_A.REOPEN, frozenset({_S.APPROVED}), _S.UNDER_REVIEW, _P.CASE_REOPEN, _FILING, needs_reason=True),
    # The approver's own way back (rulings 25); that it is the same person, and soon, is the deed's to check.
    Transition(_A.UNDO, frozenset({_S.APPROVED}), _S.UNDER_REVIEW, _P.CASE_UNDO, _FILING),
)


# Asked at every step of every case, and the table is long.
_ROWS: Mapping[tuple[Kind, Action], tuple[Transition, ...]] = {
    (kind, action): tuple(row for row in TRANSITIONS if row.action is action and kind in row.kinds)
    for kind in Kind
    for action in Action
}


def transition(kind: Kind, state: State, action: Action) -> Transition | None:
    """The row that lets `action` happen to a case of `kind` in `state`, or None."""
    for row in _ROWS[kind, action]:
        if state in row.sources:
            return row
    return None


def open_actions(kind: Kind, state: State, permissions: Collection[Permission]) -> tuple[Action, ...]:
    """The buttons: every action open to somebody with these permissions, in the table's order."""
    return tuple([row.action for row in _from(kind, state) if row.is_open_to(permissions)])


@cache
def _from(kind: Kind, state: State) -> tuple[Transition, ...]:
    return tuple(row for row in TRANSITIONS if kind in row.kinds and state in row.sources)


def advance(
    kind: Kind, state: State, action: Action, permissions: Collection[Permission], reason: str | None = None
) -> State:
    """The state after `action`: the law itself.

    Raises Denied without the permission, Illegal where the state has no such action, Invalid (field `reason`) where a
    reason is needed and `reason` is blank.
    """
    if not any(row.permission in permissions for row in _ROWS[kind, action]):
        raise Denied("not-permitted", Bilingual("你没有进行这项操作的权限。", "You are not permitted to do this."))
    row = transition(kind, state, action)
    if row is not None and row.permission in permissions and not row.is_open_to(permissions):
        raise Illegal(
            "not-handed-over",
            Bilingual("填报人还没有交来。", "The preparer has not handed it over yet."),
        )
    if row is None or row.permission not in permissions:
        raise Illegal(
            "wrong-state",
            Bilingual(
                "当前状态为“{state}”，不能“{action}”。", "This is “{state}” now: “{action}” is not possible."
            ).fill(state=state.title, action=action.title),
        )
    if row.needs_reason and not (reason or "").strip():
        message = Bilingual("请写明理由。", "Give a reason.")
        raise Invalid("reason-missing", message, {"reason": message})
    return row.target or state
