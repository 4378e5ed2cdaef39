"""Who uses codes of the catalogue: a room above declares it, so that nothing is retired from under what is in use.

@uses("unit")
def units_in_use(session: Session) -> Mapping[str, int]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

Count = Callable[[Session], Mapping[str, int]]
USES: dict[str, Count] = {}


def uses(kind: str) -> Callable[[Count], Count]:
    """Declares what counts the registered enterprises by code of a kind; read when a draft retires one."""

    def declare(count: Count) -> Count:
        USES[kind] = count
        return count

    return declare
