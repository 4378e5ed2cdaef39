"""The parts of a workbook, unpacked under limits; whoever parses later sees only what was measured here."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

from .read_types import LARGEST_UNPACKED, MOST_PARTS, MOST_RATIO, unreadable

Parts = dict[str, bytes]
_CHUNK = 1024 * 1024
_SMALL = 1024 * 1024  # a part that stays below may have any ratio


def parts_of(content: bytes) -> Parts:
    """Every part by name. Raises Invalid for what is no plain XLSX, and before a bomb has unfolded."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_outline(entries)
            return _unpacked(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise unreadable("broken") from error


def _refuse_outline(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise unreadable("password")
    if len(names) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise unreadable("zip-bomb")
    if any(e.file_size > _SMALL and e.file_size > MOST_RATIO * max(e.compress_size, 1) for e in entries):
        raise unreadable("zip-bomb")
    if len(set(names)) != len(names):
        raise unreadable("broken")
    if "xl/workbook.xml" not in names:
        raise unreadable(_what(names))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise unreadable("macros")


def _what(names: list[str]) -> str:
    if "xl/workbook.bin" in names:
        return "binary-excel"
    return "open-document" if "content.xml" in names and "mimetype" in names else "zip"


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Parts:
    found: Parts = {}
    left = LARGEST_UNPACKED
    for entry in entries:
        if entry.is_dir():
            continue
        pieces = []
        with archive.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise unreadable("zip-bomb")
                pieces.append(piece)
        found[entry.filename] = b"".join(pieces)
        _refuse_entities(entry.filename, found[entry.filename])
    return found


def _refuse_entities(name: str, part: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part[:64]:
        raise unreadable("entities")


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The same parts as an archive of our own making."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


class Walker:
    """Walks one XML part; methods `begin_NAME` and `end_NAME` are called for elements of that local name.

    A document type ends the reading, so that no entity is ever defined.
    """

    def walk(self, part: bytes) -> None:
        """Raises Invalid where the part is no well-formed XML, or brings definitions of its own."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(part, True)
        except expat.ExpatError as error:
            raise unreadable("broken") from error

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        call = getattr(self, f"begin_{name.rsplit(' ', 1)[-1]}", None)
        if call is not None:
            call({key.rsplit(" ", 1)[-1]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        call = getattr(self, f"end_{name.rsplit(' ', 1)[-1]}", None)
        if call is not None:
            call()

    def _refuse(self, *_: Any) -> None:
        raise unreadable("entities")


class _Sheets(Walker):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []  # name, relation, is hidden

    def begin_sheet(self, attributes: dict[str, str]) -> None:
        is_hidden = attributes.get("state", "visible") != "visible"
        self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), is_hidden))


class _Relations(Walker):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def begin_Relationship(self, attributes: dict[str, str]) -> None:  # noqa: N802 - the element's own name
        self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def sheets_of(parts: Parts) -> Iterator[tuple[str, str, bool]]:
    """(name, name of its part, is hidden) of every worksheet, in order. Charts and macro sheets are left out."""
    sheets, relations = _Sheets(), _Relations()
    sheets.walk(parts["xl/workbook.xml"])
    relations.walk(parts.get("xl/_rels/workbook.xml.rels", b"<Relationships/>"))
    for name, relation, is_hidden in sheets.sheets:
        target = relations.targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if path in parts and "worksheets" in path:
            yield name, path, is_hidden
