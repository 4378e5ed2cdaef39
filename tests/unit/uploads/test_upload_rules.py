"""Which files are taken: by content, by size; and how names are made safe."""

from __future__ import annotations

import io
import zipfile

import pytest

from portal.demo.licence import sample_licence
from portal.kernel.intake import EMPTY_FILE, FILE_TOO_LARGE, LARGEST_FILE
from portal.uploads.rules import (
    BROKEN,
    LONGEST_NAME,
    WRONG_TYPE,
    media_type,
    problem,
    safe_name,
)
from tests.fixtures.pictures import JPEGS, PNGS

PDF = b"%PDF-1.7\n...\n%%EOF\n"
PNG, JPEG = PNGS["plain"], JPEGS["plain"]


def archive(comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a.pdf", PDF)
        file.comment = comment
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")], ids=["pdf", "png", "jpeg"]
)
def test_the_three_kinds_are_told_by_their_content(data: bytes, kind: str) -> None:
    assert media_type(data) == kind
    assert problem(data) is None


@pytest.mark.parametrize(
    "data",
    [
        PDF.rstrip(b"\n"),
        PDF.replace(b"\n", b"\r\n"),
        PDF + b"2 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n",
        PDF + b"\x00" * 4096,
        PDF + b"\r\n \t\x00" * 800,
        sample_licence(),
    ],
    ids=["no-break", "crlf", "updated", "zeros", "blanks", "demo"],
)
def test_a_pdf_may_end_as_programs_and_scanners_end_it(data: bytes) -> None:
    assert problem(data) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", EMPTY_FILE),
        (archive(), WRONG_TYPE),
        (archive() + PDF, WRONG_TYPE),
        (b"<html><script>alert(1)</script>", WRONG_TYPE),
        (b"MZ\x90\x00", WRONG_TYPE),
        (b"GIF89a", WRONG_TYPE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", WRONG_TYPE),
        (PDF[:-7], BROKEN),
        (PDF + archive(), BROKEN),
        (PDF + archive(b"%%EOF"), BROKEN),
        (PDF[:-6] + archive() + b"\n%%EOF\n", BROKEN),
        (PDF + b"<html><script>alert(1)</script></html>", BROKEN),
        (PNG + PDF, BROKEN),
        (JPEG[:-2], BROKEN),
        (PDF + b"x" * LARGEST_FILE, FILE_TOO_LARGE),
    ],
    ids=[
        "empty",
        "zip",
        "zip-pdf",
        "html",
        "exe",
        "gif",
        "svg",
        "cut-pdf",
        "pdf-zip",
        "pdf-zip-eof",
        "zip-in-pdf",
        "pdf-html",
        "png-pdf",
        "cut-jpeg",
        "large",
    ],
)
def test_everything_else_is_refused_in_its_own_words(data: bytes, said: object) -> None:
    assert problem(data) is said


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\licence.exe", "licence.pdf"),
        ("a.php.pdf", "a.php.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "abX-Evil 1.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (None, "file.pdf"),
    ],
)
def test_a_name_is_made_safe_and_gets_the_ending_of_its_content(typed: str | None, kept: str) -> None:
    assert safe_name(typed, "application/pdf") == kept


def test_a_long_name_is_cut() -> None:
    assert len(safe_name("名" * 500 + ".pdf", "application/pdf")) <= LONGEST_NAME
