"""What an edition was published as, kept beside its definitions: its rows, its units, a fingerprint of each rule set.

The database refuses a changed edition too, but only where one was loaded before; the record says it to whoever changes
the files. `python -m scripts.editions` writes it; rows that stand in it are never rewritten. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .document import fingerprint
from .lint import FIXED, FIXED_UNIT, faults

RECORD = "record.toml"
_HEAD = """\
# What this edition was published as. Written by `python -m scripts.editions`, never by hand: within an edition no row
# and no unit recorded here changes, and a rule set keeps its definitions to the last character. New rules are a new
# version.
"""


def read_record(folder: Path) -> dict[str, Any]:
    """The record beside an edition's files; empty when it was never recorded."""
    path = folder / RECORD
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def as_content(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record in the shape of content: the `earlier` of the linter."""
    return {
        "indicators": {"indicator": record.get("indicator", [])},
        "units": {"unit": record.get("unit", [])},
    }


def record_faults(content: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the content, and where it is not what was recorded under its own codes."""
    return [*faults(content, [as_content(record)]), *_unrecorded(content, record)]


def _unrecorded(content: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    version = content["rules"]["version"]
    known = {row["version"]: row["sha256"] for row in record.get("rule_set", [])}
    if version not in known:
        yield f"rule set {version}: not recorded; run python -m scripts.editions"
    elif known[version] != fingerprint(content):
        yield f"rule set {version}: changed after it was recorded; give the rules a new version"


def recorded(content: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the content's rule set, and with the rows and units that are new in it, added at the end."""
    version = content["rules"]["version"]
    return {
        "rule_set": _grown(record, "rule_set", "version", [{"version": version, "sha256": fingerprint(content)}]),
        "unit": _grown(record, "unit", "code", [_kept(u, FIXED_UNIT) for u in content["units"]["unit"]]),
        "indicator": _grown(record, "indicator", "code", [_kept(i, FIXED) for i in content["indicators"]["indicator"]]),
    }


def _kept(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {"code": row["code"], **{name: row[name] for name in names if name in row}}


def _grown(record: Mapping[str, Any], name: str, key: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    old = list(record.get(name, []))
    known = {row[key] for row in old}
    return [*old, *(row for row in rows if row[key] not in known)]


def written(record: Mapping[str, Any]) -> str:
    """The record as TOML, one line a row."""
    lines = [f"{name} = [\n{''.join(map(_line, rows))}]\n" for name, rows in record.items()]
    return "\n".join([_HEAD, *lines])


def _line(row: Mapping[str, Any]) -> str:
    return f"  {{ {', '.join(f'{name} = {_value(value)}' for name, value in row.items())} }},\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
