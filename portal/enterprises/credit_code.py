"""The Unified Social Credit Code (GB 32100-2015): reading, checking, and saying what is wrong with it. Pure."""

from __future__ import annotations

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidFormat, ValidationError

from ..kernel.bilingual import Bilingual

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
NEVER = "IOSVZ"


def compact(typed: str) -> str:
    """The code as it is kept: half-width, upper case, without blanks and hyphens."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in text if not c.isspace() and c not in "-‐–—")


def problem(code: str) -> Bilingual | None:
    """What is wrong with a compact code, in the words of the form; None when it is valid."""
    if not code:
        return Bilingual("请填写统一社会信用代码。", "Enter the Unified Social Credit Code.")
    if len(code) != LENGTH:
        return Bilingual(
            f"统一社会信用代码应为18位，这里有{len(code)}位。",
            f"The code has 18 characters; this one has {len(code)}.",
        )
    wrong = next((i for i, c in enumerate(code) if c not in ALPHABET), None)
    if wrong is not None:
        return _illegal(code[wrong], wrong + 1)
    if not _fits(code):
        return Bilingual(
            "统一社会信用代码的校验位不符，请对照营业执照逐位核对。",
            "The check character does not fit: compare the code with the licence, character by character.",
        )
    try:
        uscc.validate(code)
    except InvalidFormat:
        return Bilingual(
            "这类代码（前8位含字母）系统无法校验。如与证照一致，请照填并联系县级负责人核实。",
            "Codes of this family (letters in the first eight places) cannot be checked here. If it "
            "is what the licence "
            "says, ask the county lead to confirm it.",
        )
    except ValidationError:
        return Bilingual("统一社会信用代码有误。", "The code is not valid.")
    return None


def needs_override(code: str) -> bool:
    """A code of a family the check refuses although it exists: well formed, with a check character that fits, but
    with letters in its first eight places."""
    well_formed = len(code) == LENGTH and all(c in ALPHABET for c in code)
    return well_formed and not code[:8].isdigit() and _fits(code)


def _fits(code: str) -> bool:
    """The standard's check over all 18 places, the same for every family: any one changed character breaks it."""
    return sum(w * ALPHABET.index(c) for w, c in zip((*WEIGHTS, 1), code, strict=True)) % len(ALPHABET) == 0


def _illegal(character: str, place: int) -> Bilingual:
    if character in NEVER:
        return Bilingual(
            f"第{place}位是字母{character}，统一社会信用代码中不会出现I、O、S、V、Z。是否应为数字？",
            f"Character {place} is the letter {character}: I, O, S, V and Z never stand in a code. Is it a digit?",
        )
    return Bilingual(f"第{place}位的字符不能出现在代码中。", f"Character {place} cannot stand in a code.")


def sql_check(column: str, position: str) -> str:
    """The same law as a CHECK: `position` is `instr` on SQLite, `strpos` on PostgreSQL; both count from 1."""

    def value(place: int) -> str:
        return f"({position}('{ALPHABET}', substr({column}, {place}, 1)) - 1)"

    legal = " AND ".join(f"{value(place)} >= 0" for place in range(1, LENGTH + 1))
    total = " + ".join(f"{weight} * {value(place)}" for place, weight in enumerate(WEIGHTS, start=1))
    return f"length({column}) = {LENGTH} AND {legal} AND ({total} + {value(LENGTH)}) % 31 = 0"
