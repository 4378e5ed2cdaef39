"""How the files that are taken are built: pictures walked from the first byte to the last, archives found. Pure.

What a picture carries in places made for it (comments, profiles, its compressed data) is not judged.
"""

from __future__ import annotations

import re
import zlib

PNG_HEAD, JPEG_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_CHUNK = 12  # bytes of a chunk beside its data: length, kind, checksum
_KIND = re.compile(rb"[A-Za-z]{4}")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a byte ff of the scan itself is followed by 00, or restarts it
_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})  # markers that have no length: none of them begins a segment

_DIRECTORY, _ENTRY, _LARGE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"
_RECORD, _LONGEST_COMMENT = 22, 65_535


def is_png(data: bytes) -> bool:
    """Chunks of sound checksums from IHDR over at least one IDAT to an empty IEND, then nothing but zeros."""
    kinds: list[bytes] = []
    at = len(PNG_HEAD)
    while at + _CHUNK <= len(data) and kinds[-1:] != [b"IEND"]:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + _CHUNK + size
        if end > len(data) or not _KIND.fullmatch(kind):
            return False
        if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            return False
        if (kind == b"IHDR") is not (not kinds) or (kind == b"IHDR" and size != 13) or (kind == b"IEND" and size):
            return False
        kinds.append(kind)
        at = end
    return kinds[-1:] == [b"IEND"] and b"IDAT" in kinds and not data[at:].strip(b"\x00")


def is_jpeg(data: bytes) -> bool:
    """Segments end to end with a frame and a scan up to the end of the image, then nothing but zeros.

    Telephones put a second image of the same kind behind the first: each is walked alike.
    """
    at = 0
    while data.startswith(JPEG_HEAD, at):
        end = _end_of_image(data, at + 2)
        if end is None:
            return False
        at = len(data) - len(data[end:].lstrip(b"\x00"))
    return at == len(data)


def _end_of_image(data: bytes, at: int) -> int | None:
    """Where an image ends whose first segment begins at `at`; None when it is not whole."""
    seen: set[int] = set()
    while data[at : at + 1] == b"\xff" and at + 1 < len(data):
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _END:
            return at + 2 if _SCAN in seen and seen & _FRAMES else None
        size = int.from_bytes(data[at + 2 : at + 4])
        if marker in _ALONE or size < 2:
            return None
        seen.add(marker)
        at += 2 + size
        if marker == _SCAN:
            following = _AFTER_SCAN.search(data, at)
            at = following.start() if following else len(data)
    return None


def is_archive(data: bytes) -> bool:
    """Whether programs open it as a ZIP: from the end of the file they look for the record that ends a directory."""
    at = data.rfind(_DIRECTORY, max(0, len(data) - _RECORD - _LONGEST_COMMENT))
    while at >= 0:
        if at + _RECORD <= len(data) and _ends_directory(data, at):
            return True
        at = data.rfind(_DIRECTORY, max(0, len(data) - _RECORD - _LONGEST_COMMENT), at)
    return False


def _ends_directory(data: bytes, at: int) -> bool:
    """Whether the directory stands before the record as it says, or is of the large kind or empty."""
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    is_large = data[max(0, at - 20) : at].startswith(_LARGE)
    return is_large or size == 0 or (size <= at and data.startswith(_ENTRY, at - size))
