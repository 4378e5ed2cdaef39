"""kill -9 of the web server in the middle of work: what was acknowledged is there, and nothing is half written."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.accounts.hashing import Hasher
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.config import ROOT
from portal.database.session import Database, reading, transaction
from portal.questionnaire.document import fingerprint
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import PREPARER, begun, current, ground
from tests.integration.jobs.signs import children, end, until
from tests.integration.test_serve import SERVE, Portal, environment

pytestmark = pytest.mark.content("catalogue")
PASSWORD = "only-for-this-test-1"
FORM = "/filings/2026Q3"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CHEAP = {"PORTAL_ARGON2_TIME": "1", "PORTAL_ARGON2_MEMORY_KIB": "8"}
ENOUGH = 3  # acknowledged saves of every clerk before the kill


@pytest.fixture
def portal(database: Database, tmp_path: Path) -> Iterator[Portal]:
    ground()
    begun()
    with transaction(EVERYTHING) as session:
        session.execute(
            update(Account).where(Account.id == PREPARER).values(password_hash=Hasher(1, 8, 1).hash(PASSWORD))
        )
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=environment(database, tmp_path) | CHEAP,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield Portal(process, process.stdout.readline().split()[-1])
    end(process)


@dataclass
class Clerk:
    """Types the same growing number into two rows of their own, save after save, until the line is dead."""

    portal: Portal
    codes: tuple[str, str]
    acknowledged: int = 0
    attempted: int = 0
    answers: list[int] = field(default_factory=list)
    may_stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.token = self._token("/sign-in")
        self._post("/sign-in", username=f"p{PREPARER}", password=PASSWORD)
        self.token = self._token(FORM)

    def work(self) -> None:
        with suppress(OSError, HTTPException):
            while not self.may_stop.is_set():
                self.attempted += 1
                status = self._save(self.attempted)
                self.answers.append(status)
                if status != 200:
                    return
                self.acknowledged = self.attempted

    def _save(self, number: int) -> int:
        shown = {f"f{code}": f"{number - 1}.00" for code in self.codes} if number > 1 else {}
        typed = {f"f{code}": str(number) for code in self.codes}
        return self._post(FORM, draft_version="0", shown=json.dumps(shown), go="exit", **typed)

    def _post(self, path: str, **values: str) -> int:
        sent = urllib.parse.urlencode({"csrf_token": self.token, **values}).encode()
        try:
            with self.browser.open(f"{self.portal.address}{path}", sent, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def _token(self, path: str) -> str:
        with self.browser.open(f"{self.portal.address}{path}", timeout=60) as answer:
            found = TOKEN.search(answer.read().decode())
        assert found, f"{path} shows no form"
        return found[1]


def test_a_web_server_killed_in_the_middle_of_saves_loses_none_that_was_acknowledged(portal: Portal) -> None:
    clerks = [Clerk(portal, codes) for codes in (("101", "103"), ("105", "106"), ("202", "203"), ("102", "104"))]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in threads:
        thread.start()
    until(lambda: all(clerk.acknowledged >= ENOUGH for clerk in clerks), "the first saves")
    master = portal.child("gunicorn")
    for pid in (master, *children(master)):
        os.kill(pid, signal.SIGKILL)
    until(lambda: portal.child("gunicorn") not in (0, master), "the new web server")
    for clerk in clerks:
        clerk.may_stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert not {status for clerk in clerks for status in clerk.answers} - {200}
    draft = current().draft
    for clerk in clerks:
        one, other = (draft[f"f{code}"] for code in clerk.codes)
        assert one == other, "a save is written whole or not at all"
        assert one in (f"{clerk.acknowledged}.00", f"{clerk.attempted}.00")
    with reading(EVERYTHING) as session:
        saves = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "filing.save").order_by(AuditEvent.seq)
        ).all()
    assert len(saves) == current().draft_version - 1 >= sum(clerk.acknowledged for clerk in clerks)
    assert saves[-1].detail["sha256"] == fingerprint(draft), "draft and trail are of one transaction"
    assert portal.status("/healthz") == 200
