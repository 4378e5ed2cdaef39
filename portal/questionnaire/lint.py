"""Faults of an edition's definitions, found before anybody answers it: the linter of CI and of publishing. Pure."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .checks import CHECKS
from .edition import RULE_WORDS
from .question import ASKED, KINDS

CLASSES = ("L", "S", "N")
MISSING = ("skip", "zero", "fail")
SEVERITIES = ("hard", "query")
FIXED = ("unit", "places", "kind")
# A unit that is called otherwise, or that money is no longer counted in, is another unit.
FIXED_UNIT = ("title_zh", "is_money")


def faults(content: Mapping[str, Any], earlier: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """What is wrong with the content, each as `where: what`; empty when all is well.

    `earlier` are contents already published under the same edition code, or their record (`record.as_content`): within
    an edition no row changes its unit, its places or its kind, and no unit its meaning.
    """
    finders = (_sections, _units, _indicators, _formulas, _rules, _reasons)
    found = [fault for finder in finders for fault in finder(content)]
    return found + [fault for old in earlier for fault in _changes(content, old)]


def _rows(content: Mapping[str, Any], file: str, name: str) -> list[Mapping[str, Any]]:
    return list(content.get(file, {}).get(name, []))


def _codes(content: Mapping[str, Any], file: str, name: str) -> set[str]:
    return {row.get("code", "") for row in _rows(content, file, name)}


def _words(where: str, row: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        for language in ("zh", "en"):
            if not str(row.get(f"{name}_{language}", "")).strip():
                yield f"{where}: no {name}_{language}"


def _twice(where: str, codes: list[str]) -> Iterator[str]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{where} {code}: stands twice"


def _sections(content: Mapping[str, Any]) -> Iterator[str]:
    rows = _rows(content, "sections", "section")
    yield from _twice("section", [row.get("code", "") for row in rows])
    for row in rows:
        yield from _words(f"section {row.get('code')}", row, "title", "short")


def _units(content: Mapping[str, Any]) -> Iterator[str]:
    for row in _rows(content, "units", "unit"):
        yield from _words(f"unit {row.get('code')}", row, "title")


def _indicators(content: Mapping[str, Any]) -> Iterator[str]:
    rows = _rows(content, "indicators", "indicator")
    codes = {row.get("code", "") for row in rows}
    sections, units = _codes(content, "sections", "section"), _codes(content, "units", "unit")
    yield from _twice("indicator", [row.get("code", "") for row in rows])
    for row in rows:
        where = f"indicator {row.get('code')}"
        yield from _words(where, row, "title", "help")
        if row.get("section") not in sections:
            yield f"{where}: unknown section {row.get('section')}"
        if row.get("unit") not in units:
            yield f"{where}: unknown unit {row.get('unit')}"
        if row.get("kind") not in KINDS:
            yield f"{where}: unknown kind {row.get('kind')}"
        if "of" in row and row["of"] not in codes:
            yield f"{where}: part of the unknown row {row['of']}"
        if any(row.get("asked", {}).get(name) not in ASKED for name in CLASSES):
            yield f"{where}: not said of every class whether it is asked"
        elif all(row["asked"][name] == "-" for name in CLASSES):
            yield f"{where}: asked of nobody"
        if not row.get("source") or not row.get("status"):
            yield f"{where}: no source or status"


def _formulas(content: Mapping[str, Any]) -> Iterator[str]:
    rows = {row.get("code", ""): row for row in _rows(content, "indicators", "indicator")}
    needs = {code: [r for parts in row.get("formula", {}).values() for r in parts] for code, row in rows.items()}
    for code, row in rows.items():
        if (row.get("kind") == "C") != bool(needs[code]):
            yield f"indicator {code}: computed rows have a formula, others none"
        for part in needs[code]:
            if part not in rows:
                yield f"indicator {code}: computed from the unknown row {part}"
    for code in rows:
        if _reaches(needs, code, code, set()):
            yield f"indicator {code}: computed from itself"


def _reaches(needs: Mapping[str, list[str]], start: str, goal: str, seen: set[str]) -> bool:
    for part in needs.get(start, ()):
        if part == goal or (part not in seen and _reaches(needs, part, goal, seen | {part})):
            return True
    return False


def _rules(content: Mapping[str, Any]) -> Iterator[str]:
    rows = _rows(content, "rules", "rule")
    codes = _codes(content, "indicators", "indicator")
    yield from _twice("rule", [row.get("id", "") for row in rows])
    for row in rows:
        where = f"rule {row.get('id')}"
        yield from _words(where, row, "message")
        if row.get("severity") not in SEVERITIES:
            yield f"{where}: unknown severity {row.get('severity')}"
        if row.get("missing") not in MISSING:
            yield f"{where}: not said what a missing value does"
        if row.get("check") not in CHECKS:
            yield f"{where}: unknown check {row.get('check')}"
        else:
            yield from _parameters(where, row, codes)
            yield from _places(where, row)


def _parameters(where: str, row: Mapping[str, Any], codes: set[str]) -> Iterator[str]:
    check = CHECKS[row["check"]]
    given = {name for name in row if name not in RULE_WORDS}
    for name in sorted((check.rows | check.values) - given):
        yield f"{where}: {row['check']} needs {name}"
    for name in sorted(given - check.rows - check.values - check.optional):
        yield f"{where}: {row['check']} knows no {name}"
    for name in sorted(check.rows & given - {"series"}):
        named = [row[name]] if isinstance(row[name], str) else list(row[name])
        for code in named:
            if code not in codes:
                yield f"{where}: reads the unknown row {code}"


def _places(where: str, row: Mapping[str, Any]) -> Iterator[str]:
    known = CHECKS[row["check"]].places
    for language in ("zh", "en"):
        text = str(row.get(f"message_{language}", ""))
        for name in {found for _, found, _, _ in string.Formatter().parse(text) if found is not None}:
            if name not in known:
                yield f"{where}: unknown place {{{name}}} in message_{language}"


def _reasons(content: Mapping[str, Any]) -> Iterator[str]:
    rows = _rows(content, "rules", "reason")
    if not rows:
        yield "rules: no reasons to choose from"
    for row in rows:
        yield from _words(f"reason {row.get('code')}", row, "title")


def _changes(content: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[str]:
    for file, name, fixed in (("indicators", "indicator", FIXED), ("units", "unit", FIXED_UNIT)):
        before = {row["code"]: row for row in _rows(old, file, name)}
        for row in _rows(content, file, name):
            known = before.get(row.get("code", ""), row)
            for what in fixed:
                if known.get(what) != row.get(what):
                    yield f"{name} {row['code']}: {what} changed within the edition"
        for code in sorted(before.keys() - _codes(content, file, name)):
            yield f"{name} {code}: gone within the edition"
