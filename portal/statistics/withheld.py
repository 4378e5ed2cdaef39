"""Which ratios and estimated parts of the whole city a county does not read beside the city's sums. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .shown import ESTIMABLE, ESTIMATED
from .sums import Sums

Parts = Sequence[tuple[Sums, Sums]]


def withhold(line: Sums, parts: Parts, ratios: Iterable[tuple[str, str]], smallest: int) -> None:
    """Takes what would tell of a few enterprises elsewhere out of the city's `line`.

    A ratio of some only tells, beside the sum of all and a released ratio, of those that are left out; an estimated
    part tells of the others' own figures. So both the some and the rest are nobody elsewhere, or at least `smallest`.
    `parts` are the sums that the line adds up, each with what is the reader's own of it: each of them has to pass.
    """
    quarters = sorted({quarter for _, quarter in line.totals})
    for above, below in ratios:
        sides = (above, f"{above}/{below}"), (below, f"{below}/{above}")
        for quarter in quarters:
            if not all(_is_safe(line, parts, quarter, split, smallest) for split in sides):
                _drop(line, quarter, (side for _, side in sides))
    for splits in _estimates(ratios):
        if not all(
            _is_safe(line, parts, quarter, split, smallest) for quarter in quarters for split in splits
        ) or not all(_is_rest_safe(parts, quarter, side, smallest) for quarter in quarters for _, side in splits):
            for quarter in quarters:
                _drop(line, quarter, (part for _, part in splits))


def _estimates(ratios: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    row = (ESTIMABLE, ESTIMABLE + ESTIMATED)
    sides = [f"{above}/{below}" for above, below in ratios if above == ESTIMABLE]
    yield from (((side, side + ESTIMATED), (row[1], side + ESTIMATED)) for side in sides)
    yield (row,)


def _is_safe(line: Sums, parts: Parts, quarter: int, split: tuple[str, str], smallest: int) -> bool:
    whole, some = ((code, quarter) for code in split)
    if not line.contributors.get(some):
        return True
    if whole not in line.totals:
        return False
    for city, own in parts:
        all_others, some_others = (
            city.contributors.get(key, 0) - own.contributors.get(key, 0) for key in (whole, some)
        )
        if any(0 < number < smallest for number in (some_others, all_others - some_others)):
            return False
    return True


def _is_rest_safe(parts: Parts, quarter: int, part: str, smallest: int) -> bool:
    """Those elsewhere that are neither in the side of the ratio nor estimated: the other three sums give them."""
    side = part.removesuffix(ESTIMATED)
    for city, own in parts:
        row, of_side, guessed, of_both = (
            city.contributors.get((code, quarter), 0) - own.contributors.get((code, quarter), 0)
            for code in (ESTIMABLE, side, ESTIMABLE + ESTIMATED, part)
        )
        if side != ESTIMABLE and 0 < row - of_side - guessed + of_both < smallest:
            return False
    return True


def _drop(line: Sums, quarter: int, codes: Iterable[str]) -> None:
    for code in codes:
        line.totals.pop((code, quarter), None)
