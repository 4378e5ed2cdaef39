"""Two people on one draft of a policy: whose words stand in which field, and what has to be looked at. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..kernel.bilingual import Bilingual
from .policy_fields import FIELDS, Field, Shape
from .policy_text import FIRST_DAY, Change, Typed, change_of, day_text, read, typed_of

FRAME = {
    "effective_on": Field("effective_on", FIRST_DAY, Shape.DAY),
    "reason": Field("reason", Bilingual("理由和依据文件", "Reason and document"), Shape.TEXT),
}
"""What a draft says of itself beside the policy."""
_ALL = FIELDS | FRAME
_MARK = 8


@dataclass(frozen=True, slots=True)
class Met:
    """One field that somebody saved meanwhile: `before` is what was saved, `after` what was typed here. `is_taken`:
    nothing was typed here, so the field holds what was saved."""

    change: Change
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """The form as it can be sent again, and every field in which the two differ."""

    typed: dict[str, Any]
    met: tuple[Met, ...]


def marks_of(typed: Typed) -> str:
    """What the page shows, as one short mark a field: it travels with the form, so that the form says when it comes
    back which of its fields were touched."""
    plain = _plain(typed)
    return "".join(_mark(plain[name]) for name in _ALL)


def merged(saved: Typed, marks: str, mine: Typed, tasks: Mapping[str, Bilingual]) -> Merged:
    """`marks` are of the page that was filled in; where they are unreadable everything counts as typed. What only one
    of the two touched stands; what both touched stands as it was typed here."""
    theirs, ours = _plain(saved), _plain(mine)
    step = range(0, len(_ALL) * _MARK, _MARK)
    shown = dict(zip(_ALL, (marks[at : at + _MARK] for at in step), strict=True))
    typed, met = dict(mine), []
    for name, field in _ALL.items():
        if ours[name] == theirs[name] or shown[name] == _mark(theirs[name]):
            continue
        is_taken = shown[name] == _mark(ours[name])
        if is_taken:
            typed[name] = saved.get(name, "")
        met.append(Met(change_of(field, theirs[name], ours[name], tasks), is_taken))
    return Merged(typed, tuple(met))


def _plain(typed: Typed) -> dict[str, Any]:
    """One writing for what means the same; what cannot be read stays as it was typed."""
    found = read(typed)
    written = typed_of(found.content)
    plain = {name: _text(typed.get(name, "")) if name in found.faults else written[name] for name in FIELDS}
    plain["vetoes"] = sorted(plain["vetoes"])
    day, reason = (str(typed.get(name) or "") for name in FRAME)
    return plain | {"effective_on": day_text(day), "reason": _text(reason)}


def _text(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:_MARK]
