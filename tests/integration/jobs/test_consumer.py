"""The consumer as a process: it is killed in the middle, and nothing is lost and nothing done twice."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditAnchor
from portal.audit.trail import record
from portal.audit.verify import verify
from portal.database.session import Database, reading, transaction
from portal.jobs.models import Job
from portal.jobs.queries import consumer_is_alive
from portal.jobs.queue import enqueue
from portal.kernel.clock import now
from portal.kernel.roles import Scope, system

from . import slow_consumer
from .signs import until

NOBODY = Scope.nobody()
Start = Callable[[], BaseProcess]
# Every consumer is a process of its own, forked off one that has imported everything: that took three seconds each.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([slow_consumer.__name__, "tests.integration.jobs.rooms"])


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Iterator[Start]:
    started: list[BaseProcess] = []

    def begin() -> BaseProcess:
        url = database.url.render_as_string(hide_password=False)
        process = PROCESSES.Process(target=slow_consumer.run, args=(url, str(tmp_path)))
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.join()


def ask(name: str, **args: str) -> None:
    with transaction(NOBODY) as session:
        enqueue(session, name, **args)


def effects() -> int:
    with reading(NOBODY) as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.name == "test.effect")) or 0


def is_done(name: str) -> bool:
    with reading(NOBODY) as session:
        return session.scalar(select(Job.done_at).where(Job.name == name)) is not None


def somebody_is_alive() -> bool:
    with reading(NOBODY) as session:
        return consumer_is_alive(session, now())


@pytest.mark.parametrize(("where", "sign"), [("before", "began-1"), ("inside", "inside")])
def test_kill_9_in_the_middle_of_a_job_loses_nothing(start: Start, tmp_path: Path, where: str, sign: str) -> None:
    ask("test.slow", where=where)
    first = start()
    until((tmp_path / sign).exists, "the first attempt")
    first.kill()
    first.join()
    assert effects() == 0
    start()
    until(lambda: is_done("test.slow"), "the second attempt")
    assert effects() == 1
    assert (tmp_path / "began-2").exists()


def test_sigterm_lets_the_job_at_hand_finish_and_leaves_no_sign_of_life(start: Start, tmp_path: Path) -> None:
    ask("test.finishing")
    process = start()
    until((tmp_path / "began").exists, "the job")
    until(somebody_is_alive, "a sign of life")
    process.terminate()
    process.join(0.5)
    assert process.is_alive()
    (tmp_path / "finish").touch()
    process.join(10)
    assert process.exitcode == 0
    assert is_done("test.finishing")
    assert effects() == 1
    assert not somebody_is_alive()


def test_the_consumer_anchors_the_trail_in_the_database_and_in_the_file(start: Start, tmp_path: Path) -> None:
    with transaction(NOBODY) as session:
        record(session, system("test"), stream="case:1", verb="approve")
    start()
    until(lambda: list((tmp_path / "anchors").glob("*.jsonl")), "the file of anchors")
    until(lambda: is_done("audit.anchor"), "the end of the anchoring")
    with reading(NOBODY) as session:
        assert session.scalar(select(func.count()).select_from(AuditAnchor)) == 1
    assert verify(tmp_path / "anchors") == []
