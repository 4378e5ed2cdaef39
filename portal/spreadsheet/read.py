"""Reading a table that somebody brings: what it is is told by its content, limits come before any parsing."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO

from ..kernel.intake import LARGEST_FILE
from .read_text import read_text
from .read_types import Table, unreadable
from .read_workbook import read_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PAGES = ("<!doctype", "<html", "<table", "<?xml", "<head", "<meta", "<style", "mime-version:")


def taken(stream: IO[bytes]) -> bytes:
    """The bytes of a file that is not too large. Raises Invalid; never reads more than one byte beyond the limit."""
    content = stream.read(LARGEST_FILE + 1)
    if not content:
        raise unreadable("empty")
    if len(content) > LARGEST_FILE:
        raise unreadable("too-large")
    return content


def read_table(stream: IO[bytes], filename: str = "", ignored: Collection[str] = (), form_sheet: str = "") -> Table:
    """The one list in the file. Sheets named in `ignored` are passed over; a hidden `form_sheet` is read apart.

    Raises Invalid with one of `read_types.REFUSALS`. `filename` decides nothing: what a file is, its content says.
    """
    content = taken(stream)
    if content.startswith(_OLE):
        raise unreadable("password" if _is_encrypted(content) else "old-excel")
    if content.startswith(_ZIP):
        return read_workbook(content, ignored, form_sheet)
    if content.startswith(b"%PDF-"):
        raise unreadable("pdf")
    if content.startswith(_PICTURES):
        raise unreadable("picture")
    if _looks_like_a_page(content):
        raise unreadable("web-page")
    return read_text(content)


def _is_encrypted(content: bytes) -> bool:
    """An XLSX with a password is a container of old Excel that holds one stream of this name."""
    return "EncryptedPackage".encode("utf-16-le") in content


def _looks_like_a_page(content: bytes) -> bool:
    start = content[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith(tuple(word.encode() for word in _PAGES))
