"""A prepared statement says what SQLAlchemy's own execution says: every type of column, every row, every refusal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Date, String, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.casework.models import Case
from portal.database.columns import Instant
from portal.database.prepared import Prepared
from portal.database.scope import Confined, OutOfScope
from portal.database.session import Database, looking, reading, transaction
from portal.kernel.roles import Scope
from portal.kernel.workflow import Kind, State

ALL = Scope.everything("test")
TABLE = Case.__table__
AT = datetime(2026, 10, 9, 8, 7, 6, 54321, tzinfo=UTC)
DAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def two_cases(database: Database) -> None:
    full = {"headline": Decimal("-12.50"), "submitted_at": AT, "due_on": DAY, "reply_due_on": DAY, "is_late": True}
    with transaction(ALL) as session:
        for number, state, more in ((1, State.SUBMITTED, full), (2, State.DRAFT, {})):
            session.add(
                Case(
                    id=number, kind=Kind.FILING, state=state, enterprise_id=number, county="331102",
                    chain="01", quarter=20263, enterprise_name="虚构企业 100% “甲”", credit_code="x",
                    entered_by_ids=[1, 2], **more,
                )
            )  # fmt: skip


WHOLE = select(TABLE).order_by(TABLE.c.id)
ASKED = (
    select(TABLE.c.id, TABLE.c.state, func.count().over().label("of.all"))
    .where(TABLE.c.due_on <= bindparam("day", type_=Date()), TABLE.c.submitted_at < bindparam("at", type_=Instant()))
    .where(TABLE.c.state != State.DRAFT, TABLE.c.is_late)
    .limit(5)
)


@pytest.mark.parametrize(("statement", "values"), [(WHOLE, {}), (ASKED, {"day": DAY, "at": AT.replace(hour=9)})])
def test_the_rows_are_those_of_an_ordinary_execution(statement: Any, values: dict[str, Any]) -> None:
    prepared = Prepared(statement)
    with reading(ALL) as session:
        expected = session.connection().execute(statement, values).all()
        found = [prepared.rows(session.connection(), values) for _ in range(2)]
    assert expected
    for rows in found:
        assert [tuple(row) for row in rows] == [tuple(row) for row in expected]
        assert [[type(cell) for cell in row] for row in rows] == [[type(cell) for cell in row] for row in expected]
    if statement is WHOLE:
        assert found[0][0].headline == Decimal("-12.50")
        assert found[0][0].submitted_at == AT


@pytest.mark.parametrize("listed", [bindparam("ids", expanding=True), [1, 2]])
def test_a_list_of_bound_values_is_not_prepared(listed: Any) -> None:
    with looking(ALL) as connection, pytest.raises(ValueError, match="list"):
        Prepared(select(TABLE.c.id).where(TABLE.c.id.in_(listed))).rows(connection, {"ids": [1]})


UNCONFINED: dict[str, Callable[[Session], Any]] = {
    "select": lambda s: Prepared(WHOLE).rows(s.connection(), {}),
    "update": lambda s: Prepared(update(TABLE).values(segment="x")).changed(s.connection(), {}),
    "insert": lambda s: Prepared(insert(TABLE).values(id=9).inline()).changed(s.connection(), {}),
}


@pytest.mark.parametrize("name", UNCONFINED)
def test_the_guard_reads_what_is_sent(name: str) -> None:
    for scope in (Scope.enterprises(1), Scope.counties("331102"), Scope.nobody()):
        with reading(scope) as session, pytest.raises(OutOfScope):
            UNCONFINED[name](session)
    with looking(Scope.nobody()) as connection, pytest.raises(OutOfScope):
        Prepared(WHOLE).rows(connection, {})


def test_a_row_outside_the_one_value_of_the_scope_is_not_there() -> None:
    mine = Confined(select(TABLE.c.id), TABLE)
    for scope, expected in (
        (Scope.enterprises(2), [2]),
        (Scope.enterprises(7), []),
        (Scope.chains("01"), [1, 2]),
        (ALL, [1, 2]),
    ):
        with reading(scope) as session:
            assert sorted(row.id for row in mine.rows(session)) == expected
            assert sorted(row["id"] for row in mine.mappings(session)) == expected


def test_what_the_database_refuses_is_refused_as_ever() -> None:
    twice = Prepared(update(TABLE).where(TABLE.c.id == bindparam("own")).values(enterprise_name=None))
    with pytest.raises(IntegrityError), transaction(ALL) as session:
        twice.changed(session.connection(), {"own": 1})
    with reading(ALL) as session:
        assert session.scalars(select(Case.enterprise_name).where(Case.id == 1)).one()


def test_a_word_nobody_knows_is_refused_as_ever() -> None:
    """What the column's own check would never let in: only as it is read can it be asked for."""
    statement = select(type_coerce(bindparam("word", type_=String()), TABLE.c.state.type).label("state"))
    with reading(ALL) as session:
        for word, raised in (("draft", None), ("drafted", LookupError)):
            with nullcontext() if raised is None else pytest.raises(raised):
                assert session.connection().execute(statement, {"word": word}).all() == [(State.DRAFT,)]
            with nullcontext() if raised is None else pytest.raises(raised):
                assert Prepared(statement).rows(session.connection(), {"word": word}) == [(State.DRAFT,)]
        assert Prepared(statement).rows(session.connection(), {"word": None}) == [(None,)]


def test_cells_become_what_is_asked_for() -> None:
    with reading(ALL) as session:
        rows = Prepared(WHOLE).rows(session.connection(), {})
        assert Prepared(WHOLE).rows(session.connection(), {}, list) == [list(row) for row in rows]
    mine = Confined(select(TABLE.c.id, TABLE.c.state).order_by(TABLE.c.id), TABLE)
    for scope in (ALL, Scope.counties("331102"), Scope.counties("331102", "331122")):
        with reading(scope) as session:
            assert mine.rows(session, None, list) == [[1, State.SUBMITTED], [2, State.DRAFT]]
