"""Setting papers in type: the only door that loads the PDF engine, and so only in the consumer."""

from __future__ import annotations

from datetime import timedelta

from ..database.session import reading
from ..jobs.registry import JobContext, every, handler
from ..kernel.clock import now
from ..kernel.roles import Scope
from .queries import paper_by_id
from .render import rendered
from .rules import RENDER, bytes_key
from .store import forget, keep, place

KEPT = timedelta(days=30)  # a paper asked for later is set in type again: the same bytes


@handler(RENDER)
def render(job: JobContext, paper_id: int, enterprise_id: int) -> None:
    """Makes a paper's bytes where they do not lie yet. A paper that ended meanwhile is left alone."""
    settings = job.settings
    with reading(Scope.enterprises(enterprise_id)) as session:
        sheet = paper_by_id(session, paper_id)
    if sheet is not None and sheet.is_in_force(now()):
        key = bytes_key(sheet.serial, sheet.token, sheet.sha256, settings.public_url, settings.is_demo)
        if not place(settings.data_dir, key).is_file():
            keep(settings.data_dir, key, rendered(sheet, settings.public_url, is_demo=settings.is_demo))
    with job.transaction():
        pass


@every("certificates.forget", seconds=6 * 60 * 60)
def forget_printed(job: JobContext) -> None:
    """Keeps the folder of finished papers small."""
    forget(job.settings.data_dir, now() - KEPT)
    with job.transaction():
        pass
