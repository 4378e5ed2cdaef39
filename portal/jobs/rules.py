"""How long to wait, how often to try. Pure."""

from __future__ import annotations

from datetime import timedelta

MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=20)  # renewed every BEAT while the job runs, so it only measures how fast a death is noticed
BEAT = timedelta(seconds=5)
SWEEP_SECONDS = 1
# A lease that ends later than this was written under another clock and binds nobody.
LONGEST_LEASE = timedelta(hours=1)
KEPT_DONE = timedelta(days=7)
LONGEST_ERROR = 2000


def backoff(attempts: int) -> timedelta:
    """The wait after the attempt with this number, from 1: 10 s, 40 s, 160 s … one hour; some three hours in all."""
    return min(timedelta(seconds=10 * 4 ** (attempts - 1)), timedelta(hours=1))
