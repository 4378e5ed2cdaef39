"""Starting the portal and the floor the same way: two gunicorn workers with threads, as `flask serve` does."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.serve import ARENAS

from .report import Unmeasured

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers: its process (gunicorn's master), and where."""

    pid: int
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, cookie: str = "") -> tuple[int, str, list[str]]:
        """Status, body and the cookies that were set."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            body = answer.read().decode()
            cookies = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or []]
        finally:
            connection.close()
        return answer.status, body, cookies


def run_python(arguments: list[str], environ: Mapping[str, str], folder: Path = ROOT) -> str:
    """One Python programme to its end; what it printed. Raises Unmeasured when it fails."""
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=_environ(environ), capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Unmeasured(f"{' '.join(arguments)} ended with {ran.returncode}: {ran.stderr.strip()[-2000:]}")
    return ran.stdout


@contextmanager
def asking(module: str, environ: Mapping[str, str]) -> Iterator[Callable[[str], float]]:
    """A process that answers each line it is sent with a number; asking raises Unmeasured when it answers none."""
    with subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=_environ(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def ask(what: str) -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                print(what, file=process.stdin, flush=True)
                return float(process.stdout.readline())
            except (OSError, ValueError) as error:
                raise Unmeasured(f"{module} does not say {what}") from error

        try:
            yield ask
        finally:
            process.kill()


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_") and name != "PORT"}
    return {**ARENAS, **kept, **more}


@contextmanager
def serving(application: str, port: int, environ: Mapping[str, str], alive: str, log: Path) -> Iterator[Server]:
    """A server of `application` that has answered 200 at `alive`; it ends with the block."""
    port = port or _free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS)]
    options += ["--worker-class", "gthread", "--timeout", "60", "--graceful-timeout", "2", "--log-level", "warning"]
    if Path("/dev/shm").is_dir():
        options += ["--worker-tmp-dir", "/dev/shm"]
    command = [sys.executable, "-m", "gunicorn", application, *options, "--no-control-socket"]
    with log.open("w") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environ(environ), stdout=said, stderr=said, start_new_session=True
        )
    try:
        server = Server(process.pid, port)
        _wait(server, process, alive, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes], alive: str, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        try:
            if server.get(alive)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise Unmeasured(f"a server does not answer: {log.read_text('utf-8', 'replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
