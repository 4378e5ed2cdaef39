"""The deed that gives an admitted enterprise its record of registration: no more than that it is registered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.queries import catalogue_today
from ..catalogue.snapshot import Catalogue
from ..certificates.issue import Owner, issue
from ..certificates.rules import PaperKind
from ..certificates.snapshot import Line, Snapshot
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.roles import Actor
from .models import Enterprise
from .queries import enterprise

SUBJECT = "registration"
_POSITION = Bilingual("产业链与环节", "Chain and segment")
_UNIT = Bilingual("填报单元", "Reporting unit")


def issue_record(session: Session, case: Case, actor: Actor) -> str:
    """Issues the record of the enterprise just admitted, in force at once; its number."""
    row = enterprise(session, case.enterprise_id)
    return issue(
        session,
        actor,
        kind=PaperKind.REGISTRATION_RECORD,
        owner=Owner(row.id, row.county, row.chain),
        subject=SUBJECT,
        snapshot=record_snapshot(row, catalogue_today(session)),
        case_id=case.id,
    )


def record_snapshot(row: Enterprise, catalogue: Catalogue) -> Snapshot:
    """What the record states of a registered enterprise."""
    position = Bilingual("{chain} · {segment}", "{chain} · {segment}").fill(
        chain=catalogue.chain(row.chain).title, segment=catalogue.segment(row.segment).title
    )
    return Snapshot(
        holder=Bilingual(row.name_zh, row.name_en or ""),
        credit_code=row.credit_code,
        issued_on=row.registered_on or today(),
        lines=(Line(_POSITION, position), Line(_UNIT, catalogue.unit(row.county).title)),
    )
