"""Reading the demo: whether a database holds it, whether it is empty enough for it, and who can sign in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import create_engine, inspect, literal, select, union_all
from sqlalchemy.orm import Session

from ..accounts.models import Account, Post
from ..accounts.second_factor import opened
from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_today
from ..enterprises.models import Enterprise, Membership
from ..kernel.bilingual import Bilingual
from ..kernel.roles import Role
from .cast import PASSWORD, listed_usernames
from .models import DemoLoad


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account of the list. `county` is the unit of the post or of the enterprise; `place` says it in words."""

    username: str
    password: str
    role: Role
    name: str
    county: str | None
    credit_code: str | None
    totp_secret: str | None
    place: Bilingual | None


def holds_demo(url: str) -> bool:
    """Whether the database at `url` was ever filled with the demo. A database without tables was not."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(DemoLoad.__tablename__):
                return False
            return connection.execute(select(DemoLoad.id).limit(1)).first() is not None
    finally:
        engine.dispose()


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing but the catalogue stands in the database."""
    anything = union_all(*(select(literal(1)).select_from(kind) for kind in (Account, Enterprise, FilingWindow)))
    return session.execute(anything.limit(1)).first() is None


def listed(session: Session) -> list[DemoAccount]:
    """The accounts that everybody may use, in the order of the cast. Needs a session that sees every enterprise."""
    rows = session.execute(
        select(Account, Post, Membership, Enterprise)
        .outerjoin(Post, Post.account_id == Account.id)
        .outerjoin(Membership, (Membership.account_id == Account.id) & (Membership.state != "ended"))
        .outerjoin(Enterprise, Enterprise.id == Membership.enterprise_id)
        .where(Account.username.in_(listed_usernames()))
        .order_by(Membership.id)
    )
    found: dict[str, DemoAccount] = {}
    for account, post, membership, enterprise in rows:
        found.setdefault(account.username, _listed(session, account, post, membership, enterprise))
    return [found[name] for name in listed_usernames() if name in found]


def _listed(
    session: Session, account: Account, post: Post | None, member: Membership | None, row: Enterprise | None
) -> DemoAccount:
    if post is not None:
        return DemoAccount(
            account.username,
            PASSWORD,
            Role(post.role),
            account.display_name,
            post.county,
            None,
            opened(account.totp_secret),
            _place(session, post),
        )
    active = member is not None and member.state == "active"
    role = Role(member.post) if member is not None and active else Role.APPLICANT
    place = None if row is None else Bilingual(row.name_zh, row.name_en or row.name_zh)
    county, code = (row.county, row.credit_code) if row is not None else (None, None)
    return DemoAccount(account.username, PASSWORD, role, account.display_name, county, code, None, place)


def _place(session: Session, post: Post) -> Bilingual | None:
    catalogue = catalogue_today(session)
    kind, code = ("unit", post.county) if post.county else ("chain", post.chain)
    return catalogue.name_of(kind, code) if code else None
