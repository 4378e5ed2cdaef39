"""Every form, fed with what people paste and attackers try: a message or a page in words, never a fault."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import flask
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder

from portal.config import ROOT
from portal.database.session import Database
from portal.filing.commands import start_filing
from portal.kernel.roles import FRESH_PERMISSIONS, GRANTS, Permission, Role
from portal.web.access import audience
from tests.fixtures.filers import Q3, filer
from tests.integration.test_access_matrix import HERE, NOT_ASKED, THERE, World, addresses, client, path_of, world

__all__ = ["world"]
pytestmark = [pytest.mark.content("catalogue"), pytest.mark.usefixtures("watched", "begun")]

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
# All on SQLite; on PostgreSQL too what a text or a number there may not hold.
KINDS = [("sqlite", kind) for kind in HOSTILE] + [
    ("postgres", kind) for kind in ("zero byte", "surrogate", "long number", "exponent")
]
LONGEST_OF_ALL = 10_000
REFUSED = 403  # whoever asks may ask: an address that is shut to them has read nothing
LONG = (
    "name_zh", "address", "credit_code", "products", "reason", "question", "remark_0", "display_name", "username", "f101",
    "n101", "stop_reason", "why-Q01-101", "reply", "text", "title", "source", "override_reason", "password", "note",
)  # fmt: skip


# What every page looks at: the frame's links and the language; and what ends a request.
EVERYWHERE = (
    str(ROOT / "portal" / "home" / "frame.py"), str(ROOT / "portal" / "web" / "language.py"), flask.ctx.__file__,
)  # fmt: skip
# Whether (method, endpoint) looked at anything of what it was sent, by the first kind that sent this process all names.
# What looks at nothing that is sent (a button's form, or fields that nobody filled) answers every kind alike, and is
# asked once.
READ: dict[tuple[str, str], bool] = {}


class Watched(ImmutableMultiDict[str, str]):
    """The fields of a request, which remember whether anybody but the frame of every page looked at one of them."""

    is_read = False

    def __getattribute__(self, name: str) -> Any:
        if name in WHOLE and dict.__len__(self):
            _noted()
        return super().__getattribute__(name)

    def _looked_at(self, key: Any) -> None:
        if dict.__contains__(self, key):
            _noted()

    def __getitem__(self, key: Any) -> Any:
        self._looked_at(key)
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._looked_at(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        if dict.__len__(self):
            _noted()
        return super().__iter__()

    def get(self, key: Any, *how: Any, **more: Any) -> Any:
        self._looked_at(key)
        return super().get(key, *how, **more)

    def getlist(self, key: Any, *how: Any, **more: Any) -> Any:
        self._looked_at(key)
        return super().getlist(key, *how, **more)


WERKZEUG = f"{os.sep}werkzeug{os.sep}"
WHOLE = {"items", "lists", "values", "keys", "to_dict", "listvalues", "copy", "deepcopy"}


def _noted() -> None:
    frame = sys._getframe(2)
    while frame.f_back and (frame.f_code.co_filename == __file__ or WERKZEUG in frame.f_code.co_filename):
        frame = frame.f_back
    if frame.f_code.co_filename not in EVERYWHERE:
        Watched.is_read = True


@pytest.fixture
def watched(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type("WatchedRequest", (app.request_class,), {"parameter_storage_class": Watched})
    monkeypatch.setattr(app, "request_class", kind)


def asked(app: Flask, wanted_method: str, *, with_all_names: bool) -> Iterator[Rule]:
    """The addresses to ask, without those that are known to read nothing of what they are sent."""
    for rule, method in addresses(app):
        if method == wanted_method and rule.endpoint not in NOT_ASKED and READ.get((method, rule.endpoint), True):
            Watched.is_read = False
            yield rule
            if with_all_names:
                READ[method, rule.endpoint] = Watched.is_read


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
    return tuple(sorted((found | set(LONG)) - {"csrf_token"}))


# Asked by who fills in, where there is something to fill in.
BY_PREPARER = frozenset({"filing.save", "filing.form"})


@pytest.fixture
def begun(world: World) -> None:
    """THERE fills in its filing; that of HERE is with the county."""
    start_filing(filer(Role.PREPARER, account_id=90, enterprise_id=8), Q3)


def asker(app: Flask, world: World, endpoint: str) -> FlaskClient:
    """A browser of somebody who may ask for it."""
    if endpoint in BY_PREPARER:
        return client(app, world.tokens[Role.PREPARER, THERE])
    role = somebody(audience(app, endpoint))
    return client(app, world.tokens[role, HERE] if role else None)


def ids_of(world: World) -> dict[str, Any]:
    """What lies HERE; of memberships one that no asker needs, for it is ended."""
    return world.ids | {"membership_id": world.owned["membership_id"]}


def somebody(wanted: frozenset[Permission]) -> Role | None:
    """A role that may post there; the one with the most rights of them."""
    able = [role for role in Role if GRANTS[role] & wanted]
    if not able and Permission.SIGNED_IN in wanted:
        able = [Role.CERTIFIER]
    return max(able, key=lambda role: len(GRANTS[role]), default=None)


@pytest.mark.parametrize(("database_kind", "kind"), KINDS, indirect=["database_kind"])
def test_no_form_answers_hostile_input_with_a_fault(app: Flask, database: Database, world: World, kind: str) -> None:
    wrong = []
    for rule in asked(app, "POST", with_all_names=len(HOSTILE[kind]) < LONGEST_OF_ALL):
        browser = asker(app, world, rule.endpoint)
        sent, how = body(kind, with_file=audience(app, rule.endpoint) <= FRESH_PERMISSIONS)
        answer = browser.post(path_of(app, rule, ids_of(world)), data=sent, content_type=how)
        if answer.status_code >= 500 or answer.status_code == REFUSED:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
        answer.close()
    assert not wrong, f"{kind}: {wrong}"


@cache
def body(kind: str, *, with_file: bool) -> tuple[bytes, str]:
    """The form as it goes over the line, and its content type: written once a kind, not once an address."""
    environ = EnvironBuilder(method="POST", data=_data(HOSTILE[kind], with_file=with_file)).get_environ()
    return environ["wsgi.input"].read(), environ["CONTENT_TYPE"]


def _data(value: str, *, with_file: bool) -> dict[str, Any]:
    typed = value.encode("utf-8", "replace").decode()
    # Long texts go into some fields only: all of them together would be refused by their length before any form is read.
    names = field_names() if len(value) < LONGEST_OF_ALL else LONG
    data: dict[str, Any] = dict.fromkeys(names, typed)
    if with_file:
        data["licence"] = (io.BytesIO(b"PK\x03\x04" + b"\x00" * 100), "../../licence.pdf")
    return data


@pytest.mark.parametrize(
    ("database_kind", "kind"), [one for one in KINDS if one[1] != "64 KB"], indirect=["database_kind"]
)
def test_no_address_answers_a_hostile_query_with_a_fault(app: Flask, world: World, kind: str) -> None:
    wrong = []
    for rule in asked(app, "GET", with_all_names=True):
        browser = asker(app, world, rule.endpoint)
        query = {name: HOSTILE[kind][:2000].encode("utf-8", "replace") for name in ("q", "after", "quarter", "by", "kind", "chain", "tab",
                 "flags", "due", "field", "show", "actor", "stream", "verb", "on", "next", "lang", "span", "frame", "text",
                 "role", "state", "before", "county", "version")}  # fmt: skip
        answer = browser.get(path_of(app, rule, ids_of(world)), query_string=query)
        if answer.status_code >= 500 or answer.status_code == REFUSED:
            wrong.append(f"{rule.endpoint}: {answer.status_code}")
        answer.close()
    assert not wrong, f"{kind}: {wrong}"
