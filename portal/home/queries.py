"""Who signed in: the one SELECT of every request, over session, account, posts and membership."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from ..accounts.models import Account, Post
from ..catalogue.queries import VERSION, catalogue_today
from ..database.prepared import Prepared
from ..database.session import reading
from ..enterprises.models import Enterprise, Membership
from ..kernel.bilingual import Bilingual, named
from ..kernel.clock import now, today
from ..kernel.roles import Actor, Role, Scope
from ..notices.models import Notice
from ..web.sessions import SessionFacts, WebSession

CITY_ROLES = frozenset({Role.BUREAU_OFFICER, Role.BUREAU_LEAD, Role.AUDITOR})
COUNTY_ROLES = frozenset({Role.COUNTY_OFFICER, Role.COUNTY_LEAD})


# Written into the SQL: bound, it makes SQLite plan the statement anew at each request, to see whether the index of
# standing memberships serves for this value.
_ENDED: ColumnElement[str] = literal_column("'ended'")


def _look_up() -> Select[Any]:
    """The one statement, of Core columns and built once: every request pays for it."""
    w, a, p, m, e = (t.__table__ for t in (WebSession, Account, Post, Membership, Enterprise))
    day = bindparam("day", type_=p.c.since_on.type)
    is_post = and_(p.c.account_id == a.c.id, p.c.since_on <= day, or_(p.c.until_on.is_(None), p.c.until_on > day))
    columns = (
        *(w.c[name] for name in ("id", "is_half", "began_at", "seen_at", "proved_at", "address")),
        a.c.id.label("account_id"),
        *(a.c[name] for name in ("username", "display_name", "language", "is_office")),
        *(p.c[name] for name in ("role", "county", "chain")),
        *(m.c[name] for name in ("enterprise_id", "post", "state")),
        *(e.c[name] for name in ("name_zh", "name_en")),
        VERSION.label("catalogue_version"),
        _unread(w).label("unread"),
    )
    return (
        select(*columns)
        .select_from(
            w.join(a, and_(a.c.id == w.c.account_id, a.c.state == literal_column("'active'")))
            .outerjoin(p, is_post)
            .outerjoin(m, and_(m.c.account_id == a.c.id, m.c.state != _ENDED))
            .outerjoin(e, e.c.id == m.c.enterprise_id)
        )
        .where(w.c.token_hash == bindparam("token_hash"))
    )


def _unread(sessions: FromClause) -> ScalarSelect[int]:
    """How many messages of the account are due and not read; within the one statement, so that no page pays for it."""
    n = Notice.__table__
    at = bindparam("at", type_=n.c.due_at.type)
    mine = (n.c.account_id == sessions.c.account_id, n.c.due_at <= at, n.c.read_at.is_(None))
    return select(func.count(n.c.id)).where(*mine).correlate(sessions).scalar_subquery()


_LOOK_UP = Prepared(_look_up())


def load_session(connection: Connection, token_hash: str) -> SessionFacts | None:
    """The live session behind a token with its actor, or None. One statement whatever the roles."""
    values = {"day": today(), "at": now(), "token_hash": token_hash}
    rows = _LOOK_UP.rows(connection, values)
    return _facts(rows) if rows else None


def _facts(rows: Sequence[Any]) -> SessionFacts:
    first = rows[0]
    person = _office(rows) if first.is_office else _member(rows)
    version = first.catalogue_version or ""
    return SessionFacts(
        person,
        first.id,
        first.is_half,
        first.began_at,
        first.seen_at,
        first.language,
        _unit_names(person, version) if first.is_office else _enterprise_name(person, rows),
        version,
        first.unread,
    )


_BUREAU = Bilingual("市经信局", "City bureau")


def _unit_names(person: Actor, version: str) -> Bilingual:
    """The chip of an officer: the counties or chains of their posts, else the bureau. No statement once it is known."""
    if not person.counties and not person.chains:
        return _BUREAU
    with reading(Scope.nobody()) as session:  # the catalogue is nobody's
        catalogue = catalogue_today(session, version)
    entries = [catalogue.everything.get(("unit", code)) for code in sorted(person.counties)]
    entries += [catalogue.everything.get(("chain", code)) for code in sorted(person.chains)]
    names = [entry.called for entry in entries if entry is not None]
    return Bilingual("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def _enterprise_name(person: Actor, rows: Sequence[Any]) -> Bilingual | None:
    row = next((row for row in rows if row.enterprise_id == person.enterprise_id and row.name_zh), None)
    if row is None:
        return None
    return named(row.name_zh, row.name_en)


def _office(rows: Sequence[Any]) -> Actor:
    roles = frozenset(Role(row.role) for row in rows if row.role)
    counties = frozenset(row.county for row in rows if row.county and Role(row.role) in COUNTY_ROLES)
    chains = frozenset(row.chain for row in rows if row.chain and Role(row.role) is Role.CHAIN_OFFICER)
    first = rows[0]
    return Actor(
        first.account_id,
        first.username,
        first.display_name,
        roles,
        _office_scope(roles, counties, chains),
        counties=counties,
        chains=chains,
        proved_at=first.proved_at,
        address=first.address,
    )


def _office_scope(roles: frozenset[Role], counties: frozenset[str], chains: frozenset[str]) -> Scope:
    """The widest of the posts: the city's, else the counties, else the chains; an administrator sees no rows."""
    if roles & CITY_ROLES:
        return Scope.everything("bureau and auditor read the whole city")
    if counties:
        return Scope.counties(*counties)
    return Scope.chains(*chains) if chains else Scope.nobody()


def _member(rows: Sequence[Any]) -> Actor:
    """An enterprise account acts for one enterprise: its active one, else the one it is applying for."""
    first = rows[0]
    active = [row for row in rows if row.state == "active"]
    chosen = active or [row for row in rows if row.state == "pending"]
    enterprise_id = max((row.enterprise_id for row in chosen), default=None)
    roles = frozenset(Role(row.post) for row in active if row.enterprise_id == enterprise_id)
    return Actor(
        first.account_id,
        first.username,
        first.display_name,
        roles or frozenset({Role.APPLICANT}),
        Scope.nobody() if enterprise_id is None else Scope.enterprises(enterprise_id),
        enterprise_id=enterprise_id,
        proved_at=first.proved_at,
        address=first.address,
    )
