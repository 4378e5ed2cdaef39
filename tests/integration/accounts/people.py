"""People for the tests of accounts, and the small questions those tests ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from portal.accounts.hashing import Hasher
from portal.accounts.models import Account
from portal.accounts.open_account import PostGiven, open_account
from portal.accounts.second_factor import code_of, new_secret, step_at
from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.database.seal import seal, unseal
from portal.database.session import reading, transaction
from portal.kernel.clock import now
from portal.kernel.roles import ANONYMOUS, Actor, Role, Scope
from portal.web.sessions import WebSession

NOBODY = Scope.nobody()
PASSWORD = "correct horse battery"
ADDRESS = "192.0.2.10"
BEGINNING = datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC)


@dataclass(frozen=True)
class CountingHasher(Hasher):
    """argon2 at its cheapest that notes each time it was asked to work."""

    work: list[str] = field(default_factory=list, compare=False, hash=False)

    def verify(self, stored: str | None, password: str) -> bool:
        self.work.append("verify")
        return Hasher.verify(self, stored, password)


HASHER = Hasher(1, 8, 1)
_HASHED = HASHER.hash(PASSWORD)


def guest(address: str = ADDRESS) -> Actor:
    return Actor(None, "", "", frozenset(), NOBODY, address=address)


def open_one(username: str = "zhang", *, role: Role | None = None, email: str = "zhang@example.com") -> Account:
    """An account with PASSWORD: of an enterprise, or of an office with a post and a second factor."""
    posts = [PostGiven(role, "331122", "01")] if role else []
    with transaction(ANONYMOUS) as session:
        account = open_account(
            session,
            username=username,
            display_name=f"{username} 某",
            password_hash=_HASHED,
            email=email,
            is_office=role is not None,
            posts=posts,
        )
        account.totp_secret = seal(new_secret()) if role else None
    return account


def acting(account: Account, *roles: Role, address: str = ADDRESS) -> Actor:
    return Actor(
        account.id, account.username, account.display_name, frozenset(roles), NOBODY, proved_at=now(), address=address
    )


def stored(account_id: int) -> Account:
    with reading(NOBODY) as session:
        found = session.get(Account, account_id)
    assert found is not None
    return found


def code_for(account: Account, offset: int = 0) -> str:
    row = stored(account.id)
    return code_of(unseal(row.totp_secret or row.totp_pending or ""), step_at(now()) + offset)


def sessions(account_id: int) -> list[WebSession]:
    with reading(NOBODY) as session:
        return list(session.scalars(select(WebSession).where(WebSession.account_id == account_id)))


def events(verb: str = "") -> list[AuditEvent]:
    """The trail, which must be whole each time it is asked."""
    assert verify() == []
    with reading(NOBODY) as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    return [event for event in found if not verb or event.verb == verb]
