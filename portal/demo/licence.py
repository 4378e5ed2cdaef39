"""The files that demo applicants upload: a whole, tiny PDF of one page that says it is a sample. Pure."""

from __future__ import annotations

_TEXT = b"BT /F1 18 Tf 40 100 Td (SAMPLE - not a %s) Tj ET"
_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    b"<< /Length %d >>\nstream\n%s\nendstream",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def sample_licence() -> bytes:
    """The file's bytes, always the same."""
    return _sample(b"business licence")


def sample_document() -> bytes:
    """The same for a document of an application."""
    return _sample(b"real document")


def _sample(of_what: bytes) -> bytes:
    said = _TEXT % of_what
    body, places = b"%PDF-1.4\n", []
    for number, form in enumerate(_OBJECTS, start=1):
        text = form % (len(said), said) if b"%d" in form else form
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(_OBJECTS) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return body + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
