"""Loading the demo: the same arguments give the same rows on both databases, whole or not at all, and all of it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.hashing import Hasher
from portal.accounts.models import Account
from portal.audit.verify import verify
from portal.casework.models import Case
from portal.catalogue.models import FilingWindow
from portal.catalogue.queries import catalogue_at
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind, PaperState
from portal.database.base import Base
from portal.database.session import Database, reading, use
from portal.demo import lives
from portal.demo.calibration import figures_of
from portal.demo.census import Census
from portal.demo.commands import NotEmpty, load_demo
from portal.demo.models import DemoLoad
from portal.demo.papers import KEEPERS
from portal.demo.people import people_of
from portal.demo.plan import BASE_ROWS, BASE_YEAR, FIRST, Wishes, fate
from portal.demo.planted import ERRORS, EXPORT
from portal.demo.queries import holds_demo
from portal.demo.queries_digest import STABLE, digest
from portal.enterprises.models import Enterprise
from portal.filing.models import Fact, Filing, FilingVersion
from portal.filing.rules import is_key
from portal.kernel.clock import now, today
from portal.kernel.measure import read_decimal
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role
from portal.kernel.workflow import TRANSITIONS, Kind, State
from portal.questionnaire.document import fingerprint
from portal.statistics.commands import compare
from portal.statistics.models import Cell
from portal.statistics.queries_overview import overview
from portal.statistics.queries_risks import risks
from portal.statistics.risks import RiskKind, Severity
from portal.support.match import Standing
from portal.support.models import Award, BudgetLine, DatedList
from portal.support.queries import matches
from portal.uploads.models import Upload
from portal.uploads.store import FOLDER
from tests.fixtures.calibrated import measured
from tests.fixtures.content import TWELVE
from tests.fixtures.databases import ON_SQLITE, Templates
from tests.fixtures.receipts import is_receipt_number
from tests.integration.demo.people import ALL

HASHER = Hasher(1, 8, 1)
SMALL = TWELVE.wishes
OPEN = Quarter(2026, 3)
TAKEN_BACK = (State.WITHDRAWN, State.VOID)


def number(text: str) -> Decimal:
    value = read_decimal(text)
    assert value is not None
    return value


def load(folder: Path, wishes: Wishes = SMALL, others: int = 0) -> dict[str, Any]:
    return load_demo(wishes, HASHER, folder, others)


@pytest.fixture
def fresh(templates: Templates) -> Callable[[str, str], None]:
    """Puts another database of that kind and content in use."""

    def put(kind: str, content: str = "empty") -> None:
        url, _ = templates.copy(kind, content)
        use(Database(url))

    return put


def test_the_same_arguments_give_the_same_rows_wherever_they_are_loaded_and_by_however_many(
    fresh: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summaries = []
    for kind, content, others in (("sqlite", "empty", 0), ("sqlite", "catalogue", 2), ("postgres", "empty", 0)):
        monkeypatch.setattr(lives, "CHAPTER", 5 if others else 25)  # three chapters, in turn by two processes
        fresh(kind, content)
        summaries.append(load(tmp_path, others=others))
    assert summaries[0] == summaries[1] == summaries[2]
    fresh("sqlite")
    assert load(tmp_path, Wishes(12, 3, 8, SMALL.as_of))["digest"] != summaries[0]["digest"]


@pytest.mark.content("twelve")
def test_what_is_loaded_holds(database: Database) -> None:
    summary = TWELVE.summary
    assert compare() == []
    assert verify() == []
    with reading(ALL) as session:
        assert digest(session) == summary["digest"]
        assert session.scalars(select(DemoLoad)).one().digest == summary["digest"]
    assert holds_demo(database.url.render_as_string(hide_password=False))


def test_every_table_but_the_machines_own_is_in_the_digest(database: Database) -> None:
    machines = {
        "alembic_version", "audit_anchor", "audit_head", "catalogue_draft", "catalogue_draft_item", "demo_load", "job",
        "job_consumer", "job_period", "mail", "throttle", "web_session", "account_link", "designation",
    }  # fmt: skip
    # What the night, the catalogue's load or people make; of what a release is made up, its own hash tells.
    machines |= {
        "benchmark", "list_import", "official_figure", "policy_draft", "policy_version", "register_import", "release_contribution",
        "roster_entry",
    }  # fmt: skip
    covered = {stable.kind.__tablename__ for stable in STABLE}
    assert set(Base.metadata.tables) - machines == covered


@pytest.mark.content("twelve")
def test_it_goes_into_an_empty_database_only(database: Database, tmp_path: Path) -> None:
    with reading(ALL) as session:
        before = session.scalar(select(func.count()).select_from(Fact))
    with pytest.raises(NotEmpty):
        load(tmp_path)
    with reading(ALL) as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == before


def test_a_database_without_the_demo_is_not_marked(database: Database, templates: Templates) -> None:
    assert not holds_demo(database.url.render_as_string(hide_password=False))
    bare, _ = templates.bare("sqlite")
    assert not holds_demo(bare)


def test_an_impossible_wish_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--enterprises"):
        load(tmp_path, Wishes(enterprises=3))
    assert not (tmp_path / FOLDER).exists()
    with reading(ALL) as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0


@pytest.mark.content("twelve")
def test_the_open_quarter_stands_in_every_state_and_the_closed_ones_are_approved(database: Database) -> None:
    with reading(ALL) as session:
        cases = session.scalars(select(Case).where(Case.kind == Kind.FILING)).all()
        assert {c.state for c in cases if c.quarter != OPEN.code} == {State.APPROVED}
        standing = {c.enterprise_id - 1: c for c in cases if c.quarter == OPEN.code}
        assert {n: c.state for n, c in standing.items()} == {
            n: fate(n).state for n in range(12) if fate(n).state is not None
        }
        odd = {n for n, c in standing.items() if c.flags}
        assert odd == {n for n in standing if fate(n).twist}
        supported = (Kind.FILING, Kind.APPLICATION, Kind.AWARD)
        waiting = select(Case).where(Case.kind.not_in(supported), Case.state != State.APPROVED)
        others = session.scalars(waiting).all()
        assert sorted((c.kind.value, c.state.value) for c in others) == [
            ("access", "submitted"),
            ("registration", "returned"),
            ("registration", "submitted"),
        ]


@pytest.mark.content("twelve")
def test_every_version_is_evidence_and_every_approved_one_has_its_facts(database: Database) -> None:
    with reading(ALL) as session:
        versions = session.scalars(select(FilingVersion)).all()
        approved = {c.id for c in session.scalars(select(Case).where(Case.state == State.APPROVED))}
        counted = set(session.scalars(select(Fact.version_id).distinct()))
        assert len({v.receipt_no for v in versions}) == len(versions)
        for version in versions:
            assert version.sha256 == fingerprint(version.content)
            assert is_receipt_number(version.receipt_no)
            assert is_key(version.idempotency_key)
            assert (version.id in counted) == (version.case_id in approved)


@ON_SQLITE
def test_nothing_in_the_past_lies_ahead_and_the_deadline_does(database: Database, tmp_path: Path) -> None:
    summary = load(tmp_path, Wishes(12, 1))
    with reading(ALL) as session:
        for column in (Case.created_at, Case.submitted_at, Case.decided_at, Filing.saved_at, FilingWindow.opens_at):
            newest = session.scalar(select(func.max(column)))
            assert newest is not None
            assert newest <= now()
        window = session.scalars(select(FilingWindow).order_by(FilingWindow.quarter.desc()).limit(1)).one()
        assert window.due_on >= date.fromisoformat(summary["arguments"]["as_of"])
        assert window.extension_reason or not summary["is_extended"]


@pytest.mark.parametrize(
    "as_of", [date(2026, 10, 1), date(2026, 10, 20), date(2026, 12, 31), date(2024, 4, 2)], ids=str
)
def test_the_demo_can_stand_at_any_day(templates: Templates, tmp_path: Path, as_of: date) -> None:
    use(Database(templates.copy("sqlite", "empty")[0]))
    summary = load(tmp_path, Wishes(12, None if as_of.year == 2024 else 2, 1, as_of))
    assert date.fromisoformat(summary["due_on"]) >= as_of
    assert compare() == []
    assert verify() == []


@ON_SQLITE
def test_the_year_before_the_first_filing_is_stated_and_no_cell_counts_it(database: Database, tmp_path: Path) -> None:
    wishes = Wishes(20, None, 5, date(2025, 7, 20))
    summary = load(tmp_path, wishes)
    with reading(ALL) as session:
        base = session.scalars(select(Fact).where(Fact.quarter < FIRST.code)).all()
        assert {fact.quarter for fact in base} == {quarter.code for quarter in BASE_YEAR}
        assert {(fact.basis, fact.version_id) for fact in base} == {("stated", None)}
        assert {fact.indicator for fact in base} == BASE_ROWS
        assert session.scalar(select(func.min(Cell.quarter))) == FIRST.code
        versions = session.scalars(select(FilingVersion).where(FilingVersion.quarter == FIRST.code)).all()
        assert not any("opening" in version.content for version in versions)
        assert all(case.headline_growth for case in session.scalars(select(Case).where(Case.quarter == FIRST.code)))
    assert compare() == []
    # Each figure of the summary went through forms, facts and cells; the same city's people say the same in sum. So what
    # test_calibration.py finds at default size without a database is what the summary says there.
    with reading(ALL) as session:
        catalogue = catalogue_at(session, Quarter(2025, 2))
    people = people_of(Census(catalogue, wishes.enterprises, wishes.seed))
    newest = [Quarter(2024, 2), Quarter(2024, 3), Quarter(2024, 4), Quarter(2025, 1)]
    by_people = [figure.written() for figure in figures_of(measured(people, catalogue, wishes.seed, newest))]
    by_name = {row["figure"]: row for row in by_people}
    assert len(summary["calibration"]) == len(by_people) > 3 + 3 * 2 + 3  # of three units at least
    assert {row["figure"]: row for row in summary["calibration"]} == by_name
    for name in ("2024 added value, L", "2024 added value, L, to 2023"):
        assert abs(Decimal(by_name[name]["deviation"])) <= Decimal("0.01")


@ON_SQLITE
def test_what_was_planted_stands_where_the_list_names_it(database: Database, tmp_path: Path) -> None:
    as_of, quarter = date(2026, 5, 22), Quarter(2026, 1)
    summary = load(tmp_path, Wishes(150, 4, 1, as_of))
    assert {row["kind"] for row in summary["planted"]} == set(ERRORS)
    with reading(ALL) as session:
        bureau = Actor(1, "b", "b", frozenset({Role.BUREAU_OFFICER}), ALL)
        warned = risks(session, bureau, overview(session, bureau, quarter), as_of)
        found = {
            (r.kind.value, r.code) for r in warned if r.kind in (RiskKind.FALL, RiskKind.REVIEW) and r.by == "unit"
        }
        assert found == {(row["kind"], row["unit"]) for row in summary["risks"]}
        assert {r.severity for r in warned if (r.kind.value, r.code) in found} == {Severity.HIGH}
        assert {kind for kind, _ in found} == {"fall", "review"}
        for row in summary["planted"]:
            mine = select(Case).where(Case.credit_code == row["credit_code"], Case.quarter == quarter.code)
            case = session.scalars(mine).one()
            assert case.enterprise_id == row["enterprise"]
            assert row["quarter"] == str(quarter)
            if row["kind"] == EXPORT:
                draft = session.scalars(select(Filing.draft).where(Filing.case_id == case.id)).one()
                assert number(draft["f104"]) > number(draft["f103"])
                assert case.state is State.DRAFT
                continue
            assert case.state in (State.SUBMITTED, State.UNDER_REVIEW)
            version = session.scalars(select(FilingVersion).where(FilingVersion.case_id == case.id)).one()
            if row["kind"] != "copied-quarter":
                assert any(flag.endswith(f":{row['row']}") for flag in version.content["flags"])


@pytest.mark.content("twelve")
def test_an_applicants_licence_can_be_opened(database: Database) -> None:
    with reading(ALL) as session:
        files = session.scalars(select(Upload).where(Upload.purpose == "licence")).all()
        assert len(files) == 3
        for file in files:
            assert (Path(TWELVE.folder.name) / FOLDER / file.stored_name).stat().st_size == file.size
        prospective = session.scalars(select(Enterprise.id).where(Enterprise.status == "prospective")).all()
        assert {file.enterprise_id for file in files} == set(prospective)


@ON_SQLITE
def test_the_summary_names_who_shows_which_case_of_policy_support(database: Database, tmp_path: Path) -> None:
    summary = load(tmp_path, Wishes(33, 7, 1, SMALL.as_of))
    cases = {row["case"]: row for row in summary["support"]}
    with reading(ALL) as session:
        stands = {
            c.state for c in session.scalars(select(Case).where(Case.kind == Kind.FILING, Case.quarter == OPEN.code))
        }
        ended = session.scalars(
            select(Paper.state).join(Case, Case.id == Paper.case_id).where(Case.state.in_(TAKEN_BACK))
        ).all()
        versions = session.scalars(select(FilingVersion)).all()
        receipts = set(session.scalars(select(Paper.serial).where(Paper.kind == PaperKind.FILING_RECEIPT)))
        keepers = {e.id for e in session.scalars(select(Enterprise).order_by(Enterprise.id).limit(KEEPERS))}
    kept = {row.receipt_no for row in versions if row.enterprise_id in keepers or row.quarter == OPEN.code}
    assert receipts == kept and len(kept) > KEEPERS * 7
    targets = {row.target for row in TRANSITIONS if Kind.FILING in row.kinds and row.target}
    assert stands == targets | {State.DRAFT}
    assert set(ended) == {PaperState.REVOKED} and len(ended) == len(TAKEN_BACK)
    assert set(cases) == {
        "fully eligible", "one condition short", "blocked by a veto", "unknown for a missing filing",
        "two exclusive policies", "at the annual cap",
    }  # fmt: skip
    with reading(ALL) as session:
        standing = {
            case: {m.policy.code: m for m in matches(session, row["enterprise"], SMALL.as_of or today()) or ()}
            for case, row in cases.items()
        }
        awards = session.scalars(select(Award)).all()
        for row in session.scalars(select(DatedList.source)):
            assert row.startswith("示例")
    found = {case: [standing[case][code] for code in row["policies"]] for case, row in cases.items()}
    assert found["fully eligible"][0].standing is Standing.AVAILABLE
    assert found["one condition short"][0].standing is Standing.ONE_SHORT
    assert any("short" in line.detail.en for line in found["one condition short"][0].conditions)
    assert found["blocked by a veto"][0].is_vetoed
    assert any("is missing" in line.detail.en for line in found["unknown for a missing filing"][0].conditions)
    first, second = found["two exclusive policies"]
    assert second.policy.code in first.policy.exclusive_with
    assert first.may_be_granted
    assert second.may_be_granted
    capped = cases["at the annual cap"]
    own = [award.amount for award in awards if award.enterprise_id == capped["enterprise"]]
    assert sum(own) == found["at the annual cap"][0].policy.annual_cap
    with reading(ALL) as session:
        for line in session.scalars(select(BudgetLine)):
            assert line.committed == sum(a.amount for a in awards if a.budget_line_id == line.id)


@pytest.mark.content("twelve")
def test_applications_stand_in_every_state(database: Database) -> None:
    with reading(ALL) as session:
        cases = session.scalars(select(Case).where(Case.kind.in_((Kind.APPLICATION, Kind.AWARD)))).all()
        standing = {(case.kind, case.state) for case in cases}
    state = State
    application = {state.DRAFT, state.SUBMITTED, state.UNDER_REVIEW, state.RETURNED, state.REJECTED, state.APPROVED}
    assert {one for kind, one in standing if kind is Kind.APPLICATION} == application
    assert {one for kind, one in standing if kind is Kind.AWARD} == {state.SUBMITTED, state.APPROVED}
