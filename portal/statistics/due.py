"""The deed that keeps the list of who owes a quarter: made when the window opens, grown when somebody is admitted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..casework.models import Case
from ..database.scope import Confined
from ..enterprises.queries import Profile, profiles_at
from ..filing.models import Fact, Filing
from ..filing.queries_lock import accepted_units
from ..kernel.period import Quarter
from ..kernel.workflow import State
from .cells import Belonging, add_due, belonging, take_due
from .models import DueEnterprise

OUTPUT, REVENUE = "101", "105"


@dataclass(frozen=True, slots=True)
class Filed:
    """As what a filing that was begun counts, approved or not, and the county it was begun in."""

    county: str
    chain: str
    segment: str
    size_class: str
    respondent_class: str
    is_approved: bool


def renew_due(session: Session, quarter: Quarter) -> int:
    """Adds every registered enterprise that is not on the quarter's list yet, with its weight as of now; how many.

    Rows that stand keep their weight, which is frozen (rulings 17). One that is not approved follows its enterprise
    into the class, size and segment of the quarter's first day, for so will its filing. Its county is that of the
    filing, where the figures will count, and until one is begun the enterprise's own (rulings 16). What a county has
    accepted stays as it was accepted, unless another county has approved the figures. Needs a session that sees
    everything.
    """
    accepted = accepted_units(session, quarter)
    listed = {
        r.enterprise_id: r for r in session.scalars(select(DueEnterprise).where(DueEnterprise.quarter == quarter.code))
    }
    filed = _filed(session, quarter)
    new = []
    for profile in profiles_at(session, quarter.first_day):
        row, begun = listed.get(profile.enterprise_id), filed.get(profile.enterprise_id)
        if row is not None:
            if not row.is_approved:
                _follow(session, row, profile, begun, accepted)
        elif (begun or profile).county not in accepted:
            new.append((profile, begun))
    if not new:
        return 0
    weights = newest_outputs(session, quarter)
    rows = [_row(profile, quarter, weights, begun) for profile, begun in new]
    Confined.insert(session, DueEnterprise.__table__, [_values(row) for row in rows])
    add_due(session, rows)
    return len(rows)


def follow_approved(session: Session, quarters: Iterable[Quarter]) -> None:
    """Of quarters that take no filings any more: rows whose figures were approved in another county, after a county
    accepted its quarter or the window locked. All others stay where they stood, in the one list they are missing in.
    Needs a session that sees everything."""
    rows = session.scalars(
        select(DueEnterprise)
        .join(Filing, (Filing.enterprise_id == DueEnterprise.enterprise_id) & (Filing.quarter == DueEnterprise.quarter))
        .join(Case, Case.id == Filing.case_id)
        .where(DueEnterprise.quarter.in_([quarter.code for quarter in quarters]), DueEnterprise.is_approved.is_(False))
        .where(Case.state == State.APPROVED)
    ).all()
    filed = {code: _filed(session, Quarter.from_code(code)) for code in {row.quarter for row in rows}}
    for row in rows:
        begun = filed[row.quarter][row.enterprise_id]
        if begun.is_approved:
            _move(session, row, begun.county, begun, is_approved=True)


def _follow(
    session: Session, row: DueEnterprise, profile: Profile, begun: Filed | None, accepted: frozenset[str]
) -> None:
    """Moves a row that is not approved. Where the figures are approved in another county, whose officers do not see
    the row, the approval is noted with it."""
    county = (begun or profile).county
    if begun is not None and begun.is_approved:
        _move(session, row, county, begun, is_approved=True)
        return
    is_settled = row.county in accepted or county in accepted
    if not is_settled and (row.county, *belonging(row)) != (county, *belonging(profile)):
        _move(session, row, county, profile, is_approved=False)


def _move(session: Session, row: DueEnterprise, county: str, place: Belonging, *, is_approved: bool) -> None:
    """The row with its share of the sums, unless it was approved since it was read."""
    session.refresh(row, with_for_update=True)
    if row.is_approved:
        return
    take_due(session, row)
    row.county, row.is_approved = county, is_approved
    row.chain, row.segment, row.size_class, row.respondent_class = belonging(place)
    session.flush()
    add_due(session, [row])


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


def _filed(session: Session, quarter: Quarter) -> dict[int, Filed]:
    rows = session.execute(
        select(
            Filing.enterprise_id,
            Filing.county,
            Filing.chain,
            Filing.segment,
            Filing.size_class,
            Filing.respondent_class,
            Case.state,
        )
        .join(Case, Case.id == Filing.case_id)
        .where(Filing.quarter == quarter.code, Case.state != State.VOID)  # what is void is owed anew
    )
    return {row[0]: Filed(*row[1:6], is_approved=row.state is State.APPROVED) for row in rows}


def _row(
    profile: Profile, quarter: Quarter, weights: dict[tuple[int, str], Decimal], begun: Filed | None
) -> DueEnterprise:
    """Where the filing is approved already, the row stands where its figures count."""
    is_approved = begun is not None and begun.is_approved
    place: Belonging = begun if begun is not None and is_approved else profile
    indicator = REVENUE if profile.respondent_class == "N" else OUTPUT
    weight = weights.get((profile.enterprise_id, indicator), profile.base_output or Decimal(0))
    return DueEnterprise(
        quarter=quarter.code,
        enterprise_id=profile.enterprise_id,
        county=(begun or profile).county,
        chain=place.chain,
        segment=place.segment,
        size_class=place.size_class,
        respondent_class=place.respondent_class,
        weight=max(Decimal(0), weight.quantize(Decimal("0.01"))),
        is_approved=is_approved,
    )


def _values(row: DueEnterprise) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in DueEnterprise.__table__.columns if column.name != "id"}
