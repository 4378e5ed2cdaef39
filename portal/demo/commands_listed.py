"""Reading who can sign in to the demo, apart from the load: a web worker shows the list and never loads a city."""

from __future__ import annotations

from ..database.session import reading
from ..kernel.roles import Scope
from .queries import DemoAccount, listed

REASON = "demo"


def listed_accounts() -> list[DemoAccount]:
    """Who can sign in to the demo. Only ever asked in demo mode."""
    with reading(Scope.everything(REASON)) as session:
        return listed(session)
