"""Papers as the house knows them: kinds, states, numbers with a check letter, codes to verify by. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from ..accounts.limits import Limit
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Illegal
from ..kernel.roles import Actor, Permission
from ..kernel.word import Word

# No I, O, S, V, Z: the letters of the credit code's alphabet, which nobody mistakes for digits.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TOKEN_LETTERS = 16  # 79 random bits; it opens the paper's facts to whoever holds the paper
SERIAL_LETTERS = 8
_SERIAL = re.compile(r"[0-9A-Z-]{4,32}", re.ASCII)
_SPACING = re.compile(r"[\s\-–—·]+")
_TOKEN = re.compile(rf"[{ALPHABET}]{{{TOKEN_LETTERS}}}", re.ASCII)
LONGEST_REASON = 500

# Wrong codes that are borne from one address: a person mistypes a few times, a machine many.
MISSES = Limit("verify", 20, timedelta(minutes=15))
RENDER = "certificates.render"


class PaperKind(Word):
    FILING_RECEIPT = "filing_receipt"
    REGISTRATION_RECORD = "registration_record"
    AWARD_LETTER = "award_letter"

    @property
    def title(self) -> Bilingual:
        return _KIND_TITLES[self]

    @property
    def letters(self) -> str:
        """What stands in its number."""
        return _KIND_LETTERS[self]


def may_revoke(actor: Actor, kind: PaperKind) -> bool:
    """The letter of a decision on support is revoked by who decides on support, no county revokes the city's."""
    return actor.may(Permission.PAPER_REVOKE) and (
        kind is not PaperKind.AWARD_LETTER or actor.may(Permission.AWARD_DECIDE)
    )


_KIND_TITLES = {
    PaperKind.FILING_RECEIPT: Bilingual("季度填报回执", "Receipt for a quarterly filing"),
    PaperKind.REGISTRATION_RECORD: Bilingual("入链登记凭证", "Record of chain registration"),
    PaperKind.AWARD_LETTER: Bilingual("奖补决定告知书", "Notice of a support decision"),
}
_KIND_LETTERS = {
    PaperKind.FILING_RECEIPT: "HZ",
    PaperKind.REGISTRATION_RECORD: "DJ",
    PaperKind.AWARD_LETTER: "JB",
}


class PaperState(Word):
    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"

    @property
    def title(self) -> Bilingual:
        return _STATE_TITLES[self]


_STATE_TITLES = {
    PaperState.VALID: Bilingual("有效", "Valid"),
    PaperState.SUPERSEDED: Bilingual("已被取代", "Superseded"),
    PaperState.REVOKED: Bilingual("已撤销", "Revoked"),
}

# A paper stands or has ended; nothing brings an ended one back.
MOVES = {
    PaperState.VALID: frozenset({PaperState.SUPERSEDED, PaperState.REVOKED}),
    PaperState.SUPERSEDED: frozenset({PaperState.REVOKED}),
    PaperState.REVOKED: frozenset(),
}


def ended(state: PaperState, target: PaperState) -> PaperState:
    """The state after a move. Raises Illegal where there is no such move."""
    if target not in MOVES[state]:
        message = Bilingual(
            "这份文书{state}，不能再改为{target}。", "This paper is “{state}”; it cannot become “{target}”."
        )
        raise Illegal("paper-state", message.fill(state=state.title, target=target.title))
    return target


def is_in_force(state: PaperState, valid_from: datetime, at: datetime) -> bool:
    return state is PaperState.VALID and valid_from <= at


# --- numbers and codes -------------------------------------------------------------------------------------------


def check_letter(body: str) -> str:
    """Weights are powers of 3 modulo 31, a prime: any one wrong letter, and any two swapped neighbours, are found."""
    values = [_value(letter) for letter in body if letter != "-"]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values))
    return ALPHABET[total % 31]


def _value(letter: str) -> int:
    return ALPHABET.index(letter) if letter in ALPHABET else ord(letter) % 31


def serial_number(kind: PaperKind, year: int, letters: str) -> str:
    """`LS-DJ-2026-7K4M-2QXR-B`: `letters` are drawn, not counted, so that no number says how many there are."""
    body = f"LS-{kind.letters}-{year}-{letters[:4]}-{letters[4:]}"
    return f"{body}-{check_letter(body)}"


def may_be_serial(text: str) -> bool:
    """Whether a paper can have this number: what an address holds is not always text a database takes."""
    return _SERIAL.fullmatch(text) is not None


def token_of(typed: str) -> str | None:
    """The code behind what a person typed, in any case and spacing; None when it cannot be one."""
    bare = _SPACING.sub("", typed[:200]).upper()
    return bare if _TOKEN.fullmatch(bare) else None


def spaced(token: str) -> str:
    """The code as it is printed: four groups of four."""
    return "-".join(token[place : place + 4] for place in range(0, len(token), 4))


def verify_path(token: str) -> str:
    return f"/verify/{token}"


def bytes_key(serial: str, token: str, sha256: str, public_url: str, is_demo: bool) -> str:
    """The name under which a paper's finished bytes lie: everything that is printed decides it."""
    printed = "\n".join((serial, token, sha256, public_url, str(is_demo)))
    return hashlib.sha256(printed.encode()).hexdigest()
