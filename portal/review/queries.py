"""Reads of the desk: the queue's page, its counts, the next case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, bindparam, func, null, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnElement

from ..accounts.models import Account
from ..casework.models import Case, Remark
from ..database.scope import Confined
from ..enterprises.models import Enterprise
from ..filing.models import FilingVersion
from ..kernel.workflow import IN_REVIEW, Kind, State
from ..support.models import Application, ApplicationStep, PolicyVersion, Submission
from ..support.queries_listed import STAMP
from .queries_list import (
    FIRST,
    LAST,
    NEWEST_FIRST,
    Beside,
    Position,
    Shape,
    asked,
    belongs,
    counted_rows,
    due_column,
    members,
    named_as_in,
    shape_of,
    soon_of,
    stands,
)
from .rules import COUNT_CAP, Filters, Section, Tab

PAGE = 50


class QueueRow(NamedTuple):
    """One line of the queue. `due_on` is the office's day, or the enterprise's for a returned case.

    `enterprise_name_en` is the enterprise's English name while its Chinese one is that of the case. `flag_keys`, a list
    in JSON, are of the newest submission, by the `edition` and `rule_set` that checked it. Of an application: the code
    of its policy, the hash of the version it was begun under, and the figure that it was submitted with last. `before`
    and `listed` are the same on every line: how many stand before the first line, and in the list, if it is numbered.
    """

    id: int
    kind: Kind
    state: State
    version: int
    quarter: int | None
    enterprise_name: str
    credit_code: str
    county: str
    chain: str
    segment: str
    flags: int
    headline: Decimal | None
    headline_growth: Decimal | None
    submitted_at: datetime | None
    due_on: date | None
    is_late: bool
    claimed_by_id: int | None
    reviewer: str | None
    questions: int
    enterprise_name_en: str | None = None
    flag_keys: str | None = None
    edition: str | None = None
    rule_set: str | None = None
    policy_code: str | None = None
    policy_hash: str | None = None
    claim: str | None = None
    before: int | None = None
    listed: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in IN_REVIEW


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list; how many stand before them, and in the list, each counted up to one above COUNT_CAP. None where
    that was not asked."""

    rows: Sequence[QueueRow]
    before: int | None = None
    count: int | None = None


# --- the rows ----------------------------------------------------------------------------------------------------


@cache
def _rows(shape: Shape) -> Confined:
    """The statement of one list, built once: the parts that a filter adds are in its shape, never its values."""
    table, section, tab = Case.__table__.alias("c"), shape.section, shape.tab
    known, at = Enterprise.__table__.alias("e"), due_column(table, tab)

    def build(beside: Beside) -> Select[Any]:
        source: Any = table.outerjoin(Account.__table__, Account.__table__.c.id == table.c.claimed_by_id)
        source = source.outerjoin(known, named_as_in(table, known) & beside(known))
        others: dict[str, Any] = {
            "due_on": at.label("due_on"),
            "reviewer": Account.__table__.c.display_name.label("reviewer"),
            "questions": _questions(table, beside).label("questions"),
            "enterprise_name_en": known.c.name_en.label("enterprise_name_en"),
        }
        if section is Section.FILING:
            sent, is_newest = _newest(table, beside)
            source = source.outerjoin(sent, is_newest)
            said = sent.c.content
            read = {"flag_keys": "flags", "edition": "edition", "rule_set": "rule_set"}
            others |= {name: said[key].as_string().label(name) for name, key in read.items()}
        if section is Section.APPLICATION:
            source, applied = _applied(source, table, beside)
            others |= applied
        others |= _numbers(shape, beside) if shape.is_numbered else {}
        missing = {name: null().label(name) for name in QueueRow._fields if name not in table.c}
        others = missing | others
        columns = [others[name] if name in others else table.c[name] for name in QueueRow._fields]  # read by place
        statement = select(*columns).select_from(source).where(*belongs(table, known, shape, beside), beside(table))
        return _ordered(statement, table, at, tab in NEWEST_FIRST)

    return Confined.nested(build)


def _applied(source: Any, table: Any, beside: Beside) -> tuple[Any, dict[str, Any]]:
    """The application that a case is a step of, its policy's version and its newest submission, joined to the rows."""
    step, applied = ApplicationStep.__table__.alias("st"), Application.__table__.alias("ap")
    policy, sent, other = (
        PolicyVersion.__table__.alias("pv"),
        Submission.__table__.alias("su"),
        Submission.__table__.alias("so"),
    )
    number = select(func.max(other.c.number)).where(other.c.application_id == applied.c.id, beside(other))
    is_newest = (sent.c.application_id == applied.c.id) & (sent.c.number == number.scalar_subquery()) & beside(sent)
    source = source.outerjoin(step, (step.c.case_id == table.c.id) & beside(step))
    source = source.outerjoin(applied, (applied.c.id == step.c.application_id) & beside(applied))
    source = source.outerjoin(policy, policy.c.id == applied.c.policy_version_id).outerjoin(sent, is_newest)
    return source, {
        "policy_code": applied.c.policy_code,
        "policy_hash": policy.c.content_hash.label("policy_hash"),
        "claim": sent.c.content["answers", "claim"].as_string().label("claim"),
    }


def _questions(table: Any, beside: Beside) -> Any:
    """How many questions the enterprise has not answered."""
    asked = Remark.__table__.alias("r")
    is_open = (asked.c.author_side == "officer", asked.c.reply.is_(None), asked.c.closed_at.is_(None))
    found = select(func.count()).select_from(asked).where(asked.c.case_id == table.c.id, *is_open, beside(asked))
    return found.scalar_subquery()


def _newest(table: Any, beside: Beside) -> tuple[Any, ColumnElement[bool]]:
    """The newest submission of a flagged filing, and what joins it: a clean one has no flags to be named."""
    sent, other = FilingVersion.__table__.alias("v"), FilingVersion.__table__.alias("o")
    number = select(func.max(other.c.number)).where(other.c.case_id == table.c.id, beside(other)).scalar_subquery()
    return sent, (table.c.flags > 0) & (sent.c.case_id == table.c.id) & (sent.c.number == number) & beside(sent)


def _numbers(shape: Shape, beside: Beside) -> dict[str, Any]:
    """Found once a statement and not once a row: neither looks at the row."""
    earlier, every = members("b", shape, beside), members("n", shape, beside)
    passed = earlier.rows.where(earlier.before("after_day", "after_id", inclusive=True))
    return {
        "before": counted_rows(passed, "n_before").label("before"),
        "listed": counted_rows(every.rows, "n_all").label("listed"),
    }


def _ordered(statement: Select[Any], table: Any, at: Any, newest_first: bool) -> Select[Any]:
    key = tuple_(at, table.c.id)
    mark = tuple_(bindparam("after_day", type_=Date()), bindparam("after_id", type_=table.c.id.type))
    if newest_first:
        statement = statement.where(key < mark).order_by(at.desc(), table.c.id.desc())
    else:
        statement = statement.where(key > mark).order_by(at, table.c.id)
    return statement.limit(bindparam("size", type_=Integer()))


def queue(
    session: Session,
    section: Section,
    tab: Tab,
    *,
    me: int | None,
    today: date,
    filters: Filters | None = None,
    after: Position | None = None,
    size: int = PAGE,
) -> Sequence[QueueRow]:
    """Up to `size` rows after the position `after`, by due day (newest first where all is decided)."""
    filters = filters or Filters()
    soon = soon_of(session, filters, today)
    return listed(session, shape_of(section, tab, filters), asked(filters, me, today, soon), after, size).rows


def listed(session: Session, shape: Shape, values: Mapping[str, Any], after: Position | None, size: int) -> Listed:
    """The same, with the numbers that the shape asks for. One statement."""
    start = after or (LAST if shape.tab in NEWEST_FIRST else FIRST)
    values = {**values, "after_day": start[0], "after_id": start[1], "size": size}
    rows: Sequence[QueueRow] = _rows(shape).rows(session, values, QueueRow._make)
    return Listed(rows, rows[0].before, rows[0].listed) if rows else Listed(rows)


# --- the counts --------------------------------------------------------------------------------------------------


def _count_each(lists: Sequence[tuple[Section, Tab]]) -> Callable[[Beside], Select[Any]]:
    """One statement that counts each of the lists up to one above the cap, each along the index of its rows."""

    def build(beside: Beside) -> Select[Any]:
        columns = []
        for section, tab in lists:
            name = _LISTS[section, tab].replace(".", "_")
            table = Case.__table__.alias(name)
            found = select(table.c.id).where(*stands(table, section, tab), beside(table)).limit(COUNT_CAP + 1)
            number = select(func.count()).select_from(found.subquery(f"n_{name}"))
            columns.append(number.scalar_subquery().label(_LISTS[section, tab]))
        return select(*columns, STAMP.label("policies"))

    return build


_LISTS = {(section, tab): f"{section.value}.{tab.value}" for section in Section for tab in Tab}
Counts = dict[tuple[Section, Tab], int]


def _shown_beside(section: Section) -> list[tuple[Section, Tab]]:
    """The lists whose numbers stand on a page of the section: its own tabs, and what waits in the others."""
    return [(kind, tab) for kind, tab in _LISTS if kind is section or tab is Tab.ALL]


SHOWN = {section: _shown_beside(section) for section in Section}
COUNT_SHOWN = {section: _count_each(lists) for section, lists in SHOWN.items()}
_COUNTS = {section: Confined.nested(count) for section, count in COUNT_SHOWN.items()}
_WAITING = Confined.nested(_count_each([(section, Tab.ALL) for section in Section]))


def counts(session: Session, section: Section, me: int | None, today: date) -> Counts:
    """How many cases each tab of the section holds, and the first of each other one, counted up to one above
    COUNT_CAP. One statement."""
    (row,) = _COUNTS[section].mappings(session, {"me": me, "today": today})
    return keep(session, section, row)


def keep(session: Session, section: Section, row: Mapping[Any, Any]) -> Counts:
    """The counts of a row of `COUNT_SHOWN`, kept for the session with what the newest version of a policy is called."""
    session.info["policies"] = row["policies"] or ""
    found: Counts = {key: row[_LISTS[key]] for key in SHOWN[section]}
    session.info["review_counts"] = found
    return found


def policies_stamp(session: Session) -> str:
    """As `counts` read it."""
    stamp: str = session.info["policies"]
    return stamp


def waiting(session: Session, me: int | None, today: date) -> dict[str, int]:
    """What waits in each section, by its name: for the side navigation, which stands on every page of an officer."""
    kept: Counts | None = session.info.get("review_counts")
    if kept is not None:
        return {section.value: kept[section, Tab.ALL] for section in Section}
    (row,) = _WAITING.mappings(session)
    return {section.value: row[f"{section.value}.all"] for section in Section}
