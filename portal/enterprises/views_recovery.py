"""The officer's page that gives somebody of an enterprise a way back into their account."""

from __future__ import annotations

from flask import render_template, request

from ..accounts.queries import account as account_of
from ..kernel.errors import Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from . import commands_recovery
from .forms_register import IdentityForm
from .pages import NUMBER, Page, blueprint, refused
from .queries import recoverable
from .views_register import ENTRY


@blueprint.route(f"{ENTRY}/people/<{NUMBER}:account_id>/recovery", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_RECOVER)
def recovery(enterprise_id: int, account_id: int) -> Page:
    form, row = IdentityForm(), recoverable(read(), actor(), enterprise_id, account_id)
    person = account_of(read(), account_id)
    if request.method == "GET":
        return render_template("enterprises/recovery.html", form=form, row=row, person=person)
    try:
        identity = form.identity.data or ""
        handed = commands_recovery.issue_recovery(actor(), enterprise_id, account_id, identity)
    except Invalid as refusal:
        return refused("enterprises/recovery.html", form, refusal, row=row, person=person)
    # No redirect: the code is shown this once and kept nowhere. A repeated post makes another and ends this one.
    return render_template("enterprises/recovery_code.html", handed=handed, row=row)
