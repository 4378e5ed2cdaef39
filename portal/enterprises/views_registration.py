"""The applicant's pages: start, the form, check and submit, where the registration stands."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.queries import catalogue_today
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Conflict, Invalid, Missing
from ..kernel.roles import Permission
from ..kernel.workflow import EDITABLE, Action, State, open_actions
from ..web.access import actor, allow, close_reading, read
from ..web.language import gettext as _
from . import commands
from .commands import Proof
from .forms import shown_form, without_removed
from .pages import blueprint, segment_groups
from .queries_registration import Standing, own_standing, sheet_rows
from .registration import LABELS, LONGEST_KEPT, PURPOSES, PURPOSES_VERSION, REQUIRED_PURPOSE, Typed, blank, typed_from

_P = Permission
_KEY = re.compile(r"[A-Za-z0-9-]{8,40}", re.ASCII)
_VERSION = re.compile(r"\d{1,9}", re.ASCII)
LONGEST_CODE = 100
Answer = Response | str | tuple[str, int]
Problems = Mapping[str, Bilingual]


@blueprint.get("/registration")
@allow(_P.REGISTRATION_EDIT, _P.ENTERPRISE_OWN)
def registration() -> Answer:
    if not actor().may(_P.REGISTRATION_EDIT):
        return redirect(url_for(".profile"), 303)
    standing = own_standing(read(), actor().enterprise_id)
    if standing is None:
        return render_template("enterprises/start.html")
    return _page(standing)


@blueprint.post("/registration/start")
@allow(_P.REGISTRATION_EDIT)
def start() -> Response:
    commands.start(actor())
    return redirect(url_for(".registration"), 303)


@blueprint.post("/registration")
@allow(_P.REGISTRATION_EDIT)
def save() -> Answer:
    action, lists = request.form.get("action", "save"), request.form.to_dict(flat=False)
    typed = typed_from(without_removed(action, lists))
    try:
        problems = commands.save(actor(), typed, _version(), _proof())
    except Conflict as conflict:
        return _page(_standing(), stale=(typed, conflict.message)), 409
    if problems:
        return _page(_standing(), problems, request.form.get("enrolment_code", "")[:LONGEST_KEPT]), 422
    if action == "check":
        return redirect(url_for(".check"), 303)
    flash(_("Saved."), "ok")
    place = "products" if "products" in action else "other_segments" if "other_segments" in action else None
    return redirect(url_for(".registration", _anchor=place), 303)


@blueprint.get("/registration/check")
@allow(_P.REGISTRATION_SUBMIT)
def check() -> Answer:
    standing = own_standing(read(), actor().enterprise_id)
    if standing is None or standing.case.state not in EDITABLE:
        return redirect(url_for(".registration"), 303)
    return _check_page(standing, None)


@blueprint.post("/registration/submit")
@allow(_P.REGISTRATION_SUBMIT)
def submit() -> Answer:
    key = request.form.get("key", "")
    key = key if _KEY.fullmatch(key) else uuid.uuid4().hex
    try:
        commands.submit(actor(), _version(), key, declares=request.form.get("declares") == "yes")
    except Invalid as refusal:
        return _check_page(_standing(), refusal.fields), 422
    flash(_("Submitted. Your county reviews it now."), "ok")
    return redirect(url_for(".registration"), 303)


@blueprint.post("/registration/withdraw")
@allow(_P.REGISTRATION_SUBMIT)
def withdraw() -> Response:
    commands.withdraw(actor())
    flash(_("Withdrawn. Change it and submit it again."), "ok")
    return redirect(url_for(".registration"), 303)


@blueprint.post("/registration/questions/<int(max=999999999999999):remark_id>")
@allow(_P.REGISTRATION_EDIT)
def answer(remark_id: int) -> Answer:
    text = request.form.get("reply", "")
    try:
        commands.answer(actor(), remark_id, text)
    except Invalid as refusal:
        return _page(_standing(), reply=(remark_id, text, refusal.fields["reply"])), 422
    flash(_("Answered."), "ok")
    return redirect(url_for(".registration", _anchor="questions"), 303)


# --- parts -------------------------------------------------------------------------------------------------------


def _version() -> int:
    """The draft the form was made from; a missing or foreign value is no draft and so always stale."""
    text = request.form.get("draft_version", "")
    return int(text) if _VERSION.fullmatch(text) else 0


def _proof() -> Proof:
    file, code = request.files.get("licence"), request.form.get("enrolment_code", "").strip()
    folder = current_app.config["PORTAL"].data_dir
    if file is None or not file.filename:
        return Proof(folder, code=code[:LONGEST_CODE])
    return Proof(folder, file.filename, file.stream, code[:LONGEST_CODE])


def _standing() -> Standing:
    """As it is on disk now. Raises Missing for somebody who has not begun."""
    close_reading()
    found = own_standing(read(), actor().enterprise_id)
    if found is None:
        raise Missing()
    return found


def _page(
    standing: Standing,
    problems: Problems | None = None,
    enrolment_code: str = "",
    reply: tuple[int, str, Bilingual] | None = None,
    stale: tuple[Typed, Bilingual] | None = None,
) -> str:
    """The form while it can be edited, else where it stands. `stale` is what was typed over an older draft, and why."""
    case, catalogue = standing.case, catalogue_today(read())
    shared: dict[str, Any] = {"standing": standing, "case": case, "reply": reply, "State": State, "labels": LABELS}
    document = blank() | standing.registration.document
    if case.state not in EDITABLE:
        is_open = Action.WITHDRAW in open_actions(case.kind, case.state, actor().permissions)
        rows = sheet_rows(document, catalogue)
        return render_template("enterprises/standing.html", rows=rows, can_withdraw=is_open, **shared)
    typed, warning = stale or (document, None)
    form = shown_form(typed, standing.registration.draft_version, enrolment_code, problems or {})
    form.offer(catalogue, today(), _("Choose"))
    return render_template(
        "enterprises/registration.html",
        form=form,
        typed=typed,
        stale=warning,
        saved=[row for row in sheet_rows(document, catalogue) if document[row[0]] != typed[row[0]]],
        groups=segment_groups(catalogue),
        purposes=PURPOSES,
        purposes_version=PURPOSES_VERSION,
        required_purpose=REQUIRED_PURPOSE,
        **shared,
    )


def _check_page(standing: Standing, problems: Problems | None) -> str:
    """All answers once more. `problems` None: look for them now, the declaration aside."""
    document = blank() | standing.registration.document
    is_claim = bool(document["credit_code"]) and commands.is_registered(document["credit_code"])
    stated, found = commands.checked(read(), standing.registration, document, is_claim=is_claim)
    content = stated.content() if stated is not None else document
    return render_template(
        "enterprises/check.html",
        standing=standing,
        rows=sheet_rows(content, catalogue_today(read())),
        problems=found if problems is None else problems,
        is_claim=is_claim,
        is_ready=stated is not None,
        key=uuid.uuid4().hex,
    )
