"""What a file of a dated list means beside what stands: lines that passed, what each changes, what is wrong. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..enterprises.roster_rules import FAULT_KINDS, Fault, folded
from ..kernel.bilingual import Bilingual, both

FIELDS: dict[str, Bilingual] = {
    "credit_code": Bilingual("统一社会信用代码", "Credit code"),
    "name": Bilingual("企业名称", "Name"),
    "value": Bilingual("类别", "Class"),
    "until": Bilingual("有效期至", "Valid until"),
}
"""The columns of a file in the order of the template; a list without classes has no such column."""

KINDS: dict[str, Bilingual] = {
    **{kind: FAULT_KINDS[kind] for kind in ("digits-lost", "credit-code", "twice", "name")},
    "value": Bilingual("类别有误", "Classes"),
    "until": Bilingual("有效期有误", "Dates"),
    **{kind: FAULT_KINDS[kind] for kind in ("formula", "hidden", "merged")},
}
OTHER_NAME = Bilingual(
    "登记系统中这个代码的企业叫“{name}”。请核对代码；代码无误时把名称改成一样，或留空。",
    "On the register this code belongs to “{name}”. Check the code; if it is right, write that name or none.",
)
_NOT_ON = Bilingual("不在名单上", "Not on the list")
_ON = Bilingual("在名单上", "On the list")
_LASTS = Bilingual("{what}，有效期至{day}", "{what}, until {day}")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that passed. `until` is the last day it counts, None while it lasts."""

    row: int
    credit_code: str
    name: str
    value: str
    until: date | None

    def kept(self) -> list[Any]:
        return [self.row, self.credit_code, self.name, self.value, self.until.isoformat() if self.until else None]

    @classmethod
    def of(cls, kept: Sequence[Any]) -> Line:
        row, credit_code, name, value, until = kept
        return cls(row, credit_code, name, value, date.fromisoformat(until) if until else None)

    @property
    def until_on(self) -> date | None:
        """The first day it no longer counts, as entries have it."""
        return None if self.until is None else self.until + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A registered enterprise that the file names."""

    enterprise_id: int
    credit_code: str
    name: str
    county: str
    chain: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of an enterprise on editions of the same list and day."""

    entry_id: int
    value: str
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One enterprise that is put on the list (`entry_id` None), or whose class or last day becomes another."""

    line: Line
    known: Known
    before: Bilingual
    after: Bilingual
    entry_id: int | None = None

    def kept(self) -> dict[str, Any]:
        return {
            "row": self.line.row,
            "code": self.known.credit_code,
            "enterprise": self.known.enterprise_id,
            "entry": self.entry_id,
            "before": self.before.zh,
            "after": self.after.zh,
        }


@dataclass(slots=True)
class Plan:
    """What a file would do to the list now. `strangers` are rows whose code nobody registered here has."""

    is_new: bool
    wrong: int = 0  # rows that did not pass when the file was read
    changes: list[Change] = field(default_factory=list)
    strangers: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: int = 0

    @property
    def added(self) -> int:
        return sum(change.entry_id is None for change in self.changes)

    @property
    def can_load(self) -> bool:
        """A list that names nobody registered here is an edition too: it says that nobody stands on it. One whose rows
        are wrong says no such thing."""
        return bool(self.changes) or (self.is_new and not self.wrong and not self.faults)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the plan does: what was seen is what is confirmed, or nothing is."""
        text = json.dumps([self.is_new, [change.kept() for change in self.changes]], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_of(
    lines: Iterable[Line],
    known: Mapping[str, Known],
    standing: Mapping[int, Standing],
    columns: Mapping[str, str],
    titles: Mapping[str, Bilingual],
    plan: Plan,
) -> Plan:
    """Fills `plan`: `known` by credit code, `standing` by enterprise, `columns` the letters of the file's columns."""
    for line in lines:
        found = known.get(line.credit_code)
        if found is None:
            plan.strangers.append(line)
        elif line.name and folded(line.name) != folded(found.name):
            message = OTHER_NAME.fill(name=found.name)
            plan.faults.append(Fault(f"{columns['name']}{line.row}", "name", line.name[:100], message))
        else:
            _compare(plan, line, found, standing.get(found.enterprise_id), titles)
    return plan


def _compare(plan: Plan, line: Line, known: Known, entry: Standing | None, titles: Mapping[str, Bilingual]) -> None:
    after = _words(line.value, line.until_on, titles)
    if entry is None:
        plan.changes.append(Change(line, known, _NOT_ON, after))
    elif (entry.value, entry.until_on) == (line.value, line.until_on):
        plan.unchanged += 1
    else:
        plan.changes.append(Change(line, known, _words(entry.value, entry.until_on, titles), after, entry.entry_id))


def _words(value: str, until_on: date | None, titles: Mapping[str, Bilingual]) -> Bilingual:
    what = titles.get(value, both(value)) if value else _ON
    return what if until_on is None else _LASTS.fill(what=what, day=until_on - timedelta(days=1))
