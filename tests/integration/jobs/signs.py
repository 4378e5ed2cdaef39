"""Waiting for a sign instead of for a time: used by the tests that start processes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120.0


def until(holds: Callable[[], object], what: str) -> None:
    """Returns as soon as `holds()` is true; fails after PATIENCE seconds, saying `what` did not come."""
    pause, give_up = threading.Event(), time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, f"{what} did not come within {PATIENCE:.0f} s"
        pause.wait(0.02)


def children(pid: int) -> dict[int, str]:
    """The living processes below `pid`, however deep, with their command lines."""
    found: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == pid and state != "Z":
            found |= {int(stat.parent.name): command, **children(int(stat.parent.name))}
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def end(process: subprocess.Popen[str]) -> None:
    """Leaves nothing of a test behind, whatever went wrong in it."""
    below = children(process.pid)
    process.kill()
    process.wait(10)
    for pid in below:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
