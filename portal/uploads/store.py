"""Keeping a file: bytes on disk and flushed before the row that names them is written."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.errors import Full, Invalid
from ..kernel.intake import LARGEST_FILE
from ..kernel.roles import Actor
from .models import Upload
from .rules import PLAIN_TABLE, WORKBOOK, WRONG_TYPE, media_type, problem, safe_name

FOLDER = "uploads"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Received:
    """A file that passed the checks and lies on disk, and that no row names yet."""

    purpose: str
    filename: str
    media_type: str
    size: int
    sha256: str
    stored_name: str


def receive(stream: IO[bytes], *, folder: Path, filename: str | None, purpose: str) -> Received:
    """Takes at most LARGEST_FILE bytes of `stream` into `folder/uploads`. Raises Invalid (field = `purpose`), Full.

    Called before the transaction opens: disks are slow. Should the transaction be undone, the bytes stay behind
    unnamed; they are nobody's and reachable by no address.
    """
    data = stream.read(LARGEST_FILE + 1)
    wrong, kind = problem(data), media_type(data)
    if wrong is not None or kind is None:
        raise Invalid("upload", wrong or WRONG_TYPE, {purpose: wrong or WRONG_TYPE})
    stored_name = secrets.token_hex(16)
    _write(folder / FOLDER, stored_name, data)
    digest = hashlib.sha256(data).hexdigest()
    return Received(purpose, safe_name(filename, kind), kind, len(data), digest, stored_name)


def receive_table(content: bytes, *, folder: Path, filename: str | None, purpose: str) -> Received:
    """The same for a table that was read already: the reader has judged its size and its kind."""
    kind = WORKBOOK if content.startswith(b"PK") else PLAIN_TABLE
    stored_name = secrets.token_hex(16)
    _write(folder / FOLDER, stored_name, content)
    return Received(
        purpose, safe_name(filename, kind), kind, len(content), hashlib.sha256(content).hexdigest(), stored_name
    )


def content_of(upload: Upload, folder: Path) -> bytes | None:
    """The bytes of an upload; None where they are lost."""
    path = folder / FOLDER / upload.stored_name
    return path.read_bytes() if path.is_file() else None


def discard(folder: Path, stored_name: str) -> None:
    """Takes away the bytes of an upload whose row is gone."""
    (folder / FOLDER / stored_name).unlink(missing_ok=True)


def keep(session: Session, received: Received, *, enterprise_id: int, county: str, chain: str, actor: Actor) -> Upload:
    """The row that makes a received file somebody's."""
    upload = Upload(
        purpose=received.purpose,
        filename=received.filename,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        stored_name=received.stored_name,
        enterprise_id=enterprise_id,
        county=county,
        chain=chain,
        created_by_id=actor.account_id,
    )
    session.add(upload)
    session.flush()
    return upload


def address_to(
    session: Session, enterprise_id: int, county: str, chain: str, only: Collection[int] | None = None
) -> None:
    """Puts an applicant's files (`only` those of these ids) before the county that the application goes to; until then
    no office has them."""
    mine = select(Upload).where(Upload.enterprise_id == enterprise_id)
    for upload in session.scalars(mine if only is None else mine.where(Upload.id.in_(only))):
        upload.county, upload.chain = county, chain


def _write(folder: Path, name: str, data: bytes) -> None:
    """The whole file or none. Raises Full where the disk has no room for it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        (folder / name).unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise Full from error
        raise
