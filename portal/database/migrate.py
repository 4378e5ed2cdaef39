"""Bringing a database to the head of the migrations, and saying where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from .base import Base

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config(url: str, keys: tuple[str, ...] = ()) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"], config.attributes["keys"] = url, keys
    return config


def upgrade(url: str, keys: tuple[str, ...] = ()) -> None:
    """Applies every migration the database does not have yet. `keys` seal what lies in clear; none: the settings'."""
    command.upgrade(_config(url, keys), "head")


def head(url: str) -> str | None:
    return ScriptDirectory.from_config(_config(url)).get_current_head()


def current_revision(url: str) -> str | None:
    """The newest migration the database has; None for an empty one."""
    engine = _plain(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def differences(url: str) -> list[str]:
    """What the tables of the code have that the database has not, or the other way round; empty when they agree."""
    engine = _plain(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"render_as_batch": True})
            return [str(change) for change in compare_metadata(context, Base.metadata)]
    finally:
        engine.dispose()


def _plain(url: str) -> Engine:
    """An engine without the guard: it lets nobody change tables."""
    return create_engine(url)
