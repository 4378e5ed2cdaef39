"""kill -9 of the web server in the middle of work: what was acknowledged is there, and nothing is half written."""

from __future__ import annotations

import http.cookiejar
import itertools
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
from portal.certificates.models import Paper
from portal.config import ROOT
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Membership
from portal.filing.commands import Page, save_draft, start_filing
from portal.filing.models import FilingVersion
from portal.kernel.roles import Role
from portal.kernel.workflow import State
from portal.questionnaire.document import fingerprint
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.filers import PREPARER, Q3, add_enterprise, add_people, begun, current, fields, filer, ground
from tests.integration.jobs.signs import children, end, until
from tests.integration.test_serve import SERVE, Portal, environment

pytestmark = pytest.mark.content("catalogue")
SENDER, SENDER_ID = 8, 80
PASSWORD = "only-for-this-test-1"
FORM = "/filings/2026Q3"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
RECEIPT = re.compile(r'data-receipt="([^"]+)"')
CHEAP = {"PORTAL_ARGON2_TIME": "1", "PORTAL_ARGON2_MEMORY_KIB": "8"}
ENOUGH = 3  # acknowledged saves of every clerk before the kill


@pytest.fixture
def portal(database: Database, tmp_path: Path) -> Iterator[Portal]:
    ground()
    begun()
    ready_to_send()
    with transaction(EVERYTHING) as session:
        session.execute(update(Account).values(password_hash=Hasher(1, 8, 1).hash(PASSWORD)))
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


def ready_to_send() -> None:
    """A second enterprise, whose one person has both posts, and its complete draft."""
    with transaction(EVERYTHING) as session:
        add_enterprise(session, SENDER)
        add_people(session, SENDER, SENDER_ID)
        session.add(Membership(account_id=SENDER_ID, enterprise_id=SENDER, post="certifier", state="active"))
    sender = filer(Role.PREPARER, Role.CERTIFIER, account_id=SENDER_ID, enterprise_id=SENDER)
    start_filing(sender, Q3)
    save_draft(sender, Q3, Page(fields(), {}, 1))


@dataclass
class Browser:
    """Somebody signed in, as far as a browser without scripts goes."""

    portal: Portal
    who: int = PREPARER
    answers: list[int] = field(default_factory=list)
    may_stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.token = self._token("/sign-in")
        self._post("/sign-in", username=f"p{self.who}", password=PASSWORD)
        self.token = self._token(FORM)

    def _post(self, path: str, **values: str) -> int:
        return self._answer(path, values)[0]

    def _answer(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        sent = urllib.parse.urlencode({"csrf_token": self.token, **values}).encode()
        try:
            with self.browser.open(f"{self.portal.address}{path}", sent, timeout=60) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def _token(self, path: str) -> str:
        with self.browser.open(f"{self.portal.address}{path}", timeout=60) as answer:
            found = TOKEN.search(answer.read().decode())
        assert found, f"{path} shows no form"
        return found[1]


@dataclass
class Sender(Browser):
    """Submits and withdraws, over and over; keeps every receipt that was shown."""

    who: int = SENDER_ID
    receipts: list[str] = field(default_factory=list)

    def work(self) -> None:
        with suppress(OSError, HTTPException):
            for number in itertools.count():
                values = {"key": f"key-number-{number:08}", "draft_version": "2", "declaration": "1"}
                status, page = self._answer(f"{FORM}/submit", values)
                shown = RECEIPT.search(page)
                self.answers.append(status)
                if shown is not None:
                    self.receipts.append(shown[1])
                if shown is None or self.may_stop.is_set():
                    return
                self.answers.append(self._post(f"{FORM}/withdraw"))


@dataclass
class Clerk(Browser):
    """Types the same growing number into two rows of their own, save after save, until the line is dead."""

    codes: tuple[str, str] = ("", "")
    acknowledged: int = 0
    attempted: int = 0

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


def test_a_web_server_killed_in_the_middle_of_saves_loses_none_that_was_acknowledged(portal: Portal) -> None:
    clerks = [Clerk(portal, codes=codes) for codes in (("101", "103"), ("105", "106"), ("202", "203"), ("102", "104"))]
    sender = Sender(portal)
    threads = [threading.Thread(target=one.work) for one in (sender, *clerks)]
    for thread in threads:
        thread.start()
    until(lambda: all(clerk.acknowledged >= ENOUGH for clerk in clerks), "the first saves")
    until(lambda: len(sender.receipts) >= ENOUGH, "the first receipts")
    master = portal.child("gunicorn")
    for pid in (master, *children(master)):
        os.kill(pid, signal.SIGKILL)
    until(lambda: portal.child("gunicorn") not in (0, master), "the new web server")
    for one in (sender, *clerks):
        one.may_stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert not {status for one in (sender, *clerks) for status in one.answers} - {200}
    assert_receipts_stand(sender)
    draft = current().draft
    for clerk in clerks:
        one, other = (draft[f"f{code}"] for code in clerk.codes)
        assert one == other, "a save is written whole or not at all"
        assert one in (f"{clerk.acknowledged}.00", f"{clerk.attempted}.00")
    with reading(EVERYTHING) as session:
        saves = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.verb == "filing.save", AuditEvent.stream == f"case:{current().case_id}")
            .order_by(AuditEvent.seq)
        ).all()
    assert len(saves) == current().draft_version - 1 >= sum(clerk.acknowledged for clerk in clerks)
    assert saves[-1].detail["sha256"] == fingerprint(draft), "draft and trail are of one transaction"
    assert portal.status("/healthz") == 200


def assert_receipts_stand(sender: Sender) -> None:
    """Every receipt that was shown has its version, its paper and its line in the trail; at most one more was made."""
    with reading(EVERYTHING) as session:
        versions = session.scalars(select(FilingVersion).order_by(FilingVersion.number)).all()
        papers = set(session.scalars(select(Paper.serial)))
        trail = session.scalars(select(AuditEvent).where(AuditEvent.verb == "filing.submit").order_by(AuditEvent.seq))
        told = [(event.detail["receipt"], event.detail["sha256"]) for event in trail]
    made = [version.receipt_no for version in versions]
    assert made[: len(sender.receipts)] == sender.receipts and len(made) <= len(sender.receipts) + 1
    assert [(v.receipt_no, fingerprint(v.content)) for v in versions] == told
    assert papers == set(made) and [v.number for v in versions] == list(range(1, len(made) + 1))
    with reading(EVERYTHING) as session:
        left = session.scalars(select(AuditEvent.verb).where(AuditEvent.verb == "filing.withdraw")).all()
    state = current(enterprise_id=SENDER).state
    assert state is (State.SUBMITTED if len(made) > len(left) else State.WITHDRAWN), "case and trail tell one story"
