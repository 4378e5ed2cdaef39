"""The page from which enterprises are reminded: who has not filed, who will be told, and then the telling."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.models import FilingWindow
from ..catalogue.queries import open_windows
from ..filing.queries_lock import acceptances
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..statistics.queries_due import owing, response
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from . import forms
from .commands_remind import remind_chosen
from .queries_names import names_then
from .remind import last_reminded, may_remind
from .rules import REMIND_LIMIT
from .views_case import blueprint

__all__ = ["blueprint"]
_NONE = Bilingual("现在没有正在报送的季度。", "No quarter is being filed now.")


@blueprint.get("/review/remind")
@allow(Permission.CASE_CLAIM)
def remind() -> str:
    """Who has not filed the quarter, the heaviest in the figures first; only they can be ticked who may be told now."""
    windows = open_windows(read(), now())
    if not windows:
        raise Missing("window", _NONE)
    window = _asked(windows)
    g.nav_values = {"kind": "filing"}
    return render_template(
        "review/remind.html",
        window=window,
        windows=windows,
        response=response(read(), window.period),
        rows=owing(read(), window.period, REMIND_LIMIT),
        last=last_reminded(read(), window.period),
        locked=acceptances(read(), [window.quarter]),
        may_remind=may_remind,
        at=now(),
        names=names_then(read(), [window.quarter])[window.quarter],
    )


def _asked(windows: Sequence[FilingWindow]) -> FilingWindow:
    """The window the address names, else the newest that takes filings."""
    return next((w for w in windows if str(w.period) == request.args.get("quarter")), windows[-1])


@blueprint.post("/review/remind")
@allow(Permission.CASE_CLAIM)
def send_reminders() -> Response:
    try:
        quarter = Quarter.parse(request.form.get("quarter", ""))
    except ValueError as wrong:
        raise Missing("window", _NONE) from wrong
    chosen = {number for text in request.form.getlist("enterprise") if (number := forms.whole_number(text)) is not None}
    if not chosen:
        flash(_("Select at least one enterprise first."), "warn")
    else:
        told = remind_chosen(actor(), quarter, chosen)
        flash(_("%(count)s enterprises were reminded.", count=told), "ok" if told else "warn")
    return redirect(url_for("review.remind", quarter=quarter), 303)
