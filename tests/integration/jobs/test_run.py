"""Running jobs: the effect once, a failure later again, and never two at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.database.session import Database, reading, transaction
from portal.jobs.models import Job, JobConsumer, JobPeriod
from portal.jobs.queries import consumer_is_alive, open_jobs, parked_jobs, queue_state
from portal.jobs.queue import enqueue
from portal.jobs.registry import HANDLERS, PERIODS, JobContext, LeaseLost, every, handler
from portal.jobs.release import release
from portal.jobs.rules import BEAT, KEPT_DONE, MOST_ATTEMPTS, backoff
from portal.jobs.run import Runner
from portal.jobs.tasks import forget
from portal.kernel.clock import now
from portal.kernel.errors import Conflict
from portal.kernel.roles import Scope

from .test_queue import settings_for

NOBODY = Scope.nobody()
EFFECT = "test.effect"  # the effect of the handlers below: a job of this name, due in a hundred years


@pytest.fixture
def runner(database: Database, tmp_path: Path) -> Runner:
    return Runner(settings_for(database, tmp_path), lease=timedelta(seconds=20))


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    kept, periods = HANDLERS.copy(), PERIODS.copy()
    yield
    HANDLERS.clear()
    HANDLERS.update(kept)
    PERIODS.clear()
    PERIODS.update(periods)


def ask(name: str = "test.work", **args: object) -> int:
    with transaction(NOBODY) as session:
        enqueue(session, name, **args)  # type: ignore[arg-type]
    with reading(NOBODY) as session:
        return session.scalars(select(Job.id).order_by(Job.id.desc())).first() or 0


def work(name: str, during: Callable[[JobContext], None] = lambda job: None) -> None:
    """A handler whose effect is one row; `during` happens inside its transaction."""

    def effect(job: JobContext, **args: object) -> None:
        with job.transaction() as session:
            enqueue(session, EFFECT, due_at=now() + timedelta(days=36500))
            during(job)

    handler(name)(effect)


def effects() -> int:
    with reading(NOBODY) as session:
        return len(session.scalars(select(Job.id).where(Job.name == EFFECT)).all())


def job(job_id: int) -> Job:
    with reading(NOBODY) as session:
        return session.scalars(select(Job).where(Job.id == job_id)).one()


def make_due(job_id: int) -> None:
    with transaction(NOBODY) as session:
        session.execute(update(Job).where(Job.id == job_id).values(due_at=now()))


def fail(job: JobContext) -> None:
    raise ValueError("the mail server is away")


def test_a_job_runs_once_with_its_arguments_and_is_done(runner: Runner) -> None:
    seen: list[object] = []

    def remember(job: JobContext, letter: int, to: str) -> None:
        seen.append((job.name, job.attempt, letter, to))

    handler("test.work")(remember)
    number = ask(letter=7, to="丽水")
    assert runner.sweep() == 1
    assert runner.sweep() == 0
    assert seen == [("test.work", 1, 7, "丽水")]
    assert job(number).done_at is not None


def test_the_effect_and_the_end_commit_together(runner: Runner) -> None:
    work("test.work", fail)
    number = ask()
    runner.sweep()
    assert effects() == 0
    assert job(number).done_at is None
    work_again(number)
    runner.sweep()
    assert effects() == 1
    assert job(number).done_at is not None
    assert job(number).error is None


def work_again(number: int) -> None:
    HANDLERS.pop("test.work")
    work("test.work")
    make_due(number)


def test_a_failed_job_waits_longer_each_time_and_is_parked_after_the_eighth(runner: Runner) -> None:
    work("test.work", fail)
    number = ask()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert job(number).parked_at is None
        began = now()
        assert runner.sweep() == 1
        assert job(number).attempts == attempt
        if attempt < MOST_ATTEMPTS:
            assert began + backoff(attempt) <= job(number).due_at <= now() + backoff(attempt)
        make_due(number)
    assert runner.sweep() == 0
    with reading(NOBODY) as session:
        (parked,) = parked_jobs(session)
        assert (parked.id, parked.error) == (number, "ValueError: the mail server is away")
        assert queue_state(session, now()).parked == 1
        assert open_jobs(session) == []
    assert effects() == 0


def test_a_parked_job_is_taken_up_again_once(runner: Runner) -> None:
    work("test.work", fail)
    number = ask(key="one")
    with transaction(NOBODY) as session:
        session.execute(
            update(Job).where(Job.id == number).values(attempts=8, lease_token="x", parked_at=now(), error="gone")
        )
    ask(key="one")
    with transaction(NOBODY) as session:
        assert release(session, number) == "test.work"
    with pytest.raises(Conflict), transaction(NOBODY) as session:
        release(session, number)
    work_again(number)
    assert runner.sweep() == 2
    assert effects() == 2


def test_a_consumer_that_died_between_claim_and_end_loses_nothing_and_repeats_nothing(runner: Runner) -> None:
    work("test.work")
    number = ask()
    dead = runner.claim()
    assert dead is not None
    assert runner.sweep() == 0, "the lease still holds"
    with transaction(NOBODY) as session:
        session.execute(update(Job).where(Job.id == number).values(leased_until=now() - timedelta(seconds=1)))
    assert runner.sweep() == 1
    runner.run(dead)  # it was not dead after all
    assert effects() == 1
    assert job(number).done_at is not None


def test_who_lost_the_lease_is_told_and_its_effect_undone(runner: Runner) -> None:
    work("test.work")
    number = ask()
    late = runner.claim()
    assert late is not None
    with transaction(NOBODY) as session:
        session.execute(update(Job).where(Job.id == number).values(lease_token="somebody else"))
    with pytest.raises(LeaseLost), late.transaction() as session:
        enqueue(session, EFFECT)
    assert effects() == 0


def test_a_job_whose_consumer_dies_every_time_is_parked(runner: Runner) -> None:
    work("test.work")
    number = ask()
    past = now() - timedelta(seconds=1)
    with transaction(NOBODY) as session:
        session.execute(update(Job).values(attempts=MOST_ATTEMPTS, lease_token="x", leased_until=past))
    assert runner.sweep() == 1
    assert job(number).parked_at is not None
    assert "died" in (job(number).error or "")


def test_a_job_ends_only_once_in_its_handler(runner: Runner) -> None:
    def twice(job: JobContext) -> None:
        for _ in range(2):
            with job.transaction() as session:
                enqueue(session, EFFECT, due_at=now() + timedelta(days=1))

    handler("test.work")(twice)
    number = ask()
    runner.sweep()
    assert effects() == 1
    assert job(number).done_at is not None


def test_a_job_without_a_handler_is_kept_for_later(runner: Runner) -> None:
    number = ask("test.unknown")
    assert runner.sweep() == 1
    assert "no handler" in (job(number).error or "")
    assert job(number).parked_at is None


def test_many_consumers_do_each_job_once(runner: Runner) -> None:
    work("test.work")
    for _ in range(30):
        ask()
    threads = [threading.Thread(target=Runner(runner.settings).sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runner.sweep()
    assert effects() == 30
    with reading(NOBODY) as session:
        assert set(session.scalars(select(Job.attempts).where(Job.name == "test.work"))) == {1}


def test_the_oldest_due_job_comes_first_and_a_later_one_waits(runner: Runner) -> None:
    order: list[int] = []
    handler("test.work")(lambda job, place: order.append(place))
    instant = now()
    for place, due_at in ((2, instant), (1, instant - timedelta(hours=1)), (3, instant + timedelta(hours=1))):
        ask(place=place, due_at=due_at)
    runner.sweep()
    assert order == [1, 2]


def test_a_consumer_that_is_asked_to_stop_begins_nothing_more(runner: Runner) -> None:
    handler("test.work")(lambda job: setattr(runner, "stopping", lambda: True))
    ask()
    ask()
    assert runner.sweep() == 1


def test_a_beat_keeps_the_lease_of_the_job_at_hand(runner: Runner) -> None:
    leases: list[datetime] = []

    def long_work(context: JobContext) -> None:
        for wait in (5, 10):
            leases.append(job(context.id).leased_until or now())
            later = now() + timedelta(seconds=wait)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("portal.jobs.run.now", lambda later=later: later)
                runner.beat()

    handler("test.work")(long_work)
    ask()
    runner.sweep()
    assert leases[1] > leases[0]


def test_a_lease_written_under_a_clock_that_was_set_back_binds_nobody(runner: Runner) -> None:
    work("test.work")
    number = ask()
    with transaction(NOBODY) as session:
        far = now() + timedelta(days=400)
        session.execute(update(Job).where(Job.id == number).values(attempts=1, lease_token="x", leased_until=far))
    assert runner.sweep() == 1


def test_a_consumer_is_alive_for_four_beats_and_until_it_leaves(runner: Runner) -> None:
    def alive(after: timedelta) -> bool:
        with reading(NOBODY) as session:
            return consumer_is_alive(session, now() + after)

    assert not alive(timedelta(0))
    runner.beat()
    assert alive(timedelta(0))
    assert alive(3 * BEAT)
    assert not alive(5 * BEAT)
    runner.leave()
    assert not alive(timedelta(0))
    with reading(NOBODY) as session:
        assert session.scalars(select(JobConsumer)).all() == []


def test_each_turn_of_a_recurring_job_is_taken_by_one_consumer(runner: Runner) -> None:
    done: list[int] = []
    PERIODS.clear()
    every("test.turn", seconds=300)(lambda job: done.append(job.id))
    consumers = [Runner(runner.settings) for _ in range(3)]
    for consumer in consumers:
        consumer.learn_periods()
    threads = [threading.Thread(target=consumer.take_turns) for consumer in consumers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runner.sweep()
    assert len(done) == 1
    runner.take_turns()
    assert runner.sweep() == 0, "the next turn is five minutes away"
    with transaction(NOBODY) as session:
        session.execute(update(JobPeriod).values(next_at=now()))
    runner.take_turns()
    runner.sweep()
    assert len(done) == 2


def test_a_turn_that_lies_too_far_ahead_is_pulled_in_at_the_start(runner: Runner) -> None:
    PERIODS.clear()
    every("test.turn", seconds=300)(lambda job: None)
    runner.learn_periods()
    with transaction(NOBODY) as session:
        session.execute(update(JobPeriod).values(next_at=now() + timedelta(days=400)))
    runner.learn_periods()
    with reading(NOBODY) as session:
        assert session.scalars(select(JobPeriod.next_at)).one() <= now() + timedelta(seconds=300)


def test_done_jobs_are_forgotten_after_a_week_and_no_others(runner: Runner) -> None:
    handler("jobs.forget")(forget)
    old, young, parked = ask("a"), ask("b"), ask("c")
    long_ago = now() - KEPT_DONE - timedelta(hours=1)
    with transaction(NOBODY) as session:
        session.execute(update(Job).where(Job.id == old).values(done_at=long_ago))
        session.execute(update(Job).where(Job.id == young).values(done_at=now()))
        session.execute(update(Job).where(Job.id == parked).values(parked_at=long_ago))
    ask("jobs.forget")
    runner.sweep()
    with reading(NOBODY) as session:
        assert set(session.scalars(select(Job.name))) == {"b", "c", "jobs.forget"}


def test_the_lag_is_how_long_the_oldest_due_job_has_waited(runner: Runner) -> None:
    ask(due_at=now() - timedelta(minutes=3))
    ask(due_at=now() + timedelta(minutes=3))
    with reading(NOBODY) as session:
        state = queue_state(session, now())
    assert (state.due, state.later, state.parked, state.is_consumed) == (1, 1, 0, False)
    assert timedelta(minutes=3) <= state.lag < timedelta(minutes=4)
