"""Codes that are handed over on paper or by telephone: no letters that look alike, 79 random bits. Pure."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 4


def new_code() -> str:
    """Four groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def code_hash(typed: str) -> str:
    """The hash that is kept. Blanks, hyphens, case and width do not matter."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return hashlib.sha256("".join(c for c in text if c in LETTERS).encode()).hexdigest()
