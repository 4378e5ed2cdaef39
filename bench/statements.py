"""How many SQL statements a page takes, from the request's start to its answer (G4): a process of its own counts them.

Counted is every statement, the session's look-up included; not BEGIN, COMMIT and PRAGMA (rulings on G4), nor what is
written after the answer is out. The greatest number over people, languages and views is the page's number.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from portal.database.session import current

from .city import City
from .people import Person, application, person, saves_of, signed_in
from .report import Unmeasured

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


class Counter:
    """Notes every statement of the database in use."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        event.listen(current().engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            self.seen.append(statement)


def counted(city: City) -> dict[str, dict[str, int]]:
    """Page → who asked, in which language → statements."""
    cast = signed_in(city)
    app = application(city)
    certifier = cast.preparers[0].username.replace("preparer", "certifier")
    office = [person(app, city, name) for name in ("officer-jinyun", "lead-jinyun", "bureau", "bureau-lead", "auditor")]
    fillers = [cast.preparers[0]]
    if certifier != cast.preparers[0].username:
        fillers.append(person(app, city, certifier))
    counter, found = Counter(), {"form": {}, "save": {}, "list": {}}  # type: ignore[var-annotated]
    for lang in ("zh", "en"):
        for who in fillers:
            found["form"][f"{who.username} {lang}"] = _asked(app, counter, who, f"{cast.form}?lang={lang}")
            checked = f"{cast.form}?check=1&lang={lang}"
            found["form"][f"{who.username} {lang} checked"] = _asked(app, counter, who, checked)
        for who in office:
            for tab in ("all", "approved"):
                path = f"/review?tab={tab}&lang={lang}"
                found["list"][f"{who.username} {lang} {tab}"] = _asked(app, counter, who, path)
    found["save"]["preparer"] = _saved(app, counter, cast.preparers[0], cast.form)
    return found


def _client(app: Flask, who: Person) -> Any:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = who.token
    return browser


def _asked(app: Flask, counter: Counter, who: Person, path: str) -> int:
    browser = _client(app, who)
    browser.get(path)  # the first request of a process also reads what is then kept: catalogue and form
    counter.seen.clear()
    answer = browser.get(path)
    number = len(counter.seen)
    if answer.status_code != 200:
        raise Unmeasured(f"{who.username} {path}: {answer.status_code}")
    return number


def _saved(app: Flask, counter: Counter, who: Person, path: str) -> int:
    browser = _client(app, who)
    bodies = saves_of(browser.get(path).get_data(as_text=True))
    numbers = []
    for _ in range(3):
        counter.seen.clear()
        answer = browser.post(path, data=next(bodies), content_type="application/x-www-form-urlencoded")
        numbers.append(len(counter.seen))
        if answer.status_code != 303:
            raise Unmeasured(f"{who.username} saves {path}: {answer.status_code}")
    return max(numbers[1:])


if __name__ == "__main__":
    print(json.dumps(counted(City(Path(sys.argv[1]), Path(sys.argv[2])))))
