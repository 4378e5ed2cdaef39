"""The deed of a submission: it goes before the county that decides it, and stays as an immutable version."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.rules import canonical
from ..casework.models import Case
from ..kernel.clock import now
from ..kernel.roles import Actor
from ..uploads.queries import newest
from ..uploads.store import address_to
from .application import Application, Claim
from .models import PurposeAcceptance, Registration, RegistrationVersion
from .queries import enterprise
from .queries_registration import LICENCE, versions
from .registration import PURPOSES, PURPOSES_VERSION


class Home(NamedTuple):
    """Whose desk an application goes to: the proposed unit's, or that of the registered enterprise it claims."""

    county: str
    chain: str


def home_of(stated: Application | Claim) -> Home:
    return Home(stated.county, stated.chain) if isinstance(stated, Application) else Home("", "00")


def hand_in(
    session: Session,
    actor: Actor,
    case: Case,
    registration: Registration,
    stated: Application | Claim,
    home: Home,
    key: str,
) -> RegistrationVersion:
    """Puts the application with its files at `home` and adds its next version, with the purposes accepted in it."""
    _address(session, case, registration, stated, home)
    licence = newest(session, registration.enterprise_id, LICENCE)
    proof = {"licence": licence.sha256 if licence else None, "enrolment": registration.enrolment_id}
    content = stated.content() | {"proof": proof}
    version = RegistrationVersion(
        registration_id=registration.id,
        number=len(versions(session, registration.id)) + 1,
        content=content,
        sha256=hashlib.sha256(canonical(content)).hexdigest(),
        enrolled=registration.enrolment_id is not None,
        submitted_at=now(),
        submitted_by_id=actor.account_id,
        idempotency_key=key,
        **_whose(registration),
    )
    session.add(version)
    if isinstance(stated, Application):
        accept_purposes(session, actor, _whose(registration), stated.purposes)
    session.flush()
    return version


def _whose(registration: Registration) -> dict[str, Any]:
    return {
        "enterprise_id": registration.enterprise_id,
        "county": registration.county,
        "chain": registration.chain,
    }


def _address(session: Session, case: Case, registration: Registration, stated: Application | Claim, home: Home) -> None:
    row = enterprise(session, case.enterprise_id)
    for owned in (case, registration, row):
        owned.county, owned.chain = home
    address_to(session, row.id, *home)
    row.credit_code = case.credit_code = stated.credit_code
    row.name_zh = case.enterprise_name = stated.name_zh
    row.name_en = stated.name_en if isinstance(stated, Application) else ""
    case.segment = stated.primary_segment if isinstance(stated, Application) else ""


def accept_purposes(session: Session, actor: Actor, whose: dict[str, Any], chosen: tuple[str, ...]) -> None:
    """Makes exactly the chosen purposes stand, in today's wording; what stood before keeps its dates."""
    standing = session.scalars(
        select(PurposeAcceptance).where(
            PurposeAcceptance.enterprise_id == whose["enterprise_id"], PurposeAcceptance.withdrawn_at.is_(None)
        )
    ).all()
    kept = {row.purpose for row in standing if row.purpose in chosen and row.version == PURPOSES_VERSION}
    for row in standing:
        if row.purpose not in kept:
            row.withdrawn_at = now()
    session.flush()
    for purpose in PURPOSES:
        if purpose in chosen and purpose not in kept:
            session.add(
                PurposeAcceptance(
                    purpose=purpose,
                    version=PURPOSES_VERSION,
                    accepted_at=now(),
                    accepted_by_id=actor.account_id,
                    **whose,
                )
            )
