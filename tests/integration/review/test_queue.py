"""The queue: what each tab holds, in which order, for whom, and that its counts are its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.casework.models import Remark
from portal.catalogue.models import FilingWindow
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise
from portal.enterprises.queries import case_names
from portal.filing.models import Filing
from portal.kernel.clock import now, today
from portal.kernel.period import Quarter
from portal.kernel.roles import Role, Scope
from portal.kernel.workflow import IN_REVIEW, Kind, State
from portal.review import queries, queries_list, queries_page
from portal.review.forms import page_of
from portal.review.queries import QueueRow, counts, listed, queue, waiting
from portal.review.queries_list import asked, shape_of
from portal.review.queries_names import flagged_rows
from portal.review.queries_page import Asked, Span, queue_page
from portal.review.queries_place import Place, place_of
from portal.review.queries_response import county_counts
from portal.review.rules import COUNT_CAP, SOON_DAYS, Due, Filters, Flags, Section, Tab, Tick, View
from portal.statistics.cells import add_due
from portal.statistics.models import CellDue, DueEnterprise
from portal.statistics.queries_due import response
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, add_account, add_case, add_filing, day, person

MINE = 1
COUNTY = Scope.counties(HERE)


def walk(session: Session, section: Section, tab: Tab, size: int = 3, filters: Filters | None = None) -> list[QueueRow]:
    """Every row of a list, page by page."""
    found: list[QueueRow] = []
    after = None
    while rows := queue(session, section, tab, me=MINE, today=today(), filters=filters, after=after, size=size):
        found += rows
        after = (rows[-1].due_on or day(0), rows[-1].id)
    return found


CASES = st.tuples(
    st.sampled_from(list(Kind)),
    st.sampled_from(list(State)),
    st.integers(-4, 12),
    st.sampled_from([MINE, 2]),
    st.sampled_from([HERE, ELSEWHERE]),
    st.integers(0, 2),
)


@settings(max_examples=25)
@given(rows=st.lists(CASES, max_size=14))
def test_each_tab_opens_exactly_the_rows_it_counts(database: Database, rows: Sequence[tuple[object, ...]]) -> None:
    with transaction(EVERYTHING) as session:
        for kind, state, due, claimer, county, flags in rows:
            values: dict[str, object] = {"county": county, "flags": flags}
            if state not in (State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN):
                values["due_on"] = day(int(str(due)))
            if state is State.UNDER_REVIEW:
                values["claimed_by_id"] = claimer
            add_case(session, state, kind, **values)  # type: ignore[arg-type]
        session.flush()
        session.commit()
        for scope in (COUNTY, EVERYTHING, Scope.nobody()):
            with reading(scope) as seen:
                shown = {asked: counts(seen, asked, MINE, today()) for asked in Section}
                assert all((section, tab) in shown[section] for section in Section for tab in Tab)
                found = {key: number for counted in shown.values() for key, number in counted.items()}
                assert all(counted.items() <= found.items() for counted in shown.values())
                for (section, tab), number in found.items():
                    listed = walk(seen, section, tab)
                    assert len(listed) == len({row.id for row in listed}) == number
                    assert all(row.state in tab.states and row.kind in section.kinds for row in listed)
                    assert scope.kind != "counties" or all(row.county == HERE for row in listed)
                for_all = {section.value: found[section, Tab.ALL] for section in Section}
                assert waiting(seen, MINE, today()) == for_all
            with reading(scope) as alone:  # asked for by itself it is another statement
                assert waiting(alone, MINE, today()) == for_all
        session.query(queries.Case).delete()
        session.commit()


def test_what_is_due_first_stands_first_and_decided_ones_newest_first(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        made = {offset: add_case(session, due_on=day(offset), flags=offset == 0) for offset in (5, -2, 0)}
        waiting_ids = {offset: case.id for offset, case in made.items()}
        approved = {offset: add_case(session, State.APPROVED, due_on=day(offset)).id for offset in (1, 9)}
    with reading(COUNTY) as session:
        assert [row.id for row in walk(session, Section.FILING, Tab.ALL)] == [waiting_ids[o] for o in (-2, 0, 5)]
        assert [row.id for row in walk(session, Section.FILING, Tab.APPROVED)] == [approved[9], approved[1]]
        clean = View(Tab.ALL, Filters(flags=Flags.CLEAN))  # the next one is of the list it was opened from
        assert place_of(session, made[-2], today(), view=clean) == Place(None, waiting_ids[5], 1, 2)
        assert place_of(session, made[0], today(), view=clean) == Place(waiting_ids[-2], waiting_ids[5])  # not of it
        assert place_of(session, made[-2], today(), view=View(Tab.MINE), me=MINE) == Place()
        assert place_of(session, made[-2], today(), view=View(Tab.APPROVED)) == Place(None, waiting_ids[0], 1, 3)


WALKED = (Tab.ALL, Tab.MINE, Tab.RETURNED, Tab.APPROVED)
PLACES = [*map(View, WALKED), View(Tab.ALL, Filters(text="示例", flags=Flags.CLEAN))]


def test_before_after_and_place_of_a_case_are_those_of_the_list_as_it_is_walked(database: Database) -> None:
    sent = [state for state in State if state not in (State.DRAFT, State.TO_CERTIFY, State.WITHDRAWN)]
    with transaction(EVERYTHING) as session:
        for number in range(36):
            state, due = sent[number % len(sent)], day(number * 7 % 5 - 2)
            values = {"claimed_by_id": 1 + number // 7 % 2} if state is State.UNDER_REVIEW else {}
            values |= {"reply_due_on": day(number % 3)} if state is State.RETURNED else {}
            add_case(session, state, due_on=due, flags=number % 3, chain=f"0{1 + number // 4 % 2}", **values)
    with reading(COUNTY) as session:
        for view in PLACES:
            ids = [row.id for row in walk(session, Section.FILING, view.tab, 50, view.filters)]
            assert len(ids) > 1, view
            for number, found in enumerate(ids):
                place = place_of(session, session.get_one(queries.Case, found), today(), view=view, me=MINE)
                before, after = ids[number - 1] if number else None, ids[number + 1] if ids[number + 1 :] else None
                assert place == Place(before, after, number + 1, len(ids))


STATES = st.lists(st.tuples(st.sampled_from([None, *State]), st.sampled_from([HERE, ELSEWHERE])), max_size=12)


@settings(max_examples=12)
@given(filed=STATES)
def test_the_head_of_a_countys_list_tells_the_response_of_its_open_quarter(
    database: Database, filed: Sequence[tuple[State | None, str]]
) -> None:
    with transaction(EVERYTHING) as session:
        for number, (state, county) in enumerate(filed, 1):
            grain = {"quarter": 20263, "segment": "01-M1", "county": county, "size_class": "M", "respondent_class": "L"}
            row = DueEnterprise(
                enterprise_id=number, chain="01", weight=Decimal(1), is_approved=state is State.APPROVED, **grain
            )
            session.add(row)
            add_due(session, [row])
            if state is not None:
                case = add_case(session, state, enterprise_id=number, county=county)
                known = {"case_id": case.id, "chain": "01", "edition": "2026.1", "rule_set": "2026.1.3", "draft": {}}
                session.add(Filing(enterprise_id=number, **grain, **known))
            add_case(session, State.SUBMITTED, enterprise_id=number, county=county, quarter=20262)
        opened, ahead = now() - timedelta(days=9), now() + timedelta(days=9)
        for quarter, opens_at in ((20262, opened), (20263, opened), (20264, ahead)):
            known = {"due_on": day(5), "first_due_on": day(5), "locks_on": day(60), "edition": "2026.1"}
            session.add(FilingWindow(quarter=quarter, opens_at=opens_at, **known))
        session.flush()
        session.commit()
    with reading(COUNTY) as seen:
        for section in Section:
            found, quarter, told = county_counts(seen, section, MINE, today())
            assert quarter == Quarter(2026, 3)
            assert told == response(seen, Quarter(2026, 3))
            assert found == counts(seen, section, MINE, today())
    with transaction(EVERYTHING) as session:
        for table in (Filing, queries.Case, DueEnterprise, CellDue, FilingWindow):
            session.query(table).delete()


FILTERS = [
    (Filters(text="一号"), {"one"}),
    (Filters(text="ma2e1h8u6k"), {"one"}),
    (Filters(text="%"), {"odd"}),
    (Filters(text="_"), set()),
    (Filters(text="𠮷"), {"odd"}),
    (Filters(chain="02"), {"two"}),
    (Filters(flags=Flags.FLAGGED), {"two"}),
    (Filters(flags=Flags.CLEAN), {"one", "odd"}),
    (Filters(due=Due.OVERDUE), {"one"}),
    (Filters(due=Due.SOON), {"two"}),
    (Filters(due=Due.LATER), {"odd"}),
    (Filters(text="示例", chain="02", flags=Flags.FLAGGED, due=Due.SOON), {"two"}),
    (Filters(text="'; drop table review_case; --"), set()),
]


def test_a_filter_keeps_what_it_names(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        made = {
            "one": add_case(session, due_on=day(-1), enterprise_name="丽水示例一号有限公司"),
            "two": add_case(
                session, due_on=day(2), enterprise_name="示例B", chain="02", flags=2, credit_code="91331122MA2C7X3D4J"
            ),
            "odd": add_case(session, due_on=day(40), enterprise_name="𠮷100%\\公司", credit_code="91331122MA2A0B3N9X"),
        }
    for filters, names in FILTERS:
        with reading(COUNTY) as session:
            listed = {row.id for row in walk(session, Section.FILING, Tab.ALL, filters=filters)}
        assert {name for name, case in made.items() if case.id in listed} == names, filters


@pytest.mark.parametrize("tab", [Tab.ALL, Tab.RETURNED])
def test_what_is_near_is_near_in_working_days_as_its_line_says(database: Database, tab: Tab) -> None:
    """The week before the National Day holiday of 2026: nine days off lie before the eighth working day."""
    at, state = date(2026, 9, 28), State.RETURNED if tab is Tab.RETURNED else State.SUBMITTED
    with transaction(EVERYTHING) as session:
        for number in range(-1, 25):
            name = "reply_due_on" if tab is Tab.RETURNED else "due_on"
            add_case(session, state, **{name: at + timedelta(days=number)})
    officer, far = person(Role.COUNTY_OFFICER), False
    with reading(COUNTY) as session:
        for due in Due:
            found = queue_page(session, officer, Asked(Section.FILING, tab, Filters(due=due), None, Tick.NONE), at, "1")
            left = [found.calendar.time_left(row.due_on or at, at) for row in found.rows]
            wanted = {
                Due.ANY: left,
                Due.OVERDUE: [one for one in left if one.is_late],
                Due.SOON: [one for one in left if not one.is_late and one.days <= SOON_DAYS],
                Due.LATER: [one for one in left if not one.is_late and one.days > SOON_DAYS],
            }
            assert left and left == wanted[due], due
            far = far or (
                due is Due.SOON and max(row.due_on or at for row in found.rows) > at + timedelta(days=SOON_DAYS)
            )
        assert far
        last = session.get_one(queries.Case, found.rows[-1].id)
        assert place_of(session, last, at, view=View(tab, Filters(due=Due.LATER))).number == len(found.rows)


SPANNED = [
    View(Tab.ALL), View(Tab.APPROVED), View(Tab.ALL, Filters(text="示例", flags=Flags.CLEAN)),
    View(Tab.APPROVED, Filters(flags=Flags.CLEAN)), View(Tab.MINE),
]  # fmt: skip


@pytest.mark.parametrize("cap", [1000, 4])
def test_each_page_says_which_part_of_how_many_it_shows(
    database: Database, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    for module in (queries_list, queries_page):
        monkeypatch.setattr(module, "COUNT_CAP", cap)
    monkeypatch.setattr(queries_page, "PAGE", 3)
    monkeypatch.setattr(queries, "_rows", queries._rows.__wrapped__)  # statements are kept with the cap they have
    with transaction(EVERYTHING) as session:
        for number in range(18):
            state = State.SUBMITTED if number % 2 else State.APPROVED
            add_case(session, state, due_on=day(number % 4), flags=number // 2 % 2)
    officer = person(Role.COUNTY_OFFICER, MINE)
    with reading(COUNTY) as session:
        for view in SPANNED:
            ids = [row.id for row in walk(session, Section.FILING, view.tab, 50, view.filters)]
            after, seen = None, 0
            while True:
                asked = Asked(Section.FILING, view.tab, view.filters, after, Tick.NONE)
                page = queue_page(session, officer, asked, today(), "1")
                shown = page_of(page.rows, after, asked.size)
                assert [row.id for row in shown.rows] == ids[seen : seen + 3]
                is_told = not (view.filters.is_set and view.tab is Tab.APPROVED)
                if not ids or not is_told:
                    assert page.span is None
                elif seen > cap:
                    assert page.span == Span(None, None, cap + 1)
                elif after is not None or view.filters.is_set:
                    assert page.span == Span(seen + 1, seen + len(shown.rows), min(len(ids), cap + 1))
                else:
                    assert page.span == Span(1, len(shown.rows), len(ids))
                if shown.next is None:
                    break
                seen += 3
                after = (shown.rows[-1].due_on or day(0), shown.rows[-1].id)


def test_a_row_names_its_reviewer_and_says_when_an_answer_is_awaited(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, MINE, "陈丽")
        case = add_case(session, State.UNDER_REVIEW)
        for reply in (None, "已补充"):
            session.add(
                Remark(
                    case_id=case.id,
                    enterprise_id=case.enterprise_id,
                    county=case.county,
                    chain=case.chain,
                    text="为什么？",
                    author_side="officer",
                    version_no=1,
                    opened_at=now(),
                    reply=reply,
                    replied_at=now() if reply else None,
                )
            )
    with reading(COUNTY) as session:
        (row,) = queue(session, Section.FILING, Tab.MINE, me=MINE, today=today())
    assert (row.reviewer, row.questions, row.is_open) == ("陈丽", 1, True)


def test_a_row_has_the_english_name_of_a_registered_enterprise_while_its_chinese_one_stands(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number, county, name in (
            (7, HERE, "丽水示例一号有限公司"),
            (8, HERE, "后来改的名字"),
            (9, ELSEWHERE, "外县"),
        ):
            session.add(
                Enterprise(
                    id=number, status="prospective", credit_code="x", name_zh=name, name_en=f"Sample {number} Ltd",
                    county=county, chain="01", gb_class="3453",
                )
            )  # fmt: skip
        session.flush()
        cases = [
            add_case(session, enterprise_id=7),
            add_case(session, enterprise_id=8, enterprise_name="原来的名字", due_on=day(4)),
            add_case(session, enterprise_id=9, enterprise_name="外县", due_on=day(5)),  # filed here, moved away since
        ]
        known = case_names(session, cases)
    assert [known[case.id].en for case in cases] == ["Sample 7 Ltd", "原来的名字", "Sample 9 Ltd"]
    with reading(COUNTY) as session:
        listed = queue(session, Section.FILING, Tab.ALL, me=MINE, today=today())
        assert [row.enterprise_name_en for row in listed] == ["Sample 7 Ltd", None, None]
        assert [row.enterprise_name for row in listed] == [case.enterprise_name for case in cases]
        sought = Filters(text="sample 7")
        assert [row.id for row in walk(session, Section.FILING, Tab.ALL, filters=sought)] == [cases[0].id]


@pytest.mark.content("catalogue")
def test_a_flagged_row_names_what_its_newest_submission_was_asked_about(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        flagged, clean = add_case(session, flags=2), add_case(session, due_on=day(9), enterprise_id=8)
        for case, number, flags in ((flagged, 1, ["Q16:302"]), (flagged, 2, ["Q01:101", "Q06:106"]), (clean, 1, [])):
            version = add_filing(session, case, number, r101="1.00")
            version.content = {**version.content, "flags": flags}
    with reading(COUNTY) as session:
        first, second = queue(session, Section.FILING, Tab.ALL, me=MINE, today=today())
        assert (json.loads(first.flag_keys or ""), second.flag_keys) == (["Q01:101", "Q06:106"], None)
        assert [name.zh for name in flagged_rows(session, first)] == ["工业总产值", "利润总额"]
        assert flagged_rows(session, second) == ()


def test_counts_stop_one_above_the_cap(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        model = add_case(session)
        row = {c.name: getattr(model, c.name) for c in queries.Case.__table__.columns if c.name != "id"}
        session.connection().execute(queries.Case.__table__.insert(), [row] * (COUNT_CAP + 5))
    with reading(COUNTY) as session:
        assert counts(session, Section.FILING, MINE, today())[Section.FILING, Tab.ALL] == COUNT_CAP + 1


def test_the_list_and_its_counts_are_one_statement_each_whatever_the_rows(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        for number in range(60):
            add_case(session, State.UNDER_REVIEW if number % 2 else State.SUBMITTED)
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda c, cur, sql, *rest: sent.append(sql))
    with reading(COUNTY) as session:
        counts(session, Section.FILING, MINE, today())
        assert waiting(session, MINE, today())["filing"] == 60  # beside the counts it asks nothing more
        assert len(queue(session, Section.FILING, Tab.ALL, me=MINE, today=today())) == queries.PAGE
    assert len([sql for sql in sent if not sql.startswith(("BEGIN", "PRAGMA"))]) == 2


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scope", [COUNTY, EVERYTHING], ids=["county", "city"])
def test_what_waits_is_read_along_an_index_and_never_scanned(database: Database, scope: Scope) -> None:
    with transaction(EVERYTHING) as session:
        waits = add_case(session)
    sent: list[tuple[str, object]] = []
    with reading(scope) as session:
        event.listen(
            database.engine, "before_cursor_execute", lambda c, cur, sql, values, *rest: sent.append((sql, values))
        )
        queue(session, Section.FILING, Tab.ALL, me=MINE, today=today())
        for section in Section:
            counts(session, section, MINE, today())
            if scope is COUNTY:
                county_counts(session, section, MINE, today())
        place_of(session, waits, today())
        whole = shape_of(Section.FILING, Tab.ALL, Filters())
        listed(session, replace(whole, is_numbered=True), asked(Filters(), MINE, today(), today()), (day(0), 0), 50)
    with database.engine.connect() as connection:
        connection.info["restricted"] = False
        asked_of_cases = [pair for pair in sent if "review_case" in pair[0]]
        assert asked_of_cases
        for sql, values in asked_of_cases:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]  # type: ignore[arg-type]
            steps = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
            assert not [
                s
                for s in steps
                if s.startswith("SCAN")
                and "INDEX" not in s
                and "CONSTANT" not in s
                and not s.startswith(("SCAN n_", "SCAN there"))
            ], plan
            if scope is COUNTY:
                cases = [step for step in steps if step.startswith("SEARCH") and "ix_review_case" in step]
                assert cases and all("county=?" in step or "claimed_by_id=?" in step for step in cases), plan
                if sql.startswith("SELECT (SELECT count(*)"):  # a number is counted in the index and reads no row
                    assert len(cases) >= len(Tab) and all("COVERING INDEX" in step for step in cases), plan
            if "ORDER BY" in sql:
                assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_tabs_cover_every_state_after_submission() -> None:
    shown = {state for tab in Tab for state in tab.states}
    assert shown == IN_REVIEW | {State.RETURNED, State.APPROVED, State.REJECTED, State.VOID}
