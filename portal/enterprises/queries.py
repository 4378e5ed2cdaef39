"""Reading enterprises: what held on a day, who acts for whom. Registrations and the register's lists are beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.models import Account
from ..casework.models import Case
from ..catalogue.queries import catalogue_at
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual, both, named
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from .models import AboveScaleStatus, Enterprise, Membership, Position, PurposeAcceptance, SizeStatus
from .queries_registration import RegistrationSheet, registration_sheet

__all__ = [
    "Colleague",
    "Profile",
    "RegistrationSheet",
    "accepts",
    "accounts_of",
    "case_name",
    "case_names",
    "colleagues",
    "enterprise",
    "enterprises_of",
    "profile_at",
    "profiles_at",
    "recoverable",
    "registration_sheet",
    "statuses_on",
]


@dataclass(frozen=True, slots=True)
class Profile:
    """An enterprise as it counted on a day. `base_output` is last year's 101 (not industry: 105) as stated, 万元."""

    enterprise_id: int
    name: str
    credit_code: str
    county: str
    chain: str
    segment: str
    gb_class: str
    size_class: str
    respondent_class: str
    is_above_scale: bool
    base_output: Decimal | None
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who acts for an enterprise."""

    membership_id: int
    account_id: int
    display_name: str
    email: str | None
    language: str
    post: str
    state: str


def enterprise(session: Session, enterprise_id: int) -> Enterprise:
    """Raises Missing where there is none in the session's scope."""
    found = session.scalars(select(Enterprise).where(Enterprise.id == enterprise_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def profile_at(session: Session, enterprise_id: int, day: date) -> Profile:
    """What the enterprise counted as on `day`. Raises Missing."""
    found = profiles_at(session, day, [enterprise_id])
    if not found:
        raise Missing()
    return found[0]


def registered(session: Session, enterprise_id: int) -> Enterprise:
    """One on the register. Raises Missing for any other, and for one out of scope."""
    row = enterprise(session, enterprise_id)
    if row.status != "registered":
        raise Missing()
    return row


def profiles_at(session: Session, day: date, ids: Iterable[int] | None = None) -> list[Profile]:
    """The same for those enterprises, or with `ids` None for every registered one, in order of id."""
    statement = select(Enterprise).order_by(Enterprise.id)
    if ids is None:
        statement = statement.where(Enterprise.status == "registered")
    else:
        statement = statement.where(Enterprise.id.in_(list(ids)))
    rows = session.scalars(statement).all()
    wanted = None if ids is None else [row.id for row in rows]
    statuses = statuses_on(session, day, wanted)
    segments, sizes = _segments_on(session, day, wanted), _sizes_on(session, day, wanted)
    catalogue = catalogue_at(session, Quarter.containing(day))
    return [
        _profile(
            row,
            statuses.get(row.id, False),
            segments.get(row.id, row.segment),
            sizes.get(row.id, row.size_class),
            catalogue,
        )
        for row in rows
    ]


def _profile(row: Enterprise, is_above_scale: bool, segment: str, size: str, catalogue: Catalogue) -> Profile:
    return Profile(
        row.id,
        row.name_zh,
        row.credit_code,
        row.county,
        segment[:2],
        segment,
        row.gb_class,
        size,
        catalogue.respondent_class(row.gb_class, is_above_scale).value,
        is_above_scale,
        row.base_output,
        row.name_en or "",
    )


def statuses_on(session: Session, day: date, ids: Sequence[int] | None) -> dict[int, bool]:
    """Which of them (None: of all in scope) have an above-scale status on `day`, and which it is."""
    statement = select(AboveScaleStatus).where(AboveScaleStatus.since_on <= day).order_by(AboveScaleStatus.since_on)
    if ids is not None:
        statement = statement.where(AboveScaleStatus.enterprise_id.in_(ids))
    return {row.enterprise_id: row.is_above_scale for row in session.scalars(statement)}


def _segments_on(session: Session, day: date, ids: Sequence[int] | None) -> dict[int, str]:
    """The primary position on `day`; before the first one there is, that one: a later change reaches no earlier day."""
    statement = select(Position).where(Position.is_primary).order_by(Position.from_on, Position.id)
    if ids is not None:
        statement = statement.where(Position.enterprise_id.in_(ids))
    found: dict[int, str] = {}
    for row in session.scalars(statement):
        if row.enterprise_id not in found or row.from_on <= day:
            found[row.enterprise_id] = row.segment
    return found


def _sizes_on(session: Session, day: date, ids: Sequence[int] | None) -> dict[int, str]:
    """The size class on `day`; before the first one there is, that one."""
    statement = select(SizeStatus.enterprise_id, SizeStatus.size_class, SizeStatus.since_on)
    if ids is not None:
        statement = statement.where(SizeStatus.enterprise_id.in_(ids))
    found: dict[int, str] = {}
    for enterprise_id, size, since_on in session.execute(statement.order_by(SizeStatus.since_on)):
        if enterprise_id not in found or since_on <= day:
            found[enterprise_id] = size
    return found


def colleagues(session: Session, enterprise_id: int) -> list[Colleague]:
    """Who acts or wants to act for the enterprise, certifiers first. The enterprise must be in the session's scope."""
    enterprise(session, enterprise_id)
    rows = session.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.enterprise_id == enterprise_id, Membership.state != "ended")
        .order_by(Membership.post, Membership.id)
    )
    return [Colleague(m.id, a.id, a.display_name, a.email, a.language, m.post, m.state) for m, a in rows]


def recoverable(session: Session, actor: Actor, enterprise_id: int, account_id: int) -> Enterprise:
    """The enterprise for which that person acts, or wants to, if it lies in one of the actor's counties.

    Raises Missing. The county is asked for by name: who holds a post of the city as well sees more than their own.
    """
    row = enterprise(session, enterprise_id)
    if row.county not in actor.counties or all(p.account_id != account_id for p in colleagues(session, enterprise_id)):
        raise Missing()
    return row


def enterprises_of(session: Session, account_id: int) -> list[int]:
    """The ids of the enterprises for which that person acts, or wants to."""
    mine = (Membership.account_id == account_id) & (Membership.state != "ended")
    return list(
        session.scalars(select(Membership.enterprise_id).where(mine).distinct().order_by(Membership.enterprise_id))
    )


def accepts(session: Session, enterprise_id: int, purpose: str) -> bool:
    """Whether the enterprise lets its data be used for a purpose now: the newest acceptance was not taken back."""
    newest = (
        select(PurposeAcceptance.withdrawn_at)
        .where(PurposeAcceptance.enterprise_id == enterprise_id, PurposeAcceptance.purpose == purpose)
        .order_by(PurposeAcceptance.id.desc())
        .limit(1)
    )
    found = session.execute(newest).one_or_none()
    return found is not None and found.withdrawn_at is None


def case_names(session: Session, cases: Iterable[Case]) -> dict[int, Bilingual]:
    """What each case's enterprise is called, by case: in English too while its Chinese name is that of the case."""
    found = {case.id: both(case.enterprise_name) for case in cases}
    rows = session.execute(
        select(Case.id, Enterprise.name_en)
        .join(Enterprise, (Enterprise.id == Case.enterprise_id) & (Enterprise.name_zh == Case.enterprise_name))
        .where(Case.id.in_(found), Enterprise.name_en != "")
    )
    return found | {case_id: named(found[case_id].zh, name_en) for case_id, name_en in rows}


def case_name(session: Session, case: Case) -> Bilingual:
    return case_names(session, [case])[case.id]


def accounts_of(session: Session, enterprise_id: int) -> list[Account]:
    """The accounts to be told of something about the enterprise, each once."""
    return list(
        session.scalars(
            select(Account)
            .where(
                Account.id.in_(
                    select(Membership.account_id).where(
                        Membership.enterprise_id == enterprise_id, Membership.state != "ended"
                    )
                ),
                Account.state == "active",
            )
            .order_by(Account.id)
        )
    )
