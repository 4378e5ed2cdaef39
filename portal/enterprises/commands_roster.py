"""Loading a county's list: a file is read and kept with all that is wrong in it, then confirmed as it was shown."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..catalogue.queries import catalogue_today
from ..database.session import reading, transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Invalid
from ..kernel.roles import Actor, Permission, Scope
from ..spreadsheet.read import read_table, taken
from ..uploads.store import keep, receive_table
from .application import WHICH_UNIT, date_from, day_problem, text_problem
from .enter_above_scale import StatusFact, enter_above_scale
from .issue_record import Renewed, renew_record
from .list_rows import FAULTS_SHEET, FORM_SHEET, NOTES_SHEET
from .models import Enterprise
from .models_roster import NO_CHAIN, NOBODY, RegisterImport, RosterEntry
from .queries_roster import already_done, counties_of, enterprises_by_id, entries_by_id, held_import, plan_for
from .registration import clean
from .roster_lines import ListRead, list_of
from .roster_rules import Change, Fault, Plan

PURPOSE = "register-list"
LONGEST_DOCUMENT = 100
_WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")
_NO_FILE = Bilingual("请选择名录文件（XLSX或CSV）。", "Choose the file of the list (XLSX or CSV).")
_ELSEWHERE = Bilingual(
    "这个代码已由另一个填报单元登记，不能列入本单元的名录。",
    "This code is on the register under another reporting unit and cannot stand on the list of this one.",
)
_STALE = Bilingual(
    "打开预览之后，登记或名录有了变动，什么也没有导入。请重新打开预览，核对后再确认。",
    "The register changed after this preview was opened, and nothing was loaded. Open the preview again and check it.",
)


@dataclass(frozen=True, slots=True)
class ListFile:
    """What the officer sends: the file and what they typed about the list. `county` empty: the whole city's."""

    folder: Path
    filename: str
    stream: IO[bytes] | None
    county: str
    document_no: str
    listed_on: str
    is_complete: bool


def offer_list(actor: Actor, sent: ListFile) -> int:
    """Reads the file and keeps it for the preview; the id of its import, of an earlier one if all of it is done.

    Raises Invalid by field (`file` for what is no such list). Nothing of a refused file is kept.
    """
    number, day, content, found = _judged(actor, sent)
    whose: dict[str, Any] = {"enterprise_id": NOBODY, "county": sent.county, "chain": NO_CHAIN}
    row = RegisterImport(
        sha256=hashlib.sha256(content).hexdigest(),
        document_no=number,
        listed_on=day,
        is_complete=sent.is_complete,
        rows=found.rows,
        wrong=found.rows - len(found.lines),
        content=_kept(found),
        result={},
        created_by_id=actor.account_id,
        **whose,
    )
    with reading(actor.scope) as session:
        before = already_done(session, row)
        if before is not None:
            return before
    received = receive_table(content, folder=sent.folder, filename=sent.filename, purpose=PURPOSE)
    with transaction(actor) as session:
        row.upload_id = keep(session, received, actor=actor, **whose).id
        session.add(row)
        session.flush()
        detail = {"sha256": row.sha256, "rows": row.rows, "wrong": row.wrong, "document": number, "on": day}
        record(session, actor, stream=f"import:{row.id}", verb="register-list.read", detail=detail)
    return row.id


def _judged(actor: Actor, sent: ListFile) -> tuple[str, date, bytes, ListRead]:
    """Number and day of the list, the bytes of its file and what they say. Raises Invalid with all that is wrong."""
    number, day = clean(sent.document_no), date_from(sent.listed_on)
    problems = _problems(actor, sent, number, day)
    content, found = b"", None
    try:
        content = _content(sent)
        found = _read(content, "" if "county" in problems else sent.county)
    except Invalid as refusal:
        problems |= refusal.fields
    if problems or found is None or day is None:
        raise Invalid("list", _WRONG, problems)
    return number, day, content, _without_strangers(found, sent.county)


def _problems(actor: Actor, sent: ListFile, number: str, day: date | None) -> dict[str, Bilingual]:
    problems: dict[str, Bilingual] = {}
    with reading(actor.scope) as session:
        units = catalogue_today(session).units
    is_citywide = actor.may(Permission.ROSTER_IMPORT)
    if sent.county not in (actor.counties if not is_citywide else {"", *units}):
        problems["county"] = WHICH_UNIT
    problems |= text_problem("document_no", number, LONGEST_DOCUMENT)
    return problems | day_problem("listed_on", day, today())


def _content(sent: ListFile) -> bytes:
    if sent.stream is None or not sent.filename:
        raise Invalid("no-file", _NO_FILE, {"file": _NO_FILE})
    return taken(sent.stream)


def _read(content: bytes, county: str) -> ListRead:
    table = read_table(io.BytesIO(content), ignored=(NOTES_SHEET, FAULTS_SHEET), form_sheet=FORM_SHEET)
    with reading(Scope.nobody()) as session:
        catalogue = catalogue_today(session)
    return list_of(table, county, catalogue, today())


def _without_strangers(found: ListRead, county: str) -> ListRead:
    """A code that another unit has registered is a fault; which unit it is, the list's own unit does not learn."""
    if not county:
        return found
    with reading(Scope.everything("a credit code is unique in the whole city")) as session:
        places = counties_of(session, {line.credit_code for line in found.lines})
    strange = {line.row: line for line in found.lines if places.get(line.credit_code, county) != county}
    column = found.columns["credit_code"]
    faults = [Fault(f"{column}{n}", "elsewhere", line.credit_code, _ELSEWHERE) for n, line in strange.items()]
    lines = tuple(line for line in found.lines if line.row not in strange)
    return replace(found, lines=lines, faults=(*found.faults, *faults))


def _kept(found: ListRead) -> dict[str, Any]:
    return {
        "lines": [line.kept() for line in found.lines],
        "faults": [fault.kept() for fault in found.faults],
        "columns": found.columns,
        "mentioned": sorted(found.mentioned),
        "knows_all": found.knows_all,
    }


# --- confirming --------------------------------------------------------------------------------------------------


def load_list(actor: Actor, import_id: int, fingerprint: str, ticked: Collection[str]) -> bool:
    """Writes what the preview showed, and what was ticked of the rest, at once; False when all of it stands already.

    Raises Missing, Conflict when the register moved on since the preview.
    """
    with transaction(actor) as session:
        found = held_import(session, import_id)
        if found.state == "loaded":
            return False
        plan = plan_for(session, found)
        if not plan.changes:
            return False
        if plan.fingerprint != fingerprint:
            raise Conflict("stale-preview", _STALE)
        chosen = [*plan.due, *(change for change in plan.changes if change.is_optional and change.key in ticked)]
        try:
            renewed = _apply(session, actor, found, chosen)
            _close(session, actor, found, plan, chosen, renewed)
        except IntegrityError as error:
            raise Conflict("stale-preview", _STALE) from error
    return True


def _apply(session: Session, actor: Actor, found: RegisterImport, chosen: Sequence[Change]) -> dict[int, Renewed]:
    """Writes the changes; the records of registration that were issued anew for it, by enterprise."""
    source = f"{found.document_no}（{found.listed_on}）"
    rows = enterprises_by_id(session, {change.enterprise_id for change in chosen if change.enterprise_id})
    entries = entries_by_id(session, {change.entry_id for change in chosen if change.entry_id})
    facts: list[StatusFact] = []
    renamed: list[Enterprise] = []
    for change in chosen:
        line, row = change.line, rows.get(change.enterprise_id or 0)
        if row is not None and change.kind == "missing":
            facts.append(StatusFact(row, False, found.listed_on, source))
        elif row is not None and line is not None and line.since is not None and change.kind == "status":
            facts.append(StatusFact(row, True, line.since, source))
        elif row is not None and line is not None and change.kind == "name":
            row.name_zh = line.name
            renamed.append(row)
        elif line is not None and row is None:
            entry = entries.get(change.entry_id or 0) or _new_entry(actor, change)
            entry.name, entry.gb_class, entry.since_on = line.name, line.gb_class, line.since
            entry.source, entry.import_id = source, found.id
            session.add(entry)
    enter_above_scale(session, actor, facts)
    session.flush()
    renewed = {row.id: renew_record(session, actor, row) for row in sorted(renamed, key=lambda row: row.id)}
    return {number: one for number, one in renewed.items() if one is not None}


def _new_entry(actor: Actor, change: Change) -> RosterEntry:
    county = change.line.county if change.line else ""
    return RosterEntry(
        credit_code=change.credit_code,
        enterprise_id=NOBODY,
        county=county,
        chain=NO_CHAIN,
        created_by_id=actor.account_id,
    )


def _close(
    session: Session,
    actor: Actor,
    found: RegisterImport,
    plan: Plan,
    chosen: Sequence[Change],
    renewed: Mapping[int, Renewed],
) -> None:
    """The counts, every change with what stood before, and their hash in the trail."""
    made = [_made(change, renewed) for change in chosen]
    counts = dict(Counter(change.kind for change in chosen))
    counts |= {"unchanged": plan.unchanged, "wrong": found.wrong + plan.wrong}
    counts |= {"differing": len(plan.differing), "records": len(renewed)}
    found.state, found.loaded_at, found.loaded_by_id = "loaded", now(), actor.account_id
    found.result = {"counts": counts, "changes": made}
    session.flush()
    digest = hashlib.sha256(json.dumps(made, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    detail = {
        "counts": counts,
        "file_sha256": found.sha256,
        "changes_sha256": digest,
        "document": found.document_no,
        "on": found.listed_on,
    }
    verb = "register-list.loaded"
    record(session, actor, stream=f"import:{found.id}", verb=verb, subject=f"upload:{found.upload_id}", detail=detail)


def _made(change: Change, renewed: Mapping[int, Renewed]) -> dict[str, Any]:
    record_of = renewed.get(change.enterprise_id or 0) if change.kind == "name" else None
    return change.kept() | ({"record": record_of.kept()} if record_of else {})
