"""Alembic's door: knows every table, writes in batch mode (SQLite cannot alter), runs on the portal's own database.

Started by `flask db …`, which puts the URL into the configuration's attributes; on its own it reads the settings.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, create_engine

from portal.config import Settings
from portal.database.base import Base
from portal.database.columns import ExactDecimal, Instant

ROOT = Path(__file__).resolve().parent.parent


def import_tables() -> None:
    """Imports every module that declares a table, wherever it stands, so that none is forgotten."""
    for file in sorted((ROOT / "portal").rglob("*.py")):
        if "__tablename__" in file.read_text("utf-8"):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def url() -> str:
    given = context.config.attributes.get("url")
    return str(given) if given else Settings.from_environment().database_url


def render(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Writes our column types as what the database keeps, so that an old migration needs no code of today."""
    if kind != "type":
        return False
    if isinstance(thing, ExactDecimal):
        return "sa.BigInteger()"
    if isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    import_tables()
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    # A plain engine: the guard of a portal Database lets nobody change tables.
    engine = create_engine(url())
    with engine.connect() as opened:
        migrate(opened)
        opened.commit()
    engine.dispose()


run()
