"""What is taken from anybody at all: how large a file may be, which letters a text may hold. Pure."""

from __future__ import annotations

import unicodedata

from .bilingual import Bilingual

LARGEST_FILE = 10 * 1024 * 1024  # bytes
EMPTY_FILE = Bilingual("这个文件是空的。", "This file is empty.")
FILE_TOO_LARGE = Bilingual("文件不能超过10MB。", "A file may have at most 10 MB.")
TEXT_TOO_LONG = Bilingual("最多{limit}个字，现在是{length}个。", "{limit} characters at most; this has {length}.")
INVISIBLE = Bilingual(
    "文字中有看不见的控制字符，去掉后再提交。", "The text holds invisible control characters. Remove them."
)
_KEPT = "\n\t"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_OF_A_LINE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def has_invisible(text: str) -> bool:
    """Controls, lone surrogates, marks of direction: they can make a text read as something it is not.

    Lines and tabs are a text's own.
    """
    return not text.isprintable() and any(_is_invisible(letter) for letter in text)


def _is_invisible(letter: str) -> bool:
    return letter in _DIRECTIONS or (letter not in _KEPT and unicodedata.category(letter) in ("Cc", "Cs"))


def is_plain_line(text: str) -> bool:
    """No control, direction or private-use characters and no line breaks: what is read is what is written."""
    return all(unicodedata.category(letter) not in _NOT_OF_A_LINE for letter in text)
