"""What a certifier does about the people of the enterprise, and about the purposes it accepts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.limits import TAKEN_NAME, Count
from ..accounts.link import send_link
from ..accounts.models import Account
from ..accounts.open_account import Details, Taken, identity_problems, open_account
from ..accounts.rules import NO_EMAIL, tidy
from ..accounts.throttle import count_failure, take_turn
from ..audit.trail import record
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Illegal, Invalid, Missing
from ..kernel.roles import Actor
from .hand_in import accept_purposes
from .models import POSTS, Enterprise, Membership
from .queries import enterprise
from .registration import PURPOSES, REQUIRED_PURPOSE

_WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")
_WHICH_POST = Bilingual("请选择岗位。", "Choose a post.")
_LAST = Bilingual(
    "这是最后一位负责人，不能停用。先让另一位同事担任负责人。",
    "This is the last certifier: make a colleague a certifier first.",
)
_HELD = Bilingual("这位同事已经担任这个岗位。", "This colleague holds the post already.")
_REQUIRED = Bilingual(
    "“运行监测”是填报的前提，不能撤回。", "Monitoring is what filing is for; it cannot be taken back."
)


def invite(actor: Actor, username: str, details: Details, post: str) -> None:
    """Opens an account for a colleague with one post and mails the one-time link.

    Raises Invalid by field, TooMany when one person tried too many taken usernames: each answer gives a name away.
    """
    problems = identity_problems(username, details.display_name, details.email, details.phone)
    if not tidy(details.email):
        problems["email"] = NO_EMAIL
    if post not in POSTS:
        problems["post"] = _WHICH_POST
    if problems:
        raise Invalid("invitation", _WRONG, problems)
    at, count, taken = now(), Count.of(TAKEN_NAME, f"by account {actor.account_id}"), None
    with transaction(actor) as session:
        take_turn(session, at, count)
        row = _own(session, actor)
        try:
            account = _open(session, actor, username, details)
        except Taken as refusal:
            taken = refusal
            count_failure(session, at, count)
        else:
            _give(session, actor, row, account.id, post)
            send_link(session, account, "invitation", actor.account_id)
            _record(session, actor, row, "member.invited", account_id=account.id, post=post)
    if taken is not None:
        raise taken


def _open(session: Session, actor: Actor, username: str, details: Details) -> Account:
    return open_account(
        session,
        username=username,
        display_name=details.display_name,
        email=details.email,
        phone=details.phone,
        language=details.language,
        created_by_id=actor.account_id,
    )


def give_post(actor: Actor, account_id: int, post: str) -> None:
    """Gives a colleague the other post as well. Raises Illegal when it is held already, Missing for strangers."""
    with transaction(actor) as session:
        row = _own(session, actor)
        held = {m.post for m in _standing(session, row) if m.account_id == account_id}
        if not held or post not in POSTS:
            raise Missing()
        if post in held:
            raise Illegal("held", _HELD)
        _give(session, actor, row, account_id, post)
        _record(session, actor, row, "member.post-given", account_id=account_id, post=post)


def end(actor: Actor, membership_id: int) -> None:
    """Ends one post of one colleague, or one's own, at once. Raises Illegal for the last certifier's."""
    with transaction(actor) as session:
        row = _own(session, actor)
        standing = _standing(session, row)
        found = next((m for m in standing if m.id == membership_id), None)
        if found is None:
            raise Missing()
        if found.post == "certifier" and not _other_certifiers(session, standing, found):
            raise Illegal("last-certifier", _LAST)
        found.state, found.ended_at = "ended", now()
        _record(session, actor, row, "member.ended", account_id=found.account_id, post=found.post)


def choose_purposes(actor: Actor, chosen: tuple[str, ...]) -> None:
    """Accepts and takes back the purposes beyond the first, each with its date. Raises Invalid (field `purposes`)."""
    if REQUIRED_PURPOSE not in chosen:
        raise Invalid("purposes", _REQUIRED, {"purposes": _REQUIRED})
    kept = tuple(purpose for purpose in PURPOSES if purpose in chosen)
    with transaction(actor) as session:
        row = _own(session, actor)
        whose = {"enterprise_id": row.id, "county": row.county, "chain": row.chain}
        accept_purposes(session, actor, whose, kept)
        record(session, actor, stream=f"enterprise:{row.id}", verb="purposes.chosen", detail={"purposes": list(kept)})


def _own(session: Session, actor: Actor) -> Enterprise:
    return enterprise(session, actor.enterprise_id or 0)


def _standing(session: Session, row: Enterprise) -> list[Membership]:
    """Active memberships under a lock: two certifiers must not end each other at the same moment."""
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.enterprise_id == row.id, Membership.state == "active")
            .order_by(Membership.id)
            .with_for_update()
        )
    )


def _other_certifiers(session: Session, standing: list[Membership], left_out: Membership) -> bool:
    """Whether somebody else certifies who can really sign in: an unanswered invitation does not count."""
    others = [m.account_id for m in standing if m.post == "certifier" and m.id != left_out.id]
    found = session.scalars(select(Account.id).where(Account.id.in_(others), Account.state == "active").limit(1))
    return found.first() is not None


def _give(session: Session, actor: Actor, row: Enterprise, account_id: int, post: str) -> None:
    session.add(
        Membership(
            account_id=account_id, enterprise_id=row.id, post=post, state="active", created_by_id=actor.account_id
        )
    )
    session.flush()


def _record(session: Session, actor: Actor, row: Enterprise, verb: str, *, account_id: int, post: str) -> None:
    detail = {"post": post}
    record(session, actor, stream=f"enterprise:{row.id}", verb=verb, subject=f"account:{account_id}", detail=detail)
