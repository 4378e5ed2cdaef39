"""Whether facts are what the versions say that they came from: each figure, and the mark of what is estimated."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from ..kernel.measure import plain, rounded
from ..kernel.period import Quarter
from ..questionnaire.store import edition as edition_of
from .models import VALUE_PLACES, Fact, FilingVersion

_ESTIMATED, _STATED = "~", "^"
# A city has half a million of them: the database writes each as a word, `107=2314000~`, and those of a version as a
# line, in the order of the index.
_WORD = (
    Fact.indicator
    + "="
    + cast(type_coerce(Fact.value, BigInteger), String)
    + case((Fact.is_estimated.is_(True), _ESTIMATED), (Fact.basis == "stated", _STATED), else_="")
)
_ITS_QUARTER = case((Fact.basis == "filing", Fact.quarter))
_YEAR_BEFORE = case((Fact.basis == "stated", Fact.quarter))


def unlike_their_versions(session: Session) -> Iterator[str]:
    """Each fact that differs, is too many or is missing, in one line. Needs a session that sees everything.

    Loaded base figures come from no version and are not looked at; of what an opening block states only what stands is,
    for a figure that stood before keeps its place.
    """
    quarters = [pick(column) for column in (_ITS_QUARTER, _YEAR_BEFORE) for pick in (func.min, func.max)]
    facts = (
        select(Fact.version_id, func.aggregate_strings(_WORD, " ").label("line"), *quarters)
        .where(Fact.version_id.is_not(None))
        .group_by(Fact.version_id)
        .subquery()
    )
    rows = session.execute(
        select(FilingVersion.enterprise_id, FilingVersion.quarter, FilingVersion.content, facts)
        .join(facts, facts.c.version_id == FilingVersion.id)
        .execution_options(yield_per=50)  # few at a time: whatever lives long costs the collector more than its reading
    )
    asked: dict[tuple[str, str], frozenset[str]] = {}
    for enterprise_id, quarter, content, version, line, *found in rows:
        key = content["edition"], content["rule_set"]
        if key not in asked:
            questions = edition_of(session, *key).questions
            asked[key] = frozenset(question.code for question in questions if question.is_fact)
        kept = set(line.split(" "))
        said = _filed(content, asked[key]) | (kept & _stated(content))
        if kept != said:
            yield from _differences(f"{enterprise_id}, {quarter}", version, kept, said)
        year_before = Quarter.from_code(quarter).same_last_year.code
        if not ({*found[:2]} <= {quarter, None} and {*found[2:]} <= {year_before, None}):
            yield f"facts of enterprise {enterprise_id}: of version {version} in other quarters than {quarter} says"


def _filed(content: Mapping[str, Any], asked: Container[str]) -> set[str]:
    estimated = content.get("estimated", ())
    return {
        f"{code}={_scaled(row[0])}{_ESTIMATED if code in estimated else ''}"
        for code, row in content["rows"].items()
        if row is not None and row[0] != "n/a" and code in asked
    }


def _stated(content: Mapping[str, Any]) -> set[str]:
    stated = content.get("opening", {}).get("last_year", {})
    return {f"{code}={_scaled(text)}{_STATED}" for code, text in stated.items()}


def _scaled(text: str) -> int:
    """As the column keeps it: the digits as they stand, where there are no more of them than places."""
    whole, _, part = text.partition(".")
    if len(part) <= VALUE_PLACES:
        return int(whole + part.ljust(VALUE_PLACES, "0"))
    return int(rounded(Decimal(text), VALUE_PLACES).scaleb(VALUE_PLACES))


def _differences(place: str, version: int, kept: set[str], said: set[str]) -> Iterator[str]:
    ours, theirs = (dict(word.split("=") for word in words) for words in (kept - said, said - kept))
    for code in sorted({*ours, *theirs}):
        found = f"kept {_words(ours.get(code))}, version {version} says {_words(theirs.get(code))}"
        yield f"fact ({place}, {code}): {found}"


def _words(value: str | None) -> str:
    if value is None:
        return "nothing"
    figure = plain(Decimal(value.rstrip(_ESTIMATED + _STATED)).scaleb(-VALUE_PLACES))
    return figure + (" estimated" if value.endswith(_ESTIMATED) else " stated" if value.endswith(_STATED) else "")
