"""The page on which an enterprise keeps its own particulars current."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from ..kernel.errors import Conflict, Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, close_reading, read
from ..web.language import gettext as _
from .commands_particulars import change_particulars, standing, state_of
from .forms_register import ParticularsForm
from .pages import Page, blueprint, refused
from .queries_register import Dossier, dossier


@blueprint.route("/enterprise/particulars", methods=["GET", "POST"])
@allow(Permission.ENTERPRISE_OWN)
def particulars() -> Page:
    if request.method == "GET":
        return _page(_own())
    form = ParticularsForm()
    try:
        is_new = change_particulars(actor(), form.typed())
    except Invalid as refusal:
        return refused("enterprises/particulars.html", form, refusal, found=_own())
    except Conflict as conflict:
        close_reading()
        found = _own()
        form.seen.data = state_of(found)
        stale = {"found": found, "stale": conflict.message, "now": standing(found)}
        return render_template("enterprises/particulars.html", form=form, **stale), conflict.status
    flash(_("Your particulars are changed.") if is_new else _("Nothing was changed."), "ok")
    return redirect(url_for(".profile"), 303)


def _own() -> Dossier:
    return dossier(read(), actor().enterprise_id or 0)


def _page(found: Dossier) -> str:
    now = standing(found)
    texts = {name: getattr(now, name) for name in ("address", "contact_name", "contact_phone", "name_en", "seen")}
    form = ParticularsForm(formdata=None, data=texts | {"products": "\n".join(now.products)})
    return render_template("enterprises/particulars.html", form=form, found=found)
