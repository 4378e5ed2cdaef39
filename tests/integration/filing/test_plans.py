"""How SQLite finds what the form page asks: along the enterprise's own rows, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from portal.database.session import Database, reading
from portal.filing.queries import context
from portal.kernel.period import Quarter
from portal.kernel.roles import Scope

SCOPES = [Scope.enterprises(1), Scope.counties("331122"), Scope.chains("01"), Scope.everything("test")]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.kind)
def test_the_past_of_a_filing_is_found_by_its_enterprise_in_every_scope(database: Database, scope: Scope) -> None:
    sent: list[tuple[str, object]] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda c, cur, sql, values, *rest: sent.append((sql, values))
    )
    with reading(scope) as session:
        context(session, 1, Quarter.parse("2026Q3"), "L")
        ((sql, values),) = sent
        plan = session.connection().connection.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    steps = [step for *_, step in plan if step.startswith(("SEARCH", "SCAN"))]
    assert len(steps) == 3
    for step in steps:
        assert "enterprise_id=?" in step or "SEARCH c USING INTEGER PRIMARY KEY" in step
