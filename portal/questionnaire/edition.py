"""An edition of the form with one version of its rules, frozen: built from plain content, read once. Pure.

`read_folder` makes the content from TOML files; the database keeps the content; `Edition.build` makes it usable.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.findings import Severity
from ..kernel.measure import Unit
from ..kernel.period import Quarter
from .question import Formula, Question, Section

FILES = ("sections", "units", "indicators", "rules")
RULE_WORDS = frozenset(
    "id severity check missing message_zh message_en off_when_stopped relaxed_by at_submission needs since until "
    "classes".split()
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One check with its parameters and its sentence. `missing` is what an absent row does: skip, zero or fail."""

    id: str
    severity: Severity
    check: str
    message: Bilingual
    missing: str
    parameters: Mapping[str, Any] = field(hash=False)
    is_off_when_stopped: bool = False
    is_relaxed_by_correction: bool = False
    is_for_submission: bool = False
    needs: str = ""
    since: int = 0
    until: int = 0
    classes: frozenset[str] = frozenset()

    def applies(self, quarter: Quarter, respondent_class: str) -> bool:
        if (self.since and quarter.code < self.since) or (self.until and quarter.code > self.until):
            return False
        return not self.classes or respondent_class in self.classes


@dataclass(frozen=True, eq=False)
class Edition:
    """Everything a form needs: questions in order, sections, rules, reasons. One object per loaded edition."""

    code: str
    rule_set: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    reasons: Mapping[str, Bilingual]
    by_code: Mapping[str, Question]

    @classmethod
    def build(cls, content: Mapping[str, Any]) -> Edition:
        units = {u["code"]: u for u in content["units"]["unit"]}
        questions = tuple(_question(row, units) for row in content["indicators"]["indicator"])
        head, rules = content["sections"], content["rules"]
        return cls(
            code=head["code"],
            rule_set=rules["version"],
            sections=tuple(Section(s["code"], _both(s, "title"), _both(s, "short")) for s in head["section"]),
            questions=questions,
            rules=tuple(_rule(row) for row in rules["rule"]),
            reasons={row["code"]: _both(row, "title") for row in rules["reason"]},
            by_code={q.code: q for q in questions},
        )

    def questions_for(self, respondent_class: str, quarter: Quarter) -> tuple[Question, ...]:
        """The rows asked of (or computed for) this class in this quarter, in the form's order."""
        return _questions_for(self, respondent_class, quarter.number)

    def required_of(self, respondent_class: str, quarter: Quarter) -> tuple[Question, ...]:
        return _required_of(self, respondent_class, quarter.number)

    def rules_for(self, respondent_class: str, quarter: Quarter) -> tuple[Rule, ...]:
        return _rules_for(self, respondent_class, quarter)


@lru_cache(maxsize=256)
def _required_of(edition: Edition, respondent_class: str, number: int) -> tuple[Question, ...]:
    return tuple(q for q in _questions_for(edition, respondent_class, number) if q.is_required(respondent_class))


@lru_cache(maxsize=256)
def _questions_for(edition: Edition, respondent_class: str, number: int) -> tuple[Question, ...]:
    return tuple(q for q in edition.questions if q.is_asked(respondent_class, number))


@lru_cache(maxsize=256)
def _rules_for(edition: Edition, respondent_class: str, quarter: Quarter) -> tuple[Rule, ...]:
    return tuple(rule for rule in edition.rules if rule.applies(quarter, respondent_class))


@lru_cache(maxsize=16)
def places_of(edition: Edition) -> Mapping[str, int]:
    """Where each row stands on the form: for putting what is said of rows into the form's order."""
    return {question.code: place for place, question in enumerate(edition.questions)}


def read_folder(folder: Path) -> dict[str, Any]:
    """The content of one edition's TOML files, as the database keeps it."""
    return {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in FILES}


def _both(row: Mapping[str, Any], name: str) -> Bilingual:
    return Bilingual(row[f"{name}_zh"], row[f"{name}_en"])


def _question(row: Mapping[str, Any], units: Mapping[str, Mapping[str, Any]]) -> Question:
    unit = units[row["unit"]]
    formula = [Formula(operation, tuple(rows)) for operation, rows in row.get("formula", {}).items()]
    return Question(
        code=row["code"],
        section=row["section"],
        title=_both(row, "title"),
        help=_both(row, "help"),
        unit=Unit(unit["code"], _both(unit, "title"), row["places"]),
        is_money=bool(unit.get("is_money", False)),
        kind=row["kind"],
        may_be_negative=row["negative"],
        asked=dict(row["asked"]),
        lowest=Decimal(row["lowest"]),
        highest=Decimal(row["highest"]),
        parent=row.get("of"),
        formula=formula[0] if formula else None,
        is_fact=row.get("is_fact", True),
        zero_when_stopped=row.get("zero_when_stopped", False),
        is_carried=row.get("carried", False),
        asked_of_last_year=row.get("asked_of_last_year", False),
        source=row["source"],
        tag=row["tag"],
        status=row["status"],
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        severity=Severity(row["severity"]),
        check=row["check"],
        message=_both(row, "message"),
        missing=row["missing"],
        parameters={name: value for name, value in row.items() if name not in RULE_WORDS},
        is_off_when_stopped=row.get("off_when_stopped", False),
        is_relaxed_by_correction=row.get("relaxed_by") == "correction",
        is_for_submission=row.get("at_submission", False),
        needs=row.get("needs", ""),
        since=Quarter.parse(row["since"]).code if "since" in row else 0,
        until=Quarter.parse(row["until"]).code if "until" in row else 0,
        classes=frozenset(row.get("classes", ())),
    )
