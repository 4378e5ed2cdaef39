"""What the bench says: the goals with their bounds, one JSON object a line, and the table at the end. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Number = int | float


@dataclass(frozen=True, slots=True)
class Bound:
    """One goal: what is measured, in which unit, what it must not exceed and what it aims at.

    A goal in milliseconds is one of a machine: `where` is what the floor's page took on the machine the goal was set on.
    """

    goal: str
    what: str
    unit: str
    must: Number
    aim: Number | None = None
    page: str = ""
    against: str = ""  # what `ratio` is a ratio to: a page of the floor, or the small database
    where: float | None = None


FULL_THERE = 8.9  # ms CPU of the floor's page `full`, from the table that stands beside the goals; docs/decisions/024

BOUNDS: tuple[Bound, ...] = (
    Bound("G1", "form page, 40 fields", "ms CPU", 2.0, 1.0, against="full-spec"),
    Bound("G2", "save of 40 values", "ms CPU", 3.0, 1.8, against="save-core"),
    Bound("G3", "review list of 50", "ms CPU", 2.0, 1.2, against="list50"),
    Bound("G4", "SQL statements, form", "statements", 4, 2, page="form"),
    Bound("G4", "SQL statements, save", "statements", 6, 4, page="save"),
    Bound("G4", "SQL statements, list", "statements", 4, 2, page="list"),
    Bound("G6", "certificate, alone", "ms CPU", 120, 83, page="alone", against="full", where=FULL_THERE),
    Bound("G6", "certificate, in batches of 50, a page", "ms CPU", 60, 43, "batch", "full", FULL_THERE),
    Bound("G6", "certificate, peak memory of the process", "MiB", 200, 120, page="memory"),
    Bound("G8", "peak memory of a worker", "MiB", 120, 90),
    Bound("growth", "form page", "ms CPU", 1.15, page="form", against="small"),
    Bound("growth", "save", "ms CPU", 1.15, page="save", against="small"),
    Bound("growth", "queue, first page", "ms CPU", 1.25, page="queue-first", against="small"),
    Bound("growth", "queue, deepest page", "ms CPU", 1.25, page="queue-deepest", against="small"),
    Bound("growth", "figures page", "ms CPU", 1.25, page="figures", against="small"),
    Bound("growth", "overview page", "ms CPU", 1.25, page="overview", against="small"),
)
_BY_GOAL = {(bound.goal, bound.page): bound for bound in BOUNDS}


@dataclass(frozen=True, slots=True)
class Result:
    """One measured goal. Where there is something to compare with, `must` bounds the ratio, otherwise the value."""

    bound: Bound
    value: Number | None
    base: Number | None = None
    ratio: float | None = None
    why_not: str = ""  # why it was not measured

    @property
    def judged(self) -> Number | None:
        """What the bounds bound: the value, the ratio, or the value at the speed of the machine the goal was set on."""
        if not self.bound.against:
            return self.value
        if self.bound.where is None or self.ratio is None:
            return self.ratio
        return round(self.ratio * self.bound.where, 2)

    @property
    def is_ok(self) -> bool | None:
        """None where nothing was measured."""
        return None if self.judged is None else self.judged <= self.bound.must

    def line(self) -> str:
        """The result as one line of JSON."""
        bound = self.bound
        said: dict[str, object] = {"goal": bound.goal}
        if bound.page:
            said["page"] = bound.page
        said["what"], said["unit"], said["value"] = bound.what, bound.unit, _rounded(self.value)
        if bound.against:
            said |= {"small" if bound.against == "small" else "floor": _rounded(self.base), "ratio": self.ratio}
        if bound.where is not None:
            said |= {"floor_there": bound.where, "value_there": self.judged}
        said |= {"must": bound.must, "aim": bound.aim, "ok": self.is_ok}
        if self.why_not:
            said["not_measured"] = self.why_not
        return json.dumps(said, ensure_ascii=False)


def bound_of(goal: str, page: str = "") -> Bound:
    """Raises KeyError for a goal that nobody set."""
    return _BY_GOAL[goal, page]


def result(goal: str, values: Sequence[Number], bases: Sequence[Number] = (), page: str = "") -> Result:
    """The medians of the rounds; as ratio the median of the rounds' ratios, for a machine's speed changes between them.

    Raises ValueError where not every round has its floor.
    """
    if not bases:
        return Result(bound_of(goal, page), median(values))
    ratio = median(value / base for value, base in zip(values, bases, strict=True))
    return Result(bound_of(goal, page), median(values), median(bases), round(ratio, 3))


def not_measured(goal: str, why: str, page: str = "") -> Result:
    return Result(bound_of(goal, page), None, why_not=why)


def _rounded(value: Number | None) -> Number | None:
    return round(value, 3) if isinstance(value, float) else value


# --- the table ---------------------------------------------------------------------------------------------------

HEADS = ("goal", "what", "value", "compared with", "ratio", "must", "aim", "")


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table whose columns also stand under each other in a terminal."""
    rows = [HEADS, *(_row(found) for found in results)]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _row(found: Result) -> tuple[str, ...]:
    bound = found.bound
    bounded = "{}" if bound.where or not bound.against else "×{}"
    verdict = {None: "not measured", True: "ok", False: "MISSED"}[found.is_ok]
    if found.is_ok and bound.aim is not None and found.judged is not None:
        verdict = "ok, aim met" if found.judged <= bound.aim else "ok"
    base = f"{_shown(found.base)} {bound.against}" if found.base is not None else "–"
    return (
        bound.goal,
        bound.what,
        f"{_shown(found.value)} {bound.unit}" if found.value is not None else "–",
        base,
        _compared(found),
        f"≤ {bounded.format(bound.must)}",
        "–" if bound.aim is None else f"≤ {bounded.format(bound.aim)}",
        verdict,
    )


def _compared(found: Result) -> str:
    if found.ratio is None:
        return "–"
    there = f", {_shown(found.judged)} where it takes {found.bound.where}" if found.bound.where else ""
    return f"×{found.ratio:.2f}{there}"


def _shown(value: Number | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


# --- what the driver says ----------------------------------------------------------------------------------------


class Unmeasured(RuntimeError):
    """Something that should have been measured could not be, or answered as it should not."""


@dataclass(frozen=True, slots=True)
class Driven:
    """What came back while a page was driven."""

    requests: int
    seconds: float
    codes: dict[int, int]
    errors: int
    size: int | None = None

    def refuse_other_than(self, *expected: int) -> None:
        """Raises Unmeasured when nothing came back, or anything but these answers."""
        others = {code: times for code, times in self.codes.items() if code not in expected}
        if others or self.errors or not self.requests:
            raise Unmeasured(f"{self.requests} requests, {self.errors} failed, answers {self.codes}")


_RESULT = re.compile(r"^RES (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+)$", re.MULTILINE)
_CODE = re.compile(r"^CODE (\d+) (\d+)$", re.MULTILINE)
_SIZE = re.compile(r"^LEN (\d+)$", re.MULTILINE)


def driven(said: str) -> Driven:
    """What wrk's script wrote at the end of a run. Raises Unmeasured when it wrote none."""
    found = _RESULT.search(said)
    if found is None:
        raise Unmeasured(f"wrk said no result: {said.strip()[-300:]}")
    codes: dict[int, int] = {}
    for code, times in _CODE.findall(said):
        codes[int(code)] = codes.get(int(code), 0) + int(times)
    sizes = [int(size) for size in _SIZE.findall(said)]
    return Driven(int(found[1]), int(found[2]) / 1e6, codes, int(found[6]), max(sizes, default=None))


def per_request(seconds: float, requests: int) -> float:
    """CPU milliseconds a request."""
    if requests <= 0:
        raise Unmeasured("no request came back")
    return seconds * 1000 / requests
