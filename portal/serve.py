"""`flask serve`: the web workers and the consumer under one supervisor.

It owns the listening socket, so that a web server that dies and comes back refuses nobody meanwhile. Children run in
sessions of their own: Ctrl-C reaches the supervisor alone, which lets them finish. Linux only, like the rest.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from .config import ROOT, Settings
from .demo.queries import holds_demo
from .kernel.bilingual import PORTAL

THREADS = 4
PROMPT_GRACE = 2.4  # seconds; Ctrl-C ends everything within three
CALM_GRACE = 8.0  # seconds; a service manager asks once and waits ten or more, so requests may take their time
_STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_HEARD = _STOP | {signal.SIGCHLD}
_LONGEST_PAUSE = 10.0
_HEALTHY_AFTER = 30.0
_GIVE_UP_AFTER = 3
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)
# Threads of a worker share two heaps of the C library instead of opening one each: less memory that nobody gives back.
ARENAS = {"MALLOC_ARENA_MAX": "2"}


@dataclass
class Child:
    """One process that must be there. `failures` counts quick deaths in a row."""

    name: str
    command: list[str]
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        self.began_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            pass_fds=self.fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**ARENAS, **os.environ},
            preexec_fn=_in_child,  # noqa: PLW1509 - the supervisor has one thread
        )

    def bury(self, code: int) -> None:
        """Notes a death and when to start again; a child that was killed is no fault of its settings."""
        lived = time.monotonic() - self.began_at
        self.failures = self.failures + 1 if lived < _HEALTHY_AFTER else 1
        pause = min(0.1 * 2**self.failures, _LONGEST_PAUSE)
        self.start_at = time.monotonic() + pause
        self.process = None
        _say(f"{self.name} ended ({code}); starting it again in {pause:.1f} s")

    def is_hopeless(self, code: int) -> bool:
        return code > 0 and self.failures >= _GIVE_UP_AFTER


def _in_child() -> None:
    """Between fork and exec: hear signals again, and go when the supervisor goes, however it goes."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    children: list[Child]
    leaving: list[tuple[int, float]] = field(default_factory=list)  # process group, when to kill what is left of it
    asked_by: int = 0  # the signal that ended the watch

    def run(self) -> int:
        """Runs until a signal asks to stop: 0; or until a child cannot even start: 1."""
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        try:
            return self._watch()
        finally:
            self._stop(PROMPT_GRACE if self.asked_by == signal.SIGINT else CALM_GRACE)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)

    def _watch(self) -> int:
        while True:
            for child in self.children:
                if child.process is None and child.start_at <= time.monotonic():
                    child.start()
            heard = signal.sigtimedwait(_HEARD, 0.2)
            if heard is not None and heard.si_signo in _STOP:
                self.asked_by = heard.si_signo
                return 0
            self._kill_leftovers()
            for child in self.children:
                code = child.process.poll() if child.process else None
                if child.process is not None and code is not None:
                    self._dismiss(child.process.pid)
                    child.bury(code)
                    if child.is_hopeless(code):
                        _say(f"{child.name} does not start: giving up")
                        return 1

    def _dismiss(self, group: int) -> None:
        """Lets what a dead child left behind finish its requests, for a while."""
        if _signal_group(group, signal.SIGTERM):
            self.leaving.append((group, time.monotonic() + CALM_GRACE))

    def _kill_leftovers(self) -> None:
        for group, deadline in list(self.leaving):
            _reap(group)
            if time.monotonic() >= deadline:
                _signal_group(group, signal.SIGKILL)
                self.leaving.remove((group, deadline))

    def _stop(self, grace: float) -> None:
        """SIGTERM to all, then SIGKILL to whatever is left when the grace is over or somebody asks again."""
        groups = [child.process.pid for child in self.children if child.process] + [group for group, _ in self.leaving]
        deadline = time.monotonic() + grace
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
        while any(_is_there(group) for group in groups) and time.monotonic() < deadline:
            heard = signal.sigtimedwait(_HEARD, 0.05)
            if heard is not None and heard.si_signo in _STOP:
                break
        for group in groups:
            _signal_group(group, signal.SIGKILL)
            _reap(group)


def _signal_group(group: int, signum: signal.Signals) -> bool:
    try:
        os.killpg(group, signum)
    except ProcessLookupError:
        return False
    return True


def _is_there(group: int) -> bool:
    _reap(group)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _reap(group: int) -> None:
    """Takes the dead of a group off the process table; as subreaper we inherit orphaned workers too."""
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def listen(port: int) -> socket.socket:
    """The socket that outlives web servers. Raises OSError when the port is taken."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(2048)
    return server


def _web(settings: Settings, fd: int) -> Child:
    shared_memory = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108
    options = {
        "--bind": f"fd://{fd}",
        "--worker-class": "gthread",
        "--workers": str(settings.workers),
        "--threads": str(THREADS),
        "--timeout": "60",
        "--graceful-timeout": str(int(CALM_GRACE)),
        "--log-level": "warning",
    }
    flags = [word for pair in options.items() for word in pair]
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", *flags, "--no-control-socket", "--preload", *shared_memory]
    return Child("web", command, (fd,))


def serve(settings: Settings) -> int:
    """Runs the portal until it is told to stop; gives back the exit code."""
    if not settings.is_demo and holds_demo(settings.database_url):
        _say("This database holds the demo: its accounts are public. Production needs a database of its own.")
        return 1
    try:
        server = listen(settings.port)
    except OSError as error:
        _say(f"Port {settings.port} of 127.0.0.1 cannot be used: {error.strerror}. Choose another: PORT=8001")
        return 1
    port = server.getsockname()[1]
    _say(f"{PORTAL.en}: http://127.0.0.1:{port}")
    if settings.is_demo:
        _say("Demo accounts: README.md, or `flask --app wsgi demo-accounts`")
    consumer = Child("consumer", [sys.executable, "-m", "portal.consumer"])
    with server:
        return Supervisor([_web(settings, server.fileno()), consumer]).run()
