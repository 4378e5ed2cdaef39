"""Reading the county's list: what was loaded, what a file would change, who is on it and not yet registered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, undefer

from ..accounts.models import Account
from ..catalogue.queries import catalogue_today
from ..kernel.errors import Missing
from ..uploads.models import Upload
from .models import AboveScaleStatus, Enterprise
from .models_roster import NOBODY, RegisterImport, RosterEntry
from .roster_differs import note_differences
from .roster_rules import Entry, Fault, Known, Line, Particulars, Plan, plan_of

PAGE_SIZE = 100
MOST_IMPORTS = 20
AT_ONCE = 500
Item = TypeVar("Item")


def roster_entry_of(session: Session, county: str, credit_code: str) -> RosterEntry | None:
    return session.scalars(
        select(RosterEntry).where(RosterEntry.county == county, RosterEntry.credit_code == credit_code)
    ).one_or_none()


def unregistered(session: Session, after: tuple[str, int] | None, most: int = PAGE_SIZE + 1) -> Sequence[RosterEntry]:
    """Entries of the scope that no registration was admitted for, in order of name."""
    statement = select(RosterEntry).where(RosterEntry.enterprise_id == NOBODY)
    if after is not None:
        statement = statement.where(tuple_(RosterEntry.name, RosterEntry.id) > after)
    return session.scalars(statement.order_by(RosterEntry.name, RosterEntry.id).limit(most)).all()


def unregistered_count(session: Session) -> int:
    return session.scalar(select(func.count(RosterEntry.id)).where(RosterEntry.enterprise_id == NOBODY)) or 0


# --- imports -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list of them."""

    id: int
    county: str
    filename: str
    document_no: str
    listed_on: date
    state: str
    created_at: datetime
    by: str


def imports(session: Session) -> list[ImportLine]:
    """The newest imports of the session's scope."""
    rows = session.execute(
        select(RegisterImport, Upload.filename, Account.display_name)
        .join(Upload, Upload.id == RegisterImport.upload_id)
        .join(Account, Account.id == RegisterImport.created_by_id, isouter=True)
        .order_by(RegisterImport.id.desc())
        .limit(MOST_IMPORTS)
    )
    return [
        ImportLine(i.id, i.county, filename, i.document_no, i.listed_on, i.state, i.created_at, by or "")
        for i, filename, by in rows
    ]


def register_import(session: Session, import_id: int) -> RegisterImport:
    """With all it holds. Raises Missing."""
    found = session.scalars(
        select(RegisterImport)
        .where(RegisterImport.id == import_id)
        .options(undefer(RegisterImport.content), undefer(RegisterImport.result))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Missing()
    return found


def held_import(session: Session, import_id: int) -> RegisterImport:
    """The same while no other list of its unit can be loaded: of two that say the same, the second finds it done."""
    ours = RegisterImport.county == register_import(session, import_id).county
    session.execute(select(RegisterImport.id).where(ours).order_by(RegisterImport.id).with_for_update())
    return register_import(session, import_id)


def left_open(session: Session, before: datetime) -> Sequence[RegisterImport]:
    """Previews from before that instant which nobody has confirmed, locked: one that is confirmed now is left out."""
    statement = select(RegisterImport).where(RegisterImport.state == "open", RegisterImport.created_at < before)
    return session.scalars(statement.order_by(RegisterImport.id).limit(AT_ONCE).with_for_update()).all()


def already_done(session: Session, offered: RegisterImport) -> int | None:
    """The import that loaded the same bytes as the same list, if nothing is left of it to do or to tick."""
    before = session.scalar(
        select(RegisterImport.id)
        .where(
            RegisterImport.county == offered.county,
            RegisterImport.sha256 == offered.sha256,
            RegisterImport.document_no == offered.document_no,
            RegisterImport.listed_on == offered.listed_on,
            RegisterImport.is_complete == offered.is_complete,
            RegisterImport.state == "loaded",
        )
        .order_by(RegisterImport.id.desc())
        .limit(1)
    )
    return before if before is not None and not plan_for(session, offered).changes else None


def faults_of(found: RegisterImport) -> list[Fault]:
    return [Fault.of(kept) for kept in found.content["faults"]]


def plan_for(session: Session, found: RegisterImport) -> Plan:
    """What the file would change now, against the register of the session's scope."""
    content = found.content
    lines = [Line.of(kept) for kept in content["lines"]]
    particulars = Particulars(
        found.listed_on,
        found.is_complete,
        content["columns"],
        frozenset(content["mentioned"]),
        content["knows_all"],
    )
    known, entries = known_of(session, found.county), entries_of(session, found.county)
    plan = plan_of(lines, known, entries, particulars, catalogue_today(session))
    note_differences(plan, lines, known, found.listed_on)
    return plan


def known_of(session: Session, county: str) -> list[Known]:
    """Registered enterprises of a unit (empty: of all in scope) with their statuses, in order of name."""
    ours = Enterprise.status == "registered"
    if county:
        ours &= Enterprise.county == county
    statuses: dict[int, list[tuple[date, bool]]] = {}
    for number, since, is_above in session.execute(
        select(AboveScaleStatus.enterprise_id, AboveScaleStatus.since_on, AboveScaleStatus.is_above_scale)
        .join(Enterprise, Enterprise.id == AboveScaleStatus.enterprise_id)
        .where(ours)
        .order_by(AboveScaleStatus.since_on)
    ):
        statuses.setdefault(number, []).append((since, is_above))
    rows = session.execute(
        select(Enterprise.id, Enterprise.credit_code, Enterprise.name_zh, Enterprise.county, Enterprise.gb_class)
        .where(ours)
        .order_by(Enterprise.name_zh, Enterprise.id)
    )
    return [Known(*row, statuses=tuple(statuses.get(row.id, ()))) for row in rows]


def entries_of(session: Session, county: str) -> list[Entry]:
    """Entries of a unit (empty: of all in scope) that are not registered, in order of name."""
    statement = select(RosterEntry).where(RosterEntry.enterprise_id == NOBODY)
    if county:
        statement = statement.where(RosterEntry.county == county)
    rows = session.scalars(statement.order_by(RosterEntry.name, RosterEntry.id))
    return [Entry(e.id, e.credit_code, e.county, e.name, e.gb_class, e.since_on) for e in rows]


def counties_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The unit of every registered one of these codes. Asked under Scope.everything, like a single code's."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(codes)):
        rows = session.scalars(
            select(Enterprise).where(Enterprise.credit_code.in_(chunk), Enterprise.status == "registered")
        )
        found |= {row.credit_code: row.county for row in rows}
    return found


def enterprises_by_id(session: Session, ids: Collection[int]) -> dict[int, Enterprise]:
    found: dict[int, Enterprise] = {}
    for chunk in chunks(sorted(ids)):
        found |= {row.id: row for row in session.scalars(select(Enterprise).where(Enterprise.id.in_(chunk)))}
    return found


def entries_by_id(session: Session, ids: Collection[int]) -> dict[int, RosterEntry]:
    found: dict[int, RosterEntry] = {}
    for chunk in chunks(sorted(ids)):
        found |= {row.id: row for row in session.scalars(select(RosterEntry).where(RosterEntry.id.in_(chunk)))}
    return found


def chunks(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
