"""The enterprise's own pages: its profile, the people who act for it, the purposes it accepts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..accounts.limits import TooMany
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from . import commands_members
from .forms_register import InviteForm, PurposeForm
from .pages import NUMBER, POST_TITLES, Page, blueprint, refused
from .queries_register import Dossier, dossier
from .registration import PURPOSES
from .views_register import around

_P = Permission


def _own() -> Dossier:
    return dossier(read(), actor().enterprise_id or 0)


@blueprint.get("/enterprise")
@allow(_P.ENTERPRISE_OWN)
def profile() -> str:
    found = _own()
    form = PurposeForm(formdata=None, data={"purposes": _standing(found)})
    form.offer(PURPOSES)
    return render_template("enterprises/profile.html", form=form, **around(found))


def _standing(found: Dossier) -> list[str]:
    return [row.purpose for row in found.purposes if row.withdrawn_at is None]


@blueprint.post("/enterprise/purposes")
@allow(_P.MEMBER_MANAGE)
def purposes() -> Page:
    form = PurposeForm()
    form.offer(PURPOSES)
    try:
        commands_members.choose_purposes(actor(), tuple(form.purposes.data or ()))
    except Invalid as refusal:
        return refused("enterprises/profile.html", form, refusal, **around(_own()))
    flash(_("The purposes are saved."), "ok")
    return redirect(url_for(".profile", _anchor="purposes"), 303)


@blueprint.route("/enterprise/members/new", methods=["GET", "POST"])
@allow(_P.MEMBER_MANAGE)
def invite() -> Page:
    form = InviteForm()
    form.offer(POST_TITLES)
    if request.method == "GET":
        return render_template("enterprises/invite.html", form=form)
    try:
        username, post = form.username.data or "", form.post.data or ""
        commands_members.invite(actor(), username, form.details(), post)
    except (Invalid, TooMany) as refusal:
        return refused("enterprises/invite.html", form, refusal)
    flash(_("The invitation is on its way."), "ok")
    return redirect(url_for(".profile", _anchor="people"), 303)


@blueprint.post(f"/enterprise/members/<{NUMBER}:membership_id>/end")
@allow(_P.MEMBER_MANAGE)
def end_member(membership_id: int) -> Response:
    is_own = any(p.membership_id == membership_id and p.account_id == actor().account_id for p in _own().people)
    commands_members.end(actor(), membership_id)
    flash(_("The post is ended."), "ok")
    # Who ended their own last post may not see the profile any more.
    return redirect(url_for("home.front") if is_own else url_for(".profile", _anchor="people"), 303)


@blueprint.post(f"/enterprise/members/accounts/<{NUMBER}:account_id>/posts")
@allow(_P.MEMBER_MANAGE)
def give_post(account_id: int) -> Response:
    post = request.form.get("post", "")
    if post not in POST_TITLES:
        raise Missing()
    commands_members.give_post(actor(), account_id, post)
    flash(_("The post is given."), "ok")
    return redirect(url_for(".profile", _anchor="people"), 303)
