"""What makes a username, a name, an address, a post and a way back acceptable. Pure: values in, sentences out.

Passwords have a file of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from ..kernel.bilingual import Bilingual
from ..kernel.roles import OFFICE_ROLES, Role

STATES = ("invited", "active", "disabled")
STATE_TITLES = {
    "invited": Bilingual("待接受邀请", "Invited"),
    "active": Bilingual("正常", "Active"),
    "disabled": Bilingual("已停用", "Disabled"),
}
COUNTY_ROLES = frozenset({Role.COUNTY_OFFICER, Role.COUNTY_LEAD})
CHAIN_ROLES = frozenset({Role.CHAIN_OFFICER})
# Whoever runs the accounts, or audits the others, holds no other post (separation of the three powers).
LONELY_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
PURPOSES = {"invitation": timedelta(days=7), "reset": timedelta(hours=1), "recovery": timedelta(hours=24)}
PRIVACY_VERSION = "2026-11-26-2"  # a new wording of templates/home/privacy.html is a new version
LONGEST_NAME = 60
LONGEST_EMAIL = 254
SHORTEST_CHECK, LONGEST_CHECK = 5, 300

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{2,63}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}", re.ASCII)
# Controls, invisible marks (bidi, zero width), surrogates, private use, unassigned.
_UNWRITTEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

BAD_USERNAME = Bilingual(
    "用户名为3–40个字符，只能用小写字母、数字、点、横线和下划线，首尾须是字母或数字。",
    "A username has 3 to 40 characters: lower-case letters, digits, dots, hyphens and underscores, "
    "with a letter or digit at both ends.",
)
NO_NAME = Bilingual("请填写姓名。", "Enter your name.")
LONG_NAME = Bilingual("姓名不能超过60个字符。", "A name has at most 60 characters.")
UNWRITTEN = Bilingual(
    "含有看不见的字符，请删除后重新输入。", "It holds characters that cannot be seen: type it afresh."
)
BAD_EMAIL = Bilingual("电子邮箱的格式应类似name@example.com。", "An email address looks like name@example.com.")
NO_EMAIL = Bilingual("请填写电子邮箱，邀请链接会发到这里。", "Enter an email address: the invitation is sent there.")
BAD_PHONE = Bilingual(
    "电话号码只能包含数字、空格和横线，6–20位。", "A phone number has 6 to 20 digits, spaces and hyphens."
)
NO_CONTACT = Bilingual("电子邮箱和电话至少填写一项。", "Enter an email address or a phone number.")

NO_CHECK = Bilingual(
    "请写明如何核实了身份，例如“本人到场，核对居民身份证”，至少5个字。",
    "Say how you checked who it is, for instance “came in person, identity card seen”: at least 5 characters.",
)
LONG_CHECK = Bilingual("不能超过300个字符。", "At most 300 characters.")


def tidy(typed: str | None) -> str:
    """What was typed, in composed form and without blanks at the ends."""
    return unicodedata.normalize("NFC", typed or "").strip()


def is_unwritten(text: str) -> bool:
    """Whether it holds characters nobody writes: controls, direction marks, zero-width ones."""
    return any(unicodedata.category(c) in _UNWRITTEN for c in text)


def username_key(typed: str | None) -> str:
    """The username that `typed` means: full-width letters and capitals are the same as plain ones."""
    return unicodedata.normalize("NFKC", typed or "").strip().casefold()


def is_username(key: str) -> bool:
    return _USERNAME.fullmatch(key) is not None


def name_problem(name: str) -> Bilingual | None:
    if not name:
        return NO_NAME
    if len(name) > LONGEST_NAME:
        return LONG_NAME
    return UNWRITTEN if is_unwritten(name) else None


def email_problem(email: str) -> Bilingual | None:
    """None for an address that can be written to, and for an empty one."""
    if not email:
        return None
    fits = len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) is not None
    return None if fits else BAD_EMAIL


def identity_problem(text: str) -> Bilingual | None:
    """Of the sentence that says how somebody was identified."""
    if len(text) < SHORTEST_CHECK:
        return NO_CHECK
    return LONG_CHECK if len(text) > LONGEST_CHECK else None


def phone_number(typed: str | None) -> str:
    return unicodedata.normalize("NFKC", typed or "").strip()


def phone_problem(phone: str) -> Bilingual | None:
    return None if not phone or _PHONE.fullmatch(phone) else BAD_PHONE


def masked_email(email: str | None) -> str:
    """`zhang@example.com` as lists show it: `z***@example.com`."""
    if not email:
        return ""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"


def masked_phone(phone: str | None) -> str:
    """`13800001234` as lists show it: `138****1234`."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"


def safe_next(target: str | None) -> str:
    """The path to go on to after signing in: one of our own, else the front page."""
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if "\\" in target or is_unwritten(target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


# --- posts -------------------------------------------------------------------------------------------------------

_WHICH_ROLE = Bilingual("请选择岗位。", "Choose a post.")
_WHICH_COUNTY = Bilingual("这个岗位需要选择县（市、区）。", "This post needs a county.")
_WHICH_CHAIN = Bilingual("这个岗位需要选择产业链。", "This post needs a chain.")
_LONELY = Bilingual(
    "系统管理员和审计员不能兼任其他岗位。", "An administrator or an auditor cannot hold another post as well."
)
_HELD = Bilingual("已有这个岗位。", "This post is held already.")


def office_role(code: str | None) -> Role | None:
    """The office role of that code; None for any other text."""
    return next((role for role in OFFICE_ROLES if role.value == code), None)


def post_problems(
    role: Role | None,
    county: str | None,
    chain: str | None,
    counties: Collection[str],
    chains: Collection[str],
    held: Collection[tuple[Role, str | None, str | None]] = (),
) -> dict[str, Bilingual]:
    """What is wrong with giving a post, by field; `held` are the posts the person has already."""
    if role is None:
        return {"role": _WHICH_ROLE}
    if role in COUNTY_ROLES and county not in counties:
        return {"county": _WHICH_COUNTY}
    if role in CHAIN_ROLES and chain not in chains:
        return {"chain": _WHICH_CHAIN}
    if post_key(role, county, chain) in held:
        return {"role": _HELD}
    others = {r for r, _county, _chain in held} - {role}
    if others and LONELY_ROLES & (others | {role}):
        return {"role": _LONELY}
    return {}


def post_key(role: Role, county: str | None, chain: str | None) -> tuple[Role, str | None, str | None]:
    """The post as it is stored: a county only where the role has one, a chain likewise."""
    return (role, county if role in COUNTY_ROLES else None, chain if role in CHAIN_ROLES else None)


# --- sessions ----------------------------------------------------------------------------------------------------

_BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """`Firefox · Windows` out of what a browser says of itself; empty when it says nothing known."""
    found = (next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(name for name in found if name)
