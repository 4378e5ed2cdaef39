"""The bench's own city: a demo of some enterprises, multiplied in bulk to as many filings as are asked for.

A clone has everything its original has - case, decisions, filing, versions, facts, trail - under numbers of its own.
Each round of clones moves on by one reporting unit, so that the cells fill as they would in a city of that size.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .report import Unmeasured
from .servers import run_python

STRIDE = 1_000_000  # between the numbers of an original and of its first clone; no table of the demo is as long
COUNTY = "331122"  # Jinyun, whose officer's queue is measured
OFFICER = "officer-jinyun"
WAITING = 60  # more than one page of the queue
_OWN = "'bench-' || (s.id + turn.k * {stride})"
_SHIFTED = frozenset({"id", "enterprise_id", "case_id", "filing_id", "version_id"})
_TABLES = (
    "enterprise", "position", "above_scale_status", "size_status", "review_case", "case_decision", "filing", "filing_version", "fact",
    "due_enterprise",
)  # fmt: skip
_CHANGED = {
    ("enterprise", "credit_code"): "printf('9%017d', s.id + turn.k * {stride})",
    ("enterprise", "override_reason"): "'bench'",
    ("enterprise", "name_zh"): "s.name_zh || turn.k",
    ("review_case", "credit_code"): "printf('9%017d', s.enterprise_id + turn.k * {stride})",
    ("review_case", "enterprise_name"): "s.enterprise_name || turn.k",
    ("filing_version", "receipt_no"): _OWN,
    ("filing_version", "idempotency_key"): _OWN,
}
_CELLS = """
INSERT INTO cell (indicator, quarter, segment, county, size_class, respondent_class, total, facts, contributors)
SELECT {name}, a.quarter, a.segment, a.county, a.size_class, a.respondent_class,
       sum(a.value), count(*), sum(a.value <> 0)
FROM fact a {beside} WHERE a.basis = 'filing' {only} GROUP BY 1, 2, 3, 4, 5, 6
"""
_BESIDE = "JOIN fact b ON b.enterprise_id = a.enterprise_id AND b.quarter = a.quarter AND b.basis = 'filing'"
# Sides of ratios and what is estimated of a row or side (decisions 021, 022): above, below, whether 0 below counts.
_RATIOS = (
    ("201", "301", False),
    ("107", "301", False),
    ("401", "105", True),
    ("302", "101", True),
    ("101", "502", False),
)
_ESTIMATED = "AND a.is_estimated"
_DUES = """
INSERT INTO cell_due (quarter, segment, county, size_class, respondent_class, due, approved, weight_due,
                      weight_approved)
SELECT quarter, segment, county, size_class, respondent_class, count(*), sum(is_approved), sum(weight),
       sum(weight * is_approved)
FROM due_enterprise GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class City:
    """One database of the bench, and the environment of whoever uses it."""

    path: Path
    data_dir: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PORTAL_MODE": "demo",
            "PORTAL_DATA_DIR": str(self.data_dir),
            "PORTAL_DATABASE_URL": f"sqlite:///{self.path}",
        }

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement, values).fetchall()

    def count(self, statement: str, *values: object) -> int:
        return int(str(self.ask(statement, *values)[0][0]))

    @property
    def filings(self) -> int:
        return self.count("SELECT count(*) FROM filing")


def built(folder: Path, enterprises: int, quarters: int | None) -> City:
    """A demo of so many enterprises, through the portal's own commands."""
    city = City(folder / "small.sqlite3", folder / "portal")
    flask = ["-m", "flask", "--app", "wsgi"]
    wishes = ["--enterprises", str(enterprises)]
    wishes += ["--quarters", str(quarters)] if quarters is not None else []
    for arguments in (["db", "upgrade"], ["catalogue", "load"], ["demo", *wishes]):
        run_python([*flask, *arguments], city.environ)
    _refuse_unless_understood(city)
    return city


def _refuse_unless_understood(city: City) -> None:
    """The bench counts the cells of clones itself: on the demo as it is its count must be the portal's."""
    columns = "indicator, quarter, segment, county, size_class, respondent_class, total, facts, contributors"
    before = city.ask(f"SELECT {columns} FROM cell ORDER BY 1, 2, 3, 4, 5, 6")
    with _loading(city) as connection:
        _count_cells(connection)
    if city.ask(f"SELECT {columns} FROM cell ORDER BY 1, 2, 3, 4, 5, 6") != before:
        raise Unmeasured("the bench counts cells differently from the portal")


def copied(city: City, name: str) -> City:
    path = city.path.with_name(f"{name}.sqlite3")
    shutil.copyfile(city.path, path)
    return City(path, city.data_dir)


def fill_queue(city: City) -> None:
    """Clones what waits in the officer's county until it fills more than one page there."""
    waiting = "county = ? AND kind = 'filing' AND state IN ('submitted', 'under_review')"
    there = city.count(f"SELECT count(*) FROM review_case WHERE {waiting}", COUNTY)
    if there == 0:
        raise Unmeasured("nothing waits for review in the demo")
    rounds = -(-max(WAITING - there, 0) // there)
    chosen = f"SELECT enterprise_id FROM review_case WHERE id < {STRIDE} AND {waiting.replace('?', repr(COUNTY))}"
    _multiply(city, chosen, rounds, moves=False)


def multiply(city: City, filings: int) -> None:
    """Clones the whole demo until there are about as many filings."""
    originals = city.count(f"SELECT count(*) FROM filing WHERE id < {STRIDE}")
    rounds = max(filings - city.filings, 0) // originals
    _multiply(city, f"SELECT id FROM enterprise WHERE id < {STRIDE}", rounds, moves=True)


def _multiply(city: City, chosen: str, rounds: int, *, moves: bool) -> None:
    if rounds == 0:
        return
    first = city.count("SELECT max(id) FROM filing") // STRIDE + 1
    with _loading(city) as connection:
        counties = [row[0] for row in connection.execute("SELECT DISTINCT county FROM enterprise ORDER BY 1")]
        connection.execute("CREATE TEMP TABLE turn (was TEXT, k INTEGER, becomes TEXT, PRIMARY KEY (was, k))")
        connection.execute(f"CREATE TEMP TABLE chosen AS {chosen}")
        for k in range(first, first + rounds):
            for place, county in enumerate(counties):
                becomes = counties[(place + k) % len(counties)] if moves else county
                connection.execute("INSERT INTO turn VALUES (?, ?, ?)", (county, k, becomes))
        for table in _TABLES:
            connection.execute(_clone(connection, table))
        _clone_trail(connection)
        _count_cells(connection)


def _clone(connection: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(_value(table, column) for column in columns)
    owner = "s.id" if table == "enterprise" else "s.enterprise_id"
    only = " AND s.kind = 'filing'" if table == "review_case" else ""
    only = f" AND s.case_id IN (SELECT case_id FROM filing WHERE id < {STRIDE})" if table == "case_decision" else only
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS s JOIN turn ON turn.was = s.county"
        f" WHERE s.id < {STRIDE} AND {owner} IN (SELECT * FROM chosen){only} ORDER BY turn.k, s.id"
    )


def _value(table: str, column: str) -> str:
    if (table, column) in _CHANGED:
        return _CHANGED[table, column].format(stride=STRIDE)
    if column in _SHIFTED:
        return f"s.{column} + turn.k * {STRIDE}"
    return "turn.becomes" if column == "county" else f"s.{column}"


def _clone_trail(connection: sqlite3.Connection) -> None:
    for table in ("audit_event", "audit_head"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        special = {"id": f"s.id + turn.k * {STRIDE}", "stream": f"'case:' || (c.id + turn.k * {STRIDE})"}
        values = ", ".join(special.get(column, f"s.{column}") for column in columns)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM filing AS f"
            f" JOIN review_case AS c ON c.id = f.case_id JOIN {table} AS s ON s.stream = 'case:' || c.id"
            f" JOIN turn ON turn.was = f.county"
            f" WHERE f.id < {STRIDE} AND f.enterprise_id IN (SELECT * FROM chosen) ORDER BY turn.k, s.stream"
        )


def _count_cells(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM cell")
    connection.execute(_CELLS.format(name="a.indicator", beside="", only=""))
    connection.execute(_CELLS.format(name="a.indicator || '~'", beside="", only=_ESTIMATED))
    for above, below, counts_zero in _RATIOS:
        for code, other in ((above, below), (below, above)):
            base = "a" if code == below else "b"
            only = f"AND a.indicator = '{code}' AND b.indicator = '{other}'"
            only += "" if counts_zero else f" AND {base}.value > 0"
            connection.execute(_CELLS.format(name=f"'{code}/{other}'", beside=_BESIDE, only=only))
            part = {"name": f"'{code}/{other}~'", "only": f"{only} {_ESTIMATED}"}
            connection.execute(_CELLS.format(beside=_BESIDE, **part))
    connection.execute("DELETE FROM cell_due")
    connection.execute(_DUES)


@contextmanager
def _loading(city: City) -> Iterator[sqlite3.Connection]:
    """A connection for bulk work, whole or not at all; the database is left in the journal mode it had."""
    with closing(sqlite3.connect(city.path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        with connection:
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
