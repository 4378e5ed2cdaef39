"""How facts become the frozen cells of a release: sums by margin, what is hidden, growth base, year to date. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ..catalogue.deadlines import WorkCalendar
from ..kernel.measure import plain, rounded
from ..kernel.period import Quarter
from .disclosure import ZERO, Contribution, Pattern, Rule, Why, fault
from .measures import ratio_of_sums
from .official import OfficialEntry
from .release_vintage import Former, Revised, revise
from .shown import INDICATORS, accumulation

CITY, CLUSTER, UNIT = "city", "cluster", "unit"
NO_CLUSTER = "00"
RELEASE_AFTER = 5  # working days between the last day to file and the planned day of release
Place = tuple[str, str, str]  # margin, line, indicator
ByIndicator = Mapping[str, Mapping[int, Contribution]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """One cell as it is kept. With `hidden_for` there is no number in it at all."""

    margin: str
    line: str
    indicator: str
    value: Decimal | None
    base: Decimal | None
    to_date: Decimal | None
    contributors: int | None
    hidden_for: str = ""

    @property
    def place(self) -> Place:
        return (self.margin, self.line, self.indicator)


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """How much of one line is in, and counts. The share by weight is of the city, and of lines that are whole: shares
    of several lines tell by subtraction what one enterprise weighs."""

    margin: str
    line: str
    due: int
    approved: int
    weight_share: Decimal | None


@dataclass(frozen=True, slots=True)
class FrozenTarget:
    """What stands beside the released sum of a target: the share of last year that had come by its same quarter, and
    the official figure; each as far as it was known."""

    target: str
    pace: Decimal | None
    official: OfficialEntry | None

    @property
    def said(self) -> list[str]:
        """What of it the public reads; nothing where nothing was known."""
        found = self.official
        if found is None:
            return [] if self.pace is None else [self.target, _said(self.pace)]
        period, day = f"{found.year}/{found.quarter}", found.source_on.isoformat()
        figures = [_said(self.pace), _said(found.value), _said(found.growth)]
        return [self.target, *figures, period, found.source, day, "seen" if found.is_confirmed else ""]


@dataclass(frozen=True, slots=True)
class Due:
    """One enterprise that owed the quarter."""

    enterprise_id: int
    cluster: str
    unit: str
    weight: Decimal
    is_approved: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier releases already say: this quarter's last release, the year before, the year's other quarters."""

    former: Mapping[str, Former] = field(default_factory=dict)
    base: Mapping[Place, Decimal] = field(default_factory=dict)
    earlier: Sequence[Mapping[Place, Decimal]] = ()  # released values of the year's quarters before this one, in order
    counted: frozenset[int] | None = None  # who counted in this quarter's last release; None: this is the first


@dataclass(frozen=True, slots=True)
class Content:
    """A release's content, ready to be written."""

    cells: tuple[Frozen, ...]
    lines: tuple[FrozenLine, ...]
    counted: ByIndicator
    held: frozenset[int]
    targets: tuple[FrozenTarget, ...] = ()

    @property
    def sha256(self) -> str:
        rows = [
            [c.margin, c.line, c.indicator, *map(_said, (c.value, c.base, c.to_date)), "hidden" if c.hidden_for else ""]
            for c in self.cells
        ]
        rows += [[n.margin, n.line, str(n.due), str(n.approved), _said(n.weight_share)] for n in self.lines]
        rows += [said for t in self.targets if (said := t.said)]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()


def frozen(
    now: ByIndicator, dues: Sequence[Due], lines: Mapping[str, Sequence[str]], before: Before, rule: Rule
) -> Content:
    """Freezes a quarter. `lines` names the lines of each margin, those without a fact included."""
    revised = {code: revise(now.get(code, {}), before.former.get(code), rule) for code in sorted(INDICATORS)}
    cells = [cell for code, done in revised.items() for cell in _cells(code, done, lines, before)]
    held = frozenset(e for done in revised.values() for e in done.held)
    counted = {code: done.contributions for code, done in revised.items()}
    return Content(tuple(cells), tuple(_responses(_counting(dues, now, counted), lines, before, rule)), counted, held)


def public_sums(known: Iterable[Contribution], pattern: Pattern, indicator: str) -> dict[Place, Decimal]:
    """The sums of one indicator that may be shown, by place."""
    sums: dict[Place, Decimal] = {}
    for c in known:
        for margin, line, _ in _groups(c, pattern):
            key = (margin, line, indicator)
            sums[key] = sums.get(key, Decimal(0)) + c.value
    return sums


def _groups(c: Contribution, pattern: Pattern) -> list[tuple[str, str, Why | None]]:
    places = [(CITY, "", pattern.city)]
    places += [(CLUSTER, c.cluster, pattern.clusters.get(c.cluster)), (UNIT, c.unit, pattern.units.get(c.unit))]
    return [place for place in places if place[2] is None]


def _cells(code: str, done: Revised, lines: Mapping[str, Sequence[str]], before: Before) -> list[Frozen]:
    known = tuple(done.contributions.values())
    sums = public_sums(known, done.pattern, code)
    hidden = {CITY: {"": done.pattern.city} if done.pattern.city else {}}
    hidden |= {CLUSTER: dict(done.pattern.clusters), UNIT: dict(done.pattern.units)}
    counted = _counted(known)
    cells = []
    for margin in (CITY, CLUSTER, UNIT):
        for line in [""] if margin == CITY else lines[margin]:
            why = hidden[margin].get(line)
            if why is not None:
                cells.append(Frozen(margin, line, code, None, None, None, None, why.value))
                continue
            place = (margin, line, code)
            value = sums.get(place, Decimal(0)) if known else None  # nobody there: a nought that tells of nobody
            base = before.base.get(place) if value is not None else None
            to_date = accumulation(code).over([*(e.get(place) for e in before.earlier), value])
            whole = to_date if value is not None and all(place in e for e in before.earlier) else None
            cells.append(Frozen(margin, line, code, value, base, whole, counted[margin, line]))
    return cells


def _counted(known: Iterable[Contribution]) -> Counter[tuple[str, str]]:
    """How many enterprises count in each line, by margin and line."""
    found = Counter[tuple[str, str]]()
    for c in known:
        if c.value != 0:
            found.update(((CITY, ""), (CLUSTER, c.cluster), (UNIT, c.unit)))
    return found


def _counting(dues: Iterable[Due], now: ByIndicator, counted: ByIndicator) -> list[Due]:
    """The due, with those as missing who are approved and wait for a later release."""
    waiting = _all_of(now) - _all_of(counted)
    return [replace(due, is_approved=due.is_approved and due.enterprise_id not in waiting) for due in dues]


def _all_of(known: ByIndicator) -> set[int]:
    return {enterprise_id for contributions in known.values() for enterprise_id in contributions}


def _responses(dues: Sequence[Due], lines: Mapping[str, Sequence[str]], before: Before, rule: Rule) -> list[FrozenLine]:
    share = weight_share(dues, before.counted, rule)
    rows = [_response(CITY, "", dues, share)]
    rows += [_response(CLUSTER, line, [d for d in dues if d.cluster == line]) for line in lines[CLUSTER]]
    return rows + [_response(UNIT, line, [d for d in dues if d.unit == line]) for line in lines[UNIT]]


def _response(margin: str, line: str, dues: Sequence[Due], share: Decimal | None = None) -> FrozenLine:
    approved = sum(due.is_approved for due in dues)
    return FrozenLine(margin, line, len(dues), approved, Decimal(1) if dues and approved == len(dues) else share)


def weight_share(dues: Sequence[Due], counted_before: Collection[int] | None, rule: Rule) -> Decimal | None:
    """The approved share by weight; None where what is in, what is missing, or what has come in since the release
    before (`counted_before` counted there; None: this is the first) would tell of one enterprise."""
    approved, missing = ([due.weight for due in dues if due.is_approved is done] for done in (True, False))
    known = frozenset[int]() if counted_before is None else counted_before
    moved = [due.weight for due in dues if due.is_approved != (due.enterprise_id in known)]
    told = [approved, missing, *([moved] if counted_before is not None and moved else [])]
    if any(fault(weights, rule) is not None for weights in told):
        return None
    share = ratio_of_sums(sum(approved, ZERO), sum((due.weight for due in dues), ZERO))
    return None if share is None else rounded(share, 4)


def _said(value: Decimal | None) -> str:
    return "" if value is None else plain(value.normalize())


def planned_on(calendar: WorkCalendar, due: date) -> date:
    """When a quarter is meant to be released: some working days after the last day to file."""
    return calendar.working_days_after(due, RELEASE_AFTER)


def year_so_far(quarter: Quarter) -> tuple[Quarter, ...]:
    """The quarters of the year before `quarter`."""
    return quarter.year_to_date()[:-1]
