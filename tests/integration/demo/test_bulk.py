"""What is built in bulk is what the commands would have written: the same dozen, twice, table by table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.hashing import Hasher
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.casework.models import Case, Decision, Remark
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind
from portal.database.session import Database, reading, transaction, use
from portal.demo import commands as demo
from portal.demo.commands import load_demo
from portal.demo.plan import Wishes, fate
from portal.demo.support_plan import WISHES
from portal.enterprises.models import (
    AboveScaleStatus,
    EnrolmentCode,
    Enterprise,
    Membership,
    Position,
    Product,
    PurposeAcceptance,
    Registration,
    RegistrationVersion,
    SizeStatus,
)
from portal.filing.estimate import Rate
from portal.filing.models import ChainRate, Fact, Filing, FilingVersion
from portal.filing.models_lock import QuarterAcceptance
from portal.kernel.clock import now
from portal.kernel.period import Quarter
from portal.kernel.workflow import State
from portal.notices.models import Notice
from portal.statistics.commands import compare
from portal.statistics.models import Cell, CellDue, DueEnterprise
from portal.support.models import (
    Application,
    ApplicationDocument,
    ApplicationStep,
    Award,
    BudgetLine,
    DatedList,
    DatedListEntry,
    Submission,
)
from tests.fixtures.databases import ON_SQLITE, Templates
from tests.integration.demo.by_commands import Names, Texts, Town
from tests.integration.demo.people import ALL

SEED = 3
# By table the columns that are compared: all that is neither an id nor an instant nor a day counted from one.
COMPARED: dict[Any, str] = {
    Enterprise: "credit_code county chain status name_zh name_en registered_county segment gb_class founded_on "
    "size_class size_class_on staff revenue figures_year base_output override_reason",
    AboveScaleStatus: "county chain is_above_scale since_on source",
    SizeStatus: "county chain size_class since_on staff revenue gb_class basis",
    Position: "county chain segment is_primary",
    Product: "county chain name place",
    PurposeAcceptance: "county chain purpose version",
    Registration: "county chain document draft_version",
    RegistrationVersion: "county chain number enrolled",
    Case: "kind state quarter county chain segment flags headline headline_growth weight is_late enterprise_name "
    "credit_code",
    Decision: "county chain action reason",
    Remark: "county chain field text author_side",
    Filing: "quarter county chain edition rule_set respondent_class size_class segment typing",
    FilingVersion: "quarter county chain number is_late",
    Fact: "quarter indicator value county chain segment size_class respondent_class basis is_estimated",
    Application: "county chain policy_code ordinal answers draft_version",
    ApplicationStep: "county chain number",
    ApplicationDocument: "county chain kind",
    Submission: "county chain number",
    Award: "county chain policy_code year amount reckoning holder credit_code",
    DatedListEntry: "county chain list credit_code value dated_on until_on",
    DueEnterprise: "quarter county chain segment size_class respondent_class weight is_approved",
}
_OF_NOBODY: dict[Any, str] = {
    Cell: "indicator quarter segment county size_class respondent_class total facts contributors",
    CellDue: "quarter segment county size_class respondent_class due approved weight_due weight_approved",
    EnrolmentCode: "county credit_code name",
    QuarterAcceptance: "quarter county due approved missing",
    DatedList: "list dated_on source",
    BudgetLine: "policy_code year amount committed source",
}
_LOCKED = Case.locked_on.is_not(None)
Snapshot = dict[str, list[str]]


def registered() -> dict[int, str]:
    with reading(ALL) as session:
        rows = session.execute(select(Enterprise.id, Enterprise.credit_code).where(Enterprise.status == "registered"))
        return {row.id: row.credit_code for row in rows}


def snapshot() -> Snapshot:
    """Every compared row as text, with its enterprise's credit code in place of an id."""
    whose, found = registered(), Snapshot()
    with reading(ALL) as session:
        for kind, names in {**COMPARED, **_OF_NOBODY}.items():
            columns = [getattr(kind, name) for name in names.split()]
            owner = kind.id if kind is Enterprise else getattr(kind, "enterprise_id", None)
            rows = session.execute(select(*columns) if owner is None else select(owner, *columns))
            own = (row for row in rows if owner is None or row[0] in whose)
            said = [(*row,) if owner is None else (whose[row[0]], *row[1:]) for row in own]
            found[kind.__tablename__] = sorted(repr(row) for row in said)
        locked = session.scalars(select(Case).where(_LOCKED))
        found["locked"] = sorted(f"{whose[case.enterprise_id]} {case.quarter} {case.county}" for case in locked)
    return found


def contents() -> dict[tuple[str, int], dict[str, Any]]:
    """What each submitted, without its number and the day."""
    whose = registered()
    with reading(ALL) as session:
        versions = session.scalars(select(FilingVersion)).all()
    found = {}
    for row in versions:
        people = {name: said for name, said in row.content["people"].items() if name != "on"}
        enterprise = {name: said for name, said in row.content["enterprise"].items() if name != "id"}
        found[whose[row.enterprise_id], row.quarter] = row.content | {"people": people, "enterprise": enterprise}
    return found


def applied() -> list[str]:
    """What the applications' submissions hold for good, without the day and the files' numbers and names."""
    with reading(ALL) as session:
        contents = [row.content for row in session.scalars(select(Submission))]
    kept = [
        content | {"on": "", "documents": [(d["kind"], d["sha256"]) for d in content["documents"]]}
        for content in contents
    ]
    return sorted(repr(sorted(content.items())) for content in kept)


def letters() -> list[str]:
    """What the award letters state, without the day and the number of the decision."""
    with reading(ALL) as session:
        papers = session.scalars(select(Paper).where(Paper.kind == PaperKind.AWARD_LETTER)).all()
    return sorted(f"{paper.county} {paper.snapshot['holder']} {paper.snapshot['text']}" for paper in papers)


def of_papers() -> list[tuple[Any, ...]]:
    """Every paper of the registered by what it is about; an award's own number is left out, it is an id."""
    whose = registered()
    with reading(ALL) as session:
        papers = [row for row in session.scalars(select(Paper)) if row.enterprise_id in whose]
    return sorted(
        (whose[row.enterprise_id], row.kind.value, row.county, row.chain, row.subject.split(":")[0] if is_award(row)
         else row.subject, row.state.value, row.ended_at is not None, row.reason)
        for row in papers
    )  # fmt: skip


def is_award(paper: Paper) -> bool:
    return paper.kind is PaperKind.AWARD_LETTER


WAITS = ("case-return", "case-reject", "award")


def told(*kinds: str) -> Counter[tuple[str, ...]]:
    """The messages of these kinds in the inboxes of the registered: whose, and what they say but for the day."""
    whose = registered()
    posts = select(Membership.account_id, Membership.enterprise_id)
    with reading(ALL) as session:
        people = {account: whose[owner] for account, owner in session.execute(posts) if owner in whose}
        rows = session.scalars(select(Notice).where(Notice.kind.in_(kinds), Notice.account_id.in_(people))).all()
    said = ((people[row.account_id], row.kind, row.title_zh, *row.body_zh.splitlines()[:2], row.link) for row in rows)
    return Counter(said)


def trail() -> dict[str, list[str]]:
    """The verbs of each stream in their order: of the cases of the registered, and of a closed quarter’s window.

    Left out on purpose. The streams of offices and enterprises (codes issued, status entered): the bulk writes an
    enterprise’s life whole in its chapter, and a stream that goes on through chapters cannot be (`demo/book.py`). Of
    the window that it was extended: the commands have no closed quarter to file in else. Of the support room the
    policies’ drafts, which are the demo’s own, and `demo` itself.
    """
    whose, found = registered(), dict[str, list[str]]()
    with reading(ALL) as session:
        cases = {f"case:{c.id}": c for c in session.scalars(select(Case)) if c.enterprise_id in whose}
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.seq)):
            case = cases.get(event.stream)
            name = f"{whose[case.enterprise_id]} {case.kind.value} {case.quarter}" if case else event.stream
            if case or (event.stream.startswith("window:") and event.verb != "extend"):
                found.setdefault(name, []).append(event.verb)
    return found


def typed() -> tuple[Texts, Names]:
    """What the bulk's enterprises typed, and who they are."""
    whose, names = registered(), dict[str, dict[str, str]]()
    with reading(ALL) as session:
        texts = {
            (whose[row.enterprise_id], row.quarter): dict(row.draft) for row in session.scalars(select(Filing)).all()
        }
        rows = session.execute(select(Membership, Account).join(Account, Account.id == Membership.account_id))
        for member, account in rows:
            if member.enterprise_id in whose:
                names.setdefault(whose[member.enterprise_id], {})[member.post] = account.display_name
    return texts, {code: (posts["preparer"], posts["certifier"]) for code, posts in names.items()}


@pytest.fixture
def fresh(templates: Templates, database_kind: str) -> Callable[[], None]:
    def put() -> None:
        use(Database(templates.copy(database_kind, "catalogue")[0]))

    return put


@pytest.fixture
def rate(monkeypatch: pytest.MonkeyPatch) -> Rate:
    """A dozen are too few for a chain's rate. One is lent to those on no chain, so that one of them can estimate."""
    lent = Rate("00", Quarter(2025, 4), Decimal("0.214300"), 12)
    monkeypatch.setattr(demo, "chain_rates", lambda *_: {lent.chain: dict.fromkeys(range(2020, 2100), lent)})
    return lent


@ON_SQLITE  # test_load compares what the bulk leaves on both
def test_a_dozen_by_commands_and_in_bulk_leave_the_same_tables(
    fresh: Callable[[], None], tmp_path: Path, rate: Rate
) -> None:
    fresh()
    load_demo(Wishes(12, 1, SEED), Hasher(1, 8, 1), tmp_path)
    bulk, said, (texts, names) = snapshot(), contents(), typed()
    supported, papers, events = applied(), of_papers(), trail()
    letters_, waits, handed = letters(), told(*WAITS), told("filing-handed-over")
    fresh()
    with transaction(ALL) as session:
        lent = {"rate": rate.rate, "enterprises": rate.enterprises, "made_at": now()}
        session.add(ChainRate(chain=rate.chain, quarter=rate.quarter.code, **lent))
    Town(tmp_path, SEED, texts, names).build()
    real = snapshot()
    assert {table: found for table in real if (found := sorted({*real[table]} ^ {*bulk[table]}))} == {}
    assert {table: len(rows) for table, rows in real.items()} == {table: len(rows) for table, rows in bulk.items()}
    assert contents() == said
    assert (applied(), letters(), of_papers()) == (supported, letters_, papers)
    assert len(supported) == len(WISHES) - 1
    assert len(letters_) == 4
    assert trail() == events
    # Of messages the bulk keeps what still waits: of what was approved or submitted, and of what was handed over and
    # has gone in since, nobody would find the note unread today.
    assert told(*WAITS) == waits and waits
    assert told("filing-handed-over") > handed and handed
    assert compare() == []
    estimated = [row for row in bulk["cell"] if "'107~'" in row]
    assert len(estimated) == 2, "a quarter before and the open one, each of one enterprise"
    assert len(bulk["fact"]) > 12 * 20
    assert len(bulk["filing"]) == 12 + sum(fate(number).state is not None for number in range(12))
    assert any(repr(State.RETURNED) in row for row in bulk["review_case"])
