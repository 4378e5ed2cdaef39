"""The deed that admits an enterprise to the register: what an approved registration does beyond its case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..casework.rules import written
from ..catalogue.queries import catalogue_today
from ..catalogue.size import YearFigures
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Illegal, Invalid
from ..kernel.roles import Actor
from .application import Application, application_from
from .credit_code import needs_override, problem
from .enter_size import enter_size
from .match_roster import match_roster
from .models import Enterprise, Membership, Position, Product
from .queries import enterprise
from .queries_registration import registration_of_case, versions

_WHICH_UNIT = Bilingual("请选择填报单元。", "Choose the reporting unit.")
_NOT_YOURS = Bilingual("只能选择你管辖的填报单元。", "Choose a reporting unit of your own.")
_OVERRIDE = Bilingual(
    "这类代码系统无法校验，须由县级负责人写明放行理由。",
    "This code cannot be checked here: the county lead has to state why it is accepted.",
)
_TAKEN = Bilingual(
    "这个统一社会信用代码已经登记。请退回，申请人重新提交后将转为账号接入申请。",
    "This credit code is registered by now. Return the case: submitted again, it becomes an account request.",
)


def admit(session: Session, case: Case, actor: Actor, *, county: str, override_reason: str | None = None) -> None:
    """Puts the applicant's enterprise on the register under the unit the officer set, with all it stated.

    Raises Invalid (`county`, `override_reason`, `credit_code`), Illegal when the code was registered meanwhile.
    """
    registration = registration_of_case(session, case.id)
    stated = application_from(versions(session, registration.id)[0].content)
    row, catalogue = enterprise(session, case.enterprise_id), catalogue_today(session)
    _refuse_unit(actor, county, catalogue)
    row.override_reason = let_through(stated.credit_code, override_reason)
    _fill(row, stated, county, catalogue)
    _register(session, row)
    figures = YearFigures(stated.figures_year, stated.staff, stated.revenue)
    enter_size(session, row, figures, "stated", catalogue, actor.account_id)
    match_roster(session, actor, row, catalogue)
    _open_positions(session, row, stated, actor)
    for membership in session.scalars(
        select(Membership).where(Membership.enterprise_id == row.id, Membership.state == "pending")
    ):
        membership.state = "active"
    session.flush()


def _refuse_unit(actor: Actor, county: str, catalogue: Catalogue) -> None:
    if county not in catalogue.units:
        raise Invalid("county", _WHICH_UNIT, {"county": _WHICH_UNIT})
    if actor.scope.is_restricted and county not in actor.scope.values:
        raise Invalid("county", _NOT_YOURS, {"county": _NOT_YOURS})


def let_through(credit_code: str, reason: str | None) -> str | None:
    """The reason that is kept with a code that cannot be checked here; None for one that passes by itself.

    Raises Invalid for a wrong code, and without a reason.
    """
    wrong = problem(credit_code)
    if wrong is None:
        return None
    if not needs_override(credit_code):
        raise Invalid("credit_code", wrong)
    said = written(reason, "override_reason")
    if not said:
        raise Invalid("override", _OVERRIDE, {"override_reason": _OVERRIDE})
    return said


def _fill(row: Enterprise, stated: Application, county: str, catalogue: Catalogue) -> None:
    row.county, row.chain, row.segment = county, stated.chain, stated.primary_segment
    row.credit_code, row.name_zh, row.name_en = stated.credit_code, stated.name_zh, stated.name_en
    row.registered_county, row.gb_class, row.founded_on = stated.registered_county, stated.gb_class, stated.founded_on
    row.staff, row.revenue, row.base_output = stated.staff, stated.revenue, stated.base_output
    row.figures_year = stated.figures_year
    row.status, row.registered_on = "registered", today()


def _register(session: Session, row: Enterprise) -> None:
    """The database decides who has a code: two counties may admit one enterprise at the same moment."""
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise Illegal("already-registered", _TAKEN) from error


def _open_positions(session: Session, row: Enterprise, stated: Application, actor: Actor) -> None:
    whose = {"enterprise_id": row.id, "county": row.county, "chain": row.chain, "created_by_id": actor.account_id}
    day = row.registered_on
    session.add(Position(segment=row.segment, is_primary=True, from_on=day, **whose))
    session.add_all(Position(segment=s, is_primary=False, from_on=day, **whose) for s in stated.other_segments)
    session.add_all(
        Product(name=name, place=n, from_on=day, **whose) for n, name in enumerate(stated.products, start=1)
    )
