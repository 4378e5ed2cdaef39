"""The plan's scale levels ("1315"): which one a year's output has reached, and how far the next one is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Step:
    """One level: its code, its name and a year's output in 万元."""

    code: str
    title: Bilingual
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Rung:
    """Where one chain or cluster stands: `reached` and `next` are levels or None; `gap` is what is missing, 万元."""

    code: str
    title: Bilingual
    output: Decimal | None
    reached: Step | None
    next: Step | None
    gap: Decimal | None


def rung(code: str, title: Bilingual, output: Decimal | None, steps: Iterable[Step]) -> Rung:
    ladder = sorted(steps, key=lambda step: step.threshold)
    if output is None:
        return Rung(code, title, None, None, ladder[0] if ladder else None, None)
    below = [step for step in ladder if step.threshold <= output]
    above = [step for step in ladder if step.threshold > output]
    following = above[0] if above else None
    return Rung(
        code,
        title,
        output,
        below[-1] if below else None,
        following,
        following.threshold - output if following else None,
    )


def number_at(rungs: Sequence[Rung], level: Step, or_above: bool) -> int:
    """How many stand at the level, or at it and above."""
    reached = [each.reached for each in rungs if each.reached is not None]
    return sum(step.threshold >= level.threshold if or_above else step.code == level.code for step in reached)
