"""How SQLite would run what the load, the recount and its check send: nothing walks the city once for each of its rows.

A city of a dozen shows no time; its plans are those of a city of thousands, since nothing is analysed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from portal.accounts.hashing import Hasher
from portal.database.session import Database
from portal.demo.commands import load_demo
from portal.demo.plan import Wishes
from portal.statistics.commands import compare

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
# Tables that grow with the city, and the columns of an index that leave a handful of rows.
CITY = frozenset(
    "account audit_event audit_head case_decision case_remark due_enterprise enterprise fact filing filing_version "
    "membership notice paper position registration release_contribution review_case size_status".split()
)
CHOOSY = (
    "rowid=?",
    *(f"{name}=?" for name in "id enterprise_id case_id filing_id version_id account_id stream".split()),
)
OFTEN = 6  # a statement sent more often in so small a city is sent for each of somebody
# As SQLite ran it when the sides of ratios were counted once: the other row was looked for among all rows of its
# quarter. A plus keeps an index away, so that every SQLite goes that way; newer ones would find a better one.
ONCE = """SELECT fact.indicator, sum(fact.value) FROM fact JOIN fact fact_1 ON +fact_1.enterprise_id = fact.enterprise_id
AND fact_1.quarter = fact.quarter WHERE fact.basis = 'filing' AND fact_1.basis = 'filing'
AND (fact.indicator, fact_1.indicator) IN (VALUES ('107', '301'), ('301', '107'))
GROUP BY fact.indicator, fact_1.indicator, fact.quarter, fact.segment"""


@pytest.fixture
def sent(database: Database) -> Iterator[dict[str, list[Any]]]:
    """The parameters of every statement while the test runs, by its text."""
    found: dict[str, list[Any]] = defaultdict(list)

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if not many:
            found[sql].append(parameters)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def walks(steps: list[tuple[int, int, str]], *, is_repeated: bool) -> list[str]:
    """Steps of a plan that read a table of the city, or a good part of it, again and again.

    Steps beside one another are loops in one another: the first is run once, unless what it stands in is repeated.
    """
    below: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for number, parent, said in steps:
        below[parent].append((number, said))

    def look(parent: int, is_inner: bool) -> Iterator[str]:
        for number, said in below[parent]:
            verb, _, rest = said.partition(" ")
            if verb in ("SCAN", "SEARCH"):
                is_choosy = verb == "SEARCH" and "AUTOMATIC" not in said and any(test in said for test in CHOOSY)
                if is_inner and not is_choosy and table_of(rest) in CITY:
                    yield said
                is_inner = True
            yield from look(number, is_inner or said.startswith("CORRELATED"))

    def table_of(rest: str) -> str:
        return aliases.get(rest.split()[0], rest.split()[0])

    aliases = {f"{table}_{n}": table for table in CITY for n in range(1, 4)}
    return list(look(0, is_repeated))


def plan(database: Database, sql: str, parameters: Any) -> list[tuple[int, int, str]]:
    connection = database.engine.raw_connection()
    try:
        rows = connection.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        return [(number, parent, said) for number, parent, _, said in rows]
    finally:
        connection.close()


def test_nothing_that_the_load_or_the_recount_sends_walks_the_city_for_each_row(
    database: Database, sent: dict[str, list[Any]], tmp_path: Path
) -> None:
    load_demo(Wishes(12, 1, 1, date(2026, 11, 24)), Hasher(1, 8, 1), tmp_path, 0)
    assert compare() == []
    found = {}
    for sql, times in sent.items():
        if sql.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE") and "demo_event_waiting" not in sql:
            bad = walks(plan(database, sql, times[0]), is_repeated=len(times) > OFTEN)
            if bad:
                found[sql] = (len(times), bad)
    assert found == {}
    assert Counter("fact" in sql for sql in sent)[True] > 10, "the statements were seen"


def test_a_plan_that_walks_is_recognised(database: Database) -> None:
    assert walks(plan(database, ONCE, ()), is_repeated=False)
    one = "SELECT * FROM fact WHERE quarter = 20263"
    assert walks(plan(database, one, ()), is_repeated=True)
    assert not walks(plan(database, one, ()), is_repeated=False)
