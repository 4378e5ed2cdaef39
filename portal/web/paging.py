"""Keyset paging: pages are found by where the last one ended, so the deepest costs what the first does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One screen of rows; `next` is the cursor of the following page, or None on the last."""

    rows: Sequence[Row]
    next: str | None
    is_first: bool


def cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(text: str | None, length: int) -> Key | None:
    """The key behind a cursor; None for no cursor or one that was tampered with (the first page then)."""
    if not text or len(text) > 400:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    fits = isinstance(found, list) and len(found) == length
    return tuple(found) if fits and all(isinstance(v, str | int | None) for v in found) else None
