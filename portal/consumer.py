"""The process that does the background work: `python -m portal.consumer`.

It alone imports the rooms' tasks, and with them the heavy libraries. It runs until SIGTERM and finishes the job at
hand; what it cannot finish is done again after its lease.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import sys
import time
from typing import Any

from huey.consumer import Consumer, Scheduler

import portal

from .config import Settings
from .database.seal import use_keys
from .database.session import Database, use
from .jobs.bell import Bell
from .jobs.rules import BEAT, SWEEP_SECONDS
from .jobs.run import Runner, is_anything_due

WORKERS = 2
_POLL_SECONDS = 0.2


def load_rooms() -> None:
    """Imports the tables and the tasks of every room."""
    rooms = [room.name for room in pkgutil.iter_modules(portal.__path__) if room.ispkg]
    for door in ("models", "tasks"):
        for room in rooms:
            if importlib.util.find_spec(f"portal.{room}.{door}") is not None:
                importlib.import_module(f"portal.{room}.{door}")


class _Clock(Scheduler):
    """huey's scheduler thread, with our second hand: turns, signs of life, and a look at what is due."""

    runner: Runner
    bell: Bell

    def initialize(self) -> None:
        self.runner.learn_periods()
        self.next_beat = 0.0

    def loop(self, now: Any = None) -> None:
        began = time.monotonic()
        if began >= self.next_beat:
            self.runner.beat()
            self.next_beat = began + BEAT.total_seconds()
        self.runner.take_turns()
        if is_anything_due():
            self.bell.ring()
        self.sleep_for_interval(began, SWEEP_SECONDS)


def make_consumer(settings: Settings, **options: Any) -> tuple[Consumer, Runner]:
    """huey's consumer with our runner in it. `options` go to the Runner."""
    runner = Runner(settings, **options)
    bell = Bell(settings, runner.sweep)
    bell.mute()
    clock = type("Clock", (_Clock,), {"runner": runner, "bell": bell})
    maker = type("PortalConsumer", (Consumer,), {"scheduler_class": clock})
    consumer = maker(
        bell.queue,
        workers=WORKERS,
        periodic=False,
        initial_delay=_POLL_SECONDS,
        max_delay=_POLL_SECONDS,
        health_check_interval=1,
        graceful_signal="TERM",
    )
    runner.stopping = consumer.stop_flag.is_set
    return consumer, runner


def main(settings: Settings | None = None, **options: Any) -> int:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    settings = settings or Settings.from_environment()
    load_rooms()
    database = use(Database(settings.database_url))
    use_keys(*settings.keys)
    consumer, runner = make_consumer(settings, **options)
    consumer.run()
    runner.leave()
    database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
