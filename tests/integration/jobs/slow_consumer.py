"""A consumer with one handler that never ends at its first attempt; run by test_consumer in a process of its own.

Signs are files in the data folder. A process of these is forked off one that has imported all this already.
"""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path

from portal.config import Settings
from portal.consumer import main
from portal.jobs.queue import enqueue
from portal.jobs.registry import JobContext, handler
from portal.kernel.clock import now


@handler("test.slow")
def slow(job: JobContext, where: str) -> None:
    """Stops for good at the first attempt: `before` the effect's transaction, or `inside` it after the effect."""
    folder = job.settings.data_dir
    (folder / f"began-{job.attempt}").touch()
    if job.attempt == 1 and where == "before":
        threading.Event().wait()
    with job.transaction() as session:
        enqueue(session, "test.effect", due_at=now() + timedelta(days=36500))
        session.flush()
        if job.attempt == 1 and where == "inside":
            (folder / "inside").touch()
            threading.Event().wait()


@handler("test.finishing")
def finishing(job: JobContext) -> None:
    """Goes on until the sign `finish` appears."""
    (job.settings.data_dir / "began").touch()
    while not (job.settings.data_dir / "finish").exists():
        threading.Event().wait(0.02)
    with job.transaction() as session:
        enqueue(session, "test.effect", due_at=now() + timedelta(days=36500))


def run(database_url: str, folder: str) -> None:
    """The whole life of the process."""
    settings = Settings(database_url, "a key for tests " * 4, Path(folder))
    sys.exit(main(settings, lease=timedelta(seconds=2)))
