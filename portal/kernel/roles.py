"""Who may do what, and to whose rows: roles, permissions, the one table of grants, the acting person, the scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from .bilingual import Bilingual
from .word import Word

FRESH_FOR = timedelta(minutes=15)


class Role(Word):
    APPLICANT = "applicant"
    PREPARER = "preparer"
    CERTIFIER = "certifier"
    COUNTY_OFFICER = "county_officer"
    COUNTY_LEAD = "county_lead"
    BUREAU_OFFICER = "bureau_officer"
    BUREAU_LEAD = "bureau_lead"
    CHAIN_OFFICER = "chain_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> Bilingual:
        return _ROLE_TITLES[self]


_ROLE_TITLES = {
    Role.APPLICANT: Bilingual("申请人", "Applicant"),
    Role.PREPARER: Bilingual("填报人", "Preparer"),
    Role.CERTIFIER: Bilingual("负责人", "Certifier"),
    Role.COUNTY_OFFICER: Bilingual("县级审核员", "County officer"),
    Role.COUNTY_LEAD: Bilingual("县级负责人", "County lead"),
    Role.BUREAU_OFFICER: Bilingual("市局经办人", "Bureau officer"),
    Role.BUREAU_LEAD: Bilingual("市局负责人", "Bureau lead"),
    Role.CHAIN_OFFICER: Bilingual("链办专员", "Chain officer"),
    Role.AUDITOR: Bilingual("审计员", "Auditor"),
    Role.ADMINISTRATOR: Bilingual("系统管理员", "Administrator"),
}

ENTERPRISE_ROLES = frozenset({Role.APPLICANT, Role.PREPARER, Role.CERTIFIER})
OFFICE_ROLES = frozenset(Role) - ENTERPRISE_ROLES


class Permission(Word):
    """`thing:verb`. PUBLIC needs no account, SIGNED_IN any account."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    REGISTRATION_EDIT = "registration:edit"
    REGISTRATION_SUBMIT = "registration:submit"
    ENTERPRISE_OWN = "enterprise:own"
    MEMBER_MANAGE = "member:manage"
    FILING_EDIT = "filing:edit"
    FILING_HAND_OVER = "filing:hand-over"
    FILING_SUBMIT = "filing:submit"
    FILING_WITHDRAW = "filing:withdraw"
    CASE_READ = "case:read"
    CASE_CLAIM = "case:claim"
    CASE_DECIDE = "case:decide"
    CASE_ASSIGN = "case:assign"
    CASE_REOPEN = "case:reopen"
    CASE_VOID = "case:void"
    CASE_UNDO = "case:undo"
    ENTERPRISE_READ = "enterprise:read"
    PAPER_READ = "paper:read"
    PAPER_REVOKE = "paper:revoke"
    PAPER_ISSUE = "paper:issue"
    STATUS_ENTER = "status:enter"
    ROSTER_IMPORT = "roster:import"
    ACCOUNT_RECOVER = "account:recover"
    CREDIT_CODE_OVERRIDE = "credit-code:override"
    WINDOW_LOCK = "window:lock"
    WINDOW_OPEN = "window:open"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_DRAFT = "catalogue:draft"
    CATALOGUE_PUBLISH = "catalogue:publish"
    FIGURES_READ = "figures:read"
    TARGET_WRITE = "target:write"
    RELEASE_READ = "release:read"
    RELEASE_PREPARE = "release:prepare"
    RELEASE_SIGN = "release:sign"
    DESIGNATION_ENTER = "designation:enter"
    APPLICATION_EDIT = "application:edit"
    APPLICATION_SUBMIT = "application:submit"
    SUPPORT_MANAGE = "support:manage"
    POLICY_READ = "policy:read"
    POLICY_DRAFT = "policy:draft"
    POLICY_PUBLISH = "policy:publish"
    AWARD_DECIDE = "award:decide"
    AUDIT_READ = "audit:read"
    ACCOUNT_MANAGE = "account:manage"
    JOB_MANAGE = "job:manage"


_P = Permission
_APPLICANT = {_P.REGISTRATION_EDIT, _P.REGISTRATION_SUBMIT}
_PREPARER = {_P.ENTERPRISE_OWN, _P.FILING_EDIT, _P.FILING_HAND_OVER, _P.FILING_WITHDRAW, _P.APPLICATION_EDIT}
_CERTIFIER = {
    _P.ENTERPRISE_OWN,
    _P.FILING_SUBMIT,
    _P.FILING_WITHDRAW,
    _P.MEMBER_MANAGE,
    _P.APPLICATION_EDIT,
    _P.APPLICATION_SUBMIT,
}
_OFFICER = {
    _P.CASE_READ,
    _P.CASE_CLAIM,
    _P.CASE_DECIDE,
    _P.CASE_UNDO,
    _P.ENTERPRISE_READ,
    _P.PAPER_READ,
    _P.STATUS_ENTER,
    _P.ACCOUNT_RECOVER,
    _P.FIGURES_READ,
    _P.CATALOGUE_READ,
}
_LEAD = _OFFICER | {
    _P.CASE_ASSIGN,
    _P.CASE_REOPEN,
    _P.CASE_VOID,
    _P.CREDIT_CODE_OVERRIDE,
    _P.WINDOW_LOCK,
    _P.PAPER_REVOKE,
    _P.PAPER_ISSUE,
}
_BUREAU = {
    _P.CATALOGUE_READ,
    _P.CATALOGUE_DRAFT,
    _P.FIGURES_READ,
    _P.TARGET_WRITE,
    _P.ENTERPRISE_READ,
    _P.CASE_READ,
    _P.PAPER_READ,
    _P.RELEASE_READ,
    _P.RELEASE_PREPARE,
    _P.ROSTER_IMPORT,
    _P.SUPPORT_MANAGE,
    _P.POLICY_READ,
    _P.POLICY_DRAFT,
}

# The only list of grants (rulings 33); docs/access.md is generated from it and the tests parametrise over it.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.APPLICANT: frozenset(_APPLICANT),
    Role.PREPARER: frozenset(_PREPARER),
    Role.CERTIFIER: frozenset(_CERTIFIER),
    Role.COUNTY_OFFICER: frozenset(_OFFICER),
    Role.COUNTY_LEAD: frozenset(_LEAD),
    Role.BUREAU_OFFICER: frozenset(_BUREAU),
    Role.BUREAU_LEAD: frozenset(
        _BUREAU
        | {
            _P.CATALOGUE_PUBLISH,
            _P.WINDOW_OPEN,
            _P.DESIGNATION_ENTER,
            _P.PAPER_REVOKE,
            _P.PAPER_ISSUE,
            _P.RELEASE_SIGN,
            _P.AWARD_DECIDE,
            _P.POLICY_PUBLISH,
        }
    ),
    Role.CHAIN_OFFICER: frozenset({_P.FIGURES_READ, _P.ENTERPRISE_READ, _P.CATALOGUE_READ}),
    Role.AUDITOR: frozenset(
        {
            _P.AUDIT_READ,
            _P.FIGURES_READ,
            _P.RELEASE_READ,
            _P.ENTERPRISE_READ,
            _P.CASE_READ,
            _P.CATALOGUE_READ,
            _P.PAPER_READ,
            _P.POLICY_READ,
        }
    ),
    Role.ADMINISTRATOR: frozenset({_P.ACCOUNT_MANAGE, _P.JOB_MANAGE}),
}

# Permissions that ask for a second proof of identity within FRESH_FOR (rulings 25).
FRESH_PERMISSIONS = frozenset(
    {
        _P.FILING_SUBMIT,
        _P.ACCOUNT_MANAGE,
        _P.ACCOUNT_RECOVER,
        _P.MEMBER_MANAGE,
        _P.RELEASE_SIGN,
        _P.APPLICATION_SUBMIT,
        _P.AWARD_DECIDE,
    }
)

ScopeKind = Literal["nobody", "enterprises", "counties", "chains", "everything"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a session may see and write; fixed for the session's life.

    Values are enterprise ids, county codes or chain codes, after `kind`. `everything` needs a reason, which is kept
    for the log and for the test that lists every place that asks for it.
    """

    kind: ScopeKind
    values: frozenset[int | str] = frozenset()
    reason: str = ""

    @classmethod
    def nobody(cls) -> Scope:
        return cls("nobody")

    @classmethod
    def enterprises(cls, *ids: int) -> Scope:
        return cls("enterprises", frozenset(ids))

    @classmethod
    def counties(cls, *codes: str) -> Scope:
        return cls("counties", frozenset(codes))

    @classmethod
    def chains(cls, *codes: str) -> Scope:
        return cls("chains", frozenset(codes))

    @classmethod
    def everything(cls, reason: str) -> Scope:
        if not reason:
            raise ValueError("everything needs a reason")
        return cls("everything", reason=reason)

    @property
    def is_restricted(self) -> bool:
        return self.kind != "everything"


@lru_cache(maxsize=512)
def _permitted(roles: frozenset[Role], is_signed_in: bool) -> frozenset[Permission]:
    granted: set[Permission] = {Permission.PUBLIC}
    if is_signed_in:
        granted.add(Permission.SIGNED_IN)
    for role in roles:
        granted |= GRANTS[role]
    return frozenset(granted)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system) on whose behalf something happens, as they stood when the request began.

    `counties` and `chains` are the posts of an officer, `enterprise_id` the enterprise an enterprise account acts for.
    `proved_at` is when the person last proved who they are (password, and second factor where the role has one).
    """

    account_id: int | None
    username: str
    name: str
    roles: frozenset[Role]
    scope: Scope
    counties: frozenset[str] = frozenset()
    chains: frozenset[str] = frozenset()
    enterprise_id: int | None = None
    proved_at: datetime | None = None
    address: str = ""
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", _permitted(self.roles, self.account_id is not None))

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def is_fresh(self, at: datetime) -> bool:
        return self.proved_at is not None and timedelta(0) <= at - self.proved_at < FRESH_FOR

    @property
    def is_office(self) -> bool:
        return bool(self.roles & OFFICE_ROLES)


ANONYMOUS = Actor(None, "", "", frozenset(), Scope.nobody())


def system(reason: str) -> Actor:
    """The portal acting by itself (a job, a command of the operator), with the reason it needs every row."""
    return Actor(None, "system", "system", frozenset(), Scope.everything(reason))
