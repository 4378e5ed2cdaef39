"""The enterprise's application: answers, documents, commitment, where it is; and the receipt."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.clock import today
from ..kernel.errors import Conflict, Invalid, Missing, Refusal
from ..kernel.roles import Permission
from ..kernel.workflow import EDITABLE, Action, open_actions
from ..web.access import actor, allow, close_reading, read
from ..web.language import gettext as _
from . import commands_apply as commands
from .answers import DECLARATION, blanks, problems
from .pages import blueprint, own
from .queries import match_one
from .queries_application import applied
from .timeline import timeline

_P = Permission
ONE = "/support/applications/<int(max=999999999999999):application_id>"
Answer = str | Response | tuple[str, int]


@blueprint.post("/support/<policy_code>/begin")
@allow(_P.APPLICATION_EDIT)
def begin(policy_code: str) -> Response:
    return redirect(url_for("support.application", application_id=commands.begin(actor(), policy_code)), 303)


@blueprint.get(ONE)
@allow(_P.APPLICATION_EDIT)
def application(application_id: int) -> str:
    return _page(application_id)


@blueprint.post(f"{ONE}/save")
@allow(_P.APPLICATION_EDIT)
def save(application_id: int) -> Answer:
    typed = {name: values[-1] for name, values in request.form.lists()}
    try:
        commands.save(actor(), application_id, typed, _whole(typed.get("draft_version", "")))
    except (Invalid, Conflict) as refusal:
        return _page(application_id, refusal, typed), refusal.status
    flash(_("Saved."), "ok")
    return redirect(url_for("support.application", application_id=application_id, check="1"), 303)


@blueprint.post(f"{ONE}/documents/<kind>")
@allow(_P.APPLICATION_EDIT)
def attach(application_id: int, kind: str) -> Answer:
    file, found = request.files.get("file"), applied(read(), application_id)
    if kind not in {document.kind for document in found.standing.policy.documents}:
        raise Missing()
    if file is None or not file.filename:
        flash(_("Choose a file first."), "warn")
        return redirect(url_for("support.application", application_id=application_id, _anchor=f"doc-{kind}"), 303)
    folder = current_app.config["PORTAL"].data_dir
    try:
        commands.attach(actor(), application_id, kind, file.stream, file.filename, folder)
    except Invalid as refusal:
        named = Invalid(refusal.code, refusal.message, {f"doc-{kind}": refusal.message})
        return _page(application_id, named), refusal.status
    flash(_("Document added."), "ok")
    return redirect(url_for("support.application", application_id=application_id, _anchor=f"doc-{kind}"), 303)


@blueprint.post(f"{ONE}/submit")
@allow(_P.APPLICATION_SUBMIT)
def submit(application_id: int) -> Answer:
    form = request.form
    version = _whole(form.get("draft_version", ""))
    order = commands.Order(form.get("key", ""), version, form.get("declaration") == "1")
    try:
        commands.submit(actor(), application_id, order)
    except (Invalid, Conflict) as refusal:
        return _page(application_id, refusal), refusal.status
    return redirect(url_for("support.receipt", application_id=application_id), 303)


@blueprint.get(f"{ONE}/receipt")
@allow(_P.APPLICATION_EDIT)
def receipt(application_id: int) -> str:
    found = applied(read(), application_id)
    if found.submission is None:
        raise Missing()
    return render_template("support/receipt.html", found=found, sent=found.submission, steps=timeline(found, today()))


@blueprint.post(f"{ONE}/withdraw")
@allow(_P.APPLICATION_EDIT)
def withdraw(application_id: int) -> Response:
    commands.withdraw(actor(), application_id)
    flash(_("Withdrawn. You can change it and submit it again."), "ok")
    return redirect(url_for("support.application", application_id=application_id), 303)


@blueprint.post(f"{ONE}/questions/<int(max=999999999999999):remark_id>")
@allow(_P.APPLICATION_EDIT)
def reply(application_id: int, remark_id: int) -> Answer:
    try:
        commands.answer(actor(), application_id, remark_id, request.form.get("reply", ""))
    except Invalid as refusal:
        return _page(application_id, refusal), refusal.status
    flash(_("Your answer was sent to the officer."), "ok")
    return redirect(url_for("support.application", application_id=application_id, _anchor="questions"), 303)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(application_id: int, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None) -> str:
    """The application with everything on it; `typed` is what could not be kept."""
    close_reading()
    found = applied(read(), application_id)
    policy, is_editable = found.standing.policy, found.case.state in EDITABLE
    answers = {**found.application.answers, **(typed or {})}
    wrong = dict(refusal.fields) if refusal else {}
    if is_editable and "check" in request.args:
        wrong = problems(policy, answers, found.documents)
    actions = open_actions(found.case.kind, found.case.state, actor().permissions)
    return render_template(
        "support/application.html",
        found=found,
        policy=policy,
        match=match_one(read(), own(actor()), policy, today(), frozenset(found.documents)),
        fields=blanks(policy),
        answers=answers,
        wrong=wrong,
        loose=[refusal.message] if refusal and not refusal.fields else [],
        is_editable=is_editable,
        may_submit=Action.SUBMIT in actions and is_editable,
        may_withdraw=Action.WITHDRAW in actions,
        is_whole=not problems(policy, found.application.answers, found.documents),
        steps=timeline(found, today()),
        declaration=DECLARATION,
        key=secrets.token_urlsafe(24),
        reply_to=_reply_to(refusal),
    )


def _reply_to(refusal: Refusal | None) -> int:
    view = request.view_args or {}
    return int(view.get("remark_id", 0)) if refusal is not None else 0
