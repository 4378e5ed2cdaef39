"""Nothing in a name or a title can add a header or a receiver to a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notices.rules import is_address, mail_subject, mail_text, one_line
from portal.notices.smtp import Letter, NoMailServer, message, send

HOSTILE = ["a\r\nBcc: x@y.cn", "a\nb", "a\x00b", "a\u2028b", "\u202eabc", "x" * 5000, "\ud800"]


def letter(subject: str = "提醒", text: str = "正文") -> Letter:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Letter("portal@example.com", "a@example.com", subject, text, "zh", "<1@example.com>", at)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_subject_stays_one_line(text: str) -> None:
    subject = mail_subject(text, "zh")
    assert len(subject) <= 200
    assert subject.isprintable() or " " in subject
    wire = message_from_bytes(message(letter(subject)).as_bytes(), policy=default)
    assert wire["Bcc"] is None
    assert wire["To"] == "a@example.com"


@given(st.text(max_size=300))
def test_any_title_makes_a_mail_with_exactly_our_headers(text: str) -> None:
    wire = message_from_bytes(message(letter(mail_subject(text, "en"))).as_bytes(), policy=default)
    assert set(wire.keys()) >= {"From", "To", "Subject", "Message-ID"}
    assert {"Bcc", "Cc", "Reply-To"}.isdisjoint(wire.keys())


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b.cn, c@d.cn", "a@b.cn\nBcc: x@y.cn", "<a@b.cn>", "王@b.cn", "a b@c.cn", "a" * 300 + "@b.cn"],
)
def test_a_mail_goes_to_one_address_only(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mail_says_who_wrote_it_and_where_it_leads(language: str) -> None:
    text = mail_text("你好", "https://portal.example.com/account", language)  # type: ignore[arg-type]
    assert "https://portal.example.com/account" in text
    assert ("丽水市产业链服务平台" if language == "zh" else "Lishui Industry Chain Portal") in text


def test_the_same_mail_sent_twice_is_the_same_mail() -> None:
    assert message(letter())["Message-ID"] == message(letter())["Message-ID"]


def test_rare_han_survives_in_a_subject() -> None:
    assert "𠮷" in one_line("𠮷田")


@pytest.mark.parametrize("url", [None, "", "http://x", "smtp://", "mail.example.com"])
def test_without_a_mail_server_nothing_pretends_to_be_sent(url: str | None) -> None:
    with pytest.raises(NoMailServer):
        send(url, letter())
