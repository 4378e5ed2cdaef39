"""Which migration a database stands at, and which the code wants: for a probe that asks every few seconds.

`migrate` knows the same from alembic, which weighs ten megabytes in every web worker.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@lru_cache(maxsize=1)
def newest_shipped() -> str:
    """The newest migration of the code: files are named by their number, `0008_reply_due.py`."""
    return max(file.name.split("_")[0] for file in MIGRATIONS.glob("[0-9]*_*.py"))


def revision(session: Session) -> str | None:
    """The newest migration of the database this session reads; None where none ever ran."""
    connection = session.connection()
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
