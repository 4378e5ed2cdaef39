"""Every form of every page, filled with what people paste and attackers try, as the page offers it.

The law: an answer that is no success says in the reader's language what is wrong, keeps all that was typed, and has
written nothing. `test_hostile_input` asks the same addresses blindly; here each form stands on the page it belongs to.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from portal.database.base import Base
from portal.database.session import Database, current
from tests.fixtures.every_page import NOT_SENT, PEOPLE, pages, signed_in
from tests.fixtures.manners import words
from tests.fixtures.visitor import Form, Page, Visitor

pytestmark = [pytest.mark.content("demo"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

KINDS = {
    "words": "12o0 abc",
    "huge": "1e400",
    "long number": "9" * 5000,
    "long text": "长" * 21_000,
    "bidi and zero": "a\u202e\x00b",
    "markup": "<script>alert(1)</script>{{ 7*7 }}\"'",
}
TYPED = {"", "text", "tel", "email", "search", "date", "number", "url"}
# What a refusal may write: the trail, throttles, the session's own row, jobs of the trail.
NOTED = re.compile(r"audit|throttle|web_session|job")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")


@dataclass(frozen=True)
class Filled:
    """A form as the page offers it, and the names of what a person types into it."""

    form: Form
    names: tuple[str, ...]


def typed_names(form: Element) -> tuple[str, ...]:
    found = []
    for control in form.iter():
        is_line = control.tag == "input" and control.get("type", "").lower() in TYPED
        if (is_line or control.tag == "textarea") and control.get("name") and control.get("readonly") is None:
            found.append(control.get("name", ""))
    return tuple(dict.fromkeys(found))


def forms_of(page: Page) -> Iterator[Filled]:
    for element in page.tree.iter("form"):
        names = typed_names(element)
        for form in Form.all_of(element, page.url):
            if form.method == "post" and names and urlsplit(form.action).path not in NOT_SENT:
                yield Filled(form, names)


class Rewind:
    """The database as it was when the test began, over and over again."""

    def __init__(self, database: Database) -> None:
        self._file = Path(str(database.url.database))
        self._kept = self._file.with_suffix(".kept")
        with database.writer.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        current().dispose()
        shutil.copyfile(self._file, self._kept)

    def __call__(self) -> None:
        current().dispose()
        for file in self._file.parent.glob(f"{self._file.name}-*"):
            file.unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)


COUNTS = " UNION ALL ".join(
    f"SELECT '{name}', COUNT(*) FROM \"{name}\"" for name in sorted(Base.metadata.tables) if not NOTED.search(name)
)


def rows() -> dict[str, int]:
    """Read past the portal: its guard would let nobody count everything."""
    with closing(sqlite3.connect(str(current().url.database))) as connection:
        return {str(name): int(number) for name, number in connection.execute(COUNTS)}


# Roles share most of their forms: what one of them was shown and sent is not sent again.
SENT: set[str] = set()


@pytest.mark.parametrize("username", PEOPLE, ids=lambda name: name or "anybody")
def test_a_refusal_says_why_keeps_what_was_typed_and_writes_nothing(
    app: Flask, database: Database, username: str | None
) -> None:
    client, permissions = signed_in(app, username)
    visitor, rewind, faults = Visitor(client), Rewind(database), []
    for path in pages(app, permissions):
        page = visitor.get(path)
        for filled in forms_of(page) if page.is_html else ():
            shape = re.sub(r"\d+", "0", urlsplit(filled.form.action).path)
            if shape in SENT:
                continue
            SENT.add(shape)
            for kind, value in KINDS.items():
                faults += [f"{kind}, {path} → {filled.form.action}: {fault}" for fault in sent(visitor, filled, value)]
                rewind()
    assert not faults, "\n".join(faults)


def sent(visitor: Visitor, filled: Filled, value: str) -> list[str]:
    values = filled.form.values | {name: [value] for name in filled.names}
    for name, said, _ in filled.form.buttons[:1]:
        if name:
            values[name] = [said]
    before = rows()
    answer = visitor.client.post(filled.form.action, data=values)
    page = Page(answer, urlsplit(answer.request.url).path)
    answer.close()  # what is noted after the answer is noted now
    if page.status in (302, 303) or page.having(class_="code-big"):  # taken; a code for once is shown on the spot
        return []
    if page.status == 413:
        return [] if page.having(role="alert") else ["413 without a word"]
    faults = [] if page.status in (409, 422) else [f"answered {page.status}"]
    if not page.having(role="alert") or not any(words(found) for found in page.having(role="alert")):
        faults.append("says nothing")
    faults += lost(page, filled, value)
    changed = {name for name, number in rows().items() if before[name] != number}
    return faults + ([f"wrote {sorted(changed)}"] if changed else [])


def lost(page: Page, filled: Filled, value: str) -> list[str]:
    same = [f for f in page.forms if urlsplit(f.action).path == urlsplit(filled.form.action).path]
    if not same:
        return ["the form is gone, and what was typed with it"]
    return [
        f"{name} was not kept: {form.values.get(name, ['(no such field)'])[0][:30]!r}"
        for form in same[:1]
        for name in filled.names
        if visible(form.values.get(name, [""])[0]) != visible(value)
    ]


def visible(value: str) -> str:
    """What a person sees of it: marks that show nothing may go."""
    return UNSEEN.sub("", value).strip()
