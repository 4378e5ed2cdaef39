"""Tables of the catalogue: published versions, drafts, filing windows, the working calendar. None of it is Scoped.

Account ids are plain numbers and names are copied: rooms above hold the accounts.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, JsonDocument
from ..kernel.clock import local, now
from ..kernel.period import Quarter

DRAFT_STATES = ("draft", "submitted", "published", "dropped")
OPEN_STATES = ("draft", "submitted")
_FORMS = ", ".join(f"'{state}'" for state in DRAFT_STATES)


class CatalogueEntry(Base):
    """One published version of one entry. Rows are only ever added: a published version never changes."""

    __tablename__ = "catalogue_entry"
    __table_args__ = (
        UniqueConstraint("kind", "code", "effective_from", "number"),
        CheckConstraint("source IN ('seed', 'edit')", name="source"),
        CheckConstraint("source = 'seed' OR published_by_id IS NOT NULL", name="edit_has_publisher"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), comment="cluster, chain, segment … (kinds.KINDS)")
    code: Mapped[str] = mapped_column(String(20), comment="code of the entry within its kind")
    effective_from: Mapped[int] = mapped_column(comment="first quarter it applies to, as 20263")
    number: Mapped[int] = mapped_column(comment="1, 2 … among versions of this entry from the same quarter")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="names, source, status and the kind's fields")
    content_hash: Mapped[str] = mapped_column(String(64), comment="sha256 of the canonical content, hex")
    source: Mapped[str] = mapped_column(String(8), comment="seed: a definition file; edit: a published draft")
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_draft.id"), comment="the draft it came from")
    published_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    published_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the operator's load")
    published_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")


class CatalogueDraft(Base):
    """A change being prepared: some entries, one effective quarter, one reason; published by somebody else."""

    __tablename__ = "catalogue_draft"
    __table_args__ = (
        CheckConstraint(f"state IN ({_FORMS})", name="state"),
        CheckConstraint("(state IN ('submitted', 'published')) = (submitted_at IS NOT NULL)", name="submitted"),
        CheckConstraint("(state = 'published') = (published_by_id IS NOT NULL)", name="published_by"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> created_by_id", name="second_person"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    title: Mapped[str] = mapped_column(String(200), comment="what the change is, in the drafter's words")
    effective_from: Mapped[int] = mapped_column(comment="first quarter it will apply to, as 20263")
    reason: Mapped[str] = mapped_column(Text, comment="why, and from which document")
    state: Mapped[str] = mapped_column(String(12), index=True, default="draft", comment="draft → submitted → published")
    version: Mapped[int] = mapped_column(default=1, comment="grows with every change; stale pages are refused by it")
    created_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")
    created_by_id: Mapped[int] = mapped_column(Identifier, comment="account.id of the drafter")
    created_by_name: Mapped[str] = mapped_column(String(200), comment="name as it was then")
    editor_ids: Mapped[list[int]] = mapped_column(JsonDocument, comment="account.id of everybody who typed into it")
    submitted_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    published_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    published_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; never the drafter")
    published_by_name: Mapped[str] = mapped_column(String(200), default="", comment="name as it was then")


class CatalogueDraftItem(Base):
    """One entry as the draft wants it. `base_id` is the version it was drafted from; empty for a new entry."""

    __tablename__ = "catalogue_draft_item"
    __table_args__ = (UniqueConstraint("draft_id", "kind", "code"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("catalogue_draft.id"), comment="the draft it belongs to")
    kind: Mapped[str] = mapped_column(String(20), comment="cluster, chain, segment … (kinds.KINDS)")
    code: Mapped[str] = mapped_column(String(20), comment="code of the entry within its kind")
    content: Mapped[dict[str, Any]] = mapped_column(JsonDocument, comment="the whole entry as it shall read")
    base_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_entry.id"), comment="version it was drafted from")


class FilingWindow(Base):
    """When one quarter is filed: opened once, extended with a reason, closed by its lock."""

    __tablename__ = "filing_window"
    __table_args__ = (
        CheckConstraint("due_on <= locks_on", name="due_before_lock"),
        CheckConstraint("first_due_on <= due_on", name="only_extended"),
        CheckConstraint("(due_on = first_due_on) = (extended_at IS NULL)", name="extended"),
    )

    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="quarter filed, as 20263")
    opens_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    due_on: Mapped[date] = mapped_column(comment="last day to file in time, Asia/Shanghai")
    first_due_on: Mapped[date] = mapped_column(comment="the day before any extension")
    locks_on: Mapped[date] = mapped_column(comment="last day a late filing is taken, Asia/Shanghai")
    edition: Mapped[str] = mapped_column(String(20), comment="form edition answered in this window")
    opened_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the system")
    extended_at: Mapped[datetime | None] = mapped_column(Instant(), comment="last extension, UTC")
    extended_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the system")
    extension_reason: Mapped[str] = mapped_column(Text, default="", comment="why it was last extended")

    @property
    def period(self) -> Quarter:
        return Quarter.from_code(self.quarter)

    def takes_filings(self, at: datetime) -> bool:
        """In time or late."""
        return self.opens_at <= at and local(at).date() <= self.locks_on


class CalendarDay(Base):
    """A day that is not what its weekday says, or the day of a month's tax filing limit."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True, comment="the day, Asia/Shanghai")
    is_working: Mapped[bool] = mapped_column(comment="worked (调休) or off")
    is_tax_limit: Mapped[bool] = mapped_column(default=False, comment="the month's tax filing limit by notice")
    title_zh: Mapped[str] = mapped_column(String(100), comment="what it is called, Chinese")
    title_en: Mapped[str] = mapped_column(String(100), comment="what it is called, English")
    source: Mapped[str] = mapped_column(String(8), comment="seed: the definition file; edit: the bureau")
    entered_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the operator's load")
    entered_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")


class CalendarYear(Base):
    """Where the marked days of a year come from, and whether they are confirmed. A year without days may have one."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="calendar year")
    source: Mapped[str] = mapped_column(String(200), comment="code of a source of the catalogue, or its title in words")
    is_confirmed: Mapped[bool] = mapped_column(comment="checked against the notice itself")
    origin: Mapped[str] = mapped_column(String(8), comment="seed: the definition file; edit: the bureau")
    entered_by_id: Mapped[int | None] = mapped_column(Identifier, comment="account.id; empty: the operator's load")
    entered_at: Mapped[datetime] = mapped_column(Instant(), default=now, comment="instant, UTC")


def _refuse_change(mapper: Any, connection: Any, row: CatalogueEntry) -> None:
    raise ValueError("a published version of the catalogue never changes")


for _verb in ("before_update", "before_delete"):
    event.listen(CatalogueEntry, _verb, _refuse_change)
