"""The page on which a county accepts and locks its quarter, and the bureau sees all units and takes a lock back."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_at, windows
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..statistics.queries_release import states_of
from ..web.access import actor, allow, close_reading, read
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from .commands_quarter import Seen, accept_quarter, take_lock_back
from .forms import AcceptForm, UnlockForm, quarter_asked, whole_number
from .queries_missing import missing
from .queries_names import names_of
from .queries_quarter import taken_back, unit_quarters
from .views_case import blueprint

__all__ = ["blueprint"]
QUARTERS = 8
NO_WINDOW = Bilingual("这个季度没有开过报送期。", "This quarter was never opened for filing.")
Page = str | tuple[str, int] | Response


@blueprint.get("/review/quarter")
@allow(Permission.CASE_READ)
def quarter() -> str:
    """How much of a quarter is in and whether it is accepted: one's own county over the quarters, or all ten units."""
    return _page(AcceptForm(formdata=None))


@blueprint.post("/review/quarter/<quarter>/<unit>/accept")
@allow(Permission.WINDOW_LOCK)
def accept(quarter: str, unit: str) -> Page:
    asked, form = _quarter(quarter), AcceptForm()
    seen = Seen(whole_number(form.approved.data), whole_number(form.missing.data), bool(form.confirm.data))
    try:
        accept_quarter(actor(), asked, unit, seen)
    except (Invalid, Illegal, Conflict) as refusal:
        apply_refusal(form, refusal)
        close_reading()
        return _page(form, asked, unit), refusal.status
    flash(_("Accepted and locked. The city bureau has been told."), "ok")
    return redirect(url_for("review.quarter", quarter=asked), 303)


@blueprint.route("/review/quarter/<quarter>/<unit>/unlock", methods=["GET", "POST"])
@allow(Permission.WINDOW_OPEN)
def unlock(quarter: str, unit: str) -> Page:
    asked, form = _quarter(quarter), UnlockForm()
    if request.method == "GET":
        return _unlock_page(asked, unit, form)
    try:
        take_lock_back(actor(), asked, unit, form.reason.data or "", knows_released=bool(form.confirm.data))
    except (Invalid, Illegal) as refusal:
        apply_refusal(form, refusal)
        close_reading()
        return _unlock_page(asked, unit, form, refusal), refusal.status
    flash(_("The lock is taken back. The county has been told."), "ok")
    return redirect(url_for("review.quarter", quarter=asked), 303)


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Missing() from None


def opened_windows() -> list[FilingWindow]:
    """The newest quarters whose filing has begun."""
    return [window for window in windows(read()) if window.opens_at <= now()]


def _page(form: AcceptForm, asked: Quarter | None = None, unit: str = "") -> str:
    g.nav_values = {"kind": "filing"}
    opened = opened_windows()
    if not opened:
        return render_template("review/quarter.html", window=None, form=form)
    chosen = chosen_window(opened, asked or quarter_asked(request.args))
    names, own = names_of(catalogue_at(read(), chosen.period)), sorted(actor().counties)
    shown = opened[:QUARTERS] if chosen in opened[:QUARTERS] else [*opened[:QUARTERS], chosen]
    units = own or list(names.units)
    lines = unit_quarters(read(), shown if own else [chosen], units)
    return render_template(
        "review/quarter.html",
        today=today(),
        window=chosen,
        windows=shown,
        lines=lines,
        here=[line for line in lines if line.quarter == chosen.period],
        names=names,
        missing={code: missing(read(), chosen.period, code) for code in own},
        taken_back=taken_back(read(), chosen.period, units),
        is_released="released" in states_of(read(), chosen.period),
        form=form,
        posted_unit=unit,
    )


def chosen_window(opened: list[FilingWindow], asked: Quarter | None) -> FilingWindow:
    """The window asked for, else the newest whose day to file has passed, for that is the one to be accepted."""
    wanted = next((window for window in opened if window.period == asked), None)
    return wanted or next((window for window in opened if window.due_on < today()), opened[0])


def _unlock_page(asked: Quarter, unit: str, form: UnlockForm, refusal: Refusal | None = None) -> str:
    g.nav_values = {"kind": "filing"}
    names = names_of(catalogue_at(read(), asked))
    found = next((window for window in opened_windows() if window.period == asked), None)
    if found is None or unit not in names.units:
        raise Missing("window", NO_WINDOW)
    (line,) = unit_quarters(read(), [found], [unit])
    is_released = "released" in states_of(read(), asked)
    return render_template(
        "review/unlock.html", line=line, names=names, form=form, is_released=is_released, refusal=refusal
    )
