"""What came of a load: counts, totals, and one digest over every row that the arguments decide."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from ..accounts.models import Account, Post
from ..audit.models import AuditEvent
from ..audit.rules import CHAINED
from ..casework.models import Case, Decision, Remark
from ..catalogue.models import CalendarDay, CalendarYear, CatalogueEntry, FilingWindow
from ..certificates.models import Paper
from ..database.base import Base
from ..database.columns import ExactDecimal, Instant
from ..enterprises.models import (
    AboveScaleStatus,
    EnrolmentCode,
    Enterprise,
    Membership,
    Particulars,
    Position,
    Product,
    PurposeAcceptance,
    Registration,
    RegistrationVersion,
    SizeStatus,
)
from ..filing.models import ChainRate, Fact, Filing, FilingVersion
from ..filing.models_lock import QuarterAcceptance
from ..kernel.period import Quarter
from ..notices.models import Notice
from ..questionnaire.models import FormEdition
from ..statistics.models import Cell, CellDue, DueEnterprise
from ..statistics.models_panel import PanelCell
from ..statistics.models_release import Release, ReleaseCell, ReleaseLine, ReleaseTarget
from ..support.models import (
    Application,
    ApplicationDocument,
    ApplicationStep,
    Award,
    BudgetLine,
    DatedList,
    DatedListEntry,
    Submission,
)
from ..uploads.models import Upload

GROUP = 1000
TOTALS = ("101", "107", "201")


@dataclass(frozen=True, slots=True)
class Stable:
    """A table in the digest without the columns that chance or the clock of the load decides, and without those that
    a fingerprint in the same row vouches for.

    Rows stand in `order`; those that are equal in it, in the order of their text.
    """

    kind: type[Base]
    without: frozenset[str] = frozenset()
    order: tuple[str, ...] = ("id",)


def _stable(kind: type[Base], *without: str, order: str = "id") -> Stable:
    return Stable(kind, frozenset(without), tuple(order.split()))


STABLE = (
    _stable(CatalogueEntry, "id", "draft_id", "published_at", order=""),
    _stable(CalendarDay, "entered_at", order="day"),
    _stable(CalendarYear, "entered_at", order="year"),
    _stable(FormEdition, "id", "published_at", order=""),
    _stable(FilingWindow, order="quarter"),
    _stable(Account, "password_hash", "totp_secret"),
    *(_stable(kind) for kind in (Post, Enterprise, Membership, AboveScaleStatus, SizeStatus)),
    *(_stable(kind) for kind in (Position, Product, Particulars, EnrolmentCode)),
    _stable(Upload, "stored_name"),
    _stable(RegistrationVersion, "content"),
    *(_stable(kind) for kind in (Registration, PurposeAcceptance, Case, Remark, Decision)),
    _stable(FilingVersion, "content"),
    *(_stable(kind) for kind in (Filing, Fact, QuarterAcceptance)),
    *(_stable(kind) for kind in (DatedList, DatedListEntry, BudgetLine, ApplicationStep, ApplicationDocument)),
    _stable(Submission),
    *(_stable(kind, "policy_version_id") for kind in (Application, Award)),
    _stable(Paper, "token", "snapshot"),
    *(_stable(kind, "id", order="quarter") for kind in (Cell, CellDue)),
    _stable(DueEnterprise),
    _stable(ChainRate, "made_at", order="chain"),
    _stable(PanelCell, "id", order="quarter"),
    _stable(Release, "prepared_at", "released_at"),
    *(_stable(kind, "id", order="release_id") for kind in (ReleaseLine, ReleaseCell, ReleaseTarget)),
    _stable(Notice, "id", "created_at", "due_at", order=""),
    _stable(AuditEvent, "id", *(name for name in CHAINED if name not in ("stream", "seq"))),
)
# Of the trail only what tells of the past; the load itself is recorded at the clock's instant.
_PAST = AuditEvent.stream.like("case:%") | AuditEvent.stream.like("window:%")


def digest(session: Session) -> str:
    """sha256, hex, over the stable tables; the same on both databases for the same arguments."""
    whole = hashlib.sha256()
    for stable in STABLE:
        whole.update(stable.kind.__tablename__.encode() + b"\n")
        lines = _lines(session, stable)
        while part := list(islice(lines, GROUP)):
            whole.update("\n".join(part).encode() + b"\n")
    return whole.hexdigest()


def _lines(session: Session, stable: Stable) -> Iterator[str]:
    """Each row as one text, put together by the database, in an order that no database decides. A document's names
    come back in the database's order, and so a document is written out here."""
    table: Any = stable.kind.__table__
    columns = [column for column in table.columns if column.name not in stable.without]
    line = _line([c for c in columns if not isinstance(c.type, JSON)], session.get_bind().dialect.name)
    documents = [column for column in columns if isinstance(column.type, JSON)]
    order, is_ordered = [table.c[name] for name in stable.order], stable.order == ("id",)
    by = [] if is_ordered else [column.label(f"by_{column.name}") for column in order]
    statement = select(line, *documents, *by).order_by(*order)
    if stable.kind is AuditEvent:
        statement = statement.where(_PAST)
    rows, wide = _read(session, statement, is_plain=not documents), 1 + len(documents)
    if is_ordered:
        yield from (_text(row, wide) for row in rows)
        return
    for _, equal in groupby(rows, key=lambda row: row[wide:]):
        yield from sorted(_text(row, wide) for row in equal)


def _read(session: Session, statement: Select[Any], *, is_plain: bool) -> Iterator[Any]:
    """The rows; where they are texts and numbers, as the driver gives them: there may be millions."""
    result: Any = session.execute(statement.execution_options(yield_per=GROUP))
    if not is_plain:
        yield from result
        return
    while rows := result.cursor.fetchmany(GROUP):
        yield from rows
    result.close()


def _text(row: Any, wide: int) -> str:
    text: str = row[0]
    return text if wide == 1 else "|".join((text, *map(_WRITE, row[1:wide])))


def _line(columns: list[Any], kind: str) -> ColumnElement[str]:
    """By one call of the database's own: a chain of `||` takes half as long again."""
    cells = [_exact(c, kind) if not c.nullable else func.coalesce(cast(_exact(c, kind), Text), "~") for c in columns]
    if kind == "sqlite":
        return func.printf("|".join(["%s"] * len(cells)), *cells, type_=Text)
    return func.concat_ws("|", *cells, type_=Text)


def _exact(column: Any, kind: str) -> Any:
    """The column as both databases write it alike: a decimal as the whole number it is kept as, an instant in UTC, a
    truth as 1 or 0."""
    if isinstance(column.type, ExactDecimal):
        return type_coerce(column, BigInteger)
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    if isinstance(column.type, Instant) and kind == "postgresql":
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return type_coerce(column, Text) if kind == "sqlite" else column


_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def counts(session: Session) -> dict[str, int]:
    """Rows by table, of the tables in the digest and as far as they are in it."""
    found = {}
    for stable in STABLE:
        statement = select(func.count()).select_from(stable.kind)
        if stable.kind is AuditEvent:
            statement = statement.where(_PAST)
        found[stable.kind.__tablename__] = session.scalar(statement) or 0
    return found


def states(session: Session, quarter: Quarter) -> dict[str, dict[str, int]]:
    """Cases by state: registrations and account requests, and the filings of the open quarter."""
    rows = session.execute(
        select(Case.kind, Case.state, func.count())
        .where(Case.quarter.is_(None) | (Case.quarter == quarter.code))
        .group_by(Case.kind, Case.state)
    )
    found: dict[str, dict[str, int]] = {}
    for kind, state, number in sorted((k.value, s.value, n) for k, s, n in rows):
        found.setdefault(kind, {})[state] = number
    return found


def totals(session: Session) -> dict[str, dict[str, str]]:
    """Sums of all approved facts by quarter, in 万元."""
    rows = session.execute(
        select(Cell.quarter, Cell.indicator, func.sum(Cell.total))
        .where(Cell.indicator.in_(TOTALS))
        .group_by(Cell.quarter, Cell.indicator)
        .order_by(Cell.quarter, Cell.indicator)
    )
    found: dict[str, dict[str, str]] = {}
    for quarter, indicator, total in rows:
        found.setdefault(str(Quarter.from_code(quarter)), {})[indicator] = format(total, "f")
    return found
