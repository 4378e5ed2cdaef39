"""`flask serve` as an operator meets it: one command, two processes, and no way to be left with half of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal.config import ROOT
from portal.database.session import Database, reading
from portal.jobs.queries import consumer_is_alive
from portal.kernel.clock import now
from portal.kernel.roles import Scope
from tests.integration.jobs.signs import children, end, is_alive, until

SERVE = "import sys; from portal.config import Settings; from portal.serve import serve; sys.exit(serve(Settings.from_environment()))"
SHEET = "/static/css/app.css"


@dataclass
class Portal:
    process: subprocess.Popen[str]
    address: str

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=120) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def child(self, words: str) -> int:
        """The supervisor's own child whose command line has `words` in it; 0 while there is none."""
        below = children(self.process.pid)
        return next((pid for pid, said in below.items() if words in said and _parent(pid) == self.process.pid), 0)

    def has_pending(self, signum: signal.Signals) -> bool:
        """Whether the supervisor has not taken the signal yet: from then on it ends its children."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))]
        return any(mask >> (signum - 1) & 1 for mask in masks)

    @property
    def everybody(self) -> set[int]:
        return {self.process.pid, *children(self.process.pid)}


def _parent(pid: int) -> int:
    """0 for a process that ended since it was listed."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def environment(database: Database, folder: Path, port: int = 0) -> dict[str, str]:
    url = database.url.render_as_string(hide_password=False)
    return {
        **os.environ,
        "PORTAL_DATABASE_URL": url,
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_MODE": "demo",
        "PORT": str(port),
    }


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def portal(database: Database, tmp_path: Path) -> Iterator[Portal]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], cwd=ROOT, env=environment(database, tmp_path), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    found = Portal(process, process.stdout.readline().split()[-1])
    yield found
    end(process)


def consumer_lives() -> bool:
    with reading(Scope.nobody()) as session:
        return consumer_is_alive(session, now())


def test_one_command_serves_and_does_jobs_whoever_is_killed_comes_back_and_ctrl_c_ends_all(portal: Portal) -> None:
    """One portal from its start to its end: a start costs two imports of the whole portal."""
    assert portal.status(SHEET) == 200
    until(consumer_lives, "the consumer")
    # The second worker may come after the first has answered already.
    until(lambda: len(portal.everybody) >= 5, "supervisor, web server, two workers, consumer")
    first = portal.child("gunicorn")
    os.kill(first, signal.SIGKILL)
    assert portal.status(SHEET) == 200, "nobody is refused while the web server is dead"
    until(lambda: portal.child("gunicorn") not in (0, first), "the new web server")
    assert portal.status(SHEET) == 200, "the new web server answers"
    first = portal.child("portal.consumer")
    os.kill(first, signal.SIGKILL)
    assert portal.status(SHEET) == 200, "pages need no consumer"
    until(lambda: portal.child("portal.consumer") not in (0, first), "the new consumer")
    assert portal.process.poll() is None, "the supervisor lives through both deaths"
    until(lambda: len(portal.everybody) >= 5, "everybody, once more")
    pids = portal.everybody
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(30) == 0
    assert not [pid for pid in pids if is_alive(pid)], "Ctrl-C ends all"


def test_nobody_outlives_a_supervisor_killed_with_9(portal: Portal) -> None:
    assert portal.status(SHEET) == 200
    pids = portal.everybody
    portal.process.kill()
    portal.process.wait()
    until(lambda: not [pid for pid in pids if is_alive(pid)], "the end of all children")


def test_a_request_that_has_begun_is_answered_after_sigterm(portal: Portal) -> None:
    until(consumer_lives, "the consumer")
    address = urlsplit(portal.address)
    body = b"username=x&password=y"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=120) as client:
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 100"), "a worker holds the request now"
        portal.process.send_signal(signal.SIGTERM)
        until(lambda: not portal.has_pending(signal.SIGTERM), "the supervisor hearing the signal")
        client.sendall(body)
        assert client.recv(12).startswith(b"HTTP/1.1 ")
    assert portal.process.wait(30) == 0


def test_a_port_that_is_taken_is_said_and_nothing_is_started(database: Database, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", SERVE],
            check=False,
            cwd=ROOT,
            env=environment(database, tmp_path, port),
            capture_output=True,
            text=True,
            timeout=180,
        )
    assert done.returncode == 1
    assert str(port) in done.stdout


def test_a_child_that_cannot_start_ends_the_portal_with_1() -> None:
    script = (
        "import sys; from portal.serve import Child, Supervisor;"
        "sys.exit(Supervisor([Child('web', [sys.executable, '-c', 'raise SystemExit(3)'])]).run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=ROOT, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 1
    assert "web does not start" in done.stdout


def test_a_web_worker_never_loads_the_heavy_libraries_nor_the_tasks(database: Database, tmp_path: Path) -> None:
    script = (
        "import sys; import wsgi;"
        "heavy = {'weasyprint', 'scipy', 'pytauargus', 'fontTools', 'alembic', 'openpyxl', 'xlsxwriter', 'huey',"
        "         'cryptography'} & set(sys.modules);"
        "tasks = {name for name in sys.modules if name.startswith('portal.') and name.endswith('.tasks')};"
        "print(sorted(heavy | tasks))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(database, tmp_path),
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    assert done.stdout.strip() == "[]"
