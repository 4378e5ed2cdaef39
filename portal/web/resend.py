"""A form that could not be taken just now is shown again, whole, with a button to send it once more."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

UNSAFE_TO_ECHO = frozenset({"csrf_token", "password", "new_password", "repeat_password", "current_password", "code"})


def send_again_page(*, proof_url: str | None = None) -> Response:
    """The page that keeps what was typed: after an expired form, or before a deed that needs a fresh proof.

    `proof_url` opens where the person proves who they are, in a tab of its own. Passwords and files are not echoed.
    """
    fields = [(k, v) for k, values in request.form.lists() if k not in UNSAFE_TO_ECHO for v in values]
    lost = sorted({k for k in request.form if k in UNSAFE_TO_ECHO - {"csrf_token"}} | set(request.files))
    page = render_template(
        "errors/stale_form.html",
        fields=fields,
        lost=lost,
        action=request.full_path.rstrip("?"),
        enctype="multipart/form-data" if request.files else "application/x-www-form-urlencoded",
        proof_url=proof_url,
    )
    return make_response(page, 403 if proof_url else 400)
