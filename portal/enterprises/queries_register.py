"""Reading the register: the officer's list, one enterprise with everything dated, enrolment codes of a county."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, String, case, column, exists, func, or_, select, tuple_, values
from sqlalchemy.orm import Session, aliased

from ..casework.models import Case
from ..kernel.errors import Missing
from ..kernel.workflow import Kind, State
from .models import (
    AboveScaleStatus,
    Designation,
    EnrolmentCode,
    Enterprise,
    Particulars,
    Position,
    Product,
    PurposeAcceptance,
    Registration,
    RegistrationVersion,
    SizeStatus,
)
from .queries import Colleague, colleagues, enterprise, statuses_on
from .registration import REACHED_BY

PAGE_SIZE = 50
MOST_CODES = 50


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What the officer's list is narrowed to; empty strings mean all."""

    text: str = ""
    chain: str = ""
    county: str = ""
    segment: str = ""
    size: str = ""


SIZE_FILTERS = ("changed", "waiting")
"""Whose size class changed on 1 January of the year, and for whom none was computed from that day on yet."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the list. `is_above_scale` as of the day the list was asked for.

    `size_was` is the class before 1 January of that day's year, None where the class of that day is not another one.
    """

    id: int
    name_zh: str
    name_en: str
    credit_code: str
    county: str
    segment: str
    size_class: str
    size_was: str | None
    is_above_scale: bool
    registered_on: date | None


def register_rows(
    session: Session, day: date, wanted: RegisterFilter, after: tuple[str, int] | None, most: int = PAGE_SIZE + 1
) -> list[RegisterRow]:
    """Registered enterprises in order of name, after the one that `after` (name, id) names."""
    sizes = _Sizes(date(day.year, 1, 1))
    statement = select(Enterprise, sizes.was).where(Enterprise.status == "registered")
    if wanted.size in SIZE_FILTERS:
        statement = statement.where(sizes.changed if wanted.size == "changed" else sizes.waiting)
    if wanted.text:
        statement = statement.where(
            Enterprise.name_zh.contains(wanted.text, autoescape=True)
            | func.lower(Enterprise.name_en).contains(wanted.text.lower(), autoescape=True)
            | Enterprise.credit_code.contains(wanted.text.upper(), autoescape=True)
        )
    if wanted.chain:
        statement = statement.where(Enterprise.chain == wanted.chain)
    if wanted.county:
        statement = statement.where(Enterprise.county == wanted.county)
    if wanted.segment:
        there = select(Position.enterprise_id).where(Position.segment == wanted.segment, *_lasting(day))
        statement = statement.where(Enterprise.id.in_(there))
    if after is not None:
        statement = statement.where(tuple_(Enterprise.name_zh, Enterprise.id) > after)
    rows = session.execute(statement.order_by(Enterprise.name_zh, Enterprise.id).limit(most)).all()
    above = statuses_on(session, day, [row.id for row, _ in rows])
    return [_line(row, was, above.get(row.id, False)) for row, was in rows]


class _Sizes:
    """Size classes around one 1 January, as parts of a statement over Enterprise."""

    def __init__(self, first_day: date) -> None:
        of_it, before, entered = aliased(SizeStatus), aliased(SizeStatus), aliased(SizeStatus)
        earlier = (
            select(before.size_class)
            .where(before.enterprise_id == Enterprise.id, before.since_on < first_day)
            .order_by(before.since_on.desc())
            .limit(1)
            .scalar_subquery()
        )
        of_day = select(of_it.size_class).where(of_it.enterprise_id == Enterprise.id, of_it.since_on == first_day)
        self.changed = earlier != of_day.scalar_subquery()
        self.was = case((self.changed, earlier), else_=None).label("size_was")
        self.waiting = ~exists().where(entered.enterprise_id == Enterprise.id, entered.since_on >= first_day)


def enterprises_by_segment(session: Session, day: date, segments: Collection[str]) -> dict[str, int]:
    """How many registered enterprises have a position on each of these segments: as many as the list then shows."""
    rows = session.execute(
        select(Position.segment, func.count(Position.enterprise_id.distinct()))
        .select_from(Position)
        .join(Enterprise, Enterprise.id == Position.enterprise_id)
        .where(Enterprise.status == "registered", Position.segment.in_(sorted(segments)), *_lasting(day))
        .group_by(Position.segment)
    )
    return {segment: int(number) for segment, number in rows}


def none_one_or_more(session: Session, day: date, segments: Collection[str]) -> dict[str, int]:
    """0, 1 or 2 for each of these segments: nobody is on it, one registered enterprise alone, or more. Looks at the
    first and the last of each segment, and so costs the same however many enterprises there are."""
    codes = values(column("code", String), name="wanted").data([(code,) for code in sorted(segments)]).cte("wanted")

    def end(order: ColumnElement[Any]) -> ScalarSelect[Any]:
        standing = (
            select(Position.enterprise_id)
            .join(Enterprise, Enterprise.id == Position.enterprise_id)
            .where(Enterprise.status == "registered", Position.segment == codes.c.code, *_lasting(day))
        )
        return standing.order_by(order).limit(1).correlate(codes).scalar_subquery()

    ends = end(Position.enterprise_id.asc()), end(Position.enterprise_id.desc())
    rows = session.execute(select(codes.c.code, *ends)) if segments else ()
    return {code: 0 if first is None else 1 if first == last else 2 for code, first, last in rows}


def _lasting(day: date) -> tuple[Any, ...]:
    return Position.from_on <= day, or_(Position.until_on.is_(None), Position.until_on > day)


def _line(row: Enterprise, size_was: str | None, is_above_scale: bool) -> RegisterRow:
    return RegisterRow(
        row.id,
        row.name_zh,
        row.name_en,
        row.credit_code,
        row.county,
        row.segment,
        row.size_class,
        size_was,
        is_above_scale,
        row.registered_on,
    )


# --- one enterprise ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dossier:
    """One registered enterprise with everything dated about it, the newest first, and what it stated when admitted.

    `stated` is the submission that was admitted; empty for an enterprise that came in another way.
    """

    row: Enterprise
    positions: Sequence[Position]
    products: Sequence[Product]
    particulars: Sequence[Particulars]
    statuses: Sequence[AboveScaleStatus]
    sizes: Sequence[SizeStatus]
    designations: Sequence[Designation]
    purposes: Sequence[PurposeAcceptance]
    people: Sequence[Colleague]
    stated: dict[str, Any]

    @property
    def reached(self) -> dict[str, str]:
        """Where it is and whom to ask, as it counts now: the newest entry, or what was stated at registration."""
        newest = self.particulars[0] if self.particulars else None
        return {name: getattr(newest, name) if newest else str(self.stated.get(name, "")) for name in REACHED_BY}

    @property
    def present_products(self) -> list[Product]:
        return [product for product in self.products if product.until_on is None]

    @property
    def former_products(self) -> list[Product]:
        """Those that ended last first."""
        ended = [(product.until_on, product) for product in self.products if product.until_on is not None]
        return [product for _, product in sorted(ended, key=lambda pair: pair[0], reverse=True)]

    def above_scale_on(self, day: date) -> AboveScaleStatus | None:
        return next((status for status in self.statuses if status.since_on <= day), None)

    def size_on(self, day: date) -> SizeStatus | None:
        """The class that counts on `day`: before the first one there is, that one."""
        first = self.sizes[-1] if self.sizes else None
        return next((size for size in self.sizes if size.since_on <= day), first)

    def waits_for_size(self, day: date) -> bool:
        """Whether no class was computed yet from 1 January of the day's year on."""
        return not self.sizes or self.sizes[0].since_on < date(day.year, 1, 1)


def dossier(session: Session, enterprise_id: int) -> Dossier:
    """Raises Missing for one that is not in the session's scope, or not registered."""
    row = enterprise(session, enterprise_id)
    if row.status != "registered":
        raise Missing()
    return Dossier(
        row,
        _of(session, Position, enterprise_id, Position.is_primary.desc(), Position.from_on.desc(), Position.segment),
        _of(session, Product, enterprise_id, Product.place, Product.id),
        _of(session, Particulars, enterprise_id, Particulars.id.desc()),
        _of(session, AboveScaleStatus, enterprise_id, AboveScaleStatus.since_on.desc()),
        _of(session, SizeStatus, enterprise_id, SizeStatus.since_on.desc()),
        _of(session, Designation, enterprise_id, Designation.decided_on.desc(), Designation.id.desc()),
        _of(session, PurposeAcceptance, enterprise_id, PurposeAcceptance.purpose, PurposeAcceptance.id),
        colleagues(session, enterprise_id),
        admitted_content(session, enterprise_id),
    )


def _of(session: Session, model: Any, enterprise_id: int, *order: Any) -> Sequence[Any]:
    return session.scalars(select(model).where(model.enterprise_id == enterprise_id).order_by(*order)).all()


def admitted_content(session: Session, enterprise_id: int) -> dict[str, Any]:
    """The submission by which the enterprise came onto the register; empty when there is none."""
    found = session.scalars(
        select(RegistrationVersion)
        .join(Registration, Registration.id == RegistrationVersion.registration_id)
        .join(Case, Case.id == Registration.case_id)
        .where(RegistrationVersion.enterprise_id == enterprise_id)
        .where(Case.kind == Kind.REGISTRATION, Case.state == State.APPROVED)
        .order_by(RegistrationVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return dict(found.content) if found is not None else {}


# --- enrolment codes ---------------------------------------------------------------------------------------------


def enrolment_codes(session: Session, counties: Collection[str]) -> Sequence[EnrolmentCode]:
    """The newest codes that these counties issued. The table is not Scoped: the counties are named here."""
    return session.scalars(
        select(EnrolmentCode)
        .where(EnrolmentCode.county.in_(sorted(counties)))
        .order_by(EnrolmentCode.id.desc())
        .limit(MOST_CODES)
    ).all()


def enrolment_code_by_hash(session: Session, code_hash: str) -> EnrolmentCode | None:
    """Locked, so that a code is used once."""
    return session.scalars(
        select(EnrolmentCode).where(EnrolmentCode.code_hash == code_hash).with_for_update()
    ).one_or_none()
