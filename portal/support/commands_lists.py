"""Loading a dated list from a file: read and kept with all that is wrong in it, then confirmed as it was shown."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..casework.rules import written
from ..database.session import reading, transaction
from ..enterprises.list_rows import FAULTS_SHEET, FORM_SHEET, NOTES_SHEET
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Invalid
from ..kernel.roles import Actor
from ..spreadsheet.read import read_table, taken
from ..uploads.store import keep, receive_table
from .entered import LONGEST_SOURCE, NOT_ENTERED, edition_faults
from .list_lines import ListRead, list_of
from .list_rules import Change, Plan
from .models import DatedList, DatedListEntry
from .models_lists import ListImport
from .queries_lists import already_done, edition_of, entries_by_id, held_import, plan_for
from .reader import list_kinds

PURPOSE = "dated-list"
NOBODYS: Mapping[str, Any] = {"enterprise_id": 0, "county": "", "chain": ""}
_NO_FILE = Bilingual("请选择名单文件（XLSX或CSV）。", "Choose the file of the list (XLSX or CSV).")
_STALE = Bilingual(
    "打开预览之后，登记或名单有了变动，什么也没有导入。请重新打开预览，核对后再确认。",
    "The register or the list changed after this preview was opened, and nothing was loaded. Open the preview again "
    "and check it.",
)


@dataclass(frozen=True, slots=True)
class ListFile:
    """What the bureau sends: the file, and which list of which day it is."""

    folder: Path
    filename: str
    stream: IO[bytes] | None
    list: str
    dated_on: date | None
    source: str


def offer_list(actor: Actor, sent: ListFile) -> int:
    """Reads the file and keeps it for the preview; the id of its import, of an earlier one if all of it is done.

    Raises Invalid by field (`file` for what is no such list). Nothing of a refused file is kept.
    """
    source, day, content, found = _judged(sent)
    sha256 = hashlib.sha256(content).hexdigest()
    row = ListImport(
        sha256=sha256,
        list=sent.list,
        dated_on=day,
        source=source,
        rows=found.rows,
        wrong=found.rows - len(found.lines),
        content=_kept(found),
        result={},
        created_by_id=actor.account_id,
    )
    with reading(actor.scope) as session:
        before = already_done(session, row)
        if before is not None:
            return before
    received = receive_table(content, folder=sent.folder, filename=sent.filename, purpose=PURPOSE)
    with transaction(actor) as session:
        row.upload_id = keep(session, received, actor=actor, **NOBODYS).id
        session.add(row)
        session.flush()
        detail = {"list": row.list, "on": day, "sha256": sha256, "rows": row.rows, "wrong": row.wrong, "source": source}
        record(session, actor, stream="support", verb="support.read-list", subject=f"list-file:{row.id}", detail=detail)
    return row.id


def _judged(sent: ListFile) -> tuple[str, date, bytes, ListRead]:
    """Source and day of the edition, the bytes of its file and what they say. Raises Invalid with all that is wrong."""
    source = written(sent.source, "source", LONGEST_SOURCE)
    problems, kind = edition_faults(sent.list, sent.dated_on, source), list_kinds().get(sent.list)
    content, found = b"", None
    try:
        content = _content(sent)
        if kind is not None and sent.dated_on is not None and "dated_on" not in problems:
            table = read_table(io.BytesIO(content), ignored=(NOTES_SHEET, FAULTS_SHEET), form_sheet=FORM_SHEET)
            found = list_of(table, kind, sent.dated_on)
    except Invalid as refusal:
        problems |= refusal.fields
    if problems or found is None or sent.dated_on is None:
        raise Invalid("list", NOT_ENTERED, problems)
    return source, sent.dated_on, content, found


def _content(sent: ListFile) -> bytes:
    if sent.stream is None or not sent.filename:
        raise Invalid("no-file", _NO_FILE, {"file": _NO_FILE})
    return taken(sent.stream)


def _kept(found: ListRead) -> dict[str, Any]:
    return {
        "lines": [line.kept() for line in found.lines],
        "faults": [fault.kept() for fault in found.faults],
        "columns": found.columns,
    }


# --- confirming --------------------------------------------------------------------------------------------------


def load_list(actor: Actor, import_id: int, fingerprint: str) -> bool:
    """Writes what the preview showed, at once; False when it was loaded before or changes nothing.

    Raises Missing, Conflict when the register or the list moved on since the preview.
    """
    with transaction(actor) as session:
        found = held_import(session, import_id)
        if found.state == "loaded":
            return False
        plan = plan_for(session, found)
        if not plan.can_load:
            return False
        if plan.fingerprint != fingerprint:
            raise Conflict("stale-preview", _STALE)
        try:
            edition = _apply(session, actor, found, plan)
            _close(session, actor, found, plan, edition)
        except IntegrityError as error:
            raise Conflict("stale-preview", _STALE) from error
    return True


def _apply(session: Session, actor: Actor, found: ListImport, plan: Plan) -> DatedList:
    """The edition of that day is made where there is none; its entries are added, or brought up to the file."""
    edition = edition_of(session, found.list, found.dated_on)
    if edition is None:
        edition = DatedList(
            list=found.list, dated_on=found.dated_on, source=found.source, created_by_id=actor.account_id
        )
        session.add(edition)
        session.flush()
    entries = entries_by_id(session, {change.entry_id for change in plan.changes if change.entry_id is not None})
    for change in plan.changes:
        entry = entries.get(change.entry_id or 0) or _new_entry(actor, edition, change)
        entry.value, entry.until_on = change.line.value, change.line.until_on
        session.add(entry)
    session.flush()
    return edition


def _new_entry(actor: Actor, edition: DatedList, change: Change) -> DatedListEntry:
    return DatedListEntry(
        dated_list_id=edition.id,
        list=edition.list,
        credit_code=change.known.credit_code,
        dated_on=edition.dated_on,
        enterprise_id=change.known.enterprise_id,
        county=change.known.county,
        chain=change.known.chain,
        created_by_id=actor.account_id,
    )


def _close(session: Session, actor: Actor, found: ListImport, plan: Plan, edition: DatedList) -> None:
    """The counts, every change with what stood before, and their hash in the trail."""
    made = [change.kept() for change in plan.changes]
    counts = {
        "added": plan.added,
        "changed": len(plan.changes) - plan.added,
        "unchanged": plan.unchanged,
        "strangers": len(plan.strangers),
        "wrong": found.wrong + len(plan.faults),
    }
    found.state, found.loaded_at, found.loaded_by_id, found.dated_list_id = (
        "loaded",
        now(),
        actor.account_id,
        edition.id,
    )
    kept = [*found.content["faults"], *(fault.kept() for fault in plan.faults)]
    found.result = {"counts": counts, "changes": made, "faults": kept}
    session.flush()
    digest = hashlib.sha256(json.dumps(made, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    detail = {
        "list": found.list,
        "on": found.dated_on,
        "counts": counts,
        "file_sha256": found.sha256,
        "changes_sha256": digest,
        "source": found.source,
    }
    subject = f"list:{edition.id}"
    record(session, actor, stream="support", verb="support.load-list", subject=subject, detail=detail)
