"""The deed that forgets a list which was read and never confirmed: its lines and the row of its file."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..audit.trail import record
from ..kernel.roles import Actor
from ..uploads.models import Upload
from .models_roster import RegisterImport


def forget_import(session: Session, actor: Actor, row: RegisterImport) -> str:
    """The stored name of the file, whose bytes the caller takes away after the commit. The trail keeps its hash."""
    file = session.get_one(Upload, row.upload_id)
    stored_name, number = file.stored_name, row.id
    detail = {"sha256": row.sha256, "rows": row.rows, "document": row.document_no}
    session.delete(row)
    session.flush()
    session.delete(file)
    session.flush()
    record(session, actor, stream=f"import:{number}", verb="register-list.forgotten", detail=detail)
    return stored_name
