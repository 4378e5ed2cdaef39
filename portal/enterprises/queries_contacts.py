"""Whom to ask at each of several enterprises: as they entered it themselves, else as stated at registration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..kernel.workflow import Kind, State
from .models import Particulars, Registration, RegistrationVersion


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str


def contacts_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, Contact]:
    """By enterprise, as far as the session's scope reaches; nobody known is not in it. At most two statements."""
    if not enterprise_ids:
        return {}
    entered = session.execute(
        select(Particulars.enterprise_id, Particulars.contact_name, Particulars.contact_phone)
        .where(Particulars.enterprise_id.in_(enterprise_ids))
        .order_by(Particulars.id)
    )
    found = {number: Contact(name, phone) for number, name, phone in entered}
    rest = set(enterprise_ids) - found.keys()
    return found | _stated(session, rest) if rest else found


def _stated(session: Session, enterprise_ids: Collection[int]) -> dict[int, Contact]:
    """Of the submission by which each came onto the register."""
    said = RegistrationVersion.content
    rows = session.execute(
        select(RegistrationVersion.enterprise_id, said["contact_name"].as_string(), said["contact_phone"].as_string())
        .join(Registration, Registration.id == RegistrationVersion.registration_id)
        .join(Case, Case.id == Registration.case_id)
        .where(RegistrationVersion.enterprise_id.in_(enterprise_ids))
        .where(Case.kind == Kind.REGISTRATION, Case.state == State.APPROVED)
        .order_by(RegistrationVersion.number)
    )
    return {number: Contact(name or "", phone or "") for number, name, phone in rows if name or phone}
