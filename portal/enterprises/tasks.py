"""Background work of enterprises: who acts for one is told when a colleague came back with a recovery code."""

from __future__ import annotations

from ..accounts.queries import account
from ..accounts.recovery import TELL_COLLEAGUES
from ..jobs.registry import JobContext, handler
from ..kernel.bilingual import Bilingual
from .queries import enterprises_of
from .tell import tell_people

_TITLE = Bilingual("{name}已用恢复码设置新密码", "{name} set a new password with a recovery code")
_BODY = Bilingual(
    "{name}已凭工作人员发放的恢复码设置了新密码。如有疑问，请立即联系县级审核员或市经信局。",
    "{name} set a new password with the code an office had issued. If you doubt it, get in touch with the county "
    "officer or the city bureau at once.",
)


@handler(TELL_COLLEAGUES)
def tell_recovered(job: JobContext, account_id: int) -> None:
    with job.transaction() as session:
        name = account(session, account_id).display_name
        title, body = _TITLE.fill(name=name), _BODY.fill(name=name)
        for enterprise_id in enterprises_of(session, account_id):
            tell_people(session, enterprise_id, "colleague-recovery", title, body, "/enterprise", but=account_id)
