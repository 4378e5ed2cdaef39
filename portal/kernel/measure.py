"""Exact numbers with units: reading what people type, rounding, and writing it back. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from .bilingual import Bilingual, Language
from .word import Word

LONGEST_NUMBER = 40
MINUS = "\u2212"
# Rounding is asked for some hundred times a page: the context and the units are made once.
_HALF_UP = Context(prec=80, rounding=ROUND_HALF_UP)
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(9))
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_SPACED = re.compile(r"[+-]? ?\d{1,3}( \d{3})*(\.\d*)?|[+-] [\d.]+", re.ASCII)
_AS_SHOWN = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d{1,4})?", re.ASCII)
# What a Chinese keyboard or a spreadsheet puts in place of ASCII. Nothing else is read as a digit: 10² is not 102.
_WIDTHS = {0xFF10 + digit: str(digit) for digit in range(10)}
_WIDTHS |= {ord(sign): "-" for sign in "\u2212\u2013\u2014\ufe63\uff0d"}
_WIDTHS |= {0xFF0B: "+", 0xFF0C: ",", 0xFF0E: "."}
_WIDTHS |= dict.fromkeys((0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")


class NotANumber(ValueError):
    """The typed text is no number this portal accepts. `reason` says which kind of wrong it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: `code` is stable, `title` is what people read, `places` are decimal places on forms."""

    code: str
    title: Bilingual
    places: int


class Scale(Word):
    """Units in which money may be typed; the value is the factor to 万元 (10,000 yuan), the stored unit."""

    YUAN = Decimal("0.0001")
    THOUSAND = Decimal("0.1")
    TEN_THOUSAND = Decimal("1")

    @property
    def title(self) -> Bilingual:
        return _SCALE_TITLES[self.name]


_SCALE_TITLES = {
    "YUAN": Bilingual("元", "yuan"),
    "THOUSAND": Bilingual("千元", "thousand yuan"),
    "TEN_THOUSAND": Bilingual("万元", "10k yuan"),
}


def read_decimal(typed: str) -> Decimal | None:
    """The number that `typed` means: full-width digits, grouping commas or blanks are accepted, blank is None.

    Raises NotANumber with reason `long`, `comma` or `blank` (12,5 and 12 5 could mean two things) or `text`
    (everything else, NaN, Infinity, exponents and superscripts included).
    """
    if len(typed) <= LONGEST_NUMBER and _AS_SHOWN.fullmatch(typed):  # as the form itself writes it: nearly always
        return Decimal(typed.replace(",", ""))
    if len(typed) > LONGEST_NUMBER * 4:
        raise NotANumber("long")
    text = (typed if typed.isascii() else typed.translate(_WIDTHS)).strip()
    if not text:
        return None
    if len(text) > LONGEST_NUMBER:
        raise NotANumber("long")
    if " " in text:
        if not _SPACED.fullmatch(text):
            raise NotANumber("blank" if re.fullmatch(r"[+-]?[\d,. ]+", text, re.ASCII) else "text")
        text = text.replace(" ", "")
    if "," in text:
        if not _GROUPED.fullmatch(text):
            raise NotANumber("comma" if re.fullmatch(r"[+-]?[\d,.]+", text, re.ASCII) else "text")
        text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        raise NotANumber("text")
    return Decimal(text)


def rounded(value: Decimal, places: int) -> Decimal:
    """Half-up (commercial) rounding to `places`, as dossier §9.3 and the form edition ask; never negative zero."""
    unit = _UNITS[places] if 0 <= places < len(_UNITS) else Decimal(1).scaleb(-places)
    result = value.quantize(unit, context=_HALF_UP)
    return result if result else result.copy_abs()


def written(value: Decimal | None, places: int, language: Language = "zh") -> str:
    """A number as pages show it: grouped by thousands, half-up, U+2212 for minus, an en dash for no value."""
    if value is None:
        return "\u2013"
    return f"{rounded(value, places):,.{places}f}".replace("-", MINUS)


def plain(value: Decimal) -> str:
    """A number as JSON, hashes and CSV carry it: no exponent, no grouping, ASCII minus."""
    return f"{value:f}"


def signed_percent(ratio: Decimal | None, places: int = 1) -> str:
    """A growth rate as pages show it: `+15.2%`, `−1.8%`, `0.0%`, or an en dash."""
    if ratio is None:
        return "\u2013"
    percent = rounded(ratio * 100, places)
    sign = "+" if percent > 0 else ""
    return f"{sign}{percent:,.{places}f}%".replace("-", MINUS)


def percent(ratio: Decimal | None, places: int = 1) -> str:
    """A share as pages show it: `87.3%`, or an en dash."""
    return "\u2013" if ratio is None else f"{written(ratio * 100, places)}%"


def divided(numerator: Decimal | None, denominator: Decimal | None, places: int = 6) -> Decimal | None:
    """A ratio, or None where there is none to speak of (missing part, zero base)."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return rounded(_HALF_UP.divide(numerator, denominator), places)
