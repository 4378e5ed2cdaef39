"""Which files are taken, told by their content; how a person's file name is made safe. Pure."""

from __future__ import annotations

import re
import unicodedata

from ..kernel.bilingual import Bilingual
from ..kernel.intake import EMPTY_FILE, FILE_TOO_LARGE, LARGEST_FILE
from .anatomy import JPEG_HEAD, PNG_HEAD, is_archive, is_jpeg, is_png

LONGEST_NAME = 120
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PDF_HEADS = (b"%PDF-1.", b"%PDF-2.")
_FILLING = b"\x00\t\n\x0b\x0c\r "

WRONG_TYPE = Bilingual(
    "只接受PDF、JPG或PNG文件。这个文件的内容不是其中任何一种。",
    "Only PDF, JPG and PNG files are taken. The content of this file is none of them.",
)
BROKEN = Bilingual("这个文件不完整，打不开。请重新保存或扫描后再传。", "This file is damaged. Save or scan it again.")

WORKBOOK, PLAIN_TABLE = "application/octet-stream", "text/csv"  # a table, once the reader of tables has taken it
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    WORKBOOK: ".xlsx",
    PLAIN_TABLE: ".csv",
}


def media_type(data: bytes) -> str | None:
    """The type of one of the three kinds taken; None for everything else.

    A PDF is told by its first bytes and by its end, after which only blanks and zeros may stand, with which scanners
    fill up; its inside is not read. A picture is walked from end to end (`anatomy`), and only zeros or, after a JPEG,
    another whole one may follow. What opens as a ZIP is none of the three, wherever in the file the archive lies.
    """
    if is_archive(data):
        return None
    if data.startswith(_PDF_HEADS):
        return "application/pdf" if data.rstrip(_FILLING).endswith(b"%%EOF") else None
    if data.startswith(PNG_HEAD):
        return "image/png" if is_png(data) else None
    if data.startswith(JPEG_HEAD):
        return "image/jpeg" if is_jpeg(data) else None
    return None


def problem(data: bytes) -> Bilingual | None:
    if not data:
        return EMPTY_FILE
    if len(data) > LARGEST_FILE:
        return FILE_TOO_LARGE
    if media_type(data) is None:
        return BROKEN if data.startswith((b"%PDF", b"\x89PNG", JPEG_HEAD)) else WRONG_TYPE
    return None


def safe_name(filename: str | None, kind: str) -> str:
    """The person's own name for the file without path, control or direction marks, with the ending of its content."""
    bare = unicodedata.normalize("NFC", filename or "").replace("\\", "/").split("/")[-1]
    stem = _UNSAFE.sub("", bare).strip(". ").rsplit(".", 1)[0].strip(". ")
    return f"{stem[: LONGEST_NAME - 8] or 'file'}{_ENDINGS[kind]}"
