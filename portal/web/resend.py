"""A form that could not be taken just now is shown again, whole, with a button to send it once more."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from ..kernel.bilingual import Bilingual
from .language import spoken

UNSAFE_TO_ECHO = frozenset({"csrf_token", "password", "new_password", "repeat_password", "current_password", "code"})

# What only machines read is sent again, but not shown.
TECHNICAL = frozenset(
    {"version", "key", "draft_version", "shown", "go", "next", "token", "id", "field", "page", "done"}
)
COMMON = {
    "reason": Bilingual("理由", "Reason"),
    "question": Bilingual("问题", "Question"),
    "text": Bilingual("内容", "Text"),
    "username": Bilingual("用户名", "User name"),
    "display_name": Bilingual("姓名", "Name"),
    "email": Bilingual("邮箱", "E-mail"),
    "credit_code": Bilingual("统一社会信用代码", "Unified social credit code"),
    "name_zh": Bilingual("企业名称", "Name of the enterprise"),
    "source": Bilingual("依据", "Source"),
}
OTHER = Bilingual("其他", "Other")
Namer = Callable[[str], Bilingual | None]


def names_fields(blueprint: Blueprint, namer: Namer) -> None:
    """Tells what the fields of a room's pages are called, for pages that show a form outside its room."""

    def keep(state: BlueprintSetupState) -> None:
        state.app.extensions.setdefault("portal_field_names", {})[blueprint.name] = namer

    blueprint.record(keep)


def _named(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(label, text) of what a person typed: technical fields stay out, no field's inner name is shown."""
    namer: Namer = current_app.extensions.get("portal_field_names", {}).get(request.blueprint or "", COMMON.get)
    return [
        (spoken(namer(name) or COMMON.get(name) or OTHER), text)
        for name, text in fields
        if text.strip() and name not in TECHNICAL and not name.startswith("whybasis-")
    ]


def send_again_page(*, proof_url: str | None = None) -> Response:
    """The page that keeps what was typed: after an expired form, or before a deed that needs a fresh proof.

    `proof_url` opens where the person proves who they are, in a tab of its own. Passwords and files are not echoed.
    """
    fields = [(k, v) for k, values in request.form.lists() if k not in UNSAFE_TO_ECHO for v in values]
    lost = sorted({k for k in request.form if k in UNSAFE_TO_ECHO - {"csrf_token"}} | set(request.files))
    page = render_template(
        "errors/stale_form.html",
        fields=fields,
        named=_named(fields),
        lost=lost,
        action=request.full_path.rstrip("?"),
        enctype="multipart/form-data" if request.files else "application/x-www-form-urlencoded",
        proof_url=proof_url,
    )
    return make_response(page, 403 if proof_url else 400)
