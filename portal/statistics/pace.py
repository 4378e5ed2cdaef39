"""Whether a target is on its way: where the year to date should be by now, and the verdict in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.measure import divided, rounded

LEVEL_WITHIN = Decimal("0.5")  # points of the target: within them the pace counts as kept
LEAST_SAID = Decimal("0.1")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A tag: `kind` ok or warn, and the words that carry the meaning."""

    kind: str
    words: Bilingual


REACHED = Verdict("ok", Bilingual("已达目标", "Target reached"))
WAITS = Verdict("info", Bilingual("本季度审核通过90%后判断", "Judged once 90% of the quarter is approved"))
ON_PACE = Verdict("ok", Bilingual("与时间进度持平", "On pace"))
_AHEAD = Bilingual("快于进度{points}点", "{points} points ahead")
_BEHIND = Bilingual("慢于进度{points}点", "{points} points behind")
_BELOW = Bilingual("低于目标{percent}%", "{percent}% short")
_POINTS_SHORT = Bilingual("还差{points}点", "{points} points short")
_MORE_TO_GO = Bilingual("还差{number}个", "{number} more to go")


def cumulative_shares(year: Sequence[Decimal | None]) -> tuple[Decimal, ...] | None:
    """Which share of its year had come by the end of each quarter, from a whole year's four quarters.

    None where a quarter is missing or negative, or the year is nothing: then there is no pace to speak of.
    """
    known = [value for value in year if value is not None and value >= 0]
    total = sum(known, Decimal(0))
    if len(year) != 4 or len(known) != 4 or total <= 0:
        return None
    shares, so_far = [], Decimal(0)
    for value in known:
        so_far += value
        shares.append(divided(so_far, total) or Decimal(0))
    return tuple(shares)


def is_reached(value: Decimal, target: Decimal, comparison: str) -> bool:
    """“Above 730” is not reached by 730, “at least” and “exactly” are."""
    return value > target if comparison == "gt" else value >= target


def flow_verdict(done: Decimal, target: Decimal, share: Decimal, comparison: str) -> Verdict:
    """The year to date against the share of the year that had come by this quarter last year, in points of target."""
    if is_reached(done, target, comparison):
        return REACHED
    points = rounded(((divided(done, target) or Decimal(0)) - share) * _HUNDRED, 1)
    if abs(points) < LEVEL_WITHIN:
        return ON_PACE
    wording = _AHEAD if points > 0 else _BEHIND
    return Verdict("ok" if points > 0 else "warn", wording.fill(points=f"{abs(points):.1f}"))


def ratio_verdict(value: Decimal, target: Decimal, comparison: str) -> Verdict:
    if is_reached(value, target, comparison):
        return REACHED
    short = rounded((divided(target - value, target) or Decimal(0)) * _HUNDRED, 1)
    return Verdict("warn", _BELOW.fill(percent=f"{max(short, LEAST_SAID):.1f}"))


def share_verdict(value: Decimal, target: Decimal, comparison: str) -> Verdict:
    """A share against a share, both in per cent: the difference is in points."""
    if is_reached(value, target, comparison):
        return REACHED
    return Verdict("warn", _POINTS_SHORT.fill(points=f"{max(rounded(target - value, 1), LEAST_SAID):.1f}"))


def count_verdict(reached: int, target: int) -> Verdict:
    return REACHED if reached >= target else Verdict("warn", _MORE_TO_GO.fill(number=target - reached))
