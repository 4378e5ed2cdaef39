"""Who writes the chapters: this process alone, or some beside it, one a core. They come out the same. A deed.

Another process is started afresh, not forked: it holds none of this one's connections and locks. It waits at a pipe
whose other end only this process has, so that it ends when this one does, however that comes about.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from signal import SIG_IGN, SIGINT, signal

from .city import City
from .lives import CHAPTER, Chapter, Task, tasks, written

MOST = 4
WORTH_IT = 8 * CHAPTER  # enterprises; a smaller city is written sooner than another process has started
AHEAD = 2  # tasks given to a process before its first chapter is read


def hands(city: City) -> int:
    """How many processes are worth starting here."""
    cores = len(os.sched_getaffinity(0))
    return min(cores, MOST) if cores > 1 and city.plan.enterprises >= WORTH_IT else 0


def chapters(city: City, others: int) -> Iterator[Chapter]:
    """All chapters in order, written by so many `others`, or here by nobody else.

    Never more than a few are held: a process that is ahead waits until its chapter is read.
    """
    return _by_others(city, others) if others else (written(city, task) for task in tasks(city))


def _by_others(city: City, others: int) -> Iterator[Chapter]:
    crew = [_Hand() for _ in range(others)]
    for hand in crew:
        hand.tell(city)
    waiting, to_do, turns = deque[_Hand](), tasks(city), cycle(crew)
    try:
        for task in islice(to_do, AHEAD * others):
            waiting.append(next(turns).take(task))
        while waiting:
            hand = waiting.popleft()
            chapter = hand.chapter()
            for task in islice(to_do, 1):
                waiting.append(hand.take(task))
            yield chapter
    finally:
        for hand in crew:
            hand.leave()


class _Hand:
    """One process beside this one, that knows the city and writes what it is told."""

    def __init__(self) -> None:
        fresh = get_context("spawn")
        self._pipe, its_end = fresh.Pipe()
        self._process = fresh.Process(target=_write, args=(its_end,), daemon=True)
        self._process.start()
        its_end.close()

    def tell(self, city: City) -> None:
        self._pipe.send(city.told())

    def take(self, task: Task) -> _Hand:
        self._pipe.send(task)
        return self

    def chapter(self) -> Chapter:
        """The next in the order of its tasks. Raises RuntimeError if the process died; it says itself why."""
        try:
            found = self._pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            raise RuntimeError("a process that helps to build the demo has died") from error
        assert isinstance(found, Chapter)
        return found

    def leave(self) -> None:
        self._pipe.close()
        self._process.join()


def _write(pipe: Connection) -> None:
    signal(SIGINT, SIG_IGN)  # an interrupt is for the operator's process; this one then finds its pipe closed
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody is left to write for
        city: City = pipe.recv()
        while True:
            pipe.send(written(city, pipe.recv()))
