"""How an event becomes a digest, how heads become a root, and what may stand in a trail at all. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.clock import local

FIRST = "0" * 64
OUTCOMES = {"done": Bilingual("已执行", "Done"), "refused": Bilingual("已拒绝", "Refused")}
CHAINED = (
    "recorded_at",
    "stream",
    "seq",
    "actor_id",
    "actor_name",
    "roles",
    "address",
    "verb",
    "subject",
    "outcome",
    "detail",
    "previous",
)
# Names under which nobody may ever log a value, whatever it is (trust LG3).
SECRETS = frozenset({"password", "token", "secret", "totp", "totp_secret", "one_time_code", "cookie", "csrf_token"})
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
Head = tuple[str, int, str]  # stream, seq of its last event, digest of its last event


def clean(text: str, longest: int | None = None) -> str:
    """`text` without control characters, direction overrides and lone surrogates, cut to `longest`."""
    safe = text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
    return safe if longest is None or len(safe) <= longest else safe[: longest - 1] + "\u2026"


def plain(value: Any) -> Any:
    """`value` as JSON that both databases give back unchanged: numbers are whole or written out.

    Raises TypeError for a float (it would not come back the same) and ValueError for a name that hides a secret.
    """
    if type(value) is str:  # nearly all that is said
        return clean(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} does not belong in the audit trail")


def _plain_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    hidden = SECRETS & {str(key).lower() for key in value}
    if hidden:
        raise ValueError(f"a secret must not be logged: {sorted(hidden)}")
    return {clean(str(key)): plain(item) for key, item in value.items()}


_WRITTEN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(value: Any) -> bytes:
    return _WRITTEN(value).encode()


def event_digest(event: Mapping[str, Any]) -> str:
    """sha256, hex, over all columns that carry meaning, the digest of the event before included.

    The row's id is left out: the database gives it after the digest is made, and order is (stream, seq).
    """
    values = {name: event[name] for name in CHAINED}
    values["recorded_at"] = event["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(values)).hexdigest()


def anchor_digest(seq: int, recorded_at: datetime, root: str, previous: str) -> str:
    instant = recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical([seq, instant, root, previous])).hexdigest()


def merkle_root(heads: Sequence[Head]) -> str:
    """The root, hex, over heads in the order of their streams. Leaves and nodes are hashed under different marks."""
    level = [hashlib.sha256(b"\x00" + canonical(list(head))).digest() for head in sorted(heads)]
    if not level:
        return FIRST
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex()


def door_stream(instant: datetime) -> str:
    """The stream of the day for those who were turned away: failed sign-ins, denied requests."""
    return f"door:{local(instant):%Y-%m-%d}"
