"""The offices' pages: the register, one enterprise with everything dated, entries by document, codes, handing over."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..casework.queries import case as case_of
from ..casework.queries import handed_in
from ..certificates.queries import newest_about
from ..certificates.rules import PaperState
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Illegal, Invalid
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.paging import Page as Screen
from ..web.paging import cursor, key_of
from . import commands_register, commands_transfer
from .card import facts_of, place_of, size_base
from .forms_register import CodeForm, DesignationForm, FilterForm, StatusForm, TransferForm
from .issue_record import KIND, SUBJECT, is_true
from .models import Enterprise
from .pages import (
    DESIGNATION_TITLES,
    NUMBER,
    SIZE_FILTER_TITLES,
    SIZE_TITLES,
    Page,
    blueprint,
    catalogue,
    chains,
    refused,
    units,
)
from .queries_register import (
    PAGE_SIZE,
    Dossier,
    RegisterFilter,
    RegisterRow,
    dossier,
    enrolment_codes,
    register_rows,
)
from .registration import PURPOSES, clean

_P = Permission
ENTRY = f"/enterprises/<{NUMBER}:enterprise_id>"
LONGEST_SEARCH = 100


@blueprint.get("/enterprises")
@allow(_P.ENTERPRISE_READ)
def register_list() -> str:
    form = FilterForm(request.args)
    names = ("text", "chain", "county", "segment", "size")
    wanted = RegisterFilter(*(clean(form[n].data)[:LONGEST_SEARCH] for n in names))
    form.offer(_("All"), chains(), _own_units() or units(), _segments(wanted), SIZE_FILTER_TITLES)
    after = key_of(request.args.get("after"), 2)
    at = (after[0], after[1]) if after and isinstance(after[0], str) and isinstance(after[1], int) else None
    page = _screen(register_rows(read(), today(), wanted, at), at is None)
    places = {row.segment: place_of(row.segment, catalogue()) for row in page.rows}
    shown = {"places": places, "units": units(), "sizes": SIZE_TITLES, "year": today().year}
    return render_template("enterprises/register_list.html", form=form, page=page, **shown)


def _screen(rows: list[RegisterRow], is_first: bool) -> Screen[RegisterRow]:
    shown = rows[:PAGE_SIZE]
    following = cursor((shown[-1].name_zh, shown[-1].id)) if len(rows) > PAGE_SIZE else None
    return Screen(shown, following, is_first)


def _segments(wanted: RegisterFilter) -> dict[str, Bilingual]:
    """The segments of the chain that is asked for; none while no chain is."""
    segments = catalogue().segments
    chain = segments[wanted.segment].chain if wanted.segment in segments else wanted.chain
    return {segment.code: segment.title for segment in segments.values() if chain and segment.chain == chain}


def _own_units() -> dict[str, Bilingual]:
    """The reporting units of the actor's posts; empty for those who see the whole city."""
    return {code: title for code, title in units().items() if code in actor().counties}


@blueprint.get(ENTRY)
@allow(_P.ENTERPRISE_READ)
def register_entry(enterprise_id: int) -> str:
    found = dossier(read(), enterprise_id)
    return render_template("enterprises/register_entry.html", **around(found), **_record_of(found.row))


def _record_of(row: Enterprise) -> dict[str, Any]:
    """The newest record of registration, for whoever reads papers, and what there is to do about it."""
    if not actor().may(_P.PAPER_READ):
        return {"shows_record": False}
    paper = newest_about(read(), row.id, KIND, SUBJECT)
    stands = paper is not None and paper.state is PaperState.VALID
    is_old = paper is not None and stands and not is_true(paper, row, catalogue())
    return {"shows_record": True, "paper": paper, "stands": stands, "is_old": is_old, "at": now()}


@blueprint.post(f"{ENTRY}/record")
@allow(_P.PAPER_ISSUE)
def issue_again(enterprise_id: int) -> Response:
    if commands_register.issue_again(actor(), enterprise_id):
        flash(_("A new record of registration is issued. Its people were told."), "ok")
    else:
        flash(_("The record that stands says what the register says: nothing was issued."), "info")
    return redirect(url_for(".register_entry", enterprise_id=enterprise_id, _anchor="record"), 303)


def around(found: Dossier) -> dict[str, Any]:
    """What the pages of one enterprise show beside the forms."""
    known, day = catalogue(), today()
    return {
        "found": found,
        "row": found.row,
        "facts": facts_of(found, known, day),
        "places": {place.segment: place_of(place.segment, known) for place in found.positions},
        "chains": chains(),
        "purposes": PURPOSES,
        "sizes": [(size, SIZE_TITLES[size.size_class], size_base(size)) for size in found.sizes],
        "waits_for_size": found.waits_for_size(day),
        "today": day,
    }


# --- entries from documents --------------------------------------------------------------------------------------


@blueprint.route(f"{ENTRY}/above-scale", methods=["GET", "POST"])
@allow(_P.STATUS_ENTER)
def above_scale(enterprise_id: int) -> Page:
    form, found = StatusForm(), dossier(read(), enterprise_id)
    form.offer()
    if request.method == "GET":
        return render_template("enterprises/above_scale.html", form=form, found=found)
    try:
        commands_register.enter_status(actor(), enterprise_id, form.typed())
    except Invalid as refusal:
        return refused("enterprises/above_scale.html", form, refusal, found=found)
    flash(_("The status is entered."), "ok")
    return redirect(url_for(".register_entry", enterprise_id=enterprise_id), 303)


@blueprint.route(f"{ENTRY}/designation", methods=["GET", "POST"])
@allow(_P.DESIGNATION_ENTER)
def designation(enterprise_id: int) -> Page:
    form, found = DesignationForm(), dossier(read(), enterprise_id)
    listed = {chain.code: chain.called for chain in catalogue().listed_chains}
    form.offer(_("Choose"), DESIGNATION_TITLES, listed)
    if request.method == "GET":
        return render_template("enterprises/designation.html", form=form, found=found)
    try:
        commands_register.designate(actor(), enterprise_id, form.typed())
    except Invalid as refusal:
        return refused("enterprises/designation.html", form, refusal, found=found)
    flash(_("The designation is entered."), "ok")
    return redirect(url_for(".register_entry", enterprise_id=enterprise_id), 303)


# --- enrolment codes ---------------------------------------------------------------------------------------------


@blueprint.route("/enterprises/enrolment-codes", methods=["GET", "POST"])
@allow(_P.STATUS_ENTER)
def codes() -> Page:
    form = CodeForm()
    form.offer(_own_units())
    values = {"rows": enrolment_codes(read(), actor().counties), "units": units(), "now": now()}
    if request.method == "GET":
        form.credit_code.data = clean(request.args.get("credit_code"))[:LONGEST_SEARCH]
        form.name.data = clean(request.args.get("name"))[:LONGEST_SEARCH]
        return render_template("enterprises/enrolment_codes.html", form=form, **values)
    name, credit_code = form.name.data or "", form.credit_code.data or ""
    try:
        plain = commands_register.issue_code(actor(), form.county.data or "", credit_code, name)
    except Invalid as refusal:
        return refused("enterprises/enrolment_codes.html", form, refusal, **values)
    # No redirect: the code is shown this once and kept nowhere. A repeated post makes another code and ends nothing.
    return render_template("enterprises/enrolment_code.html", plain=plain, name=clean(name))


# --- handing over ------------------------------------------------------------------------------------------------


@blueprint.route(f"/review/<{NUMBER}:case_id>/hand-over", methods=["GET", "POST"])
@allow(_P.CASE_DECIDE)
def transfer(case_id: int) -> Page:
    case, form = handed_in(case_of(read(), case_id)), TransferForm()
    form.offer(_("Choose"), {code: title for code, title in units().items() if code != case.county})
    if request.method == "GET":
        commands_transfer.refuse_unfit(case)
        form.version.data = str(case.version)
        return render_template("enterprises/transfer.html", form=form, case=case)
    try:
        reason, county = form.reason.data or "", form.county.data or ""
        commands_transfer.transfer_case(actor(), case_id, _seen(form), county=county, reason=reason)
    except (Invalid, Illegal) as refusal:
        return refused("enterprises/transfer.html", form, refusal, case=case)
    flash(_("Handed over. The other unit reviews it now."), "ok")
    return redirect(url_for("review.queue", kind="registration"), 303)


def _seen(form: TransferForm) -> int:
    """The version the form was made from; a foreign value is no version and so always stale."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
