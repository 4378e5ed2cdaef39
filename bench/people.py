"""Who works in the bench: a preparer with a draft open, an officer of the county, the bureau. Sessions begin directly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from secrets import token_hex
from urllib.parse import urlencode

from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.database.session import current, transaction
from portal.kernel.clock import now
from portal.kernel.period import Quarter
from portal.kernel.roles import Scope
from portal.web.paging import cursor
from portal.web.sessions import begin

from .city import COUNTY, OFFICER, STRIDE, City
from .report import Unmeasured

LEAST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: the cookie they send, and the token behind it."""

    username: str
    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one database, and what lies open before them."""

    preparers: tuple[Person, ...]  # each of an enterprise whose filing of the quarter is a draft
    officer: Person
    bureau: Person
    quarter: str

    @property
    def form(self) -> str:
        return f"/filings/{self.quarter}"


def application(city: City) -> Flask:
    """The portal on this database, in this process."""
    return create_app(Settings.from_environment(city.environ))


def signed_in(city: City) -> Cast:
    """Begins everybody's session. Raises Unmeasured where the demo has no such person."""
    app = application(city)
    drafts = city.ask(
        "SELECT f.enterprise_id, f.quarter, a.username FROM filing f JOIN review_case c ON c.id = f.case_id"
        " JOIN membership m ON m.enterprise_id = f.enterprise_id AND m.post = 'preparer' AND m.state = 'active'"
        " JOIN account a ON a.id = m.account_id"
        f" WHERE c.state = 'draft' AND f.respondent_class = 'L' AND f.id < {STRIDE} ORDER BY f.id"
    )
    if not drafts:
        raise Unmeasured("no draft of an above-scale enterprise in the demo")
    preparers = tuple(person(app, city, str(username)) for _, _, username in drafts[:2])
    quarter = str(Quarter.from_code(int(str(drafts[0][1]))))
    cast = Cast(preparers, person(app, city, OFFICER), person(app, city, "bureau"), quarter)
    current().dispose()
    return cast


def person(app: Flask, city: City, username: str) -> Person:
    account_id = city.count("SELECT id FROM account WHERE username = ?", username)
    with transaction(Scope.everything("bench")) as session:
        token = begin(session, account_id, proved_at=now(), second_factor_done=True)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    # As a browser holds it from its first page on, which draws the token of its forms.
    signed = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": token_hex(20)})
    return Person(username, f"{app.config['SESSION_COOKIE_NAME']}={signed}", token)


def deepest_page(city: City, size: int = 50) -> str:
    """The address of the last full page of the officer's queue."""
    rows = city.ask(
        "SELECT due_on, id FROM review_case WHERE county = ? AND kind = 'filing'"
        " AND state IN ('submitted', 'under_review') ORDER BY due_on DESC, id DESC LIMIT 1 OFFSET ?",
        COUNTY,
        size,
    )
    if not rows:
        raise Unmeasured("the queue has no second page")
    return "/review?after=" + cursor((str(rows[0][0]), int(str(rows[0][1]))))


# --- the form as a browser sends it back -------------------------------------------------------------------------


@dataclass
class Form(HTMLParser):
    """Reads the fields of the form with this id, as a browser would send them."""

    wanted: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    _inside: bool = False
    _select: str = ""
    _text: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = said.get("id") == self.wanted
        if not self._inside or "disabled" in said:
            return
        name = said.get("name", "")
        if tag == "input" and name:
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                self.fields.append((name, said.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._choose(said)
        elif tag == "textarea":
            self.fields.append((name, ""))
            self._text = name

    def _choose(self, said: dict[str, str]) -> None:
        known = [name for name, _ in self.fields]
        if self._select not in known:
            self.fields.append((self._select, said.get("value", "")))
        elif "selected" in said:
            self.fields[known.index(self._select)] = (self._select, said.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self.fields[-1] = (self._text, self.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = None


def figures_of(fields: list[tuple[str, str]]) -> list[str]:
    """The names of the fields for numbers: the quarter's rows, then the sheet that works out value added.

    Raises Unmeasured when the form is shorter than promised.
    """
    names = [name for name, _ in fields]
    found = [name for name in names if name[:1] == "f" and name[1:].isdigit()]
    found += [name for name in names if name.startswith("w_")]
    if len(found) < LEAST_FIELDS:
        raise Unmeasured(f"the form has {len(found)} figures, not {LEAST_FIELDS}")
    return found


def saves_of(page: str) -> Iterator[str]:
    """Endless bodies of saves that follow one another: new figures in 40 fields each time, and the version they change.

    A save raises the draft's version by one. Who did not see the newest version would be told of a clash, so a save
    that was lost or came twice shows itself in the next answer.
    """
    form = Form("filing")
    form.feed(page)
    fields = dict(form.fields)
    names = figures_of(form.fields)[:LEAST_FIELDS]
    version = int(fields["draft_version"])
    for turn in count():
        figures = {name: str(1000 + (turn * 7 + place * 13) % 900) for place, name in enumerate(names)}
        yield urlencode({**fields, **figures, "draft_version": str(version + turn), "go": "save"})
