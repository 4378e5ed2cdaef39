"""Reading uploads: only those of the session's scope exist."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.errors import Missing
from .models import Upload


def upload(session: Session, upload_id: int) -> Upload:
    found = session.scalars(select(Upload).where(Upload.id == upload_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def given_to(session: Session, upload_id: int, enterprise_id: int | None) -> Upload:
    """For somebody who acts for that enterprise, or for none. Raises Missing.

    A file that its enterprise has put before no county is the enterprise's alone, whoever else's scope it lies in."""
    found = upload(session, upload_id)
    if found.enterprise_id and not found.county and found.enterprise_id != enterprise_id:
        raise Missing()
    return found


def newest(session: Session, enterprise_id: int, purpose: str, *, handed_in: bool = False) -> Upload | None:
    """The file that counts for a purpose: the one brought last; `handed_in`: of those that a county has."""
    mine = select(Upload).where(Upload.enterprise_id == enterprise_id, Upload.purpose == purpose)
    if handed_in:
        mine = mine.where(Upload.county != "")
    return session.scalars(mine.order_by(Upload.id.desc()).limit(1)).one_or_none()
