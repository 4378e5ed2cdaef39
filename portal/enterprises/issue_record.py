"""The deeds that give a registered enterprise its record: no more than that it is registered, and as what.

What a record states is held against the register whenever one of these facts changes, in the transaction that changes
it: a paper that says otherwise must not verify as valid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.queries import catalogue_today
from ..catalogue.snapshot import Catalogue
from ..certificates.issue import Owner, issue, standing
from ..certificates.models import Paper
from ..certificates.queries import Sheet, newest_about
from ..certificates.rules import PaperKind
from ..certificates.snapshot import Line, Snapshot, snapshot_of
from ..certificates.wording import registered
from ..kernel.bilingual import Bilingual, named
from ..kernel.clock import today
from ..kernel.roles import Actor
from .models import Enterprise
from .queries import enterprise
from .tell import tell_people

SUBJECT = "registration"
KIND = PaperKind.REGISTRATION_RECORD
_POSITION = Bilingual("产业链与环节", "Chain and segment")
_UNIT = Bilingual("填报单元", "Reporting unit")
_TOLD = Bilingual("入链登记凭证已换发", "A new record of registration stands")
_INSTEAD = Bilingual(
    "{name}：登记内容有变动，新凭证{new}现已生效，原凭证{old}已被取代，不再有效。请打印新凭证，不要再使用原凭证。",
    "{name}: what the register says has changed. A new record, {new}, stands; the old one, {old}, is superseded and no "
    "longer valid. Print the new one and use the old one no more.",
)
_AGAIN = Bilingual(
    "{name}：入链登记凭证已重新出具，新凭证{new}现已生效。请打印新凭证。",
    "{name}: the record of registration was issued again. The new one, {new}, stands: print it.",
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """The number of a record issued anew, and of the one it took the place of; that is empty where none stood."""

    serial: str
    superseded: str = ""

    def kept(self) -> dict[str, str]:
        """For the trail."""
        return {"issued": self.serial, "superseded": self.superseded}


def issue_record(session: Session, case: Case, actor: Actor) -> str:
    """Issues the record of the enterprise just admitted, in force at once; its number."""
    row = enterprise(session, case.enterprise_id)
    return _issue(session, actor, row, record_snapshot(row, catalogue_today(session)), case.id)


def renew_record(session: Session, actor: Actor, row: Enterprise) -> Renewed | None:
    """Issues the record anew where the standing one no longer says what the register says, and tells the people.

    None where it still does, and where none stands: what was revoked comes back only when an office asks for it.
    """
    _hold(session, row)
    former = standing(session, row.id, KIND, SUBJECT)
    return _instead(session, actor, row, former) if former is not None else None


def give_record(session: Session, actor: Actor, row: Enterprise) -> Renewed | None:
    """The same, also where none stands. None where the standing one says what the register says."""
    _hold(session, row)
    return _instead(session, actor, row, standing(session, row.id, KIND, SUBJECT))


def is_true(paper: Sheet, row: Enterprise, catalogue: Catalogue) -> bool:
    """Whether a record says what the register says today."""
    return paper.snapshot.states_what(record_snapshot(row, catalogue))


def _instead(session: Session, actor: Actor, row: Enterprise, former: Paper | None) -> Renewed | None:
    states = record_snapshot(row, catalogue_today(session))
    if former is not None and snapshot_of(former.snapshot).states_what(states):
        return None
    before = former or newest_about(session, row.id, KIND, SUBJECT)
    serial = _issue(session, actor, row, _dated(states), before.case_id if before else None)
    renewed = Renewed(serial, former.serial if former else "")
    name = named(row.name_zh, row.name_en)
    body = (_INSTEAD if former else _AGAIN).fill(name=name, new=renewed.serial, old=renewed.superseded)
    tell_people(session, row.id, "record-renewed", _TOLD, body, f"/papers/{serial}")
    return renewed


def _hold(session: Session, row: Enterprise) -> None:
    """Who changes a name and who changes a position at the same moment come one after the other.

    What this session changed is written first; then the row is read as the other one left it.
    """
    session.flush()
    session.scalars(
        select(Enterprise)
        .where(Enterprise.id == row.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _issue(session: Session, actor: Actor, row: Enterprise, states: Snapshot, case_id: int | None) -> str:
    owner = Owner(row.id, row.county, row.chain)
    return issue(session, actor, kind=KIND, owner=owner, subject=SUBJECT, snapshot=states, case_id=case_id)


def record_snapshot(row: Enterprise, catalogue: Catalogue) -> Snapshot:
    """What the record states of a registered enterprise, as of the day it was admitted."""
    position = Bilingual("{chain} · {segment}", "{chain} · {segment}").fill(
        chain=catalogue.chain(row.chain).title, segment=catalogue.segment(row.segment).title
    )
    return Snapshot(
        holder=Bilingual(row.name_zh, row.name_en or ""),
        credit_code=row.credit_code,
        issued_on=row.registered_on or today(),
        lines=(Line(_POSITION, position), Line(_UNIT, catalogue.unit(row.county).title)),
    )


def _dated(states: Snapshot) -> Snapshot:
    """The same as a paper of today, which says in its body since when the enterprise is registered."""
    return replace(states, issued_on=today(), text=registered(states.issued_on))
