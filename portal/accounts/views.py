"""Pages around coming in: sign-in, second step, registration, proof of identity, one-time links.

One's own account and the administrator's pages stand in the two files imported here.
"""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.chosen import choice_of
from ..kernel.clock import now
from ..kernel.errors import Missing, Refusal
from ..kernel.roles import Permission, Role
from ..web.access import actor, allow, read
from ..web.chosen import choices_of
from ..web.language import gettext as _
from ..web.language import language
from ..web.resend import labels_of, names_fields
from ..web.sessions import SessionFacts, facts, forget, remember, token
from . import commands, forms, queries, views_administration, views_own, views_recovery
from .forms import CodeForm, NewPasswordForm, ProofForm, RegisterForm, ResetRequestForm, SignInForm
from .models import Account
from .pages import Answer, agent, blueprint, catalogue, hasher, refused, settings
from .rules import PRIVACY_VERSION, safe_next
from .second_factor import DemoCode, demo_code, opened, picture_of

__all__ = ["blueprint", "views_administration", "views_own", "views_recovery"]
names_fields(
    blueprint,
    labels_of(
        forms.ResetRequestForm, forms.IdentityForm, forms.DetailsForm, forms.RegisterForm, forms.InviteForm, SignInForm
    ),
    choices=choices_of(
        lambda field, text: choice_of(catalogue(), field, text),
        forms=(forms.RegisterForm,),
        tables={"role": {role.value: role.title for role in Role}},
    ),
)


def way_on() -> str:
    return safe_next(request.values.get("next"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def sign_in() -> Answer | Response | str:
    form = SignInForm()
    if request.method == "GET":
        if actor().account_id is not None:
            return redirect(way_on(), 303)
        return render_template("accounts/sign_in.html", form=form, next=way_on())
    try:
        entry = commands.sign_in(
            actor(), form.username.data or "", form.password.data or "", hasher(), agent=agent(), old_token=token()
        )
    except Refusal as refusal:
        return refused("accounts/sign_in.html", form, refusal, next=way_on())
    remember(entry.token)
    return redirect(url_for(".code", next=way_on()) if entry.needs_code else way_on(), 303)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def code() -> Answer | Response | str:
    form, half = CodeForm(), _half()
    if half is None:
        return redirect(url_for(".sign_in", next=way_on()), 303)
    account = queries.account(read(), half.actor.account_id or 0)
    values = {"next": way_on(), "demo": _shown_code(account), "first": account.totp_secret is None}
    values |= {"key": opened(account.totp_pending), "is_lost": _is_lost(account)}
    if request.method == "GET":
        return render_template("accounts/code.html", form=form, **values)
    try:
        new = commands.give_code(actor(), account.id, form.code.data or "", agent=agent(), half_token=token() or "")
    except Refusal as refusal:
        return refused("accounts/code.html", form, refusal, **values)
    remember(new)
    return redirect(way_on(), 303)


def _half() -> SessionFacts | None:
    """The session whose second step is still to come."""
    found = facts()
    return found if found is not None and found.is_half else None


def _shown_code(account: Account) -> DemoCode | None:
    """In demo mode only: the code that a telephone would show."""
    secret = opened(account.totp_secret or account.totp_pending) if settings().is_demo else None
    if secret is None:
        return None
    return demo_code(secret, now(), account.totp_last_step if account.totp_secret else None)


def _is_lost(account: Account) -> bool:
    """Whether the second factor lies there and no key opens it any more."""
    return account.totp_secret is not None and opened(account.totp_secret) is None


@blueprint.get("/account/second-factor.svg")
@allow(Permission.PUBLIC)
def second_factor_picture() -> Response:
    """The QR code of a second factor being set up. Half a session sees it only while the account has none at all."""
    found = facts()
    account = queries.account(read(), found.actor.account_id or 0) if found is not None else None
    key = opened(account.totp_pending) if account is not None else None
    if found is None or account is None or key is None:
        raise Missing()
    if found.is_half and account.totp_secret is not None:
        raise Missing()
    response = make_response(picture_of(key, account.username))
    response.mimetype = "image/svg+xml"
    return response


@blueprint.post("/sign-out")
@allow(Permission.PUBLIC)
def sign_out() -> Response:
    found, mine = facts(), token()
    if found is not None and mine is not None:
        commands.sign_out(found.actor, mine)
    forget()
    flash(_("You are signed out."), "ok")
    return redirect(url_for(".sign_in"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def register() -> Answer | Response | str:
    form, values = RegisterForm(), {"privacy_version": PRIVACY_VERSION}
    if request.method == "GET":
        if actor().account_id is not None:
            return redirect("/", 303)
        return render_template("accounts/register.html", form=form, **values)
    try:
        name, details, accepts = form.username.data or "", form.details(language()), form.accepts.data
        new = commands.register(actor(), name, details, form.typed(), accepts, hasher(), agent(), token())
    except Refusal as refusal:
        return refused("accounts/register.html", form, refusal, **values)
    remember(new)
    return redirect(url_for("enterprises.registration"), 303)


@blueprint.route("/confirm-identity", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def confirm_identity() -> Answer | Response | str:
    form = ProofForm()
    account = queries.account(read(), actor().account_id or 0)
    on = way_on() if "next" in request.values else "/proved"
    values = {"next": on, "demo": _shown_code(account), "has_factor": account.totp_secret is not None}
    if request.method == "GET":
        return render_template("accounts/confirm_identity.html", form=form, **values)
    try:
        commands.confirm_identity(
            actor(), token() or "", form.current_password.data or "", form.code.data or "", hasher()
        )
    except Refusal as refusal:
        return refused("accounts/confirm_identity.html", form, refusal, **values)
    return redirect(on, 303)


@blueprint.route("/password-reset", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def password_reset() -> Answer | Response | str:
    form = ResetRequestForm()
    if request.method == "GET":
        page = "accounts/reset_asked.html" if "asked" in request.args else "accounts/reset_ask.html"
        return render_template(page, form=form)
    try:
        commands.ask_reset(actor(), form.identity.data or "")
    except Refusal as refusal:
        return refused("accounts/reset_ask.html", form, refusal)
    return redirect(url_for(".password_reset", asked=1), 303)


@blueprint.route("/password-reset/<link>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def reset_link(link: str) -> Answer | Response | str:
    return _password_by_link("reset", link)


@blueprint.route("/invitation/<link>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def invitation(link: str) -> Answer | Response | str:
    return _password_by_link("invitation", link)


def _password_by_link(purpose: str, link: str) -> Answer | Response | str:
    """The page behind a one-time link. Opening it changes nothing; sending the form uses the link up."""
    form = NewPasswordForm()
    row = queries.live_link(read(), link, purpose, now())
    if row is None:
        return render_template("accounts/dead_link.html", purpose=purpose), 410
    values = {"purpose": purpose, "account": queries.account(read(), row.account_id)}
    if request.method == "GET":
        return render_template("accounts/new_password.html", form=form, **values)
    try:
        commands.set_password_by_link(actor(), purpose, link, form.typed(), hasher())
    except Missing:
        return render_template("accounts/dead_link.html", purpose=purpose), 410
    except Refusal as refusal:
        return refused("accounts/new_password.html", form, refusal, **values)
    forget()
    flash(_("Your password is set. Sign in with it now."), "ok")
    return redirect(url_for(".sign_in"), 303)
