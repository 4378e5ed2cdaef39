"""Who owes a quarter and has not sent it: read from the frozen list of the due, within the session's scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from ..casework.models import Case
from ..enterprises.models import Enterprise, Membership
from ..filing.models import Filing
from ..filing.queries_lock import accepted_units
from ..kernel.bilingual import Bilingual, named
from ..kernel.period import Quarter
from ..kernel.workflow import State
from .models import DueEnterprise

# A returned filing was sent once and has a due day of its own, of which its people were told.
# One declared void is owed anew.
NOT_SENT = (State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN, State.VOID)


@dataclass(frozen=True, slots=True)
class Owing:
    """One enterprise whose filing is still with itself. `state` None: not begun. `people` act for it in the portal.

    It is owed to `county`; with `has_moved` the enterprise belongs to another one by now.
    """

    enterprise_id: int
    name: str
    credit_code: str
    county: str
    state: State | None
    people: int
    has_moved: bool
    name_en: str = ""

    @property
    def title(self) -> Bilingual:
        return named(self.name, self.name_en)


@dataclass(frozen=True, slots=True)
class Response:
    """How many are on the quarter's list, and how many of them have sent their filing."""

    due: int
    received: int

    @property
    def owing(self) -> int:
        return self.due - self.received


# By way of the filing, whose case is the newest one: a filing that was begun again after a void one has two cases.
_FILED = (Filing.enterprise_id == DueEnterprise.enterprise_id) & (Filing.quarter == DueEnterprise.quarter)
_ITS_CASE = Case.id == Filing.case_id
_OWES = or_(Case.id.is_(None), Case.state.in_(NOT_SENT))

# The list is confined by the county that a row counts in, the register by where an enterprise is now. Whoever moved
# away stays on the list it is missing in, under the name of its newest case there (decision 020).
_HERE = aliased(Case)


def _then(column: Any) -> Any:
    mine = _HERE.enterprise_id == DueEnterprise.enterprise_id
    newest = select(column).where(mine).order_by(_HERE.id.desc()).limit(1)
    return newest.correlate(DueEnterprise).scalar_subquery()


NAMED = (
    func.coalesce(Enterprise.name_zh, _then(_HERE.enterprise_name), ""),
    func.coalesce(Enterprise.credit_code, _then(_HERE.credit_code), ""),
)
HAS_MOVED = func.coalesce(Enterprise.county != DueEnterprise.county, true())


def owing(session: Session, quarter: Quarter, most: int) -> list[Owing]:
    """Up to `most` of them, the heaviest in the figures first; nobody of a county that has locked the quarter."""
    people = (
        select(func.count(func.distinct(Membership.account_id)))
        .where(Membership.enterprise_id == DueEnterprise.enterprise_id, Membership.state == "active")
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            DueEnterprise.enterprise_id,
            *NAMED,
            DueEnterprise.county,
            Case.state,
            people,
            HAS_MOVED,
            func.coalesce(Enterprise.name_en, ""),
        )
        .select_from(DueEnterprise)
        .outerjoin(Enterprise, Enterprise.id == DueEnterprise.enterprise_id)
        .outerjoin(Filing, _FILED)
        .outerjoin(Case, _ITS_CASE)
        .where(
            DueEnterprise.quarter == quarter.code, _OWES, DueEnterprise.county.not_in(accepted_units(session, quarter))
        )
        .order_by(DueEnterprise.weight.desc(), DueEnterprise.enterprise_id)
        .limit(most)
    )
    return [Owing(*row) for row in rows]


def response(session: Session, quarter: Quarter) -> Response:
    """Counts the whole scope of the session: for a page that is asked for, not for every page."""
    due, owing_ = session.execute(
        select(func.count(DueEnterprise.id), func.sum(case((_OWES, 1), else_=0)))
        .select_from(DueEnterprise)
        .outerjoin(Filing, _FILED)
        .outerjoin(Case, _ITS_CASE)
        .where(DueEnterprise.quarter == quarter.code)
    ).one()
    return Response(due, due - int(owing_ or 0))
