"""The deed that tells the bureau of a county's acceptance, and the county when its lock is taken back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ..accounts.models import Account
from ..accounts.queries import holders_of
from ..catalogue.queries import catalogue_at
from ..filing.models_lock import QuarterAcceptance
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import today
from ..kernel.roles import Role
from ..notices.post import post

_ACCEPTED = Bilingual("{unit}已锁定{quarter}数据", "{unit} accepted and locked {quarter}")
_ACCEPTED_BODY = Bilingual(
    "{name}确认：应报{due}家，已通过{approved}家，缺报{missing}家。",
    "Accepted by {name}: {due} due, {approved} approved, {missing} missing.",
)
_BACK = Bilingual("{unit}{quarter}的锁定已解除", "{unit}: the lock of {quarter} was taken back")
_BACK_BODY = Bilingual(
    "{name}解除锁定，理由：{reason}\n更正并审核之后，请县级负责人重新确认并锁定。",
    "Taken back by {name}. Reason: {reason}\nOnce it is corrected and reviewed, the county lead accepts and locks it "
    "again.",
)
_REVISION = Bilingual(
    "{text}\n这个季度已经发布，改动只在下一次发布时作为修订公布。",
    "{text}\nThe quarter is released: changes are published as a revision, with the next release.",
)


def tell_accepted(session: Session, row: QuarterAcceptance) -> None:
    readers = holders_of(session, (Role.BUREAU_OFFICER, Role.BUREAU_LEAD), today())
    counts = {"due": row.due, "approved": row.approved, "missing": row.missing}
    body = _ACCEPTED_BODY.fill(name=row.accepted_by_name, **counts)
    _tell(session, row, readers, "quarter-accepted", _ACCEPTED, body)


def tell_taken_back(session: Session, row: QuarterAcceptance) -> None:
    readers = holders_of(session, (Role.COUNTY_OFFICER, Role.COUNTY_LEAD), today(), county=row.county)
    body = _BACK_BODY.fill(name=row.taken_back_by_name, reason=row.taken_back_reason)
    _tell(session, row, readers, "quarter-unlocked", _BACK, _REVISION.fill(text=body) if row.was_released else body)


def _tell(
    session: Session, row: QuarterAcceptance, readers: Iterable[Account], kind: str, title: Bilingual, body: Bilingual
) -> None:
    unit = catalogue_at(session, row.period).name_of("unit", row.county) or both(row.county)
    for reader in readers:
        post(
            session,
            account_id=reader.id,
            kind=kind,
            title=title.fill(unit=unit, quarter=row.period.title),
            body=body,
            link=f"/review/quarter?quarter={row.period}",
            mail_to=reader.email,
            language="en" if reader.language == "en" else "zh",
        )
