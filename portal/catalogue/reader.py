"""Reads the definition files that ship with the portal. Pure: files in, raw entries out; checks stand in `linter`."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..kernel.bilingual import Bilingual
from .building import Content
from .linter import RawEntry, problems

DEFINITIONS = Path(__file__).parent / "definitions"
CALENDAR_FILE = "calendar.toml"
# The plan's first quarter: entries apply from here unless they name another quarter themselves.
FROM_THE_START = "2022Q1"


class BadDefinitions(ValueError):
    """The definition files cannot be read or do not pass the linter; the message lists every problem with its place."""


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day that is not what its weekday says: off (放假) or worked (调休)."""

    day: date
    working: bool
    title: Bilingual


@dataclass(frozen=True, slots=True)
class MarkedYear:
    """The notice the marked days of a year come from, by the code of its source, and whether they are confirmed."""

    year: int
    source: str
    is_confirmed: bool


def raw_entries(folder: Path = DEFINITIONS) -> list[RawEntry]:
    """Every entry of every definition file, unchecked, in the order of files and paragraphs."""
    files = sorted(path for path in folder.glob("*.toml") if path.name != CALENDAR_FILE)
    return [raw for path in files for raw in _of_text(path.read_text(encoding="utf-8"), path.name)]


def _of_text(text: str, place: str) -> Iterator[RawEntry]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinitions(f"{place}: {error}") from error
    for kind, paragraphs in tables.items():
        for paragraph in paragraphs:
            content = dict(paragraph)
            code = str(content.pop("code", ""))
            yield RawEntry(kind, code, str(content.pop("effective_from", FROM_THE_START)), content, place)


def checked_entries(folder: Path = DEFINITIONS) -> list[RawEntry]:
    """Every entry, after the linter. Raises BadDefinitions naming each problem."""
    entries = raw_entries(folder)
    found = problems(entries)
    if found:
        raise BadDefinitions("\n".join(str(problem) for problem in found))
    return entries


def marked_days(folder: Path = DEFINITIONS) -> list[MarkedDay]:
    document = tomllib.loads((folder / CALENDAR_FILE).read_text(encoding="utf-8"))
    return [
        MarkedDay(date.fromisoformat(row["day"]), row["working"], Bilingual(row["name_zh"], row["name_en"]))
        for row in document["day"]
    ]


def marked_years(folder: Path = DEFINITIONS) -> list[MarkedYear]:
    document = tomllib.loads((folder / CALENDAR_FILE).read_text(encoding="utf-8"))
    return [MarkedYear(row["year"], row["source"], row["status"] == "confirmed") for row in document["year"]]


def content_hash(content: Content) -> str:
    """SHA-256 of the content in one canonical form: what makes two versions the same version."""
    canonical: dict[str, Any] = {name: content[name] for name in sorted(content)}
    text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
