"""The deed that lets a second claimant act for an enterprise that is registered already."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.models import Account
from ..casework.models import Case
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Illegal
from ..kernel.roles import Actor
from ..notices.post import post
from .models import Enterprise, Membership
from .queries import colleagues, enterprise
from .queries_registration import registered_with_code

_GONE = Bilingual(
    "你管辖范围内没有以这个代码登记的企业。请退回，由申请人重新提交。",
    "No enterprise of yours is registered under this code. Return the case for the applicant to submit again.",
)
_JOINED = Bilingual("{name}已获准代表你单位填报", "{name} may now act for your enterprise")
_BODY = Bilingual(
    "县级审核员通过了{name}的账号接入申请。如有疑问，负责人可以在“企业信息”中停用。",
    "The county officer approved the account request of {name}. A certifier can end it under Enterprise profile.",
)


def join(session: Session, case: Case, actor: Actor) -> None:
    """Gives the claimants the preparer's post (the certifier's too where nobody holds it) and tells the certifiers.

    Raises Illegal when the enterprise is not registered within the officer's scope any more.
    """
    claim = enterprise(session, case.enterprise_id)
    registered = registered_with_code(session, case.credit_code)
    if registered is None:
        raise Illegal("not-registered", _GONE)
    standing = colleagues(session, registered.id)
    certifiers = [person for person in standing if person.post == "certifier" and person.state == "active"]
    posts = ("preparer",) if certifiers else ("preparer", "certifier")
    for account_id in _claimants(session, claim.id):
        _give(session, account_id, registered, posts, actor)
        name = session.get_one(Account, account_id).display_name
        for certifier in certifiers:
            post(
                session,
                account_id=certifier.account_id,
                kind="member-joined",
                title=_JOINED.fill(name=name),
                body=_BODY.fill(name=name),
                link="/enterprise",
                mail_to=certifier.email,
                language="en" if certifier.language == "en" else "zh",
            )
    claim.status = "merged"
    session.flush()


def _claimants(session: Session, enterprise_id: int) -> list[int]:
    """The accounts behind the claim; their memberships in the merged row end here."""
    found = session.scalars(
        select(Membership).where(Membership.enterprise_id == enterprise_id, Membership.state == "pending")
    ).all()
    for membership in found:
        membership.state, membership.ended_at = "ended", now()
    return sorted({membership.account_id for membership in found})


def _give(session: Session, account_id: int, registered: Enterprise, posts: tuple[str, ...], actor: Actor) -> None:
    held = session.scalars(
        select(Membership.post).where(
            Membership.account_id == account_id,
            Membership.enterprise_id == registered.id,
            Membership.state != "ended",
        )
    ).all()
    for name in posts:
        if name not in held:
            session.add(
                Membership(
                    account_id=account_id,
                    enterprise_id=registered.id,
                    post=name,
                    state="active",
                    created_by_id=actor.account_id,
                )
            )
