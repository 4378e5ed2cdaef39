"""Tables of policy support: policies, dated lists, applications with their steps, budgets, awards. No verbs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from ..casework.models import Case
from ..database.base import Base
from ..database.columns import ExactDecimal, Identifier, Instant, JsonDocument, Scoped, Stamped
from ..kernel.clock import now
from ..uploads.models import Upload

YUAN_PLACES = 2
_IS_OPEN = text("state IN ('draft', 'submitted')")


class PolicyVersion(Stamped, Base):
    """One published version of one policy, as the linter let it through. Rows are only ever added.

    Of those whose day has come the one with the latest day stands, of several from one day the highest number.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        CheckConstraint("source IN ('seed', 'edit')", name="source"),
        CheckConstraint("source = 'seed' OR created_by_id IS NOT NULL", name="edit_has_publisher"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), comment="P201")
    number: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the policy")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="the definition, field by field")
    content_hash: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    effective_on: Mapped[date] = mapped_column(Date, comment="first day it stands, Asia/Shanghai")
    source: Mapped[str] = mapped_column(String(8), comment="seed: the definition file; edit: a published draft")
    published_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")


class PolicyDraft(Base):
    """A policy being changed or added: its whole text as it shall read, published by somebody else."""

    __tablename__ = "policy_draft"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'published', 'dropped')", name="state"),
        CheckConstraint("(state IN ('submitted', 'published')) = (submitted_at IS NOT NULL)", name="submitted"),
        CheckConstraint("(state = 'published') = (version_id IS NOT NULL)", name="published"),
        CheckConstraint("(state = 'published') = (published_by_id IS NOT NULL)", name="published_by"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> created_by_id", name="second_person"),
        Index("uq_policy_draft_open", "code", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), comment="P201")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="the whole definition as it shall read")
    base_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey(PolicyVersion.id), comment="policy_version.id it was drafted from; empty: a new policy"
    )
    effective_on: Mapped[date | None] = mapped_column(Date, comment="first day; empty: the day it is published")
    reason: Mapped[str] = mapped_column(Text, comment="why, and from which document")
    state: Mapped[str] = mapped_column(String(12), default="draft", comment="draft → submitted → published")
    version: Mapped[int] = mapped_column(Integer, default=1, comment="grows with every change; refuses stale pages")
    created_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    created_by_id: Mapped[int] = mapped_column(Identifier, comment="account.id of the drafter")
    created_by_name: Mapped[str] = mapped_column(String(200), comment="name as it was then")
    editor_ids: Mapped[list[int]] = mapped_column(JsonDocument, comment="account.id of everybody who typed into it")
    submitted_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    published_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; never the drafter")
    published_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")
    version_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey(PolicyVersion.id), comment="policy_version.id it became"
    )


class DatedList(Stamped, Base):
    """One edition of a list, as the bureau entered it: a list without an edition says nothing about anybody."""

    __tablename__ = "dated_list"
    __table_args__ = (Index("ix_dated_list_list", "list", "dated_on"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    list: Mapped[str] = mapped_column(String(40), comment="code of the list: high-tech, credit-breach …")
    dated_on: Mapped[date] = mapped_column(Date, comment="date of the document")
    source: Mapped[str] = mapped_column(String(200), comment="the document it was taken from")


class DatedListEntry(Scoped, Stamped, Base):
    """One enterprise on one edition of a list."""

    __tablename__ = "dated_list_entry"
    __table_args__ = (UniqueConstraint("dated_list_id", "enterprise_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    dated_list_id: Mapped[int] = mapped_column(Identifier, ForeignKey(DatedList.id), comment="dated_list.id")
    list: Mapped[str] = mapped_column(String(40), comment="code of the list")
    credit_code: Mapped[str] = mapped_column(String(18), comment="as on the list")
    value: Mapped[str] = mapped_column(String(20), default="", comment="class or level, if the list has one")
    dated_on: Mapped[date] = mapped_column(Date, comment="date of the document")
    until_on: Mapped[date | None] = mapped_column(Date, comment="first day no longer; empty while it lasts")


class Application(Scoped, Stamped, Base):
    """One enterprise's application under one policy. Its state is that of the newest step's case."""

    __tablename__ = "support_application"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "policy_code", "ordinal"),
        CheckConstraint("draft_version >= 1", name="draft_version"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    policy_code: Mapped[str] = mapped_column(String(12), comment="P201")
    ordinal: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the enterprise under this policy")
    policy_version_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(PolicyVersion.id), comment="policy_version.id"
    )
    answers: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict, comment="what was typed, by field name")
    draft_version: Mapped[int] = mapped_column(Integer, default=1, comment="rises by one with every save that changes")
    saved_at: Mapped[datetime | None] = mapped_column(Instant(), comment="newest save, instant, UTC")


class ApplicationStep(Scoped, Base):
    """One step of an application: a case of its own, which walks the one machine."""

    __tablename__ = "support_application_step"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(Application.id), comment="support_application.id"
    )
    number: Mapped[int] = mapped_column(Integer, comment="1 county check, 2 city decision")
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), unique=True, comment="review_case.id")


class ApplicationDocument(Scoped, Stamped, Base):
    """One file of an application; of each kind the newest counts."""

    __tablename__ = "support_document"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(Application.id), index=True, comment="support_application.id"
    )
    kind: Mapped[str] = mapped_column(String(20), comment="what it is, by the policy's list of documents")
    upload_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Upload.id), comment="upload.id")


class Submission(Scoped, Base):
    """One submission of an application, for good: answers, documents, and the conditions as they stood then."""

    __tablename__ = "support_submission"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(Application.id), comment="support_application.id"
    )
    number: Mapped[int] = mapped_column(Integer, comment="1, 2 … of the application")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="answers, documents, policy, conditions")
    sha256: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    receipt_no: Mapped[str] = mapped_column(String(24), unique=True, comment="number of the receipt")
    accept_by: Mapped[date] = mapped_column(Date, comment="promised day of the county's check")
    decide_by: Mapped[date] = mapped_column(Date, comment="promised day of the city's decision")
    submitted_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    submitted_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id of the certifier")
    idempotency_key: Mapped[str] = mapped_column(
        String(64), unique=True, comment="of the post that made it: a repeated post finds its submission"
    )


class BudgetLine(Stamped, Base):
    """What may be granted under one policy in one year, by its source. `committed` never passes `amount`."""

    __tablename__ = "budget_line"
    __table_args__ = (
        UniqueConstraint("policy_code", "year"),
        CheckConstraint("committed >= 0 AND committed <= amount", name="never_exceeded"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    policy_code: Mapped[str] = mapped_column(String(12), comment="P201")
    year: Mapped[int] = mapped_column(Integer, comment="budget year")
    amount: Mapped[Decimal] = mapped_column(ExactDecimal(YUAN_PLACES), comment="yuan")
    committed: Mapped[Decimal] = mapped_column(ExactDecimal(YUAN_PLACES), default=Decimal(0), comment="yuan granted")
    source: Mapped[str] = mapped_column(String(200), comment="the document it was taken from")


class Award(Scoped, Stamped, Base):
    """What was granted by the city's decision. Rows are never changed."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_award_enterprise_policy", "enterprise_id", "policy_code", "year"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(Application.id), unique=True, comment="support_application.id"
    )
    case_id: Mapped[int] = mapped_column(Identifier, ForeignKey(Case.id), comment="review_case.id of the decision")
    policy_code: Mapped[str] = mapped_column(String(12), comment="P201")
    policy_version_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey(PolicyVersion.id), comment="policy_version.id"
    )
    budget_line_id: Mapped[int | None] = mapped_column(
        Identifier, ForeignKey(BudgetLine.id), comment="budget_line.id; empty for a designation"
    )
    year: Mapped[int] = mapped_column(Integer, comment="budget year")
    amount: Mapped[Decimal] = mapped_column(ExactDecimal(YUAN_PLACES), comment="yuan; 0 for a designation")
    reckoning: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="how the amount came about, in words")
    decision_no: Mapped[str] = mapped_column(String(30), unique=True, comment="number of the decision")
    decided_on: Mapped[date] = mapped_column(Date, comment="day of the decision")
    holder: Mapped[str] = mapped_column(String(200), comment="the enterprise's name as it was then")
    credit_code: Mapped[str] = mapped_column(String(18), comment="its unified social credit code")


def _refuse_change(mapper: Any, connection: Any, row: PolicyVersion) -> None:
    raise ValueError("a published version of a policy never changes")


for _verb in ("before_update", "before_delete"):
    event.listen(PolicyVersion, _verb, _refuse_change)
