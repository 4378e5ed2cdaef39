"""CSV and Excel's “Unicode text”: which encoding, which separator, and every byte accounted for."""

from __future__ import annotations

import codecs
import csv
import io

from .read_types import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Cell, CellKind, Row, Table, address_of, unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATORS = "\t,;"
_LEAST_COMMON = 0.7  # share of everyday characters below which GB18030 is doubted
_BIG5_COMMON = 0.9  # share above which Big5 is believed instead


def read_text(content: bytes) -> Table:
    """Raises Invalid where the encoding or the quotation cannot be told; no character is ever replaced or dropped."""
    text, encoding = decoded(content)
    if "\x00" in text:
        raise unreadable("not-text")
    rows = tuple(_rows(text))
    if not rows:
        raise unreadable("no-rows")
    return Table(False, encoding, "", rows, cells_stored=sum(len(row.cells) for row in rows))


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: a mark decides, then UTF-8, then GB18030 unless it reads like Big5."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], name), name
    if b"\x00" in content:
        raise unreadable("not-text")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise unreadable(
            "big5" if _common_in_big5(content) >= _BIG5_COMMON else "encoding", place=error.start + 1
        ) from error
    if _share(text, "gb2312") < _LEAST_COMMON and _common_in_big5(content) >= _BIG5_COMMON:
        raise unreadable("big5")
    return text, "gb18030"


def _strict(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise unreadable("encoding", place=error.start + 1) from error


def _common_in_big5(content: bytes) -> float:
    """The share of characters beyond ASCII that are among Big5's 5,401 everyday ones; 0 where it is not Big5."""
    try:
        text = content.decode("big5")
    except UnicodeDecodeError:
        return 0.0
    beyond = [c for c in text if ord(c) > 127]
    everyday = [c for c in beyond if c.encode("big5") < b"\xc6\x7f"]
    return len(everyday) / len(beyond) if beyond else 0.0


def _share(text: str, encoding: str) -> float:
    """The share of characters beyond ASCII that `encoding` has."""
    beyond = [c for c in text if ord(c) > 127]
    return sum(bool(c.encode(encoding, "ignore")) for c in beyond) / len(beyond) if beyond else 1.0


def _rows(text: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    found: list[Row] = []
    number = 0
    try:
        for number, fields in enumerate(reader, start=1):
            cells = tuple(_cell(number, column, field) for column, field in enumerate(fields, 1) if field.strip())
            if not cells:
                continue
            if cells[-1].column > MOST_COLUMNS:
                raise unreadable("too-many-columns", most=MOST_COLUMNS)
            found.append(Row(number, cells))
            if len(found) > MOST_ROWS:
                raise unreadable("too-many-rows", most=MOST_ROWS)
    except csv.Error as error:
        raise unreadable("csv", line=number + 1) from error
    return found


def _cell(row: int, column: int, field: str) -> Cell:
    text = field.strip()
    if len(text) > LONGEST_CELL:
        raise unreadable("long-cell", place=address_of(row, column), most=LONGEST_CELL)
    return Cell(row, column, CellKind.FORMULA if text.startswith("=") else CellKind.TEXT, text)


def _separator(text: str) -> str:
    """The one that stands most often in the first line that is not blank; a comma where none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    best = max(_SEPARATORS, key=first.count)
    return best if first.count(best) else ","
