"""Reads the definition files that ship with the room. Pure: files in, plain content out, after the linter."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..kernel.bilingual import Bilingual
from .lint import Known, problems, refusals

DEFINITIONS = Path(__file__).parent / "definitions"


class BadPolicies(ValueError):
    """The definitions do not pass the linter; the message lists every problem."""


@dataclass(frozen=True, slots=True)
class ListKind:
    """One of the dated lists that the bureau may enter. `classes` are the values its entries may have."""

    code: str
    kind: str
    title: Bilingual
    classes: tuple[str, ...]


@cache
def list_kinds(folder: Path = DEFINITIONS) -> Mapping[str, ListKind]:
    rows = tomllib.loads((folder / "lists.toml").read_text("utf-8"))["list"]
    return {
        row["code"]: ListKind(
            row["code"], row["kind"], Bilingual(row["title_zh"], row["title_en"]), tuple(row.get("classes", ()))
        )
        for row in rows
    }


def raw_policies(folder: Path = DEFINITIONS) -> list[dict[str, Any]]:
    return list(tomllib.loads((folder / "policies.toml").read_text("utf-8"))["policy"])


def checked_policies(known: Known, folder: Path = DEFINITIONS) -> Sequence[Mapping[str, Any]]:
    """Raises BadPolicies naming each problem that refuses."""
    found = raw_policies(folder)
    refused = refusals(problems(found, known))
    if refused:
        raise BadPolicies("\n".join(str(problem) for problem in refused))
    return found


def content_hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
