"""The bell: a hint from a committed transaction to the consumer that something is due. It may be lost.

huey's queue is a place of its own (a file beside the database, or tables in PostgreSQL) and only ever holds the word
`sweep`; what there is to do stands in the table `job`.

huey brings PostgreSQL's driver along wherever it lies: ten megabytes that a web worker takes up with its first ring.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from ..config import Settings

if TYPE_CHECKING:
    from huey import Huey

_RUNG = "rung"
_log = logging.getLogger("portal.jobs")


class Bell:
    """huey's queue with its one task. `answer` is what the consumer does when it rings; nobody else answers."""

    def __init__(self, settings: Settings, answer: Callable[[], object] | None = None) -> None:
        self.queue = _queue(settings)
        self._answer = answer
        self._task = self.queue.task(name="sweep")(self._sweep)

    def _sweep(self) -> None:
        self.queue.storage.pop_data(_RUNG)  # before the work, so that what commits during it rings again
        if self._answer is not None:
            self._answer()

    def ring(self) -> None:
        """Rings once until it is heard: a consumer that is away finds one word, not a million."""
        if self.queue.storage.put_if_empty(_RUNG, b"1"):
            self._task()

    def mute(self) -> None:
        """Forgets what was rung before this consumer began."""
        self.queue.flush()
        self.queue.storage.pop_data(_RUNG)


def _queue(settings: Settings) -> Huey:
    from huey import PostgresHuey, SqliteHuey  # noqa: PLC0415 - see above
    from huey.serializer import SignedSerializer  # noqa: PLC0415 - see above

    url = make_url(settings.jobs_url or settings.database_url)
    signed = SignedSerializer(secret=settings.secret_key)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey("portal", dsn=dsn, results=False, serializer=signed, table_prefix="huey", read_timeout=1)
    file = settings.data_dir / "jobs.sqlite3"
    return SqliteHuey("portal", filename=str(file), results=False, serializer=signed, fsync=False, timeout=1)


_hung: list[Settings] = []
_bells: list[Bell] = []


def hang(settings: Settings) -> None:
    """Says where this process's bell hangs. It is made at the first ring, after the workers have been forked."""
    _hung[:], _bells[:] = [settings], []


def ring() -> None:
    """Rings this process's bell, if it has one. Never raises: the consumer looks every second anyway."""
    if not _hung:
        return
    from psycopg import Error  # noqa: PLC0415 - see above

    try:
        if not _bells:
            _bells.append(Bell(_hung[0]))
        _bells[0].ring()
    except (sqlite3.Error, Error, OSError) as error:
        _log.warning("the bell could not be rung: %s", type(error).__name__)
