"""Every form, fed with what people paste and attackers try: a message or a page in words, never a fault."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pytest
from flask import Flask

from portal.config import ROOT
from portal.database.session import Database
from portal.kernel.roles import FRESH_PERMISSIONS, GRANTS, Permission, Role
from portal.web.access import audience
from tests.integration.test_access_matrix import HERE, NOT_ASKED, World, addresses, client, path_of, world

__all__ = ["world"]
pytestmark = [pytest.mark.content("catalogue"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

HOSTILE = {
    "text in numbers": "12o0",
    "full width": "１２，３４５．６７",
    "not a number": "NaN",
    "infinity": "-Infinity",
    "exponent": "1e400",
    "long number": "9" * 5000,
    "zero byte": "a\x00b",
    "bidi": "\u202eevil\u2066",
    "rare Han": "𠮷䶮㛃",
    "surrogate": "\ud800",
    "64 KB": "x" * 65_536,
    "template": "{{ 7*7 }}{% raw %}<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://x")',
    "quote": "'; DROP TABLE enterprise; --",
    "percent": "%(name)s %s {0} {name}",
    "path": "../../../../etc/passwd",
    "empty": "",
}
LONG = (
    "name_zh", "address", "credit_code", "products", "reason", "question", "remark_0", "display_name", "username", "f101",
    "n101", "stop_reason", "why-Q01-101", "reply", "text", "title", "source", "override_reason", "password", "note",
)  # fmt: skip


@cache
def field_names() -> tuple[str, ...]:
    """Every name a form of ours can carry: from the templates and from the form classes."""
    found: set[str] = {
        "f101",
        "f104",
        "f301",
        "f501",
        "n101",
        "b101",
        "y101",
        "why-Q01-101",
        "c-Q01-101",
        "go",
        "action",
    }
    for file in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r'\bname="([a-zA-Z0-9_-]+)"', file.read_text("utf-8")))
    for file in (ROOT / "portal").rglob("forms*.py"):
        found |= set(re.findall(r"^    (\w+) = \w+Field\(", file.read_text("utf-8"), re.MULTILINE))
    return tuple(sorted(found - {"csrf_token"}))


def somebody(wanted: frozenset[Permission]) -> Role | None:
    """A role that may post there; the one with the most rights of them."""
    able = [role for role in Role if GRANTS[role] & wanted]
    if not able and Permission.SIGNED_IN in wanted:
        able = [Role.CERTIFIER]
    return max(able, key=lambda role: len(GRANTS[role]), default=None)


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_form_answers_hostile_input_with_a_fault(app: Flask, database: Database, world: World, kind: str) -> None:
    wrong = []
    for rule, method in addresses(app):
        if method != "POST" or rule.endpoint in NOT_ASKED:
            continue
        wanted = audience(app, rule.endpoint)
        role = somebody(wanted)
        browser = client(app, world.tokens[role, HERE] if role else None)
        answer = browser.post(
            path_of(app, rule, world.ids), data=_data(HOSTILE[kind], with_file=wanted <= FRESH_PERMISSIONS)
        )
        if answer.status_code >= 500:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
        answer.close()
    assert not wrong, f"{kind}: {wrong}"


def _data(value: str, *, with_file: bool) -> dict[str, Any]:
    typed = value.encode("utf-8", "replace").decode()
    # Long texts go into some fields only: all of them together would be refused by their length before any form is read.
    names = field_names() if len(value) < 10_000 else LONG
    data: dict[str, Any] = dict.fromkeys(names, typed)
    if with_file:
        data["licence"] = (io.BytesIO(b"PK\x03\x04" + b"\x00" * 100), "../../licence.pdf")
    return data


@pytest.mark.parametrize("kind", [k for k in HOSTILE if k != "64 KB"])
def test_no_address_answers_a_hostile_query_with_a_fault(app: Flask, world: World, kind: str) -> None:
    wrong = []
    for rule, method in addresses(app):
        if method != "GET" or rule.endpoint in NOT_ASKED:
            continue
        role = somebody(audience(app, rule.endpoint))
        browser = client(app, world.tokens[role, HERE] if role else None)
        query = {name: HOSTILE[kind][:2000].encode("utf-8", "replace") for name in ("q", "after", "quarter", "by", "kind", "chain", "tab",
                 "flags", "due", "field", "show", "actor", "stream", "verb", "on", "next", "lang", "span", "frame", "text",
                 "role", "state", "before", "county", "version")}  # fmt: skip
        answer = browser.get(path_of(app, rule, world.ids), query_string=query)
        if answer.status_code >= 500:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
        answer.close()
    assert not wrong, f"{kind}: {wrong}"
