"""Policy support in the demo: lists, budgets, and applications from their start to where they stand. A deed.

The same pure functions as in the support room match, reckon and make what a submission keeps; the same machine moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..catalogue.second_person import step
from ..kernel.clock import local
from ..support.drafting import Sheet, check_whole, put
from ..support.models import BudgetLine, DatedList, DatedListEntry
from ..support.policy_text import typed_of
from ..support.queries import Standing, policies
from ..support.queries_drafts import newest_version
from ..uploads.store import Received
from .applying import Applying, Money
from .book import CHUNK
from .city import City
from .people import code_of
from .plan import midnight, moments
from .support_plan import WISHES, Edition, Stage, budgets, editions, first_day

RECENT = timedelta(days=6)  # what still waits for somebody began so long ago
_WAITING = frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.ASKED, Stage.RETURNED})
Files = Mapping[tuple[int, str], Received]


@dataclass
class Entered:
    """What the bureau entered, for its trail: it is told once the demo's own has been written."""

    lists: list[tuple[DatedList, int]] = field(default_factory=list)
    lines: list[BudgetLine] = field(default_factory=list)


def support(session: Session, city: City, files: Files) -> Entered:
    """Everything of the room; the city's figures have to be in the database."""
    found, standing = Entered(), {row.policy.code: row for row in policies(session)}
    for edition in editions(city.census, city.plan.as_of):
        found.lists.append((_enter(session, city, edition), len(edition.entries)))
    city.book.write(session)
    money = _money(city, standing)
    _apply(session, city, files, money, standing)
    found.lines += money.lines.values()
    for line in found.lines:
        city.book.add(line)
    city.book.write(session)
    return found


def note(session: Session, city: City, found: Entered) -> None:
    """The bureau's entries in the trail of the room, at the instant of the load, as a release's are."""
    lead = city.officers["bureau-lead"]
    for row, number in found.lists:
        detail = {"list": row.list, "entries": number, "unknown": [], "source": row.source}
        record(session, lead, stream="support", verb="support.enter-list", subject=f"list:{row.id}", detail=detail)
    for line in found.lines:
        said = {"policy": line.policy_code, "year": line.year, "before": line.amount, "amount": line.amount}
        detail = said | {"source": line.source}
        record(session, lead, stream="support", verb="support.budget", subject=f"budget:{line.id}", detail=detail)


DRAFTED = {"amount_most": "12"}  # P401: twelve recruited engineers count, not ten
_REASON = "示例：企业反映名额不足，拟由10人放宽到12人 / Sample: the number of persons is to be raised from 10 to 12"


def draft(session: Session, city: City) -> None:
    """A change of a policy that waits for the bureau lead, as the officer would have drafted it today."""
    officer, base = city.officers["bureau"], newest_version(session, "P401")
    if base is None:
        raise LookupError("P401 is not loaded")
    found = put(session, officer, base.code, Sheet(typed_of(base.content) | DRAFTED, reason=_REASON))
    check_whole(session, found)
    step(found, "submitted")
    session.flush()
    subject = f"policy:{found.code} draft:{found.id}"
    for verb, detail in (("draft", {"changed": sorted(DRAFTED)}), ("submit", {})):
        record(session, officer, stream="support", verb=f"support.policy-{verb}", subject=subject, detail=detail)


def _enter(session: Session, city: City, edition: Edition) -> DatedList:
    """A list goes into the book whole, and its entries a few at a time: in a large city they are very many."""
    lead, at = city.officers["bureau-lead"], _noon(city, edition.dated_on)
    row = DatedList(list=edition.list, dated_on=edition.dated_on, source=edition.source)
    row.created_at, row.created_by_id = at, lead.account_id
    city.book.add(row)
    for start in range(0, len(edition.entries), CHUNK):
        some = edition.entries[start : start + CHUNK]
        city.book.add_rows(DatedListEntry, (_entry(city, row, number, value) for number, value in some))
        city.book.write(session)
    return row


def _entry(city: City, row: DatedList, number: int, value: str) -> dict[str, Any]:
    place = city.census.sketch(number)
    return {
        "dated_list_id": row.id,
        "list": row.list,
        "credit_code": code_of(place),
        "value": value,
        "dated_on": row.dated_on,
        "until_on": None,
        "enterprise_id": number + 1,
        "county": place.county,
        "chain": place.segment[:2],
        "created_at": row.created_at,
        "created_by_id": row.created_by_id,
    }


def _noon(city: City, day: date) -> datetime:
    """Midday of the day, where that is past."""
    return min(midnight(day) + timedelta(hours=12), city.plan.present)


def _money(city: City, standing: Mapping[str, Standing]) -> Money:
    lead, year = city.officers["bureau-lead"], city.plan.as_of.year
    found = Money()
    for allotted in budgets([row.policy for row in standing.values()], city.plan.as_of):
        line = BudgetLine(
            id=city.book.next_id(BudgetLine),
            policy_code=allotted.policy,
            year=allotted.year,
            amount=allotted.amount,
            committed=Decimal(0),
            source=allotted.source,
            created_at=_noon(city, date(year, 1, 2)),
            created_by_id=lead.account_id,
        )
        found.lines[line.policy_code] = line
    return found


def _apply(session: Session, city: City, files: Files, money: Money, standing: Mapping[str, Standing]) -> None:
    began = first_day(city.plan.as_of)
    if began is None:
        return
    turns: Counter[tuple[int, str]] = Counter()
    for place, wish in enumerate(WISHES):
        if not standing[wish.policy].policy.takes_applications(began):
            continue
        turns[wish.number, wish.policy] += 1
        own = {kind: file for (whose, kind), file in files.items() if whose == place}
        at = _instants(city, place, began, is_waiting=wish.stage in _WAITING)
        story = Applying(session, city, wish, standing[wish.policy], money, at)
        story.run(turns[wish.number, wish.policy], own)


def _instants(city: City, place: int, began: date, *, is_waiting: bool) -> Iterator[datetime]:
    first = max(midnight(began), city.plan.present - RECENT) if is_waiting else midnight(began)
    found = moments(city.plan.chance("support", place), first, city.plan.present)
    return (local(at) for at in found)
