"""A form that could not be taken just now is shown again, whole, with a button to send it once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_wtf import FlaskForm
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response
from wtforms.fields.core import UnboundField

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Refusal
from .chosen import Chosen, Words
from .language import spoken
from .sessions import facts

# In every room, but for what a room has said is none of its own (`names_fields`): a name that nobody thought of is
# kept back.
SECRETS = frozenset({"password", "new_password", "repeat_password", "current_password", "code", "recovery_code"})

# What only machines read is sent again, but not shown.
TECHNICAL = frozenset(
    {"version", "key", "draft_version", "shown", "seen", "go", "next", "token", "id", "field", "page", "done", "action"}
)
COMMON = {
    "reason": Bilingual("理由", "Reason"),
    "question": Bilingual("问题", "Question"),
    "text": Bilingual("内容", "Text"),
    "username": Bilingual("用户名", "Username"),
    "display_name": Bilingual("姓名", "Name"),
    "email": Bilingual("电子邮箱", "Email"),
    "phone": Bilingual("电话", "Phone"),
    "language": Bilingual("语言", "Language"),
    "credit_code": Bilingual("统一社会信用代码", "Unified Social Credit Code"),
    "name_zh": Bilingual("企业名称", "Name of the enterprise"),
    "source": Bilingual("依据", "Source"),
}
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
OTHER = Bilingual("其他", "Other")
Namer = Callable[[str], Bilingual | str | None]


def names_fields(
    blueprint: Blueprint, namer: Namer, no_secrets: frozenset[str] = frozenset(), choices: Chosen | None = None
) -> None:
    """Tells what the fields of a room's pages are called, for pages that show a form outside its room.

    `no_secrets` are names of `SECRETS` that hold nothing secret in this room. `choices` says what a field holds, where
    that is the code of something to choose.
    """

    def keep(state: BlueprintSetupState) -> None:
        state.app.extensions.setdefault("portal_field_names", {})[blueprint.name] = namer
        state.app.extensions.setdefault("portal_no_secrets", {})[blueprint.name] = no_secrets
        if choices is not None:
            state.app.extensions.setdefault("portal_choices", {})[blueprint.name] = choices

    blueprint.record(keep)


def labels_of(*forms: type[FlaskForm], others: Mapping[str, Bilingual] | None = None) -> Namer:
    """A namer that calls every field what its form calls it; `others` are names no form knows."""
    names: dict[str, Any] = {}
    for form in forms:
        fields = {name: getattr(form, name) for name in dir(form)}
        names |= {n: f.args[0] for n, f in fields.items() if isinstance(f, UnboundField) and f.args}
    names |= others or {}
    return names.get


def is_unsafe_to_echo(name: str) -> bool:
    """Whether what this field of the request holds must not be written into a page again."""
    return name == "csrf_token" or is_secret(name)


def is_secret(name: str) -> bool:
    """Whether the field holds what opens an account."""
    plain: dict[str, frozenset[str]] = current_app.extensions.get("portal_no_secrets", {})
    return name in SECRETS and name not in plain.get(request.blueprint or "", ())


def _named(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(label, text) of what a person typed: technical fields stay out, no field's inner name is shown."""
    namer: Namer = current_app.extensions.get("portal_field_names", {}).get(request.blueprint or "", COMMON.get)
    typed = [(name, text) for name, text in fields if _is_typed(name, text)]
    labels = [spoken(namer(name) or COMMON.get(name) or OTHER) for name, _ in typed]
    return list(zip(labels, _worded(typed), strict=True))


def _is_typed(name: str, text: str) -> bool:
    return bool(text.strip()) and name not in TECHNICAL and not name.startswith(("whybasis-", "remove-"))


def _worded(typed: list[tuple[str, str]]) -> list[str]:
    """What was chosen in the words that the form has for it. Where not even that can be read, the page comes as it was
    sent: it is there because something failed."""
    said: Chosen = current_app.extensions.get("portal_choices", {}).get(request.blueprint or "", lambda *_: None)
    try:
        words = [LANGUAGE_NAMES.get(text) if name == "language" else _asked(said, name, text) for name, text in typed]
    except (SQLAlchemyError, OSError):
        return [text for _, text in typed]
    return [text if word is None else spoken(word) for word, (_, text) in zip(words, typed, strict=True)]


def _asked(said: Chosen, name: str, text: str) -> Words | None:
    try:
        return said(name, text)
    except Refusal:  # not there, or not theirs: who is signed out by now reads nothing of their own
        return None


def is_from_elsewhere() -> bool:
    """Whether a page of another site sent this form. What it brought must not be offered for sending: the person would
    press a button under words that are not theirs. Browsers say it by themselves; a page cannot say it for them."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    said = request.headers.get("Origin") or request.referrer
    own = {request.host, urlsplit(current_app.config["PORTAL"].public_url).netloc}
    return said is not None and urlsplit(said).netloc not in own


def signed_in_as() -> str:
    """The person's name and whom they act for, as a page says it; empty for nobody."""
    found = facts()
    if found is None or found.is_half:
        return ""
    return " · ".join(filter(None, (found.actor.name, spoken(found.place) if found.place else "")))


def has_typed() -> bool:
    """Whether this request brings anything that a person would have to type or choose once more."""
    return any(_is_typed(name, text) for name, text in _kept()) or bool(_files())


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What became of a form that the portal could not write: the status, and what to say of it."""

    status: int
    title: Bilingual
    sentence: Bilingual


def send_again_page(
    *, proof_url: str | None = None, sign_in_url: str | None = None, unwritten: Unwritten | None = None
) -> Response:
    """The page that keeps what was typed: after an expired form, before a deed that needs a fresh proof, when the
    session has ended, or when the portal could not write it.

    `proof_url` or `sign_in_url` opens where the person proves who they are, in a tab of its own. Passwords are not
    echoed; files are named, each with a place to choose it again.
    """
    fields, files = _kept(), _files()
    page = render_template(
        "errors/stale_form.html",
        who=signed_in_as(),
        fields=fields,
        named=_named(fields),
        has_secrets=any(is_secret(name) for name in request.form),
        files=files,
        action=request.full_path.rstrip("?"),
        enctype="multipart/form-data" if files else "application/x-www-form-urlencoded",
        proof_url=proof_url,
        sign_in_url=sign_in_url,
        title=spoken(unwritten.title) if unwritten else "",
        sentence=spoken(unwritten.sentence) if unwritten else "",
    )
    return make_response(page, unwritten.status if unwritten else 403 if proof_url or sign_in_url else 400)


def _kept() -> list[tuple[str, str]]:
    return [(name, v) for name, values in request.form.lists() if not is_unsafe_to_echo(name) for v in values]


def _files() -> list[tuple[str, str]]:
    """(field, name of the file) of every file that was chosen."""
    return [(field, file.filename) for field, file in request.files.items(multi=True) if file.filename]
