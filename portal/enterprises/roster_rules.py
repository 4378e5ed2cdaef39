"""What a county's list means for the register: lines that passed, what each changes, what is wrong and where. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual, both

FIELDS: dict[str, Bilingual] = {
    "credit_code": Bilingual("统一社会信用代码", "Credit code"),
    "name": Bilingual("企业名称", "Name"),
    "unit": Bilingual("填报单元", "Reporting unit"),
    "since": Bilingual("规模以上起始日期", "Above-scale since"),
    "gb_class": Bilingual("行业代码", "Industry class"),
}
"""The columns of a list in the order of the template."""

FAULT_KINDS: dict[str, Bilingual] = {
    "digits-lost": Bilingual("代码被存成数字，末尾几位已丢失", "Codes stored as numbers: their last digits are lost"),
    "credit-code": Bilingual("统一社会信用代码有误", "Credit codes that are not valid"),
    "twice": Bilingual("同一代码出现多次", "The same code more than once"),
    "elsewhere": Bilingual("代码已在别的填报单元登记", "Codes on the register under another unit"),
    "name": Bilingual("企业名称有误", "Names"),
    "unit": Bilingual("填报单元有误", "Reporting units"),
    "since": Bilingual("起始日期有误", "Dates"),
    "gb-class": Bilingual("行业代码有误", "Industry classes"),
    "formula": Bilingual("单元格里是公式", "Cells that hold a formula"),
    "hidden": Bilingual("隐藏的行", "Hidden rows"),
    "merged": Bilingual("合并的单元格", "Merged cells"),
}

NOT_INDUSTRY = Bilingual(
    "只有工业企业进入规模以上名单；登记的主要行业{gb_class}不是工业。",
    "Only industry has an above-scale list; its main class on the register, {gb_class}, is not industrial.",
)
LEFT_LATER = Bilingual(
    "登记显示它自{day}起已不在名单上；请填写更晚的起始日期。",
    "The register has it off the list from {day}: give a later date.",
)
OTHER_UNIT = Bilingual(
    "登记中它属于{unit}。请先转交，再列入名录。",
    "The register has it under {unit}. Hand it over first.",
)
_NOT_ABOVE = Bilingual("不在名单上", "Not on the list")
SINCE = Bilingual("规模以上，自{day}起", "Above-scale, from {day}")
_NO_LONGER = Bilingual("自{day}起不在名单上", "Not on the list, from {day}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one cell. `found` is what stands there."""

    address: str
    kind: str
    found: str
    message: Bilingual

    def kept(self) -> list[str]:
        return [self.address, self.kind, self.found, self.message.zh, self.message.en]

    @classmethod
    def of(cls, kept: Sequence[str]) -> Fault:
        address, kind, found, zh, en = kept
        return cls(address, kind, found, Bilingual(zh, en))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list that passed; `since` None: it says nothing of above-scale."""

    row: int
    credit_code: str
    name: str
    county: str
    since: date | None
    gb_class: str

    def kept(self) -> list[Any]:
        since = self.since.isoformat() if self.since else None
        return [self.row, self.credit_code, self.name, self.county, since, self.gb_class]

    @classmethod
    def of(cls, kept: Sequence[Any]) -> Line:
        row, credit_code, name, county, since, gb_class = kept
        return cls(row, credit_code, name, county, date.fromisoformat(since) if since else None, gb_class)


@dataclass(frozen=True, slots=True)
class Known:
    """A registered enterprise as the register has it; `statuses` are (from, is above-scale) in order of day."""

    enterprise_id: int
    credit_code: str
    name: str
    county: str
    gb_class: str
    statuses: tuple[tuple[date, bool], ...] = ()

    def is_above_on(self, day: date) -> bool:
        return next((above for since, above in reversed(self.statuses) if since <= day), False)

    def above_since(self, day: date) -> date | None:
        """The first day of the spell on the list that lasts on `day`; None when it is not on the list then."""
        first = None
        for since, above in self.statuses:
            if since > day:
                break
            first = (first or since) if above else None
        return first


@dataclass(frozen=True, slots=True)
class Entry:
    """A pre-registered enterprise: on the county's list, not yet on the register."""

    entry_id: int
    credit_code: str
    county: str
    name: str
    gb_class: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing the list would change. What is optional has a `key` and happens only when it is ticked."""

    kind: str  # new, entry, status, name, missing; class, since: where the list differs and changes nothing
    credit_code: str
    name: str
    before: Bilingual
    after: Bilingual
    line: Line | None = None
    enterprise_id: int | None = None
    entry_id: int | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.enterprise_id}"

    @property
    def is_optional(self) -> bool:
        return self.kind in ("name", "missing")

    def kept(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "row": self.line.row if self.line else None,
            "code": self.credit_code,
            "enterprise": self.enterprise_id,
            "before": self.before.zh,
            "after": self.after.zh,
        }


@dataclass(slots=True)
class Plan:
    """What a list would do to the register as it stands now."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    differing: list[Change] = field(default_factory=list)

    @property
    def due(self) -> list[Change]:
        """What happens when the list is confirmed."""
        return [change for change in self.changes if not change.is_optional]

    def optional(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

    @property
    def fingerprint(self) -> str:
        """Changes whenever the plan does: what an officer saw is what is confirmed, or nothing is."""
        text = json.dumps([change.kept() for change in self.changes], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the list as a whole says of itself: its day, whether it is complete, which column holds what.

    `mentioned` are the codes of all its rows, also of those with faults; `knows_all` is false while a row's code cannot
    be read: then nobody can be said to be missing.
    """

    listed_on: date
    is_complete: bool
    columns: Mapping[str, str]
    mentioned: frozenset[str] = frozenset()
    knows_all: bool = True

    def address(self, name: str, row: int) -> str:
        """Where a field stands; a field without a column stands at the code."""
        return f"{self.columns.get(name) or self.columns['credit_code']}{row}"


def plan_of(
    lines: Sequence[Line],
    known: Iterable[Known],
    entries: Iterable[Entry],
    particulars: Particulars,
    catalogue: Catalogue,
) -> Plan:
    """Compares the lines with the register and the roster of their units."""
    plan = Plan()
    register = {row.credit_code: row for row in known}
    roster = {(row.county, row.credit_code): row for row in entries}
    for line in lines:
        enterprise = register.get(line.credit_code)
        if enterprise is not None:
            _compare(plan, line, enterprise, particulars, catalogue)
        else:
            _pre_register(plan, line, roster.get((line.county, line.credit_code)))
    if particulars.is_complete and particulars.knows_all:
        silent = {line.credit_code for line in lines if line.since is None}
        on_it = particulars.mentioned - silent
        day = particulars.listed_on
        left_out = [row for row in register.values() if row.credit_code not in on_it and row.is_above_on(day)]
        plan.changes += [_missing(row, day) for row in left_out]
    return plan


def _compare(plan: Plan, line: Line, row: Known, particulars: Particulars, catalogue: Catalogue) -> None:
    fault = _unfit(line, row, particulars, catalogue)
    if fault is not None:
        plan.faults.append(fault)
        plan.wrong += 1
        return
    is_changed = line.since is not None and not _holds(line.since, row, particulars.listed_on)
    if is_changed and line.since is not None:
        before = row.above_since(particulars.listed_on)
        was, becomes = (SINCE.fill(day=before) if before else _NOT_ABOVE), SINCE.fill(day=line.since)
        plan.changes.append(Change("status", row.credit_code, row.name, was, becomes, line, row.enterprise_id))
    if folded(line.name) != folded(row.name):
        plan.changes.append(
            Change("name", row.credit_code, row.name, both(row.name), both(line.name), line, row.enterprise_id)
        )
    plan.changed += is_changed
    plan.unchanged += not is_changed


def _unfit(line: Line, row: Known, particulars: Particulars, catalogue: Catalogue) -> Fault | None:
    if line.county != row.county:
        unit = catalogue.name_of("unit", row.county) or both(row.county)
        return Fault(particulars.address("unit", line.row), "unit", line.credit_code, OTHER_UNIT.fill(unit=unit))
    if line.since is None:
        return None
    at = particulars.address("since", line.row)
    if not catalogue.is_industrial(row.gb_class):
        return Fault(at, "since", line.credit_code, NOT_INDUSTRY.fill(gb_class=row.gb_class or "–"))
    left = next((day for day, above in reversed(row.statuses) if day <= particulars.listed_on and not above), None)
    if left is not None and left > line.since and not row.is_above_on(particulars.listed_on):
        return Fault(at, "since", line.credit_code, LEFT_LATER.fill(day=left))
    return None


def _holds(since: date, row: Known, listed_on: date) -> bool:
    """Whether the register says already what the line says."""
    return row.is_above_on(since) and row.is_above_on(max(since, listed_on))


def folded(name: str) -> str:
    """Brackets and blanks are written in two widths; that alone is no other name."""
    return name.replace("（", "(").replace("）", ")").replace(" ", "").replace("\u3000", "").casefold()


def _pre_register(plan: Plan, line: Line, entry: Entry | None) -> None:
    after = _entry_text(line.name, line.gb_class, line.since)
    if entry is None:
        plan.changes.append(Change("new", line.credit_code, line.name, both("–"), after, line))
        plan.new += 1
    elif (entry.name, entry.gb_class, entry.since) != (line.name, line.gb_class, line.since):
        before = _entry_text(entry.name, entry.gb_class, entry.since)
        plan.changes.append(Change("entry", line.credit_code, line.name, before, after, line, entry_id=entry.entry_id))
        plan.changed += 1
    else:
        plan.unchanged += 1


def _entry_text(name: str, gb_class: str, since: date | None) -> Bilingual:
    status = SINCE.fill(day=since) if since else _NOT_ABOVE
    parts = [both(name), *([both(gb_class)] if gb_class else []), status]
    return Bilingual("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _missing(row: Known, listed_on: date) -> Change:
    before = SINCE.fill(day=row.above_since(listed_on))
    after = _NO_LONGER.fill(day=listed_on)
    return Change("missing", row.credit_code, row.name, before, after, enterprise_id=row.enterprise_id)
