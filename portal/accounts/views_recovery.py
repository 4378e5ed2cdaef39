"""The way back into an account: using a code that was handed over, and the administrator's pages that issue one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.errors import Invalid, Refusal
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.sessions import forget
from . import commands_administration as administration
from . import commands_recovery, queries
from .forms import IdentityForm, RecoverForm
from .pages import Answer, blueprint, hasher, refused


@blueprint.route("/recover", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def recover() -> Answer | Response | str:
    form = RecoverForm()
    if request.method == "GET":
        return render_template("accounts/recover.html", form=form)
    try:
        name, code = form.username.data or "", form.recovery_code.data or ""
        commands_recovery.recover(actor(), name, code, form.typed(), hasher())
    except Refusal as refusal:
        return refused("accounts/recover.html", form, refusal)
    forget()
    flash(_("Your password is set. Sign in with it now."), "ok")
    return redirect(url_for(".sign_in"), 303)


@blueprint.route("/administration/accounts/<int:account_id>/recovery", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_MANAGE)
def recovery(account_id: int) -> Answer | Response | str:
    form, account = IdentityForm(), queries.account(read(), account_id)
    if request.method == "GET":
        return render_template("accounts/recovery.html", form=form, account=account)
    try:
        handed = administration.issue_recovery(actor(), account_id, form.identity.data or "")
    except Invalid as refusal:
        return refused("accounts/recovery.html", form, refusal, account=account)
    # No redirect: the code is shown this once and kept nowhere. A repeated post makes another and ends this one.
    return render_template("accounts/recovery_code.html", handed=handed, account=account)


@blueprint.route("/administration/accounts/<int:account_id>/second-factor/reset", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_MANAGE)
def reset_factor(account_id: int) -> Answer | Response | str:
    form, account = IdentityForm(), queries.account(read(), account_id)
    if request.method == "GET":
        return render_template("accounts/factor_reset.html", form=form, account=account)
    try:
        administration.reset_factor(actor(), account_id, form.identity.data or "")
    except Invalid as refusal:
        return refused("accounts/factor_reset.html", form, refusal, account=account)
    flash(_("The second step is reset: a new one is set up at the next sign-in."), "ok")
    return redirect(url_for(".account", account_id=account_id), 303)
