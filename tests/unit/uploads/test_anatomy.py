"""A picture is walked from its first byte to its last; no file taken is an archive as well."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from portal.uploads.anatomy import is_archive
from portal.uploads.rules import BROKEN, media_type, problem
from tests.fixtures.pictures import JPEGS, PNGS

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
HTML = b"<html><body><script>alert(document.domain)</script></body></html>"
PNG, JPEG = PNGS["texts"], JPEGS["exif"]


def archive(comment: bytes = b"", files: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for number in range(files):
            file.writestr(f"{number}.html", HTML)
        file.comment = comment
    return stream.getvalue()


def opens(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)):
            return True
    except zipfile.BadZipFile:
        return False


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


HEAD, END = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
IHDR, IDAT = PNG[8:33], chunk(b"IDAT", zlib.compress(b"\x00" * 100))


@pytest.mark.parametrize("tail", [b"", b"\x00", b"\x00" * 4096], ids=["bare", "zero", "zeros"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        *(pytest.param(data, "image/png", id=f"png {name}") for name, data in PNGS.items()),
        *(pytest.param(data, "image/jpeg", id=f"jpeg {name}") for name, data in JPEGS.items()),
    ],
)
def test_pictures_pass_as_scanners_and_telephones_write_them(data: bytes, kind: str, tail: bytes) -> None:
    assert media_type(data + tail) == kind and problem(data + tail) is None


NO_PNG: dict[str, bytes] = {
    "a page between head and end": HEAD + HTML + END,
    "nothing between them": HEAD + END,
    "no image": HEAD + IHDR + END,
    "the image before the header": HEAD + IDAT + IHDR + END,
    "two headers": HEAD + IHDR + IHDR + IDAT + END,
    "no end": HEAD + IHDR + IDAT,
    "a page in the end": HEAD + IHDR + IDAT + chunk(b"IEND", HTML),
    "two ends": HEAD + IHDR + IDAT + END + END,
    "a page between two ends": HEAD + IHDR + IDAT + END + HTML + END,
    "a wrong checksum": HEAD + IHDR + IDAT[:-1] + b"\x00" + END,
    "a length beyond the file": HEAD + IHDR + b"\xff\xff\xff\xff" + IDAT[4:] + END,
    "a header of another size": HEAD + chunk(b"IHDR", HTML) + IDAT + END,
    "a chunk of no kind": HEAD + IHDR + chunk(b"<js>", HTML) + IDAT + END,
    "cut": PNG[:-1],
    "a page behind": PNG + HTML,
    "an archive behind": PNG + archive(),
    "an archive behind that ends like a picture": PNG + archive(comment=END),
    "an archive in a chunk": HEAD + IHDR + IDAT + chunk(b"zzZz", archive()) + END,
    "a line break behind": PNG + b"\x00\n",
}
NO_JPEG: dict[str, bytes] = {
    "nothing": b"\xff\xd8\xff\xd9",
    "a page between head and end": b"\xff\xd8\xff" + HTML + b"\xff\xd9",
    "a page behind a segment": b"\xff\xd8\xff\xe0\x00\x10" + HTML + b"\xff\xd9",
    "a segment without a length": b"\xff\xd8\xff\xe0\x00\x01" + JPEG[2:],
    "two starts": b"\xff\xd8" + JPEG,
    "a page before the first segment": JPEG[:3] + HTML + JPEG[2:],
    "no frame": JPEG[: JPEG.index(b"\xff\xc0")] + JPEG[JPEG.index(b"\xff\xda") :],
    "no scan": JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9",
    "cut": JPEG[:-1],
    "no end": JPEG[:-2],
    "a page behind": JPEG + HTML,
    "a page behind that ends like a picture": JPEG + HTML + b"\xff\xd9",
    "an archive behind": JPEG + archive(),
    "an archive behind that ends like a picture": JPEG + archive(comment=b"\xff\xd9"),
    "an archive behind that ends with a picture": JPEG + b"\x00" + archive(comment=JPEG),
    "a page behind that begins like a picture": JPEG + b"\xff\xd8\xff" + HTML + b"\xff\xd9",
    "a PDF behind": JPEG + PDF,
    "a PNG behind": JPEG + PNG,
}


@pytest.mark.parametrize("data", NO_PNG.values(), ids=NO_PNG)
def test_a_png_is_its_chunks_in_their_order_and_nothing_else(data: bytes) -> None:
    assert media_type(data) is None and problem(data) is BROKEN


@pytest.mark.parametrize("data", NO_JPEG.values(), ids=NO_JPEG)
def test_a_jpeg_is_its_segments_and_its_scans_up_to_its_end(data: bytes) -> None:
    assert media_type(data) is None and problem(data) is BROKEN


@given(some.sampled_from(["pages", "archives", "bytes"]), some.binary(max_size=60), some.data())
def test_whatever_is_put_behind_a_picture_or_into_a_png_makes_it_none(
    kind: str, noise: bytes, data: some.DataObject
) -> None:
    put = {"pages": noise + HTML + noise, "archives": noise + archive(noise) + noise, "bytes": noise}[kind]
    name = data.draw(some.sampled_from(sorted(PNGS)))
    place = data.draw(some.integers(0, len(PNGS[name])))
    assume(put.strip(b"\x00"))
    assert media_type(PNGS[name][:place] + put + PNGS[name][place:]) is None, (name, place)
    jpeg = JPEGS[data.draw(some.sampled_from(sorted(JPEGS)))]
    assert media_type(jpeg + put) is None and media_type(jpeg + put + b"\xff\xd9") is None


@given(some.sampled_from(sorted(JPEGS)), some.data())
def test_nothing_stands_between_the_segments_of_a_jpeg(name: str, data: some.DataObject) -> None:
    jpeg, noise = JPEGS[name], data.draw(some.binary(max_size=60).filter(lambda noise: not noise.startswith(b"\xff")))
    place = data.draw(some.sampled_from(borders(jpeg)))
    for put in (noise + HTML, noise + archive()):
        assert media_type(jpeg[:place] + put + jpeg[place:]) is None, place


def borders(jpeg: bytes) -> list[int]:
    """Where the segments of its head begin and end, up to the first scan."""
    at, found = 2, [2]
    while jpeg[at + 1] != 0xDA:
        while jpeg[at + 1] == 0xFF:
            at += 1
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        found.append(at)
    return found


@given(some.sampled_from([PDF, JPEG, PNG]), some.binary(max_size=400), some.integers(0, 2), some.binary(max_size=400))
def test_no_file_is_taken_that_opens_as_an_archive(head: bytes, noise: bytes, files: int, comment: bytes) -> None:
    for data in (
        head + noise + archive(comment, files) + b"%%EOF",
        head + noise + archive(comment + b"%%EOF", files),
        head + archive(b"", files) + comment + b"\n%%EOF\n",
        head[:-7] + archive(comment, files) + head[-7:],
    ):
        assert media_type(data) is None or not opens(data)
        assert is_archive(data) is opens(data)


def test_an_archive_of_the_large_kind_is_one_too() -> None:
    small = archive()
    at = small.rindex(b"PK\x05\x06")
    size, offset = (int.from_bytes(small[at + place : at + place + 4], "little") for place in (12, 16))
    numbers = b"".join(number.to_bytes(8, "little") for number in (1, 1, size, offset))
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\x00\x2d\x00" + b"\x00" * 8 + numbers
    finder = b"PK\x06\x07" + b"\x00" * 4 + at.to_bytes(8, "little") + b"\x01\x00\x00\x00"
    large = small[:at] + record + finder + small[at : at + 12] + b"\xff" * 8 + b"\x00\x00"
    assert opens(large) and is_archive(large)
    assert problem(PDF + large + b"\n%%EOF\n") is BROKEN


def test_four_letters_of_an_archive_in_a_stream_make_no_archive() -> None:
    stream = b"PK\x05\x06" + bytes(range(1, 200))
    assert problem(PDF.replace(b"<<>> endobj", b"<<>> stream " + stream + b" endstream endobj")) is None
