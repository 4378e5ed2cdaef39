"""How many registered enterprises stand in each unit and in each division: the catalogue asks before it retires one.

A chain position may be retired under them: it keeps its name, and they are moved one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalogue.uses import uses
from .models import Enterprise


@uses("unit")
def units_in_use(session: Session) -> Mapping[str, int]:
    return _counted(session, Enterprise.county)


@uses("division")
def divisions_in_use(session: Session) -> Mapping[str, int]:
    """By main class. Without its division there is no size class and no form for it."""
    return _counted(session, func.substr(Enterprise.gb_class, 1, 2))


def _counted(session: Session, code: Any) -> dict[str, int]:
    found = code.label("code")
    rows = session.execute(
        select(found, func.count(Enterprise.id)).where(Enterprise.status == "registered").group_by(found)
    )
    return {row[0]: row[1] for row in rows}
