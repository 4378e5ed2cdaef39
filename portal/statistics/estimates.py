"""How much of a sum is estimated, and by how many enterprises (decision 022). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.period import Quarter
from .measures import ratio_of_sums
from .shown import ESTIMATED
from .sums import Sums


@dataclass(frozen=True, slots=True)
class Estimated:
    """What is estimated of a figure: its share of the sum, and of how many enterprises in the quarter that has most.

    There is no share of a sum that is not above what is estimated of it (others have losses), and neither of the two
    where it would tell of a few enterprises.
    """

    share: Decimal | None
    enterprises: int | None


def estimated_over(sums: Sums, code: str, quarters: Sequence[Quarter]) -> Estimated | None:
    """Of a row or of one side of a ratio; None where nothing is estimated."""
    keys = [(code + ESTIMATED, quarter.code) for quarter in quarters]
    keys = [key for key in keys if sums.contributors.get(key)]
    if not keys:
        return None
    if any(key not in sums.totals for key in keys):
        return Estimated(None, None)
    share = ratio_of_sums(sum((sums.totals[key] for key in keys), Decimal(0)), sums.over(code, quarters))
    return Estimated(
        share if share is not None and 0 <= share <= 1 else None, max(sums.contributors[key] for key in keys)
    )
