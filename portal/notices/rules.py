"""What fits into a mail's header, and how a mail is worded around its message. Pure."""

from __future__ import annotations

import re
import unicodedata

from ..kernel.bilingual import PORTAL, Bilingual, Language

LONGEST_TITLE = 200
_OPEN = Bilingual("打开：", "Open: ")
_WHY = Bilingual(
    "这封邮件由平台自动发出，不用回复。", "This mail was sent by the portal by itself: there is no need to reply."
)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)
_BREAKS = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def one_line(text: str, longest: int = LONGEST_TITLE) -> str:
    """`text` on one line: nothing in it can end a header or hide what follows."""
    return "".join(" " if unicodedata.category(c) in _BREAKS else c for c in text).strip()[:longest]


def is_address(address: str) -> bool:
    """Whether exactly one receiver is meant, without a name, a list or a line break."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def mail_subject(title: str, language: Language) -> str:
    return one_line(f"{title} – {PORTAL.text(language)}")


def mail_text(body: str, address: str, language: Language) -> str:
    """The whole text of a mail: the message, where it leads (a full address or nothing), and who wrote it."""
    parts = [body.strip()]
    if address:
        parts.append(f"{_OPEN.text(language)}{address}")
    parts.append(f"--\n{PORTAL.text(language)}\n{_WHY.text(language)}")
    return "\n\n".join(parts) + "\n"
