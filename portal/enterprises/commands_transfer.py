"""What a county does with a registration that belongs to another reporting unit: it hands it over."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..accounts.queries import officers_of
from ..audit.trail import record
from ..casework.models import Case
from ..casework.move import move, stale
from ..casework.queries import case as case_of
from ..casework.queries import handed_in, locked
from ..casework.rules import written
from ..catalogue.queries import catalogue_today
from ..database.session import reading, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Denied, Illegal, Invalid
from ..kernel.roles import Actor, Scope
from ..kernel.workflow import IN_REVIEW, Action, Kind, State
from ..notices.post import post
from .queries import case_name
from .readdress import readdress

_WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")
_OTHER_UNIT = Bilingual("请选择另一个填报单元。", "Choose another reporting unit.")
_REASON = Bilingual("请写明转交的理由。", "Say why it is handed over.")
_NOT_YOURS = Bilingual("只能转交你管辖单位的登记。", "You can only hand over what lies with a unit of your own.")
_NOT_NOW = Bilingual(
    "只有待审核或审核中的登记可以转交。",
    "Only a registration that waits for review or is in review can be handed over.",
)
_HANDED = Bilingual("{name}的登记转由你单位审核", "Registration of {name}: handed over to your unit")


def transfer_case(actor: Actor, case_id: int, version: int, *, county: str, reason: str) -> None:
    """Hands a registration to the reporting unit it belongs to; the actor sees it no more.

    Raises Missing (not in the actor's scope), Denied (not of the actor's own units), Conflict (stale, or claimed by a
    colleague), Illegal (not in review), Invalid by field.
    """
    with reading(actor.scope) as session:
        handed_in(case_of(session, case_id))
        units = catalogue_today(session).units
    said = written(reason, "reason")
    with transaction(Scope.everything("hand a registration over to another unit")) as session:
        case = locked(session, case_id)
        _refuse(case, actor, version)
        problems = {} if said else {"reason": _REASON}
        if county not in units or county == case.county:
            problems["county"] = _OTHER_UNIT
        if problems:
            raise Invalid("transfer", _WRONG, problems)
        before = case.county
        if case.state is State.UNDER_REVIEW:
            move(session, case, actor, Action.RELEASE)
        else:
            case.version += 1  # whoever has the page open must look again
        readdress(session, case, county)
        _tell(session, case)
        detail = {"from": before, "to": county, "reason": said}
        record(session, actor, stream=f"case:{case.id}", verb="case.handed-over", detail=detail)


def _refuse(case: Case, actor: Actor, version: int) -> None:
    if case.county not in actor.counties:
        raise Denied("not-yours", _NOT_YOURS)
    if case.version != version:
        raise stale(case)
    refuse_unfit(case)


def refuse_unfit(case: Case) -> None:
    """Only a registration in review can be handed over. Raises Illegal."""
    if case.kind is not Kind.REGISTRATION or case.state not in IN_REVIEW:
        raise Illegal("not-now", _NOT_NOW)


def _tell(session: Session, case: Case) -> None:
    name = case_name(session, case)
    for officer in officers_of(session, case.county, today()):
        link = f"/review/{case.id}"
        post(
            session,
            account_id=officer.account_id,
            kind="case-handed-over",
            title=_HANDED.fill(name=name),
            body=name,
            link=link,
        )
