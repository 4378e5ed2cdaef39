"""The deed that puts an application, with everything said and sent, before another county's officers."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..casework.models import Case, Decision, Remark
from ..uploads.models import Upload
from .models import Enterprise, PurposeAcceptance, Registration, RegistrationVersion


def readdress(session: Session, case: Case, county: str) -> None:
    """The session has to see both counties. Facts of a registered enterprise never move this way."""
    case.county = county
    session.flush()
    mine = case.enterprise_id
    session.execute(update(Enterprise).where(Enterprise.id == mine).values(county=county))
    for table in (Registration, RegistrationVersion, PurposeAcceptance, Upload):
        session.execute(update(table).where(table.enterprise_id == mine).values(county=county))
    for said in (Remark, Decision):
        session.execute(update(said).where(said.case_id == case.id).values(county=county))
