"""What forms call a code of the catalogue, or a quarter, where it is chosen from a list. Pure."""

from __future__ import annotations

from collections.abc import Callable

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from .entries import Entry
from .snapshot import Catalogue


def _with_code(title: Bilingual, code: str) -> Bilingual:
    return Bilingual(f"{code} {title.zh}", f"{code} {title.en}")


_SAID: dict[str, Callable[[Entry], Bilingual]] = {
    "unit": lambda entry: entry.title,
    "chain": lambda entry: entry.called,
    "segment": lambda entry: _with_code(entry.title, entry.code),
    "task": lambda entry: _with_code(entry.title, entry.code),
    "target": lambda entry: _with_code(entry.short, entry.code),
}
# What the fields of that name hold, in every room but the catalogue's own.
_HOLDS = {
    "county": "unit",
    "registered_county": "unit",
    "chain": "chain",
    "for_chain": "chain",
    "segment": "segment",
    "primary_segment": "segment",
    "other_segments": "segment",
    "task": "task",
    "target": "target",
}
_QUARTERS = frozenset({"quarter", "effective_from"})


def choice_of(catalogue: Catalogue, field: str, text: str) -> Bilingual | None:
    """None for a field of another name, and for what is no code of today's catalogue."""
    if field in _QUARTERS:
        return _quarter(text)
    kind = _HOLDS.get(field, "")
    entry = catalogue.everything.get((kind, text))
    return None if entry is None else _SAID[kind](entry)


def _quarter(text: str) -> Bilingual | None:
    try:
        return Quarter.parse(text).title
    except ValueError:
        return None
