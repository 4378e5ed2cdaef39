"""Tables of accounts: people, the posts of officers, one-time links, and the counts of failed tries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base
from ..database.columns import Identifier, Instant, Stamped
from ..kernel.roles import OFFICE_ROLES, Role
from .rules import CHAIN_ROLES, COUNTY_ROLES, PURPOSES, STATES


def _one_of(column: str, values: tuple[str, ...] | list[str]) -> str:
    return f"{column} in ({', '.join(repr(v) for v in values)})"


def _codes(roles: frozenset[Role]) -> list[str]:
    return sorted(role.value for role in roles)


class Account(Stamped, Base):
    """One person who may sign in. Either of an enterprise (memberships, above) or of an office (posts), never both."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("language in ('zh', 'en')", name="language"),
        CheckConstraint("username = lower(username)", name="username"),
        CheckConstraint("state <> 'active' or password_hash is not null", name="password"),
        CheckConstraint("state <> 'invited' or password_hash is null", name="invited"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True, comment="lower case; what is typed at sign-in")
    display_name: Mapped[str] = mapped_column(String(60), comment="the person's name as others see it")
    email: Mapped[str | None] = mapped_column(String(254), index=True, comment="lower case; several may share one")
    phone: Mapped[str | None] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200), comment="argon2id; empty until first set")
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    language: Mapped[str] = mapped_column(String(2), default="zh", comment="of mails and of the first page: zh or en")
    totp_secret: Mapped[str | None] = mapped_column(String(200), comment="second factor in use, sealed")
    totp_pending: Mapped[str | None] = mapped_column(String(200), comment="shown but not yet proved, sealed")
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger(), comment="newest 30 s step a code was taken of")
    is_office: Mapped[bool] = mapped_column(comment="an officer's account: posts, and always a second factor")
    state: Mapped[str] = mapped_column(String(8), default="active", comment="invited, active or disabled")
    privacy_version: Mapped[str | None] = mapped_column(String(20), comment="privacy notice that was accepted")
    privacy_accepted_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")
    last_signed_in_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC")


class Post(Stamped, Base):
    """A role an officer holds from a day on: over a county, over a chain, or over the city."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(_one_of("role", _codes(OFFICE_ROLES)), name="role"),
        CheckConstraint(f"({_one_of('role', _codes(COUNTY_ROLES))}) = (county is not null)", name="county"),
        CheckConstraint(f"({_one_of('role', _codes(CHAIN_ROLES))}) = (chain is not null)", name="chain"),
        CheckConstraint("until_on is null or until_on >= since_on", name="span"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[int] = mapped_column(Identifier, ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), comment="kernel Role value of an office")
    county: Mapped[str | None] = mapped_column(String(12), index=True, comment="reporting unit, for county roles")
    chain: Mapped[str | None] = mapped_column(String(4), comment="chain code, for chain officers")
    since_on: Mapped[date] = mapped_column(Date(), comment="first day in the post")
    until_on: Mapped[date | None] = mapped_column(Date(), comment="first day no longer in it; empty while it lasts")


class OneTimeLink(Stamped, Base):
    """The right to set a password once. Only the hash of the link's token is kept."""

    __tablename__ = "account_link"
    __table_args__ = (CheckConstraint(_one_of("purpose", list(PURPOSES)), name="purpose"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[int] = mapped_column(Identifier, ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12), comment="invitation, reset or recovery")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the token or code, hex")
    expires_at: Mapped[datetime] = mapped_column(Instant(), comment="instant, UTC")
    used_at: Mapped[datetime | None] = mapped_column(Instant(), comment="instant, UTC; empty while unused")


class Throttle(Base):
    """How often something failed since its window began. A row without failures does not exist."""

    __tablename__ = "throttle"
    __table_args__ = (CheckConstraint("failures > 0", name="failures"),)

    key: Mapped[str] = mapped_column(String(100), primary_key=True, comment="what is counted: kind and hash or number")
    failures: Mapped[int] = mapped_column(comment="count in the window")
    window_began_at: Mapped[datetime] = mapped_column(Instant(), index=True, comment="first failure, UTC")
