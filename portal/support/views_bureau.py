"""The bureau's pages: dated lists with their sources, and budgets with what is left of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ..kernel.clock import today
from ..kernel.errors import Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, close_reading, read
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from ..web.language import spoken
from . import commands
from .forms import BudgetForm, ListForm
from .pages import blueprint
from .queries import policies as standing_policies
from .queries_application import budget_lines, list_editions
from .reader import list_kinds

Answer = str | Response | tuple[str, int]


@blueprint.route("/support/lists", methods=["GET", "POST"])
@allow(Permission.SUPPORT_MANAGE)
def lists() -> Answer:
    form = ListForm()
    form.list.choices = [("", _("Choose")), *((code, spoken(kind.title)) for code, kind in list_kinds().items())]
    if not form.is_submitted():
        return _lists(form)
    edition = commands.Edition(form.list.data or "", form.day(), form.source.data or "", form.lines.data or "")
    try:
        done = commands.enter_list(actor(), edition)
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _lists(form), refusal.status
    flash(_("Entered: %(number)s enterprises.", number=done.number), "ok")
    if done.unknown:
        flash(_("Not registered here, and left out: %(codes)s", codes=", ".join(done.unknown[:20])), "warn")
    return redirect(url_for("support.lists"), 303)


def _lists(form: ListForm) -> str:
    close_reading()
    return render_template("support/lists.html", form=form, editions=list_editions(read()), kinds=list_kinds())


@blueprint.route("/support/budgets", methods=["GET", "POST"])
@allow(Permission.SUPPORT_MANAGE)
def budgets() -> Answer:
    form, found = BudgetForm(), [row.policy for row in standing_policies(read())]
    titles = {policy.code: policy.title for policy in found if policy.is_open(today()) and not policy.is_designation}
    form.policy.choices = [("", _("Choose")), *((code, f"{code} {spoken(title)}") for code, title in titles.items())]
    if not form.is_submitted():
        return _budgets(form)
    code = form.policy.data if form.policy.data in titles else ""
    try:
        commands.set_budget(
            actor(), commands.Budget(code or "", form.whole_year(), form.yuan(), form.source.data or "")
        )
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _budgets(form), refusal.status
    flash(_("Budget kept."), "ok")
    return redirect(url_for("support.budgets"), 303)


def _budgets(form: BudgetForm) -> str:
    close_reading()
    titles = {row.policy.code: row.policy.title for row in standing_policies(read())}
    return render_template("support/budgets.html", form=form, lines=budget_lines(read()), titles=titles)
