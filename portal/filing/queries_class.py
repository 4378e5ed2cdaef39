"""As what an enterprise counts in a quarter: columns for a statement that is made anyway, and what they mean.

The same answer as `profile_at` of the quarter's first day, without statements of its own (G4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, select, true
from sqlalchemy.orm import Session

from ..catalogue.queries import VERSION, catalogue_at
from ..enterprises.models import AboveScaleStatus, Enterprise, Position
from ..kernel.period import Quarter

_E = Enterprise.__table__.alias("e")
_S, _P = AboveScaleStatus.__table__.alias("s"), Position.__table__.alias("p")


@dataclass(frozen=True, slots=True)
class Counted:
    """Class, size and segment as they stand on the first day of a quarter."""

    respondent_class: str
    size_class: str
    segment: str


def with_owner(tables: Any, enterprise_id: Any, beside: Any) -> Any:
    """`tables` joined by the enterprise; its columns are null where it is out of the reader's sight."""
    return tables.outerjoin(_E, (_E.c.id == enterprise_id) & beside(_E))


def class_columns(of: Any, first_day: Any, beside: Any) -> list[Label[Any]]:
    """For a Core statement over `with_owner`: `of` whose they are, `beside` the test of scope for each table."""
    return _columns(_E.c, _S.c, _P.c, of, first_day, (beside(_S),), (beside(_P),))


def class_attributes(of: int, quarter: Quarter) -> list[Label[Any]]:
    """The same for an ORM statement that joins Enterprise; the session itself adds the tests of scope."""
    return _columns(Enterprise, AboveScaleStatus, Position, of, quarter.first_day, (true(),), (true(),))


def _columns(
    owner: Any, status: Any, position: Any, of: Any, day: Any, on_status: tuple[Any, ...], on_position: tuple[Any, ...]
) -> list[Label[Any]]:
    standing = status.enterprise_id == of, status.since_on <= day, *on_status
    held = position.enterprise_id == of, position.is_primary, position.from_on <= day, *on_position
    return [
        owner.gb_class.label("counted_gb_class"),
        owner.size_class.label("counted_size"),
        owner.segment.label("counted_home"),
        _newest(status.is_above_scale, status.since_on, standing).label("counted_above"),
        _newest(position.segment, position.from_on, held).label("counted_segment"),
        VERSION.label("counted_by"),
    ]


def _newest(column: Any, since: Any, tests: tuple[ColumnElement[bool], ...]) -> Any:
    return select(column).where(*tests).order_by(since.desc()).limit(1).scalar_subquery()


def counted(session: Session, quarter: Quarter, row: Mapping[str, Any]) -> Counted:
    """What the columns of `row` say. The catalogue is the one in memory, unless something was published since."""
    catalogue = catalogue_at(session, quarter, row["counted_by"] or "")
    kind = catalogue.respondent_class(row["counted_gb_class"], bool(row["counted_above"])).value
    return Counted(kind, row["counted_size"], row["counted_segment"] or row["counted_home"])
