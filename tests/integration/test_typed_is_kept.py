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
from tests.fixtures.every_page import NOT_SENT, PEOPLE, case_kinds, pages, shape_of, signed_in
from tests.fixtures.manners import words
from tests.fixtures.visitor import Form, Page, Visitor

pytestmark = [pytest.mark.content("walked"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

# What a form is filled with in one go: of several texts each field gets the next, and each form begins with another.
KINDS = {
    "words": ("12o0 abc", "𠮷䶮㛃", "１２，３４５．６７"),
    "no numbers": ("1e400", "NaN", "-Infinity"),
    "long number": ("9" * 5000,),
    "long text": ("长" * 21_000,),
    "bidi and zero": ("a\u202e\x00b",),
    "markup": ("<script>alert(1)</script>{{ 7*7 }}\"'",),
}
TYPED = {"", "text", "tel", "email", "search", "date", "number", "url"}
# What a refusal may write: the trail, throttles, the session's own row, jobs of the trail.
NOTED = re.compile(r"audit|throttle|web_session|job")
# Of that, what makes no difference to the next form.
INDIFFERENT = re.compile(r"audit|web_session")
# Drafts of an enterprise's own keep what was typed, right or wrong, and go on saying what is wrong with it.
DRAFTS = {
    "/registration": {"registration", "review_case"},
    "/support/applications/": {"support_application", "review_case"},
}
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


TOUCHED = "touched_by_a_form"
WATCH = f"CREATE TABLE {TOUCHED} (name TEXT); " + " ".join(
    f'CREATE TRIGGER "{TOUCHED}_{table}_{verb}" AFTER {verb} ON "{table}" '
    f"BEGIN INSERT INTO {TOUCHED} VALUES ('{table}'); END;"
    for table in sorted(Base.metadata.tables)
    for verb in ("INSERT", "UPDATE", "DELETE")
)


class Rewind:
    """The database as it was when the test began, over and over again. Triggers in it note which table a row was
    added to, changed in or taken from."""

    def __init__(self, database: Database) -> None:
        self._file = Path(str(database.url.database))
        self._kept = self._file.with_suffix(".kept")
        with database.writer.connect() as connection:
            driver = connection.connection.driver_connection
            driver.executescript(WATCH)
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        current().dispose()
        shutil.copyfile(self._file, self._kept)
        self._look = sqlite3.connect(self._file)

    def __call__(self) -> None:
        current().dispose()
        self.close()
        for file in self._file.parent.glob(f"{self._file.name}-*"):
            file.unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)
        self._look = sqlite3.connect(self._file)

    def newest(self) -> int:
        """The number of the newest note. Read past the portal, whose guard would let nobody look, by one connection as
        long as the file is the same: opening it costs more than the look."""
        (number,) = self._look.execute(f"SELECT coalesce(max(rowid), 0) FROM {TOUCHED}").fetchone()
        return int(number)

    def touched(self, since: int) -> set[str]:
        """Tables in which anything was written since that note."""
        return {str(name) for (name,) in self._look.execute(f"SELECT name FROM {TOUCHED} WHERE rowid > ?", (since,))}

    def close(self) -> None:
        self._look.close()


# Roles share most of their forms: what one of them was shown and sent is not sent again.
SENT: set[tuple[str, ...]] = set()


@pytest.mark.parametrize("username", PEOPLE, ids=lambda name: name or "anybody")
def test_a_refusal_says_why_keeps_what_was_typed_and_writes_nothing(
    app: Flask, database: Database, username: str | None
) -> None:
    client, permissions = signed_in(app, username)
    visitor = Visitor(client)
    with closing(Rewind(database)) as rewind:
        faults = list(faults_of(visitor, rewind, pages(app, permissions)))
    assert not faults, "\n".join(faults)


def faults_of(visitor: Visitor, rewind: Rewind, paths: list[str]) -> Iterator[str]:
    """What is wrong with the answers to the forms of these pages that were not sent yet."""
    kinds = case_kinds()
    for path in paths:
        page = visitor.get(path)
        for filled in forms_of(page) if page.is_html else ():
            shape = (shape_of(filled.form.action, kinds), *sorted(re.sub(r"\d+", "0", name) for name in filled.names))
            if shape in SENT:
                continue
            SENT.add(shape)
            for kind in KINDS:
                for fault in sent(visitor, rewind, filled, values_of(filled, kind, len(SENT))):
                    yield f"{kind}, {path} → {filled.form.action}: {fault}"


def values_of(filled: Filled, kind: str, first: int) -> dict[str, str]:
    """What is typed into each field; the first field gets the `first` text of the kind."""
    texts = KINDS[kind]
    return {name: texts[(first + place) % len(texts)] for place, name in enumerate(filled.names)}


def sent(visitor: Visitor, rewind: Rewind, filled: Filled, typed: dict[str, str]) -> list[str]:
    """What is wrong with the answer. The database is as before then, but for what makes no difference."""
    values = filled.form.values | {name: [value] for name, value in typed.items()}
    for name, said, _ in filled.form.buttons[:1]:
        if name:
            values[name] = [said]
    before = rewind.newest()
    answer = visitor.client.post(filled.form.action, data=values)
    page = Page(answer, urlsplit(answer.request.url).path)
    answer.close()  # what is noted after the answer is noted now
    touched = rewind.touched(before)
    if any(not INDIFFERENT.search(name) for name in touched):
        rewind()
    if page.status in (302, 303) or page.having(class_="code-big"):  # taken; a code for once is shown on the spot
        return []
    if page.status == 413:
        return [] if page.having(role="alert") else ["413 without a word"]
    faults = [] if page.status in (409, 422) else [f"answered {page.status}"]
    if not page.having(role="alert") or not any(words(found) for found in page.having(role="alert")):
        faults.append("says nothing")
    faults += lost(page, filled, typed)
    mine = {
        name for start, kept in DRAFTS.items() if urlsplit(filled.form.action).path.startswith(start) for name in kept
    }
    changed = sorted(name for name in touched - mine if not NOTED.search(name))
    return faults + ([f"wrote {changed}"] if changed else [])


def lost(page: Page, filled: Filled, typed: dict[str, str]) -> list[str]:
    same = [f for f in page.forms if urlsplit(f.action).path == urlsplit(filled.form.action).path]
    if not same:
        return ["the form is gone, and what was typed with it"]
    return [
        f"{name} was not kept: {form.values.get(name, ['(no such field)'])[0][:30]!r}"
        for form in same[:1]
        for name, value in typed.items()
        if visible(form.values.get(name, [""])[0]) != visible(value)
    ]


def visible(value: str) -> str:
    """What a person sees of it: marks that show nothing may go."""
    return UNSEEN.sub("", value).strip()
