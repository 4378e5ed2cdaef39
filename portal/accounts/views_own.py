"""One's own account: details, password, second factor, sessions."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.clock import now
from ..kernel.errors import Refusal
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.sessions import facts, sessions_of, token
from . import commands_own, queries
from .forms import CodeForm, DetailsForm, PasswordForm, ProofForm
from .models import Account
from .pages import Answer, blueprint, hasher, refused, settings
from .rules import browser_name
from .second_factor import DemoCode, demo_code, opened


def _own() -> Account:
    return queries.account(read(), actor().account_id or 0)


@blueprint.route("/account", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def own_account() -> Answer | Response | str:
    account = _own()
    form = DetailsForm(obj=account)
    if request.method == "GET":
        return render_template("accounts/own.html", form=form, **_own_values(account))
    try:
        commands_own.change_details(actor(), form.details(), form.current_password.data or "", hasher())
    except Refusal as refusal:
        return refused("accounts/own.html", form, refusal, **_own_values(account))
    flash(_("Your details are saved."), "ok")
    return redirect(url_for(".own_account"), 303)


def _own_values(account: Account) -> dict[str, object]:
    here = facts()
    rows = [
        (row.id, browser_name(row.agent), row.address, row.began_at, row.seen_at, here and row.id == here.session_id)
        for row in sessions_of(read(), account.id)
        if not row.is_half
    ]
    return {"account": account, "rows": rows}


@blueprint.route("/account/password", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def own_password() -> Answer | Response | str:
    form = PasswordForm()
    if request.method == "GET":
        return render_template("accounts/password.html", form=form)
    try:
        commands_own.change_password(actor(), token() or "", form.current_password.data or "", form.typed(), hasher())
    except Refusal as refusal:
        return refused("accounts/password.html", form, refusal)
    flash(_("Your password is changed. All other sessions have ended."), "ok")
    return redirect(url_for(".own_account"), 303)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def own_factor() -> Answer | Response | str:
    """The first step of another second factor: prove who you are."""
    form, account = ProofForm(), _own()
    values = {"has_factor": account.totp_secret is not None, "demo": _demo(account.totp_secret, account.totp_last_step)}
    if request.method == "GET":
        return render_template("accounts/factor.html", form=form, **values)
    try:
        commands_own.begin_factor(actor(), form.current_password.data or "", form.code.data or "", hasher())
    except Refusal as refusal:
        return refused("accounts/factor.html", form, refusal, **values)
    return redirect(url_for(".new_factor"), 303)


@blueprint.route("/account/second-factor/new", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def new_factor() -> Answer | Response | str:
    """The second step: read the QR code and type a code of it."""
    form, account = CodeForm(), _own()
    key = opened(account.totp_pending)
    if key is None:
        return redirect(url_for(".own_factor"), 303)
    values = {"key": key, "demo": _demo(account.totp_pending, None)}
    if request.method == "GET":
        return render_template("accounts/factor_new.html", form=form, **values)
    try:
        commands_own.confirm_factor(actor(), token() or "", form.code.data or "")
    except Refusal as refusal:
        return refused("accounts/factor_new.html", form, refusal, **values)
    flash(_("The new second step is in use. All other sessions have ended."), "ok")
    return redirect(url_for(".own_account"), 303)


def _demo(sealed: str | None, last_step: int | None) -> DemoCode | None:
    secret = opened(sealed) if settings().is_demo else None
    return demo_code(secret, now(), last_step) if secret is not None else None


@blueprint.post("/account/sessions/<int:session_id>/end")
@allow(Permission.SIGNED_IN)
def end_session(session_id: int) -> Response:
    commands_own.end_session(actor(), session_id)
    flash(_("The session has ended."), "ok")
    return redirect(url_for(".own_account"), 303)


@blueprint.post("/account/sessions/end-others")
@allow(Permission.SIGNED_IN)
def end_other_sessions() -> Response:
    commands_own.end_other_sessions(actor(), token() or "")
    flash(_("All other sessions have ended."), "ok")
    return redirect(url_for(".own_account"), 303)
