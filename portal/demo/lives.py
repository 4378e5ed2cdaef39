"""The enterprises' lives, a chapter of some of them at a time, without a session: any process can write one. A deed.

A chapter depends on the plan alone and on the ids that come before it, and those follow from the plan too: so nobody
needs to have written the chapter before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..accounts.models import Account
from ..casework.models import Case, Remark
from ..database.base import Base
from ..enterprises.models import EnrolmentCode, Enterprise, Registration
from ..filing.models import Fact, Filing, FilingVersion
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import Action, State
from ..statistics.models import DueEnterprise
from .answers import Respondent
from .book import Book, Pages
from .cast import members
from .city import City
from .filer import Filer
from .people import Person, person_of
from .plan import BASE_ROWS, Plan, fate
from .registry import register
from .sizes import size_of_the_year
from .stories import PATHS, open_filing, past_filing
from .support_plan import LATE, WISHES

CHAPTER = 25  # enterprises
APPLYING = frozenset(wish.number for wish in WISHES)
# What other rows point at by its id; ids of all other rows are given when the chapter is bound into the book.
POINTED_AT: tuple[type[Base], ...] = (Account, EnrolmentCode, Registration, Case, Remark, Filing, FilingVersion)
NUMBERED = frozenset({Enterprise.__tablename__, *(kind.__tablename__ for kind in POINTED_AT)})


@dataclass(frozen=True, slots=True)
class Task:
    """Which enterprises a chapter tells of, by number, and the last ids given before the first of them."""

    numbers: range
    ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The rows of some enterprises, and what the city keeps in mind of them."""

    pages: Pages
    owed: Counter[tuple[Quarter, str]]
    missing: Counter[tuple[Quarter, str]]
    handed: Mapping[int, Actor]
    people: Mapping[int, tuple[Enterprise, Actor, Actor]]


def tasks(city: City) -> Iterator[Task]:
    """All chapters in order, from where the city's book stands."""
    ids = Counter({kind.__tablename__: city.book.last_id(kind) for kind in POINTED_AT})
    for first in range(0, city.plan.enterprises, CHAPTER):
        numbers = range(first, min(first + CHAPTER, city.plan.enterprises))
        yield Task(numbers, dict(ids))
        for number in numbers:
            ids.update(taken(city.plan, number))


def taken(plan: Plan, number: int) -> Counter[str]:
    """How many ids of each kind in POINTED_AT the enterprise's life takes."""
    state = fate(number).state
    past = len(plan.closed) - bool(plan.closed and number == LATE)
    filings = past + (state is not None)
    counted: dict[type[Base], int] = {
        Account: len(members(number)),
        EnrolmentCode: 1,
        Registration: 1,
        Case: 1 + filings,
        Filing: filings,
        FilingVersion: past + (state is not None and Action.SUBMIT in PATHS[state]),
        Remark: int(state is State.RETURNED),
    }
    return Counter({kind.__tablename__: number for kind, number in counted.items()})


def written(city: City, task: Task) -> Chapter:
    """The chapter, told in a book of its own: the city itself stays as it is."""
    own = replace(city, book=Book(city.book.kind, task.ids), owed=Counter(), missing=Counter(), handed={}, people={})
    for number in task.numbers:
        slump = city.risks.slump_of(number, city.plan)
        _live(own, replace(person_of(city.census, number), slump=slump))
    expected = Counter(task.ids)
    for number in task.numbers:
        expected.update(taken(city.plan, number))
    if any(own.book.last_id(kind) != expected[kind.__tablename__] for kind in POINTED_AT):
        raise AssertionError(f"enterprises {task.numbers} took other ids than the next chapter counts on")
    return Chapter(own.book.pages(NUMBERED), own.owed, own.missing, own.handed, own.people)


def bind(city: City, chapter: Chapter) -> None:
    """Takes a chapter into the city and its book; chapters come in the order of `tasks`."""
    city.book.bind(chapter.pages, NUMBERED)
    city.owed.update(chapter.owed)
    city.missing.update(chapter.missing)
    city.handed.update(chapter.handed)
    city.people.update(chapter.people)


def _live(city: City, person: Person) -> None:
    """One enterprise from its registration to where it stands today."""
    enterprise, people = register(city, person)
    kind = city.catalogue.respondent_class(person.gb_class, person.is_above_scale).value
    who = Respondent(person, kind, city.plan.seed, city.rates.get(person.chain, {}))
    filer = Filer(who, enterprise, people[0], people[-1])
    if person.number in APPLYING:
        city.people[person.number] = (enterprise, people[0], people[-1])
    _base_figures(city, filer)
    for quarter in city.plan.closed:
        is_missing = person.number == LATE and quarter == city.plan.closed[-1]
        _owe(city, filer, quarter, is_approved=not is_missing)
        if is_missing:
            city.missing[quarter, enterprise.county] += 1
            continue
        past_filing(city, filer, quarter)
        if quarter.number == 4:
            size_of_the_year(city, filer, quarter)
    today = fate(person.number)
    _owe(city, filer, city.plan.open, is_approved=today.state is State.APPROVED)
    open_filing(city, filer, today)


def _owe(city: City, filer: Filer, quarter: Quarter, *, is_approved: bool) -> None:
    """The quarter's line on the list of who owes it, with the weight as it was when its window opened."""
    row = filer.enterprise
    owed = {
        "quarter": quarter.code,
        "enterprise_id": row.id,
        "county": row.county,
        "chain": row.chain,
        "segment": row.segment,
        "size_class": row.size_class,
        "respondent_class": filer.who.respondent_class,
        "weight": max(Decimal(0), filer.weight or Decimal(0)),
        "is_approved": is_approved,
    }
    city.book.add_rows(DueEnterprise, [owed])
    city.owed[quarter, row.county] += 1


def _base_figures(city: City, filer: Filer) -> None:
    """What was known of the year before the first filing: stated facts, which no filing made and no cell counts."""
    row, who = filer.enterprise, filer.who
    same: dict[str, Any] = {
        "enterprise_id": row.id,
        "county": row.county,
        "chain": row.chain,
        "segment": row.segment,
        "size_class": row.size_class,
        "respondent_class": who.respondent_class,
        "version_id": None,
        "basis": "stated",
        "is_estimated": False,
    }
    for quarter in city.plan.base:
        asked = city.edition.questions_for(who.respondent_class, quarter)
        codes = [q.code for q in asked if q.code in BASE_ROWS and who.answers(q)]
        figures = who.row(quarter)
        filer.stated[quarter.code] = {code: figures[code] for code in codes}
        rows = [same | {"indicator": code, "quarter": quarter.code, "value": figures[code]} for code in codes]
        city.book.add_rows(Fact, rows)
