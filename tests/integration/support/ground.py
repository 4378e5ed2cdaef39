"""Applications for tests: an enterprise with clean lists, its application submitted, checked by the county."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from portal.casework.models import Case
from portal.database.session import reading, transaction
from portal.kernel.clock import now, today
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import Action
from portal.review import commands as desk
from portal.review.decide_one import Order
from portal.support import commands, commands_apply
from portal.support.draft import Chosen, Page
from portal.support.models import DatedList
from portal.support.queries_application import applied, current_case
from tests.fixtures.cases import EVERYTHING, HERE, add_account
from tests.fixtures.filers import ENTERPRISE, add_enterprise, add_people, add_window, certifier, preparer

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
POLICY = "P102"  # officers judge it, 100,000 yuan fixed, 300,000 a year, veto V1 only
ANSWERS = {
    "statement": "引荐示例项目落地",
    "contact_name": "张敏",
    "contact_phone": "0578-000000",
    "account_name": "丽水示例7号机械有限公司",
    "bank": "示例银行",
    "account_no": "3300 0000 0000",
}
VETOES = ("credit-breach", "safety-environment", "claw-back-open")


def city() -> None:
    """One enterprise with its two people; every veto list entered, nobody on it."""
    with transaction(EVERYTHING) as session:
        add_enterprise(session)
        add_people(session)
        add_window(session)
    offices()
    clean_lists()


def offices() -> None:
    with transaction(EVERYTHING) as session:
        for account_id in (301, 302, 399):
            add_account(session, account_id, f"officer {account_id}")


def clean_lists() -> None:
    with transaction(EVERYTHING) as session:
        for name in VETOES:
            session.add(DatedList(list=name, dated_on=date(today().year, 1, 2), source="示例名单", created_by_id=1))


def officer(account_id: int = 301) -> Actor:
    return Actor(
        account_id, "officer", "县审核员", frozenset({Role.COUNTY_OFFICER}), Scope.counties(HERE), frozenset({HERE}),
        proved_at=now(),
    )  # fmt: skip


def lead(account_id: int = 302, *, is_fresh: bool = True) -> Actor:
    proved = now() if is_fresh else None
    return Actor(account_id, "lead", "市局负责人", frozenset({Role.BUREAU_LEAD}), EVERYTHING, proved_at=proved)


def budget(amount: str, policy: str = POLICY) -> None:
    commands.set_budget(lead(), commands.Budget(policy, today().year, Decimal(amount), "示例预算"))


def complete(folder: Path, policy: str = POLICY, who: Actor | None = None, **answers: str) -> int:
    """An application with every answer and document."""
    who = who or preparer()
    number = commands_apply.begin(who, policy)
    with reading(who.scope) as session:
        kinds = [document.kind for document in applied(session, number).standing.policy.documents]
    commands_apply.save(who, number, Page(ANSWERS | answers, 1, files(*kinds), folder))
    return number


def files(*kinds: str, data: bytes = PDF, name: str = "") -> dict[str, Chosen]:
    return {kind: Chosen(io.BytesIO(data), name or f"{kind}.pdf") for kind in kinds}


def page_of(number: int) -> Page:
    """The page as it was opened, nothing typed."""
    with reading(EVERYTHING) as session:
        return Page(None, applied(session, number).application.draft_version)


def order(key: str = "key-of-the-application-1") -> commands_apply.Order:
    return commands_apply.Order(key, is_declared=True)


def submit(number: int, key: str = "key-of-the-application-1", who: Actor | None = None) -> str:
    return commands_apply.submit(who or certifier(), number, page_of(number), order(key))


def submitted(folder: Path, policy: str = POLICY, key: str = "key-of-the-application-1", **answers: str) -> int:
    number = complete(folder, policy, **answers)
    submit(number, key)
    return number


def case_of(number: int) -> Case:
    with reading(EVERYTHING) as session:
        return current_case(session, number)[1]


def decide(actor: Actor, number: int, action: Action = Action.APPROVE, reason: str = "") -> None:
    case = case_of(number)
    desk.decide(actor, Order(case.id, action, version=case.version, reason=reason))


def before_the_city(folder: Path, policy: str = POLICY, key: str = "key-of-the-application-1", **answers: str) -> int:
    number = submitted(folder, policy, key, **answers)
    decide(officer(), number)
    return number


__all__ = ["ENTERPRISE"]
