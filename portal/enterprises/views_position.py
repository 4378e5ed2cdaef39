"""The page on which an office corrects an enterprise's primary position and main class."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from ..kernel.errors import Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from .commands_position import change_position
from .forms_register import PositionForm
from .pages import NUMBER, Page, blueprint, catalogue, refused, segment_groups
from .queries_register import dossier


@blueprint.route(f"/enterprises/<{NUMBER}:enterprise_id>/position", methods=["GET", "POST"])
@allow(Permission.STATUS_ENTER)
def position(enterprise_id: int) -> Page:
    found = dossier(read(), enterprise_id)
    form = PositionForm(data={"segment": found.row.segment, "gb_class": found.row.gb_class})
    shown = {"found": found, "groups": segment_groups(catalogue())}
    if request.method == "GET":
        return render_template("enterprises/position.html", form=form, **shown)
    try:
        change_position(actor(), enterprise_id, form.typed())
    except Invalid as refusal:
        return refused("enterprises/position.html", form, refusal, **shown)
    flash(_("The position is changed. Its people were told."), "ok")
    return redirect(url_for(".register_entry", enterprise_id=enterprise_id), 303)
