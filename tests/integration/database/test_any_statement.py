"""Nobody's rows leak through any form of statement: what a scope is told is what it would be told if they were not there.

Statements are drawn, not listed. Each is sent twice: in its scope where everybody's rows lie, and without a scope where
only the rows of that scope were ever written. Both answers are the same to the last count, or the guard refuses.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, delete, exists, func, literal, select, text, union, union_all, update
from sqlalchemy.orm import Session, aliased

from portal.casework.models import Case, Decision, Remark
from portal.database.base import Base
from portal.database.scope import Confined, ConfinedSession, OutOfScope
from portal.database.session import Database, transaction
from portal.enterprises.models import Enterprise
from portal.kernel.clock import now
from portal.kernel.roles import Scope
from portal.kernel.workflow import Action, Kind, State
from tests.fixtures.applicants import code_of
from tests.fixtures.databases import ON_SQLITE

ALL = Scope.everything("test")
KINDS: list[Any] = [Case, Remark, Decision, Enterprise]
COUNTIES, CHAINS = ("331102", "331121"), ("01", "02", "05")
SCOPES = {
    "a county": (Scope.counties("331102"), "county IN ('331102')"),
    "two counties": (Scope.counties(*COUNTIES), "county IN ('331102', '331121')"),
    "an enterprise": (Scope.enterprises(4), "{owner} IN (4)"),
    "two enterprises": (Scope.enterprises(1, 2), "{owner} IN (1, 2)"),
    "no enterprise": (Scope.enterprises(), "0"),
    "a chain": (Scope.chains("02"), "chain IN ('02')"),
    "two chains": (Scope.chains("01", "05"), "chain IN ('01', '05')"),
    "nobody": (Scope.nobody(), "0"),
}


# Aliases by where they stand in a statement: made once, for their columns are what costs most.
ALIASES = {place: {kind: aliased(kind) for kind in KINDS} for place in ("from", "beside", 1, 2)}


def rows() -> Iterator[Base]:
    """Eight enterprises with a case, a remark and a decision each; half of the cases' rows were made elsewhere since."""
    for n in range(1, 9):
        whose = {"enterprise_id": n, "county": COUNTIES[n % 2], "chain": CHAINS[n % 3]}
        moved = whose | {"county": COUNTIES[n // 2 % 2], "chain": CHAINS[n // 3 % 3]}
        place = {"county": whose["county"], "chain": whose["chain"]}
        yield Enterprise(id=n, status="prospective", credit_code=code_of(n), name_zh=f"示例{n}", **place)
        yield Case(
            id=n, kind=Kind.REGISTRATION, state=State.DRAFT, enterprise_name=f"示例{n}", credit_code="x", flags=n % 3,
            entered_by_ids=[], **whose,
        )  # fmt: skip
        yield Remark(id=n, case_id=n, text="x", author_side="officer", version_no=n % 2, opened_at=now(), **moved)
        yield Decision(
            id=n, case_id=n, action=Action.RETURN, from_state=State.DRAFT, to_state=State.DRAFT, version_no=n % 2,
            decided_at=now(), **moved,
        )  # fmt: skip


@pytest.fixture
def alone(database: Database, tmp_path: Path) -> Iterator[dict[str, Database]]:
    """For each scope a database in which nobody else ever wrote a row."""
    with transaction(ALL) as session:
        for row in rows():
            session.add(row)
            session.flush()
    found = {}
    for name, (_, mine) in SCOPES.items():
        file = tmp_path / f"{name}.sqlite3"
        with closing(sqlite3.connect(str(database.url.database))) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
            for kind in KINDS:
                owner = "id" if kind is Enterprise else "enterprise_id"
                copy.execute(f"DELETE FROM {kind.__tablename__} WHERE NOT ({mine.format(owner=owner)})")
            copy.commit()
        found[name] = Database(f"sqlite:///{file}")
    yield found
    for one in found.values():
        one.dispose()


# --- statements: each strategy gives what asks a session and answers plain rows ------------------------------------

Ask = Callable[[Session], Any]
NUMBERS = st.integers(0, 9)


@st.composite
def entities(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(KINDS))
    return ALIASES["from"][kind] if draw(st.booleans()) else kind


def owner(entity: Any) -> Any:
    return entity.enterprise_id


@st.composite
def conditions(draw: st.DrawFn, entity: Any, depth: int = 2) -> Any:
    """A condition on `entity`, that may look into other tables."""
    form = draw(st.sampled_from(["none", "id", "in", "exists", "not exists", "count"] if depth else ["none", "id"]))
    if form == "none":
        return literal(True)
    if form == "id":
        return entity.id > draw(NUMBERS)
    other = ALIASES[depth][draw(st.sampled_from(KINDS))]
    inner = draw(conditions(other, depth - 1))
    if form == "in":
        return entity.id.in_(select(owner(other)).where(inner))
    if form == "count":
        how_many = select(func.count(other.id)).where(owner(other) >= owner(entity), inner).scalar_subquery()
        return how_many > draw(NUMBERS)
    there = exists(select(other.id).where(owner(other) == owner(entity), inner))
    return there if form == "exists" else ~there


@st.composite
def id_selects(draw: st.DrawFn) -> Any:
    """SELECT of two numbers a row: id and owner."""
    entity = draw(entities())
    statement = select(entity.id.label("id"), owner(entity).label("owner")).where(draw(conditions(entity)))
    form = draw(st.sampled_from(["plain", "join", "outer join", "join subquery", "join cte", "distinct", "limit"]))
    other = ALIASES["beside"][draw(st.sampled_from(KINDS))]
    inner = select(other.id.label("id"), owner(other).label("owner")).where(draw(conditions(other, 1)))
    if form in ("join", "outer join"):
        beside = and_(owner(other) == owner(entity), draw(conditions(other, 1)))
        joined = statement.join(other, beside, isouter=form == "outer join")
        return joined.add_columns(other.id) if draw(st.booleans()) else joined
    if form in ("join subquery", "join cte"):
        part = inner.subquery() if form == "join subquery" else inner.cte()
        return statement.join(part, part.c.owner == owner(entity))
    if form == "limit":
        return statement.order_by(entity.id).limit(draw(st.integers(1, 3)))
    return statement.distinct() if form == "distinct" else statement


@st.composite
def selects(draw: st.DrawFn) -> Ask:
    form = draw(st.sampled_from(["rows", "union", "union all", "except", "counted", "aggregates", "groups", "scalar"]))
    first = draw(id_selects())
    if form in ("union", "union all", "except"):
        # Two columns each: what a join added would not fit.
        parts = [select(one.c[0], one.c[1]) for one in (first.subquery(), draw(id_selects()).subquery())]
        made = {"union": union, "union all": union_all}.get(form, lambda a, b: a.except_(b))(*parts)
        return lambda session: session.execute(made).all()
    if form == "counted":
        return lambda session: session.scalar(select(func.count()).select_from(first.subquery()))
    if form == "scalar":
        return lambda session: session.scalar(
            select(select(func.count()).select_from(first.subquery()).scalar_subquery())
        )
    if form in ("aggregates", "groups"):
        entity = draw(entities())
        columns = [func.count(), func.sum(entity.id), func.max(owner(entity)), func.min(entity.id)]
        counts = select(*columns).select_from(entity).where(draw(conditions(entity)))
        if form == "groups":
            counts = counts.add_columns(owner(entity) % 3).group_by(owner(entity) % 3).having(func.count() > 1)
        return lambda session: session.execute(counts).all()
    return lambda session: session.execute(first).all()


def plain(found: Any) -> Any:
    """Objects of the ORM as what identifies them."""
    return None if found is None else (type(found).__name__, found.id, found.enterprise_id, found.county)


@st.composite
def loads(draw: st.DrawFn) -> Ask:
    """Whole objects: by a statement, by key, again, by the older way of asking."""
    form = draw(st.sampled_from(["objects", "get", "get twice", "refresh", "query", "pairs", "stream"]))
    entity, kind, number = draw(entities()), draw(st.sampled_from(KINDS)), draw(NUMBERS)
    statement = select(entity).where(draw(conditions(entity)))

    def refreshed(session: Session) -> Any:
        for found in (mine := list(session.scalars(statement))):
            session.refresh(found)
        return [*map(plain, mine)]

    asks: dict[str, Ask] = {
        "objects": lambda s: [*map(plain, s.scalars(statement))],
        "stream": lambda s: [*map(plain, s.scalars(statement.execution_options(yield_per=2)))],
        "get": lambda s: plain(s.get(kind, number)),
        "get twice": lambda s: [plain(s.get(kind, number)), plain(s.get(kind, number, populate_existing=True))],
        "refresh": refreshed,
        "query": lambda s: (s.query(kind).filter(kind.id > number).count(), [*map(plain, s.query(kind).all())]),
        "pairs": lambda s: [
            (plain(a), plain(b)) for a, b in s.execute(statement.add_columns(kind).where(kind.id == entity.id))
        ],
    }
    return asks[form]


@st.composite
def writes(draw: st.DrawFn) -> Ask:
    """UPDATE and DELETE of the ORM; nothing of them is ever committed."""
    kind = draw(st.sampled_from([Remark, Decision]))
    where, as_sent = draw(conditions(kind, 1)), {"synchronize_session": False}
    if draw(st.booleans()):
        changed = update(kind).where(where).values(version_no=7).returning(kind.id)
        return lambda session: session.scalars(changed, execution_options=as_sent).all()
    gone = delete(kind).where(where)
    return lambda session: session.execute(gone, execution_options=as_sent).rowcount


@st.composite
def confined(draw: st.DrawFn) -> Ask:
    """Hot statements as rooms write them: on tables, confined by name."""
    one, two = (kind.__table__ for kind in draw(st.permutations([Case, Remark, Decision]))[:2])
    where = one.c.id > draw(NUMBERS)
    form = draw(st.sampled_from(["one", "joined", "counted", "nested", "changed"]))
    if form == "changed":
        moved = Confined(update(one).where(where).values(id=one.c.id), one)
        return moved.changed if draw(st.booleans()) else lambda session: moved.execute(session).rowcount
    if form == "one":
        statement = Confined(select(one.c.id, one.c.county).where(where), one)
    elif form == "joined":
        joined = one.join(two, two.c.enterprise_id == one.c.enterprise_id)
        statement = Confined(select(one.c.id, two.c.id.label("other")).select_from(joined).where(where), one, two)
    elif form == "counted":
        statement = Confined(select(func.count().label("n"), func.sum(one.c.id).label("s")).where(where), one)
    else:
        statement = Confined.nested(
            lambda beside: select(one.c.id).where(
                exists(select(two.c.id).where(two.c.id == one.c.id, beside(two))), beside(one), where
            )
        )
    return lambda session: [
        *((1, *row) for row in statement.execute(session)),
        *((2, *row) for row in statement.rows(session)),
        *((3, *row.values()) for row in statement.mappings(session)),
    ]


@st.composite
def unconfined(draw: st.DrawFn) -> Ask:
    """What slips past the ORM's criteria, or never meets them: here the guard has to speak."""
    kind = draw(st.sampled_from(KINDS))
    table, entity = kind.__table__, draw(entities())
    asks: list[Any] = [
        select(table.c.id),
        select(func.count()).select_from(table),
        select(entity.id).union(select(table.c.id)),
        select(entity.id).where(entity.id.in_(select(table.c.id))),
        select(entity.id).join(table.alias("beside"), text("1 = 1")),
        select(func.max(kind.id).over()),
        select(func.count().filter(kind.id > 0)),
        select(select(table.c.id).cte().c.id),
        text(f"select count(*) from {table.name}"),
    ]
    statement = draw(st.sampled_from(asks))

    def after_a_refresh(session: Session) -> Any:
        for found in session.scalars(select(Remark).limit(1)):
            session.refresh(found)  # columns of a row that is held are let through, and nothing after them
        return session.execute(statement).all()

    return after_a_refresh


def answer(database: Database, scope: Scope, ask: Ask) -> Any:
    session = ConfinedSession(database.engine, scope)
    try:
        found = ask(session)
    except OutOfScope:
        return OutOfScope
    finally:
        session.close()
    return Counter(map(repr, found)) if isinstance(found, list) else repr(found)


STATEMENTS = st.one_of(selects(), selects(), selects(), loads(), writes(), confined(), confined(), unconfined())


@ON_SQLITE
def test_no_statement_tells_anything_of_a_row_outside_its_scope(database: Database, alone: dict[str, Database]) -> None:
    told = Counter[str]()

    @settings(max_examples=80)
    @given(name=st.sampled_from(sorted(SCOPES)), ask=STATEMENTS)
    def same(name: str, ask: Ask) -> None:
        mine = answer(database, SCOPES[name][0], ask)
        told["refused" if mine is OutOfScope else "answered"] += 1
        assert mine is OutOfScope or mine == answer(alone[name], ALL, ask)

    same()
    assert told["answered"] > told.total() / 2 and told["refused"], told
