"""The enterprise's pages of sending: check, hand over, submit, receipt, versions, answers to the officer."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..certificates.queries import standing_serial
from ..certificates.rules import PaperKind
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..kernel.workflow import Action, Kind, open_actions
from ..questionnaire.document import document_of
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.language import language, spoken
from ..web.typed import quarter_of, version_of
from . import commands
from .commands_submit import Order
from .commands_submit import submit as submit_filing
from .compared import differences
from .estimate import estimates_in
from .page import EITHER, blueprint, form_page, own
from .queries import edition_for, standing, version, versions
from .receipt import subject_of
from .rules import DECLARATION


@blueprint.get("/filings/<quarter>/check")
@allow(*EITHER)
def check_page(quarter: str) -> str | Response:
    """All answers with their reasons, the declaration, and the one button that does it."""
    asked = quarter_of(quarter)
    return _check(asked) or redirect(url_for("filing.filings"), 303)


@blueprint.post("/filings/<quarter>/hand-over")
@allow(Permission.FILING_HAND_OVER)
def hand_over(quarter: str) -> Any:
    asked = quarter_of(quarter)
    try:
        commands.hand_over(actor(), asked)
    except (Invalid, Illegal) as refusal:
        return _refused(asked, refusal)
    flash(_("Handed over to the certifier"), "ok")
    return redirect(url_for("filing.filings"), 303)


@blueprint.post("/filings/<quarter>/submit")
@allow(Permission.FILING_SUBMIT)
def submit(quarter: str) -> Any:
    asked = quarter_of(quarter)
    form = request.form
    order = Order(form.get("key", ""), version_of(form.get("draft_version", "")), form.get("declaration") == "1")
    try:
        submit_filing(actor(), asked, order)
    except (Invalid, Illegal, Conflict) as refusal:
        return _refused(asked, refusal)
    return redirect(url_for("filing.receipt", quarter=asked), 303)


@blueprint.post("/filings/<quarter>/send-back")
@allow(Permission.FILING_SUBMIT)
def send_back(quarter: str) -> Any:
    asked = quarter_of(quarter)
    try:
        commands.send_back(actor(), asked, request.form.get("reason", ""))
    except (Invalid, Illegal) as refusal:
        return _refused(asked, refusal)
    flash(_("Sent back to the preparer"), "ok")
    return redirect(url_for("filing.filings"), 303)


@blueprint.post("/filings/<quarter>/withdraw")
@allow(Permission.FILING_WITHDRAW)
def withdraw(quarter: str) -> Any:
    asked = quarter_of(quarter)
    try:
        commands.withdraw(actor(), asked)
    except Illegal as refusal:
        return _refused(asked, refusal)
    flash(_("Withdrawn. Change it and submit again before the deadline."), "ok")
    return redirect(url_for("filing.filings"), 303)


@blueprint.post("/filings/<quarter>/questions/<int:remark_id>")
@allow(*EITHER)
def reply(quarter: str, remark_id: int) -> Any:
    asked, text = quarter_of(quarter), request.form.get("reply", "")
    try:
        field = commands.reply(actor(), asked, remark_id, text)
    except (Invalid, Illegal) as refusal:
        page = render_template("filing/reply.html", quarter=asked, remark_id=remark_id, text=text, refusal=refusal)
        return page, refusal.status
    flash(_("Your answer was sent to the officer"), "ok")
    return redirect(url_for("filing.form", quarter=asked, _anchor=f"q{field}" if field else None), 303)


@blueprint.get("/filings/<quarter>/receipt")
@allow(*EITHER)
def receipt(quarter: str) -> str:
    """The newest submission's receipt, a page of its own that can be kept."""
    asked = quarter_of(quarter)
    found = standing(read(), own(actor()), asked)
    sent = version(read(), own(actor()), asked)
    if found is None:
        raise Missing()
    open_to_me = open_actions(Kind.FILING, found.state, actor().permissions)
    may_withdraw = Action.WITHDRAW in open_to_me and found.locked_on is None
    paper = standing_serial(read(), own(actor()), PaperKind.FILING_RECEIPT, subject_of(asked))
    return render_template(
        "filing/receipt.html", quarter=asked, now=found, sent=sent, may_withdraw=may_withdraw, paper=paper
    )


@blueprint.get("/filings/<quarter>/versions/<int:number>")
@allow(*EITHER)
def version_page(quarter: str, number: int) -> str:
    """One submitted version as it was, and what changed against the one before."""
    asked = quarter_of(quarter)
    rows = versions(read(), own(actor()), asked)
    shown = next((row for row in rows if row.number == number), None)
    found = standing(read(), own(actor()), asked)
    if shown is None or found is None:
        raise Missing()
    before = next((row for row in rows if row.number == number - 1), None)
    edition = edition_for(read(), found)
    compared = differences(edition, document_of(shown.content), document_of(before.content) if before else None)
    values = {"now": found, "rows": rows, "shown": shown, "before": before, "lines": compared}
    return render_template("filing/version.html", quarter=asked, estimates=estimates_in(shown.content), **values)


def _check(quarter: Quarter, refusal: Refusal | None = None) -> str | None:
    page = form_page(read(), actor(), quarter, language(), is_checked=True)
    if page is None:
        return None
    return render_template(
        "filing/check.html",
        page=page,
        now=page.now,
        quarter=quarter,
        sheet=page.sheet,
        may_submit=Action.SUBMIT in page.actions and page.closed is None,
        may_hand_over=Action.HAND_OVER in page.actions and page.closed is None,
        may_send_back=Action.SEND_BACK in page.actions and page.now.locked_on is None,
        may_withdraw=Action.WITHDRAW in page.actions and page.now.locked_on is None,
        declaration=DECLARATION,
        key=secrets.token_urlsafe(24),
        refusal=refusal,
        refused={name: spoken(message) for name, message in refusal.fields.items()} if refusal else {},
        typed_reason=request.form.get("reason", ""),
    )


def _refused(quarter: Quarter, refusal: Refusal) -> Any:
    page = _check(quarter, refusal)
    if page is None:
        raise Missing from refusal
    return page, refusal.status
