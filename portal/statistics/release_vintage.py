"""How a revision follows an earlier release without giving one enterprise away by the difference. Pure.

Whoever holds both releases knows by how much every shown sum moved, and what every line was that is hidden now. So a
revision hides what was hidden and shows what was shown, and its movements must pass the rule as its sums do: the
changes of those that would be told wait. Who waits counts with the former figure, in every margin and in the total.
Lines stay those of the first release: an enterprise that moved to another counts there from the next quarter on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .disclosure import ZERO, Contribution, Pattern, Rule, Why, cell_of, protect, telling

Contributions = Mapping[int, Contribution]


@dataclass(frozen=True, slots=True)
class Former:
    """One indicator of the release before: who counted with what, and which lines were hidden."""

    contributions: Contributions
    clusters: frozenset[str]
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class Revised:
    """What a release counts: the contributions after holding, what is hidden, and whose corrections wait."""

    contributions: Contributions
    pattern: Pattern
    held: frozenset[int]


def revise(now: Contributions, former: Former | None, rule: Rule) -> Revised:
    """What to count and what to hide now. `former` is None where nothing of the indicator is public yet."""
    if former is None:
        return Revised(now, protect(now.values(), rule), frozenset())
    before = former.contributions
    counted = {e: _in_its_line(c, before.get(e)) for e, c in now.items()}
    held = frozenset(e for e, c in counted.items() if c != now[e])
    while waiting := _waiting(former, counted, rule):
        held |= waiting
        for enterprise_id in waiting:
            if enterprise_id in before:
                counted[enterprise_id] = before[enterprise_id]
            else:
                del counted[enterprise_id]
    return Revised(counted, protect(counted.values(), rule, former.clusters, former.units), held)


def _in_its_line(c: Contribution, before: Contribution | None) -> Contribution:
    return c if before is None else replace(c, cluster=before.cluster, unit=before.unit)


def _waiting(former: Former, counted: Contributions, rule: Rule) -> frozenset[int]:
    """Whose changes tell of one enterprise: in what the lines are now, else in how they moved.

    Of too few all wait; where one dominates that one does, and the rest is looked at again. A rule that became stricter
    finds groups in which nobody changed: nothing can wait there, and more lines are hidden.
    """
    changed = _changes(former.contributions, counted)
    moved = [c for c in changed if c.value != 0]
    for audited, may_wait in ((counted.values(), changed), (moved, moved)):
        found = frozenset[int]()
        for why, group in telling(audited, former.clusters, former.units, rule):
            there = [c for c in may_wait if cell_of(c, former.clusters, former.units) in group]
            found |= _those(there if why is Why.FEW else sorted(there, key=lambda c: c.value)[-1:])
        if found:
            return found
    return frozenset()


def _those(contributions: Iterable[Contribution]) -> frozenset[int]:
    return frozenset(c.enterprise_id for c in contributions)


def _changes(before: Contributions, counted: Contributions) -> list[Contribution]:
    """Who counts otherwise than before, and by how much, without a sign. Who came or went with nought is among them."""
    found = []
    for enterprise_id in sorted({*before, *counted}):
        old, new = before.get(enterprise_id), counted.get(enterprise_id)
        either = new or old
        if old != new and either is not None:
            by = abs((new.value if new else ZERO) - (old.value if old else ZERO))
            found.append(replace(either, value=by))
    return found
