"""Background work of enterprises: colleagues are told of a used recovery code; previews nobody confirmed go."""

from __future__ import annotations

from datetime import timedelta

from ..accounts.queries import account
from ..accounts.recovery import TELL_COLLEAGUES
from ..jobs.registry import JobContext, every, handler
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.roles import Scope, system
from ..uploads.store import discard
from .forget_import import forget_import
from .queries import enterprises_of
from .queries_roster import left_open
from .tell import tell_people

_TITLE = Bilingual("{name}已用恢复码设置新密码", "{name} set a new password with a recovery code")
_BODY = Bilingual(
    "{name}已凭工作人员发放的恢复码设置了新密码。如有疑问，请立即联系县级审核员或市经信局。",
    "{name} set a new password with the code an office had issued. If you doubt it, get in touch with the county "
    "officer or the city bureau at once.",
)


KEPT_PREVIEWS = timedelta(days=7)
_PREVIEWS = "previews of lists that nobody confirmed"


@every("enterprises.forget_previews", seconds=24 * 60 * 60, scope=Scope.everything(_PREVIEWS))
def forget_previews(job: JobContext) -> None:
    """A list that was read and not confirmed within a week is nobody's any more: its lines and its file go."""
    with job.transaction() as session:
        files = [forget_import(session, system(_PREVIEWS), row) for row in left_open(session, now() - KEPT_PREVIEWS)]
    for stored_name in files:  # once the rows are gone: a file that stays behind is reachable by no address
        discard(job.settings.data_dir, stored_name)


@handler(TELL_COLLEAGUES)
def tell_recovered(job: JobContext, account_id: int) -> None:
    with job.transaction() as session:
        name = account(session, account_id).display_name
        title, body = _TITLE.fill(name=name), _BODY.fill(name=name)
        for enterprise_id in enterprises_of(session, account_id):
            tell_people(session, enterprise_id, "colleague-recovery", title, body, "/enterprise", but=account_id)
