"""The deed of using an enrolment code: once, in time, for the enterprise it was made for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from ..accounts.handed_code import code_hash
from ..accounts.limits import Count, Limit
from ..accounts.throttle import count_failure, refuse_if_shut
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid
from ..kernel.roles import Actor
from .models import EnrolmentCode
from .queries_register import enrolment_code_by_hash

TRIES = Limit("enrolment", 5, timedelta(minutes=15))
VALID_FOR = timedelta(days=30)
_NOT_VALID = Bilingual(
    "登记码无效：可能输错、已经用过、已过期，或者不是发给这个统一社会信用代码的。",
    "This enrolment code is not valid: mistyped, used, expired, or issued for another credit code.",
)


def redeem(session: Session, actor: Actor, enterprise_id: int, credit_code: str, typed: str) -> EnrolmentCode:
    """Uses the code up as the proof of `enterprise_id`. One's own used code stays good.

    Raises Invalid after counting the failure, TooMany after too many: the caller must commit what was counted.
    """
    at = now()
    counts = [Count.of(TRIES, actor.account_id or 0)]
    counts += [Count.of(TRIES, actor.address)] if actor.address else []
    refuse_if_shut(session, at, *counts)
    found = enrolment_code_by_hash(session, code_hash(typed))
    is_own = found is not None and found.used_for_id == enterprise_id
    is_live = found is not None and found.used_at is None and found.expires_at > at
    if found is None or found.credit_code != credit_code or not (is_own or is_live):
        count_failure(session, at, *counts)
        raise Invalid("enrolment-code", _NOT_VALID, {"enrolment_code": _NOT_VALID})
    found.used_at, found.used_for_id = found.used_at or at, enterprise_id
    session.flush()
    return found
