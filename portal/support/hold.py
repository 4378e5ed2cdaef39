"""The deed that takes an application in hand: its row and its newest step's case, locked until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..casework.queries import locked
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Illegal
from ..kernel.workflow import EDITABLE
from .models import Application
from .queries import Standing, policy_version
from .queries_application import application, current_case

_SHUT = Bilingual("申请已提交，现在不能修改。", "It has been submitted; it cannot be changed now.")


@dataclass(frozen=True, slots=True)
class Held:
    application: Application
    case: Case
    step: int
    standing: Standing

    def refuse_shut(self) -> None:
        if self.case.state not in EDITABLE:
            raise Illegal("wrong-state", _SHUT)


def held(session: Session, application_id: int) -> Held:
    """Raises Missing outside the session's scope."""
    found = application(session, application_id)
    step, case = current_case(session, found.id)
    case = locked(session, case.id)
    session.refresh(found)  # somebody may have saved while this waited for the case
    return Held(found, case, step.number, policy_version(session, found.policy_version_id))
