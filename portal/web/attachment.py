"""A file made for one person, to be saved: never kept by anything between, never opened in the page's own right."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """`name` may be Chinese. What waits for the response's end (`call_on_close`) is called."""
    response = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.direct_passthrough = False
    return response
