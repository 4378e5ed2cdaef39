"""Who is missing a quarter, by name: no approved filing, and none that waits for a decision or may still come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.size import SizeClass
from ..enterprises.models import Enterprise, Membership
from ..filing.models import Filing
from ..kernel.bilingual import Bilingual, named
from ..kernel.clock import today
from ..kernel.period import Quarter
from ..kernel.workflow import EDITABLE, State
from ..statistics.models import DueEnterprise
from ..statistics.queries_due import HAS_MOVED, NAMED
from .acceptance import MOST_MISSING

Mark = tuple[Decimal, int]
_UNSENT = EDITABLE | {State.TO_CERTIFY}

# What was begun in another county is not this one's: the city reads of a county what the county reads.
OWN = and_(
    Filing.enterprise_id == DueEnterprise.enterprise_id,
    Filing.quarter == DueEnterprise.quarter,
    Filing.county == DueEnterprise.county,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """An enterprise that owes the quarter and has no approved filing. `state` None: not begun. With `has_moved` it
    belongs to another county by now; it is missing where it was due. `people` act for it in the portal."""

    enterprise_id: int
    name: str
    credit_code: str
    county: str
    chain: str
    size_class: str
    weight: Decimal
    state: State | None
    reply_due_on: date | None
    people: int
    has_moved: bool
    name_en: str

    @property
    def title(self) -> Bilingual:
        return named(self.name, self.name_en)

    @property
    def size(self) -> Bilingual:
        return SizeClass(self.size_class).title

    def due_on(self, window_due_on: date) -> date:
        """Its own day: the quarter's, or the later one that a returned filing was given."""
        if self.reply_due_on is None or self.state in (None, State.VOID):
            return window_due_on
        return max(window_due_on, self.reply_due_on)


def missing(
    session: Session,
    quarter: Quarter,
    county: str = "",
    chain: str = "",
    *,
    after: Mark | None = None,
    size: int = MOST_MISSING,
) -> list[Missing]:
    """Up to `size` of them after the mark, the heaviest in the figures first. Empty texts ask for every county, chain.

    One statement.
    """
    people = (
        select(func.count(func.distinct(Membership.account_id)))
        .where(Membership.enterprise_id == DueEnterprise.enterprise_id, Membership.state == "active")
        .scalar_subquery()
    )
    due = DueEnterprise
    counted = due.county, due.chain, due.size_class, due.weight
    now = Case.state, Case.reply_due_on, people, HAS_MOVED, func.coalesce(Enterprise.name_en, "")
    statement = _those(select(due.enterprise_id, *NAMED, *counted, *now), quarter, county, chain)
    if after is not None:
        weight, number = after
        statement = statement.where(or_(due.weight < weight, and_(due.weight == weight, due.enterprise_id > number)))
    rows = session.execute(statement.order_by(due.weight.desc(), due.enterprise_id).limit(size))
    return [Missing(*row) for row in rows]


def count_missing(session: Session, quarter: Quarter, county: str = "", chain: str = "") -> int:
    """How many there are in all. One statement."""
    return session.scalar(_those(select(func.count(DueEnterprise.id)), quarter, county, chain)) or 0


def _those(statement: Select[Any], quarter: Quarter, county: str, chain: str) -> Select[Any]:
    is_over = Case.state.in_(_UNSENT) & or_(Case.reply_due_on.is_(None), Case.reply_due_on < today())
    found = (
        statement.select_from(DueEnterprise)
        .outerjoin(Enterprise, Enterprise.id == DueEnterprise.enterprise_id)
        .outerjoin(Filing, OWN)
        .outerjoin(Case, Case.id == Filing.case_id)
        .where(DueEnterprise.quarter == quarter.code)
        .where(or_(Case.id.is_(None), Case.state == State.VOID, is_over))
    )
    if county:
        found = found.where(DueEnterprise.county == county)
    return found.where(DueEnterprise.chain == chain) if chain else found
