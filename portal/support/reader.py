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
POLICIES = "policies.toml"


class BadPolicies(ValueError):
    """The definitions cannot be read, or do not pass the linter; the message lists every problem with its place."""


@dataclass(frozen=True, slots=True)
class ListKind:
    """One of the dated lists that the bureau may enter. `classes` are the values its entries may have."""

    code: str
    kind: str
    title: Bilingual
    class_titles: Mapping[str, Bilingual]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.class_titles)

    @property
    def class_names(self) -> Bilingual:
        """All of them in a row, for sentences."""
        titles = self.class_titles.values()
        return Bilingual("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))

    def called(self, code: str) -> frozenset[str]:
        """How a file may write the class: its code or its name, in small letters."""
        title = self.class_titles[code]
        return frozenset(word.casefold() for word in (code, title.zh, title.en))


@cache
def list_kinds(folder: Path = DEFINITIONS) -> Mapping[str, ListKind]:
    rows = tomllib.loads((folder / "lists.toml").read_text("utf-8"))["list"]
    return {
        row["code"]: ListKind(row["code"], row["kind"], Bilingual(row["title_zh"], row["title_en"]), _class_titles(row))
        for row in rows
    }


def _class_titles(row: Mapping[str, Any]) -> dict[str, Bilingual]:
    """By class, in the file's order; a class without a name is called by its code."""
    codes = row.get("classes", ())
    zh, en = row.get("classes_zh", codes), row.get("classes_en", codes)
    return {code: Bilingual(*names) for code, *names in zip(codes, zh, en, strict=True)}


def raw_policies(folder: Path = DEFINITIONS) -> list[dict[str, Any]]:
    """Raises BadPolicies with line and column where the file is no TOML."""
    try:
        return list(tomllib.loads((folder / POLICIES).read_text("utf-8")).get("policy", ()))
    except tomllib.TOMLDecodeError as error:
        raise BadPolicies(f"{POLICIES}: {error}") from error


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
