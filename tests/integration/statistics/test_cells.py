"""Cells follow the facts, whatever comes and goes, in whatever order; and everybody sees their part only."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, delete, func, select

from portal.database.migrate import FOLDER
from portal.database.session import Database, reading, transaction
from portal.filing.models import Fact, FilingVersion
from portal.kernel.errors import Denied
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope
from portal.statistics.cells import add_due, mark_approved, refresh
from portal.statistics.commands import compare
from portal.statistics.measures import Growth, Span, ratio_of_sums
from portal.statistics.models import Cell, CellDue, DueEnterprise
from portal.statistics.pairs import Part, with_parts
from portal.statistics.queries import Line, figures
from portal.statistics.question import By, Frame, Question
from portal.statistics.shown import SHOWN
from tests.fixtures.cases import HERE
from tests.integration.statistics.approved import add_registered, approve

ALL = Scope.everything("test")
THIRD = Quarter(2026, 3)


@dataclass(frozen=True)
class Number:
    """A fact as cells see it."""

    enterprise: int
    indicator: str
    quarter: int
    county: str
    segment: str
    size_class: str
    respondent_class: str
    value: Decimal
    is_estimated: bool = False


def drawn(chance: random.Random, enterprise: int) -> list[Number]:
    where = chance.choice(["331102", "331121"]), chance.choice(["01-M1", "05-M1", "00", "00-SEMI"])
    kind = chance.choice("LMSX"), chance.choice("LSN")
    return [
        Number(enterprise, code, THIRD.code, *where, *kind, Decimal(chance.randint(-500, 500)) / 100)
        for code in ("101", "107", "301")
        if chance.random() < 0.9
    ]


def recounted(facts: list[Number]) -> dict[tuple[str, ...], tuple[Decimal, int, int]]:
    sums: dict[tuple[str, ...], tuple[Decimal, int, int]] = {}
    for f in facts:
        key = (f.indicator, str(f.quarter), f.segment, f.county, f.size_class, f.respondent_class)
        total, number, nonzero = sums.get(key, (Decimal(0), 0, 0))
        sums[key] = total + f.value, number + 1, nonzero + (f.value != 0)
    return sums


def kept() -> dict[tuple[str, ...], tuple[Decimal, int, int]]:
    with reading(ALL) as session:
        return {
            (c.indicator, str(c.quarter), c.segment, c.county, c.size_class, c.respondent_class): (
                c.total,
                c.facts,
                c.contributors,
            )
            for c in session.scalars(select(Cell))
        }


@pytest.mark.parametrize("seed", range(4))
def test_cells_equal_the_facts_after_any_history(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    standing: dict[int, list[Number]] = {}
    for _ in range(60):
        enterprise = chance.randint(1, 12)
        before = standing.pop(enterprise, [])
        after = [] if before and chance.random() < 0.4 else drawn(chance, enterprise)
        if before and chance.random() < 0.5:
            after = [replace(f, value=chance.choice([Decimal(0), Decimal("7.25")])) for f in before]
        with transaction(ALL) as session:
            refresh(session, before, after)
        if after:
            standing[enterprise] = after
    assert kept() == recounted([f for facts in standing.values() for f in facts])


def test_approvals_at_the_same_time_lose_nothing(database: Database) -> None:
    chance = random.Random(9)
    batches = [drawn(chance, n) for n in range(12)]

    def approve(mine: list[list[Number]]) -> None:
        for facts in mine:
            with transaction(ALL) as session:
                refresh(session, [], facts)

    threads = [threading.Thread(target=approve, args=(batches[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept() == recounted([f for facts in batches for f in facts])


def with_all_sides(facts: list[Number]) -> list[Number | Part]:
    """As approvals count them: the sides of ratios enterprise by enterprise, quarter by quarter."""
    filings: dict[tuple[int, int], list[Number]] = {}
    for fact in facts:
        filings.setdefault((fact.enterprise, fact.quarter), []).append(fact)
    return [row for filing in filings.values() for row in with_parts(filing)]


@pytest.mark.content("catalogue")
def test_the_migration_counts_the_sides_that_a_recount_counts(database: Database) -> None:
    with transaction(ALL) as session:
        for number in (1, 2, 3):
            add_registered(session, number)
            given = {"i101": "9.5", "i107": "3", "i301": "7", "i502": "4", "i105": "2"}
            approve(session, number, THIRD, **(given if number != 2 else {**given, "i107": "0", "i401": "1.25"}))
        session.execute(delete(Cell).where(Cell.indicator.contains("/")))
    assert len(compare()) == 6  # both sides of three ratios are missing
    migrate(database, "0013")
    assert compare() == []
    assert kept()["107/301", str(THIRD.code), "05-M1", HERE, "M", "L"] == (Decimal(6), 3, 2)


def migrate(database: Database, *steps: str) -> None:
    """`0013` goes up, `-0013` back; as migrations run: without the guard."""
    engine = create_engine(database.url)
    for step in steps:
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            module = ScriptDirectory(str(FOLDER)).get_revision(step.removeprefix("-")).module
            module.downgrade() if step.startswith("-") else module.upgrade()
    engine.dispose()


@pytest.mark.content("catalogue")
def test_the_migration_marks_what_versions_call_estimated_and_counts_it_as_approvals_do(database: Database) -> None:
    """One has no land, one gave its own figure, one is above scale: only what form S says is estimated."""
    said = {"estimated": {"107": {"chain": "05", "quarter": "2025Q4", "rate": "0.2", "enterprises": "12"}}}
    with transaction(ALL) as session:
        given = (1, "S", True, "7"), (2, "S", True, "0"), (3, "S", False, "4"), (4, "L", False, "9")
        for number, kind, guessed, land in given:
            add_registered(session, number)
            for version in session.scalars(select(FilingVersion).where(FilingVersion.enterprise_id == number)):
                version.content = version.content | (said if guessed else {})
            rows = {"i101": "9.5", "i107": "3", "i301": land, "i502": "4"}
            approve(session, number, THIRD, kind, {"107"} if guessed else (), **rows)
    wanted = kept()
    assert compare() == []
    migrate(database, "-0014")
    assert ("107/301", str(THIRD.code), "05-M1", HERE, "M", "S") in kept()
    assert kept() != wanted and not any("~" in code for code, *_ in kept())
    migrate(database, "0014")
    with reading(ALL) as session:
        marked = select(Fact.enterprise_id, Fact.indicator).where(Fact.is_estimated).order_by(Fact.enterprise_id)
        assert session.execute(marked).all() == [(1, "107"), (2, "107")]
    assert compare() == []
    assert kept() == wanted
    of_small = {code: found for (code, *_, kind), found in wanted.items() if kind == "S"}
    assert (of_small["107"], of_small["107~"]) == ((9, 3, 3), (6, 2, 2))
    assert (of_small["107/301"], of_small["107/301~"], of_small["301/107"]) == ((6, 2, 2), (3, 1, 1), (11, 2, 2))


def due(enterprise: int, county: str, weight: int) -> DueEnterprise:
    return DueEnterprise(
        quarter=THIRD.code, enterprise_id=enterprise, county=county, chain="05", segment="05-M1", size_class="S",
        respondent_class="L", weight=Decimal(weight), is_approved=False,
    )  # fmt: skip


def test_the_share_of_response_moves_with_approvals_and_back(database: Database) -> None:
    with transaction(ALL) as session:
        rows = [due(1, "331102", 300), due(2, "331102", 100)]
        session.add_all(rows)
        session.flush()
        add_due(session, rows)
    for is_approved, number, weight in ((True, 1, 300), (True, 1, 300), (False, 0, 0)):
        with transaction(ALL) as session:
            assert mark_approved(session, 1, THIRD.code, is_approved)
        with reading(ALL) as session:
            cell = session.scalars(select(CellDue)).one()
            assert (cell.due, cell.approved, cell.weight_due, cell.weight_approved) == (2, number, 400, weight)
    with transaction(ALL) as session:
        assert not mark_approved(session, 77, THIRD.code, True)


def officer(*counties: str) -> Actor:
    return Actor(1, "o", "o", frozenset({Role.COUNTY_OFFICER}), Scope.counties(*counties), counties=frozenset(counties))


AUDITOR = Actor(2, "a", "a", frozenset({Role.AUDITOR}), ALL)
CHAIN = Actor(3, "c", "c", frozenset({Role.CHAIN_OFFICER}), Scope.chains("05"), chains=frozenset({"05"}))
ADMINISTRATOR = Actor(4, "s", "s", frozenset({Role.ADMINISTRATOR}), Scope.nobody())


def number(enterprise: int, county: str, value: int, segment: str = "05-M1") -> Number:
    return Number(enterprise, "101", THIRD.code, county, segment, "S", "L", Decimal(value))


@pytest.mark.content("catalogue")
def test_a_county_sees_its_own_part_and_of_the_city_only_what_gives_nobody_away(database: Database) -> None:
    mine = [number(1, "331102", 10), number(2, "331102", 20)]
    theirs = [number(3, "331121", 100), number(4, "331121", 200, "01-M1")]
    with transaction(ALL) as session:
        refresh(session, [], mine + theirs)
    question = Question(THIRD, by=By.COUNTY)
    with reading(officer("331102").scope) as session:
        table = figures(session, officer("331102"), question)
        assert table.total.figures[0].value == 30
        assert {line.code for line in table.lines if line.figures[0].value is not None} == {"331102"}
        assert table.city is not None
        assert table.city.figures[0].value is None, "two others stand behind it: the difference gives them away"
    with transaction(ALL) as session:
        refresh(session, [], [number(5, "331122", 1000)])
    with reading(officer("331102").scope) as session:
        table = figures(session, officer("331102"), question)
        assert table.city is not None
        assert table.city.figures[0].value == 1330


@pytest.mark.content("catalogue")
def test_the_auditor_sees_all_a_chain_officer_their_chain_the_administrator_nothing(database: Database) -> None:
    with transaction(ALL) as session:
        refresh(session, [], [number(1, "331102", 10), number(2, "331121", 20, "01-M1"), number(3, "331121", 5, "00")])
    question = Question(THIRD, by=By.CHAIN, frame=Frame.ALL)
    with reading(ALL) as session:
        table = figures(session, AUDITOR, question)
        assert table.total.figures[0].value == 35
        assert {line.code: line.figures[0].value for line in table.lines if line.figures[0].value} == {
            "05": 10,
            "01": 20,
            "00": 5,
        }
        clusters = figures(session, AUDITOR, Question(THIRD, frame=Frame.ALL))
        assert sum(line.figures[0].value or 0 for line in clusters.lines) == clusters.total.figures[0].value == 35
    with reading(CHAIN.scope) as session:
        assert figures(session, CHAIN, question).total.figures[0].value == 10
    with reading(ADMINISTRATOR.scope) as session, pytest.raises(Denied):
        figures(session, ADMINISTRATOR, question)


def test_every_higher_total_is_the_sum_of_the_cells(database: Database) -> None:
    facts = drawn(random.Random(3), 1) + drawn(random.Random(4), 2)
    with transaction(ALL) as session:
        refresh(session, [], facts)
    with reading(ALL) as session:
        total = session.scalar(select(func.sum(Cell.total)))
    assert total == sum(f.value for f in facts)


def of(enterprise: int, quarter: Quarter, value: int, respondent_class: str = "L", county: str = "331121") -> Number:
    return Number(enterprise, "101", quarter.code, county, "05-M1", "S", respondent_class, Decimal(value))


@pytest.mark.content("catalogue")
def test_a_span_is_compared_only_where_all_its_quarters_and_those_a_year_before_are_in(database: Database) -> None:
    quarters = [Quarter(2024, 3) + n for n in range(9)]  # 2024Q3 to 2026Q3
    with transaction(ALL) as session:
        refresh(session, [], [of(1, quarter, 100) for quarter in quarters])
    seen = {}
    with reading(ALL) as session:
        for last in (Quarter(2025, 1), Quarter(2025, 2), Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 4)):
            figure = figures(session, AUDITOR, Question(last, Span.TRAILING_FOUR, By.COUNTY)).total.figures[0]
            seen[str(last)] = (figure.value, figure.growth.rate if figure.growth else None)
    assert seen == {
        "2025Q1": (None, None),  # its first quarter lies before the first figures
        "2025Q2": (400, None),  # the year before is not there
        "2026Q1": (400, None),
        "2026Q2": (400, Decimal(0)),
        "2026Q4": (None, None),  # nobody's figures are in for its last quarter
    }


@pytest.mark.content("catalogue")
def test_several_quarters_tax_is_not_divided_by_the_land_of_the_few_who_filed_the_last_one(database: Database) -> None:
    quarters = [Quarter(2025, 4) + n for n in range(4)]
    tax = [replace(of(e, q, 10), indicator="201") for e in (1, 2) for q in quarters[:3]]
    land = [replace(of(e, q, 5), indicator="301") for e in (1, 2) for q in quarters[:3]]
    last = [replace(of(1, THIRD, 10), indicator="201"), replace(of(1, THIRD, 5), indicator="301")]
    rows = [due(1, "331121", 100), due(2, "331121", 100)]
    with transaction(ALL) as session:
        refresh(session, [], with_all_sides([*tax, *land, *last]))
        session.add_all(rows)
        session.flush()
        add_due(session, rows)
        mark_approved(session, 1, THIRD.code, True)
    question = Question(THIRD, Span.TRAILING_FOUR, By.COUNTY)
    with reading(ALL) as session:
        assert by_code(figures(session, AUDITOR, question).total)["tax_per_mu"] is None
        assert by_code(figures(session, AUDITOR, Question(THIRD, by=By.COUNTY)).total)["tax_per_mu"] == 2
    with transaction(ALL) as session:
        more = [replace(of(2, THIRD, 10), indicator="201"), replace(of(2, THIRD, 5), indicator="301")]
        refresh(session, [], with_all_sides(more))
        mark_approved(session, 2, THIRD.code, True)
    with reading(ALL) as session:
        assert by_code(figures(session, AUDITOR, question).total)["tax_per_mu"] == 8


RATIOS = [(s.code, s.indicator, s.per) for s in SHOWN if s.per]


@pytest.mark.content("catalogue")
@pytest.mark.parametrize("seed", range(3))
def test_a_ratio_is_of_those_who_gave_both_its_rows_in_every_frame_and_line(database: Database, seed: int) -> None:
    """Rows come and go: by form S 107 may be left out while 301 may not, form N does not ask 101 and 107 at all."""
    chance = random.Random(seed)
    rows = sorted({code for _, a, b in RATIOS for code in (a, b)})
    facts = []
    for enterprise in range(1, 13):
        kind = chance.choice("LSN")
        left_out = {"L": set(), "S": {"107", "302", "401"}, "N": {"301", "401"}}[kind]
        for code in rows:
            if (kind == "N" and code in ("101", "107", "302")) or (code in left_out and chance.random() < 0.6):
                continue
            facts.append(replace(of(enterprise, THIRD, chance.randint(0, 90), kind), indicator=code))
    with transaction(ALL) as session:
        refresh(session, [], with_all_sides(facts))
    known: dict[int, dict[str, Number]] = {}
    for fact in facts:
        known.setdefault(fact.enterprise, {})[fact.indicator] = fact
    with reading(ALL) as session:
        for frame in Frame:
            line = figures(session, AUDITOR, Question(THIRD, by=By.CLASS, frame=frame)).total
            asked = [f for f in known.values() if frame is Frame.ALL or f["105"].respondent_class == frame.value]
            for code, a, b in RATIOS:
                both = [(f[a].value, f[b].value) for f in asked if a in f and b in f]
                both = [pair for pair in both if pair[1] > 0 or b not in ("301", "502")]
                wanted = ratio_of_sums(sum((x for x, _ in both), Decimal(0)), sum((y for _, y in both), Decimal(0)))
                found = next(figure for figure in line.figures if figure.shown.code == code)
                assert found.value == wanted, (frame, code)
                most = max(sum(a in f for f in asked), sum(b in f for f in asked))
                assert found.gave == ((len(both), most) if wanted is not None and len(both) < most else None)


@pytest.mark.content("catalogue")
def test_a_line_that_lacks_a_quarter_has_no_sum_and_says_which_and_the_share_is_the_lowest(database: Database) -> None:
    quarters = [Quarter(2024, 4) + n for n in range(8)]  # 2024Q4 to 2026Q3
    rows = [due(1, "331121", 300), due(2, "331102", 100)]
    earlier = [due(1, "331121", 300), due(2, "331102", 100)]
    for row in earlier:
        row.quarter = Quarter(2026, 2).code
    with transaction(ALL) as session:
        whole = [of(1, quarter, 100) for quarter in quarters]
        lacking = [of(2, quarter, 10, county="331102") for quarter in quarters if quarter != Quarter(2026, 2)]
        refresh(session, [], [*whole, *lacking])
        session.add_all([*rows, *earlier])
        session.flush()
        add_due(session, [*rows, *earlier])
        for enterprise, quarter in ((1, THIRD), (2, THIRD), (1, Quarter(2026, 2))):
            mark_approved(session, enterprise, quarter.code, True)
    with reading(ALL) as session:
        table = figures(session, AUDITOR, Question(THIRD, Span.TRAILING_FOUR, By.COUNTY))
        lines = {line.code: line for line in table.lines}
        told = {code: (lines[code].figures[0].value, lines[code].figures[0].growth) for code in ("331121", "331102")}
        assert told == {"331121": (400, Growth(Decimal(0))), "331102": (None, Growth(None))}
        assert lines["331102"].figures[0].why is not None
        assert lines["331102"].figures[0].why.en == "no Q2 2026"
        assert [(lines[c].approved, lines[c].due) for c in ("331121", "331102")] == [(1, 1), (0, 1)]
        assert (table.total.approved, table.total.due, table.total.weight_share) == (1, 2, Decimal("0.75"))
        of_quarter = figures(session, AUDITOR, Question(THIRD, by=By.COUNTY))
        assert (of_quarter.total.approved, of_quarter.total.weight_share) == (2, 1)


@pytest.mark.content("catalogue")
def test_a_county_reads_no_city_ratio_of_some_only(database: Database) -> None:
    """Of seven with land five gave value added: beside the city's tax per mu it would tell the land of two."""
    counties = {1: "331102", 2: "331102", 3: "331102"}
    facts = []
    for enterprise in range(1, 11):
        place = counties.get(enterprise, "331121")
        codes = ["201", "301", *(["107"] if enterprise <= 8 else [])]
        facts += [replace(of(enterprise, THIRD, 10 + enterprise, "L", place), indicator=code) for code in codes]
    with transaction(ALL) as session:
        refresh(session, [], with_all_sides(facts))
    with reading(officer("331102").scope) as session:
        city = figures(session, officer("331102"), Question(THIRD, by=By.COUNTY)).city
    assert city is not None
    assert (by_code(city)["tax_per_mu"], by_code(city)["added_per_mu"]) == (Decimal(1), None)


def by_code(line: Line) -> dict[str, Decimal | None]:
    return {figure.shown.code: figure.value for figure in line.figures}


@pytest.mark.content("catalogue")
def test_frames_of_the_city_cannot_be_subtracted_down_to_one_foreign_enterprise(database: Database) -> None:
    large = [of(n, THIRD, 100, "L", "331102" if n < 4 else "331121") for n in range(1, 9)]
    small = [of(n, THIRD, 10, "S", "331102" if n < 13 else "331121") for n in range(10, 17)]
    others = [of(20, THIRD, 7, "N", "331102"), of(21, THIRD, 9, "N", "331121")]
    with transaction(ALL) as session:
        refresh(session, [], [*large, *small, *others])

    def city() -> dict[str, Decimal | None]:
        with reading(officer("331102").scope) as session:
            asked = [figures(session, officer("331102"), Question(THIRD, by=By.COUNTY, frame=frame)) for frame in Frame]
        return {t.question.frame.value: t.city.figures[0].value if t.city else None for t in asked}

    assert city() == {"L": 800, "S": 70, "N": None, "all": None}
    with transaction(ALL) as session:
        refresh(session, [], [of(n, THIRD, 9, "N", "331121") for n in (22, 23)])
    assert city() == {"L": 800, "S": 70, "N": 34, "all": 904}
