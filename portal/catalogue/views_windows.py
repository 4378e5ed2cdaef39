"""Pages of filing windows, and of the working calendar their dates are computed by."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from ..kernel.clock import today
from ..kernel.errors import Illegal, Invalid, Missing
from ..kernel.period import EARLIEST_YEAR, LATEST_YEAR, Quarter
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from . import commands, queries
from .forms import DayForm, ExtendWindowForm, OpenWindowForm, YearForm, offer_quarters, read_day, read_quarter
from .views import Page, blueprint

__all__ = ["blueprint"]


@blueprint.get("/windows")
@allow(Permission.CATALOGUE_READ)
def windows() -> Page:
    return _windows_page(OpenWindowForm())


def _windows_page(form: OpenWindowForm, status: int = 200) -> Page:
    opened = queries.windows(read())
    offer_quarters(form.quarter, Quarter.containing(today()) - 4, {str(window.period) for window in opened})
    return render_template("catalogue/windows.html", windows=opened, form=form), status


@blueprint.post("/windows")
@allow(Permission.WINDOW_OPEN)
def open_window() -> Page:
    form = OpenWindowForm()
    quarter = read_quarter(form.quarter.data)
    if quarter is None:
        raise Missing
    try:
        commands.open_window(actor(), quarter)
    except Illegal as refusal:
        apply_refusal(form, refusal)
        return _windows_page(form, refusal.status)
    return redirect(url_for("catalogue.windows"), 303)


@blueprint.route("/windows/<quarter>/extend", methods=["GET", "POST"])
@allow(Permission.WINDOW_OPEN)
def extend_window(quarter: str) -> Page:
    asked, form, status = read_quarter(quarter), ExtendWindowForm(), 200
    found = queries.window(read(), asked) if asked else None
    if asked is None or found is None:
        raise Missing
    if request.method == "POST":
        try:
            commands.extend_window(actor(), asked, read_day(form.due_on.data), form.reason.data or "")
        except Invalid as refusal:
            apply_refusal(form, refusal)
            status = refusal.status
        else:
            return redirect(url_for("catalogue.windows"), 303)
    return render_template("catalogue/extend.html", window=found, form=form), status


@blueprint.get("/calendar")
@allow(Permission.CATALOGUE_READ)
def calendar() -> Page:
    return _calendar_page(DayForm())


def _calendar_page(
    form: DayForm, status: int = 200, *, asked: int | None = None, year_form: YearForm | None = None
) -> Page:
    """The days of a year that differ from what their weekday says, and by which notice."""
    year = request.args.get("year", today().year, type=int) if asked is None else asked
    year = min(max(year, EARLIEST_YEAR), LATEST_YEAR)
    marked = queries.calendar_year(read(), year)
    source = queries.source_title(read(), marked.source) if marked else None
    standing = {"source": marked.source, "is_confirmed": marked.is_confirmed} if marked else {}
    return render_template(
        "catalogue/calendar.html",
        year=year,
        days=queries.calendar_days(read(), year),
        marked=marked,
        source=source,
        form=form,
        year_form=year_form or YearForm(formdata=None, data=standing),
    ), status


@blueprint.post("/calendar")
@allow(Permission.WINDOW_OPEN)
def mark_day() -> Page:
    form = DayForm()
    try:
        commands.mark_day(actor(), read_day(form.day.data), form.name, form.is_working.data, form.is_tax_limit.data)
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _calendar_page(form, refusal.status)
    flash(_("The calendar is corrected. Windows that are already open keep their dates."), "ok")
    return redirect(url_for("catalogue.calendar", year=request.args.get("year")), 303)


@blueprint.post("/calendar/<int(max=9999):year>")
@allow(Permission.WINDOW_OPEN)
def mark_year(year: int) -> Page:
    form = YearForm()
    try:
        commands.mark_year(actor(), year, form.source.data or "", form.is_confirmed.data)
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _calendar_page(DayForm(formdata=None), refusal.status, asked=year, year_form=form)
    flash(_("The source of the year is entered."), "ok")
    return redirect(url_for("catalogue.calendar", year=year), 303)
