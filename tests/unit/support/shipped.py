"""The shipped policies and an enterprise that is known well, for tests of the pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.kernel.bilingual import Bilingual, both
from portal.kernel.period import Quarter
from portal.questionnaire.edition import Edition, read_folder
from portal.questionnaire.store import FOLDER
from portal.support.knowledge import Entry, Knowledge
from portal.support.lint import Known
from portal.support.policy import Policy, policy_of
from portal.support.reader import DEFINITIONS, list_kinds, raw_policies
from tests.fixtures.shipped import shipped_catalogue

EDITION = Edition.build(read_folder(FOLDER / "2026.1"))
CATALOGUE = shipped_catalogue(Quarter(2026, 3))
KNOWN = Known(EDITION.by_code, list_kinds(), CATALOGUE.units, CATALOGUE.chains)
RAW: dict[str, dict[str, Any]] = {raw["code"]: raw for raw in raw_policies()}
POLICIES: dict[str, Policy] = {code: policy_of(raw) for code, raw in RAW.items()}
DAY = date(2026, 11, 2)
LATEST = Quarter(2026, 3)
VETO_LISTS = ("credit-breach", "safety-environment", "claw-back-open")
# Every list was entered by the bureau this year; the evaluation classes are last year's.
EDITIONS = {code: (date(2026, 3, 1),) for code in list_kinds()} | {"evaluation-class": (date(2025, 6, 1),)}


def names(kind: str, code: str) -> Bilingual:
    return both(code)


def yearly(row: str, year: int, value: str) -> dict[str, dict[int, tuple[Decimal, bool]]]:
    """A figure of every quarter of a year."""
    return {row: {year * 10 + n: (Decimal(value), False) for n in (1, 2, 3, 4)}}


def facts(figures: dict[str, str], quarters: int = 12) -> dict[str, dict[int, tuple[Decimal, bool]]]:
    """The same figure in each of the last quarters up to the newest due one."""
    span = [LATEST - back for back in range(quarters)]
    return {row: {q.code: (Decimal(value), False) for q in span} for row, value in figures.items()}


PLAIN = {
    "101": "20000", "105": "20000", "107": "5000", "301": "30", "302": "1500", "303": "400", "304": "60", "401": "700",
    "403": "40", "501": "300", "505": "60", "601": "60", "604": "100", "605": "60", "308": "500",
}  # fmt: skip


def enterprise(figures: dict[str, str] | None = None, **others: Any) -> Knowledge:
    """An above-scale enterprise on chain 01 that filed everything and stands on no veto list."""
    known = Knowledge(
        day=DAY,
        chain="01",
        unit="331122",
        size="M",
        respondent_class="L",
        role="none",
        founded_on=date(2015, 5, 4),
        is_above_scale=True,
        was_above_scale=True,
        was_ever_above_scale=True,
        newest_due=LATEST,
        questions=EDITION.by_code,
        chains=frozenset(chain.code for chain in CATALOGUE.listed_chains),
        facts=facts(PLAIN | (figures or {})),
        editions=EDITIONS,
    )
    return replace(known, **others)


def entry(name: str, value: str = "", dated_on: date = date(2026, 3, 1)) -> Entry:
    return Entry(name, value, dated_on)


def spoilt_file(folder: Path, right: str, wrong: str) -> Path:
    """`folder` with the shipped policies, one place of them written wrong."""
    text = (DEFINITIONS / "policies.toml").read_text("utf-8")
    assert text.count(right) == 1
    (folder / "policies.toml").write_text(text.replace(right, wrong), "utf-8")
    return folder
