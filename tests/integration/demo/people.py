"""The demo's accounts as actors, for tests that go on where the demo stops."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.models import Account, Post
from portal.casework.models import Case
from portal.database.session import reading
from portal.enterprises.models import Membership
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import Kind

ALL = Scope.everything("a test")


def acting(username: str) -> Actor:
    """The person behind a username with the roles and the scope that signing in gives."""
    with reading(ALL) as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        posts = session.scalars(select(Post).where(Post.account_id == account.id)).all()
        members = session.scalars(select(Membership).where(Membership.account_id == account.id)).all()
    if posts:
        roles, counties = {Role(post.role) for post in posts}, {post.county for post in posts if post.county}
        scope = Scope.counties(*counties) if counties else ALL
        return Actor(account.id, username, account.display_name, frozenset(roles), scope, counties=frozenset(counties))
    held, own = {Role(member.post) for member in members}, members[0].enterprise_id
    return Actor(account.id, username, account.display_name, frozenset(held), Scope.enterprises(own), enterprise_id=own)


def members_of(enterprise_id: int) -> dict[str, str]:
    """Usernames by post."""
    with reading(ALL) as session:
        rows = session.execute(
            select(Membership.post, Account.username)
            .join(Account, Account.id == Membership.account_id)
            .where(Membership.enterprise_id == enterprise_id)
        )
        return {row.post: row.username for row in rows}


def filing_case(enterprise_id: int, quarter: Quarter) -> Case:
    with reading(ALL) as session:
        return session.scalars(
            select(Case).where(
                Case.kind == Kind.FILING, Case.enterprise_id == enterprise_id, Case.quarter == quarter.code
            )
        ).one()
