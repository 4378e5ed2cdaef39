"""Asking for work: with the transaction or not at all, and once for a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.jobs import bell
from portal.jobs.models import Job
from portal.jobs.queue import enqueue
from portal.kernel.clock import now
from portal.kernel.roles import Scope

NOBODY = Scope.nobody()


def settings_for(database: Database, folder: Path) -> Settings:
    return Settings(database.url.render_as_string(hide_password=False), "a key for tests " * 4, folder)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the database already held a job each time the bell was rung."""
    heard: list[bool] = []
    monkeypatch.setattr("portal.jobs.queue.ring", lambda: heard.append(bool(names())))
    return heard


@pytest.fixture
def hung(database: Database, tmp_path: Path) -> Iterator[Callable[[], int]]:
    """A real bell; gives back how many words wait in its queue."""
    settings = settings_for(database, tmp_path)
    bell.hang(settings)
    other = bell.Bell(settings)
    yield other.queue.storage.queue_size
    other.queue.storage.close()
    for one in bell._bells:
        one.queue.storage.close()
    bell._hung.clear()
    bell._bells.clear()


def ask(name: str = "test.work", **options: object) -> None:
    with transaction(NOBODY) as session:
        enqueue(session, name, **options)  # type: ignore[arg-type]


def names() -> list[str]:
    with reading(NOBODY) as session:
        return list(session.scalars(select(Job.name).order_by(Job.id)))


def test_a_job_appears_with_its_transaction_and_the_bell_rings_after_the_commit(
    database: Database, rung: list[bool]
) -> None:
    with transaction(NOBODY) as session:
        enqueue(session, "test.work", letter=7)
        assert rung == []
    assert names() == ["test.work"]
    assert rung == [True]


def test_a_job_disappears_with_its_transaction_and_no_bell_rings(database: Database, rung: list[bool]) -> None:
    with pytest.raises(RuntimeError, match="no"), transaction(NOBODY) as session:
        enqueue(session, "test.work")
        raise RuntimeError("no")
    assert names() == []
    assert rung == []


def test_a_job_for_later_rings_no_bell(database: Database, rung: list[bool]) -> None:
    ask(due_at=now() + timedelta(minutes=10))
    assert rung == []


def test_of_one_key_one_job_waits_and_without_a_key_each_is_kept(database: Database) -> None:
    for _ in range(3):
        ask("test.keyed", key="mail:7")
        ask("test.free")
    assert names().count("test.keyed") == 1
    assert names().count("test.free") == 3


def test_a_job_that_has_begun_no_longer_stands_in_for_a_new_one_of_its_key(database: Database) -> None:
    ask(key="cells:20263")
    with transaction(NOBODY) as session:
        session.scalars(select(Job)).one().lease_token = "begun"
    ask(key="cells:20263")
    ask(key="cells:20263")
    assert len(names()) == 2


def test_the_bell_is_rung_once_until_it_is_heard(database: Database, hung: Callable[[], int]) -> None:
    for _ in range(5):
        ask()
    assert hung() == 1


def test_a_bell_that_cannot_be_rung_does_not_fail_the_command(database: Database, tmp_path: Path) -> None:
    bell.hang(
        Settings("sqlite:////nowhere/portal.sqlite3", "a key for tests " * 4, tmp_path / "missing", jobs_url=None)
    )
    ask()
    assert names() == ["test.work"]
    bell._hung.clear()


def test_a_process_without_a_bell_may_ask_all_the_same(database: Database) -> None:
    ask()
    assert names() == ["test.work"]
