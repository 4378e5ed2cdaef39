"""How many failures are borne, of what, in how long. Pure; the counts are in the table `throttle`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Refusal

_TOO_MANY = Bilingual("尝试次数太多。请在{minutes}分钟后再试。", "Too many tries. Wait {minutes} min, then try again.")


class TooMany(Refusal):
    """Shut for a while. It says the same whether or not there is such an account."""

    status = 429

    def __init__(self, seconds_left: float) -> None:
        minutes = max(1, -int(-seconds_left // 60))
        super().__init__("too-many", _TOO_MANY.fill(minutes=minutes))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` failures within `window` of the first one; then shut until the window ends by itself."""

    name: str
    most: int
    window: timedelta


# An address is shut before it can fill the counts of many accounts.
ADDRESS = Limit("address", 5, timedelta(minutes=5))
ACCOUNT = Limit("account", 5, timedelta(minutes=15))
CODE = Limit("code", 5, timedelta(minutes=15))
CODE_DAY = Limit("code-day", 50, timedelta(days=1))  # who holds a password must not try codes for weeks
TAKEN_NAME = Limit("taken", 20, timedelta(minutes=15))
REGISTERED = Limit("registered", 50, timedelta(hours=1))  # a whole county office may sit behind one address
RESET_ADDRESS = Limit("reset", 5, timedelta(minutes=15))
RECOVERY_ADDRESS = Limit("recovery-address", 5, timedelta(minutes=15))
RECOVERY = Limit("recovery", 10, timedelta(hours=1))
RECOVERY_ISSUED = Limit("recovery-issued", 20, timedelta(hours=1))
RESET_ACCOUNT = Limit("reset-account", 3, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that is counted under one limit."""

    limit: Limit
    key: str

    @classmethod
    def of(cls, limit: Limit, subject: str | int) -> Count:
        """What was typed is kept as a hash only: people type passwords into the wrong field."""
        text = str(subject)
        plain = limit.name in ("code", "code-day", "reset-account")
        return cls(
            limit, f"{limit.name}:{text if plain else hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
        )
