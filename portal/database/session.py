"""Opening sessions and the one transaction door: the only commit in the house."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Busy, Full
from ..kernel.roles import Actor, Scope
from .guard import GUARD, install_guard
from .scope import ConfinedSession, mark

GATE_TIMEOUT = 10.0
# KiB that a connection keeps. Of the 2,000 it would keep by itself the queue of a city of 100,000 filings needs more,
# and so read the same pages anew for every request.
KEPT_OF_THE_FILE = "cache_size=-6000"
LEAST_FREE = 16 * 1024 * 1024  # bytes; below it a write may fail half-way
_BUSY = Bilingual(
    "系统正忙，刚才的内容没有写入。请稍等片刻再试一次。",
    "The portal is busy and nothing was written just now. Wait a moment and try again.",
)


class WriteGate:
    """One writer at a time on SQLite, across threads and processes, by a file lock taken before BEGIN IMMEDIATE.

    Without it writers starve at SQLite's own lock (rulings 18). On PostgreSQL there is no gate.
    """

    def __init__(self, path: Path | None, timeout: float = GATE_TIMEOUT) -> None:
        self.path, self.timeout = path, timeout

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Raises Busy when the gate stays shut for `timeout` seconds."""
        if self.path is None:
            yield
            return
        with open(self.path, "ab") as handle:
            self._wait(handle)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)

    def _wait(self, handle: IO[bytes]) -> None:
        give_up = time.monotonic() + self.timeout
        pause = 0.0005
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise Busy("gate", _BUSY) from None
                time.sleep(pause)
                pause = min(pause * 1.5, 0.01)
            else:
                return


class Database:
    """One engine with its guard and gate. `url` is a SQLAlchemy URL; SQLite's path is absolute by now."""

    def __init__(self, url: str | URL, gate_timeout: float = GATE_TIMEOUT) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine()
        self.writer = self.engine.execution_options(portal_writes=True)
        gate = Path(f"{self.url.database}.gate") if self.is_sqlite and self.url.database else None
        self.gate = WriteGate(gate, gate_timeout)
        install_guard(self.engine)
        GUARD.refresh()

    def _engine(self) -> Engine:
        if self.is_sqlite:
            engine = create_engine(self.url, connect_args={"timeout": 15, "check_same_thread": False})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(self.url, pool_size=5, max_overflow=10, pool_pre_ping=True)

    def answers(self) -> bool:
        """Whether the database can be read and, for SQLite, its disk has room for a write."""
        try:
            with self.engine.connect() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        if self.is_sqlite and self.url.database:
            folder = Path(self.url.database).parent
            return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > LEAST_FREE
        return True

    def dispose(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late for IMMEDIATE
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose an acknowledged submission at power loss
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=ON",
        KEPT_OF_THE_FILE,
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """By the driver's own cursor, as every page begins two; what IMMEDIATE is refused is SQLAlchemy's own error."""
    how = "BEGIN IMMEDIATE" if connection.get_execution_options().get("portal_writes", False) else "BEGIN"
    try:
        connection.connection.cursor().execute(how)
    except sqlite3.Error as error:
        raise DBAPIError.instance(how, None, error, sqlite3.Error, dialect=connection.dialect) from error


_names: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def database_name(session: Session) -> str:
    """Which database the session reads: for what a process keeps of several. Written out once an engine."""
    engine = session.get_bind().engine
    found = _names.get(engine)
    if found is None:
        found = _names[engine] = str(engine.url)
    return found


_in_use: list[Database] = []


def use(database: Database) -> Database:
    """Makes `database` the one that sessions open on, for this process."""
    _in_use[:] = [database]
    GUARD.refresh()
    return database


def current() -> Database:
    if not _in_use:
        raise RuntimeError("no database is in use yet: call use() first")
    return _in_use[0]


def open_session(scope: Scope) -> Session:
    """A session for reading, confined to `scope`. Nothing it writes is ever committed; the caller closes it."""
    return ConfinedSession(current().engine, scope)


@contextmanager
def reading(scope: Scope) -> Iterator[Session]:
    session = open_session(scope)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def looking(scope: Scope) -> Iterator[Connection]:
    """A bare connection for one prepared statement, where a session would cost more than the statement itself."""
    with current().engine.connect() as connection:
        mark(connection, scope)
        yield connection


@contextmanager
def transaction(who: Actor | Scope) -> Iterator[Session]:
    """A session whose work is committed, whole, when the block ends, and undone when it raises.

    Stands in commands only. Raises Busy when the database cannot take the write, Full when its disk has no room; then
    nothing was written.
    """
    scope = who if isinstance(who, Scope) else who.scope
    database = current()
    with database.gate.entered():
        session = ConfinedSession(database.writer, scope)
        try:
            yield session
            session.commit()
        except OperationalError as error:
            session.rollback()
            if _says_full(error):
                raise Full from error
            if _says_busy(error):
                raise Busy("database", _BUSY) from error
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
    for hint in session.info.get("after_commit", ()):
        hint()


def after_commit(session: Session, hint: Callable[[], None]) -> None:
    """Calls `hint` once the transaction is on disk. A hint only: it may be lost, so nothing may depend on it."""
    session.info.setdefault("after_commit", []).append(hint)


def _says_busy(error: DBAPIError) -> bool:
    text = str(error.orig).lower()
    return any(word in text for word in ("locked", "busy", "disk i/o", "readonly", "lock timeout"))


def _says_full(error: DBAPIError) -> bool:
    """SQLite says it in words, PostgreSQL by SQLSTATE 53100."""
    return "disk is full" in str(error.orig).lower() or getattr(error.orig, "sqlstate", None) == "53100"
