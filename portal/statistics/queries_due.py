"""Who owes a quarter and has not sent it: read from the frozen list of the due, within the session's scope."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..enterprises.models import Enterprise, Membership
from ..filing.queries_lock import accepted_units
from ..kernel.period import Quarter
from ..kernel.workflow import Kind, State
from .models import DueEnterprise

# A returned filing was sent once and has a due day of its own, of which its people were told.
NOT_SENT = (State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Owing:
    """One enterprise whose filing is still with itself. `state` None: not begun. `people` act for it in the portal."""

    enterprise_id: int
    name: str
    credit_code: str
    county: str
    state: State | None
    people: int


@dataclass(frozen=True, slots=True)
class Response:
    """How many are on the quarter's list, and how many of them have sent their filing."""

    due: int
    received: int

    @property
    def owing(self) -> int:
        return self.due - self.received


_FILED = (
    (Case.enterprise_id == DueEnterprise.enterprise_id)
    & (Case.quarter == DueEnterprise.quarter)
    & (Case.kind == Kind.FILING)
)
_OWES = or_(Case.id.is_(None), Case.state.in_(NOT_SENT))


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
            Enterprise.name_zh,
            Enterprise.credit_code,
            DueEnterprise.county,
            Case.state,
            people,
        )
        .select_from(DueEnterprise)
        .join(Enterprise, Enterprise.id == DueEnterprise.enterprise_id)
        .outerjoin(Case, _FILED)
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
        .outerjoin(Case, _FILED)
        .where(DueEnterprise.quarter == quarter.code)
    ).one()
    return Response(due, due - int(owing_ or 0))
