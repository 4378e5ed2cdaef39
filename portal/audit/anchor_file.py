"""The copy of the anchors outside the database: one JSON line each, a file a month, only ever appended to.

Whoever can change the database cannot change these lines with it; an operator may copy the folder away at any time.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from .rules import Head

FOLDER = "anchors"


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor as it stands in the database or in the file."""

    seq: int
    recorded_at: datetime
    heads: tuple[Head, ...]
    root: str
    previous: str
    digest: str

    def line(self) -> bytes:
        instant = self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
        values = {
            "seq": self.seq,
            "recorded_at": instant,
            "heads": [list(head) for head in self.heads],
            "root": self.root,
            "previous": self.previous,
            "digest": self.digest,
        }
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_anchors(folder: Path) -> list[Anchor]:
    """All whole lines in order. Raises ValueError, naming file and line, for a line that is not an anchor."""
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_bytes().split(b"\n")[:-1], 1):
            found.append(_anchor(line, f"{file.name}, line {number}"))
    return found


def _anchor(line: bytes, place: str) -> Anchor:
    try:
        values = json.loads(line)
        heads = tuple((str(s), int(n), str(d)) for s, n, d in values["heads"])
        instant = datetime.fromisoformat(values["recorded_at"])
        return Anchor(values["seq"], instant, heads, values["root"], values["previous"], values["digest"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{place} is not an anchor") from error


def last_seq(folder: Path) -> int:
    """The seq of the newest anchor in the folder, 0 for none."""
    files = sorted(folder.glob("*.jsonl"), reverse=True)
    for file in files:
        lines = file.read_bytes().split(b"\n")[:-1]
        if lines:
            return _anchor(lines[-1], file.name).seq
    return 0


def append_anchors(folder: Path, anchors: Iterable[Anchor]) -> None:
    """Appends in the order given and waits until the disk has them. Half a line left by a crash is cut off first."""
    folder.mkdir(parents=True, exist_ok=True)
    for anchor in anchors:
        file = folder / f"{anchor.recorded_at.astimezone(UTC):%Y-%m}.jsonl"
        with file.open("ab+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            _cut_half_line(stream)
            stream.write(anchor.line())
            stream.flush()
            os.fsync(stream.fileno())
    _sync(folder)


def _cut_half_line(stream: IO[bytes]) -> None:
    stream.seek(0)
    content = stream.read()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        stream.truncate(whole)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
