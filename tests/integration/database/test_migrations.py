"""Migrations lead to exactly the tables of the code, on both databases, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from portal.config import ROOT
from portal.database.migrate import current_revision, differences, head, upgrade
from portal.database.revision import newest_shipped
from portal.database.seal import unseal, use_keys
from portal.database.session import Database
from portal.kernel.workflow import Kind
from tests.fixtures.databases import TEST_KEY, Templates, import_tables

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgres": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def bare(database_kind: str, templates: Templates) -> Iterator[str]:
    """The URL of a database without a single table."""
    import_tables()
    url, drop = templates.bare(database_kind)
    yield url
    drop()


@pytest.fixture
def migrated(database_kind: str, templates: Templates) -> Iterator[str]:
    """The URL of a database that went all the way up; the way itself is walked once per process and kind."""
    import_tables()
    url, drop = templates.migrated(database_kind, upgrade)
    yield url
    drop()


def triggers(url: str, kind: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {str(name) for name in connection.scalars(text(TRIGGERS[kind]))}
    engine.dispose()
    return found


def test_the_head_of_the_migrations_is_the_code(migrated: str) -> None:
    assert current_revision(migrated) == head(migrated)
    assert head(migrated) == newest_shipped()
    assert differences(migrated) == []


def test_a_migrated_database_refuses_what_a_made_one_refuses(
    migrated: str, database: Database, database_kind: str
) -> None:
    made = triggers(database.url.render_as_string(hide_password=False), database_kind)
    assert triggers(migrated, database_kind) == made


def test_a_migrated_table_of_cases_has_the_checks_and_partial_indexes_of_a_made_one(
    migrated: str, database: Database
) -> None:
    assert shape(migrated) == shape(database.url.render_as_string(hide_password=False))


def shape(url: str) -> tuple[object, ...]:
    engine = create_engine(url)
    found = inspect(engine)
    checks = {row["name"]: row["sqltext"] for row in found.get_check_constraints("review_case")}
    indexes = {row["name"]: (row["column_names"], where(row)) for row in found.get_indexes("review_case")}
    columns = {row["name"]: row["nullable"] for row in found.get_columns("review_case")}
    key = found.get_pk_constraint("review_case")["constrained_columns"]
    engine.dispose()
    return checks, indexes, columns, key


def where(index: Any) -> str:
    return "".join(str(text) for name, text in index["dialect_options"].items() if name.endswith("_where"))


def test_rows_of_cases_survive_the_way_up_and_down(bare: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = bare
    command.upgrade(config, "0007")
    engine = create_engine(bare)
    case = {"id": 1, "state": "draft", "decided_at": None, "day": None}
    with engine.begin() as connection:
        connection.execute(CASE, case)
        connection.execute(CASE, {"id": 2, "state": "returned", "decided_at": AT.strip("'"), "day": "2026-10-20"})
        connection.execute(REMARK)
    command.upgrade(config, "head")
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET reply_due_on = '2026-10-21' WHERE id = 1"))
    command.downgrade(config, "0007")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, state, reply_due_on FROM review_case ORDER BY id")).all()
        assert [(r[0], r[1], r[2] and str(r[2])) for r in rows] == [(1, "draft", None), (2, "returned", "2026-10-20")]
        assert connection.scalar(text("SELECT case_id FROM case_remark")) == 2
    engine.dispose()


def test_what_lies_in_clear_is_sealed_on_the_way_up_and_opened_on_the_way_down(bare: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"], config.attributes["keys"] = bare, (TEST_KEY,)
    command.upgrade(config, "0008")
    engine = create_engine(bare)
    with engine.begin() as connection:
        connection.execute(ACCOUNT, [{"id": 1, "secret": "A" * 32}, {"id": 2, "secret": None}])
        connection.execute(MAIL, [{"id": 1, "link": "/invitation/abc"}, {"id": 2, "link": "/review/1"}])
    read = "SELECT totp_secret FROM account ORDER BY id", "SELECT link FROM mail ORDER BY id"
    command.upgrade(config, "0010")
    use_keys(TEST_KEY)
    with engine.connect() as connection:
        (secret, none), (secret_link, link) = (connection.scalars(text(question)).all() for question in read)
    assert (unseal(secret), none, unseal(secret_link), link) == ("A" * 32, None, "/invitation/abc", "/review/1")
    command.downgrade(config, "0008")
    with engine.connect() as connection:
        found = [connection.scalars(text(question)).all() for question in read]
    assert found == [["A" * 32, None], ["/invitation/abc", "/review/1"]]
    engine.dispose()


def test_files_of_drafts_are_taken_back_from_the_county_and_given_again(bare: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = bare
    command.upgrade(config, "0019")
    engine = create_engine(bare)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # what the rows hang on does not matter here
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(UPLOAD, [{"id": 1, "purpose": "licence"}, *({"id": n, "purpose": "proof"} for n in (2, 3))])
        connection.execute(DOCUMENT, [{"id": 2}, {"id": 3}])
        connection.execute(SUBMISSION)
    read = text("SELECT county, chain FROM upload ORDER BY id")
    there = ("331122", "05")
    for revision, found in (
        ("0020", [there, there, ("", "")]),
        ("0019", [there] * 3),
        ("0020", [there, there, ("", "")]),
    ):
        (command.upgrade if revision == "0020" else command.downgrade)(config, revision)
        with engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(read)] == found
    engine.dispose()


AT = "'2026-10-15 08:00:00+00:00'"
CASE = text(
    "INSERT INTO review_case (id, kind, state, version, quarter, enterprise_name, credit_code, segment, flags, is_late,"
    " entered_by_ids, enterprise_id, county, chain, created_at, submitted_at, due_on, decided_at, reply_due_on) VALUES"
    " (:id, 'filing', :state, 1, 20263, '示例', 'x', '01-M1', 0, false, '[]', 7, '331122', '01',"
    f" {AT}, {AT}, '2026-10-20', :decided_at, :day)"
)
ACCOUNT = text(
    "INSERT INTO account (id, username, display_name, password_hash, language, totp_secret, is_office, state,"
    f" created_at) VALUES (:id, 'p' || :id, '示例', 'x', 'zh', :secret, true, 'active', {AT})"
)
MAIL = text(
    "INSERT INTO mail (id, address, language, subject, body, link, message_key, reference, created_at, due_at) VALUES"
    f" (:id, 'a@lishui.example', 'zh', 'x', 'x', :link, 'key-' || :id, '', {AT}, {AT})"
)
UPLOAD = text(
    "INSERT INTO upload (id, purpose, filename, media_type, size, sha256, stored_name, enterprise_id, county, chain,"
    f" created_at) VALUES (:id, :purpose, 'x.pdf', 'application/pdf', 1, 'x', 'x' || :id, 7, '331122', '05', {AT})"
)
DOCUMENT = text(
    "INSERT INTO support_document (id, application_id, kind, upload_id, enterprise_id, county, chain, created_at)"
    f" VALUES (:id, 1, 'proof', :id, 7, '331122', '05', {AT})"
)
SUBMISSION = text(
    "INSERT INTO support_submission (id, application_id, number, content, sha256, receipt_no, accept_by, decide_by,"
    " submitted_at, idempotency_key, enterprise_id, county, chain) VALUES (1, 1, 1,"
    """ '{"documents": [{"kind": "proof", "upload"\\: 2}]}',"""
    f" 'x', 'x', '2026-10-20', '2026-10-21', {AT}, 'x', 7, '331122', '05')"
)
REMARK = text(
    "INSERT INTO case_remark (id, case_id, text, author_side, version_no, opened_at, enterprise_id, county, chain)"
    f" VALUES (1, 2, 'x', 'officer', 1, {AT}, 7, '331122', '01')"
)


def test_migrating_twice_changes_nothing(migrated: str) -> None:
    upgrade(migrated)
    assert differences(migrated) == []


def test_the_way_back_leaves_no_table(migrated: str) -> None:
    assert current_revision(migrated) is not None
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = migrated
    command.downgrade(config, "base")
    engine = create_engine(migrated)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_a_migrated_database_takes_cases_of_every_kind(migrated: str, kind: str) -> None:
    quarter = 20263 if kind == "filing" else None
    values = {"kind": kind, "quarter": quarter, "at": datetime(2026, 1, 1)}  # noqa: DTZ001 - a plain engine
    engine = create_engine(migrated)
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
