"""How a revision follows an earlier release without giving one enterprise away by the difference. Pure.

Whoever holds both releases knows by how much every shown sum moved. A sum that moved because of one or two enterprises
gives their corrections away. Such corrections are held: the enterprise counts with its former figure, in every margin
and in the total, until so many have changed that the movement itself has `n` behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .disclosure import Contribution, Pattern, Rule, protect

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
    """What to count and what to hide now. What was hidden in the release before stays hidden."""
    if former is None:
        return Revised(now, protect(now.values(), rule), frozenset())
    counted, held = dict(now), frozenset[int]()
    while True:
        pattern = protect(counted.values(), rule, former.clusters, former.units)
        few = _too_few(former.contributions, counted, pattern, rule.n)
        if not few:
            return Revised(counted, pattern, held)
        held |= few
        for enterprise_id in few:
            before = former.contributions.get(enterprise_id)
            if before is None:
                del counted[enterprise_id]
            else:
                counted[enterprise_id] = before


def _too_few(before: Contributions, counted: Contributions, pattern: Pattern, n: int) -> frozenset[int]:
    """Enterprises whose change moves a public sum that fewer than `n` moved."""
    movers: dict[tuple[str, str], set[int]] = {}
    for enterprise_id in {*before, *counted}:
        old, new = before.get(enterprise_id), counted.get(enterprise_id)
        if old == new:
            continue
        for c in (old, new):
            if c is not None:
                movers.setdefault(("cluster", "" if c.cluster in pattern.clusters else c.cluster), set()).add(
                    enterprise_id
                )
                movers.setdefault(("unit", "" if c.unit in pattern.units else c.unit), set()).add(enterprise_id)
    return frozenset(e for moved in movers.values() if len(moved) < n for e in moved)
