"""Reading files of dated lists: what was loaded, what a file would change now, what stands of a list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from ..accounts.models import Account
from ..enterprises.models import Enterprise
from ..enterprises.queries_roster import chunks
from ..enterprises.roster_rules import Fault
from ..kernel.errors import Missing
from ..uploads.models import Upload
from .list_rules import Known, Line, Plan, Standing, plan_of
from .models import DatedList, DatedListEntry
from .models_lists import ListImport
from .reader import list_kinds

MOST_IMPORTS = 20


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list of them."""

    id: int
    list: str
    filename: str
    dated_on: date
    source: str
    state: str
    created_at: datetime
    by: str


def list_imports(session: Session) -> list[ImportLine]:
    """The newest first."""
    rows = session.execute(
        select(ListImport, Upload.filename, Account.display_name)
        .join(Upload, Upload.id == ListImport.upload_id)
        .join(Account, Account.id == ListImport.created_by_id, isouter=True)
        .order_by(ListImport.id.desc())
        .limit(MOST_IMPORTS)
    )
    return [
        ImportLine(i.id, i.list, filename, i.dated_on, i.source, i.state, i.created_at, by or "")
        for i, filename, by in rows
    ]


def list_import(session: Session, import_id: int) -> ListImport:
    """With all it holds. Raises Missing."""
    found = session.scalars(
        select(ListImport)
        .where(ListImport.id == import_id)
        .options(undefer(ListImport.content), undefer(ListImport.result))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Missing()
    return found


def held_import(session: Session, import_id: int) -> ListImport:
    """The same while no other file of its edition can be loaded: of two that say the same, the second finds it done."""
    asked = list_import(session, import_id)
    same = (ListImport.list == asked.list) & (ListImport.dated_on == asked.dated_on)
    session.execute(select(ListImport.id).where(same).order_by(ListImport.id).with_for_update())
    return list_import(session, import_id)


def already_done(session: Session, offered: ListImport) -> int | None:
    """The import that loaded the same bytes of the same source for the same edition, if nothing is left of it to do."""
    before = session.scalar(
        select(ListImport.id)
        .where(
            ListImport.list == offered.list,
            ListImport.dated_on == offered.dated_on,
            ListImport.sha256 == offered.sha256,
            ListImport.source == offered.source,
            ListImport.state == "loaded",
        )
        .order_by(ListImport.id.desc())
        .limit(1)
    )
    return before if before is not None and not plan_for(session, offered).can_load else None


def faults_of(found: ListImport) -> list[Fault]:
    return [Fault.of(kept) for kept in found.content["faults"]]


def plan_for(session: Session, found: ListImport) -> Plan:
    """What the file would change now: against the register, and the editions of the same list and day."""
    lines = [Line.of(kept) for kept in found.content["lines"]]
    standing = {
        row.enterprise_id: Standing(row.id, row.value, row.until_on)
        for row in session.scalars(
            select(DatedListEntry)
            .where(DatedListEntry.list == found.list, DatedListEntry.dated_on == found.dated_on)
            .order_by(DatedListEntry.id)
        )
    }
    return plan_of(
        lines,
        known_of(session, {line.credit_code for line in lines}),
        standing,
        found.content["columns"],
        list_kinds()[found.list].class_titles,
        Plan(edition_of(session, found.list, found.dated_on) is None, found.wrong),
    )


def edition_of(session: Session, code: str, dated_on: date) -> DatedList | None:
    """The newest edition of that list with that date."""
    return session.scalars(
        select(DatedList)
        .where(DatedList.list == code, DatedList.dated_on == dated_on)
        .order_by(DatedList.id.desc())
        .limit(1)
    ).one_or_none()


def known_of(session: Session, codes: Collection[str]) -> dict[str, Known]:
    """Registered enterprises by credit code, of those asked for."""
    found: dict[str, Known] = {}
    for chunk in chunks(sorted(codes)):
        rows = session.scalars(
            select(Enterprise).where(Enterprise.credit_code.in_(chunk), Enterprise.status == "registered")
        )
        found |= {r.credit_code: Known(r.id, r.credit_code, r.name_zh, r.county, r.chain) for r in rows}
    return found


def entries_by_id(session: Session, ids: Collection[int]) -> dict[int, DatedListEntry]:
    found: dict[int, DatedListEntry] = {}
    for chunk in chunks(sorted(ids)):
        found |= {row.id: row for row in session.scalars(select(DatedListEntry).where(DatedListEntry.id.in_(chunk)))}
    return found


def newest_entries(session: Session, code: str) -> list[tuple[str, str, str, date | None]]:
    """(credit code, name, class, first day no longer) of those on the newest edition of a list, in order of name."""
    newest = session.scalar(
        select(DatedList.dated_on).where(DatedList.list == code).order_by(DatedList.dated_on.desc())
    )
    rows = session.execute(
        select(DatedListEntry.credit_code, Enterprise.name_zh, DatedListEntry.value, DatedListEntry.until_on)
        .join(Enterprise, Enterprise.id == DatedListEntry.enterprise_id)
        .where(DatedListEntry.list == code, DatedListEntry.dated_on == newest)
        .order_by(Enterprise.name_zh, Enterprise.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
