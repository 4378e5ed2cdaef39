"""The bureau's intentions: load the shipped policies, enter dated lists and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework.rules import written
from ..catalogue.queries import catalogue_today
from ..database.session import transaction
from ..enterprises.models import Enterprise
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Invalid
from ..kernel.roles import Actor, system
from .answers import LARGEST
from .entered import LONGEST_SOURCE, NO_SOURCE, NOT_ENTERED, Line, edition_faults, lines_of
from .loader import Loaded, load
from .models import BudgetLine, DatedList, DatedListEntry
from .queries import edition_today, known_codes, policy
from .reader import checked_policies, list_kinds
from .rules import money

LOADING = "policies are loaded by the operator and belong to nobody"
LONGEST_LIST = 100_000
_NO_AMOUNT = Bilingual(
    "请写一个大于0、最多两位小数的金额（元）。", "Write an amount in yuan above 0, at most two places."
)
_COMMITTED = Bilingual("已核定{sum}，预算不能低于它。", "{sum} is granted already; the budget cannot be below it.")
_NO_YEAR = Bilingual("请写四位年份。", "Write the year in four digits.")


def load_policies() -> Loaded:
    """Adds versions of the file that the database has not seen; edits of the bureau stay. Raises BadPolicies."""
    actor = system(LOADING)
    with transaction(actor) as session:
        catalogue = catalogue_today(session)
        done = load(session, checked_policies(known_codes(catalogue, edition_today(session, catalogue))))
        if done.added:
            detail = {"added": done.added, "kept_edits": list(done.kept_edits)}
            record(session, actor, stream="support", verb="support.load", detail=detail)
    return done


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a list, as it was typed. An empty one is an edition too: nobody stands on it."""

    list: str
    dated_on: date | None
    source: str
    lines: str


@dataclass(frozen=True, slots=True)
class Entered:
    """How many enterprises were entered, and the codes that no registered enterprise has."""

    number: int
    unknown: tuple[str, ...]


def enter_list(actor: Actor, edition: Edition) -> Entered:
    """Keeps an edition of a dated list. Raises Invalid with the fields at fault."""
    source = written(edition.source, "source", LONGEST_SOURCE)
    text = written(edition.lines, "lines", LONGEST_LIST)
    kind = list_kinds().get(edition.list)
    lines, wrong = lines_of(text, kind.classes if kind else (), edition.dated_on)
    faults = edition_faults(edition.list, edition.dated_on, source)
    if wrong is not None:
        faults["lines"] = wrong
    if faults or edition.dated_on is None:
        raise Invalid("list", NOT_ENTERED, faults)
    with transaction(actor) as session:
        row = DatedList(list=edition.list, dated_on=edition.dated_on, source=source, created_by_id=actor.account_id)
        session.add(row)
        session.flush()
        found = _enterprises(session, lines)
        standing = _standing(session, row, found)
        for line in lines:
            entry = standing.get(line.credit_code)
            if entry is not None:
                entry.value, entry.until_on = line.value, line.until_on
            elif line.credit_code in found:
                session.add(_entry(actor, row, found[line.credit_code], line))
        unknown = tuple(line.credit_code for line in lines if line.credit_code not in found)
        ended = {line.credit_code: line.until.isoformat() for line in lines if line.until and line.credit_code in found}
        detail = {"list": row.list, "entries": len(lines) - len(unknown), "unknown": list(unknown), "source": source}
        detail |= {"until": ended} if ended else {}
        record(session, actor, stream="support", verb="support.enter-list", subject=f"list:{row.id}", detail=detail)
        return Entered(len(lines) - len(unknown), unknown)


def _enterprises(session: Session, lines: Sequence[Line]) -> Mapping[str, Enterprise]:
    codes = [line.credit_code for line in lines]
    rows = session.scalars(
        select(Enterprise).where(Enterprise.status == "registered", Enterprise.credit_code.in_(codes))
    )
    return {row.credit_code: row for row in rows}


def _standing(session: Session, row: DatedList, found: Mapping[str, Enterprise]) -> dict[str, DatedListEntry]:
    """What an earlier edition of the same list and day holds already, by code: entered again, it is corrected."""
    held = select(DatedListEntry).where(
        DatedListEntry.list == row.list,
        DatedListEntry.dated_on == row.dated_on,
        DatedListEntry.enterprise_id.in_([one.id for one in found.values()]),
    )
    return {entry.credit_code: entry for entry in session.scalars(held)}


def _entry(actor: Actor, edition: DatedList, enterprise: Enterprise, line: Line) -> DatedListEntry:
    return DatedListEntry(
        dated_list_id=edition.id,
        list=edition.list,
        credit_code=line.credit_code,
        value=line.value,
        dated_on=edition.dated_on,
        until_on=line.until_on,
        enterprise_id=enterprise.id,
        county=enterprise.county,
        chain=enterprise.chain,
        created_by_id=actor.account_id,
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """A year's budget of one policy, as it was typed; None is what could not be read."""

    policy_code: str
    year: int | None
    amount: Decimal | None
    source: str


def set_budget(actor: Actor, budget: Budget) -> None:
    """Enters or changes a budget line; never below what is granted already. Raises Missing, Invalid."""
    source = written(budget.source, "source", LONGEST_SOURCE)
    faults: dict[str, Bilingual] = {}
    amount, year = budget.amount, budget.year
    if amount is None or not 0 < amount < LARGEST or amount != round(amount, 2):
        faults["amount"] = _NO_AMOUNT
    if year is None or not 2000 <= year <= 2199:
        faults["year"] = _NO_YEAR
    if not source:
        faults["source"] = NO_SOURCE
    if faults or amount is None or year is None:
        raise Invalid("budget", NOT_ENTERED, faults)
    with transaction(actor) as session:
        code = policy(session, budget.policy_code).policy.code
        row = _locked_line(session, code, year)
        if row is None:
            row = BudgetLine(
                policy_code=code, year=year, amount=amount, committed=Decimal(0), source=source,
                created_by_id=actor.account_id,
            )  # fmt: skip
            session.add(row)
        if row.committed > amount:
            raise Invalid("budget", NOT_ENTERED, {"amount": _COMMITTED.fill(sum=money(row.committed))})
        before, row.amount, row.source = row.amount, amount, source
        session.flush()
        detail = {"policy": code, "year": year, "before": before, "amount": amount, "source": source}
        record(session, actor, stream="support", verb="support.budget", subject=f"budget:{row.id}", detail=detail)


def _locked_line(session: Session, code: str, year: int) -> BudgetLine | None:
    return session.scalars(
        select(BudgetLine).where(BudgetLine.policy_code == code, BudgetLine.year == year).with_for_update()
    ).one_or_none()
