"""Where finished papers lie: `data_dir/papers`, by the hash of what is printed. They can be made again at any time."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

FOLDER = "papers"
_AT_ONCE = 5_000


def place(data_dir: Path, key: str) -> Path:
    return data_dir / FOLDER / f"{key}.pdf"


def keep(data_dir: Path, key: str, content: bytes) -> None:
    """Puts the bytes in their place whole: a reader finds all of them or none."""
    file = place(data_dir, key)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_name(f"{key}.{secrets.token_hex(8)}.part")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    half.replace(file)


def forget(data_dir: Path, before: datetime) -> int:
    """Deletes what was set in type before that instant, halves of a broken write too; how many files went.

    A bounded number at a time: the next sweep takes the rest.
    """
    gone = 0
    for file in (data_dir / FOLDER).glob("*"):
        if gone >= _AT_ONCE:
            break
        if file.is_file() and file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
            gone += 1
    return gone
