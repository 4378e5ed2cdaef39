"""What came of a load: counts, totals, and one digest over every row that the arguments decide."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    Text,
    cast,
    func,
    literal,
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
from ..database.columns import ExactDecimal
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
from ..statistics.models_release import Release, ReleaseCell, ReleaseLine
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
    _stable(Paper, "token"),
    *(_stable(kind, "id", order="quarter") for kind in (Cell, CellDue)),
    _stable(DueEnterprise),
    _stable(ChainRate, "made_at", order="chain"),
    _stable(PanelCell, "id", order="quarter"),
    _stable(Release, "prepared_at", "released_at"),
    *(_stable(kind, "id", order="release_id") for kind in (ReleaseLine, ReleaseCell)),
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
        is_plain = all(isinstance(column.type, _PLAIN) for column in _columns(stable))
        texts = _lines(session, stable) if is_plain else map(_WRITE, _rows(session, stable))
        while part := list(islice(texts, GROUP)):
            whole.update("\n".join(part).encode() + b"\n")
    return whole.hexdigest()


def _columns(stable: Stable) -> list[Any]:
    table: Any = stable.kind.__table__
    return [column for column in table.columns if column.name not in stable.without]


def _rows(session: Session, stable: Stable) -> Iterator[tuple[Any, ...]]:
    """The table's rows in an order that no database decides."""
    columns = _columns(stable)
    order = [stable.kind.__table__.c[name] for name in stable.order]
    said: list[Any] = [_exact(column) for column in columns]
    statement: Select[Any] = select(*said, *(column.label(f"by_{column.name}") for column in order)).order_by(*order)
    if stable.kind is AuditEvent:
        statement = statement.where(_PAST)
    rows = session.execute(statement.execution_options(yield_per=GROUP))
    wide = len(columns)
    if stable.order == ("id",):
        yield from (tuple(row)[:wide] for row in rows)
        return
    # A document's names come back in the order of the database: it is compared as it is written.
    text: Callable[[Any], str] = _WRITE if any(isinstance(c.type, JSON) for c in columns) else repr
    for _, group in groupby(rows, key=lambda row: row[wide:]):
        equal = [tuple(row)[:wide] for row in group]
        yield from equal if len(equal) == 1 else sorted(equal, key=text)


def _lines(session: Session, stable: Stable) -> Iterator[str]:
    """The same of a table whose every column both databases write alike: a row comes as one text, which is quicker."""
    line, order = _line(_columns(stable)), [stable.kind.__table__.c[name] for name in stable.order]
    if stable.order == ("id",):
        only = select(line) if stable.kind is not AuditEvent else select(line).where(_PAST)
        yield from session.scalars(only.order_by(*order).execution_options(yield_per=GROUP))
        return
    rows = session.execute(select(line, *order).order_by(*order).execution_options(yield_per=GROUP))
    for _, group in groupby(rows, key=lambda row: row[1:]):
        yield from sorted(row[0] for row in group)


_PLAIN = (Integer, String, ExactDecimal, Boolean)


def _line(columns: list[Any]) -> ColumnElement[str]:
    line: ColumnElement[str] = literal("")
    for column in columns:
        line = line.concat("|").concat(func.coalesce(cast(_exact(column), Text), "~"))
    return line


def _exact(column: Any) -> Any:
    """A decimal as the whole number it is kept as, yes and no as 1 and 0: the same on both databases, and quick."""
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    return type_coerce(column, BigInteger) if isinstance(column.type, ExactDecimal) else column


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in the digest")


_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode


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
