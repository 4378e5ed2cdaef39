"""The words a condition is made of, each with its place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..kernel.bilingual import Bilingual
from .language import BASES, UNITS

LONGEST = 2000
_PARTS = (
    ("text", r'"(?:[^"\\]|\\.)*"'),
    ("base", "|".join(re.escape(base) for base in BASES if base not in ("q", "last", "ttm"))),
    ("number", r"\d{1,18}(?:\.\d{1,12})?"),
    ("unit", "|".join(re.escape(unit) for unit in UNITS)),
    ("word", r"[A-Za-z_]+(?:-[a-z]+)?"),
    ("sign", r">=|<=|[><=()+,-]"),
)
_FORM = re.compile(r"\s*(?:" + "|".join(f"(?P<{name}>{form})" for name, form in _PARTS) + ")", re.ASCII)
END = "end"


class Unreadable(ValueError):
    """What stands at `place` (counted from 1) is no condition."""

    def __init__(self, place: int, message: Bilingual) -> None:
        super().__init__(f"{place}: {message.en}")
        self.place, self.message = place, message


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    place: int


def tokens(text: str) -> list[Token]:
    if len(text) > LONGEST:
        raise Unreadable(LONGEST, Bilingual("条件太长。", "The condition is too long."))
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _FORM.match(text, at)
        if match is None:
            raise unexpected(at + 1, text[at:].strip()[:12])
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, Token(END, "", end + 1)]


def unexpected(place: int, text: str) -> Unreadable:
    shown = text or "…"
    return Unreadable(
        place,
        Bilingual("第{place}个字符处无法读懂：{text}", "Cannot be read at character {place}: {text}").fill(
            place=place, text=shown
        ),
    )
