"""Notices and mails: told if and only if the work is committed, sent once, wiped when sent, taken back in time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select

from portal.config import Settings
from portal.database.session import Database, reading, transaction
from portal.jobs.models import Job
from portal.jobs.run import Runner
from portal.kernel.bilingual import Bilingual
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.roles import ANONYMOUS, Actor, Scope
from portal.notices import commands, queries
from portal.notices import tasks as mail_tasks
from portal.notices.models import Mail, Notice
from portal.notices.post import mail, post, take_back
from tests.integration.accounts.people import BEGINNING

DECLARING = (mail_tasks,)  # importing it is what declares its handler
pytestmark = pytest.mark.usefixtures("database")
TITLE = Bilingual("填报已退回", "Your filing was returned")
BODY = Bilingual("请看审核意见。", "See the officer's remarks.")
NOBODY = Scope.nobody()


class Postbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.kept.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        str(database.url), "k" * 40, tmp_path, public_url="https://portal.example.com", mail_from="p@example.com"
    )


def tell(mail_to: str | None = "zhang@example.com", **more: Any) -> None:
    with transaction(ANONYMOUS) as session:
        post(
            session,
            account_id=1,
            kind="case-returned",
            title=TITLE,
            body=BODY,
            link="/filings",
            mail_to=mail_to,
            **more,
        )


def rows(table: type[Any]) -> list[Any]:
    with reading(NOBODY) as session:
        return list(session.scalars(select(table).order_by(table.id)))


def reader(account_id: int = 1) -> Actor:
    return Actor(account_id, "zhang", "张", frozenset(), NOBODY)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mail_reaches_its_reader_in_their_language_with_a_full_address(
    language: Any, settings: Settings, postbox: tuple[Postbox, str]
) -> None:
    box, url = postbox
    tell(language=language)
    Runner(replace(settings, mail_url=url)).sweep()
    ((receivers, message),) = box.kept
    assert receivers == ["zhang@example.com"]
    assert TITLE.text(language) in message["Subject"]
    assert BODY.text(language) in message.get_content()
    assert "https://portal.example.com/filings" in message.get_content()
    assert message["From"] == "p@example.com"


def test_a_sent_mail_is_wiped_and_not_sent_again(settings: Settings, postbox: tuple[Postbox, str]) -> None:
    box, url = postbox
    runner = Runner(replace(settings, mail_url=url))
    tell()
    runner.sweep()
    runner.sweep()
    (row,) = rows(Mail)
    assert (row.body, row.link) == ("", "")
    assert row.sent_at is not None
    assert len(box.kept) == 1
    with reading(NOBODY) as session:
        assert session.scalars(select(Job.args)).all() == [{"mail_id": row.id}]


def test_a_server_that_is_away_is_tried_again_later(settings: Settings, postbox: tuple[Postbox, str]) -> None:
    box, url = postbox
    with time_machine.travel(BEGINNING, tick=False) as clock:
        tell()
        Runner(replace(settings, mail_url="smtp://127.0.0.1:1")).sweep()
        assert rows(Mail)[0].sent_at is None
        clock.shift(timedelta(hours=1))
        Runner(replace(settings, mail_url=url)).sweep()
    assert len(box.kept) == 1


def test_without_a_mail_server_the_job_stays_and_says_why(settings: Settings) -> None:
    tell()
    Runner(settings).sweep()
    (job,) = rows(Job)
    assert job.done_at is None
    assert "PORTAL_MAIL_URL" in job.error
    assert rows(Mail)[0].body == BODY.zh


def test_a_demonstration_keeps_its_mails_to_be_shown(settings: Settings) -> None:
    tell()
    Runner(replace(settings, mode="demo")).sweep()
    (row,), (job,) = rows(Mail), rows(Job)
    assert row.body == BODY.zh
    assert row.sent_at is None
    assert job.done_at is not None


def test_nothing_is_told_when_the_work_is_undone(settings: Settings) -> None:
    with pytest.raises(RuntimeError), transaction(ANONYMOUS) as session:
        post(session, account_id=1, kind="k", title=TITLE, body=BODY, mail_to="zhang@example.com")
        raise RuntimeError
    assert [rows(table) for table in (Notice, Mail, Job)] == [[], [], []]


def test_what_waits_can_be_taken_back_and_what_was_told_cannot(
    settings: Settings, postbox: tuple[Postbox, str]
) -> None:
    box, url = postbox
    with time_machine.travel(BEGINNING, tick=False) as clock:
        tell(delay=timedelta(minutes=10), reference="case:1:4")
        tell(delay=timedelta(minutes=10), reference="case:2:4")
        with reading(NOBODY) as session:
            assert queries.inbox(session, 1, now()) == []
        with transaction(ANONYMOUS) as session:
            take_back(session, "case:1:4")
        clock.shift(timedelta(minutes=10))
        with transaction(ANONYMOUS) as session:
            take_back(session, "case:2:4")
        Runner(replace(settings, mail_url=url)).sweep()
        with reading(NOBODY) as session:
            assert [n.reference for n in queries.inbox(session, 1, now())] == ["case:2:4"]
    assert len(box.kept) == 1
    assert all(job.done_at for job in rows(Job))


@pytest.mark.parametrize("address", ["a@b.cn, c@d.cn", "a@b.cn\r\nBcc: x@y.cn", "nobody"])
def test_a_mail_to_anything_but_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="one address"), transaction(ANONYMOUS) as session:
        mail(session, to=address, language="zh", title=TITLE, body=BODY)


def test_everybody_reads_and_marks_their_own_messages_only() -> None:
    tell(mail_to=None)
    with transaction(ANONYMOUS) as session:
        post(session, account_id=2, kind="k", title=TITLE, body=BODY)
    mine, other = rows(Notice)
    for number in (other.id, 987654, 10**30):
        with pytest.raises(Missing):
            commands.mark_read(reader(), number)
    commands.mark_read(reader(), mine.id)
    with reading(NOBODY) as session:
        assert queries.unread(session, 1, now()) == 0
        assert queries.unread(session, 2, now()) == 1
    commands.mark_all_read(reader(2))
    with reading(NOBODY) as session:
        assert queries.unread(session, 2, now()) == 0


def test_the_inbox_is_read_in_pages_newest_first() -> None:
    with time_machine.travel(BEGINNING, tick=False):
        for _ in range(7):
            tell(mail_to=None)
        with reading(NOBODY) as session:
            first = queries.inbox(session, 1, now(), None, 4)
            rest = queries.inbox(session, 1, now(), (first[-1].due_at, first[-1].id), 4)
    assert [n.id for n in (*first, *rest)] == sorted((n.id for n in rows(Notice)), reverse=True)
