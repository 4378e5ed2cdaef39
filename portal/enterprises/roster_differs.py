"""What a list says otherwise than the register and does not change: an officer has to see it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..kernel.bilingual import both
from .roster_rules import SINCE, Change, Known, Line, Plan


def note_differences(plan: Plan, lines: Sequence[Line], known: Iterable[Known], listed_on: date) -> None:
    """Adds them to the plan. A row that differs and changes nothing is not counted as unchanged."""
    register = {row.credit_code: row for row in known}
    touched = {change.credit_code for change in plan.changes if change.kind == "status"}
    faulty = {fault.found for fault in plan.faults}
    for line in lines:
        row = register.get(line.credit_code)
        if row is None or row.credit_code in faulty:
            continue
        found = list(_of(line, row, listed_on, is_touched=row.credit_code in touched))
        plan.differing += found
        if found and row.credit_code not in touched:
            plan.unchanged -= 1


def _of(line: Line, row: Known, listed_on: date, *, is_touched: bool) -> Iterator[Change]:
    if line.gb_class and line.gb_class != row.gb_class:
        before, after = both(row.gb_class or "–"), both(line.gb_class)
        yield Change("class", row.credit_code, row.name, before, after, line, row.enterprise_id)
    first = row.above_since(max(listed_on, line.since)) if line.since else None
    if line.since and first and first != line.since and not is_touched:
        before, after = SINCE.fill(day=first), SINCE.fill(day=line.since)
        yield Change("since", row.credit_code, row.name, before, after, line, row.enterprise_id)
