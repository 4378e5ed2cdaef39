"""What an address or a hidden field says, read. It may say anything: people edit addresses."""

from __future__ import annotations

import re

from ..kernel.errors import Missing
from ..kernel.period import Quarter

_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def version_of(text: str | None) -> int:
    """The version that a page showed; 0, which nothing has, for what is no number."""
    return int(text) if text and _NUMBER.fullmatch(text) else 0


def quarter_of(text: str) -> Quarter:
    """Raises Missing for what is no quarter."""
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Missing from None
