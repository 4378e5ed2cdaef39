"""The administrator's pages: the list of accounts, an invitation, one account with its posts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Invalid
from ..kernel.roles import Permission, Role
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.language import language
from ..web.paging import Page, cursor, key_of
from ..web.sessions import sessions_of
from . import commands_administration as administration
from . import queries
from .commands_administration import WantedPost
from .forms import FilterForm, InviteForm, PostForm
from .models import Account
from .pages import Answer, blueprint, catalogue, refused
from .rules import STATE_TITLES, is_unwritten, masked_email, masked_phone, tidy
from .second_factor import opened

LONGEST_SEARCH = 60


@blueprint.get("/administration/accounts")
@allow(Permission.ACCOUNT_MANAGE)
def accounts() -> str:
    form = FilterForm(request.args)
    form.offer(language(), _("All"), _("Offices"), _("Enterprises"))
    text = tidy(form.text.data)[:LONGEST_SEARCH]
    after = key_of(request.args.get("after"), 1)
    rows = queries.account_rows(
        read(),
        today(),
        text="" if is_unwritten(text) else text,
        kind=form.kind.data or "",
        state=form.state.data if form.state.data in STATE_TITLES else "",
        role=form.role.data or "",
        after=str(after[0]) if after and not is_unwritten(str(after[0])) else "",
        most=queries.PAGE_SIZE + 1,
    )
    shown = rows[: queries.PAGE_SIZE]
    more = cursor((shown[-1].username,)) if len(rows) > len(shown) else None
    page = Page(shown, more, after is None)
    return render_template("accounts/accounts.html", form=form, page=page, states=STATE_TITLES)


@blueprint.route("/administration/accounts/new", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_MANAGE)
def invite() -> Answer | Response | str:
    form = InviteForm()
    _offer(form)
    if request.method == "GET":
        return render_template("accounts/invite.html", form=form)
    try:
        account_id = administration.invite(actor(), form.username.data or "", form.details(), _wanted(form))
    except Invalid as refusal:
        return refused("accounts/invite.html", form, refusal)
    flash(_("The account is open and the invitation is on its way."), "ok")
    return redirect(url_for(".account", account_id=account_id), 303)


@blueprint.get("/administration/accounts/<int:account_id>")
@allow(Permission.ACCOUNT_MANAGE)
def account(account_id: int) -> str:
    form = PostForm()
    _offer(form)
    return render_template("accounts/account.html", form=form, **_values(queries.account(read(), account_id)))


@blueprint.post("/administration/accounts/<int:account_id>/posts")
@allow(Permission.ACCOUNT_MANAGE)
def appoint(account_id: int) -> Answer | Response:
    form = PostForm()
    _offer(form)
    try:
        administration.appoint(actor(), account_id, _wanted(form))
    except Invalid as refusal:
        values = _values(queries.account(read(), account_id))
        return refused("accounts/account.html", form, refusal, **values)
    return _back(account_id, _("The post is given from today on."))


@blueprint.post("/administration/accounts/<int:account_id>/posts/<int:post_id>/end")
@allow(Permission.ACCOUNT_MANAGE)
def dismiss(account_id: int, post_id: int) -> Response:
    administration.dismiss(actor(), account_id, post_id)
    return _back(account_id, _("The post has ended."))


@blueprint.post("/administration/accounts/<int:account_id>/disable")
@allow(Permission.ACCOUNT_MANAGE)
def disable(account_id: int) -> Response:
    administration.disable(actor(), account_id)
    return _back(account_id, _("The account is disabled and its sessions have ended."))


@blueprint.post("/administration/accounts/<int:account_id>/enable")
@allow(Permission.ACCOUNT_MANAGE)
def enable(account_id: int) -> Response:
    administration.enable(actor(), account_id)
    return _back(account_id, _("The account is enabled."))


@blueprint.post("/administration/accounts/<int:account_id>/link")
@allow(Permission.ACCOUNT_MANAGE)
def send_link(account_id: int) -> Response:
    administration.send_new_link(actor(), account_id)
    return _back(account_id, _("A fresh link is on its way; older ones no longer work."))


@blueprint.post("/administration/accounts/<int:account_id>/sessions/end")
@allow(Permission.ACCOUNT_MANAGE)
def end_sessions(account_id: int) -> Response:
    administration.end_sessions_of(actor(), account_id)
    return _back(account_id, _("All sessions of this account have ended."))


def _back(account_id: int, sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for(".account", account_id=account_id), 303)


def _values(row: Account) -> dict[str, object]:
    return {
        "account": row,
        "state": STATE_TITLES[row.state],
        "email": masked_email(row.email),
        "phone": masked_phone(row.phone),
        "posts": [(p, Role(p.role).title, _place(p.county, p.chain)) for p in queries.posts_of(read(), row.id)],
        "factor": _factor(row),
        "is_lost": _is_lost(row),
        "sessions": len(sessions_of(read(), row.id)),
        "is_own": row.id == actor().account_id,
    }


def _factor(row: Account) -> str:
    if row.totp_secret is None:
        return _("Not set up")
    return _("Cannot be read") if _is_lost(row) else _("In use")


def _is_lost(row: Account) -> bool:
    """Whether there is a second factor that no key of today opens."""
    return row.totp_secret is not None and opened(row.totp_secret) is None


def _place(county: str | None, chain: str | None) -> Bilingual | str:
    """Where a post holds: the county's or the chain's name, its code when the catalogue has none."""
    known = catalogue()
    if county is not None:
        return known.units[county].title if county in known.units else county
    if chain is not None:
        return known.chains[chain].called if chain in known.chains else chain
    return Bilingual("全市", "The whole city")


def _offer(form: PostForm) -> None:
    known, spoken = catalogue(), language()
    counties = [(code, unit.title.text(spoken)) for code, unit in known.units.items()]
    chains = [(code, chain.called.text(spoken)) for code, chain in known.chains.items()]
    form.offer(spoken, _("Choose"), counties, chains)


def _wanted(form: PostForm) -> WantedPost:
    known = catalogue()
    return WantedPost(
        form.role.data or "", form.county.data or "", form.chain.data or "", tuple(known.units), tuple(known.chains)
    )
