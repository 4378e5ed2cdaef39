"""The mails of the five occasions, each to a Chinese and an English reader of one enterprise, in their language."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal.accounts.models import Account
from portal.casework.models import Case
from portal.certificates.commands import prepare
from portal.certificates.models import Paper
from portal.certificates.rules import PaperKind
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise, Membership
from portal.jobs.models import Job
from portal.kernel.workflow import Action, Kind
from portal.notices.models import Mail, Notice
from portal.review import commands
from portal.review.commands_remind import remind_chosen
from portal.review.decide_one import Order
from portal.review.effects import Choices
from portal.statistics.models import DueEnterprise
from portal.support.models import Award
from tests.fixtures.applicants import code_of
from tests.fixtures.cases import EVERYTHING, HERE, add_account, add_case, add_registration
from tests.fixtures.databases import ON_SQLITE
from tests.fixtures.filers import CERTIFIER, ENTERPRISE, PREPARER, Q3, at_work, preparer
from tests.fixtures.filers import submitted as filing_submitted
from tests.integration.support.ground import before_the_city, budget, city, lead, officer
from tests.integration.support.ground import decide as decide_application

pytestmark = [pytest.mark.content("catalogue"), ON_SQLITE]
NAME_EN = "Sample Machinery Co Ltd"
READERS = {"zh": PREPARER, "en": CERTIFIER}


@pytest.fixture
def readers(database: Database) -> None:
    """One enterprise: who fills in reads Chinese, who certifies reads English."""
    city()
    with transaction(EVERYTHING) as session:
        for language, number in READERS.items():
            account = session.get_one(Account, number)
            account.language, account.email = language, f"{language}@example.com"
        session.get_one(Enterprise, ENTERPRISE).name_en = NAME_EN


def forget_messages() -> None:
    """Those of the way to the occasion."""
    with transaction(EVERYTHING) as session:
        session.execute(delete(Job))
        session.execute(delete(Notice))
        session.execute(delete(Mail))


def decided(case_id: int, action: Action) -> None:
    commands.decide(officer(), Order(case_id, action, reason="请核对302", choices=Choices(HERE)))


def admission(folder: Path) -> None:
    with transaction(EVERYTHING) as session:
        add_account(session, 90, "申请人", is_office=False)
        case = add_case(session, kind=Kind.REGISTRATION, enterprise_id=8, credit_code=code_of(8))
        add_registration(session, case, NAME_EN)
        for number in READERS.values():
            session.add(Membership(account_id=number, enterprise_id=8, post="preparer", state="active"))
        number = case.id
    decided(number, Action.APPROVE)


def deadline(folder: Path) -> None:
    where = {"county": HERE, "chain": "01", "segment": "01-M1", "size_class": "M", "respondent_class": "L"}
    with transaction(EVERYTHING) as session:
        session.add(
            DueEnterprise(enterprise_id=ENTERPRISE, quarter=Q3.code, weight=Decimal(9), is_approved=False, **where)
        )
    assert remind_chosen(officer(), Q3, {ENTERPRISE}) == 1


def filing(action: Action) -> Callable[[Path], None]:
    def decide(folder: Path) -> None:
        filing_submitted()
        with reading(EVERYTHING) as session:
            number = session.scalars(select(Case.id)).one()
        forget_messages()
        decided(number, action)

    return decide


def award(folder: Path) -> None:
    budget("250000")
    number = before_the_city(folder)
    forget_messages()
    decide_application(lead(), number)


OCCASIONS = {
    "admission": (admission, "入链登记已通过审核", "Registration: approved"),
    "deadline": (deadline, "请填报2026年第三季度数据", "Filing for Q3 2026: please submit"),
    "return": (filing(Action.RETURN), "2026年第三季度填报已退回，须修改", "Filing for Q3 2026: returned for changes"),
    "decision": (filing(Action.APPROVE), "2026年第三季度填报已通过审核", "Filing for Q3 2026: approved"),
    "award": (award, "政策支持决定：以商招商引荐奖励", "Decision on support: Reward for introducing a project"),
}


@pytest.mark.parametrize("occasion", list(OCCASIONS))
def test_each_occasion_is_told_by_mail_in_the_reader_s_language(readers: None, tmp_path: Path, occasion: str) -> None:
    happens, chinese, english = OCCASIONS[occasion]
    happens(tmp_path)
    with reading(EVERYTHING) as session:
        mails = session.scalars(select(Mail)).all()
    assert len(mails) == len(READERS)
    assert {(mail.address, mail.language) for mail in mails} == {("zh@example.com", "zh"), ("en@example.com", "en")}
    for language, said, portal in (
        ("zh", chinese, "丽水市产业链服务平台"),
        ("en", english, "Lishui Industry Chain Portal"),
    ):
        subjects = {mail.subject for mail in mails if mail.language == language}
        assert f"{said} – {portal}" in subjects
        assert all(subject.endswith(f" – {portal}") for subject in subjects)


@pytest.mark.parametrize("occasion", list(OCCASIONS))
def test_each_message_names_the_enterprise_in_the_reader_s_language(
    readers: None, app: Flask, tmp_path: Path, occasion: str
) -> None:
    OCCASIONS[occasion][0](tmp_path)
    with transaction(EVERYTHING) as session:
        session.execute(update(Notice).values(due_at=Notice.created_at))  # the undo window is over
        names = {"zh": session.get_one(Enterprise, 8 if occasion == "admission" else ENTERPRISE).name_zh, "en": NAME_EN}
        bodies = {mail.language: mail.body for mail in session.scalars(select(Mail))}
    at_home = at_work(app, preparer())
    shown = {language: at_home.get(f"/messages?lang={language}").text for language in names}
    for said in (bodies, shown):  # by mail in the receiver's language, in the portal in the one that is read now
        assert {language: [name in said[language] for name in names.values()] for language in names} == {
            "zh": [True, False],
            "en": [False, True],
        }


def test_who_has_no_english_name_or_another_by_now_is_named_as_in_the_case(readers: None, tmp_path: Path) -> None:
    filing_submitted()
    with transaction(EVERYTHING) as session:
        case = session.scalars(select(Case)).one()
        session.get_one(Enterprise, ENTERPRISE).name_zh = "丽水示例新名有限公司"
        number, name = case.id, case.enterprise_name
    forget_messages()
    decided(number, Action.RETURN)
    with reading(EVERYTHING) as session:
        assert all(name in notice.body_en for notice in session.scalars(select(Notice)))


def test_an_award_is_one_message_with_its_letter_and_printing_it_tells_nobody_again(
    readers: None, tmp_path: Path
) -> None:
    budget("250000")
    number = before_the_city(tmp_path)
    forget_messages()
    decide_application(lead(), number, reason="请按期报送进展")
    with reading(EVERYTHING) as session:
        serial = session.scalars(select(Paper.serial).where(Paper.kind == PaperKind.AWARD_LETTER)).one()
        decision = session.scalars(select(Award.decision_no)).one()
    prepare(preparer(), serial)
    with reading(EVERYTHING) as session:
        mails, notices = session.scalars(select(Mail)).all(), session.scalars(select(Notice)).all()
    assert {notice.account_id for notice in notices} == set(READERS.values())
    assert len(mails) == len(notices) == len(READERS)
    for message in [*mails, *notices]:
        assert message.link == f"/support/applications/{number}"
    for text in [*(mail.body for mail in mails), *(text for one in notices for text in (one.body_zh, one.body_en))]:
        assert all(part in text for part in (serial, decision, "请按期报送进展"))
    assert {mail.language: ("10万元" in mail.body, "100,000 yuan" in mail.body) for mail in mails} == {
        "zh": (True, False),
        "en": (False, True),
    }


@pytest.mark.parametrize("occasion", ["return", "decision", "award"])
def test_the_enterprise_is_called_by_its_english_name_in_english(readers: None, tmp_path: Path, occasion: str) -> None:
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, ENTERPRISE).name_en = "Longquan Sample Machinery Co., Ltd."
    OCCASIONS[occasion][0](tmp_path)
    with reading(EVERYTHING) as session:
        notices = session.scalars(select(Notice)).all()
        name = session.get_one(Enterprise, ENTERPRISE).name_zh
    assert notices
    for notice in notices:
        assert name in notice.body_zh
        assert notice.body_en.split("\n")[0] == "Longquan Sample Machinery Co., Ltd."
