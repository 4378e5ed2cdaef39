"""Pages of one case: the figures beside their past, the questions, the decision and the step that asks why."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..accounts.queries import officers_of
from ..audit.trail import record_access
from ..casework.models import Case
from ..casework.queries import case as case_of
from ..casework.queries import cases, handed_in
from ..catalogue.queries import catalogue_today
from ..enterprises.queries import case_name
from ..filing.queries_review import ReviewSheet
from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid
from ..kernel.roles import Permission
from ..kernel.workflow import Action
from ..web.access import actor, allow, read
from ..web.errors import apply_refusal
from ..web.language import PortalForm, spoken
from ..web.language import gettext as _
from . import commands, forms
from .case_page import CasePage, case_page, possible
from .comparisons import allowed, comparisons
from .decide_one import Order
from .effects import Choices
from .forms import AdmitForm, AssignForm, QuestionForm, ReasonForm, whole_number
from .queries_names import names_then
from .rules import WHOLE, section_of
from .sheets import field_choices, sheet_of
from .sheets import rows_of as filing_rows
from .views_stale import stale_page

blueprint = Blueprint("review", __name__)
_P = Permission
CASE = "/review/<int(max=999999999999999):case_id>"


def window() -> timedelta:
    return timedelta(minutes=current_app.config["PORTAL"].undo_window_minutes)


def _version() -> int:
    """The version the form was made from; a missing or foreign value is no version and so always stale."""
    return whole_number(request.form.get("version")) or 0


def _handed_in(case_id: int) -> Case:
    """A case as an office knows of it: its enterprise's draft is missing, as whatever was never there."""
    return handed_in(case_of(read(), case_id))


# --- one case ----------------------------------------------------------------------------------------------------


@blueprint.get(CASE)
@allow(_P.CASE_READ)
def case(case_id: int) -> Response:
    response, reader = make_response(_case_page(_handed_in(case_id))), actor()
    if not reader.may(_P.CASE_DECIDE):  # whoever reads without being the one to decide leaves a trace (rulings 19)
        response.call_on_close(lambda: record_access(reader, subject=f"case:{case_id}"))
    return response


def _case_page(found: Case, **posted: PortalForm) -> str:
    catalogue, sheet = catalogue_today(read()), sheet_of(read(), found)
    field = request.form.get("field") or request.args.get("field", "")
    given = {"question": _blank(QuestionForm, found), "admit": _blank(AdmitForm, found), **posted}
    codes = [code for code in catalogue.units if code in {*actor().counties, found.county}]
    given["admit"].county.choices = [(code, spoken(catalogue.units[code].title)) for code in codes]
    return render_template(
        f"review/{found.kind.value}.html",
        page=_around(found),
        case=found,
        sheet=sheet,
        comparisons=comparisons(sheet) if isinstance(sheet, ReviewSheet) else [],
        allowed=allowed,
        rows=filing_rows(sheet, request.args.get("show", ""), field),
        section=section_of(found.kind),
        field=field,
        blank_question=_blank(QuestionForm, found),
        done=just_approved(),
        **given,
        names=names_then(read(), [found.quarter])[found.quarter],
    )


def _around(found: Case) -> CasePage:
    g.nav_values = {"kind": section_of(found.kind).value}
    return case_page(read(), found, actor(), now(), today(), window(), forms.view_asked(request.args))


def _blank(kind: type[PortalForm], found: Case) -> Any:
    """The form as it opens: with the version that is looked at and a key of its own."""
    return kind(formdata=None, data={"version": found.version, "key": uuid.uuid4().hex, "county": found.county})


def just_approved() -> Case | None:
    """The case that was approved a moment ago and can still be undone: for the toast."""
    number = whole_number(request.args.get("done"))
    found = cases(read(), [number]).get(number) if number else None
    return found if found and Action.UNDO in possible(found, actor(), now(), window()) else None


@blueprint.post(f"{CASE}/claim")
@allow(_P.CASE_CLAIM)
def claim(case_id: int) -> Response:
    commands.claim(actor(), case_id)
    return _to_case(case_id)


@blueprint.post(f"{CASE}/release")
@allow(_P.CASE_CLAIM)
def release(case_id: int) -> Response:
    commands.release(actor(), case_id, _version())
    return _to_case(case_id)


@blueprint.post(f"{CASE}/questions")
@allow(_P.CASE_DECIDE, _P.AWARD_DECIDE)
def ask(case_id: int) -> Response | tuple[str, int]:
    form = QuestionForm()
    try:
        commands.ask(actor(), case_id, _version(), form.field.data or None, form.question.data or "")
    except Conflict as conflict:
        return stale_page(case_id, Action.RETURN, conflict, _version(), form)
    except (Invalid, Illegal) as refusal:
        apply_refusal(form, refusal)
        return _case_page(_handed_in(case_id), question=form), refusal.status
    flash(_("Question added. The enterprise sees it at once."), "ok")
    return _to_case(case_id, field=form.field.data or None, show=request.args.get("show"))


@blueprint.post(f"{CASE}/questions/<int(max=999999999999999):remark_id>/close")
@allow(_P.CASE_DECIDE)
def close_question(case_id: int, remark_id: int) -> Response:
    commands.close_remark(actor(), case_id, remark_id)
    return _to_case(case_id)


@blueprint.post(f"{CASE}/approve")
@allow(_P.CASE_DECIDE)
def approve(case_id: int) -> Response | tuple[str, int]:
    found, form = _handed_in(case_id), AdmitForm()
    choices = Choices(form.county.data or "", form.override_reason.data or "")
    following = _around(found).place.next_id
    try:
        commands.decide(actor(), _order(case_id, Action.APPROVE, choices=choices))
    except Conflict as conflict:
        return stale_page(case_id, Action.APPROVE, conflict, _version(), form)
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _case_page(found, admit=form), refusal.status
    return _onwards(found, following, done=case_id)


@blueprint.post(f"{CASE}/award")
@allow(_P.AWARD_DECIDE)
def award(case_id: int) -> Response | tuple[str, int]:
    """The city's decision; asks for a fresh proof of identity first."""
    found = _handed_in(case_id)
    following = _around(found).place.next_id
    try:
        commands.decide(actor(), _order(case_id, Action.APPROVE))
    except Conflict as conflict:
        return stale_page(case_id, Action.APPROVE, conflict, _version())
    flash(_("Granted. The enterprise has been told."), "ok")
    return _onwards(found, following)


@blueprint.post(f"{CASE}/undo")
@allow(_P.CASE_UNDO)
def undo(case_id: int) -> Response:
    commands.decide(actor(), Order(case_id, Action.UNDO, window=window()))
    flash(_("The approval is undone; the case is yours to review again."), "ok")
    return _to_case(case_id)


# --- the step that asks why --------------------------------------------------------------------------------------


@blueprint.route(f"{CASE}/<any('return', 'reject'):word>", methods=["GET", "POST"])
@allow(_P.CASE_DECIDE, _P.AWARD_DECIDE)
def step(case_id: int, word: str) -> Response | str | tuple[str, int]:
    return _step(case_id, Action(word))


@blueprint.route(f"{CASE}/void", methods=["GET", "POST"])
@allow(_P.CASE_VOID)
def void(case_id: int) -> Response | str | tuple[str, int]:
    return _step(case_id, Action.VOID)


@blueprint.route(f"{CASE}/reopen", methods=["GET", "POST"])
@allow(_P.CASE_REOPEN)
def reopen(case_id: int) -> Response | str | tuple[str, int]:
    return _step(case_id, Action.REOPEN)


@blueprint.route(f"{CASE}/assign", methods=["GET", "POST"])
@allow(_P.CASE_ASSIGN)
def assign(case_id: int) -> Response | str | tuple[str, int]:
    found = _handed_in(case_id)
    form = AssignForm() if request.method == "POST" else _blank(AssignForm, found)
    g.nav_values = {"kind": section_of(found.kind).value}
    officers = officers_of(read(), found.county, today())
    form.assignee.choices = [
        (str(o.account_id), _("%(name)s (%(post)s)", name=o.name, post=spoken(o.role.title))) for o in officers
    ]
    page = partial(render_template, "review/assign.html", case=found, form=form, section=section_of(found.kind))
    if request.method == "GET":
        return page()
    try:
        commands.assign(actor(), case_id, _version(), whole_number(form.assignee.data) or 0)
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return page(), refusal.status
    flash(_("Assigned."), "ok")
    return _to_case(case_id)


def _step(case_id: int, action: Action) -> Response | str | tuple[str, int]:
    found = _handed_in(case_id)
    fields = field_choices(sheet_of(read(), found)) if action is Action.RETURN else []
    form = ReasonForm() if request.method == "POST" else _blank(ReasonForm, found)
    form.offer([("", spoken(WHOLE)), *((code, spoken(title)) for code, title in fields)])
    if request.method == "GET":
        form.field_0.data = request.args.get("field", "")
        return _reason_page(found, action, form)
    following, name = _around(found).place.next_id, case_name(read(), found)
    order = _order(
        case_id, action, reason=form.reason.data or "", remarks=form.remarks([code for code, _title in fields])
    )
    try:
        commands.decide(actor(), order)
    except Conflict as conflict:
        return stale_page(case_id, action, conflict, _version(), form)
    except (Invalid, Illegal) as refusal:
        apply_refusal(form, refusal)
        return _reason_page(found, action, form), refusal.status
    flash(_("%(name)s: %(action)s, done.", name=spoken(name), action=spoken(action.title)), "ok")
    return _onwards(found, following)


def _reason_page(found: Case, action: Action, form: ReasonForm) -> str:
    return render_template(
        "review/reason.html",
        page=_around(found),
        case=found,
        action=action,
        form=form,
        section=section_of(found.kind),
    )


def _order(case_id: int, action: Action, **given: Any) -> Order:
    key = forms.form_key(request.form.get("key"))
    return Order(case_id, action, version=_version(), key=key, window=window(), **given)


def _to_case(case_id: int, field: str | None = None, show: str | None = None) -> Response:
    view = forms.view_kept(request.args)
    return redirect(url_for("review.case", case_id=case_id, field=field, show=show, **view), 303)


def _onwards(found: Case, following: int | None, done: int | None = None) -> Response:
    """To the next case of the list it was opened from, or back to that list when none follows."""
    view = forms.view_kept(request.args)
    if following is not None:
        return redirect(url_for("review.case", case_id=following, done=done, **view), 303)
    view.pop("after", None)
    return redirect(url_for("review.queue", kind=section_of(found.kind).value, done=done, **view), 303)
