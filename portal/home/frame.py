"""What stands around every page: navigation, the person's chip, links of the frame. No figures, no queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from ..kernel.bilingual import Bilingual, Language
from ..kernel.roles import Actor, Permission, Role
from ..review.rules import counted
from ..web.address import url_for
from ..web.language import language


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the side navigation, in the request's language."""

    label: str
    href: str
    icon: str
    count: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is declared: shown to whoever holds one of `permissions`."""

    endpoint: str
    label: Bilingual
    icon: str
    permissions: tuple[Permission, ...]
    values: tuple[tuple[str, str], ...] = ()


_P = Permission
ENTRIES: tuple[Entry, ...] = (
    Entry("home.front", Bilingual("首页", "Home"), "home", (_P.SIGNED_IN,)),
    Entry("enterprises.registration", Bilingual("入链登记", "Registration"), "org", (_P.REGISTRATION_EDIT,)),
    Entry("filing.filings", Bilingual("季度填报", "Quarterly filing"), "pen", (_P.FILING_EDIT, _P.FILING_SUBMIT)),
    Entry("support.support", Bilingual("政策支持", "Policy support"), "gift", (_P.APPLICATION_EDIT,)),
    Entry("enterprises.profile", Bilingual("企业信息", "Enterprise profile"), "org", (_P.ENTERPRISE_OWN,)),
    Entry("review.queue", Bilingual("填报审核", "Filings to review"), "list", (_P.CASE_READ,), (("kind", "filing"),)),
    Entry(
        "review.queue",
        Bilingual("企业登记审核", "Registrations"),
        "org",
        (_P.CASE_READ,),
        (("kind", "registration"),),
    ),
    Entry("certificates.papers", Bilingual("凭证与回执", "Papers"), "cert", (_P.ENTERPRISE_OWN, _P.PAPER_READ)),
    Entry("review.queue", Bilingual("政策申请", "Applications"), "gift", (_P.CASE_READ,), (("kind", "application"),)),
    Entry("policies.listed", Bilingual("政策管理", "Policies"), "gift", (_P.POLICY_READ,)),
    Entry("support.budgets", Bilingual("政策预算", "Support budgets"), "chart", (_P.SUPPORT_MANAGE,)),
    Entry("support.lists", Bilingual("名单", "Dated lists"), "list", (_P.SUPPORT_MANAGE,)),
    Entry("enterprises.register_list", Bilingual("企业名录", "Enterprises"), "doc", (_P.ENTERPRISE_READ,)),
    Entry("overview.overview", Bilingual("运行总览", "Overview"), "chart", (_P.FIGURES_READ,)),
    Entry("statistics.figures", Bilingual("统计数据", "Figures"), "list", (_P.FIGURES_READ,)),
    Entry("releases.listed", Bilingual("数据发布", "Releases"), "up", (_P.RELEASE_READ,)),
    Entry("catalogue.overview", Bilingual("计划与目录", "Plan and catalogue"), "flag", (_P.CATALOGUE_READ,)),
    Entry("audit.events", Bilingual("审计日志", "Audit trail"), "doc", (_P.AUDIT_READ,)),
    Entry("accounts.accounts", Bilingual("账号管理", "Accounts"), "user", (_P.ACCOUNT_MANAGE,)),
    Entry("jobs.jobs", Bilingual("后台任务", "Background jobs"), "clock", (_P.JOB_MANAGE,)),
    Entry("notices.messages", Bilingual("消息", "Messages"), "msg", (_P.SIGNED_IN,)),
    Entry("accounts.own_account", Bilingual("我的账号", "My account"), "user", (_P.SIGNED_IN,)),
)

_RANK = tuple(Role)
_KINDS = frozenset(value for entry in ENTRIES for name, value in entry.values if name == "kind")


def navigation(person: Actor, counts: dict[str, int]) -> list[NavItem]:
    """The entries open to `person`, in order; `counts` are the things waiting, by endpoint."""
    asked = g.get("nav_values") or request.args  # a page below a list says which list it belongs to
    kind = asked.get("kind")
    rule = request.url_rule.rule if request.url_rule is not None else ""
    here = Here(rule, request.blueprint, kind if kind is None or kind in _KINDS else "")
    return [
        item if not counts.get(key) else replace(item, count=counted(counts[key]))
        for key, item in _entries(person.permissions, here, language(), request.root_path)
    ]


@dataclass(frozen=True, slots=True)
class Here:
    """Which page is open, as far as the navigation tells pages apart. `rule` is the pattern of its address."""

    rule: str
    blueprint: str | None
    kind: str | None


@lru_cache(maxsize=1024)
def _entries(held: frozenset[Permission], here: Here, spoken: Language, root: str) -> tuple[tuple[str, NavItem], ...]:
    """The entries with the keys of their counts, but without them."""
    return tuple(_item(entry, here, spoken, root) for entry in ENTRIES if not held.isdisjoint(entry.permissions))


def _item(entry: Entry, here: Here, spoken: Language, root: str) -> tuple[str, NavItem]:
    values: dict[str, Any] = dict(entry.values)
    href = url_for(entry.endpoint, **values)
    room = entry.endpoint.split(".")[0]
    is_here = (
        _is_at_or_below(here.rule, href.removeprefix(root))
        if room in ("home", "accounts", "enterprises") or _P.SUPPORT_MANAGE in entry.permissions
        else here.blueprint == room
    )
    is_current = is_here and all(here.kind == wanted for wanted in values.values())  # one list at a time, or none
    key = ".".join((entry.endpoint, *values.values()))
    return key, NavItem(entry.label.text(spoken), href, entry.icon, None, is_current)


def _is_at_or_below(rule: str, address: str) -> bool:
    """Of the rooms that have several entries: `/registration/check` stands below `/registration`."""
    return rule == address or (address != "/" and rule.startswith(address + "/"))


def role_title(person: Actor) -> Bilingual | None:
    roles = sorted(person.roles, key=_RANK.index)
    return roles[-1].title if roles else None


def switch_url(target: Language) -> str:
    """This page in the other language, its query kept. A page that was posted to is opened anew at its address."""
    pairs = [(k, v) for k, values in request.args.lists() if k != "lang" for v in values]
    return f"{request.path}?{urlencode([*pairs, ('lang', target)])}"
