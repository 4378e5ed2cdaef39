"""The meter: drives one page with wrk, or saves over kept connections, and reads the CPU of the server's process tree.

Requests per second depend on whoever else uses the machine; CPU time per request hardly does.
"""

from __future__ import annotations

import http.client
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from .report import Driven, Unmeasured, driven, per_request

CONNECTIONS = 4
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+/")
_SCRIPT = """
wrk.headers["Cookie"] = [==[%s]==]
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args) codes = {} end
function response(status, headers, body) codes[status] = (codes[status] or 0) + 1; size = #body end
function done(summary, latency, requests)
  for _, thread in ipairs(threads) do
    for code, times in pairs(thread:get("codes")) do io.write("CODE "..code.." "..times.."\\n") end
    local size = thread:get("size")
    if size then io.write("LEN "..size.."\\n") end
  end
  local errors = summary.errors
  io.write(string.format("RES %%d %%d %%.3f %%.3f %%.3f %%d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU of one page on one server."""

    cpu_ms: float
    driven: Driven


def cpu_seconds(pid: int) -> float:
    """CPU that the process tree has used so far."""
    root = psutil.Process(pid)
    total = root.cpu_times().children_user + root.cpu_times().children_system
    for process in [root, *root.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system
    return float(total)


def peak_mib(pid: int) -> float:
    """Peak resident memory of the greatest child: of one worker."""
    peaks = []
    for child in psutil.Process(pid).children(recursive=True):
        status = Path(f"/proc/{child.pid}/status").read_text("ascii")
        found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        peaks += [int(found[1]) / 1024] if found else []
    if not peaks:
        raise Unmeasured("the server has no worker")
    return max(peaks)


def page(pid: int, url: str, cookie: str, *, seconds: int, warm_up: int = 0) -> Measured:
    """Drives a page that must answer 200 each time."""
    if not _LOOPBACK.match(url):
        raise ValueError("the bench drives its own servers only")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % cookie)
        script.flush()
        if warm_up:
            _wrk(script.name, url, warm_up)
        before = cpu_seconds(pid)
        found = _wrk(script.name, url, seconds)
        used = cpu_seconds(pid) - before
    found.refuse_other_than(200)
    return Measured(per_request(used, found.requests), found)


def _wrk(script: str, url: str, seconds: int) -> Driven:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", script, url]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Unmeasured(f"wrk ended with {ran.returncode}: {ran.stderr.strip()[-300:]}")
    return driven(ran.stdout)


# --- saves -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writer:
    """One person who saves the same page again and again: where, as whom, and what is sent each time."""

    port: int
    path: str
    cookie: str
    bodies: Iterator[str]


def saves(pid: int, writers: list[Writer], *, each: int) -> Measured:
    """Every writer saves `each` times, all at once, each on one kept connection. Every answer must be a redirect."""
    began, before = time.monotonic(), cpu_seconds(pid)
    with ThreadPoolExecutor(len(writers)) as pool:
        counted = list(pool.map(lambda writer: _save(writer, each), writers))
    used, seconds = cpu_seconds(pid) - before, time.monotonic() - began
    codes = sum(counted, Counter())
    found = Driven(codes.total(), seconds, dict(codes), 0)
    found.refuse_other_than(302, 303)
    return Measured(per_request(used, found.requests), found)


def _save(writer: Writer, times: int) -> Counter[int]:
    codes: Counter[int] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", writer.port, timeout=30)
    headers = {"Cookie": writer.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        for _ in range(times):
            connection.request("POST", writer.path, next(writer.bodies), headers)
            answer = connection.getresponse()
            answer.read()
            codes[answer.status] += 1
    finally:
        connection.close()
    return codes
