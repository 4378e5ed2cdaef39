"""Migrations lead to exactly the tables of the code, on both databases, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from _pytest.fixtures import FixtureRequest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from portal.config import ROOT
from portal.database.migrate import current_revision, differences, head, upgrade
from portal.database.session import Database
from portal.kernel.workflow import Kind
from tests.fixtures.databases import Templates, import_tables

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgres": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def bare(database_kind: str, templates: Templates, request: FixtureRequest) -> Iterator[str]:
    """The URL of a database without a single table."""
    import_tables()
    url, drop = templates.bare(database_kind)
    yield url
    drop()


def triggers(url: str, kind: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {str(name) for name in connection.scalars(text(TRIGGERS[kind]))}
    engine.dispose()
    return found


def test_the_head_of_the_migrations_is_the_code(bare: str) -> None:
    upgrade(bare)
    assert current_revision(bare) == head(bare)
    assert head(bare) is not None
    assert differences(bare) == []


def test_a_migrated_database_refuses_what_a_made_one_refuses(bare: str, database: Database, database_kind: str) -> None:
    upgrade(bare)
    made = triggers(database.url.render_as_string(hide_password=False), database_kind)
    assert triggers(bare, database_kind) == made


def test_migrating_twice_changes_nothing(bare: str) -> None:
    upgrade(bare)
    upgrade(bare)
    assert differences(bare) == []


def test_the_way_back_leaves_no_table(bare: str) -> None:
    upgrade(bare)
    assert current_revision(bare) is not None
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = bare
    command.downgrade(config, "base")
    engine = create_engine(bare)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_a_migrated_database_takes_cases_of_every_kind(bare: str, kind: str) -> None:
    upgrade(bare)
    quarter = 20263 if kind == "filing" else None
    values = {"kind": kind, "quarter": quarter, "at": datetime(2026, 1, 1)}  # noqa: DTZ001 - a plain engine
    engine = create_engine(bare)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO review_case (kind, state, version, quarter, enterprise_name, credit_code, segment, flags,"
                " is_late, entered_by_ids, enterprise_id, county, chain, created_at) VALUES"
                " (:kind, 'draft', 1, :quarter, 'x', 'x', '', 0, false, '[]', 1, '331122', '01', :at)"
            ),
            values,
        )
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET kind = 'nothing'"))
    engine.dispose()
