"""Where finished papers lie: `data_dir/papers`, by the hash of what is printed. They can be made again at any time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDER = "papers"


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
