"""Every five minutes the heads are anchored, in the database and in a file outside it."""

from __future__ import annotations

from ..database.session import reading
from ..jobs.registry import JobContext, every
from ..kernel.roles import Scope
from .anchor import append_anchor
from .anchor_file import FOLDER, append_anchors, last_seq
from .queries import anchors_after


@every("audit.anchor", seconds=300)
def anchor(job: JobContext) -> None:
    """Anchors, then copies out whatever the file lacks: also what an earlier turn committed and could not copy."""
    with job.transaction() as session:
        append_anchor(session)
    folder = job.settings.data_dir / FOLDER
    with reading(Scope.nobody()) as session:
        append_anchors(folder, anchors_after(session, last_seq(folder)))
