"""Papers: the list of those in one's scope, one paper with its file, and the public page that verifies by code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from ..accounts.limits import Count
from ..accounts.throttle import refuse_if_shut
from ..audit.trail import record_access
from ..config import Settings
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.errors import apply_refusal
from ..web.paging import Page, cursor, key_of
from . import commands, queries
from .forms import CodeForm, RevokeForm
from .queries import Sheet
from .rules import MISSES, bytes_key, may_revoke, spaced, token_of
from .store import place
from .wording import WORDS

blueprint = Blueprint("certificates", __name__)
EITHER = (Permission.ENTERPRISE_OWN, Permission.PAPER_READ)
MOST_LOOKS = 40  # at one every three seconds, two minutes
_NO_CODE = Bilingual(
    "核验码是16位字母和数字，印在二维码旁边。", "The code has 16 letters and digits; it is printed beside the QR code."
)


@blueprint.get("/papers")
@allow(*EITHER)
def papers() -> str:
    """The enterprise's own, or for an office all of its counties."""
    key = key_of(request.args.get("after"), 1)
    before = key[0] if key and isinstance(key[0], int) and 0 < key[0] < 2**63 else None
    rows = queries.papers(read(), before, queries.PAGE_SIZE + 1)
    shown = rows[: queries.PAGE_SIZE]
    page = Page(shown, cursor((shown[-1].id,)) if len(rows) > len(shown) else None, before is None)
    return render_template("certificates/papers.html", page=page, at=now(), spaced=spaced)


@blueprint.get("/papers/<serial>")
@allow(*EITHER)
def paper(serial: str) -> str:
    return _paper_page(queries.paper(read(), serial), RevokeForm())


@blueprint.post("/papers/<serial>/revoke")
@allow(Permission.PAPER_REVOKE)
def revoke(serial: str) -> Any:
    form = RevokeForm()
    try:
        commands.revoke_paper(actor(), serial, form.reason.data or "")
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _paper_page(queries.paper(read(), serial), form), refusal.status
    return redirect(url_for(".paper", serial=serial), 303)


@blueprint.post("/papers/<serial>/print")
@allow(*EITHER)
def prepare(serial: str) -> Response:
    """Asks for the file: it is made in the background, never here."""
    commands.prepare(actor(), serial)
    return redirect(url_for(".printed", serial=serial), 303)


@blueprint.get("/papers/<serial>/print")
@allow(*EITHER)
def printed(serial: str) -> Response:
    """Says that the file is being prepared and looks again by itself, without a script, until it is there."""
    sheet = queries.paper(read(), serial)
    look = request.args.get("look", 0, type=lambda text: min(int(text[:3]), MOST_LOOKS))
    waits = sheet.is_in_force(now()) and not _file(sheet).is_file()
    again = url_for(".printed", serial=serial, look=look + 1)
    page = render_template(
        "certificates/printed.html", sheet=sheet, waits=waits, again=again, look=look, most=MOST_LOOKS
    )
    response = make_response(page)
    if waits and 0 <= look < MOST_LOOKS:
        response.headers["Refresh"] = f"3; url={again}"
    return response


@blueprint.get("/papers/<serial>/file")
@allow(*EITHER)
def file(serial: str) -> Response:
    sheet = queries.paper(read(), serial)
    path = _file(sheet)
    if not sheet.is_in_force(now()) or not path.is_file():
        return redirect(url_for(".paper", serial=serial), 303)
    response = send_file(path, mimetype="application/pdf", as_attachment=True, download_name=f"{serial}.pdf")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.direct_passthrough = False  # a file passed straight through never calls what waits for its end
    person = actor()
    response.call_on_close(lambda: record_access(person, subject=f"paper:{serial}", verb="download"))
    return response


# --- for everybody -----------------------------------------------------------------------------------------------


@blueprint.get("/verify")
@allow(Permission.PUBLIC)
def verify() -> Response:
    return _unlisted(render_template("certificates/verify.html", form=CodeForm()))


@blueprint.post("/verify")
@allow(Permission.PUBLIC)
def look_up() -> Response:
    form = CodeForm()
    token = token_of(form.code.data or "")
    if token is not None:
        return redirect(url_for(".verified", code=token), 303)
    apply_refusal(form, Invalid("code", _NO_CODE, {"code": _NO_CODE}))
    return _unlisted(render_template("certificates/verify.html", form=form), 422)


@blueprint.get("/verify/<code>")
@allow(Permission.PUBLIC)
def verified(code: str) -> Response:
    """What a paper states and whether it still counts; for a code of no paper the same page says that there is none."""
    person = replace(actor(), address=request.remote_addr or "")
    refuse_if_shut(read(), now(), Count.of(MISSES, person.address))
    token = token_of(code)
    sheet = queries.paper_by_token(token) if token else None
    if sheet is None:
        response = _unlisted(render_template("certificates/unknown.html", form=CodeForm()), 404)
        response.call_on_close(lambda: commands.note_miss(person))
        return response
    page = render_template(
        "certificates/verified.html", sheet=sheet, snapshot=sheet.snapshot, words=WORDS[sheet.kind], at=now()
    )
    return _unlisted(page)


def _unlisted(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _paper_page(sheet: Sheet, form: RevokeForm) -> str:
    is_ready = sheet.is_in_force(now()) and _file(sheet).is_file()
    return render_template(
        "certificates/paper.html", sheet=sheet, snapshot=sheet.snapshot, form=form, at=now(), is_ready=is_ready,
        code=spaced(sheet.token), may_revoke=may_revoke(actor(), sheet.kind),
    )  # fmt: skip


def _file(sheet: Sheet) -> Path:
    settings: Settings = current_app.config["PORTAL"]
    key = bytes_key(sheet.serial, sheet.token, sheet.sha256, settings.public_url, settings.is_demo)
    return place(settings.data_dir, key)
