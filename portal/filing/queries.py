"""Reading filings: what is due, one filing with its past, versions and receipts, the sheet an officer reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, String, bindparam, cast, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from ..casework.models import Case, Remark
from ..catalogue.models import FilingWindow
from ..database.columns import ExactDecimal, JsonDocument
from ..database.scope import Confined
from ..kernel.clock import local
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.workflow import EDITABLE, State
from ..questionnaire.context import Context
from ..questionnaire.edition import Edition
from ..questionnaire.store import edition as edition_of
from .estimate import Rate, own
from .evidence import Subject
from .models import VALUE_PLACES, Fact, Filing, FilingVersion
from .models_lock import QuarterAcceptance
from .past import Earlier, context_of
from .queries_class import Counted, chain_rate, class_columns, counted, with_owner
from .queries_lock import is_of
from .rules import Window

_F, _C, _R = Filing.__table__.alias("f"), Case.__table__.alias("c"), Remark.__table__.alias("r")
_V, _A, _W = FilingVersion.__table__.alias("v"), Fact.__table__.alias("a"), FilingWindow.__table__.alias("w")
LISTED = 24


@dataclass(frozen=True, slots=True)
class Due:
    """One quarter of the task list: its window, the filing as far as it has come, and since when it is locked."""

    quarter: Quarter
    window: Window
    state: State | None
    reply_due_on: date | None
    is_late: bool
    saved_at: datetime | None
    submitted_at: datetime | None
    locked_on: date | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A remark on the filing, at a row or (field None) on the whole."""

    id: int
    field: str | None
    text: str
    side: str
    opened_at: datetime
    reply: str | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One filing as it stands: its draft, its case, its window, what was asked about it.

    `counted` is what it is judged as now: until it is sent, as what the enterprise counts today in the quarter.
    """

    filing_id: int
    case_id: int
    enterprise_id: int
    county: str
    chain: str
    enterprise_name: str
    credit_code: str
    quarter: Quarter
    edition: str
    rule_set: str
    respondent_class: str
    size_class: str
    segment: str
    draft: dict[str, str]
    draft_version: int
    saved_at: datetime | None
    state: State
    case_version: int
    reply_due_on: date | None
    locked_on: date | None
    review_due_on: date | None
    submitted_at: datetime | None
    is_late: bool
    window: Window | None
    talk: tuple[Talk, ...]
    counted: Counted
    rate: Rate | None


def _standing(beside: Any) -> Select[Any]:
    of = bindparam("of", type_=Integer())
    tables = _F.join(_C, _C.c.id == _F.c.case_id).outerjoin(_W, _W.c.quarter == _F.c.quarter)
    tables = tables.outerjoin(_R, (_R.c.case_id == _C.c.id) & beside(_R))
    return (
        select(
            *(_F.c[n] for n in "enterprise_id county chain quarter edition rule_set respondent_class".split()),
            *(_F.c[n] for n in "size_class segment draft draft_version saved_at case_id".split()),
            _F.c.id.label("filing_id"),
            *(_C.c[n] for n in "enterprise_name credit_code state submitted_at reply_due_on locked_on is_late".split()),
            _C.c.version.label("case_version"),
            _C.c.due_on.label("review_due_on"),
            *(_W.c[n].label(f"window_{n}") for n in ("opens_at", "due_on", "locks_on")),
            *(_R.c[n].label(f"talk_{n}") for n in "id field text author_side opened_at reply closed_at".split()),
            *class_columns(of, bindparam("day", type_=Date()), beside),
        )
        .select_from(with_owner(tables, _F.c.enterprise_id, beside))
        .where(_F.c.enterprise_id == of, _F.c.quarter == bindparam("quarter", type_=Integer()), beside(_F), beside(_C))
        .order_by(_R.c.id)
    )


_STANDING = Confined.nested(_standing)
_PLAIN = "filing_id case_id enterprise_id county chain enterprise_name credit_code edition rule_set".split()
_PLAIN += "respondent_class size_class segment draft draft_version saved_at state case_version".split()
_PLAIN += "reply_due_on locked_on review_due_on submitted_at is_late".split()


def standing(session: Session, enterprise_id: int, quarter: Quarter) -> Standing | None:
    """The enterprise's filing of the quarter, or None while it has not been started. One statement."""
    values = {"of": enterprise_id, "quarter": quarter.code, "day": quarter.first_day}
    rows = _STANDING.rows(session, values)
    if not rows:
        return None
    row = rows[0]._asdict()
    window = None
    if row["window_opens_at"] is not None:
        window = Window(row["window_opens_at"], row["window_due_on"], row["window_locks_on"])
    talk = tuple(
        Talk(
            r.talk_id,
            r.talk_field,
            r.talk_text,
            r.talk_author_side,
            r.talk_opened_at,
            r.talk_reply,
            r.talk_closed_at is not None,
        )
        for r in rows
        if r.talk_id is not None
    )
    plain, judged = {name: row[name] for name in _PLAIN}, _judged(session, quarter, row)
    plain["draft"] = own(plain["draft"], judged.respondent_class)
    return Standing(quarter=quarter, window=window, talk=talk, counted=judged, rate=chain_rate(row), **plain)


def _judged(session: Session, quarter: Quarter, row: Any) -> Counted:
    """What was sent stays what it was sent as; an enterprise out of the reader's sight cannot be asked."""
    if row["state"] not in EDITABLE | {State.TO_CERTIFY} or row["counted_gb_class"] is None:
        return Counted(row["respondent_class"], row["size_class"], row["segment"])
    return counted(session, quarter, row)


def _earlier(beside: Any) -> Select[Any]:
    versions = (
        select(
            _V.c.quarter,
            _V.c.content,
            cast(null(), String(8)).label("indicator"),
            cast(null(), ExactDecimal(VALUE_PLACES)).label("value"),
            _V.c.number,
        )
        .select_from(_V.join(_C, _C.c.id == _V.c.case_id))
        .where(_V.c.enterprise_id == bindparam("of", type_=Integer()), beside(_V), beside(_C))
        .where(_V.c.quarter.in_([bindparam(n) for n in ("one", "two", "three", "year")]), _C.c.state != State.VOID)
    )
    stated = select(
        _A.c.quarter, cast(null(), JsonDocument).label("content"), _A.c.indicator, _A.c.value, cast(null(), Integer())
    ).where(
        # Always so. With the sum, which no index serves, it leads SQLite in every scope to the index of enterprise,
        # indicator and quarter: past the enterprise's other quarters and the other enterprises' figures.
        _A.c.enterprise_id == bindparam("of", type_=Integer()),
        _A.c.indicator > "",
        _A.c.quarter + literal_column("0", Integer()) == bindparam("year", type_=Integer()),
        _A.c.basis == "stated",
        beside(_A),
    )
    return union_all(versions, stated).order_by("quarter", "number")  # type: ignore[return-value]


_EARLIER = Confined.nested(_earlier)


def context(session: Session, enterprise_id: int, quarter: Quarter, respondent_class: str) -> Context:
    """The filing's past: newest versions of the year's earlier quarters (in the first, of the quarter before) and of
    the same quarter last year. One statement."""
    earlier = [q.code for q in quarter.year_to_date()[:-1]] or [(quarter - 1).code]
    one, two, three = (earlier + earlier[-1:] * 2)[:3]
    values = {"of": enterprise_id, "one": one, "two": two, "three": three, "year": quarter.same_last_year.code}
    rows = _EARLIER.rows(session, values)
    return context_of(quarter, respondent_class, [Earlier(r.quarter, r.content, r.indicator, r.value) for r in rows])


def edition_for(session: Session, filing: Standing | Filing) -> Edition:
    return edition_of(session, filing.edition, filing.rule_set)


_LIST = Confined(
    select(_F.c.quarter, _F.c.saved_at, *(_C.c[n] for n in "state submitted_at reply_due_on is_late locked_on".split()))
    .select_from(_F.join(_C, _C.c.id == _F.c.case_id))
    .where(_F.c.enterprise_id == bindparam("of", type_=Integer()))
    .order_by(_F.c.quarter.desc())
    .limit(bindparam("most", type_=Integer())),
    _F,
    _C,
)


def filings_due(session: Session, enterprise_id: int, at: datetime) -> list[Due]:
    """Every quarter that was opened so far, newest first, with what the enterprise did about it. Two statements."""
    filed = {row.quarter: row for row in _LIST.execute(session, {"of": enterprise_id, "most": LISTED})}
    columns = FilingWindow.quarter, FilingWindow.opens_at, FilingWindow.due_on, FilingWindow.locks_on
    windows = session.execute(
        select(*columns, QuarterAcceptance.accepted_at)
        .outerjoin(QuarterAcceptance, (QuarterAcceptance.quarter == FilingWindow.quarter) & is_of(enterprise_id))
        .where(FilingWindow.opens_at <= at)
        .order_by(FilingWindow.quarter.desc())
        .limit(LISTED)
    )
    found = []
    for code, opens_at, due_on, locks_on, accepted_at in windows:
        row = filed.get(code)
        window = Window(opens_at, due_on, locks_on)
        rest = (None, None, False, None, None, local(accepted_at).date() if accepted_at else None)
        if row is not None:
            rest = (row.state, row.reply_due_on, row.is_late, row.saved_at, row.submitted_at, row.locked_on)
        found.append(Due(Quarter.from_code(code), window, *rest))
    return found


def versions(session: Session, enterprise_id: int, quarter: Quarter) -> Sequence[FilingVersion]:
    """Newest first."""
    return session.scalars(
        select(FilingVersion)
        .where(FilingVersion.enterprise_id == enterprise_id, FilingVersion.quarter == quarter.code)
        .order_by(FilingVersion.number.desc())
    ).all()


def version(session: Session, enterprise_id: int, quarter: Quarter, number: int | None = None) -> FilingVersion:
    """That version of the filing, by default the newest. Raises Missing."""
    statement = select(FilingVersion).where(
        FilingVersion.enterprise_id == enterprise_id, FilingVersion.quarter == quarter.code
    )
    if number is not None:
        statement = statement.where(FilingVersion.number == number)
    found = session.scalars(statement.order_by(FilingVersion.number.desc()).limit(1)).one_or_none()
    if found is None:
        raise Missing()
    return found


def receipt(session: Session, receipt_no: str) -> FilingVersion:
    """The version a receipt was given for. Raises Missing."""
    found = session.scalars(select(FilingVersion).where(FilingVersion.receipt_no == receipt_no)).one_or_none()
    if found is None:
        raise Missing()
    return found


def whose(filing: Filing, case: Case) -> Subject:
    """Whose filing it is, for the content that is kept of it."""
    return Subject(
        filing.enterprise_id,
        case.enterprise_name,
        case.credit_code,
        filing.county,
        filing.segment,
        filing.size_class,
        filing.edition,
        filing.rule_set,
    )
