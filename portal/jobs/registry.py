"""Which handler answers to which name, and what recurs. Filled by the rooms' tasks.py, in the consumer only.

    @handler("notices.send_mail")
    def send_mail(job: JobContext, message_id: int) -> None:
        with job.transaction() as session:  # effect and the job's end commit together
            ...

A handler may run more than once (the consumer may die in the middle); what it does outside the transaction must bear
that. Its session sees nobody's rows unless the decorator names a scope:
`@handler("statistics.median", scope=Scope.everything("statistics"))`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..kernel.roles import Scope
from .context import JobContext, LeaseLost

__all__ = ["HANDLERS", "PERIODS", "Handler", "JobContext", "LeaseLost", "every", "handler"]

Work = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A function `(job: JobContext, **args) -> None` and whose rows it may touch."""

    name: str
    work: Work
    scope: Scope


HANDLERS: dict[str, Handler] = {}
PERIODS: dict[str, timedelta] = {}


def handler(name: str, *, scope: Scope | None = None) -> Callable[[Work], Work]:
    """Declares the function that does the jobs called `name`. Raises ValueError when the name is taken."""

    def declare(work: Work) -> Work:
        taken: Any = HANDLERS.get(name)
        if taken is not None and taken.work.__qualname__ != work.__qualname__:
            raise ValueError(f"{name} has a handler already")
        HANDLERS[name] = Handler(name, work, scope or Scope.nobody())
        return work

    return declare


def every(name: str, *, seconds: int, scope: Scope | None = None) -> Callable[[Work], Work]:
    """Declares a handler that recurs; however many consumers run, each turn is taken once."""

    def declare(work: Work) -> Work:
        PERIODS[name] = timedelta(seconds=seconds)
        return handler(name, scope=scope)(work)

    return declare
