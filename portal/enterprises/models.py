"""Tables of enterprises: the register, dated facts about it, memberships, registrations. No verbs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from ..casework.models import Case
from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant, JsonDocument, Scoped, Stamped
from ..uploads.models import Upload
from .credit_code import sql_check

STATUSES = ("prospective", "registered", "merged")
POSTS = ("preparer", "certifier")
MEMBERSHIP_STATES = ("pending", "active", "ended")
DESIGNATIONS = ("chain-leading", "key")
SIZE_BASES = ("stated", "filings")


def _among(column: str, members: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(member) for member in members)})"


class Enterprise(Scoped, Stamped, Base):
    """An enterprise on the register, or one that applies to be. Its own id is what its rows are scoped by.

    `prospective` rows belong to one applicant; a code is unique only among registered ones. `merged` rows were claims
    to an enterprise that was registered already.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        CheckConstraint(_among("status", STATUSES), name="status"),
        CheckConstraint(
            f"status <> 'registered' OR override_reason IS NOT NULL OR ({sql_check('credit_code', 'instr')})",
            name="credit_code_sqlite",
        ).ddl_if(dialect="sqlite"),
        CheckConstraint(
            f"status <> 'registered' OR override_reason IS NOT NULL OR ({sql_check('credit_code', 'strpos')})",
            name="credit_code_postgresql",
        ).ddl_if(dialect="postgresql"),
        Index(
            "uq_enterprise_registered_code",
            "credit_code",
            unique=True,
            sqlite_where=text("status = 'registered'"),
            postgresql_where=text("status = 'registered'"),
        ),
        Index("ix_enterprise_county_status", "county", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    enterprise_id: Mapped[int] = synonym("id")
    credit_code: Mapped[str] = mapped_column(String(18), index=True, comment="unified social credit code, compact")
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a county lead accepts an uncheckable code")
    name_zh: Mapped[str] = mapped_column(String(200), comment="name as on the licence")
    name_en: Mapped[str] = mapped_column(String(200), default="", comment="English name, if it has one")
    status: Mapped[str] = mapped_column(String(12), comment="prospective, registered, merged")
    registered_county: Mapped[str] = mapped_column(String(12), default="", comment="county of the licence, GB/T 2260")
    segment: Mapped[str] = mapped_column(String(16), default="00", comment="primary position; NN-x, 00, 00-CLUSTER")
    gb_class: Mapped[str] = mapped_column(String(4), default="", comment="main class, GB/T 4754")
    founded_on: Mapped[date | None] = mapped_column(Date, comment="day of founding")
    size_class: Mapped[str] = mapped_column(String(1), default="X", comment="L M S X, computed, as of 1 January")
    size_class_on: Mapped[date | None] = mapped_column(Date, comment="1 January from which the size class counts")
    staff: Mapped[int | None] = mapped_column(Integer, comment="persons, last complete year, as stated")
    revenue: Mapped[Decimal | None] = mapped_column(ExactDecimal(2), comment="万元, last complete year, as stated")
    figures_year: Mapped[int | None] = mapped_column(Integer, comment="the year of staff, revenue and base output")
    base_output: Mapped[Decimal | None] = mapped_column(
        ExactDecimal(2),
        comment="gross output (not industry: revenue) of that year, 万元; weight before the first filing",
    )
    registered_on: Mapped[date | None] = mapped_column(Date, comment="day of admission")


class Membership(Stamped, Base):
    """A person acts for an enterprise in one post. Not Scoped: it is what scopes are made of."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(_among("post", POSTS), name="post"),
        CheckConstraint(_among("state", MEMBERSHIP_STATES), name="state"),
        Index(
            "uq_membership_standing",
            "account_id",
            "enterprise_id",
            "post",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[int] = mapped_column(Identifier, index=True, comment="account.id")
    enterprise_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Enterprise.id), index=True)
    post: Mapped[str] = mapped_column(String(12), comment="preparer or certifier")
    state: Mapped[str] = mapped_column(String(10), default="pending", comment="pending, active, ended")
    ended_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")


class AboveScaleStatus(Scoped, Stamped, Base):
    """Whether an enterprise is on the above-scale list, from a day on, as the officer entered it with its source."""

    __tablename__ = "above_scale_status"
    __table_args__ = (UniqueConstraint("enterprise_id", "since_on"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    is_above_scale: Mapped[bool] = mapped_column(comment="on the list from this day")
    since_on: Mapped[date] = mapped_column(Date, comment="first day of the status")
    source: Mapped[str] = mapped_column(String(200), comment="the list or document it was taken from")


class SizeStatus(Scoped, Stamped, Base):
    """The size class of an enterprise from a 1 January on, with the two figures of the year before and whose they are.

    `enterprise.size_class` repeats the newest one.
    """

    __tablename__ = "size_status"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "since_on"),
        CheckConstraint(_among("basis", SIZE_BASES), name="basis"),
        CheckConstraint(_among("size_class", ("L", "M", "S", "X")), name="size_class"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    size_class: Mapped[str] = mapped_column(String(1), comment="L M S X, by the size rules")
    since_on: Mapped[date] = mapped_column(Date, comment="1 January; the figures are of the year before")
    staff: Mapped[int] = mapped_column(Integer, comment="persons, end of that year")
    revenue: Mapped[Decimal] = mapped_column(ExactDecimal(2), comment="万元, that year")
    gb_class: Mapped[str] = mapped_column(String(4), comment="main class whose rule it was computed by")
    basis: Mapped[str] = mapped_column(String(8), comment="stated at registration, or sum of approved filings")


class Position(Scoped, Stamped, Base):
    """A place on a chain, from a day until a day. The primary one decides statistics, the others draw the map."""

    __tablename__ = "position"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="span"),
        Index("ix_position_segment", "segment", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    segment: Mapped[str] = mapped_column(String(16), comment="segment code; NN-x, 00, 00-CLUSTER")
    is_primary: Mapped[bool] = mapped_column(comment="decides statistics")
    from_on: Mapped[date] = mapped_column(Date, comment="first day")
    until_on: Mapped[date | None] = mapped_column(Date, comment="first day no longer; empty while it lasts")


class Product(Scoped, Stamped, Base):
    """A main product, as the enterprise names it, from a day until a day."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="span"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), comment="as the enterprise calls it")
    place: Mapped[int] = mapped_column(Integer, comment="1, 2 … in the enterprise's own order")
    from_on: Mapped[date] = mapped_column(Date, comment="first day")
    until_on: Mapped[date | None] = mapped_column(Date, comment="first day no longer; empty while it lasts")


class Particulars(Scoped, Stamped, Base):
    """Where an enterprise is and whom to ask there, as it entered it itself. The newest row counts, the others stay.

    Before the first one, what was stated at registration counts.
    """

    __tablename__ = "particulars"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    address: Mapped[str] = mapped_column(String(200), comment="place of business")
    contact_name: Mapped[str] = mapped_column(String(50), comment="whom to ask")
    contact_phone: Mapped[str] = mapped_column(String(30), comment="under which number")


class Designation(Scoped, Stamped, Base):
    """Chain-leading or key enterprise, by a decision document. Never self-declared."""

    __tablename__ = "designation"
    __table_args__ = (CheckConstraint(_among("kind", DESIGNATIONS), name="kind"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), comment="chain-leading or key")
    for_chain: Mapped[str] = mapped_column(String(4), comment="the chain it is designated for")
    decided_on: Mapped[date] = mapped_column(Date, comment="date of the document")
    document_no: Mapped[str] = mapped_column(String(100), comment="number of the document")
    until_on: Mapped[date | None] = mapped_column(Date, comment="first day no longer; empty while it lasts")


class Registration(Scoped, Stamped, Base):
    """What an applicant typed, field by field, beside its case."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), unique=True, comment="review_case.id")
    document: Mapped[dict[str, Any]] = mapped_column(
        JsonDocument, default=dict, comment="what was typed, by field name"
    )
    draft_version: Mapped[int] = mapped_column(Integer, default=1, comment="rises with every save that changes")
    saved_at: Mapped[datetime | None] = mapped_column(Instant(), comment="newest save, instant, UTC")
    enrolment_id: Mapped[int | None] = mapped_column(Identifier, comment="enrolment_code.id that was used as proof")


class RegistrationVersion(Scoped, Base):
    """One submission of a registration, for good."""

    __tablename__ = "registration_version"
    __table_args__ = (UniqueConstraint("registration_id", "number"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    registration_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Registration.id))
    number: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the registration")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="canonical content")
    sha256: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    enrolled: Mapped[bool] = mapped_column(default=False, comment="proved by an enrolment code of the county")
    licence_id: Mapped[int | None] = mapped_column(Identifier, ForeignKey(Upload.id), comment="proved by this upload")
    submitted_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    submitted_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True, comment="of the post that made it")


class PurposeAcceptance(Scoped, Base):
    """That an enterprise accepted one purpose of the data in one wording, and when it took that back."""

    __tablename__ = "purpose_acceptance"
    __table_args__ = (
        Index(
            "uq_purpose_acceptance_standing",
            "enterprise_id",
            "purpose",
            "version",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(4), comment="P1, P2 or P3")
    version: Mapped[str] = mapped_column(String(12), comment="wording that was accepted")
    accepted_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    accepted_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC; empty while it stands")


class EnrolmentCode(Stamped, Base):
    """A code the county gives to an enterprise on its list: proves the first account instead of a licence.

    Not Scoped: whoever uses it has no county yet. The officer's list names the county itself.
    """

    __tablename__ = "enrolment_code"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    county: Mapped[str] = mapped_column(String(12), index=True, comment="reporting unit whose officer made it")
    credit_code: Mapped[str] = mapped_column(String(18), index=True, comment="the enterprise it was made for")
    name: Mapped[str] = mapped_column(String(200), comment="the enterprise's name on the county's list")
    code_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the code, hex")
    expires_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    used_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC; empty while unused")
    used_for_id: Mapped[int | None] = mapped_column(Identifier, comment="enterprise.id it proved the first account of")
