"""Confinement holds for every form of statement: what lies outside the scope is simply not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, event, exists, func, insert, select, text, update
from sqlalchemy.orm import Session, aliased

from portal.casework.models import Case
from portal.database.guard import GUARD
from portal.database.scope import Confined, OutOfScope
from portal.database.session import Database, current, reading, transaction
from portal.kernel.roles import Scope
from portal.kernel.workflow import Kind, State

ALL = Scope.everything("test")
TABLE = Case.__table__
LIANDU, QINGTIAN = "331102", "331121"


def case(number: int) -> Case:
    county, chain = (LIANDU, "01") if number % 2 else (QINGTIAN, "02")
    return Case(
        id=number, kind=Kind.REGISTRATION, state=State.DRAFT, enterprise_id=number, county=county, chain=chain,
        enterprise_name=f"虚构企业{number}", credit_code="x", entered_by_ids=[],
    )  # fmt: skip


@pytest.fixture(autouse=True)
def six_cases(database: Database) -> None:
    with transaction(ALL) as session:
        session.add_all(case(n) for n in range(1, 7))


SCOPES = [
    (Scope.counties(LIANDU), [1, 3, 5]),
    (Scope.counties(QINGTIAN), [2, 4, 6]),
    (Scope.counties(LIANDU, QINGTIAN), [1, 2, 3, 4, 5, 6]),
    (Scope.enterprises(4), [4]),
    (Scope.enterprises(), []),
    (Scope.chains("02"), [2, 4, 6]),
    (Scope.nobody(), []),
    (ALL, [1, 2, 3, 4, 5, 6]),
]

STATEMENTS: dict[str, Callable[[Session], list[int]]] = {
    "columns": lambda s: list(s.scalars(select(Case.id).order_by(Case.id))),
    "entities": lambda s: [c.id for c in s.scalars(select(Case).order_by(Case.id))],
    "alias": lambda s: list(s.scalars(select((a := aliased(Case)).id).order_by(a.id))),
    "subquery": lambda s: list(
        s.scalars(select(select(Case.id).subquery().c.id).order_by(text("1")))
    ),
    "in subquery": lambda s: list(
        s.scalars(select(Case.id).where(Case.id.in_(select(aliased(Case).id))).order_by(Case.id))
    ),
    "union": lambda s: sorted(s.scalars(select(Case.id).union(select(Case.id)))),
    "join": lambda s: list(
        s.scalars(select(Case.id).join(o := aliased(Case), o.id == Case.id).order_by(Case.id))
    ),
    "get": lambda s: [n for n in range(1, 7) if s.get(Case, n) is not None],
    "exists": lambda s: [n for n in range(1, 7) if s.scalar(select(exists().where(Case.id == n)))],
    "update": lambda s: sorted(s.scalars(update(Case).values(segment="x").returning(Case.id))),
    "confined core": lambda s: [r.id for r in RECENT.execute(s, {"most": 10})],
    "confined, prepared": lambda s: [r.id for r in RECENT.rows(s, {"most": 10})],
}  # fmt: skip
RECENT = Confined(select(TABLE.c.id).order_by(TABLE.c.id).limit(bindparam("most")), TABLE)


def test_every_form_of_statement_sees_only_its_scope() -> None:
    for name, statement in STATEMENTS.items():
        for scope, mine in SCOPES:
            with reading(scope) as session:
                assert statement(session) == mine, (name, scope)


def test_counts_and_sums_are_of_the_scope() -> None:
    for scope, mine in SCOPES:
        with reading(scope) as session:
            assert session.scalar(select(func.count()).select_from(Case)) == len(mine), scope
            assert (session.scalar(select(func.sum(Case.id))) or 0) == sum(mine), scope


def test_one_session_after_another_keeps_its_own_scope_in_spite_of_caches() -> None:
    for scope, mine in (*SCOPES, *reversed(SCOPES)):
        with reading(scope) as session:
            assert STATEMENTS["entities"](session) == mine == STATEMENTS["confined core"](session)


HOLES: dict[str, Callable[[Session], Any]] = {
    "window function": lambda s: s.execute(select(func.max(Case.id).over())),
    "row number": lambda s: s.execute(select(func.row_number().over(order_by=Case.id))),
    "filtered count": lambda s: s.execute(select(func.count().filter(Case.id > 0))),
    "from_statement": lambda s: s.scalars(select(Case).from_statement(select(TABLE))),
    "core select": lambda s: s.execute(select(TABLE)),
    "core on the connection": lambda s: s.connection().execute(select(TABLE)),
    "own criterion": lambda s: s.connection().execute(select(TABLE).where(TABLE.c.county.in_([LIANDU]))),
    "core subquery": lambda s: s.execute(select(select(func.count(TABLE.c.id)).scalar_subquery())),
    "half of a union": lambda s: s.execute(select(Case.id).union(select(TABLE.c.id))),
    "text": lambda s: s.execute(text("select count(*) from review_case")),
    "text, comma join": lambda s: s.execute(text("select count(*) from account, review_case as c")),
    "text, quoted": lambda s: s.execute(text('select count(*) from "review_case" c')),
    "text, in a string": lambda s: s.execute(text("select '/*scope review_case.county*/' from review_case")),
    "text, common table": lambda s: s.execute(text("with x as (select * from review_case) select * from x")),
    "core update": lambda s: s.execute(update(TABLE).values(segment="z")),
    "core delete": lambda s: s.execute(TABLE.delete()),
    "core insert": lambda s: s.execute(insert(TABLE).values(id=9)),
    "insert from select": lambda s: s.execute(insert(TABLE).from_select(["id"], select(TABLE.c.id))),
    "bulk mappings": lambda s: s.bulk_insert_mappings(Case, [{"id": 9, "enterprise_id": 1}]),
    "orm bulk insert": lambda s: s.execute(insert(Case), [{"id": 9, "enterprise_id": 1}]),
}


def test_a_statement_that_escapes_the_criteria_is_refused() -> None:
    held = {name: _is_refused(hole) for name, hole in HOLES.items()}
    assert all(held.values()), held


def _is_refused(hole: Callable[[Session], Any]) -> bool:
    try:
        with reading(Scope.counties(LIANDU)) as session:
            hole(session)
    except OutOfScope:
        return True
    return False


def test_a_connection_without_a_session_is_refused() -> None:
    with pytest.raises(OutOfScope), current().engine.connect() as connection:
        connection.execute(select(TABLE))


@pytest.mark.parametrize("change", ["new", "moved", "deleted", "confined insert"])
def test_no_row_is_written_outside_the_scope(change: str) -> None:
    with reading(ALL) as session:
        theirs = session.get(Case, 2)
    with pytest.raises(OutOfScope), transaction(Scope.counties(LIANDU)) as session:
        if change == "new":
            session.add(case(8))
        elif change == "moved":
            mine = session.get(Case, 1)
            assert mine is not None
            mine.county = QINGTIAN
        elif change == "deleted":
            session.delete(theirs)
        else:
            Confined.insert(session, TABLE, [{"enterprise_id": 2, "county": QINGTIAN, "chain": "02"}])
    with reading(ALL) as session:
        assert STATEMENTS["columns"](session) == [1, 2, 3, 4, 5, 6]


def test_rows_of_the_scope_can_be_made_changed_refreshed_and_removed() -> None:
    with transaction(Scope.counties(LIANDU)) as session:
        session.add(case(7))
        mine = session.get(Case, 1)
        assert mine is not None
        mine.segment = "01-M1"
        session.flush()
        session.refresh(mine)
        session.delete(mine)
    with reading(ALL) as session:
        assert STATEMENTS["columns"](session) == [2, 3, 4, 5, 6, 7]


RENAME = Confined(update(TABLE).values(segment=bindparam("new_segment")), TABLE)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: RENAME.execute(session, {"new_segment": "after"}).rowcount,
        lambda session: RENAME.changed(session, {"new_segment": "after"}),
    ],
)
def test_a_confined_update_changes_the_rows_of_its_scope_alone(change: Callable[[Session], int]) -> None:
    for scope, mine in SCOPES:
        with transaction(ALL) as session:
            RENAME.execute(session, {"new_segment": "before"})
        with transaction(scope) as session:
            assert change(session) == len(mine), scope
        with reading(ALL) as session:
            changed = select(Case.id).where(Case.segment == "after").order_by(Case.id)
            assert list(session.scalars(changed)) == mine, scope


@pytest.mark.parametrize("column", ["enterprise_id", "county", "chain"])
def test_a_confined_update_gives_no_row_to_somebody_else(column: str) -> None:
    with pytest.raises(ValueError, match="whose row"):
        Confined(update(TABLE).values(segment="x", **{column: bindparam("other")}), TABLE)
    Confined(update(TABLE).where(TABLE.c[column] == bindparam("mine")).values(segment="x"), TABLE)


def test_the_guard_knows_every_scoped_table() -> None:
    GUARD.refresh()
    assert GUARD.verdict(f"SELECT 1 FROM {TABLE.name}") is not None
    assert GUARD.verdict("SELECT 1 FROM web_session") is None


@pytest.mark.parametrize("scope", [Scope.counties(LIANDU), Scope.enterprises(4), Scope.chains("02"), Scope.nobody()])
def test_a_criterion_stands_bare_so_that_an_index_can_serve_it(database: Database, scope: Scope) -> None:
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    with reading(scope) as session:
        session.scalars(select(Case)).all()
        Confined(select(TABLE.c.id), TABLE).execute(session).all()
        Confined(select(TABLE.c.id), TABLE).rows(session)
    marked = [sql for sql in sent if "/*scope" in sql]
    assert len(marked) == 3
    for sql in marked:
        assert sql.rsplit("*/", 1)[1].strip() == "", sql
