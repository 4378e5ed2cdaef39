"""`make bench`: the portal and the floor side by side, page by page in rounds, as JSON lines and a table.

It ends with 0 whatever the ratios are - the numbers are the result - and with 1 when something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from . import measure
from .city import City, built, copied, fill_queue, multiply
from .measure import Measured, Writer
from .people import Cast, deepest_page, saves_of, signed_in
from .report import Result, Unmeasured, not_measured, result, table
from .servers import Server, asking, run_python, serving

LISTED = 50


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is measured: rounds, seconds a page, seconds of warming up, saves of each writer."""

    rounds: int
    seconds: int
    warm_up: int
    saves: int


# Many short rounds: the speed of a shared machine changes within seconds, and a round's two sides should meet the same.
QUICK = Effort(rounds=7, seconds=1, warm_up=1, saves=50)
LONG = Effort(rounds=11, seconds=2, warm_up=2, saves=150)


@dataclass
class Bench:
    """One run: where it works, what was found so far."""

    effort: Effort
    folder: Path
    port: int
    results: list[Result] = field(default_factory=list)

    def say(self, *found: Result) -> None:
        for one in found:
            self.results.append(one)
            print(one.line(), flush=True)

    def port_of(self, place: int) -> int:
        return self.port + place if self.port else 0


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal with its people. Its saves go on from where they are."""

    server: Server
    cast: Cast
    city: City
    writers: list[Writer]

    def page(self, path: str, cookie: str, effort: Effort, warm_up: int) -> Measured:
        url = self.server.url(path)
        return measure.page(self.server.pid, url, cookie, seconds=effort.seconds, warm_up=warm_up)


def note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


# --- the two servers ---------------------------------------------------------------------------------------------


def open_portal(bench: Bench, stack: ExitStack, city: City, place: int) -> Portal:
    cast = signed_in(city)
    log = city.path.with_suffix(".log")
    server = stack.enter_context(serving("wsgi:app", bench.port_of(place), city.environ, "/sign-in", log))
    writers = []
    for person in cast.preparers:
        writers.append(writer(server, cast.form, person.cookie))
    if _page(server, "/review", cast.officer.cookie).count('name="pick"') != LISTED:
        raise Unmeasured(f"the officer's list does not hold {LISTED} lines")
    return Portal(server, cast, city, writers)


def open_floor(bench: Bench, stack: ExitStack, place: int) -> Server:
    environ = {"DB": "sqlite-full", "SQLITE_PATH": str(bench.folder / "floor.sqlite3")}
    run_python(["-m", "bench.floor"], environ)
    log = bench.folder / "floor.log"
    return stack.enter_context(serving("bench.floor:app", bench.port_of(place), environ, "/static30", log))


def writer(server: Server, path: str, cookie: str) -> Writer:
    """Somebody who opened the form: the cookie holds what the form's token is checked against."""
    return Writer(server.port, path, cookie, saves_of(_page(server, path, cookie)))


def _page(server: Server, path: str, cookie: str) -> str:
    status, body, _ = server.get(path, cookie)
    if status != 200:
        raise Unmeasured(f"{path} answers {status}")
    return body


def floor_writer(server: Server, number: int) -> Writer:
    status, token, cookies = server.get(f"/login/{number}")
    if status != 200 or not cookies:
        raise Unmeasured(f"the floor's sign-in answers {status}")
    return Writer(server.port, "/save-core", cookies[0], _floor_bodies(token))


def _floor_bodies(token: str) -> Iterator[str]:
    turn = 0
    while True:
        turn += 1
        figures = "&".join(f"n{place:02d}={1000 + (turn * 7 + place * 13) % 900}" for place in range(40))
        yield f"csrf_token={token}&{figures}"


# --- goals against the floor -------------------------------------------------------------------------------------


def against_floor(bench: Bench, portal: Portal, floor: Server) -> None:
    """G1, G2, G3: portal, floor, portal, floor."""
    effort, cast = bench.effort, portal.cast
    _, _, cookies = floor.get("/login/1")
    for goal, path, cookie, floors in (
        ("G1", cast.form, cast.preparers[0].cookie, "/full-spec"),
        ("G3", "/review", cast.officer.cookie, "/list50"),
    ):
        bench.say(
            _in_turn(
                effort,
                goal,
                lambda warm_up, path=path, cookie=cookie: portal.page(path, cookie, effort, warm_up),  # type: ignore[misc]
                lambda warm_up, floors=floors: measure.page(  # type: ignore[misc]
                    floor.pid, floor.url(floors), cookies[0], seconds=effort.seconds, warm_up=warm_up
                ),
            )
        )
    writers = [floor_writer(floor, number) for number in range(1, len(portal.writers) + 1)]
    bench.say(
        _in_turn(
            effort,
            "G2",
            lambda warm_up: save(portal.server, portal.writers, effort, warm_up),
            lambda warm_up: save(floor, writers, effort, warm_up),
        )
    )
    refuse_lost_saves(portal)


def save(server: Server, writers: list[Writer], effort: Effort, warm_up: int) -> Measured:
    if warm_up:
        measure.saves(server.pid, writers, each=effort.saves // 4)
    return measure.saves(server.pid, writers, each=effort.saves)


def refuse_lost_saves(portal: Portal) -> None:
    """The version a next save would name must be the version that stands."""
    for person in portal.cast.preparers:
        events = portal.city.ask(
            "SELECT f.draft_version, (SELECT max(seq) FROM audit_event e WHERE e.stream = 'case:' || f.case_id),"
            " (SELECT seq FROM audit_head h WHERE h.stream = 'case:' || f.case_id)"
            " FROM filing f JOIN membership m ON m.enterprise_id = f.enterprise_id"
            " JOIN account a ON a.id = m.account_id WHERE a.username = ? ORDER BY f.quarter DESC LIMIT 1",
            person.username,
        )
        _, newest, head = events[0]
        if newest != head:
            raise Unmeasured(f"the trail of {person.username}'s filing has lost an event")


def _in_turn(
    effort: Effort, goal: str, first: Callable[[int], Measured], second: Callable[[int], Measured], page: str = ""
) -> Result:
    values, bases = [], []
    for turn in range(effort.rounds):
        warm_up = effort.warm_up if turn == 0 else 0
        values.append(first(warm_up).cpu_ms)
        bases.append(second(warm_up).cpu_ms)
    return result(goal, values, bases, page)


# --- goals of the portal alone -----------------------------------------------------------------------------------


def statements(bench: Bench, city: City) -> None:
    """G4, on a copy, so that no save of the count is missed elsewhere."""
    copy = copied(city, "statements")
    said = run_python(["-m", "bench.statements", str(copy.path), str(copy.data_dir)], copy.environ)
    for page, numbers in json.loads(said).items():
        bench.say(result("G4", [max(numbers.values())], page=page))


def certificates(bench: Bench, city: City, floor: Server) -> None:
    """G6, in a process of its own as the consumer is one; its milliseconds beside the floor's heaviest page."""
    _, _, cookies = floor.get("/login/1")
    url, seconds = floor.url("/full"), bench.effort.seconds
    measure.page(floor.pid, url, cookies[0], seconds=bench.effort.warm_up)
    with asking("bench.papers", city.environ) as ask:
        for page in ("alone", "batch"):
            values, bases = [], []
            for _ in range(bench.effort.rounds):
                values.append(ask(page))
                bases.append(measure.page(floor.pid, url, cookies[0], seconds=seconds).cpu_ms)
            bench.say(result("G6", values, bases, page))
        bench.say(result("G6", [ask("memory")], page="memory"))


# --- growth ------------------------------------------------------------------------------------------------------


def growth(bench: Bench, small: Portal, big: Portal) -> None:
    """The same pages on two databases, big, small, big, small."""
    effort = bench.effort
    deepest = {portal.server.port: deepest_page(portal.city) for portal in (small, big)}
    pages: list[tuple[str, Callable[[Portal], tuple[str, str]]]] = [
        ("form", lambda portal: (portal.cast.form, portal.cast.preparers[0].cookie)),
        ("queue-first", lambda portal: ("/review", portal.cast.officer.cookie)),
        ("queue-deepest", lambda portal: (deepest[portal.server.port], portal.cast.officer.cookie)),
        ("figures", lambda portal: ("/figures", portal.cast.bureau.cookie)),
        ("overview", lambda portal: ("/overview", portal.cast.bureau.cookie)),
    ]
    for name, asked in pages:
        path, cookie = asked(big)
        if name == "overview" and big.server.get(path, cookie)[0] == 404:
            bench.say(not_measured("growth", "this portal has no overview page", name))
            continue

        def drive(portal: Portal, warm_up: int, asked: Callable[[Portal], tuple[str, str]] = asked) -> Measured:
            return portal.page(*asked(portal), effort, warm_up)

        bench.say(_in_turn(effort, "growth", lambda w: drive(big, w), lambda w: drive(small, w), name))
    bench.say(
        _in_turn(
            effort,
            "growth",
            lambda warm_up: save(big.server, big.writers, effort, warm_up),
            lambda warm_up: save(small.server, small.writers, effort, warm_up),
            "save",
        )
    )
    refuse_lost_saves(big)


# --- the run -----------------------------------------------------------------------------------------------------


def run(bench: Bench, wishes: argparse.Namespace) -> None:
    note(f"building a demo of {wishes.enterprises} enterprises")
    small_city = built(bench.folder, wishes.enterprises, wishes.quarters)
    fill_queue(small_city)
    multiply(small_city, wishes.filings)
    statements(bench, small_city)
    # Before anybody saves: what is saved later carries numbers above those of the clones, and could not be cloned.
    fresh = None if wishes.quick else copied(small_city, "big")
    with ExitStack() as stack:
        note(f"measuring with {small_city.filings} filings")
        portal, floor = open_portal(bench, stack, small_city, 0), open_floor(bench, stack, 1)
        against_floor(bench, portal, floor)
        certificates(bench, small_city, floor)
        if fresh is not None:
            big_city = grown(fresh, wishes.growth)
            note(f"measuring with {big_city.filings} filings beside {small_city.filings}")
            big = open_portal(bench, stack, big_city, 2)
            growth(bench, portal, big)
        bench.say(result("G8", [measure.peak_mib(portal.server.pid)]))


def grown(city: City, filings: int) -> City:
    note(f"multiplying to {filings} filings")
    multiply(city, filings)
    return city


def machine() -> str:
    """What was measured on, in a line."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    return f"{time.strftime('%Y-%m-%d')}, {cores} cores of {model or platform.machine()}, Python {platform.python_version()}, load {load}"


def wished(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the ratios only, in three minutes")
    parser.add_argument("--enterprises", type=int, default=40, help="enterprises of the demo that is multiplied")
    parser.add_argument("--quarters", type=int, help="closed quarters of the demo")
    parser.add_argument("--filings", type=int, default=1000, help="filings in the small database")
    parser.add_argument("--growth", type=int, default=100_000, help="filings in the big database")
    parser.add_argument("--port", type=int, default=0, help="the first of three ports; free ones by default")
    return parser.parse_args(arguments)


def main() -> int:
    wishes = wished()
    room = Path("/dev/shm")
    where = None if "TMPDIR" in os.environ or not room.is_dir() else str(room)
    with tempfile.TemporaryDirectory(prefix="portal-bench.", dir=where) as folder:
        bench = Bench(QUICK if wishes.quick else LONG, Path(folder), wishes.port)
        (bench.folder / "portal").mkdir()
        before = machine()
        try:
            run(bench, wishes)
        except Unmeasured as reason:
            note(f"could not be measured: {reason}")
            return 1
        finally:
            if bench.results:
                print(f"\n{table(bench.results)}\n\n{before}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
