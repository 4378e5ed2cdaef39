"""As what an enterprise counts in a quarter: columns for a statement that is made anyway, and what they mean.

The same answer as `profile_at` of the quarter's first day, without statements of its own (G4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, func, select, true
from sqlalchemy.orm import Session

from ..catalogue.queries import VERSION, catalogue_at
from ..enterprises.models import AboveScaleStatus, Enterprise, Position, SizeStatus
from ..kernel.period import Quarter
from .estimate import Rate
from .models import ChainRate

_E = Enterprise.__table__.alias("e")
_S, _P = AboveScaleStatus.__table__.alias("s"), Position.__table__.alias("p")
_K = ChainRate.__table__.alias("k")
_Z, _Z1 = SizeStatus.__table__.alias("z"), SizeStatus.__table__.alias("z1")


@dataclass(frozen=True, slots=True)
class Counted:
    """Class, size and segment as they stand on the first day of a quarter."""

    respondent_class: str
    size_class: str
    segment: str


def with_owner(tables: Any, enterprise_id: Any, beside: Any) -> Any:
    """`tables` joined by the enterprise and its chain's rate; null where it is out of the reader's sight."""
    seen = tables.outerjoin(_E, (_E.c.id == enterprise_id) & beside(_E))
    return seen.outerjoin(_K, _K.c.chain == _E.c.chain)


def class_columns(of: Any, first_day: Any, beside: Any) -> list[Label[Any]]:
    """For a Core statement over `with_owner`: `of` whose they are, `beside` the test of scope for each table."""
    tests = {"status": beside(_S), "position": beside(_P), "size": beside(_Z), "first": beside(_Z1)}
    return [*_columns(_Dated(_E.c, _S.c, _P.c, _Z.c, _Z1.c), of, first_day, tests), *_rate_columns(_K.c)]


def class_attributes(of: int, quarter: Quarter) -> list[Label[Any]]:
    """The same for an ORM statement that joins Enterprise and ChainRate; the session adds the tests of scope."""
    tests = dict.fromkeys(("status", "position", "size", "first"), true())
    dated = _Dated(Enterprise, AboveScaleStatus, Position, SizeStatus, SizeStatus)
    return [*_columns(dated, of, quarter.first_day, tests), *_rate_columns(ChainRate)]


def _rate_columns(rate: Any) -> list[Label[Any]]:
    return [getattr(rate, name).label(f"rate_{name}") for name in ("chain", "quarter", "rate", "enterprises")]


def chain_rate(row: Mapping[str, Any]) -> Rate | None:
    """The rate an estimate can be made by, from those columns."""
    if row["rate_chain"] is None:
        return None
    quarter = Quarter.from_code(row["rate_quarter"])
    return Rate(row["rate_chain"], quarter, row["rate_rate"], row["rate_enterprises"])


@dataclass(frozen=True, slots=True)
class _Dated:
    """The enterprise and what is dated about it, as columns or as attributes. `first` is `size` once more."""

    owner: Any
    status: Any
    position: Any
    size: Any
    first: Any


def _columns(dated: _Dated, of: Any, day: Any, tests: Mapping[str, Any]) -> list[Label[Any]]:
    owner, status, position, size, first = dated.owner, dated.status, dated.position, dated.size, dated.first
    standing = status.enterprise_id == of, status.since_on <= day, tests["status"]
    held = position.enterprise_id == of, position.is_primary, position.from_on <= day, tests["position"]
    sized = size.enterprise_id == of, size.since_on <= day, tests["size"]
    of_first = first.enterprise_id == of, tests["first"]
    first_size = select(first.size_class).where(*of_first).order_by(first.since_on).limit(1).scalar_subquery()
    return [
        owner.gb_class.label("counted_gb_class"),
        func.coalesce(_newest(size.size_class, size.since_on, sized), first_size, owner.size_class).label(
            "counted_size"
        ),
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
