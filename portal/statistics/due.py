"""The deed that keeps the list of who owes a quarter: made when the window opens, grown when somebody is admitted."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..casework.models import Case
from ..database.scope import Confined
from ..enterprises.queries import Profile, profiles_at
from ..filing.models import Fact, Filing
from ..filing.queries_lock import accepted_units
from ..kernel.period import Quarter
from ..kernel.workflow import Kind, State
from .cells import Belonging, add_due, belonging, follow
from .models import DueEnterprise

OUTPUT, REVENUE = "101", "105"


def renew_due(session: Session, quarter: Quarter) -> int:
    """Adds every registered enterprise that is not on the quarter's list yet, with its weight as of now; how many.

    Rows that stand keep their weight, which is frozen (rulings 17); where one is not approved and its enterprise was
    since put into another class, size or segment of the quarter's first day, the row follows, for so will its filing.
    What a county has accepted stays as it was accepted. Needs a session that sees everything.
    """
    accepted = accepted_units(session, quarter)
    listed = {
        r.enterprise_id: r for r in session.scalars(select(DueEnterprise).where(DueEnterprise.quarter == quarter.code))
    }
    profiles = profiles_at(session, quarter.first_day)
    for profile in profiles:
        row = listed.get(profile.enterprise_id)
        if (
            row is not None
            and row.county not in accepted
            and not row.is_approved
            and belonging(row) != belonging(profile)
        ):
            follow(session, row, profile)
    new = [p for p in profiles if p.enterprise_id not in listed and p.county not in accepted]
    if not new:
        return 0
    weights = newest_outputs(session, quarter)
    approved = _approved(session, quarter)
    rows = [_row(profile, quarter, weights, approved.get(profile.enterprise_id)) for profile in new]
    Confined.insert(session, DueEnterprise.__table__, [_values(row) for row in rows])
    add_due(session, rows)
    return len(rows)


def newest_outputs(session: Session, before: Quarter) -> dict[tuple[int, str], Decimal]:
    """The newest approved 101 and 105 of every enterprise before a quarter, by (enterprise, row)."""
    newest = (
        select(Fact.enterprise_id, Fact.indicator, func.max(Fact.quarter).label("quarter"))
        .where(Fact.indicator.in_((OUTPUT, REVENUE)), Fact.quarter < before.code, Fact.basis == "filing")
        .group_by(Fact.enterprise_id, Fact.indicator)
        .subquery()
    )
    fact = aliased(Fact)
    rows = session.execute(
        select(fact.enterprise_id, fact.indicator, fact.value).join(
            newest,
            (fact.enterprise_id == newest.c.enterprise_id)
            & (fact.indicator == newest.c.indicator)
            & (fact.quarter == newest.c.quarter),
        )
    )
    return {(enterprise_id, indicator): value for enterprise_id, indicator, value in rows}


def _approved(session: Session, quarter: Quarter) -> dict[int, Filing]:
    rows = session.scalars(
        select(Filing)
        .join(Case, Case.id == Filing.case_id)
        .where(Filing.quarter == quarter.code, Case.kind == Kind.FILING, Case.state == State.APPROVED)
    )
    return {filing.enterprise_id: filing for filing in rows}


def _row(
    profile: Profile, quarter: Quarter, weights: dict[tuple[int, str], Decimal], approved: Filing | None
) -> DueEnterprise:
    """Where the filing is approved already, the row stands where its figures count."""
    place: Belonging = approved or profile
    indicator = REVENUE if profile.respondent_class == "N" else OUTPUT
    weight = weights.get((profile.enterprise_id, indicator), profile.base_output or Decimal(0))
    return DueEnterprise(
        quarter=quarter.code,
        enterprise_id=profile.enterprise_id,
        county=profile.county,
        chain=place.chain,
        segment=place.segment,
        size_class=place.size_class,
        respondent_class=place.respondent_class,
        weight=max(Decimal(0), weight.quantize(Decimal("0.01"))),
        is_approved=approved is not None,
    )


def _values(row: DueEnterprise) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in DueEnterprise.__table__.columns if column.name != "id"}
