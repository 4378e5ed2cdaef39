"""The two statements of a save: taking the draft with its case, and keeping it. Of Core columns, built once.

A save is made more often than all else together; what else is done to a filing goes through `draft.held`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, String, bindparam, select, update
from sqlalchemy.orm import Session, make_transient_to_detached

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..database.columns import Instant, JsonDocument
from ..database.scope import Confined
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Missing
from ..kernel.period import Quarter
from ..kernel.workflow import Kind, State
from .estimate import Rate
from .models import Filing
from .queries_class import Counted, chain_rate, class_columns, counted, with_owner
from .rules import Window

_F, _C = Filing.__table__.alias("f"), Case.__table__.alias("c")
_W = FilingWindow.__table__.alias("w")
_OWN = "enterprise_id edition rule_set draft draft_version saved_at".split()
_CASE = {f"case_{column.name}": column.name for column in _C.c}
_FASTER = Bilingual(
    "刚才有人同时保存了这份填报，请再保存一次。", "Somebody saved this filing at the same moment. Save once more."
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A filing's draft as it is on disk, and as what the enterprise counts; locked until the transaction ends."""

    filing_id: int
    enterprise_id: int
    quarter: Quarter
    edition: str
    rule_set: str
    draft: dict[str, str]
    draft_version: int
    saved_at: datetime | None
    window: Window
    counted: Counted
    rate: Rate | None
    case: dict[str, Any]

    @property
    def case_id(self) -> int:
        number: int = self.case["id"]
        return number

    @property
    def kind(self) -> Kind:
        kind: Kind = self.case["kind"]
        return kind

    @property
    def state(self) -> State:
        state: State = self.case["state"]
        return state

    @property
    def reply_due_on(self) -> date | None:
        day: date | None = self.case["reply_due_on"]
        return day

    @property
    def locked_on(self) -> date | None:
        day: date | None = self.case["locked_on"]
        return day

    def was_entered_by(self, account_id: int | None) -> bool:
        return account_id in self.case["entered_by_ids"]

    def case_in(self, session: Session) -> Case:
        """The case as an object of this session, without a statement: all its columns are here."""
        found = Case(**self.case)
        make_transient_to_detached(found)
        session.add(found)
        return found


def _taken(beside: Any) -> Select[Any]:
    of = bindparam("of", type_=Integer())
    tables = _F.join(_C, _C.c.id == _F.c.case_id).join(_W, _W.c.quarter == _F.c.quarter)
    return (
        select(
            _F.c.id.label("filing_id"),
            *(_F.c[name] for name in _OWN),
            *(_C.c[name].label(label) for label, name in _CASE.items()),
            *(_W.c[name].label(f"window_{name}") for name in ("opens_at", "due_on", "locks_on")),
            *class_columns(of, bindparam("day", type_=Date()), beside),
        )
        .select_from(with_owner(tables, _F.c.enterprise_id, beside))
        .where(_F.c.enterprise_id == of, _F.c.quarter == bindparam("quarter", type_=Integer()), beside(_F), beside(_C))
        .with_for_update(of=(_F, _C))
    )


_TAKEN = Confined.nested(_taken)


def take(session: Session, enterprise_id: int | None, quarter: Quarter) -> Taken:
    """The enterprise's draft of the quarter, locked until the transaction ends. Raises Missing. One statement."""
    values = {"of": enterprise_id, "quarter": quarter.code, "day": quarter.first_day}
    rows = [] if enterprise_id is None else _TAKEN.rows(session, values)
    if not rows or rows[0].counted_gb_class is None:
        raise Missing()
    row = rows[0]._asdict()
    return Taken(
        row["filing_id"],
        quarter=quarter,
        window=Window(row["window_opens_at"], row["window_due_on"], row["window_locks_on"]),
        counted=counted(session, quarter, row),
        rate=chain_rate(row),
        case={name: row[label] for label, name in _CASE.items()},
        **{name: row[name] for name in _OWN},
    )


_T = Filing.__table__
_KEEP = Confined(
    update(_T)  # type: ignore[arg-type]
    .where(_T.c.id == bindparam("own_id"), _T.c.draft_version == bindparam("seen"))
    .values(
        draft=bindparam("texts", type_=JsonDocument),
        draft_version=_T.c.draft_version + 1,
        saved_at=bindparam("at", type_=Instant()),
        typing=bindparam("way", type_=String(8)),
    ),
    _T,
)


def keep(session: Session, mine: Taken, draft: dict[str, str]) -> tuple[int, datetime]:
    """Writes the draft over the version that was taken; the new version, and when. Raises Conflict. One statement."""
    at = now()
    values = {"own_id": mine.filing_id, "seen": mine.draft_version, "texts": draft, "at": at}
    if _KEEP.changed(session, {**values, "way": draft.get("typing", "quarter")}) != 1:
        raise Conflict("stale", _FASTER)
    return mine.draft_version + 1, at
