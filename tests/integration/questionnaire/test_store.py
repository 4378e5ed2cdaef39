"""Editions in the database: published once, pinned by code and rule set, never changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import event, select

from portal.database.session import Database, reading, transaction
from portal.kernel.errors import Missing
from portal.questionnaire.document import fingerprint
from portal.questionnaire.models import FormEdition
from portal.questionnaire.store import FOLDER, BadEdition, edition, load_editions, newest
from tests.fixtures.cases import EVERYTHING

CODE, RULES, NEXT = "2026.1", "2026.1.3", "2026.1.4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "forms")
    return tmp_path / "forms"


def loaded(folder: Path = FOLDER) -> int:
    with transaction(EVERYTHING) as session:
        return load_editions(session, folder)


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / CODE / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_loading_twice_publishes_once(database: Database) -> None:
    assert (loaded(), loaded()) == (1, 0)
    with reading(EVERYTHING) as session:
        row = session.scalars(select(FormEdition)).one()
    assert row.content_hash == fingerprint(row.content)


def test_a_published_edition_is_never_changed_under_its_own_codes(database: Database, folder: Path) -> None:
    loaded(folder)
    change(folder, "rules.toml", 'share = "0.5"', 'share = "0.6"')
    with pytest.raises(BadEdition):
        loaded(folder)


def test_new_rules_are_a_version_beside_the_old_and_both_are_read(database: Database, folder: Path) -> None:
    loaded(folder)
    change(folder, "rules.toml", RULES, NEXT)
    change(folder, "rules.toml", 'share = "0.5"', 'share = "0.6"')
    assert loaded(folder) == 1
    with reading(EVERYTHING) as session:
        assert newest(session, CODE).rule_set == NEXT
        limits = [
            next(r for r in edition(session, CODE, rules).rules if r.id == "Q06b").parameters["share"]
            for rules in (RULES, NEXT)
        ]
    assert limits == ["0.5", "0.6"]


def test_a_unit_cannot_change_within_an_edition(database: Database, folder: Path) -> None:
    loaded(folder)
    change(folder, "rules.toml", RULES, NEXT)
    change(folder, "indicators.toml", 'unit = "10k_yuan"', 'unit = "mu"')
    with pytest.raises(BadEdition, match="unit changed"):
        loaded(folder)


def test_an_edition_that_was_never_published_is_not_there(database: Database) -> None:
    with reading(EVERYTHING) as session:
        for ask in (lambda: edition(session, "1999.1", "1999.1.1"), lambda: newest(session, "1999.1")):
            with pytest.raises(Missing):
                ask()


def test_an_edition_is_read_from_the_database_once_a_process(database: Database) -> None:
    loaded()
    with reading(EVERYTHING) as session:
        first = edition(session, CODE, RULES)
        seen: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        assert edition(session, CODE, RULES) is first
    assert not seen
