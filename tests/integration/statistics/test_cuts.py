"""Six cuts of the same facts: every line, in every frame, for whoever reads it, is a plain group-by over the facts."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from flask import Flask
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from portal.catalogue.reader import raw_entries
from portal.database.session import Database, reading, transaction
from portal.statistics.cells import refresh
from portal.statistics.queries import figures
from portal.statistics.question import By, Frame, Question
from tests.fixtures.cases import EVERYTHING
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import at_work
from tests.fixtures.manners import words
from tests.integration.statistics.test_cells import AUDITOR, CHAIN, THIRD, Number, officer

pytestmark = pytest.mark.content("catalogue")
HERE = "331102"
CLUSTERS = {raw.code: raw.content.get("cluster", "00") for raw in raw_entries() if raw.kind == "chain"}
# What is read of each line: the indicator, and the place of its column.
COLUMNS = {"101": "output", "107": "value_added"}
READERS = {
    "auditor": (AUDITOR, lambda fact: True),
    "county": (officer(HERE), lambda fact: fact.county == HERE),
    "chain": (CHAIN, lambda fact: fact.segment[:2] == "05"),
}
LINE_OF = {
    By.CLUSTER: lambda f: f.segment[3:] or "00" if f.segment.startswith("00") else CLUSTERS[f.segment[:2]],
    By.CHAIN: lambda f: f.segment[:2],
    By.SEGMENT: lambda f: f.segment,
    By.COUNTY: lambda f: f.county,
    By.SIZE: lambda f: f.size_class,
    By.CLASS: lambda f: f.respondent_class,
}
TITLES = {
    By.CLUSTER: "精密制造", By.CHAIN: "滚动功能部件", By.SEGMENT: "滚珠丝杠", By.COUNTY: "莲都区", By.SIZE: "小型",
    By.CLASS: "规模以上工业",
}  # fmt: skip
VALUES = st.decimals(-500, 500, places=2) | st.just(Decimal(0))
ENTERPRISES = st.tuples(
    st.sampled_from([HERE, "331121", "331100-KFQ"]),
    st.sampled_from(["01-M1", "05-M1", "05-U1", "05-x", "00", "00-SEMI"]),
    st.sampled_from("LMSX"),
    st.sampled_from("LSN"),
    st.dictionaries(st.sampled_from(sorted(COLUMNS)), VALUES, min_size=1),
)


def counted(facts: list[Number]) -> dict[str, tuple[Decimal, int]]:
    """Of each column: the sum, and how many are not nought."""
    return {
        column: (sum((f.value for f in mine), Decimal(0)), sum(f.value != 0 for f in mine))
        for code, column in COLUMNS.items()
        if (mine := [f for f in facts if f.indicator == code])
    }


@ON_SQLITE
@settings(max_examples=2, phases=[Phase.generate])  # a smaller example would take minutes to find
@given(drawn=st.lists(ENTERPRISES, min_size=14, max_size=24))
def test_every_line_of_every_cut_is_the_sum_of_its_facts_and_lines_sum_to_the_total(
    database: Database, drawn: list[tuple[str, str, str, str, dict[str, Decimal]]]
) -> None:
    assume(len({enterprise[:4] for enterprise in drawn}) > 10)
    facts = [
        Number(n, code, THIRD.code, *where, value)
        for n, (*where, given_) in enumerate(drawn, start=1)
        for code, value in given_.items()
    ]
    with reading(EVERYTHING) as session:  # never committed: the next example finds no cell
        refresh(session, [], facts)
        for by, frame, (name, (actor, is_mine)) in product(By, Frame, READERS.items()):
            mine = [f for f in facts if is_mine(f) and frame.value in ("all", f.respondent_class)]
            lines: dict[str, list[Number]] = {}
            for fact in mine:
                lines.setdefault(LINE_OF[by](fact), []).append(fact)
            table = figures(session, actor, Question(THIRD, by=by, frame=frame))
            told = {
                line.code: {
                    figure.shown.code: (figure.value, figure.contributors)
                    for figure in line.figures
                    if figure.shown.code in COLUMNS.values() and figure.value is not None
                }
                for line in (*table.lines, table.total)
            }
            assert told.pop("") == counted(mine), (by, frame, name)
            assert {code: line for code, line in told.items() if line} == {
                code: counted(line) for code, line in lines.items()
            }, (by, frame, name)


def test_the_page_shows_each_cut_to_each_of_its_readers(database: Database, app: Flask) -> None:
    mine = [Number(1, "101", THIRD.code, HERE, "05-M1", "S", "L", Decimal(345_600))]
    with transaction(EVERYTHING) as session:
        refresh(session, [], [*mine, Number(2, "101", THIRD.code, "331121", "01-M1", "L", "N", Decimal(10_000))])
    for reader, _ in READERS.values():
        desk = at_work(app, reader)
        for by, title in TITLES.items():
            page = desk.get(f"/figures?by={by.value}&frame=all")
            rows = [words(row) for row in page.tree.iter("tr")]
            assert [row for row in rows if title in row and "34.56" in row], (by, rows)
            assert by.title.zh in page.text
