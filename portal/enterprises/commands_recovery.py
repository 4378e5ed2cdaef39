"""An officer gives somebody of an enterprise of the own county a way back into their account."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..accounts.enter import locked
from ..accounts.models import Account
from ..accounts.queries import holders_of
from ..accounts.recovery import Handed, check_identity, issue_code
from ..database.session import transaction
from ..kernel.bilingual import Bilingual, named
from ..kernel.clock import today
from ..kernel.errors import Missing
from ..kernel.roles import Actor, Role
from ..notices.post import post
from .models import Enterprise
from .queries import recoverable
from .tell import tell_people

_TITLE = Bilingual("已为{name}的账号发放恢复码", "A recovery code was issued for the account of {name}")
_BODY = Bilingual(
    "{office}在核实身份后，为{enterprise}的{name}发放了一次性恢复码，凭码可以设置新密码。"
    "如有疑问，请立即联系县级审核员或市经信局。",
    "{office} checked who {name} of {enterprise} is and issued a one-time recovery code, which sets a new password. "
    "If you doubt it, get in touch with the county officer or the city bureau at once.",
)
_LEADS_BODY = Bilingual(
    "{office}为{enterprise}的{name}发放了一次性恢复码，凭码可以设置新密码。身份核实方式：{identity}",
    "{office} issued a one-time recovery code for {name} of {enterprise}, which sets a new password. How the person "
    "was identified: {identity}",
)


def issue_recovery(actor: Actor, enterprise_id: int, account_id: int, identity: str) -> Handed:
    """A code that sets a new password once; the owner, everybody else who acts for the enterprise, and the leads of
    its county are told.

    Raises Invalid (field `identity`), Missing outside the own counties and for who does not act for the enterprise,
    Illegal for a disabled account, TooMany.
    """
    checked = check_identity(identity)
    with transaction(actor) as session:
        row = recoverable(session, actor, enterprise_id, account_id)
        account = locked(session, account_id)
        if account.is_office:
            raise Missing()
        _tell_others(session, actor, row, account)
        _tell_leads(session, actor, row, account, checked)
        return issue_code(session, actor, account, checked, about=f"enterprise:{row.id}")


def _tell_leads(session: Session, actor: Actor, row: Enterprise, account: Account, identity: str) -> None:
    """The leads of the county read of each code that an officer of theirs hands out, and on what proof."""
    whose = {"name": account.display_name, "enterprise": named(row.name_zh, row.name_en)}
    body = _LEADS_BODY.fill(**whose, office=actor.name, identity=identity)
    for lead in holders_of(session, (Role.COUNTY_LEAD,), today(), county=row.county):
        if lead.id != actor.account_id:
            post(
                session,
                account_id=lead.id,
                kind="recovery-by-officer",
                title=_TITLE.fill(name=account.display_name),
                body=body,
                link=f"/enterprises/{row.id}",
                mail_to=lead.email,
                language="en" if lead.language == "en" else "zh",
            )


def _tell_others(session: Session, actor: Actor, row: Enterprise, account: Account) -> None:
    words = {"name": account.display_name, "office": actor.name, "enterprise": named(row.name_zh, row.name_en)}
    title, body = _TITLE.fill(**words), _BODY.fill(**words)
    tell_people(session, row.id, "colleague-recovery", title, body, "/enterprise", but=account.id)
