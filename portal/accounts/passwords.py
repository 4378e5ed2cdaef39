"""Which passwords are accepted: long enough, not among the common ones, not the person's or the portal's own words.

No rules of composition and no rotation (OWASP ASVS 5.0, 6.2). Pure; hashing is elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..kernel.bilingual import Bilingual

SHORTEST, LONGEST = 8, 1024
_LIST = Path(__file__).with_name("common_passwords.txt")
_PORTAL_WORDS = (
    "lishui", "portal", "chanyelian", "chanye", "industry", "chain", "jingxin", "password",
    "丽水", "产业链", "产业", "平台", "密码", "经信",
)  # fmt: skip
_SHORTEST_WORD = 3
_LEFT_OVER = 4

SHORT = Bilingual("密码至少8个字符。", "A password has at least 8 characters.")
LONG = Bilingual("密码不能超过1024个字符。", "A password has at most 1,024 characters.")
COMMON = Bilingual(
    "这个密码太常见，容易被猜中。请换一个，例如把几个不相关的词连在一起。",
    "This password is among the first that are guessed. Choose another, for instance a few unrelated words.",
)
OWN_WORDS = Bilingual(
    "密码主要由用户名、姓名或平台名称组成，容易被猜中。请换一个。",
    "This password is little more than your name or the portal's. Choose another.",
)
DIFFERENT = Bilingual("两次输入的密码不一致。", "The two passwords differ.")
SAME = Bilingual("新密码不能与现在的密码相同。", "The new password must differ from the present one.")


def composed(typed: str) -> str:
    """The password that is hashed: the same however a keyboard composes it. Nothing is cut off."""
    return unicodedata.normalize("NFKC", typed)


@cache
def common_passwords() -> frozenset[str]:
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def password_problem(typed: str, own_words: Iterable[str] = ()) -> Bilingual | None:
    """The reason to refuse it, or None. `own_words` are the person's: username, name, email address."""
    password = composed(typed)
    if len(password) < SHORTEST:
        return SHORT
    if len(password) > LONGEST:
        return LONG
    plain = password.casefold()
    if plain in common_passwords() or len(set(plain)) < 3:
        return COMMON
    return OWN_WORDS if _is_own(plain, own_words) else None


def _is_own(plain: str, own_words: Iterable[str]) -> bool:
    """Whether little is left of it once the known words, digits and signs are taken away."""
    words = {word for text in own_words for word in _parts(text)} | set(_PORTAL_WORDS)
    rest = plain
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "\n")
    return rest != plain and sum(c.isalpha() for c in rest) < _LEFT_OVER


def _parts(text: str) -> Iterable[str]:
    """`preparer-jinyun-1` and `zhang@example.com` as words: whole, up to the @, and split at signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    split = "".join(c if c.isalpha() else " " for c in plain).split()
    found = {plain, plain.partition("@")[0], *split}
    return {word for word in found if len(word) >= _SHORTEST_WORD or (len(word) > 1 and not word.isascii())}


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password as typed, twice."""

    new_password: str
    repeat_password: str

    def problems(self, *own_words: str) -> dict[str, Bilingual]:
        """What is wrong with it, by field."""
        problem = password_problem(self.new_password, own_words)
        if problem is not None:
            return {"new_password": problem}
        return {"repeat_password": DIFFERENT} if self.new_password != self.repeat_password else {}
