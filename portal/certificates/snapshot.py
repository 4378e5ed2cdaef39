"""What a paper states, as its issuer gives it and as it is kept: facts in both languages, and their hash. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..kernel.bilingual import Bilingual

LAYOUT = 3  # of the fixed words and the page around the facts; part of what is hashed


@dataclass(frozen=True, slots=True)
class Line:
    """One fact with its name."""

    label: Bilingual
    value: Bilingual


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of figures, each written out as it is to be read: one value per column."""

    label: Bilingual
    unit: Bilingual
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that varies on a paper. `holder.en` may be empty; `text` is the body of a letter.

    `fingerprint` is the sha256 of what the paper was given for, in hex, where it was given for a document.
    """

    holder: Bilingual
    credit_code: str
    issued_on: date
    lines: tuple[Line, ...] = ()
    columns: tuple[Bilingual, ...] = ()
    figures: tuple[Figure, ...] = ()
    text: Bilingual | None = None
    fingerprint: str = ""
    layout: int = LAYOUT

    def states_what(self, other: Snapshot) -> bool:
        """Whether both say the same of the holder: on which day, and in which layout, is another matter."""
        return (self.holder, self.credit_code, self.lines) == (other.holder, other.credit_code, other.lines)

    def content(self) -> dict[str, Any]:
        """As JSON, both ways the same."""
        return {
            "holder": _pair(self.holder),
            "credit_code": self.credit_code,
            "issued_on": self.issued_on.isoformat(),
            "lines": [[_pair(line.label), _pair(line.value)] for line in self.lines],
            "columns": [_pair(column) for column in self.columns],
            "figures": [[_pair(row.label), _pair(row.unit), list(row.values)] for row in self.figures],
            "text": _pair(self.text) if self.text else None,
            "fingerprint": self.fingerprint,
            "layout": self.layout,
        }


def snapshot_of(content: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        holder=_words(content["holder"]),
        credit_code=content["credit_code"],
        issued_on=date.fromisoformat(content["issued_on"]),
        lines=tuple(Line(_words(label), _words(value)) for label, value in content["lines"]),
        columns=tuple(_words(column) for column in content["columns"]),
        figures=tuple(Figure(_words(label), _words(unit), tuple(cells)) for label, unit, cells in content["figures"]),
        text=_words(content["text"]) if content["text"] else None,
        fingerprint=content["fingerprint"],
        layout=content["layout"],
    )


def canonical_hash(content: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON, hex."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _pair(words: Bilingual) -> list[str]:
    return [words.zh, words.en]


def _words(pair: list[str]) -> Bilingual:
    return Bilingual(pair[0], pair[1])
