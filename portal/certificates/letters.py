"""Which characters our fonts have: read from a list beside them, so that no font need be opened. Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).resolve().parent / "fonts" / "characters.txt"
_UNDRAWN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # blanks and marks that leave no box
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # they choose a form and are none themselves


def unprintable(text: str) -> str:
    """Those characters of `text`, each once, in whose place a paper shows a box."""
    return "".join(character for character in dict.fromkeys(text) if not _is_drawn(character))


def _is_drawn(character: str) -> bool:
    code = ord(character)
    firsts, lasts = _ranges()
    place = bisect_right(firsts, code) - 1
    if place >= 0 and code <= lasts[place]:
        return True
    return unicodedata.category(character) in _UNDRAWN or any(code in selectors for selectors in _SELECTORS)


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    """First and last of each range, in order."""
    ends = [line.split("-") for line in LIST.read_text("ascii").split()]
    return [int(end[0], 16) for end in ends], [int(end[-1], 16) for end in ends]
